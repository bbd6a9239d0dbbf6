"""Bounds in bits per token: smoothing by hand, the published form, and coverage on a source that is known."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.generalize.bounds.thresholds import most_failures

from codelength.errors import UsageError
from codelength.generalize.bounds.language_models import (
    GRID,
    complexity_per_token,
    compute_optimal,
    document_level,
    loss_variation_bits,
    smoothed_bits,
    smoothed_span_bits,
    token_level,
    token_martingale,
)

Array = npt.NDArray[np.float64]
V, TOKENS, DELTA = 4, 400, 0.2
SOURCE = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1], [0.4, 0.4, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]])
MODEL = np.array([[0.6, 0.2, 0.1, 0.1], [0.05, 0.8, 0.1, 0.05], [0.3, 0.3, 0.2, 0.2], [0.4, 0.3, 0.2, 0.1]])


def test_smoothing_is_done_to_probabilities() -> None:
    p = np.array([0.5, 1e-9, 1.0])
    found = smoothed_bits(-np.log2(p), smoothing=0.1, vocabulary=16)
    assert found == pytest.approx(-np.log2(0.9 * p + 0.1 / 16))
    span = smoothed_span_bits(smoothing=0.1, vocabulary=16)
    assert found.max() - found.min() == pytest.approx(span, abs=1e-6)


def test_all_measured_means_no_second_term() -> None:
    known: dict[str, Any] = {
        "train_bits": 3.0,
        "bits": 1e6,
        "tokens": 10**8,
        "delta": 0.05,
        "vocabulary": 1000,
        "smoothing": 0.1,
    }
    span = math.log2(1 + 0.9 * 1000 / 0.1)
    exact = 3 + span * math.sqrt((1e6 * math.log(2) + math.log(20)) / 2e8)
    assert token_level(**known).value == pytest.approx(exact)
    share = 1e5 / (1e5 + 1e8)
    first = math.sqrt((1e6 * math.log(2) - math.log(share * 0.05)) / 2e8)
    second = math.sqrt(-math.log((1 - share) * 0.05) / 2e5)
    assert token_level(measured=10**5, **known).value == pytest.approx(3 + span * (first + second))


def test_documents_and_tokens_differ_in_what_they_assume() -> None:
    known: dict[str, Any] = {"train_bits": 3.0, "bits": 100.0, "delta": 0.05, "vocabulary": 1000, "smoothing": 0.1}
    documents, tokens = document_level(documents=1000, **known), token_level(tokens=1000, **known)
    assert documents.value == tokens.value
    assert documents.assumptions[0] == "the documents are independent draws of one distribution"
    assert tokens.assumptions[0].startswith("tokens come one after the other")
    assert documents.trivial == math.log2(1000)


@pytest.mark.parametrize("complexity", [1e-6, 1e-3, 0.05, 0.2, 1.0, 3.0])
@pytest.mark.parametrize("vocabulary", [256, 50_257])
def test_smoothing_costs_less_than_its_published_form(complexity: float, vocabulary: int) -> None:
    exact = complexity * math.log(1 + vocabulary / complexity) + math.log(1 + complexity)
    assert exact <= complexity * math.log(vocabulary) + math.sqrt(2 * complexity)


def test_compute_optimal_has_the_published_size_at_a_ninth_of_a_nat_per_token() -> None:
    tokens = 10**9
    bits = (tokens / 9 - math.log(GRID / 0.05)) / math.log(2)
    assert complexity_per_token(bits=bits, tokens=tokens, delta=0.05) == pytest.approx(1 / 9)
    row = compute_optimal(
        train_bits=0.0,
        bits=bits,
        tokens=tokens,
        delta=0.05,
        vocabulary=math.floor(math.exp(11)),
        loss_variation_bits=0.1 / math.log(2),
    )
    published = 11 / 9 + 1 / 30 + math.sqrt(2) / 3
    assert 0.8 * published < row.value * math.log(2) < published


def test_the_martingale_is_the_formula_at_its_best_s() -> None:
    rng = np.random.default_rng(0)
    losses = rng.exponential(2.0, 50)
    forecast = np.full(50, 2.0)
    c = complexity_per_token(bits=20, tokens=50, delta=0.1)
    a = c / (1 + c)
    x = smoothed_bits(losses, smoothing=a, vocabulary=10)
    span = math.log2(1 + 10 / c)
    best = math.inf
    for i in range(1, GRID + 1):
        s = i / (GRID + 1)
        u = s * (forecast - x) / span
        best = min(best, x.mean() + span * c / s + span / s * float((u - np.log1p(u)).mean()))
    row = token_martingale(token_bits=losses, bits=20, delta=0.1, vocabulary=10, forecast_bits=forecast)
    assert row.value == pytest.approx(best, rel=1e-12)


def test_many_losses_are_binned_to_the_safe_side() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0.5, 1.5, 5000)
    known: dict[str, Any] = {"complexity": 0.01, "smoothing": 0.01, "vocabulary": 8}
    forecast = np.full(5000, 1.0)
    binned = loss_variation_bits(x, forecast_bits=forecast, **known)
    off = (forecast - x) / smoothed_span_bits(smoothing=0.01, vocabulary=8)
    exact = min(
        (0.01 * (1 - s) + float((s * off - np.log1p(s * off)).mean()))
        / s
        * smoothed_span_bits(smoothing=0.01, vocabulary=8)
        for s in (np.arange(GRID) + 1) / (GRID + 1)
    ) / math.sqrt(0.01)
    assert exact <= binned < 1.01 * exact


def test_the_martingale_bound_fails_no_more_often_than_delta() -> None:
    rng = np.random.default_rng(2)
    samples, failed, values = 200, 0, []
    c = complexity_per_token(bits=0, tokens=TOKENS, delta=DELTA)
    losses_of = smoothed_bits(-np.log2(MODEL).ravel(), smoothing=c / (1 + c), vocabulary=V).reshape(V, V)
    ahead = (SOURCE * losses_of).sum(axis=1)  # what the next loss is in the mean, by the token before
    cumulated = SOURCE.cumsum(axis=1)
    for _ in range(samples):
        uniform, before, places = rng.random(TOKENS), 0, []
        for u in uniform.tolist():
            token = min(int((cumulated[before] < u).sum()), V - 1)
            places.append((before, token))
            before = token
        contexts, tokens = np.array(places).T
        risk = float(ahead[contexts].mean())
        bits = -np.log2(MODEL[contexts, tokens])
        row = token_martingale(token_bits=bits, bits=0, delta=DELTA, vocabulary=V)
        failed += risk > row.value
        values.append(row.value)
    assert np.mean(values) < row.trivial
    assert failed <= most_failures(DELTA, samples)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"smoothing": 0.0}, "smoothing is 0.0; it must lie between 0 and 1, both excluded"),
        ({"vocabulary": 1}, "vocabulary is 1; it must be a whole number of at least 2"),
        ({"measured": 200}, "measured is 200, more than all 100"),
        ({"train_bits": math.nan}, "train_bits is nan"),
    ],
)
def test_what_makes_it_invalid_is_refused(change: dict[str, Any], message: str) -> None:
    known: dict[str, Any] = {
        "train_bits": 3.0,
        "bits": 10.0,
        "delta": 0.05,
        "vocabulary": 100,
        "smoothing": 0.1,
        **change,
    }
    with pytest.raises(UsageError, match=message):
        token_level(tokens=100, **known)


def test_losses_that_are_not_smoothed_are_refused() -> None:
    with pytest.raises(UsageError, match="smooth them by `smoothed_bits` first"):
        loss_variation_bits(np.array([40.0]), complexity=0.1, smoothing=0.1, vocabulary=4)
    with pytest.raises(UsageError, match="one finite number for each token"):
        token_martingale(token_bits=np.ones(3), bits=0, delta=0.1, vocabulary=4, forecast_bits=np.ones(2))
