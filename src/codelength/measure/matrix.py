"""All pairs of items: each X is read once, and every Y is scored from its state.

    n reads and n² scorings, each of a cost proportional to Y alone; one state at a time in memory

Without a model, `crossing` (models/crossing.py) does it, which is made for this. Any other model reads X and scores the
items from there (`bits_each`); codecs code each Y after X, or are asked for C(X, Y) − C(X), decoded and compared.

Rows go in batches, on other processes or machines where a `Spread` says so (parallel/run.py): each gets all items once.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from codelength.dataset import Dataset
from codelength.errors import FormatError, UsageError
from codelength.measure.codelength import Advance, coded_bits, silent
from codelength.models.crossing import NAME, Crossing
from codelength.parallel.run import Job, Spread, array_bytes, array_of, run
from codelength.result.matrix import Matrix
from codelength.types import Bits, Codec, Conditional, Kind, Model
from codelength.units import MIB

ALONE = -1  # in the place of an X: nothing is read
BATCH_BYTES, SLOW_BATCH_BYTES = 16 * MIB, MIB  # that are scored in a batch, by crossing and by all others

Items = Sequence[bytes]
Xs = tuple[int, ...]


def matrix(
    items: Dataset, codec: Codec | None = None, *, spread: Spread | None = None, progress: Advance | None = None
) -> Matrix:
    """C of each item alone and given each other, in bits; by `crossing` unless a codec is given.

    `spread` says where rows are made and where finished batches are kept; they are the same bits anywhere.
    Raises UsageError for fewer than two items, FormatError for an empty one, to which nothing has a distance.

    >>> data = Dataset("three", (b"the cat sat on the mat", b"the cat sat on a mat", b"0123456789"))
    >>> found = matrix(data)
    >>> bool(found.distances[0, 1] < found.distances[0, 2]), found.kind
    (True, 'ideal')
    """
    started = time.perf_counter()
    names = items.item_names or tuple(str(number) for number in range(1, len(items) + 1))
    if len(items) < 2:
        raise UsageError(f"{items.name} holds {len(items)} item; a matrix is made of two or more")
    if len(set(names)) < len(names):
        raise UsageError(f"{items.name}: two items have one name; rename one of them")
    for item_name, item in zip(names, items, strict=True):
        if not item:
            raise FormatError(f"{item_name} is empty, and nothing has a distance to nothing; leave it out")
    sizes = tuple(len(item) for item in items)
    work, state, kind = _work(items.items, codec)
    name = NAME if codec is None else codec.name
    job = Job(work, state, f"matrix {name} {items.fingerprint}".encode(), array_bytes, array_of)
    rows = run(job, _batches(len(items), sum(sizes), BATCH_BYTES if codec is None else SLOW_BATCH_BYTES), spread)
    alone, *given = _reported(rows, sizes, progress or silent)
    return Matrix(
        name,
        names,
        sizes,
        alone,
        np.stack(given),
        kind,
        seconds=time.perf_counter() - started,
    )


def matrix_work(sizes: Sequence[int]) -> int:
    """The bytes that `matrix` reports to its progress in all."""
    return (len(sizes) + 1) * sum(sizes)


def _work(items: Items, codec: Codec | None) -> tuple[Callable[[Any, Xs], Bits], Callable[[], Any], Kind]:
    """What makes rows, from which state, and which kind of bits they are."""
    if codec is None:
        return _crossed_rows, lambda: Crossing.of(items), "ideal"
    if isinstance(codec, Model):
        return _model_rows, lambda: (codec, items), "ideal"
    if isinstance(codec, Conditional):
        return _coded_rows, lambda: (codec, items), "coded"
    return _difference_rows, lambda: (codec, items), "difference"


def _batches(items: int, work_bytes: int, batch_bytes: int) -> Iterator[Xs]:
    xs = (ALONE, *range(items))
    step = max(1, batch_bytes // work_bytes)
    for start in range(0, len(xs), step):
        yield xs[start : start + step]


def _crossed_rows(crossing: Crossing, xs: Xs) -> Bits:
    return np.stack([crossing.costs(None if x == ALONE else x) for x in xs])


def _model_rows(state: tuple[Model, Items], xs: Xs) -> Bits:
    model, items = state
    return np.stack([[costs.sum() for costs in model.after(_item(items, x)).bits_each(items)] for x in xs])


def _coded_rows(state: tuple[Conditional, Items], xs: Xs) -> Bits:
    codec, items = state
    readers = (codec if x == ALONE else codec.after(items[x]) for x in xs)
    return np.array([[coded_bits(after, item) for item in items] for after in readers], np.float64)


def _difference_rows(state: tuple[Codec, Items], xs: Xs) -> Bits:
    codec, items = state
    rows = []
    for x in xs:
        before = _item(items, x)
        already = 0.0 if x == ALONE else coded_bits(codec, before)
        rows.append([coded_bits(codec, before + item) - already for item in items])
    return np.array(rows, np.float64)


def _item(items: Items, x: int) -> bytes:
    return b"" if x == ALONE else items[x]


def _reported(batches: Iterator[Bits], sizes: Sequence[int], advance: Advance) -> Iterator[Bits]:
    for rows in batches:
        yield from rows
        advance(len(rows) * sum(sizes))
