"""Leaked test items: precision and recall on leaks that were planted, beside the plain share of word 13-grams.

Training texts and tests are different documents of one source: R8, AG News, MasakhaNEWS in Igbo. Of each source 1,500
documents train (fewer where there are fewer), 300 others are clean test items, and 100 training documents are planted
in each way: as they are, with 5 % of their letters changed, left out or doubled, in capitals without punctuation, and
with their lines (or sentences, or runs of 20 words) in another order. The threshold is calibrated on the training texts
only. A source may repeat itself, so that a clean item is a true near copy; it is counted as false all the same.

The peer is the rule that is used for language models: an item leaks where it shares a run of 13 words with the training
texts (GPT-3; letters and digits, one case). Run: python -m benchmarks.leak [--quick]
"""

import random
import re
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.record import Row, record, target, tell
from benchmarks.selection import classes
from codelength.data.documents import Document
from codelength.measure.leak import as_words, leaks

TRAIN, CLEAN, PLANTED, RUN_WORDS, SEEDS = 1500, 300, 100, 13, (0, 1, 2)
SOURCES = ("R8", "AG", "ibo")
LEAST_BYTES = 100
BITS, WORDS = "codelength", "13 words"
WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "verbatim": lambda text, rng: text,
    "5 % typos": lambda text, rng: mistyped(text, rng, 0.05),
    "case, punctuation": lambda text, rng: recased(text),
    "line order": lambda text, rng: reordered(text, rng),
}


def mistyped(text: bytes, rng: random.Random, part: float) -> bytes:
    """Each letter is changed, left out or doubled with this probability."""
    letters: list[str] = []
    for letter in text.decode():
        kind = rng.randrange(3) if rng.random() < part else 3
        letters.append((rng.choice("abcdefghijklmnopqrstuvwxyz"), "", 2 * letter, letter)[kind])
    return "".join(letters).encode()


def recased(text: bytes) -> bytes:
    """Capitals, and no punctuation."""
    return re.sub(r"[^\w\s]", "", text.decode()).upper().encode()


def reordered(text: bytes, rng: random.Random) -> bytes:
    """Lines, or sentences where there is only one line, or runs of 20 words where there is one sentence, shuffled."""
    whole = text.decode()
    lines = whole.splitlines()
    if len(lines) < 3:
        lines = re.split(r"(?<=[.!?]) ", whole)
    if len(lines) < 3:
        words = whole.split()
        lines = [" ".join(words[i : i + 20]) for i in range(0, len(words), 20)]
    rng.shuffle(lines)
    return "\n".join(lines).encode()


def measure(source: str, seed: int, *, quick: bool) -> list[Row]:
    """Recall of each way, and the clean items that are flagged, by both methods."""
    rng = random.Random(seed)
    texts = [
        text
        for name, documents in classes().items()
        if name.startswith(source + "/")
        for text in documents
        if len(text) >= LEAST_BYTES
    ]
    rng.shuffle(texts)
    train_size, clean_size, planted_size = (60, 20, 10) if quick else (min(TRAIN, len(texts) - CLEAN), CLEAN, PLANTED)
    train, clean = texts[:train_size], texts[train_size : train_size + clean_size]
    test = [Document(f"clean {i}", text) for i, text in enumerate(clean)]
    for way, change in WAYS.items():
        chosen = rng.sample(range(train_size), planted_size)
        test += [Document(f"{way} {i}", change(train[i], rng)) for i in chosen]
    began = time.process_time()
    found = leaks([Document(str(i), text) for i, text in enumerate(train)], test)
    seconds = time.process_time() - began
    flagged = {item.id for item in found.items if item.leaked}
    rightly = {item.id for item in found.items if item.leaked and item.source == item.id.rpartition(" ")[2]}
    runs = {run for text in train for run in word_runs(text)}
    told = {document.id for document in test if word_runs(document.text) & runs}
    size = sum(len(document.text) for document in test)
    rows: list[Row] = []
    for method, ids in ((BITS, flagged), (WORDS, told)):
        false = sum(name.startswith("clean") for name in ids)
        rows.append(
            {
                "method": method,
                "source": source,
                "seed": seed,
                "train_documents": train_size,
                "clean": clean_size,
                "planted_each": planted_size,
                **{way: round(sum(name.startswith(way) for name in ids) / planted_size, 4) for way in WAYS},
                "recall": round((len(ids) - false) / (planted_size * len(WAYS)), 4),
                "precision": round(1 - false / max(len(ids), 1), 4),
                "false_positives": round(false / clean_size, 4),
                "right_source": round(len(rightly) / max(len(ids) - false, 1), 4) if method == BITS else None,
                "threshold": round(found.threshold, 4) if method == BITS else None,
                "cpu_seconds": round(seconds, 2) if method == BITS else None,
                "test_bytes": size,
            }
        )
        print(rows[-1], flush=True)
    return rows


def word_runs(text: bytes) -> set[bytes]:
    """Every run of 13 words."""
    words = as_words(text).split()
    return {b" ".join(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1)}


def judge(rows: Sequence[Row]) -> list[Row]:
    """Recall and precision over all sources and seeds, beside those of runs of 13 words."""
    targets = []
    for key in ("recall", "precision"):
        own, peer = (
            sum(float(row[key] or 0) for row in rows if row["method"] == method)
            / max(sum(row["method"] == method for row in rows), 1)
            for method in (BITS, WORDS)
        )
        targets.append(target(f"planted leaks, mean {key}", own, f"above {peer:.4f} ({WORDS})", own > peer))
    return targets


def main(*, quick: bool) -> None:
    """Measure, print and record."""
    rows = [
        row
        for source in SOURCES
        for seed in SEEDS[: 1 if quick else None]
        for row in measure(source, seed, quick=quick)
    ]
    if not quick:
        data = {name: b"\n".join(documents) for name, documents in classes().items()}
        record("leak", rows, data, keys=["method", "source", "seed"], judge=judge)
    tell(judge(rows))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
