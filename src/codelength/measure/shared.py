"""Shared structure: what X tells about Y, C(Y) − C(Y given X), with all that is needed to doubt it.

Beside it stand the other order, C(X) − C(X given Y); the joint lengths as they are really coded, X then Y, Y then X
and interleaved, with the chain-rule gap C(X, Y) − C(X) − C(Y given X); what X's nulls save; an interval; a verdict.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from codelength.dataset import Dataset
from codelength.measure.codelength import Advance, coded_bits, silent
from codelength.measure.interval import Interval, sum_interval
from codelength.measure.nulls import is_floor, standard_nulls
from codelength.measure.pair import Joint, joint_kind, pair_lengths, window_warnings
from codelength.measure.verdict import verdict
from codelength.result.shared import Shared
from codelength.types import Codec, Conditional, Model
from codelength.units import bits_from_bytes


def shared(
    x: Dataset | bytes,
    y: Dataset | bytes,
    codec: Codec,
    *,
    nulls: Mapping[str, bytes] | None = None,
    joint: Joint = "auto",
    progress: Advance | None = None,
) -> Shared:
    """What X and Y share for one codec, in bits; nulls are the standard ones unless given ({} for none).

    `joint` says how a Model's joint lengths are found: coded, ideal, none, or coded unless that is slow (auto). Raises
    CodecError where a codec does not give back what it was given.

    >>> from codelength.registry import create
    >>> text = b"the quick brown fox jumps over the lazy dog; " * 20
    >>> result = shared(text[:450], text[450:], create("counts:order=2"))
    >>> result.verdict, result.kind, result.shared_bits > 0.5 * result.y_bits
    ('useful', 'ideal', True)
    """
    started = time.perf_counter()
    x_name, x_raw = (x.name, x.joined) if isinstance(x, Dataset) else ("X", x)
    y_name, y_raw = (y.name, y.joined) if isinstance(y, Dataset) else ("Y", y)
    nulls = standard_nulls(x_raw) if nulls is None else nulls
    lengths = pair_lengths(codec, x_raw, y_raw, nulls=nulls, joint=joint, advance=progress or silent)
    saved = lengths.y_blocks - lengths.y_given_x_blocks
    shared_bits = math.fsum(saved)
    null_bits = {name: math.fsum(lengths.y_blocks - blocks) for name, blocks in lengths.null_blocks.items()}
    over = {name: sum_interval(blocks - lengths.y_given_x_blocks) for name, blocks in lengths.null_blocks.items()}
    interval, y_bits = sum_interval(saved), math.fsum(lengths.y_blocks)
    header_bits = coded_bits(codec, b"") if lengths.kind == "difference" else 0.0
    advantages: list[tuple[float, Interval | None]] = [(shared_bits - header_bits, interval)]
    advantages += [(shared_bits - bits, over[name]) for name, bits in null_bits.items() if is_floor(name)]
    return Shared(
        codec.name,
        x_name,
        y_name,
        len(x_raw),
        len(y_raw),
        x_bits=lengths.x_bits,
        y_bits=y_bits,
        y_given_x_bits=math.fsum(lengths.y_given_x_blocks),
        x_given_y_bits=lengths.x_given_y_bits,
        xy_bits=lengths.joint_bits[0],
        yx_bits=lengths.joint_bits[1],
        interleaved_bits=lengths.joint_bits[2],
        kind=lengths.kind,
        joint_kind=lengths.joint_kind,
        interval_bits=interval,
        null_shared_bits=null_bits,
        over_null_bits=over,
        verdict=verdict(min(y_bits, bits_from_bytes(len(y_raw))), advantages) if x_raw else "useless",
        warnings=window_warnings(codec, len(x_raw), len(y_raw)),
        seconds=time.perf_counter() - started,
    )


def shared_ladder(
    x: Dataset | bytes,
    y: Dataset | bytes,
    codecs: Sequence[Codec],
    *,
    nulls: Mapping[str, bytes] | None = None,
    joint: Joint = "auto",
    progress: Advance | None = None,
) -> list[Shared]:
    """`shared` for each codec, the least C(Y given X) first, each with its regret to that first row."""
    if nulls is None:
        nulls = standard_nulls(x.joined if isinstance(x, Dataset) else x)
    rows = [shared(x, y, codec, nulls=nulls, joint=joint, progress=progress) for codec in codecs]
    rows.sort(key=lambda row: row.y_given_x_bits)
    return [replace(row, regret_bits=row.y_given_x_bits - rows[0].y_given_x_bits) for row in rows]


def shared_work(
    x_bytes: int, y_bytes: int, codecs: Sequence[Codec], *, nulls: Mapping[str, bytes], joint: Joint = "auto"
) -> int:
    """The bytes that `shared_ladder` reports to its progress in all."""
    both, null_bytes, after_nulls = x_bytes + y_bytes, sum(map(len, nulls.values())), len(nulls) * y_bytes
    total = 0
    for codec in codecs:
        passes = {None: 0, "ideal": 3, "coded": 6}[joint_kind(codec, both, joint)]
        if isinstance(codec, Model):
            total += 2 * both + null_bytes + after_nulls + passes * both
        elif isinstance(codec, Conditional):
            total += 4 * both + 2 * after_nulls + passes * both
        else:
            total += 6 * both + 4 * null_bytes + 2 * after_nulls + (2 * both if passes else 0)
    return total
