"""Law 8: no code beats a known source, none is far above it, and what two texts share is what their prior says."""

import numpy as np
import pytest
from tests.laws.subjects import affordable, model_of, names_of, subject

from codelength.data.synthetic import Sample, iid, markov, separate_pair, shared_pair
from codelength.models.counts import Counts
from codelength.types import Codec, Model

LUCK_BITS = 40  # what a code may save by luck: once in 2^40 draws
SIZE = 4096
SECONDS = 0.2


def sources() -> dict[str, Sample]:
    rng = np.random.default_rng(12)
    skewed = np.array([0.9, 0.05, 0.03, 0.02])
    return {
        "uniform": iid(np.full(256, 1 / 256), SIZE, rng),
        "skewed": iid(skewed, SIZE, rng),
        "markov": markov(1, 4, SIZE, rng),
    }


SOURCES = sources()


def cut(name: str, what: str) -> tuple[bytes, float]:
    """The data that can be afforded and −log2 of its probability, up to what the cut leaves uncertain."""
    sample = SOURCES[what]
    data = affordable(name, sample.data, SECONDS)
    if len(data) == len(sample.data):
        return data, sample.cost_bits
    spread = 4 * np.sqrt(len(data)) if what != "uniform" else 0
    return data, sample.entropy_rate * len(data) - spread


@pytest.mark.parametrize("what", list(SOURCES))
@pytest.mark.parametrize("name", names_of(Codec))
def test_no_code_beats_the_source(name: str, what: str) -> None:
    data, cost_bits = cut(name, what)
    assert 8 * len(subject(name).encode(data)) >= cost_bits - LUCK_BITS


@pytest.mark.parametrize("what", list(SOURCES))
@pytest.mark.parametrize("name", names_of(Model))
def test_no_ideal_cost_beats_the_source_nor_is_far_above_it(name: str, what: str) -> None:
    data, cost_bits = cut(name, what)
    paid = float(model_of(name).bits(data).sum())
    assert paid >= cost_bits - LUCK_BITS
    enough_bits = 2.0 * len(data) if what == "markov" else cost_bits  # for who sees only which four symbols there are
    assert paid <= 1.1 * enough_bits + 2048  # a tenth, and what learning 256 counts may cost


def test_counts_find_what_two_texts_of_one_source_share_to_a_millionth_of_a_bit() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        pair = shared_pair(700, 300, rng)
        model = Counts(order=0, alpha=0.5)
        shared_bits = model.bits(pair.y).sum() - model.after(pair.x).bits(pair.y).sum()
        assert abs(shared_bits - pair.shared_bits) < 1e-6


def test_counts_find_nothing_shared_between_independent_sources() -> None:
    rng = np.random.default_rng(4)
    model, shared_bits = Counts(order=0, alpha=0.5), []
    for _ in range(60):
        pair = separate_pair(400, 200, rng)
        shared_bits.append(model.bits(pair.y).sum() - model.after(pair.x).bits(pair.y).sum())
    standard_error = np.std(shared_bits, ddof=1) / np.sqrt(len(shared_bits))
    assert np.mean(shared_bits) <= 2 * standard_error
