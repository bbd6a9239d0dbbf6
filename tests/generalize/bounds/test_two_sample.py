"""The two-sample test: exact under the null, at any stopping time, and sharp where there is something to see."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from tests.generalize.bounds.thresholds import most_failures

from codelength.data.bundled import bundled
from codelength.errors import DataError, UsageError
from codelength.generalize.bounds.two_sample import (
    CodeLengths,
    LearnerScores,
    exchangeable,
    exchangeable_inputs,
    null_chances,
    saved_bits,
)
from codelength.learning.mixtures import Frequencies
from codelength.models.counts import Counts

ITEMS = [b"red", b"green", b"blue", b"red", b"0123", b"4567", b"green green", b"89"]
LABELLINGS = [np.array([int(place in ones) for place in range(8)]) for ones in itertools.combinations(range(8), 4)]


class Numbers:
    """A teller whose score is the number itself."""

    name = "numbers"

    def __init__(self, x: npt.NDArray[np.float64]) -> None:
        self._x = x

    def scores(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return np.asarray(self._x[places][None], np.float64)

    def learn(self, places: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> None:
        pass


def test_the_null_code_is_that_of_all_ways_to_place_the_labels() -> None:
    for y in LABELLINGS:
        chances = null_chances(y)
        paid = np.where(y == 1, chances, 1 - chances)
        assert -np.log2(paid).sum() == pytest.approx(math.log2(math.comb(8, 4)))


def test_over_all_labellings_the_mean_of_e_is_exactly_one_at_every_time() -> None:
    values = [np.exp2(saved_bits(CodeLengths(Counts(order=1), ITEMS), y)) for y in LABELLINGS]
    assert np.mean(values, axis=0) == pytest.approx(np.ones(8), abs=1e-12)
    assert np.std(values) > 0.05


def test_over_all_labellings_the_mean_is_exactly_one_at_a_stopping_time() -> None:
    stopped = []
    for y in LABELLINGS:
        e = np.exp2(saved_bits(CodeLengths(Counts(order=1), ITEMS), y))
        above = np.flatnonzero(e > 1.1)
        stopped.append(e[above[0]] if len(above) else e[-1])
    assert np.mean(stopped) == pytest.approx(1, abs=1e-12)


def test_under_the_null_it_errs_no_more_often_than_alpha_although_it_always_looks() -> None:
    rng, runs, alpha, failed = np.random.default_rng(0), 250, 0.2, 0
    for _ in range(runs):
        y = rng.permutation(np.repeat((0, 1), 30))
        failed += saved_bits(Numbers(rng.standard_cauchy(60)), y).max() >= -math.log2(alpha)
    assert 0 < failed <= most_failures(alpha, runs)


def test_under_the_null_texts_are_not_told_apart() -> None:
    lines = [line for line in bundled("pride_1.txt").joined.split(b"\n") if line.strip()][:300]
    found = []
    for seed in range(12):
        order = np.random.default_rng(seed).permutation(len(lines))
        one, other = ([lines[i] for i in part.tolist()] for part in (order[:150], order[150:]))
        found.append(exchangeable(one, other, Counts(order=1), seed=seed))
    assert sum(row.told_apart for row in found) <= 3  # of 12 at 0.05: more has a chance of 1 in 450
    assert min(row.e_bits for row in found) > -8


@pytest.mark.parametrize(
    ("test_items", "shift", "learner"), [(200, 1.0, "logistic"), (200, 2.0, "knn"), (20, 2.0, "knn")]
)
def test_a_shift_is_seen_whatever_the_sizes(test_items: int, shift: float, learner: str) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    rng = np.random.default_rng(1)
    for seed in range(2):
        x = rng.normal(size=(200, 1)).astype(np.float32)
        y = (rng.normal(size=(test_items, 1)) + shift).astype(np.float32)
        assert exchangeable_inputs(x, y, learner, seed=seed).told_apart


def test_another_book_is_told_apart_and_more_so_with_more_lines() -> None:
    one, other = (
        [line for line in bundled(name).joined.split(b"\n") if line.strip()] for name in ("pride_2.txt", "war.txt")
    )
    saved = [exchangeable(one[:n], other[:n], Counts(order=2)).e_bits for n in (50, 100, 400)]
    assert saved[0] < saved[1] < saved[2]
    assert saved[1] > 10


def test_copies_of_training_items_in_the_test_are_told_apart() -> None:
    lines = [line for line in bundled("pride_1.txt").joined.split(b"\n") if line.strip()]
    order = np.random.default_rng(2).permutation(len(lines)).tolist()
    one, other = [lines[i] for i in order[:300]], [lines[i] for i in order[300:600]]
    assert not exchangeable(one, other, Counts(order=2)).told_apart
    assert exchangeable(one, [*one[:150], *other[:150]], Counts(order=2)).told_apart


def test_what_is_saved_is_less_than_the_labels_cost() -> None:
    one, other = [b"a" * 30] * 60, [b"z" * 30] * 60
    row = exchangeable(one, other, Counts(order=0))
    assert row.null_bits == pytest.approx(math.log2(math.comb(120, 60)))
    assert 0.7 * row.null_bits < row.e_bits < row.null_bits
    assert row.label_bits == pytest.approx(row.null_bits - row.e_bits)
    assert row.curve[-1] == (120, row.e_bits)


def test_one_may_stop_at_once() -> None:
    one, other = [b"a" * 30] * 100, [b"z" * 30] * 100
    row = exchangeable(one, other, Counts(order=0), stop=True)
    assert row.told_apart
    assert row.items_read < 60
    assert row.most_e_bits >= math.log2(20)


def test_a_learner_that_looks_at_nothing_saves_nothing() -> None:
    y = np.random.default_rng(3).permutation(np.repeat((0, 1), 100))
    x = np.zeros((200, 1), np.float32)
    saved = saved_bits(LearnerScores("frequencies", Frequencies(2), x), y)
    assert abs(saved[-1]) < 6


def test_the_same_seed_gives_the_same() -> None:
    found = {exchangeable(ITEMS, ITEMS[::-1], Counts(order=1), seed=3).e_bits for _ in range(2)}
    assert len(found) == 1


def test_sets_without_items_and_levels_outside_are_refused() -> None:
    with pytest.raises(DataError, match="there are 0 training items and 1 test items; the test needs some of each"):
        exchangeable([], [b"a"], Counts(order=0))
    with pytest.raises(UsageError, match=r"alpha is 1\.0; it must lie between 0 and 1, both excluded"):
        exchangeable([b"a"], [b"a"], Counts(order=0), alpha=1.0)
    with pytest.raises(DataError, match=r"an item of train has shape \(2,\), one of test \(3,\); they must agree"):
        exchangeable_inputs(np.zeros((3, 2), np.float32), np.zeros((3, 3), np.float32))
    with pytest.raises(DataError, match="an input is not finite"):
        exchangeable_inputs(np.full((3, 2), np.nan, np.float32), np.zeros((3, 2), np.float32))
