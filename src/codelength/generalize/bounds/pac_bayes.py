"""PAC-Bayes: bounds on the risk of a hypothesis drawn from Q, at the price KL(Q‖P) against a prior P.

    B = KL(Q‖P) + ln(2 sqrt(n) / δ)

    McAllester-Maurer  R ≤ R̂ + sqrt(B / 2n)                                       McAllester 1999, Maurer 2004
    kl                 R ≤ kl⁻¹(R̂, B/n)                                            Seeger 2002, Maurer 2004
    quadratic          R ≤ (sqrt(R̂ + c) + sqrt(c))²,  c = B/2n                     Rivasplata et al. 2019
    λ                  R ≤ R̂/(1 − λ/2) + B/(n λ (1 − λ/2)),  0 < λ < 2            Thiemann et al. 2017
    Catoni, fixed C    R ≤ (1 − exp(−C R̂ − (KL + ln 1/δ)/n)) / (1 − e^−C)          Catoni 2007, theorem 1.2.6
    Catoni, any λ      the same with a union over a grid of λ                      Catoni 2007, as in Lotfi et al. 2022

R and R̂ are means over Q of losses in [0, 1]. For one net and a prior over codes, Q is a point and KL is its bits.
All hold for all Q at once. At its best λ the λ bound is the quadratic one.
"""

import math
from collections.abc import Callable

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import (
    IID,
    LOSS_01,
    above_zero,
    at_least,
    inside,
    left_of,
    part,
    prior_assumptions,
    whole,
)
from codelength.generalize.bounds.inequalities import hoeffding_upper, kl_upper
from codelength.result.bounds import Bound
from codelength.units import nats_from_bits

_GRID_STEP = 1e-4  # α of Catoni's union: λ is rounded to a power of 1 + α
_GOLDEN = (math.sqrt(5) - 1) / 2


def mcallester_maurer(*, train_error: float, kl_bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ R̂ + sqrt(B / 2n).

    >>> round(mcallester_maurer(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05).value, 6)
    0.180487
    """
    rest, price = _price(train_error, kl_bits, n, delta, n_prior)
    return _bound("PAC-Bayes, McAllester-Maurer", hoeffding_upper(train_error, rest, price), delta, n_prior)


def pac_bayes_kl(*, train_error: float, kl_bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ kl⁻¹(R̂, B/n).

    >>> round(pac_bayes_kl(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05).value, 6)
    0.134264
    """
    rest, price = _price(train_error, kl_bits, n, delta, n_prior)
    return _bound("PAC-Bayes, kl", kl_upper(train_error, price / rest), delta, n_prior)


def quadratic(*, train_error: float, kl_bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R ≤ (sqrt(R̂ + c) + sqrt(c))², c = B/2n.

    >>> round(quadratic(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05).value, 6)
    0.154815
    """
    rest, price = _price(train_error, kl_bits, n, delta, n_prior)
    c = price / (2 * rest)
    value = (math.sqrt(train_error + c) + math.sqrt(c)) ** 2
    return _bound("PAC-Bayes, quadratic", value, delta, n_prior)


def thiemann(
    *, train_error: float, kl_bits: float, n: int, delta: float, n_prior: int = 0, trade_off: float | None = None
) -> Bound:
    """R ≤ R̂/(1 − λ/2) + B/(n λ (1 − λ/2)) at `trade_off` λ in (0, 2), or at the best one; it holds for all λ at once.

    >>> arguments = dict(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05)
    >>> abs(thiemann(**arguments).value - quadratic(**arguments).value) < 1e-15
    True
    """
    rest, price = _price(train_error, kl_bits, n, delta, n_prior)
    if trade_off is None:
        trade_off = 2 / (math.sqrt(2 * rest * train_error / price + 1) + 1)
        # At R̂ = 0 the best λ is 1, inside the open interval as all others are.
    if not 0 < trade_off < 2:
        raise UsageError(f"trade_off is {trade_off}; it must lie between 0 and 2, both excluded")
    shrink = 1 - trade_off / 2
    value = train_error / shrink + price / (rest * trade_off * shrink)
    return _bound("PAC-Bayes, λ (Thiemann)", value, delta, n_prior)


def catoni_fixed(
    *, train_error: float, kl_bits: float, n: int, delta: float, constant: float, n_prior: int = 0
) -> Bound:
    """R ≤ (1 − exp(−C R̂ − (KL + ln 1/δ)/n)) / (1 − e^−C) for one C > 0, chosen before the samples were seen.

    >>> round(catoni_fixed(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05, constant=0.9).value, 4)
    0.1341
    """
    rest, _ = _price(train_error, kl_bits, n, delta, n_prior)
    above_zero(constant=constant)
    exponent = constant * train_error + (nats_from_bits(kl_bits) - math.log(delta)) / rest
    value = -math.expm1(-exponent) / -math.expm1(-constant)
    fixed = "C was fixed before the samples were seen"
    return _bound("PAC-Bayes, Catoni at a fixed C", value, delta, n_prior, fixed)


def catoni(*, train_error: float, kl_bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """The least over λ = e^g, 0 < g < 4 + ln n, of Catoni's bound with the union that lets λ be chosen afterwards.

    q = R̂ + ((1+α)/λ)(KL + ln 1/δ + 2 ln(2 + g/ln(1+α))),   R ≤ (1 − e^(−λq/n)) / (1 − e^(−λ/n)),   α = 10⁻⁴.

    >>> round(catoni(train_error=0.06, kl_bits=2500, n=60_000, delta=0.05).value, 6)
    0.134712
    """
    rest, _ = _price(train_error, kl_bits, n, delta, n_prior)
    price = nats_from_bits(kl_bits) - math.log(delta)

    def at(g: float) -> float:
        rate = math.exp(g)
        union = 2 * math.log(2 + g / math.log1p(_GRID_STEP))
        q = train_error + (1 + _GRID_STEP) / rate * (price + union)
        return -math.expm1(-rate * q / rest) / -math.expm1(-rate / rest)

    # Every g gives a valid bound, so that an inexact minimum is looser and never wrong.
    return _bound(
        "PAC-Bayes, Catoni", min(at(g) for g in _minimum(at, 1e-6, 4 + math.log(rest) - 1e-6)), delta, n_prior
    )


def single_draw(*, train_error: float, log_ratio_bits: float, n: int, delta: float, n_prior: int = 0) -> Bound:
    """R(h) ≤ kl⁻¹(R̂(h), (ln dQ/dP(h) + ln(2 sqrt(n)/δ)) / n) for the one h that was drawn from Q.

    `log_ratio_bits` is log2 dQ/dP at h, which may be negative. Catoni 2007; Rivasplata et al. 2020.

    >>> round(single_draw(train_error=0.06, log_ratio_bits=2500, n=60_000, delta=0.05).value, 6)
    0.134264
    """
    if not math.isfinite(log_ratio_bits):
        raise UsageError(f"log_ratio_bits is {log_ratio_bits}; it must be finite")
    rest, price = _price(train_error, 0.0, n, delta, n_prior)
    value = kl_upper(train_error, max(price + nats_from_bits(log_ratio_bits), 0.0) / rest)
    drawn = "one hypothesis was drawn from Q, at random, and is the one in use"
    return Bound(
        "PAC-Bayes, single draw", value, delta, (IID, *prior_assumptions(n_prior), LOSS_01, drawn), "local", False
    )


def sampled_error(*, sampled_error: float, draws: int, delta: float) -> float:
    """An upper bound on R̂(Q), of which only the mean over `draws` of the net is known: kl⁻¹(R̂_m, ln(2/δ')/m).

    It fails with probability δ' over the draws, which adds to the bound's δ (Langford and Caruana 2002).

    >>> round(sampled_error(sampled_error=0.1, draws=1000, delta=0.01), 4)
    0.1337
    """
    part(sampled_error=sampled_error)
    whole(1, draws=draws)
    inside(delta=delta)
    return kl_upper(sampled_error, math.log(2 / delta) / draws)


def sampled_pac_bayes_kl(
    *, sampled_train_error: float, draws: int, kl_bits: float, n: int, delta: float, sampling_delta: float
) -> Bound:
    """The kl bound where R̂(Q) itself was sampled; it holds with probability 1 − δ − δ'.

    >>> row = sampled_pac_bayes_kl(
    ...     sampled_train_error=0.06, draws=1000, kl_bits=2500, n=60_000, delta=0.04, sampling_delta=0.01)
    >>> row.delta, row.value > pac_bayes_kl(train_error=0.06, kl_bits=2500, n=60_000, delta=0.04).value
    (0.05, True)
    """
    error = sampled_error(sampled_error=sampled_train_error, draws=draws, delta=sampling_delta)
    inside(both_deltas=delta + sampling_delta)
    exact = pac_bayes_kl(train_error=error, kl_bits=kl_bits, n=n, delta=delta)
    drawn = f"the training error is the mean of {draws:,} independent draws from Q on all samples"
    return Bound(
        "PAC-Bayes, kl, sampled net", exact.value, delta + sampling_delta, (*exact.assumptions, drawn), "local", True
    )


def _price(train_error: float, kl_bits: float, n: int, delta: float, n_prior: int) -> tuple[int, float]:
    """The samples that count, and B."""
    part(train_error=train_error)
    at_least(0, kl_bits=kl_bits)
    inside(delta=delta)
    rest = left_of(n, n_prior)
    return rest, nats_from_bits(kl_bits) + math.log(2 * math.sqrt(rest) / delta)


def _bound(name: str, value: float, delta: float, n_prior: int, *more: str) -> Bound:
    return Bound(name, value, delta, (IID, *prior_assumptions(n_prior), LOSS_01, *more), "local", True)


def _minimum(at: Callable[[float], float], low: float, high: float, *, steps: int = 400) -> list[float]:
    """Places near the least value: the best of a grid, then golden sections between its neighbours."""
    grid = [low + (high - low) * i / steps for i in range(steps + 1)]
    best = min(range(steps + 1), key=lambda i: at(grid[i]))
    a, b = grid[max(best - 1, 0)], grid[min(best + 1, steps)]
    for _ in range(80):
        c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
        a, b = (a, d) if at(c) < at(d) else (c, b)
    return [grid[best], (a + b) / 2]
