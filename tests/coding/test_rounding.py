"""Probabilities to counts: the sum, no zeros, the formula in exact rationals, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest

from codelength.coding.range_coder import SYMBOL_TOTAL
from codelength.coding.rounding import integer_counts
from codelength.errors import CodelengthError


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [1, 2, 3, 256])
def test_counts_are_those_of_the_formula(seed: int, size: int) -> None:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(size, 0.05 if seed % 2 else 5.0))
    counts = integer_counts(probabilities)
    assert counts.sum() == SYMBOL_TOTAL and counts.min() >= 1
    best = int(probabilities.argmax())
    for symbol, p in enumerate(probabilities.tolist()):
        if symbol != best:  # float64 products of 24-bit counts round down wrongly only a hair below a whole number
            exact = 1 + Fraction(p) * (SYMBOL_TOTAL - size)
            assert exact - 1 - Fraction(1, 2**20) < int(counts[symbol]) <= exact + Fraction(1, 2**20)


def test_zero_probability_still_gets_one_part() -> None:
    assert integer_counts(np.array([1.0] + [0.0] * 255)).tolist() == [SYMBOL_TOTAL - 255] + [1] * 255


def test_the_first_of_equals_takes_what_is_left() -> None:
    assert integer_counts(np.full(3, 1 / 3)).tolist() == [5_592_406, 5_592_405, 5_592_405]


def test_a_run_of_one_byte_loses_under_two_bits_in_64_kib() -> None:
    probabilities = np.full(256, 1e-12)
    probabilities[65] = 1 - 255e-12
    counts = integer_counts(probabilities)
    assert -np.log2(counts[65] / SYMBOL_TOTAL) * 65536 < 2


@pytest.mark.parametrize(
    "probabilities",
    [[0.5, 0.4], [0.5, 0.6], [1.5, -0.5], [np.nan, 1.0], [np.inf, 0.0], [0.0, 0.0]],
)
def test_what_is_no_distribution_is_refused(probabilities: list[float]) -> None:
    with pytest.raises(CodelengthError, match="sum to"):
        integer_counts(np.array(probabilities))
