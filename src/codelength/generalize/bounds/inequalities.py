"""Three inequalities for a mean of n losses, turned round: the largest risk that what was seen still allows.

    Hoeffding   risk ≤ q + sqrt(c / 2n)
    kl          risk ≤ sup{p : n kl(q‖p) ≤ c},   kl(q‖p) = q ln(q/p) + (1−q) ln((1−q)/(1−p))
    binomial    risk ≤ sup{p : −ln P(Bin(n, p) ≤ k) ≤ c}          (Langford 2005; 0-1 losses)

c is a budget in nats: what δ and the choice of a hypothesis cost. Roots are found by bisection down to neighbouring
floats and the upper end is returned. The binomial tail is summed in the logarithm, from the saddle-point form of its
largest term (Loader 2000), since its value underflows long before the bound stops to matter.
"""

import math
from collections.abc import Callable

import numpy as np

from codelength.generalize.bounds.arguments import at_least, part, whole

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_LEAST_FOR_SERIES = 16
_CHUNK = 4096


def kl_nats(q: float, p: float) -> float:
    """Relative entropy of two coins, in nats; infinite where p excludes what q allows.

    >>> round(kl_nats(0.5, 0.25), 6), kl_nats(0.1, 0.0), kl_nats(0.0, 0.0)
    (0.143841, inf, 0.0)
    """
    part(q=q, p=p)
    found = 0.0
    for a, b in ((q, p), (1 - q, 1 - p)):
        if a > 0:
            if b <= 0:
                return math.inf
            found += a * math.log(a / b)
    return max(found, 0.0)


def kl_upper(q: float, budget_nats: float) -> float:
    """The largest p with kl(q‖p) ≤ budget; 1 − e^−budget for q = 0.

    >>> round(kl_upper(0.1, 0.05), 12), round(kl_upper(0.0, 0.1), 12)
    (0.220078601107, 0.095162581964)
    """
    part(q=q)
    at_least(0, budget_nats=budget_nats)
    if budget_nats == 0:
        return q
    return _upper_end(lambda p: kl_nats(q, p) <= budget_nats, q)


def kl_lower(q: float, budget_nats: float) -> float:
    """The least p with kl(q‖p) ≤ budget.

    >>> round(kl_lower(0.9, 0.05), 12) == round(1 - kl_upper(0.1, 0.05), 12)
    True
    """
    return 1 - kl_upper(1 - q, budget_nats)


def log_binomial_tail(k: int, n: int, p: float) -> float:
    """ln P(Bin(n, p) ≤ k), in nats, for 0 ≤ k ≤ n; right where the probability itself is far below any float.

    >>> round(log_binomial_tail(3600, 60_000, 0.134), 4), round(log_binomial_tail(0, 10, 0.5) / math.log(0.5), 9)
    (-1736.3839, 10.0)
    """
    part(p=p)
    whole(0, k=k, n=n)
    if k >= n or p == 0:
        return 0.0
    if p == 1:
        return -math.inf
    if k > n * p:
        above = log_binomial_tail(n - k - 1, n, 1 - p)  # of more than k, the smaller side
        return math.log1p(-math.exp(above)) if above < 0 else -math.inf
    return _log_term(k, n, p) + math.log(_sum_down(k, n, p))


def binomial_upper(k: int, n: int, budget_nats: float) -> float:
    """The largest p with P(Bin(n, p) ≤ k) ≥ e^−budget: Clopper and Pearson's end for a budget of ln 1/δ.

    >>> round(binomial_upper(0, 1000, math.log(20)), 13), round(binomial_upper(10, 1000, math.log(20)), 13)
    (0.0029912495451, 0.0169031751206)
    """
    whole(0, k=k)
    whole(max(k, 1), n=n)
    at_least(0, budget_nats=budget_nats)
    if k == n:
        return 1.0
    return _upper_end(lambda p: log_binomial_tail(k, n, p) >= -budget_nats, 0.0)


def hoeffding_upper(q: float, n: int, budget_nats: float) -> float:
    """q + sqrt(budget / 2n), which may be above 1.

    >>> hoeffding_upper(0.25, 50, 1.0)
    0.35
    """
    return q + math.sqrt(budget_nats / (2 * n))


def _upper_end(allowed: Callable[[float], bool], low: float) -> float:
    """The upper end of the last interval between neighbouring floats; `allowed` holds at low and turns once."""
    high = 1.0
    if allowed(high):
        return high
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return high
        if allowed(middle):
            low = middle
        else:
            high = middle


def _log_term(k: int, n: int, p: float) -> float:
    """ln P(Bin(n, p) = k) = −n kl(k/n‖p) + Stirling's errors − ½ ln(2π k (n−k) / n)."""
    if k == 0:
        return n * math.log1p(-p)
    if k == n:
        return n * math.log(p)
    errors = _stirling_error(n) - _stirling_error(k) - _stirling_error(n - k)
    return errors - n * kl_nats(k / n, p) - 0.5 * math.log(2 * math.pi * k * ((n - k) / n))


def _stirling_error(n: int) -> float:
    """ln n! − ln(sqrt(2πn) (n/e)^n)."""
    if n < _LEAST_FOR_SERIES:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
    return math.fsum(term / n ** (2 * i + 1) for i, term in enumerate(_STIRLING))


def _sum_down(k: int, n: int, p: float) -> float:
    """Σ_{j≤k} P(j) / P(k), term after term below k, until what is left cannot matter.

    Above the mean is never asked for, so ratios P(j−1)/P(j) = j (1−p) / ((n−j+1) p) fall and stay at most 1.
    """
    total, last, high = 1.0, 1.0, k
    while high > 0 and last > 1e-18 * total:
        j = np.arange(high, max(high - _CHUNK, 0), -1, dtype=np.float64)
        terms = last * np.cumprod(j / (n - j + 1) * ((1 - p) / p))
        total += float(terms.sum())
        last = float(terms[-1])
        high -= len(j)
    return total
