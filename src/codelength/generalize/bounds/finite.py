"""Occam's razor: a hypothesis that takes few bits to name has a training error that cannot be far off.

    P(h) = 2^−bits,   c = ln 1/P(h) + ln 1/δ

and one of the three inequalities (`inequalities.py`) with budget c. All hypotheses share δ, each by its P(h), so the
bound holds for all at once and the choice may be made after the samples are seen; Σ P(h) ≤ 1 must hold beforehand.
A finite class is the case P(h) = 1 / size. Blumer, Ehrenfeucht, Haussler and Warmuth 1987; Langford 2005.
"""

import math

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import (
    ERRORS,
    FIXED_CLASS,
    IID,
    LOSS_01,
    at_least,
    budget_nats,
    inside,
    left_of,
    part,
    prior_assumptions,
    whole,
)
from codelength.generalize.bounds.inequalities import binomial_upper, hoeffding_upper, kl_upper
from codelength.result.bounds import Bound

_ROUNDING = 1e-6  # of a number of errors, which comes as a part of n


def self_delimiting_bits(length_bits: int) -> float:
    """What a file of so many bits costs with its length: l + log2((l+1)(l+2)), about l + 2 log2 l.

    2^−l / ((l+1)(l+2)) for each of the 2^l files of length l sums to 1 over all files.

    >>> self_delimiting_bits(0), round(self_delimiting_bits(1000) - 1000 - 2 * math.log2(1000), 3)
    (1.0, 0.004)
    """
    whole(0, length_bits=length_bits)
    return length_bits + math.log2((length_bits + 1) * (length_bits + 2))


def float_class_bits(parameters: int, bits_per_parameter: float) -> float:
    """log2 of the number of nets whose parameters are floats of finite precision: every such class is finite.

    >>> float_class_bits(1000, 32)
    32000.0
    """
    whole(1, parameters=parameters)
    at_least(0, bits_per_parameter=bits_per_parameter)
    return float(parameters * bits_per_parameter)


def occam_hoeffding(*, train_error: float, bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ R̂ + sqrt((bits ln 2 + ln 1/δ) / 2n), for losses in [0, 1].

    >>> round(occam_hoeffding(train_error=0.06, bits=2500, n=60_000, delta=0.05).value, 6)
    0.180273
    """
    rest = _checked(train_error, bits, n, delta, n_prior)
    value = hoeffding_upper(train_error, rest, budget_nats(bits, delta))
    return Bound("Occam, Hoeffding", value, delta, (IID, *prior_assumptions(n_prior), LOSS_01), "local", True)


def occam_kl(*, train_error: float, bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ kl⁻¹(R̂, (bits ln 2 + ln 1/δ) / n), for losses in [0, 1].

    >>> round(occam_kl(train_error=0.06, bits=2500, n=60_000, delta=0.05).value, 6)
    0.134103
    """
    rest = _checked(train_error, bits, n, delta, n_prior)
    value = kl_upper(train_error, budget_nats(bits, delta) / rest)
    return Bound("Occam, kl", value, delta, (IID, *prior_assumptions(n_prior), LOSS_01), "local", True)


def occam_binomial(*, train_error: float, bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ sup{p : P(Bin(n, p) ≤ n R̂) ≥ δ 2^−bits}, for errors: the tightest of the three.

    A training error that is no multiple of 1/n is rounded up to one.

    >>> round(occam_binomial(train_error=0.06, bits=2500, n=60_000, delta=0.05).value, 6)
    0.133986
    """
    rest = _checked(train_error, bits, n, delta, n_prior)
    value = binomial_upper(errors_of(train_error, rest), rest, budget_nats(bits, delta))
    return Bound("Occam, binomial", value, delta, (IID, *prior_assumptions(n_prior), ERRORS), "local", True)


def finite_class(*, train_error: float, class_bits: float, n: int, delta: float) -> Bound:
    """R ≤ R̂ + sqrt((ln |H| + ln 1/δ) / 2n) for a class of 2^class_bits hypotheses, by Hoeffding's inequality.

    >>> round(finite_class(train_error=0.1, class_bits=10, n=10_000, delta=0.05).value, 6)
    0.122279
    """
    _checked(train_error, class_bits, n, delta, 0)
    value = hoeffding_upper(train_error, n, budget_nats(class_bits, delta))
    return Bound("finite class, Hoeffding", value, delta, (IID, FIXED_CLASS, LOSS_01), "global", True)


def finite_class_binomial(*, train_error: float, class_bits: float, n: int, delta: float) -> Bound:
    """R ≤ sup{p : P(Bin(n, p) ≤ n R̂) ≥ δ / |H|} for a class of 2^class_bits hypotheses.

    >>> round(finite_class_binomial(train_error=0.1, class_bits=10, n=10_000, delta=0.05).value, 6)
    0.112159
    """
    _checked(train_error, class_bits, n, delta, 0)
    value = binomial_upper(errors_of(train_error, n), n, budget_nats(class_bits, delta))
    return Bound("finite class, binomial", value, delta, (IID, FIXED_CLASS, ERRORS), "global", True)


def held_out(*, test_error: float, n: int, delta: float) -> Bound:
    """R ≤ sup{p : P(Bin(n, p) ≤ n R̂) ≥ δ} by n held-out samples: no hypothesis is paid for.

    >>> round(held_out(test_error=0.01, n=1000, delta=0.05).value, 6)
    0.016903
    """
    part(test_error=test_error)
    inside(delta=delta)
    whole(1, n=n)
    value = binomial_upper(errors_of(test_error, n), n, -math.log(delta))
    return Bound("test set, binomial", value, delta, (IID, "the hypothesis has not seen them", ERRORS), "local", False)


def errors_of(error: float, n: int) -> int:
    """How many of n that part is, rounded up.

    >>> errors_of(0.06, 60_000), errors_of(0.0601, 1000)
    (3600, 61)
    """
    return min(math.ceil(error * n - _ROUNDING), n)


def _checked(train_error: float, bits: float, n: int, delta: float, n_prior: int) -> int:
    part(train_error=train_error)
    at_least(0, bits=bits)
    inside(delta=delta)
    if not math.isfinite(budget_nats(bits, delta)):
        raise UsageError(f"{bits} bits at delta = {delta} are too many")
    return left_of(n, n_prior)
