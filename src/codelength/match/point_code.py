"""What word vectors cost as points near those of another language: a mixture of as many Gaussians as Y has words.

    p(x) = (1 / m) Σ_j N(x; a y_j, σ² I)        over the m words of Y; a and σ by expectation and maximisation

in bits at a resolution of 1/256 in each coordinate, −log2 p(x) + 8 d for d dimensions. Where X's space is not turned to
Y's, a goes to 0 and a Gaussian is left. A rotation has d (d − 1) / 2 parameters of ½ log2 n bits each (Rissanen 1978).
"""

import math

import numpy as np

from codelength.match.procrustes import Points
from codelength.units import bits_from_nats

RESOLUTION_BITS = 8.0
_STEPS = 12
_SHARES = (0.9, 0.5, 0.0)  # first guesses of a: the shortest code counts
_LEAST_VARIANCE = 1e-6


def points_bits(x: Points, y: Points) -> float:
    """The cost of points x [n, d] near points y [m, d], in bits.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=(50, 5))
    >>> near = y + 0.1 * rng.normal(size=(50, 5))
    >>> points_bits(near, y) < points_bits(near[:, ::-1], y)
    True
    """
    squares, cross = (x**2).sum(1)[:, None], x @ y.T
    y_squares = (y**2).sum(1)[None]
    best = math.inf
    for share in _SHARES:
        variance = max(float(squares.mean()) * (1 - share**2) / x.shape[1], _LEAST_VARIANCE)
        for _ in range(_STEPS):
            distances = squares - 2 * share * cross + share**2 * y_squares
            logs = -distances / (2 * variance)
            peak = logs.max(1, keepdims=True)
            near = np.exp(logs - peak)
            total = near.sum(1, keepdims=True)
            nats = -float((peak + np.log(total)).sum()) + len(x) * math.log(len(y))
            nats += len(x) * x.shape[1] / 2 * math.log(2 * math.pi * variance)
            near /= total
            mean_square = float((near * y_squares).sum())
            if share:
                share = float((near * cross).sum()) / max(mean_square, 1e-12)
            moved = float((near * (squares - 2 * share * cross + share**2 * y_squares)).sum())
            variance = max(moved / x.size, _LEAST_VARIANCE)
            best = min(best, nats)
    return bits_from_nats(best) + RESOLUTION_BITS * x.size


def rotation_bits(dimensions: int, points: int) -> float:
    """The parameters of a rotation, found from so many points.

    >>> rotation_bits(3, 16)
    6.0
    """
    return dimensions * (dimensions - 1) / 4 * math.log2(max(points, 2))
