"""Margin bounds on linear scores whose risk is known."""

import math
from typing import Any

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.margin import linear_score_rademacher, margin_chosen, margin_fixed


def test_one_margin_is_its_formula() -> None:
    value = margin_fixed(margin_error=0.1, margin=0.5, rademacher_complexity=0.01, n=1000, delta=0.05).value
    assert value == pytest.approx(0.1 + 0.04 + 3 * math.sqrt(math.log(40) / 2000))


@pytest.mark.parametrize(("margin", "k"), [(1.0, 1), (0.999, 2), (0.5, 2), (0.3, 3), (0.25, 3), (0.1, 5)])
def test_a_chosen_margin_is_rounded_down_and_pays_its_share(margin: float, k: int) -> None:
    known: dict[str, Any] = {"margin_error": 0.1, "rademacher_complexity": 0.01, "n": 1000}
    chosen = margin_chosen(margin=margin, delta=0.05, **known).value
    assert chosen == margin_fixed(margin=2.0 ** (1 - k), delta=0.05 / (k * (k + 1)), **known).value


def test_the_shares_of_all_margins_sum_to_one() -> None:
    assert math.fsum(1 / (k * (k + 1)) for k in range(1, 10_000)) == pytest.approx(1, abs=2e-4)


def test_no_margin_breaks_the_bound_where_the_risk_is_known() -> None:
    # x on the circle, label the sign of its first coordinate; w at an angle errs on angle / pi of it.
    rng = np.random.default_rng(0)
    n = 20_000
    angle = rng.random(n) * 2 * math.pi
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    y = np.sign(x[:, 0])
    complexity = linear_score_rademacher(weight_norm=1.0, input_norm=1.0, n=n)
    for off in (0.0, 0.2, 0.8):
        scores = y * (x @ np.array([math.cos(off), math.sin(off)]))
        for margin in (0.05, 0.13, 0.4):
            error = float((scores < margin).mean())
            row = margin_chosen(margin_error=error, margin=margin, rademacher_complexity=complexity, n=n, delta=0.05)
            assert off / math.pi <= row.value
        assert row.value < 1


@pytest.mark.parametrize(
    ("change", "message"), [({"margin": 0.0}, "margin is 0.0"), ({"margin_error": -0.1}, "margin_error is -0.1")]
)
def test_what_makes_it_invalid_is_refused(change: dict[str, Any], message: str) -> None:
    known: dict[str, Any] = {"margin_error": 0.1, "margin": 0.1, "rademacher_complexity": 0.01, "delta": 0.05, **change}
    with pytest.raises(UsageError, match=message):
        margin_chosen(n=100, **known)
