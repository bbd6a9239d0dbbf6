"""What is known exactly: models that match their source find its closed-form lengths, and nothing where nothing is."""

import math

import numpy as np
import pytest

from codelength.data.synthetic import (
    expected_shared_bits,
    iid,
    markov,
    periodic,
    separate_pair,
    shared_pair,
)
from codelength.models.counts import Counts
from codelength.models.mixtures import Bayes, Switching
from codelength.types import Bits, Model, Probs


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def shared_bits(model: Model, x: bytes, y: bytes) -> float:
    return float(model.bits(y).sum() - model.after(x).bits(y).sum())


def standard_error(values: Bits) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values))


@pytest.mark.parametrize("alpha", [0.02, 0.5, 4.0])
@pytest.mark.parametrize("sizes", [(0, 100), (100, 0), (1000, 700), (30_000, 50_000)])
def test_counts_find_the_closed_form_shared_length_of_a_dirichlet_source(alpha: float, sizes: tuple[int, int]) -> None:
    pair = shared_pair(*sizes, rng(1), alpha=alpha)
    model = Counts(order=0, alpha=alpha)
    assert model.bits(pair.y).sum() == pytest.approx(pair.y_bits, abs=1e-6)
    assert model.after(pair.x).bits(pair.y).sum() == pytest.approx(pair.y_given_x_bits, abs=1e-6)
    assert shared_bits(model, pair.x, pair.y) == pytest.approx(pair.shared_bits, abs=1e-6)
    assert shared_bits(model, pair.y, pair.x) == pytest.approx(pair.shared_bits, abs=1e-6)


def test_counts_find_on_average_the_mutual_information() -> None:
    model = Counts(order=0, alpha=0.5)
    pairs = [shared_pair(500, 500, rng(seed)) for seed in range(300)]
    found = np.array([shared_bits(model, pair.x, pair.y) for pair in pairs])
    assert abs(found.mean() - expected_shared_bits(500, 500, 0.5)) < 4 * standard_error(found)


@pytest.mark.parametrize(
    "model",
    [
        Counts(order=0),
        Counts(order=2),
        Bayes((Counts(order=0), Counts(order=1))),
        Switching((Counts(order=0), Counts())),
    ],
    ids=lambda model: str(model.name),
)
def test_independent_sources_share_nothing_within_the_interval(model: Model) -> None:
    found = np.array(
        [shared_bits(model, pair.x, pair.y) for pair in (separate_pair(300, 300, rng(seed)) for seed in range(200))]
    )
    assert found.mean() <= 3 * standard_error(found)
    same = np.array([shared_bits(model, pair.x, pair.y) for pair in (shared_pair(300, 300, rng(s)) for s in range(50))])
    assert same.mean() > 3 * standard_error(same)  # the same measure on sources that do share


@pytest.mark.parametrize("model", [Counts(order=0), Counts(order=3), Switching((Counts(order=0), Counts(order=1)))])
def test_no_model_beats_the_source(model: Model) -> None:
    distribution = rng(0).dirichlet(np.full(256, 0.5))
    samples = [iid(distribution, 2000, rng(1)), markov(2, 4, 2000, rng(2)), periodic(50, 2000, rng(3), noise=0.1)]
    for sample in samples:
        assert model.bits(sample.data).sum() >= sample.cost_bits - 40


def test_counts_of_the_right_order_come_near_a_markov_source() -> None:
    sample = markov(2, 4, 50_000, rng(5))
    bits = {order: float(Counts(order=order).bits(sample.data).sum()) for order in range(4)}
    assert min(bits, key=bits.__getitem__) == 2
    # Each of the 16 · 3 free probabilities costs about half of log2 n; a whole one leaves room for the blending.
    assert sample.cost_bits < bits[2] < sample.cost_bits + 16 * 3 * math.log2(50_000)


@pytest.mark.parametrize("distribution", [np.full(256, 1 / 256), np.array([0.7, 0.3]), np.array([1.0])])
def test_the_regret_of_kt_is_within_its_bound(distribution: Probs) -> None:
    # For every sequence of n of K symbols: at most (K − 1)/2 · log2 n + log2 K above the best fixed distribution.
    sample = iid(distribution, 20_000, rng(6))
    counts = [count for count in np.bincount(list(sample.data), minlength=256).tolist() if count]
    best = -sum(count * math.log2(count / 20_000) for count in counts)
    regret = float(Counts(order=0, alpha=0.5).bits(sample.data).sum()) - best
    assert 0.2 * 255 / 2 * math.log2(20_000) < regret <= 255 / 2 * math.log2(20_000) + 8


def test_a_period_is_found_by_a_long_context_and_not_by_a_short_one() -> None:
    sample = periodic(300, 6000, rng(7))
    assert sample.cost_bits == 2400
    assert Counts(order=3).bits(sample.data).sum() < sample.cost_bits + 0.08 * 8 * 6000
    assert Counts(order=0).bits(sample.data).sum() > 0.9 * 8 * 5000


def test_the_best_of_many_orders_costs_a_bayes_mixture_only_the_logarithm_of_their_number() -> None:
    members = [Counts(order=order) for order in range(8)]
    for sample in (markov(0, 6, 4000, rng(1)), markov(3, 3, 4000, rng(2)), periodic(40, 4000, rng(3), noise=0.02)):
        best = min(float(member.bits(sample.data).sum()) for member in members)
        mixed = float(Bayes(members).bits(sample.data).sum())
        assert mixed <= best + 3 + 1e-9
        assert float(Switching(members).bits(sample.data).sum()) <= best + Switching(members).bound_bits(4000) + 1e-9
