"""Margins: a class of scores that separates with room to spare has errors that its Rademacher complexity bounds.

    R ≤ R̂_θ + (2/θ) Rad^(scores) + 3 sqrt(ln(2/δ) / 2n)

R̂_θ is the part of the samples whose margin y f(x) is below θ. The ramp loss, 1 at 0 and 0 at θ, lies between the two
errors and is 1/θ-Lipschitz, so the contraction lemma gives it Rad^/θ (Koltchinskii and Panchenko 2002; Bartlett and
Mendelson 2002). For θ chosen afterwards θ_k = top 2^−k share δ by 1/(k(k+1)), and θ is rounded down to one of them.
"""

import math

from codelength.generalize.bounds.arguments import FIXED_CLASS, IID, above_zero, at_least, inside, part, whole
from codelength.result.bounds import Bound

_TWO_CLASSES = "two classes; the margin is label times score"


def margin_fixed(*, margin_error: float, margin: float, rademacher_complexity: float, n: int, delta: float) -> Bound:
    """R ≤ R̂_θ + (2/θ) Rad^ + 3 sqrt(ln(2/δ)/2n) for one θ that was chosen before the samples were seen.

    >>> row = margin_fixed(margin_error=0.1, margin=1.0, rademacher_complexity=0.01, n=10_000, delta=0.05)
    >>> round(row.value, 6)
    0.160743
    """
    _check(margin_error, margin, rademacher_complexity, n, delta)
    value = margin_error + 2 * rademacher_complexity / margin + 3 * math.sqrt(math.log(2 / delta) / (2 * n))
    fixed = "the margin θ was fixed before the samples were seen"
    return Bound("margin, θ fixed", value, delta, (IID, FIXED_CLASS, _TWO_CLASSES, fixed), "local", True)


def margin_chosen(
    *,
    margin_error: float,
    margin: float,
    rademacher_complexity: float,
    n: int,
    delta: float,
    largest_margin: float = 1.0,
) -> Bound:
    """The same for any θ in (0, largest_margin], chosen by the samples: the best θ_k ≤ θ with its part of δ.

    >>> arguments = dict(margin_error=0.1, margin=0.7, rademacher_complexity=0.01, n=10_000, delta=0.05)
    >>> round(margin_chosen(**arguments).value, 6)
    0.189662
    """
    _check(margin_error, margin, rademacher_complexity, n, delta)
    above_zero(largest_margin=largest_margin)
    k = max(1, math.ceil(math.log2(largest_margin / margin)) + 1)
    while largest_margin * 2.0 ** (1 - k) > margin:
        k += 1  # against rounding of the logarithm
    rounded = largest_margin * 2.0 ** (1 - k)
    share = delta / (k * (k + 1))
    value = margin_error + 2 * rademacher_complexity / rounded + 3 * math.sqrt(math.log(2 / share) / (2 * n))
    return Bound("margin", value, delta, (IID, FIXED_CLASS, _TWO_CLASSES), "local", True)


def linear_score_rademacher(*, weight_norm: float, input_norm: float, n: int) -> float:
    """B X / sqrt(n): scores w·x with ‖w‖ ≤ B on inputs with ‖x‖ ≤ X.

    >>> linear_score_rademacher(weight_norm=2.0, input_norm=3.0, n=3600)
    0.1
    """
    at_least(0, weight_norm=weight_norm, input_norm=input_norm)
    whole(1, n=n)
    return weight_norm * input_norm / math.sqrt(n)


def _check(margin_error: float, margin: float, rademacher_complexity: float, n: int, delta: float) -> None:
    part(margin_error=margin_error)
    above_zero(margin=margin)
    at_least(0, rademacher_complexity=rademacher_complexity)
    whole(1, n=n)
    inside(delta=delta)
