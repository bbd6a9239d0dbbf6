"""Wherever batches are computed, and whether they come from a journal, results are the same bits."""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codelength.data.documents import Document
from codelength.data.labelled_texts import LabelledTexts
from codelength.dataset import Dataset
from codelength.measure.classification import CodelengthClassifier
from codelength.measure.matrix import matrix
from codelength.measure.pricing import price_datasets
from codelength.measure.selection import select_documents
from codelength.measure.told_apart import tell
from codelength.parallel.journal import Journal
from codelength.parallel.processes import Processes
from codelength.parallel.run import Spread
from codelength.registry import create
from codelength.types import Model

MODULES = [sys.modules[f"codelength.measure.{name}"] for name in ("selection", "matrix", "told_apart")]
WORDS = np.array([f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "su") for b in ("ra", "t", "non", "vel", "x")])


def texts(count: int, seed: int) -> list[bytes]:
    """Texts of 20 to 60 words; every third likes the first words."""
    draw = np.random.default_rng(seed)
    bounds = [12 if number % 3 == 0 else len(WORDS) for number in range(count)]
    return [" ".join(draw.choice(WORDS[:bound], draw.integers(20, 60))).encode() for bound in bounds]


def selected(spread: Spread) -> Any:
    pool = [Document(str(number), text) for number, text in enumerate(texts(60, 0))]
    found = select_documents(pool, [Document("t", text) for text in texts(9, 1)[::3]], spread=spread)
    return found.pool_bits.tolist(), found.target_bits.tolist(), found.overlaps.tolist(), found.ranking.tolist()


def priced(spread: Spread) -> Any:
    model = create("counts:order=2")
    assert isinstance(model, Model)
    pools = [[Document(str(number), text) for number, text in enumerate(texts(12, seed))] for seed in (2, 3, 4)]
    rows = price_datasets(pools, [Document("t", text) for text in texts(10, 5)], model, spread=spread)
    return [dataclasses.replace(row, seconds=0.0) for row in rows]


def crossed(name: str | None, spread: Spread) -> Any:
    codec = None if name is None else create(name)
    found = matrix(Dataset("texts", tuple(texts(7, 6))), codec, spread=spread)
    return found.alone_bits.tolist(), found.given_bits.tolist()


def told(spread: Spread) -> Any:
    taught = texts(60, 7)
    model = CodelengthClassifier(order=3).fit(taught, ["few" if number % 3 == 0 else "all" for number in range(60)])
    asked = LabelledTexts("asked", (*texts(20, 8), b""), ("few",) * 20 + ("none",))
    return [repr(row) for row in tell(model, asked, words=2, spread=spread)]  # nan is nan


JOBS: dict[str, Callable[[Spread], Any]] = {
    "select": selected,
    "price": priced,
    "matrix": lambda spread: crossed(None, spread),
    "matrix mixing": lambda spread: crossed("mixing:level=fast,memory=8MiB", spread),
    "matrix zstd": lambda spread: crossed("zstd", spread),
    "matrix bz2": lambda spread: crossed("bz2", spread),
    "classify": told,
}


@pytest.mark.parametrize("name", JOBS)
def test_the_layout_changes_no_bit(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        for size in ("BATCH_BYTES", "SLOW_BATCH_BYTES"):
            monkeypatch.setattr(module, size, 1 << 11, raising=False)
    here = JOBS[name](Spread())
    journal = Journal(str(tmp_path / "done"))
    assert JOBS[name](Spread(Processes(2), journal)) == here
    written = sorted(Path(journal.folder).iterdir())
    assert len(written) > 1
    written[0].unlink()
    assert JOBS[name](Spread(None, journal)) == here
