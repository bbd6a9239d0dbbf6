"""What the word pairs of Y say of X is a code: it sums to 1, is causal, and is what a plain calculation gives."""

import numpy as np
import pytest

from codelength.errors import LimitError
from codelength.models.word_pairs import MOST_SYMBOLS, Symbols, pair_bits

RNG = np.random.default_rng(0)
SIZE, Y_SIZE = 6, 5
X = np.append(RNG.integers(0, SIZE, 60), SIZE - 1)
Y = np.append(RNG.integers(0, Y_SIZE, 200), Y_SIZE - 1)
TO_Y = np.array([0, 1, 2, 2, 3, 4])


@pytest.mark.parametrize("learning", [False, True])
@pytest.mark.parametrize("y", [Y, Y[:0]])
def test_probabilities_of_the_next_word_sum_to_one(y: Symbols, learning: bool) -> None:
    for before in (0, 1, 2, 30, 60):
        nexts = [np.append(X[:before], symbol) for symbol in range(SIZE)]
        costs = [pair_bits(text, y, TO_Y, Y_SIZE, learning=learning)[-1] for text in nexts]
        assert np.exp2(-np.array(costs)).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("learning", [False, True])
def test_a_word_costs_the_same_whatever_follows(learning: bool) -> None:
    whole = pair_bits(X, Y, TO_Y, Y_SIZE, learning=learning)
    other = np.append(X[:40], RNG.integers(0, SIZE, 20))
    assert np.array_equal(pair_bits(other, Y, TO_Y, Y_SIZE, learning=learning)[:40], whole[:40])


def test_the_first_word_costs_what_the_formula_says() -> None:
    u = Y_SIZE - 1  # before the first word a line has ended
    after = [Y[i] for i in range(len(Y)) if (i == 0 or Y[i - 1] == u)]
    later = [Y[i] for i in range(len(Y)) if (i < 2 or u in (Y[i - 1], Y[i - 2]))]
    v, shared_by = 2, 2  # two words of X are this word of Y
    alone = (Y.tolist().count(v) + 0.5) / (len(Y) + 0.5 * Y_SIZE)
    one, two = (
        (seen.count(v) + len(set(seen)) * alone) / (len(seen) + len(set(seen))) / shared_by for seen in (after, later)
    )
    expected = np.mean([one, two, 1 / SIZE, 1 / SIZE, 1 / SIZE])
    assert pair_bits(np.array([3]), Y, TO_Y, Y_SIZE)[0] == pytest.approx(-np.log2(expected), abs=1e-12)


def test_without_y_the_cost_is_nearly_that_of_counting_single_words() -> None:
    text = np.minimum(RNG.geometric(0.05, 20_000) - 1, 99)
    counts, counted = np.full(100, 0.5), 0.0
    for symbol in text:
        counted -= np.log2(counts[symbol] / counts.sum())
        counts[symbol] += 1
    bits = pair_bits(text, text[:0], np.arange(100), 100).sum()
    assert counted - 10 < bits < 1.02 * counted


def test_learning_finds_a_chain_that_y_does_not_know() -> None:
    chain = np.tile([0, 1, 2, 3], 200)
    noise = RNG.integers(0, 4, 800)
    bits = [pair_bits(chain, noise, np.arange(4), 4, learning=learning).sum() for learning in (False, True)]
    assert bits[1] < bits[0] / 5


def test_too_many_words_are_an_error() -> None:
    with pytest.raises(LimitError, match="are too many to count pairs of"):
        pair_bits(X, Y, TO_Y, MOST_SYMBOLS + 1)
