"""The weights of a mixture: what was predicted well so far gets more of the say, the same on every machine.

A weight is significand · 2^exponent with an exponent of its own: a member that was 10,000 bits worse still has its
weight and can come back. Only + − × ÷ on float64 in written order and exact scaling by powers of two.
"""

import math
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.errors import CodelengthError
from codelength.types import Probs

STATIC = 0.0  # the rate of a mixture that moves no weight
DECREASING = -1.0  # stands for 1 / (t + 1) after t bytes


class Weights:
    """Weights significand · 2^exponent of n members; `pay` mixes what they gave and learns which to trust."""

    def __init__(self, significands: Probs, exponents: npt.NDArray[np.int64], seen: int, rate: float) -> None:
        self._significands, self._exponents = significands, exponents
        self._seen, self._rate = seen, rate

    @classmethod
    def uniform(cls, members: int, rate: float) -> Self:
        """1/n each, up to a common factor."""
        return cls(np.full(members, 0.5), np.zeros(members, np.int64), 0, rate)

    def copy(self) -> Self:
        """The same weights, in arrays of their own."""
        return type(self)(self._significands.copy(), self._exponents.copy(), self._seen, self._rate)

    def scaled(self) -> list[float]:
        """The weights over the power of two that brings the largest near 1, [n]."""
        scaled = np.empty(len(self._significands), np.float64)
        _scale(self._significands, self._exponents, scaled)
        return [float(weight) for weight in scaled]

    def pay(self, paid: Probs) -> Probs:
        """What the mixture gives to each of N bytes, [N], where the members give paid [n, N]; learn it.

        Raises CodelengthError where all members give 0.
        """
        mixed = np.empty(paid.shape[1], np.float64)
        _pay(self._significands, self._exponents, self._seen, self._rate, np.ascontiguousarray(paid), mixed)
        self._seen += len(mixed)
        if not (mixed > 0).all():
            raise CodelengthError("all members of a mixture gave probability 0 to a byte that came")
        return mixed


@compiled
def _scale(significands: Probs, exponents: npt.NDArray[np.int64], scaled: Probs) -> None:
    top = exponents[0]
    for i in range(1, exponents.shape[0]):
        top = max(top, exponents[i])
    for i in range(exponents.shape[0]):
        scaled[i] = math.ldexp(significands[i], max(exponents[i] - top, np.int64(-1100)))


@compiled
def _pay(
    significands: Probs, exponents: npt.NDArray[np.int64], seen: int, rate: float, paid: Probs, mixed: Probs
) -> None:
    members = paid.shape[0]
    scaled = np.empty(members, np.float64)
    for t in range(paid.shape[1]):
        _scale(significands, exponents, scaled)
        total = 0.0
        mass = 0.0
        for i in range(members):
            total += scaled[i]
            mass += scaled[i] * paid[i, t]
        mixed[t] = mass / total
        for i in range(members):
            significands[i], more = math.frexp(significands[i] * paid[i, t])
            # A weight of 0 stays at the bottom instead of at exponent 0, where it would push the others down.
            exponents[i] = exponents[i] + more if significands[i] > 0.0 else np.int64(-(1 << 62))
        if rate == 0.0 or members == 1:
            continue
        share = 1.0 / (seen + t + 2.0) if rate < 0.0 else rate
        _scale(significands, exponents, scaled)
        total = 0.0
        for i in range(members):
            total += scaled[i]
        for i in range(members):
            part = scaled[i] / total
            part = (1.0 - share) * part + share / (members - 1.0) * (1.0 - part)
            significands[i], exponents[i] = math.frexp(part)
