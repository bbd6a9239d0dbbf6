"""Probabilities to integer counts, once and in one way, so that both ends of a wire agree.

Counts sum to 2^24 and none is zero: count(s) = 1 + ⌊p(s)·(2^24 − n)⌋, and the most probable symbol takes what is
left. The loss against the ideal is below n / 2^24 of the probability and below 2 bits on 64 KiB of one byte.
Only ×, + and ⌊⌋ on float64 in written order: the same counts on every machine.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.range_coder import SYMBOL_TOTAL
from codelength.errors import CodelengthError
from codelength.types import Probs


def integer_counts(probabilities: Probs) -> npt.NDArray[np.int64]:
    """Counts [n] that sum to 2^24, none of them zero, from probabilities [n] that sum to 1.

    Raises CodelengthError where a probability is negative or not finite, or where they do not sum to 1 within 1e-6.

    >>> integer_counts(np.array([0.5, 0.5, 0.0]))
    array([8388608, 8388607,       1])
    """
    total = float(probabilities.sum())  # a check only: no count depends on it
    if not (np.isfinite(probabilities).all() and (probabilities >= 0).all() and abs(total - 1) < 1e-6):
        raise CodelengthError(f"probabilities must be finite, not negative and sum to 1; they sum to {total!r}")
    spread = SYMBOL_TOTAL - len(probabilities)
    counts: npt.NDArray[np.int64] = 1 + (probabilities * spread).astype(np.int64)
    counts[int(probabilities.argmax())] += SYMBOL_TOTAL - int(counts.sum())
    if counts.min() < 1:
        raise CodelengthError(f"probabilities that sum to {total!r} do not fit in 2^24 parts")
    return counts
