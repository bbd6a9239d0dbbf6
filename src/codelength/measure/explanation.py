"""Explaining: for each byte of Y the bits that X saved, and for each passage which parts of X it came from.

    saved(i) = −log2 p(y_i | y_1 ... y_{i−1}) + log2 p(y_i | X, y_1 ... y_{i−1})

by one model, so that the savings sum to C(Y) − C(Y given X). Passages are lines, or what stands between blanks, of 80
to 240 bytes. Their sources are the longest copies in X (copies.py), weighed by what their bytes were saved; where
there is none, X saved by its vocabulary or its style.
"""

import time

import numpy as np

from codelength.dataset import Dataset
from codelength.errors import UsageError
from codelength.measure.codelength import Advance, pieces, silent
from codelength.measure.copies import copies_of
from codelength.result.explanation import Explanation, Passage, Source
from codelength.types import Bits, Codec, Model, Reader
from codelength.units import KIB

LEAST_BYTES, MOST_BYTES = 80, 240
SOURCES = 3


def explain(x: Dataset | bytes, y: Dataset | bytes, codec: Codec, *, progress: Advance | None = None) -> Explanation:
    """What X saved of each byte of Y by a model, with sources; raises UsageError for a codec that cannot tell bytes.

    >>> from codelength.registry import create
    >>> found = explain(b"to be or not to be, " * 9, b"or not to be? " * 3, create("counts:order=3"))
    >>> found.passages[0].sources[0].size, found.passages[0].saved_bits > 0.5 * found.passages[0].bits
    (12, True)
    """
    started = time.perf_counter()
    if not isinstance(codec, Model):
        raise UsageError(f"{codec.name} does not tell what each byte costs; take a model, such as mixing")
    x_name, x_raw = (x.name, x.joined) if isinstance(x, Dataset) else ("X", x)
    y_name, y_raw = (y.name, y.joined) if isinstance(y, Dataset) else ("Y", y)
    if not y_raw:
        raise UsageError(f"{y_name} is empty; there is nothing to explain")
    advance = progress or silent
    alone = _read(codec.reader(), y_raw, codec, advance)
    reader = codec.reader()
    _read(reader, x_raw, codec, advance)
    given = _read(reader, y_raw, codec, advance)
    return Explanation(
        codec.name,
        x_name,
        y_name,
        x_raw,
        y_raw,
        alone,
        given,
        _passages(x_raw, y_raw, alone, given),
        seconds=time.perf_counter() - started,
    )


def explain_work(x_bytes: int, y_bytes: int) -> int:
    """The bytes that `explain` reports to its progress in all."""
    return x_bytes + 2 * y_bytes


def passage_edges(y: bytes) -> list[int]:
    """Where passages begin, and the end: behind the last line end, else the last blank, of 80 to 240 bytes.

    >>> passage_edges(b"x" * 100 + b"\\n" + b"y" * 100 + b"\\n" + b"z" * 70)
    [0, 202, 272]
    """
    edges = [0]
    while edges[-1] < len(y):
        start = edges[-1]
        end = min(len(y), start + MOST_BYTES)
        if end < len(y):
            cut = y.rfind(b"\n", start + LEAST_BYTES, end)
            cut = y.rfind(b" ", start + LEAST_BYTES, end) if cut < 0 else cut
            end = cut + 1 if cut >= 0 else _between_characters(y, end)
        edges.append(end)
    return edges


def _between_characters(y: bytes, end: int) -> int:
    # Up to three steps back where a cut would fall into a character of UTF-8.
    return next((at for at in range(end, end - 4, -1) if y[at] & 0xC0 != 0x80), end)


def _read(reader: Reader, data: bytes, model: Model, advance: Advance) -> Bits:
    if model.unit == "token":  # what is read in pieces would be cut into tokens piece by piece
        costs = reader.read(data)
        advance(len(data))
        return costs
    size = max(4 * KIB, model.nominal_speed // 4)
    return np.concatenate([np.zeros(0), *(reader.read(piece) for piece in pieces(data, advance, size))])


def _passages(x: bytes, y: bytes, alone: Bits, given: Bits) -> tuple[Passage, ...]:
    edges = np.array(passage_edges(y), np.int64)
    sums = [np.concatenate(([0.0], np.cumsum(bits))) for bits in (alone, given, alone - given)]
    sources: list[list[Source]] = [[] for _ in edges[1:]]
    for y_start, x_start, size in copies_of(x, y).tolist():
        first = int(np.searchsorted(edges, y_start, side="right")) - 1
        for number in range(first, len(sources)):
            begin, end = max(y_start, int(edges[number])), min(y_start + size, int(edges[number + 1]))
            if begin >= end:
                break
            saved = float(sums[2][end] - sums[2][begin])
            sources[number].append(Source(x_start + begin - y_start, begin, end - begin, saved))
    return tuple(
        Passage(
            start := int(edges[number]),
            (end := int(edges[number + 1])) - start,
            float(sums[0][end] - sums[0][start]),
            float(sums[1][end] - sums[1][start]),
            tuple(sorted(found, key=lambda source: -source.saved_bits)[:SOURCES]),
        )
        for number, found in enumerate(sources)
    )
