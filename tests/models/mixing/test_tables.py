"""Tables built in integers: their checksum, their formulas in floating point, and the bounds of bit histories."""

import numpy as np
import pytest

from codelength.models.mixing.tables import (
    COST,
    FACTS,
    FIRST,
    NEXT_HISTORY,
    RECIPROCAL,
    SQUASH,
    STRETCH,
    bit_histories,
    checksum,
    history_tables,
    reciprocal_table,
    squash_table,
    stretch_table,
)

CHECKSUM = "204ee28d18c2f8ca07c1085e88e3ea15026638fdcc8301aec9931de993eaf1bf"


def walk(bits: list[int]) -> tuple[int, int, int]:
    """What the history of these bits is: zeros, ones, last."""
    following, histories = bit_histories()
    at = 0
    for bit in bits:
        at = following[at][bit]
    return histories[at]


def test_the_tables_are_those_of_every_release() -> None:
    assert checksum() == CHECKSUM


def test_tables_built_again_are_the_same() -> None:
    assert np.array_equal(squash_table(), SQUASH)
    assert np.array_equal(stretch_table(SQUASH), STRETCH)
    assert np.array_equal(reciprocal_table(), RECIPROCAL)
    following, facts, first = history_tables()
    assert np.array_equal(following, NEXT_HISTORY)
    assert np.array_equal(facts, FACTS)
    assert np.array_equal(first, FIRST)


def test_squash_is_the_logistic_function_to_the_last_unit() -> None:
    x = np.arange(-2047, 2048)
    exact = 65536 / (1 + np.exp(-x / 256))
    assert np.abs(SQUASH[1:] - exact).max() < 1
    assert SQUASH[2048] == 32768
    assert np.array_equal(SQUASH[1:] + SQUASH[:0:-1], np.full(4095, 65536))
    assert (np.diff(SQUASH) >= 0).all()
    assert 0 < SQUASH.min() < SQUASH.max() < 65536


def test_stretch_is_the_inverse_rounded_up() -> None:
    inner = np.arange(100, 3996)
    probability = (inner + 0.5) / 4096
    exact = 256 * np.log(probability / (1 - probability))
    error = STRETCH[inner] - exact
    assert error.min() > -0.2 and error.max() < 1
    for p in range(4096):
        wanted, x = 16 * p + 8, int(STRETCH[p])
        assert x == 2047 or SQUASH[x + 2048] >= wanted
        assert x == -2047 or SQUASH[x + 2047] < wanted
    assert (np.diff(STRETCH.astype(int)) >= 0).all()


def test_reciprocals_are_the_steps_of_counts() -> None:
    exact = 65536 / (np.arange(1024) + 1.6)
    assert (exact - RECIPROCAL >= 0).all() and (exact - RECIPROCAL < 1).all()


def test_costs_are_minus_the_logarithm() -> None:
    assert COST[0] == np.inf and COST[32768] == 1 and COST[65536] == 0
    assert COST[[1, 16384, 65535]] == pytest.approx([16, 2, -np.log2(65535 / 65536)])


def test_a_few_bits_are_counted_exactly() -> None:
    assert walk([]) == (0, 0, 0)
    assert walk([1]) == (0, 1, 0)
    assert walk([0, 0]) == (2, 0, 0)
    assert walk([1, 0, 1]) == (1, 2, 1)
    assert walk([0, 1, 0, 1]) == (2, 2, 1)


def test_the_other_bit_cuts_a_long_run_down() -> None:
    assert walk([0] * 100) == (48, 0, 0)
    assert walk([1] * 100) == (0, 48, 0)
    assert walk([0] * 48 + [1]) == (5, 1, 1)
    assert walk([1] * 5 + [0]) == (1, 3, 0)


def test_histories_of_random_bits_fit_a_byte_and_stay_within_their_bounds() -> None:
    following, histories = bit_histories()
    most = {0: 48, 1: 28, 2: 14, 3: 10, 4: 7, 5: 6}
    assert len(set(histories)) == len(histories) == len(following) == 201
    rng = np.random.default_rng(1)
    for chance in (0.02, 0.3, 0.5, 0.9, 0.999):
        at = 0
        for bit in (rng.random(4000) < chance).astype(int).tolist():
            at = following[at][bit]
            zeros, ones, last = histories[at]
            assert max(zeros, ones) <= most[min(zeros, ones)]
            assert last == (bit if min(zeros, ones) else 0)
            assert NEXT_HISTORY[2 * at + bit] == following[at][bit]


def test_seeing_a_one_never_makes_a_one_less_likely() -> None:
    following, histories = bit_histories()
    for i in range(len(histories)):
        zero, one = following[i]
        assert FIRST[zero] <= FIRST[i] <= FIRST[one]


def test_first_probabilities_are_those_of_the_counts() -> None:
    _, histories = bit_histories()
    for i, (zeros, ones, _) in enumerate(histories):
        p = (ones + 0.4) / (zeros + ones + 0.8)
        assert FIRST[i] / 2**32 == pytest.approx(p, abs=2**-21)
        assert FIRST[i] & 1023 == 0
    assert (FIRST[len(histories) :] == 1 << 31).all()


def test_facts_tell_how_many_bits_were_seen_and_whether_all_were_equal() -> None:
    _, histories = bit_histories()
    for i, (zeros, ones, _) in enumerate(histories):
        assert FACTS[i] & 127 == zeros + ones
        assert (FACTS[i] > 128) == (zeros + ones > 0 and min(zeros, ones) == 0)
