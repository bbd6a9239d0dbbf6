"""Sample complexity: how many samples until a bound promises so small an error, or so small a gap, at δ.

    Occam, Hoeffding           n ≥ (bits ln 2 + ln 1/δ) / 2ε²
    Occam without an error     n ≥ (bits ln 2 + ln 1/δ) / −ln(1−ε)              about 1/ε in place of 1/ε²
    linear Rademacher          n ≥ (2 B X + 3 sqrt(ln(2/δ)/2))² / ε²
    mutual information         n ≥ 2 σ² I / ε²

and by doubling and bisection for any bound that falls with n.
"""

import math
from collections.abc import Callable

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import at_least, budget_nats, inside, part
from codelength.generalize.bounds.finite import errors_of
from codelength.generalize.bounds.inequalities import binomial_upper
from codelength.units import nats_from_bits

MOST = 1 << 62


def samples_for(value_at: Callable[[int], float], error: float) -> int | None:
    """The least n with value_at(n) ≤ error, for a value that falls with n; None where 2^62 are too few.

    An n that the bound refuses (UsageError) counts as too small.

    >>> samples_for(lambda n: 1 / n, 0.01)
    100
    """

    def enough(n: int) -> bool:
        try:
            return value_at(n) <= error
        except UsageError:
            return False

    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def samples_for_gap(*, gap: float, bits: float, delta: float) -> int:
    """By Occam and Hoeffding, for a risk at most `gap` above the training error: ⌈(bits ln 2 + ln 1/δ) / 2ε²⌉.

    >>> samples_for_gap(gap=0.01, bits=0, delta=0.05)
    14979
    """
    _check(gap, bits, delta)
    return math.ceil(budget_nats(bits, delta) / (2 * gap**2))


def samples_without_error(*, error: float, bits: float, delta: float) -> int:
    """For a hypothesis that makes no training error: ⌈(bits ln 2 + ln 1/δ) / −ln(1−ε)⌉.

    >>> samples_without_error(error=0.01, bits=0, delta=0.05)
    299
    """
    _check(error, bits, delta)
    return math.ceil(budget_nats(bits, delta) / -math.log1p(-error))


def samples_with_errors(*, error: float, train_error: float, bits: float, delta: float) -> int | None:
    """By the exact binomial, for a training error of k/n, k = ⌈n R̂⌉: the least n; None where error ≤ R̂.

    A single error more undoes several samples, so that not all larger n are enough.

    >>> samples_with_errors(error=0.01, train_error=0.0, bits=0, delta=0.05)
    299
    """
    _check(error, bits, delta)
    part(train_error=train_error)
    if train_error == 0:
        return samples_without_error(error=error, bits=bits, delta=delta)
    if train_error >= error:
        return None
    budget = budget_nats(bits, delta)

    def least(k: int) -> int | None:
        """The least n that k errors need, where k is the errors of that n."""
        n = samples_for(lambda n: binomial_upper(min(k, n), n, budget), error)
        return n if n is not None and errors_of(train_error, n) <= k else None

    high = 1
    while least(high) is None:
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if least(middle) is not None else (middle, high)
    return least(high)


def samples_for_linear_class(*, gap: float, weight_norm: float, input_norm: float, delta: float) -> int:
    """By the Rademacher bound with Rad^ = B X / sqrt(n): ⌈(2 B X + 3 sqrt(ln(2/δ)/2))² / ε²⌉.

    >>> samples_for_linear_class(gap=0.1, weight_norm=1, input_norm=1, delta=0.05)
    3690
    """
    _check(gap, 0, delta)
    at_least(0, weight_norm=weight_norm, input_norm=input_norm)
    return math.ceil((2 * weight_norm * input_norm + 3 * math.sqrt(math.log(2 / delta) / 2)) ** 2 / gap**2)


def samples_for_information(*, gap: float, information_bits: float, sub_gaussian: float = 0.5) -> int:
    """By mutual information, in expectation: ⌈2 σ² I / ε²⌉.

    >>> samples_for_information(gap=0.1, information_bits=100)
    3466
    """
    _check(gap, information_bits, 0.5)
    at_least(0, sub_gaussian=sub_gaussian)
    return math.ceil(2 * sub_gaussian**2 * nats_from_bits(information_bits) / gap**2)


def _check(error: float, bits: float, delta: float) -> None:
    inside(error=error, delta=delta)
    at_least(0, bits=bits)
