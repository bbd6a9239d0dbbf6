"""Just compress everything? One net on the shuffled union of X and Y, on X then Y, and on Y alone, at equal compute.

    alone         Y, with more replays, so that it costs as many updates as the others
    X then Y      the net pays for X, then for Y
    union         items of X and Y in random order: what Y's items cost among them

All three pay for the same items of Y; what they pay for Y is a prequential code length, given X in the last two.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.errors import UsageError
from codelength.learning.probing import read_pixels
from codelength.learning.representation import Symbols
from codelength.measure.interval import Interval, mean_interval


@dataclass(frozen=True, slots=True)
class Everything:
    """Bits of Y by three ways of training on X and Y, the mean over seeds, and the paired savings over Y alone."""

    alone_bits: float
    then_bits: float
    union_bits: float
    then_saving: tuple[float, Interval | None]
    union_saving: tuple[float, Interval | None]
    gap_bits: tuple[float, Interval | None]  # X then Y, minus the union: what shuffling saves


def compress_everything(x: Symbols, y: Symbols, *, seeds: Sequence[int] = (0, 1, 2, 3, 4)) -> Everything:
    """Bits of images y [m, height, width] in levels, alone, after x [n, height, width], and among them.

    Raises UsageError for images of different sizes or none.
    """
    if not len(x) or not len(y) or x.shape[1:] != y.shape[1:]:
        raise UsageError("both need images of one size; scale them first")
    again = math.ceil(2 * len(x) / len(y))  # a replay and the visit itself, for each item of X
    rows = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        first, second = rng.permutation(x), rng.permutation(y)
        order = rng.permutation(len(x) + len(y))
        alone = read_pixels(second, seed=seed, more_replays=again)
        then = read_pixels(np.concatenate((first, second)), seed=seed)[len(x) :]
        union = read_pixels(np.concatenate((first, second))[order], seed=seed)[order >= len(x)]
        rows.append([math.fsum(bits) for bits in (alone, then, union)])
    alone_bits, then_bits, union_bits = (float(value) for value in np.mean(rows, axis=0))

    def paired(before: int, after: int) -> tuple[float, Interval | None]:
        differences = [row[before] - row[after] for row in rows]
        return math.fsum(differences) / len(rows), mean_interval(differences)

    return Everything(alone_bits, then_bits, union_bits, paired(0, 1), paired(0, 2), paired(1, 2))
