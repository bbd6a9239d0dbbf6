"""Inversions against closed forms, exact fractions and another library."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.errors import UsageError
from codelength.generalize.bounds.inequalities import (
    binomial_upper,
    hoeffding_upper,
    kl_lower,
    kl_nats,
    kl_upper,
    log_binomial_tail,
)


@pytest.mark.parametrize(
    ("q", "budget", "expected"),
    [(0.1, 0.05, 0.22007860110692), (0.02, 0.03, 0.07478727457830), (0.0, 0.1, 0.09516258196404)],
)
def test_kl_inverse_has_its_known_values(q: float, budget: float, expected: float) -> None:
    assert kl_upper(q, budget) == pytest.approx(expected, abs=2e-14)


@pytest.mark.parametrize("budget", [1e-12, 1e-3, 0.5, 3.0, 40.0])
def test_kl_inverse_at_no_error_is_one_minus_the_exponential(budget: float) -> None:
    assert kl_upper(0.0, budget) == pytest.approx(-math.expm1(-budget), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 0.999), st.floats(1e-9, 20))
def test_kl_inverse_returns_the_upper_end(q: float, budget: float) -> None:
    p = kl_upper(q, budget)
    assert p == 1.0 or kl_nats(q, p) > budget
    assert p == 1.0 or kl_nats(q, max(q, p * (1 - 1e-9))) <= budget + 1e-6


def test_kl_inverse_of_nothing_is_what_was_seen() -> None:
    assert kl_upper(0.3, 0.0) == 0.3
    assert kl_upper(1.0, 0.1) == 1.0
    assert kl_lower(0.3, 0.02) < 0.3 < kl_upper(0.3, 0.02)


@pytest.mark.parametrize(("k", "expected"), [(0, 0.0029912495451), (10, 0.0169031751206)])
def test_binomial_inverse_has_its_known_values(k: int, expected: float) -> None:
    assert binomial_upper(k, 1000, math.log(20)) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("n", [1, 10, 1000, 60_000])
def test_without_errors_the_binomial_inverse_is_a_root_of_delta(n: int) -> None:
    assert binomial_upper(0, n, math.log(20)) == pytest.approx(1 - 0.05 ** (1 / n), rel=1e-9)


@pytest.mark.parametrize(("k", "n"), [(1, 10), (3, 40), (500, 10_000), (9_000, 10_000), (3600, 60_000)])
@pytest.mark.parametrize("delta", [0.05, 1e-6])
def test_binomial_inverse_is_clopper_and_pearsons(k: int, n: int, delta: float) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    assert binomial_upper(k, n, -math.log(delta)) == pytest.approx(stats.beta.ppf(1 - delta, k + 1, n - k), rel=1e-8)


@pytest.mark.parametrize(("k", "n"), [(0, 5), (2, 5), (4, 5), (5, 5), (7, 20), (19, 40), (33, 40)])
@pytest.mark.parametrize("p", [Fraction(1, 10), Fraction(1, 2), Fraction(7, 8)])
def test_binomial_tail_is_the_sum_in_fractions(k: int, n: int, p: Fraction) -> None:
    exact = sum((math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1)), Fraction(0))
    assert log_binomial_tail(k, n, float(p)) == pytest.approx(math.log(exact), rel=1e-11, abs=1e-13)


def test_binomial_tail_does_not_underflow_where_a_library_does() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    assert stats.binom.logcdf(3600, 60_000, 0.134) == -math.inf
    assert log_binomial_tail(3600, 60_000, 0.134) == pytest.approx(-1736.3839, abs=5e-5)


def test_binomial_tail_of_a_billion_samples_is_that_of_a_normal() -> None:
    n, p, deviations = 10**9, 0.25, 30.0
    k = round(n * p - deviations * math.sqrt(n * p * (1 - p)))
    normal = -(deviations**2) / 2 - math.log(deviations * math.sqrt(2 * math.pi)) - 1 / deviations**2
    assert log_binomial_tail(k, n, p) == pytest.approx(normal, rel=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.floats(0, 1), st.floats(0.01, 100))
def test_binomial_is_tighter_than_kl_and_kl_than_hoeffding(n: int, part: float, budget: float) -> None:
    k = int(part * n)
    binomial, kl = binomial_upper(k, n, budget), kl_upper(k / n, budget / n)
    assert binomial <= kl + 1e-12
    assert kl <= hoeffding_upper(k / n, n, budget) + 1e-12


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_what_is_no_error_is_refused(q: float) -> None:
    with pytest.raises(UsageError, match="it must lie between 0 and 1"):
        kl_upper(q, 0.1)


def test_more_errors_than_samples_are_refused() -> None:
    with pytest.raises(UsageError, match="n is 5; it must be a whole number of at least 6"):
        binomial_upper(6, 5, 1.0)
