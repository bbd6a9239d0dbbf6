"""PAC-Bayes: the reference table, identities between the forms, and how often they fail."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.generalize.bounds.thresholds import RISKS, error_counts, most_failures

from codelength.errors import UsageError
from codelength.generalize.bounds.inequalities import kl_upper
from codelength.generalize.bounds.pac_bayes import (
    catoni,
    catoni_fixed,
    mcallester_maurer,
    pac_bayes_kl,
    quadratic,
    sampled_error,
    sampled_pac_bayes_kl,
    single_draw,
    thiemann,
)
from codelength.result.bounds import Bound
from codelength.units import bits_from_nats, nats_from_bits

REFERENCE = [
    (2500, 0.06, 0.180487, 0.154815, 0.134712, 0.134264),
    (2000, 0.02, 0.127838, 0.081615, 0.066413, 0.066029),
    (6000, 0.10, 0.286370, 0.306287, 0.246600, 0.246231),
    (500, 0.15, 0.204449, 0.198520, 0.192609, 0.191574),
]
N, DELTA, COLDNESS = 40, 0.2, 30.0


@pytest.mark.parametrize(("bits", "error", "mcallester", "quad", "catonis", "kl"), REFERENCE)
def test_the_reference_table_holds_to_six_digits(
    bits: float, error: float, mcallester: float, quad: float, catonis: float, kl: float
) -> None:
    known: dict[str, Any] = {"train_error": error, "kl_bits": bits, "n": 60_000, "delta": 0.05}
    found = [bound(**known).value for bound in (mcallester_maurer, quadratic, thiemann, catoni, pac_bayes_kl)]
    assert found == pytest.approx([mcallester, quad, quad, catonis, kl], abs=5.1e-7)


@pytest.mark.parametrize("error", [0.0, 1e-6, 0.01, 0.3, 0.9])
@pytest.mark.parametrize("bits", [0.0, 10.0, 5000.0])
def test_thiemann_at_its_best_is_the_quadratic_bound_and_no_other_trade_off_is_better(
    error: float, bits: float
) -> None:
    known: dict[str, Any] = {"train_error": error, "kl_bits": bits, "n": 10_000, "delta": 0.05}
    best = thiemann(**known).value
    assert best == pytest.approx(quadratic(**known).value, rel=1e-12)
    assert (
        min(thiemann(trade_off=part, **known).value for part in np.linspace(0.01, 1.99, 199).tolist()) >= best - 1e-12
    )


def test_catoni_at_the_best_constant_is_kl_without_its_logarithm() -> None:
    known: dict[str, Any] = {"train_error": 0.06, "kl_bits": 2500.0, "n": 60_000, "delta": 0.05}
    best = min(catoni_fixed(constant=c, **known).value for c in np.linspace(0.5, 1.5, 2001).tolist())
    assert best == pytest.approx(kl_upper(0.06, (nats_from_bits(2500) + math.log(20)) / 60_000), abs=1e-8)


def test_catoni_pays_for_choosing_its_constant() -> None:
    known: dict[str, Any] = {"train_error": 0.06, "kl_bits": 2500.0, "n": 60_000, "delta": 0.05}
    assert catoni(**known).value > min(catoni_fixed(constant=c / 100, **known).value for c in range(20, 300))


def test_maurers_constant_covers_every_number_of_samples() -> None:
    for n in (*range(1, 60), 500):
        k = np.arange(n + 1)
        logs = np.array([math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) for j in k.tolist()])
        with np.errstate(divide="ignore", invalid="ignore"):
            powers = np.where(k > 0, k * np.log(k / n), 0) + np.where(k < n, (n - k) * np.log(1 - k / n), 0)
        assert np.exp(logs + powers).sum() <= 2 * math.sqrt(n) + 1e-9


def _gibbs(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posteriors over the thresholds [samples, 65], their training errors and their KL in bits."""
    weights = np.exp(-COLDNESS * (counts - counts.min(axis=1, keepdims=True)) / N)
    weights /= weights.sum(axis=1, keepdims=True)
    kl = (weights * np.log(np.maximum(weights, 1e-300) * counts.shape[1])).sum(axis=1)
    return weights, (weights * counts).sum(axis=1) / N, np.array([bits_from_nats(value) for value in kl.tolist()])


@pytest.mark.parametrize("bound", [mcallester_maurer, pac_bayes_kl, quadratic, catoni])
def test_pac_bayes_fails_for_a_gibbs_posterior_no_more_often_than_delta(bound: Callable[..., Bound]) -> None:
    samples = 300
    weights, errors, bits = _gibbs(error_counts(N, samples, seed=4))
    values = [
        bound(train_error=error, kl_bits=max(kl, 0.0), n=N, delta=DELTA).value
        for error, kl in zip(errors.tolist(), bits.tolist(), strict=True)
    ]
    assert (weights @ RISKS > np.array(values)).sum() <= most_failures(DELTA, samples)


def test_a_single_draw_fails_no_more_often_than_delta() -> None:
    samples, rng = 2000, np.random.default_rng(6)
    counts = error_counts(N, samples, seed=5)
    weights, _, _ = _gibbs(counts)
    drawn = (weights.cumsum(axis=1) < rng.random((samples, 1))).sum(axis=1).clip(0, 64)
    rows = np.arange(samples)
    ratios = np.log2(weights[rows, drawn] * 65)
    found = [
        single_draw(train_error=k / N, log_ratio_bits=ratio, n=N, delta=DELTA)
        for k, ratio in zip(counts[rows, drawn].tolist(), ratios.tolist(), strict=True)
    ]
    assert (RISKS[drawn] > np.array([row.value for row in found])).sum() <= most_failures(DELTA, samples)
    assert not found[0].uniform


def test_a_hypothesis_that_q_likes_less_than_p_may_cost_nothing_but_not_less() -> None:
    assert single_draw(train_error=0.1, log_ratio_bits=-1e6, n=100, delta=0.05).value == 0.1


def test_a_sampled_net_pays_for_both_uncertainties() -> None:
    rng = np.random.default_rng(7)
    true, draws, runs = 0.1, 50, 2000
    found = rng.binomial(draws, true, runs) / draws
    values = np.array([sampled_error(sampled_error=error, draws=draws, delta=DELTA) for error in found.tolist()])
    assert (values < true).sum() <= most_failures(DELTA / 2, runs)
    row = sampled_pac_bayes_kl(
        sampled_train_error=0.06, draws=1000, kl_bits=100, n=60_000, delta=0.04, sampling_delta=0.01
    )
    inner = kl_upper(0.06, math.log(200) / 1000)
    assert row.value == pac_bayes_kl(train_error=inner, kl_bits=100, n=60_000, delta=0.04).value
    assert row.delta == pytest.approx(0.05)


def test_a_prior_from_samples_leaves_fewer_of_them() -> None:
    whole = pac_bayes_kl(train_error=0.02, kl_bits=50, n=30_000, delta=0.05)
    part = pac_bayes_kl(train_error=0.02, kl_bits=50, n=60_000, delta=0.05, n_prior=30_000)
    assert part.value == whole.value
    assert part.assumptions != whole.assumptions


@pytest.mark.parametrize(
    ("bound", "arguments", "message"),
    [
        (thiemann, {"trade_off": 2.0}, "trade_off is 2.0; it must lie between 0 and 2"),
        (catoni_fixed, {"constant": 0.0}, "constant is 0.0; it must be finite and above 0"),
        (pac_bayes_kl, {"kl_bits": -0.1}, "kl_bits is -0.1"),
        (catoni, {"delta": 1.5}, "delta is 1.5"),
        (quadratic, {"n_prior": 100}, "n_prior is 100 of n = 100"),
    ],
)
def test_what_makes_it_invalid_is_refused(
    bound: Callable[..., Bound], arguments: dict[str, float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        bound(**{"train_error": 0.1, "kl_bits": 10, "n": 100, "delta": 0.05, **arguments})


def test_both_deltas_must_leave_something() -> None:
    with pytest.raises(UsageError, match="both_deltas is 1"):
        sampled_pac_bayes_kl(sampled_train_error=0.1, draws=10, kl_bits=1, n=10, delta=0.5, sampling_delta=0.5)
