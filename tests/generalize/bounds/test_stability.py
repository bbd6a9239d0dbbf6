"""Uniform stability: ridge regression moves by no more than its formula says, and its gap stays below the bound."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.stability import expected_stability, ridge_stability, uniform_stability

Matrix = npt.NDArray[np.float64]
PENALTY = 0.5


def ridge(x: Matrix, y: Matrix, n: int) -> Matrix:
    """The minimiser of (1/n) Σ (y − w·x)² + λ |w|², where n counts a sample that may be missing."""
    return np.asarray(np.linalg.solve(x.T @ x / n + PENALTY * np.eye(x.shape[1]), x.T @ y / n), np.float64)


def test_leaving_out_a_sample_moves_ridge_by_no_more_than_beta() -> None:
    rng = np.random.default_rng(0)
    n = 30
    x = rng.normal(size=(n, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y = np.clip(x @ np.array([0.5, -0.5, 0.2]) + 0.3 * rng.normal(size=n), -1, 1)
    whole = ridge(x, y, n)
    # |y| ≤ 1 and |w|² ≤ 1/λ bound the derivative of the squared loss.
    beta = ridge_stability(n=n, penalty=PENALTY, lipschitz=2 * (1 + 1 / math.sqrt(PENALTY)), kernel=1.0)
    moved = 0.0
    for i in range(n):
        part = ridge(np.delete(x, i, axis=0), np.delete(y, i), n)
        moved = max(moved, float(np.abs((x @ whole - y) ** 2 - (x @ part - y) ** 2).max()))
    assert 0.0 < moved <= beta


def test_the_mean_gap_of_ridge_is_at_most_twice_beta() -> None:
    rng = np.random.default_rng(1)
    n, gaps = 30, []
    for _ in range(200):
        x = rng.choice((-1.0, 1.0), (n + 400, 1))
        y = np.clip(0.5 * x[:, 0] + 0.4 * rng.normal(size=n + 400), -1, 1)
        loss = (x @ ridge(x[:n], y[:n], n) - y) ** 2
        gaps.append(loss[n:].mean() - loss[:n].mean())
    beta = ridge_stability(n=n, penalty=PENALTY, lipschitz=2 * (1 + 1 / math.sqrt(PENALTY)), kernel=1.0)
    assert 0 < np.mean(gaps) <= 2 * beta


def test_the_bound_is_its_formula() -> None:
    value = uniform_stability(train_error=0.2, stability=1e-3, n=1000, delta=0.05, largest_loss=2.0).value
    assert value == pytest.approx(0.2 + 2e-3 + (4 + 2) * math.sqrt(math.log(20) / 2000))


def test_a_stability_that_does_not_fall_promises_nothing() -> None:
    values = [uniform_stability(train_error=0.0, stability=0.01, n=n, delta=0.05).value for n in (10**3, 10**5)]
    assert values[0] < values[1]


def test_in_the_mean_there_is_no_delta() -> None:
    row = expected_stability(train_error=0.1, stability=0.01, n=10)
    assert (row.value, row.delta, row.holds) == (0.12000000000000001, None, "expectation")


def test_a_loss_above_its_bound_is_refused() -> None:
    with pytest.raises(UsageError, match="room_below_the_largest_loss"):
        uniform_stability(train_error=1.5, stability=0.01, n=10, delta=0.05)
