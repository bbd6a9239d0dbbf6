"""How far a saving would have moved had other parts of the same kind of Y come: a bootstrap over blocks of Y.

Y is cut into equal blocks; block b saves d_b = C(Y_b given what stands before it) without X minus the same with X, so
that Σ d_b is the whole saving. Blocks are drawn with replacement as often as there are blocks; the interval holds the
middle 95 % of the sums (percentile bootstrap; Künsch 1989 for blocks of dependent data). It needs the cost of each
byte, which a plain codec cannot tell, and at least 8 blocks of 64 bytes; where they are lacking there is no interval.
"""

import math
from collections.abc import Sequence

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


def mean_interval(values: Sequence[float]) -> Interval | None:
    """Student's 95 % interval of the mean of independent values, such as one for each seed; None below 2 values.

    >>> [round(end, 3) for end in mean_interval([1.0, 2.0, 3.0]) or ()]
    [-0.484, 4.484]
    """
    n = len(values)
    if n < 2:
        return None
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = student_quantile(n - 1) * deviation / math.sqrt(n)
    return mean - half, mean + half


def student_quantile(freedom: int, level: float = LEVEL) -> float:
    """Within how many standard errors the middle `level` of Student's t lies.

    With n degrees of freedom and t = √n tan θ the density is proportional to cos^(n−1) θ; summed up on a grid.

    >>> round(student_quantile(4), 3), round(student_quantile(1), 2), round(student_quantile(1000), 2)
    (2.776, 12.71, 1.96)
    """
    angles = np.linspace(0, math.pi / 2, 200_001)
    density = np.cos(angles) ** (freedom - 1)
    mass = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2)))
    return math.sqrt(freedom) * math.tan(float(np.interp(level, mass / mass[-1], angles)))


def share_interval(hits: int, n: int) -> Interval:
    """Wilson's 95 % interval of a share, hits of n independent tries; (0, 1) of none.

    >>> [round(end, 4) for end in share_interval(8, 10)]
    [0.4902, 0.9433]
    """
    if n == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)
