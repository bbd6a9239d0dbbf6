"""Occam bounds: the reference table, a code's sum, and how often they fail where every risk is known."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.generalize.bounds.thresholds import RISKS, error_counts, most_failures

from codelength.errors import UsageError
from codelength.generalize.bounds.finite import (
    errors_of,
    finite_class,
    finite_class_binomial,
    float_class_bits,
    held_out,
    occam_binomial,
    occam_hoeffding,
    occam_kl,
    self_delimiting_bits,
)
from codelength.result.bounds import Bound

REFERENCE = [
    (2500, 0.06, 0.180273, 0.134103, 0.133986),
    (2000, 0.02, 0.127598, 0.065891, 0.065799),
    (6000, 0.10, 0.286232, 0.246100, 0.245998),
    (500, 0.15, 0.203973, 0.191188, 0.190936),
]
N, DELTA = 40, 0.2


@pytest.mark.parametrize(("bits", "error", "hoeffding", "kl", "binomial"), REFERENCE)
def test_the_reference_table_holds_to_six_digits(
    bits: float, error: float, hoeffding: float, kl: float, binomial: float
) -> None:
    known: dict[str, Any] = {"train_error": error, "bits": bits, "n": 60_000, "delta": 0.05}
    found = [bound(**known).value for bound in (occam_hoeffding, occam_kl, occam_binomial)]
    assert found == pytest.approx([hoeffding, kl, binomial], abs=5.1e-7)


@pytest.mark.parametrize(
    ("bits", "error", "expected"), [(4432, 0.174, 0.31487), (3570, 0.1797, 0.305652), (1771, 0.2116, 0.301451)]
)
def test_occam_kl_of_certificates_that_were_reached(bits: float, error: float, expected: float) -> None:
    assert occam_kl(train_error=error, bits=bits, n=60_000, delta=0.05).value == pytest.approx(expected, abs=5.1e-6)


def test_a_code_for_files_sums_to_one() -> None:
    mass = math.fsum(2 ** (length - self_delimiting_bits(length)) for length in range(1000))
    assert mass == pytest.approx(1 - 1 / 1001, rel=1e-12)


@pytest.mark.parametrize("length", [100, 4432, 10**6])
def test_a_code_for_files_costs_what_is_usually_said(length: int) -> None:
    usual = length + 2 * math.log2(length)
    assert 0 < self_delimiting_bits(length) - usual < 4.4 / length


def test_floats_of_finite_precision_make_a_finite_class() -> None:
    bits = float_class_bits(47_000, 32)
    assert bits == 1_504_000
    assert finite_class(train_error=0.0, class_bits=bits, n=60_000, delta=0.05).vacuous
    assert not finite_class(train_error=0.0, class_bits=bits, n=600_000, delta=0.05).vacuous


@pytest.mark.parametrize("bound", [occam_hoeffding, occam_kl, occam_binomial])
def test_occam_fails_for_any_threshold_no_more_often_than_delta(bound: Callable[..., Bound]) -> None:
    samples = 3000
    counts = error_counts(N, samples, seed=1)
    values = np.array([bound(train_error=k / N, bits=math.log2(65), n=N, delta=DELTA).value for k in range(N + 1)])
    failed = (values[counts] < RISKS).any(axis=1).sum()
    assert failed <= most_failures(DELTA, samples)


def test_with_a_tenth_of_its_price_occam_would_fail_too_often() -> None:
    samples = 3000
    counts = error_counts(N, samples, seed=2)
    values = np.array([occam_binomial(train_error=k / N, bits=0.0, n=N, delta=DELTA).value for k in range(N + 1)])
    failed = (values[counts] < RISKS).any(axis=1).sum()
    assert failed > most_failures(DELTA, samples)


def test_a_test_set_fails_as_often_as_it_may() -> None:
    samples, place = 4000, 20
    counts = error_counts(200, samples, seed=3)[:, place]
    values = np.array([held_out(test_error=k / 200, n=200, delta=DELTA).value for k in range(201)])
    failed = (RISKS[place] > values[counts]).sum()
    assert 0.7 * DELTA * samples < failed <= most_failures(DELTA, samples)


def test_a_finite_class_is_the_uniform_prior() -> None:
    known: dict[str, Any] = {"train_error": 0.1, "n": 1000, "delta": 0.05}
    assert finite_class(class_bits=7, **known).value == occam_hoeffding(bits=7, **known).value
    assert finite_class_binomial(class_bits=7, **known).value == occam_binomial(bits=7, **known).value
    assert finite_class(class_bits=7, **known).scope == "global"


def test_samples_of_the_prior_are_not_counted_again() -> None:
    seen = occam_binomial(train_error=0.1, bits=5, n=3000, delta=0.05, n_prior=2000)
    assert seen.value == occam_binomial(train_error=0.1, bits=5, n=1000, delta=0.05).value
    assert "the training error is that of the others" in seen.assumptions


def test_errors_are_counted_without_a_float_too_many() -> None:
    assert [errors_of(k / 60_000, 60_000) for k in range(0, 60_001, 777)] == list(range(0, 60_001, 777))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_error": 1.2}, "train_error is 1.2; it must lie between 0 and 1"),
        ({"train_error": math.nan}, "train_error is nan"),
        ({"bits": -1}, "bits is -1; it must be finite and at least 0"),
        ({"bits": math.inf}, "bits is inf"),
        ({"delta": 0}, "delta is 0; it must lie between 0 and 1, both excluded"),
        ({"delta": 1}, "delta is 1"),
        ({"n": 0}, "n is 0; it must be a whole number of at least 1"),
        ({"n": 10.5}, "n is 10.5"),
        ({"n_prior": 1000}, "n_prior is 1000 of n = 1000 samples"),
    ],
)
@pytest.mark.parametrize("bound", [occam_hoeffding, occam_kl, occam_binomial])
def test_what_makes_it_invalid_is_refused(bound: Callable[..., Bound], change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bound(**{"train_error": 0.1, "bits": 10, "n": 1000, "delta": 0.05, **change})
