"""The arithmetic of the thirty pairs."""

import math

import numpy as np
import pytest
from benchmarks.pairs import mean_with_interval, spearman
from benchmarks.real_pairs import PAIRS


def test_rank_correlation_of_a_hand_case() -> None:
    # Ranks 0 1 2 3 4 against 1 0 3 2 4: 1 − 6·Σd² / (n(n² − 1)) with Σd² = 4.
    assert spearman(np.array([1.0, 2, 3, 4, 5]), np.array([20.0, 10, 40, 30, 50])) == pytest.approx(1 - 24 / 120)


def test_ties_take_their_mean_rank() -> None:
    # Ranks 0.5 0.5 2 against 0 1 2: covariance 1.5, variances 1.5 and 2.
    assert spearman(np.array([1.0, 1, 2]), np.array([3.0, 4, 5])) == pytest.approx(1.5 / math.sqrt(3))


def test_a_constant_has_no_rank_correlation() -> None:
    assert math.isnan(spearman(np.ones(4), np.arange(4.0)))


def test_the_mean_lies_in_its_interval_and_nan_is_left_out() -> None:
    result = mean_with_interval([0.1, 0.5, float("nan"), 0.9])
    assert result["mean"] == pytest.approx(0.5)
    assert result["low"] < result["mean"] < result["high"]


def test_there_are_thirty_different_pairs_and_none_of_a_text_with_itself() -> None:
    assert len(set(PAIRS)) == 30
    assert all(pair.x != pair.y for pair in PAIRS)
