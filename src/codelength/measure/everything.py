"""Just compress everything? One net on the shuffled union of X and Y, on X then Y, and on Y alone, at equal compute.

    alone         Y, with more replays, so that it makes as many updates as the others
    X then Y      the net pays for X, then for Y
    union         items of X and Y in random order

Each then pays for further items of Y without learning: what the training was worth, C(more of Y | trained so). What
was paid while training stands beside it; the lengths of `X then Y` and `union` are of the same items, in two orders.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.errors import UsageError
from codelength.learning.pixel_net import Symbols
from codelength.learning.probing import PIXEL_RECIPE, trained_pixels
from codelength.measure.interval import Interval, mean_interval

ALONE, THEN, UNION = "alone", "X then Y", "union"


@dataclass(frozen=True, slots=True)
class Everything:
    """Mean bits over seeds by way of training: of what was trained on, and of more of Y; and what union saves."""

    trained_bits: dict[str, float]
    more_bits: dict[str, float]
    over_alone: tuple[float, Interval | None]  # of more of Y: alone minus union
    over_then: tuple[float, Interval | None]  # of more of Y: X then Y minus union
    joint: tuple[float, Interval | None]  # of what was trained on: X then Y minus union


def compress_everything(x: Symbols, y: Symbols, more: Symbols, *, seeds: Sequence[int] = (0, 1, 2, 3, 4)) -> Everything:
    """Train on images x [n, height, width] and y [m, height, width] in levels by the three ways, pay for more of Y.

    Raises UsageError for images of different sizes or none.
    """
    if not (len(x) and len(y) and len(more)) or not x.shape[1:] == y.shape[1:] == more.shape[1:]:
        raise UsageError("all need images, of one size; scale them first")
    again = math.ceil(
        (1 + PIXEL_RECIPE.replays) * len(x) / len(y)
    )  # what each item of X would have been read and replayed
    trained: dict[str, list[float]] = {way: [] for way in (ALONE, THEN, UNION)}
    held: dict[str, list[float]] = {way: [] for way in trained}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        first, second = rng.permutation(x), rng.permutation(y)
        both = np.concatenate((first, second))
        ways = {ALONE: (second, again), THEN: (both, 0), UNION: (rng.permutation(both), 0)}
        for way, (items, more_replays) in ways.items():
            net, bits = trained_pixels(items, seed=seed, more_replays=more_replays)
            trained[way].append(bits)
            held[way].append(math.fsum(net.bits(more)))

    def paired(bits: dict[str, list[float]], way: str) -> tuple[float, Interval | None]:
        differences = [before - after for before, after in zip(bits[way], bits[UNION], strict=True)]
        return math.fsum(differences) / len(differences), mean_interval(differences)

    return Everything(
        {way: math.fsum(bits) / len(bits) for way, bits in trained.items()},
        {way: math.fsum(bits) / len(bits) for way, bits in held.items()},
        over_alone=paired(held, ALONE),
        over_then=paired(held, THEN),
        joint=paired(trained, THEN),
    )
