"""A problem whose every risk is known: thresholds on [0, 1], labels flipped with probability 0.1."""

import numpy as np
import numpy.typing as npt

FLIPPED = 0.1
PLACES = np.arange(65) / 64
RISKS = FLIPPED + (1 - 2 * FLIPPED) * np.abs(PLACES - 0.5)
BITS = np.full(65, np.log2(65))

Counts = npt.NDArray[np.int64]


def error_counts(n: int, samples: int, seed: int) -> Counts:
    """How many of n points each threshold gets wrong, [samples, 65]."""
    rng = np.random.default_rng(seed)
    x = rng.random((samples, n, 1))
    labels = (x > 0.5) ^ (rng.random((samples, n, 1)) < FLIPPED)
    return np.asarray(((x > PLACES) != labels).sum(axis=1), np.int64)


def most_failures(delta: float, samples: int) -> float:
    """More failures than this come about once in 10,000 tests where each sample fails with probability delta."""
    return samples * delta + 3.8 * float(np.sqrt(samples * delta * (1 - delta)))
