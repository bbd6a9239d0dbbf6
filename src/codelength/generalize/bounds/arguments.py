"""What the bounds ask of their arguments, and the words for what they assume."""

import math

from codelength.errors import UsageError
from codelength.units import nats_from_bits

IID = "the samples are independent draws of one distribution"
UNSEEN_PRIOR = "the code (prior) was fixed before the samples were seen"
LOSS_01 = "the loss lies in [0, 1]"
ERRORS = "the loss is 0 or 1"
FIXED_CLASS = "the class was fixed before the samples were seen"


def part(**values: float) -> None:
    """Each must lie in [0, 1].

    >>> part(train_error=1.5)
    Traceback (most recent call last):
    codelength.errors.UsageError: train_error is 1.5; it must lie between 0 and 1
    """
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise UsageError(f"{name} is {value}; it must lie between 0 and 1")


def inside(**values: float) -> None:
    """Each must lie in (0, 1), its ends excluded: δ, smoothing."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise UsageError(f"{name} is {value}; it must lie between 0 and 1, both excluded")


def at_least(low: float, **values: float) -> None:
    """Each must be finite and at least so much."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= low):
            raise UsageError(f"{name} is {value}; it must be finite and at least {low:g}")


def above_zero(**values: float) -> None:
    """Each must be finite and above 0."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise UsageError(f"{name} is {value}; it must be finite and above 0")


def whole(low: int, **values: float) -> None:
    """Each must be a whole number of at least so much."""
    for name, value in values.items():
        if not math.isfinite(value) or value != int(value) or value < low:
            raise UsageError(f"{name} is {value}; it must be a whole number of at least {low}")


def left_of(n: int, n_prior: int) -> int:
    """The samples that the prior was not made from, at least one.

    >>> left_of(100, 100)
    Traceback (most recent call last):
    codelength.errors.UsageError: n_prior is 100 of n = 100 samples; the bound needs some that the prior has not seen
    """
    whole(1, n=n)
    whole(0, n_prior=n_prior)
    if n_prior >= n:
        raise UsageError(f"n_prior is {n_prior} of n = {n} samples; the bound needs some that the prior has not seen")
    return n - n_prior


def prior_assumptions(n_prior: int) -> tuple[str, ...]:
    """What is assumed of the prior, by how many samples it has seen."""
    if not n_prior:
        return (UNSEEN_PRIOR,)
    return (f"the code (prior) was made from {n_prior:,} samples only", "the training error is that of the others")


def budget_nats(bits: float, delta: float) -> float:
    """(bits + log2 1/δ) in nats."""
    return nats_from_bits(bits) - math.log(delta)
