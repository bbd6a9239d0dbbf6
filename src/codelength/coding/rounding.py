"""Probabilities to integer counts, once and in one way, so that both ends of a wire agree.

Counts sum to 2^24 and none is zero: count(s) = 1 + ⌊p(s)·(2^24 − n)⌋, and the most probable symbol takes what is
left. The loss against the ideal is below n / 2^24 of the probability and below 2 bits on 64 KiB of one byte.
Only ×, + and ⌊⌋ on float64 in written order: the same counts on every machine.
"""

import numpy as np
import numpy.typing as npt

from codelength.coding.range_coder import SYMBOL_TOTAL
from codelength.compiled import bare
from codelength.errors import CodelengthError
from codelength.types import Probs


def integer_counts(probabilities: Probs) -> npt.NDArray[np.int64]:
    """Counts [n] that sum to 2^24, none of them zero, from probabilities [n] that sum to 1.

    Raises CodelengthError where a probability is negative or not finite, or where they do not sum to 1 within 1e-6.

    >>> integer_counts(np.array([0.5, 0.5, 0.0]))
    array([8388608, 8388607,       1])
    """
    counts = np.empty(len(probabilities), np.int64)
    total, least = _round(np.ascontiguousarray(probabilities, np.float64), counts, SYMBOL_TOTAL)
    if not abs(total - 1) < 1e-6:
        total = float(probabilities.sum())
        raise CodelengthError(f"probabilities must be finite, not negative and sum to 1; they sum to {total!r}")
    if least < 1:
        raise CodelengthError(f"probabilities that sum to {total!r} do not fit in 2^24 parts")
    return counts


@bare
def _round(probabilities: Probs, counts: npt.NDArray[np.int64], parts: int) -> tuple[float, int]:
    # What the probabilities sum to, a check on which no count depends (nan where one is negative), and the least count.
    total = 0.0
    best = 0
    for i in range(probabilities.shape[0]):
        if not probabilities[i] >= 0.0:
            return np.nan, 0
        total += probabilities[i]
        if probabilities[i] > probabilities[best]:
            best = i
    if not abs(total - 1.0) < 1e-6:
        return total, 0
    spread = parts - probabilities.shape[0]
    rest = parts
    least = parts
    for i in range(probabilities.shape[0]):
        counts[i] = 1 + np.int64(probabilities[i] * spread)
        rest -= counts[i]
        least = min(least, counts[i])
    counts[best] += rest
    return total, min(least, counts[best])
