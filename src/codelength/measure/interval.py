"""How far a saving would have moved had other parts of the same kind of Y come: a bootstrap over blocks of Y.

Y is cut into equal blocks; block b saves d_b = C(Y_b given what stands before it) without X minus the same with X, so
that Σ d_b is the whole saving. Blocks are drawn with replacement as often as there are blocks; the interval holds the
middle 95 % of the sums (percentile bootstrap; Künsch 1989 for blocks of dependent data). It needs the cost of each
byte, which a plain codec cannot tell, and at least 8 blocks of 64 bytes; where they are lacking there is no interval.
"""

import numpy as np

from codelength.types import Bits

MIN_BLOCKS, MAX_BLOCKS, MIN_BLOCK_BYTES = 8, 128, 64
RESAMPLES = 2000
LEVEL = 0.95

Interval = tuple[float, float]


def block_edges(size_bytes: int) -> list[int]:
    """Where the blocks begin and end: at most 128 of them, at least 64 bytes each; [0, size] where Y is too short.

    >>> block_edges(100), len(block_edges(1 << 20)) - 1
    ([0, 100], 128)
    """
    blocks = min(MAX_BLOCKS, size_bytes // MIN_BLOCK_BYTES)
    if blocks < MIN_BLOCKS:
        return [0, size_bytes]
    return [size_bytes * block // blocks for block in range(blocks + 1)]


def sum_interval(values: Bits, *, seed: int = 0) -> Interval | None:
    """The middle 95 % of the sums of values [blocks] drawn with replacement; None for fewer than 8 blocks.

    >>> sum_interval(np.full(10, 2.5))
    (25.0, 25.0)
    """
    if len(values) < MIN_BLOCKS:
        return None
    draws = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    sums = values[draws].sum(axis=1)
    low, high = np.quantile(sums, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
