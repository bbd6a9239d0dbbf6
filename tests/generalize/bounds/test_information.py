"""Information bounds on algorithms small enough to enumerate every sample."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.information import (
    conditional_mutual_information,
    gaussian_mean_information_bits,
    gibbs_gap,
    individual_information,
    mutual_information,
)

Array = npt.NDArray[np.float64]
HEADS = 0.3
N = 7
SAMPLES = np.array(list(itertools.product((0, 1), repeat=N)))
CHANCES = HEADS ** SAMPLES.sum(axis=1) * (1 - HEADS) ** (N - SAMPLES.sum(axis=1))
RISKS = np.array([HEADS, 1 - HEADS])  # of saying 0, of saying 1
ERRORS = np.stack([SAMPLES.mean(axis=1), 1 - SAMPLES.mean(axis=1)], axis=1)  # [samples, answers]


def gibbs(inverse_temperature: float) -> Array:
    """P(answer | sample) ∝ exp(−n β error), [samples, answers]."""
    weights = np.exp(-N * inverse_temperature * ERRORS)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def expected_gap(answers: Array) -> float:
    return float(CHANCES @ (answers * (RISKS - ERRORS)).sum(axis=1))


def information_bits(chances: Array, answers: Array) -> float:
    """I between rows, of those chances, and answers [rows, answers]."""
    marginal = chances @ answers
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(answers > 0, answers * np.log2(answers / marginal), 0.0)
    return float(chances @ terms.sum(axis=1))


@pytest.mark.parametrize("inverse_temperature", [0.1, 1.0, 10.0])
def test_mutual_information_bounds_the_mean_gap_of_every_algorithm(inverse_temperature: float) -> None:
    answers = gibbs(inverse_temperature)
    error = float(CHANCES @ (answers * ERRORS).sum(axis=1))
    bits = information_bits(CHANCES, answers)
    row = mutual_information(train_error=error, information_bits=bits, n=N)
    assert error + expected_gap(answers) <= row.value
    assert row.delta is None
    assert not row.uniform


def test_single_samples_bound_it_more_tightly() -> None:
    answers = gibbs(1.0)
    error = float(CHANCES @ (answers * ERRORS).sum(axis=1))
    each = []
    for i in range(N):
        by_value = np.stack([CHANCES[SAMPLES[:, i] == v] @ answers[SAMPLES[:, i] == v] for v in (0, 1)])
        mass = np.array([1 - HEADS, HEADS])
        each.append(information_bits(mass, by_value / mass[:, None]))
    tight = individual_information(train_error=error, information_bits_each=each).value
    loose = mutual_information(train_error=error, information_bits=information_bits(CHANCES, answers), n=N).value
    assert error + expected_gap(answers) <= tight < loose


@pytest.mark.parametrize("inverse_temperature", [0.05, 0.5, 2.0])
def test_the_gap_of_a_gibbs_algorithm_is_its_symmetrised_information(inverse_temperature: float) -> None:
    answers = gibbs(inverse_temperature)
    marginal = CHANCES @ answers
    lautum = float(CHANCES @ (marginal * np.log2(marginal / answers)).sum(axis=1))
    total = information_bits(CHANCES, answers) + lautum
    exact = gibbs_gap(symmetrised_information_bits=total, n=N, inverse_temperature=inverse_temperature)
    assert expected_gap(answers) == pytest.approx(exact, rel=1e-10)


def test_conditional_information_bounds_the_mean_gap() -> None:
    n, rng = 4, np.random.default_rng(0)
    choices = np.array(list(itertools.product((0, 1), repeat=n)))
    bits, gap, error, runs = 0.0, 0.0, 0.0, 400
    for _ in range(runs):
        pairs = (rng.random((n, 2)) < HEADS).astype(int)
        means = pairs[np.arange(n), choices].mean(axis=1)
        answer = (means > 0.5).astype(float)
        answers = np.stack([1 - answer, answer], axis=1)
        bits += information_bits(np.full(len(choices), 1 / len(choices)), answers) / runs
        losses = np.where(answer == 1, 1 - means, means)
        error += losses.mean() / runs
        gap += (np.where(answer == 1, 1 - HEADS, HEADS) - losses).mean() / runs
    row = conditional_mutual_information(train_error=error, information_bits=bits, n=n)
    assert 0 < gap <= row.value - error


def test_conditional_information_cannot_be_more_than_the_choices() -> None:
    with pytest.raises(UsageError, match="n = 10 choices between two hold at most 10 bits"):
        conditional_mutual_information(train_error=0.1, information_bits=10.5, n=10)
    full = conditional_mutual_information(train_error=0.0, information_bits=10, n=10)
    assert full.value == pytest.approx(math.sqrt(2 * math.log(2)))
    assert full.vacuous


@pytest.mark.parametrize(("dimension", "n"), [(1, 2), (3, 10), (5, 1000)])
def test_the_mean_of_gaussians_tells_what_its_correlation_says(dimension: int, n: int) -> None:
    by_correlation = -dimension / 2 * math.log2(1 - 1 / n)
    assert gaussian_mean_information_bits(dimension=dimension, n=n) == pytest.approx(by_correlation, rel=1e-9)


def test_the_mean_of_gaussians_is_off_by_two_dimensions_in_n() -> None:
    rng = np.random.default_rng(1)
    d, n, runs = 3, 10, 20_000
    x = rng.normal(size=(runs, n, d))
    mean = x.mean(axis=1)
    train = ((x - mean[:, None]) ** 2).sum(axis=2).mean(axis=1)
    risk = d + (mean**2).sum(axis=1)
    gaps = risk - train
    assert gaps.mean() == pytest.approx(2 * d / n, abs=4 * gaps.std() / math.sqrt(runs))


def test_another_loss_says_so_among_its_assumptions() -> None:
    row = mutual_information(train_error=0.1, information_bits=1, n=10, sub_gaussian=2.0)
    assert "the loss is sub-Gaussian with σ = 2" in row.assumptions
