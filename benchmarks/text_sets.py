"""The labelled texts that classifiers are compared on, from ../shared/data, with their own splits or in five folds.

R8        train and test as published
MR        train and test of the text-classification collections (7,108 and 3,554)
TREC      5,452 questions and the 500 of the test; six coarse classes. A line of the corpus begins with the fine label:
          that is not part of the text and is cut off
AG News   the 10,001 rows of the dev file, five folds; not the official test
swa, lug, ibo   MasakhaNEWS, headline and body; lug and ibo train and test, swa (no train file) dev and test in folds
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.record import SHARED_DATA

NAMES = ("R8", "MR", "TREC", "AG News", "swa", "lug", "ibo")
MASAKHANEWS = ("swa", "lug", "ibo")
FOLDS = 5
_TEXTS = SHARED_DATA / "text_class"
_FILES = {
    "R8": ("R8/train.txt", "R8/test.txt"),
    "MR": ("mr/text_train.txt", "mr/label_train.txt", "mr/text_test.txt", "mr/label_test.txt"),
    "TREC": ("TREC/TREC.txt", "TREC/corpus_TREC.txt"),
    "AG News": ("agnews/dev.tsv",),
}


@dataclass(frozen=True)
class Part:
    """Texts and their labels."""

    texts: list[str]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.labels)


def files(name: str) -> list[Path]:
    """The files of a set."""
    if name in MASAKHANEWS:
        parts = ("dev", "test") if name == "swa" else ("train", "test")
        return [SHARED_DATA / "masakhanews" / name / f"{part}.tsv" for part in parts]
    return [_TEXTS / file for file in _FILES[name]]


def splits(name: str) -> Iterator[tuple[Part, Part]]:
    """What is learnt from and what is asked for: once, or in five folds (seed 0) where there is no split."""
    first, second = _read(name)
    if second is not None:
        yield first, second
        return
    order = np.random.default_rng(0).permutation(len(first))
    for fold in range(FOLDS):
        asked = np.sort(order[fold::FOLDS])
        learnt = np.setdiff1d(order, asked)
        yield _chosen(first, learnt.tolist()), _chosen(first, asked.tolist())


def _read(name: str) -> tuple[Part, Part | None]:
    places = files(name)
    if name == "R8":
        return _labelled(_lines(places[0])), _labelled(_lines(places[1]))
    if name == "MR":
        train, train_labels, test, test_labels = (_lines(place, "latin-1") for place in places)
        return Part(train, train_labels), Part(test, test_labels)
    if name == "TREC":
        heads = [line.split("\t") for line in _lines(places[0])]
        texts = [line.split(" ", 1)[1] for line in _lines(places[1], "latin-1")]
        rows = [(head[1], head[2], text) for head, text in zip(heads, texts, strict=True)]
        return _with_split(rows, "train"), _with_split(rows, "test")
    if name == "AG News":
        cells = [line.rsplit("\t", 1) for line in _lines(places[0])]
        return Part([text for text, _ in cells], [label for _, label in cells]), None
    first, second = (_news(place) for place in places)
    if name == "swa":
        return Part(first.texts + second.texts, first.labels + second.labels), None
    return first, second


def _lines(place: Path, encoding: str = "utf-8") -> list[str]:
    return [line for line in place.read_text(encoding=encoding).split("\n") if line.strip()]


def _labelled(lines: list[str]) -> Part:
    cells = [line.split("\t", 1) for line in lines]
    return Part([text for _, text in cells], [label for label, _ in cells])


def _with_split(rows: list[tuple[str, str, str]], split: str) -> Part:
    return Part([text for part, _, text in rows if part == split], [label for part, label, _ in rows if part == split])


def _news(place: Path) -> Part:
    rows = list(csv.DictReader(io.StringIO(place.read_text(encoding="utf-8"), newline=""), delimiter="\t"))
    return Part([f"{row['headline']}\n{row['text']}" for row in rows], [row["category"] for row in rows])


def _chosen(part: Part, items: list[int]) -> Part:
    return Part([part.texts[i] for i in items], [part.labels[i] for i in items])
