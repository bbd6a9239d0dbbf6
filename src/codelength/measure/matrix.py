"""All pairs of items: each X is read once, and every Y is scored from its state.

    n reads and n² scorings, each of a cost proportional to Y alone; one state at a time in memory

Without a model, `crossing` (models/crossing.py) does it, which is made for this. Any other model reads X and scores the
items from there (`bits_each`); codecs code each Y after X, or are asked for C(X, Y) − C(X), decoded and compared.
"""

import time
from collections.abc import Iterator, Sequence

import numpy as np

from codelength.dataset import Dataset
from codelength.errors import FormatError, UsageError
from codelength.measure.codelength import Advance, coded_bits, silent
from codelength.models.crossing import NAME, crossed_costs
from codelength.result.matrix import Matrix
from codelength.types import Bits, Codec, Conditional, Kind, Model


def matrix(items: Dataset, codec: Codec | None = None, *, progress: Advance | None = None) -> Matrix:
    """C of each item alone and given each other, in bits; by `crossing` unless a codec is given.

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
    for name, item in zip(names, items, strict=True):
        if not item:
            raise FormatError(f"{name} is empty, and nothing has a distance to nothing; leave it out")
    sizes = tuple(len(item) for item in items)
    rows, kind = _rows(items.items, codec)
    alone, *given = _reported(rows, sizes, progress or silent)
    return Matrix(
        NAME if codec is None else codec.name,
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


def _rows(items: Sequence[bytes], codec: Codec | None) -> tuple[Iterator[Bits], Kind]:
    if codec is None:
        return crossed_costs(items), "ideal"
    if isinstance(codec, Model):
        return _model_rows(items, codec), "ideal"
    if isinstance(codec, Conditional):
        return _coded_rows(items, codec), "coded"
    return _difference_rows(items, codec), "difference"


def _model_rows(items: Sequence[bytes], model: Model) -> Iterator[Bits]:
    for before in (b"", *items):
        yield np.array([costs.sum() for costs in model.after(before).bits_each(items)])


def _coded_rows(items: Sequence[bytes], codec: Conditional) -> Iterator[Bits]:
    for before in (b"", *items):
        after = codec.after(before) if before else codec
        yield np.array([coded_bits(after, item) for item in items])


def _difference_rows(items: Sequence[bytes], codec: Codec) -> Iterator[Bits]:
    alone = np.array([coded_bits(codec, item) for item in items])
    yield alone
    for x, before in enumerate(items):
        yield np.array([coded_bits(codec, before + item) for item in items]) - alone[x]


def _reported(rows: Iterator[Bits], sizes: Sequence[int], advance: Advance) -> Iterator[Bits]:
    for row in rows:
        yield row
        advance(sum(sizes))
