"""Law 8 for mixing: it finds what the closed form says is shared, within a stated margin, and nothing where nothing is.

A mixing model has no prior that matches a Dirichlet source: it pays for learning slowly, and reading X spares a part of
that for Y. The margins, of C(Y):

    one source, concentration 0.5 or more, X and Y of 1,000 to 15,000 bytes      2.5 % around the closed form
    independent sources of the same kind                                         not above 0 within the interval
    sources of unlike kinds: X settles the mixer's weights                       2 % above 0 (about 1 % is usual)
    two chains of one order over one alphabet, drawn each by itself              8 % above 0: X tells the order
"""

import functools
import math

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.data.synthetic import markov, separate_pair, shared_pair
from codelength.models.mixing.model import Mixing

LEVELS = ("fast", "default")


@functools.cache
def mixing(level: str) -> Mixing:
    return Mixing(level)


def shared_bits(level: str, x: bytes, y: bytes) -> float:
    model = mixing(level)
    return float(model.bits(y).sum() - model.after(x).bits(y).sum())


def y_bits(level: str, y: bytes) -> float:
    return float(mixing(level).bits(y).sum())


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("alpha", [0.5, 4.0])
@pytest.mark.parametrize("size", [1000, 3000, 15_000])
def test_mixing_finds_the_closed_form_shared_length_within_its_margin(level: str, alpha: float, size: int) -> None:
    for seed in range(2):
        pair = shared_pair(size, size, rng(seed), alpha=alpha)
        margin = 0.025 * y_bits(level, pair.y)
        assert abs(shared_bits(level, pair.x, pair.y) - pair.shared_bits) < margin
        assert abs(shared_bits(level, pair.y, pair.x) - pair.shared_bits) < margin


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("alpha", [0.5, 4.0])
def test_mixing_finds_nothing_shared_between_independent_sources(level: str, alpha: float) -> None:
    apart = [separate_pair(2000, 2000, rng(seed), alpha=alpha) for seed in range(12)]
    found = np.array([shared_bits(level, pair.x, pair.y) for pair in apart])
    assert found.mean() <= 3 * found.std(ddof=1) / math.sqrt(len(found))
    together = [shared_pair(2000, 2000, rng(seed), alpha=alpha) for seed in range(12)]
    same = np.array([shared_bits(level, pair.x, pair.y) for pair in together])
    assert same.mean() > 3 * same.std(ddof=1) / math.sqrt(len(same))  # the same measure on sources that do share


@pytest.mark.parametrize("level", LEVELS)
def test_an_unrelated_x_helps_by_two_hundredths_at_most(level: str) -> None:
    pairs = {
        "genome, then English": (bundled("genome.txt").joined[:20_000], bundled("war.txt").joined[:20_000]),
        "English, then genome": (bundled("war.txt").joined[:20_000], bundled("genome.txt").joined[:20_000]),
        "noise, then English": (rng(3).bytes(20_000), bundled("war.txt").joined[:20_000]),
        "noise, then genome": (rng(3).bytes(20_000), bundled("genome.txt").joined[:20_000]),
    }
    shares = {what: shared_bits(level, x, y) / y_bits(level, y) for what, (x, y) in pairs.items()}
    assert max(shares.values()) < 0.02, shares


@pytest.mark.parametrize("level", LEVELS)
def test_of_a_chain_of_the_same_order_no_more_than_the_order_helps(level: str) -> None:
    x, y, more = (markov(2, 8, 20_000, rng(seed)).data for seed in (1, 2, 2))
    assert shared_bits(level, x, y) < 0.08 * y_bits(level, y)
    assert shared_bits(level, more, y) > 0.5 * y_bits(level, y)  # the same draw: all of it


@pytest.mark.parametrize("level", LEVELS)
def test_a_related_x_helps_far_more_than_an_unrelated_one(level: str) -> None:
    x, y = bundled("pride_1.txt").joined[:60_000], bundled("pride_2.txt").joined[:20_000]
    other = bundled("war.txt").joined[:60_000]
    assert shared_bits(level, x, y) > 1.2 * shared_bits(level, other, y) > 0.02 * y_bits(level, y)


@pytest.mark.parametrize("level", LEVELS)
def test_mixing_does_not_beat_the_source_and_comes_near_it(level: str) -> None:
    sample = markov(2, 8, 40_000, rng(5))
    found = y_bits(level, sample.data)
    # 64 contexts of 7 free probabilities, at half of log2 n each, and 2 % for what does not settle
    assert sample.cost_bits - 40 < found < sample.cost_bits * 1.02 + 64 * 7 * math.log2(40_000)
