"""What X costs without Y: a prequential code of its points on the same grid.

The first 32 points are told as differences to the first one, by Exp-Golomb codes. Then each further part, as long as
what came before it, is coded by the best kind of density fitted to all before it, so that nothing but X is used.
"""

import numpy as np

from codelength.match.maps.codes import whole
from codelength.match.maps.densities import chosen, fitted
from codelength.match.maps.families import Frame, Points

FIRST = 32
_ORDER = 9  # most differences lie within 2^9 steps: a unit has 256, a spread at most 512


def alone_bits(x: Points, frame: Frame, *, seed: int = 0) -> float:
    """Bits of x [n, d], on its grid, in a random order that both ends know."""
    x = x[np.random.default_rng(seed).permutation(len(x))]
    steps = np.round((x[:FIRST] - x[0]) / frame.step).astype(np.int64)
    first = np.round(x[0] / frame.step).astype(np.int64)
    bits = float(sum(len(whole(value, _ORDER)) for value in (*first.tolist(), *steps[1:].ravel().tolist())))
    at = FIRST
    while at < len(x):
        before, part = x[:at], x[at : 2 * at]
        centre, spread = before.mean(axis=0), np.maximum(before.std(axis=0), frame.step)
        known, told = (before - centre) / spread, (part - centre) / spread
        density = fitted(known, chosen(known, seed=seed))
        bits += float(density.bits(told).sum()) + len(part) * float(np.log2(spread / frame.step).sum())
        at += len(part)
    return bits
