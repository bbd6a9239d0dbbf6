"""All code lengths of a pair X, Y that one codec can be asked for.

A Model reads X and goes on to Y in one pass (ideal bits); a codec that can read a text beforehand codes Y after X
(coded); for the others C(Y given X) = C(X, Y) − C(X), two coded sizes (difference), so that their chain-rule gap is 0
by definition. All coded lengths are counted after decoding.

Joint lengths (X then Y, Y then X, interleaved) are measured on the joined bytes, never added up: coded, or ideal where
a Model is so slow that coding and decoding three joints would take more than 5 seconds by its nominal speed.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from codelength.measure.codelength import Advance, coded_bits, pieces, silent
from codelength.measure.interval import block_edges
from codelength.types import Bits, Codec, Conditional, Kind, Model, Reader
from codelength.units import format_size

INTERLEAVED_BYTES = 4096
JOINT_SECONDS = 5.0

Joint = Literal["auto", "coded", "ideal", "none"]


@dataclass(frozen=True, slots=True)
class PairLengths:
    """Everything that one codec was asked; blocks [blocks] sum to the whole, and are one for a plain codec."""

    kind: Kind
    x_bits: float
    x_given_y_bits: float
    y_blocks: Bits
    y_given_x_blocks: Bits
    null_blocks: dict[str, Bits]
    joint_kind: Kind | None
    joint_bits: tuple[float, float, float]  # X then Y, Y then X, interleaved; nan where not asked for


def pair_lengths(
    codec: Codec, x: bytes, y: bytes, *, nulls: Mapping[str, bytes], joint: Joint, advance: Advance = silent
) -> PairLengths:
    """Ask a codec for all lengths of a pair; with joint="none" the joint ones are nan where nothing else needs them."""
    if isinstance(codec, Model):
        return _ideal_lengths(codec, x, y, nulls, joint, advance)
    if isinstance(codec, Conditional):
        return _coded_lengths(codec, x, y, nulls, joint, advance)
    return _difference_lengths(codec, x, y, nulls, joint, advance)


def joint_kind(codec: Codec, both_bytes: int, joint: Joint) -> Kind | None:
    """How the joint lengths of a pair of so many bytes are found; None where they are not."""
    if joint == "none":
        return None
    if not isinstance(codec, Model) or joint == "coded":
        return "coded"
    if joint == "auto" and 6 * both_bytes <= JOINT_SECONDS * codec.nominal_speed:
        return "coded"
    return "ideal"


def interleaved(x: bytes, y: bytes, *, block_bytes: int = INTERLEAVED_BYTES) -> bytes:
    """X and Y in turn by blocks, as many of each: the shorter's blocks hold block_bytes, the longer's in proportion.

    >>> interleaved(b"abcd", b"12345678", block_bytes=2)
    b'ab1234cd5678'
    """
    blocks = max(1, -(-min(len(x), len(y)) // block_bytes))
    parts = []
    for block in range(blocks):
        for data in (x, y):
            parts.append(data[len(data) * block // blocks : len(data) * (block + 1) // blocks])
    return b"".join(parts)


def window_warnings(codec: Codec, x_bytes: int, y_bytes: int) -> tuple[str, ...]:
    """What a codec cannot see because its window is short."""
    window = codec.window_bytes
    if window is None or x_bytes + y_bytes <= window:
        return ()
    if x_bytes > window:
        return (
            f"{codec.name} reaches back {format_size(window)}: of X's {x_bytes:,} bytes it knows the last {window:,}, "
            "and those only at the start of Y",
        )
    return (f"{codec.name} reaches back {format_size(window)}: late in Y it no longer sees the start of X",)


def _ideal_lengths(
    codec: Model, x: bytes, y: bytes, nulls: Mapping[str, bytes], joint: Joint, advance: Advance
) -> PairLengths:
    kind = joint_kind(codec, len(x) + len(y), joint)
    x_blocks, y_given_x = _in_turn(codec, x, y, advance)
    y_blocks, x_given_y = _in_turn(codec, y, x, advance)
    return PairLengths(
        "ideal",
        x_bits=math.fsum(x_blocks),
        x_given_y_bits=math.fsum(x_given_y),
        y_blocks=y_blocks,
        y_given_x_blocks=y_given_x,
        null_blocks={name: _in_turn(codec, null, y, advance)[1] for name, null in nulls.items()},
        joint_kind=kind,
        joint_bits=_joint_bits(codec, x, y, kind, advance),
    )


def _coded_lengths(
    codec: Conditional, x: bytes, y: bytes, nulls: Mapping[str, bytes], joint: Joint, advance: Advance
) -> PairLengths:
    def given(before: bytes, data: bytes) -> Bits:
        return np.array([coded_bits(codec.after(before), data, advance)])

    kind = joint_kind(codec, len(x) + len(y), joint)
    return PairLengths(
        "coded",
        x_bits=coded_bits(codec, x, advance),
        x_given_y_bits=float(given(y, x)[0]),
        y_blocks=np.array([coded_bits(codec, y, advance)]),
        y_given_x_blocks=given(x, y),
        null_blocks={name: given(null, y) for name, null in nulls.items()},
        joint_kind=kind,
        joint_bits=_joint_bits(codec, x, y, kind, advance),
    )


def _difference_lengths(
    codec: Codec, x: bytes, y: bytes, nulls: Mapping[str, bytes], joint: Joint, advance: Advance
) -> PairLengths:
    def given(before: bytes, data: bytes) -> Bits:
        return np.array([coded_bits(codec, before + data, advance) - coded_bits(codec, before, advance)])

    x_bits, y_bits = coded_bits(codec, x, advance), coded_bits(codec, y, advance)
    xy_bits, yx_bits = coded_bits(codec, x + y, advance), coded_bits(codec, y + x, advance)
    return PairLengths(
        "difference",
        x_bits=x_bits,
        x_given_y_bits=yx_bits - y_bits,
        y_blocks=np.array([y_bits]),
        y_given_x_blocks=np.array([xy_bits - x_bits]),
        null_blocks={name: given(null, y) for name, null in nulls.items()},
        joint_kind="coded",
        joint_bits=(xy_bits, yx_bits, math.nan if joint == "none" else coded_bits(codec, interleaved(x, y), advance)),
    )


def _joint_bits(codec: Codec, x: bytes, y: bytes, kind: Kind | None, advance: Advance) -> tuple[float, float, float]:
    def bits(data: bytes) -> float:
        if kind is None:
            return math.nan
        if kind == "ideal" and isinstance(codec, Model):
            return codec.cost(pieces(data, advance))
        return coded_bits(codec, data, advance)

    return bits(x + y), bits(y + x), bits(interleaved(x, y))


def _in_turn(codec: Model, first: bytes, second: bytes, advance: Advance) -> tuple[Bits, Bits]:
    """The cost of each block of the first and then of the second, by one reader that is gone afterwards."""
    reader = codec.reader()
    if codec.unit == "token":  # blocks read one by one would be cut into tokens one by one
        return _cut_blocks(reader, first, advance), _cut_blocks(reader, second, advance)
    return _read_blocks(reader, first, advance), _read_blocks(reader, second, advance)


def _cut_blocks(reader: Reader, data: bytes, advance: Advance) -> Bits:
    costs = reader.read(data)
    advance(len(data))
    edges = itertools.pairwise(block_edges(len(data)))
    return np.array([math.fsum(costs[start:end]) for start, end in edges], np.float64)


def _read_blocks(reader: Reader, data: bytes, advance: Advance) -> Bits:
    blocks = [
        math.fsum(float(reader.read(piece).sum()) for piece in pieces(data[start:end], advance))
        for start, end in itertools.pairwise(block_edges(len(data)))
    ]
    return np.array(blocks, np.float64)
