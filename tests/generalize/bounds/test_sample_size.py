"""Sample sizes: the least n, checked against the bounds themselves."""

import math
from typing import Any

import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.capacity import rademacher, vc
from codelength.generalize.bounds.finite import errors_of, occam_binomial, occam_hoeffding, occam_kl
from codelength.generalize.bounds.information import mutual_information
from codelength.generalize.bounds.margin import linear_score_rademacher
from codelength.generalize.bounds.sample_size import (
    samples_for,
    samples_for_gap,
    samples_for_information,
    samples_for_linear_class,
    samples_with_errors,
    samples_without_error,
)


@pytest.mark.parametrize(("gap", "bits"), [(0.1, 0), (0.05, 100), (0.01, 5000)])
def test_hoeffdings_number_is_the_least(gap: float, bits: float) -> None:
    n = samples_for_gap(gap=gap, bits=bits, delta=0.05)
    values = [occam_hoeffding(train_error=0.0, bits=bits, n=m, delta=0.05).value for m in (n - 1, n)]
    assert values[0] > gap >= values[1]


@pytest.mark.parametrize(("error", "bits"), [(0.1, 0), (0.05, 100), (0.01, 5000)])
def test_without_an_error_the_number_is_the_least(error: float, bits: float) -> None:
    n = samples_without_error(error=error, bits=bits, delta=0.05)
    for bound in (occam_kl, occam_binomial):
        values = [bound(train_error=0.0, bits=bits, n=m, delta=0.05).value for m in (n - 1, n)]
        assert values[0] > error >= values[1]


@pytest.mark.parametrize(
    ("error", "train_error", "bits"), [(0.2, 0.1, 0), (0.3, 0.1, 3), (0.15, 0.04, 5), (0.5, 0.3, 0)]
)
def test_with_errors_the_number_is_the_least(error: float, train_error: float, bits: float) -> None:
    known: dict[str, Any] = {"train_error": train_error, "bits": bits, "delta": 0.05}
    least = next(n for n in range(1, 2000) if occam_binomial(n=n, **known).value <= error)
    assert samples_with_errors(error=error, **known) == least
    assert errors_of(train_error, least) >= 0


def test_an_error_below_the_training_error_takes_no_number_of_samples() -> None:
    assert samples_with_errors(error=0.1, train_error=0.1, bits=1, delta=0.05) is None
    assert samples_for(lambda n: 0.2, 0.1) is None


def test_vc_needs_more_samples_than_its_dimension() -> None:
    n = samples_for(lambda n: vc(train_error=0.0, vc_dimension=50, n=n, delta=0.05).value, 0.5)
    assert n is not None
    assert n > 50
    assert vc(train_error=0.0, vc_dimension=50, n=n - 1, delta=0.05).value > 0.5


def test_linear_classes_need_what_their_bound_says() -> None:
    n = samples_for_linear_class(gap=0.05, weight_norm=2.0, input_norm=1.5, delta=0.05)
    values = []
    for m in (n - 1, n):
        complexity = linear_score_rademacher(weight_norm=2.0, input_norm=1.5, n=m)
        values.append(rademacher(train_error=0.0, rademacher_complexity=complexity, n=m, delta=0.05).value)
    assert values[0] > 0.05 >= values[1]


def test_information_needs_what_its_bound_says() -> None:
    n = samples_for_information(gap=0.05, information_bits=30)
    values = [mutual_information(train_error=0.0, information_bits=30, n=m).value for m in (n - 1, n)]
    assert values[0] > 0.05 >= values[1]


@pytest.mark.parametrize("gap", [0.0, 1.0, math.nan])
def test_a_gap_outside_zero_to_one_is_refused(gap: float) -> None:
    with pytest.raises(UsageError, match="it must lie between 0 and 1, both excluded"):
        samples_for_gap(gap=gap, bits=1, delta=0.05)
