"""Regret: what each learner of a ladder pays for Y above the best that is known, and where in Y.

The envelope of n learners, in their order, is the Bayes mixture with weights 1/n of n switching mixtures
(models/mixtures.py): those of the first learner, of the first two, ..., of all. So

    envelope ≤ the best sequence of learners + what that sequence costs + log2 n
    adding one at the end makes it worse by at most log2((n + 1) / n) ≤ log2(n + 1)

which a switching mixture alone does not promise: with a learner more, each of its switches is dearer by
log2(n / (n − 1)). Both follow from a mixture's probability being at least each part's, weighed.

Curves and blocks (those of interval.py) are taken against the row with the fewest bits of those that tell what a byte
costs, learner or envelope.
"""

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.dataset import Dataset
from codelength.errors import UsageError
from codelength.measure.codelength import Advance, measure, measure_work, pieces, silent
from codelength.measure.interval import block_edges
from codelength.models.weights import DECREASING, STATIC, Weights
from codelength.result.regret import ENVELOPE, Regret
from codelength.types import Bits, Codec, Kind, Model
from codelength.units import KIB

LEARNERS = (
    *("gzip", "bz2", "xz", "zstd", "brotli", "ppmd"),
    *("counts:order=1", "counts:order=2", "counts:order=4", "counts:order=6", "mixing:level=fast", "mixing"),
)
_POINTS = 256  # of a curve


def regret(
    y: Dataset | bytes,
    codecs: Sequence[Codec],
    *,
    given: Dataset | bytes | None = None,
    progress: Advance | None = None,
) -> list[Regret]:
    """What each codec pays for Y and the envelope of those that tell what a byte costs, the fewest bits first.

    Raises UsageError for no codec or an empty Y.

    >>> from codelength.registry import create
    >>> rows = regret(b"abcabc" * 50 + b"cab" * 90, [create("counts:order=0"), create("counts:order=2")])
    >>> [row.model for row in rows][-1], rows[0].regret_bits
    ('counts:order=0', 0.0)
    """
    name, raw = (y.name, y.joined) if isinstance(y, Dataset) else ("Y", y)
    before = given.joined if isinstance(given, Dataset) else given
    before_name = given.name if isinstance(given, Dataset) else None if given is None else "X"
    if not codecs:
        raise UsageError("there is no learner; name at least one")
    if not raw:
        raise UsageError(f"{name} is empty; there is nothing to regret")
    paid = [_paid(codec, raw, before, progress or silent) for codec in codecs]
    learners = [one for one in paid if one.each is not None]
    costs = [one.each for one in learners if one.each is not None]
    if len(costs) > 1:
        began = time.perf_counter()
        each = envelope(costs)
        paid.append(_Paid(ENVELOPE, float(each.sum()), "ideal", each, time.perf_counter() - began))
    best = min(paid, key=lambda one: one.bits)
    beside = min((one for one in paid if one.each is not None), key=lambda one: one.bits, default=best)
    edges = block_edges(len(raw))
    blocks = np.stack([_block_sums(each, edges) for each in costs]) if costs else np.zeros((0, len(edges) - 1))
    cheapest = blocks.argmin(axis=0) if len(blocks) else np.zeros(0, np.int64)
    leads = {one.model: float(np.mean(cheapest == number)) for number, one in enumerate(learners)}
    rows = []
    for one in sorted(paid, key=lambda one: one.bits):
        worst, curve = _where(one, beside, edges)
        rows.append(
            Regret(
                one.model,
                name,
                before_name,
                len(raw),
                one.bits,
                one.bits - best.bits,
                leads=leads.get(one.model, math.nan),
                worst=worst,
                curve=curve,
                kind=one.kind,
                seconds=one.seconds,
            )
        )
    return rows


def regret_work(y_bytes: int, codecs: Sequence[Codec], *, given_bytes: int | None = None) -> int:
    """The bytes that `regret` reports to its progress in all."""
    return measure_work(y_bytes, codecs, given_bytes=given_bytes or None)


def envelope(costs: Sequence[Bits]) -> Bits:
    """What the envelope pays for each byte, [n], where the learners, in their order, pay costs, [n] each.

    >>> halves = np.repeat([1.0, 9.0], 50), np.repeat([9.0, 1.0], 50)
    >>> bool(100 < envelope(halves).sum() < 125)  # each of the two pays 500
    True
    """
    had = np.exp2(-np.stack(costs))  # [learners, n]
    parts = [Weights.uniform(size, DECREASING).pay(had[:size]) for size in range(1, len(had) + 1)]
    return 0.0 - np.log2(Weights.uniform(len(parts), STATIC).pay(np.stack(parts)))


def envelope_bound_bits(learners: int, size: int, switches: int = 0) -> float:
    """The most that the envelope of so many learners pays above any sequence of them with so many switches.

    log2 n for the first one, log2 N + m log2((n − 1)(N − 1)) for m switches in N bytes, as of `Switching`, and log2 n.

    >>> envelope_bound_bits(4, 1024)
    14.0
    """
    first = math.log2(learners) + (math.log2(size) if size > 1 and learners > 1 else 0.0)
    return first + (switches * math.log2((learners - 1) * (size - 1)) if switches else 0.0) + math.log2(learners)


@dataclass(frozen=True, slots=True)
class _Paid:
    model: str
    bits: float
    kind: Kind
    each: Bits | None  # of each byte, where the codec tells
    seconds: float


def _paid(codec: Codec, y: bytes, before: bytes | None, advance: Advance) -> _Paid:
    if not isinstance(codec, Model):
        row = measure(y, codec, given=before, progress=advance)
        return _Paid(codec.name, row.bits, row.kind, None, row.seconds)
    began = time.perf_counter()
    reader = codec.reader()
    if codec.unit == "token":  # pieces would be cut into tokens one by one
        parts = [reader.read(data) for data in (before or b"", y)][1:]
        advance(len(before or b"") + len(y))
    else:
        size = max(4 * KIB, codec.nominal_speed // 4)
        for piece in pieces(before or b"", advance, size):
            reader.read(piece)
        parts = [reader.read(piece) for piece in pieces(y, advance, size)]
    each = np.concatenate(parts)
    return _Paid(codec.name, float(each.sum()), "ideal", each, time.perf_counter() - began)


def _block_sums(each: Bits, edges: Sequence[int]) -> Bits:
    return np.add.reduceat(each, edges[:-1])


def _where(
    one: _Paid, beside: _Paid, edges: Sequence[int]
) -> tuple[tuple[int, int, float] | None, tuple[tuple[int, float], ...]]:
    if one.each is None or beside.each is None:
        return None, ()
    above = one.each - beside.each
    sums = np.concatenate(([0.0], np.cumsum(above)))
    places = sorted({len(above) * point // _POINTS for point in range(1, _POINTS + 1)} - {0})
    curve = tuple((place, float(sums[place])) for place in places)
    if one is beside:
        return None, curve
    blocks = [(float(sums[end] - sums[start]), start, end - start) for start, end in itertools.pairwise(edges)]
    bits, start, size = max(blocks)
    return (start, size, bits), curve
