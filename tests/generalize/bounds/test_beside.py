"""All bounds side by side: order, what is lacking, sizes."""

import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.beside import KNOWN, ROWS, bounds_beside, samples_beside
from codelength.result.bounds import Bound, Unavailable

EVERYTHING: dict[str, float] = {
    "train_error": 0.06,
    "bits": 2500,
    "n": 60_000,
    "delta": 0.05,
    "class_bits": 3000,
    "vc_dimension": 100,
    "rademacher_complexity": 0.02,
    "weight_norm": 10,
    "input_norm": 1,
    "margin": 0.5,
    "margin_error": 0.2,
    "stability": 1e-5,
    "information_bits": 300,
    "conditional_information_bits": 200,
    "kl_bits": 1000,
    "log_ratio_bits": 900,
    "draws": 100,
    "constant": 1.0,
    "test_error": 0.07,
    "test_n": 10_000,
    "train_bits": 3.0,
    "vocabulary": 50_257,
    "smoothing": 0.05,
    "tokens": 10**7,
    "documents": 1000,
    "measured": 500,
    "loss_variation_bits": 0.3,
}


def test_with_everything_known_every_bound_is_computed_the_tightest_first() -> None:
    rows = [row for row in bounds_beside(**EVERYTHING) if isinstance(row, Bound)]
    assert {row.name for row in rows} == {row.name for row in ROWS}
    for unit in ("error", "bits per token"):
        values = [row.value for row in rows if row.unit == unit]
        assert values == sorted(values)
    assert all(row.assumptions for row in rows)


def test_each_row_says_what_it_lacks() -> None:
    rows = bounds_beside()
    assert all(isinstance(row, Unavailable) for row in rows)
    for row in rows:
        assert isinstance(row, Unavailable)
        assert set(row.needs.split(", ")) <= set(KNOWN)


def test_every_bound_holds_with_the_delta_that_was_asked_for() -> None:
    for row in bounds_beside(**{**EVERYTHING, "delta": 0.01}):
        assert isinstance(row, Bound)
        assert row.delta is None or row.delta == pytest.approx(0.01)


def test_samples_of_the_prior_leave_only_what_may_use_them() -> None:
    rows = bounds_beside(**{**EVERYTHING, "n_prior": 20_000})
    names = {row.name for row in rows if isinstance(row, Bound) and row.unit == "error"}
    assert "Occam, binomial" in names
    assert "uniform stability" not in names
    refused = next(row for row in rows if row.name == "VC dimension")
    assert isinstance(refused, Unavailable)
    assert refused.needs == "a training error of all n samples: n_prior must be 0"


def test_a_bound_that_refuses_says_why() -> None:
    row = next(row for row in bounds_beside(train_error=0.1, n=10, vc_dimension=50) if row.name == "VC dimension")
    assert isinstance(row, Unavailable)
    assert row.needs.startswith("a VC dimension of 50 is above n = 10")


def test_sample_sizes_are_the_least() -> None:
    known: dict[str, float] = {"train_error": 0.02, "bits": 500.0, "vc_dimension": 20.0, "information_bits": 100.0}
    sizes = samples_beside(0.1, **known)
    assert {size.name for size in sizes} >= {"Occam, binomial", "PAC-Bayes, kl", "VC dimension", "mutual information"}
    for size in sizes:
        assert size.n is not None
        values = []
        for n in (size.n - 1, size.n):
            row = next(row for row in bounds_beside(n=n, **known) if row.name == size.name)
            assert isinstance(row, Bound)
            values.append(row.value)
        assert values[0] > 0.1 >= values[1], size.name
    assert [size.n for size in sizes] == sorted(size.n or 0 for size in sizes)


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"error": 0.1}, "error is no quantity that a bound takes; there are train_error"),
        ({"train_error": 2}, "train_error is 2"),
        ({"n": 10.5}, "n is 10.5; it must be a whole number"),
        ({"n": float("nan")}, "n is nan; it must be a whole number"),
        ({"bits": -1}, "bits is -1"),
        ({"delta": 0}, "delta is 0"),
        ({"n": 10, "n_prior": 10}, "n_prior is 10 of n = 10"),
    ],
)
def test_what_is_no_quantity_is_refused(known: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bounds_beside(**known)
