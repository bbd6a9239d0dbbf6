"""Sources: costs against exact sums, entropies against long draws, closed forms against chains of predictions."""

import itertools
import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from codelength.data.synthetic import (
    Pair,
    Sample,
    automaton,
    dirichlet_bits,
    expected_dirichlet_bits,
    expected_shared_bits,
    iid,
    keystream,
    markov,
    periodic,
    separate_pair,
    shared_pair,
)
from codelength.errors import OptionError


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_cost_of_independent_bytes_is_that_of_their_counts() -> None:
    distribution = np.array([0.5, 0.3, 0.2, 0.0])
    sample = iid(distribution, 5000, rng())
    counts = Counter(sample.data)
    assert set(counts) == {0, 1, 2}
    assert sample.cost_bits == pytest.approx(-sum(counts[s] * math.log2(distribution[s]) for s in counts))
    assert sample.entropy_rate == pytest.approx(0.5 + 0.3 * math.log2(1 / 0.3) + 0.2 * math.log2(5))


@pytest.mark.parametrize(
    "draw",
    [
        lambda seed: iid(rng(99).dirichlet(np.full(256, 0.3)), 40_000, rng(seed)),
        lambda seed: markov(0, 4, 40_000, rng(seed)),
        lambda seed: markov(1, 5, 40_000, rng(seed)),
        lambda seed: markov(3, 4, 40_000, rng(seed)),
        lambda seed: periodic(7, 40_000, rng(seed), noise=0.2),
    ],
    ids=["iid", "markov 0", "markov 1", "markov 3", "periodic"],
)
def test_long_data_cost_their_entropy_rate(draw: Callable[[int], Sample]) -> None:
    for seed in range(3):
        sample = draw(seed)
        assert sample.cost_bits / len(sample.data) == pytest.approx(sample.entropy_rate, abs=0.02, rel=0.02)


def test_markov_bytes_follow_their_contexts() -> None:
    # The empirical conditional entropy of order 2 comes near the rate, that of order 1 stays above it.
    sample = markov(2, 3, 60_000, rng(3))

    def conditional_entropy(order: int) -> float:
        longer = Counter(sample.data[i : i + order + 1] for i in range(len(sample.data) - order))
        shorter = Counter(sample.data[i : i + order] for i in range(len(sample.data) - order))
        total = len(sample.data) - order
        return sum(-n / total * math.log2(n / shorter[string[:-1]]) for string, n in longer.items())

    assert conditional_entropy(2) == pytest.approx(sample.entropy_rate, abs=0.02)
    assert conditional_entropy(1) > sample.entropy_rate + 0.1


def test_a_noisy_period_costs_the_sum_over_patterns() -> None:
    sample = periodic(2, 5, rng(7), noise=0.4)
    total = 1.0
    for place in range(2):
        column = sample.data[place::2]
        total *= sum(math.prod(0.6 * (s == byte) + 0.4 / 256 for byte in column) for s in range(256)) / 256
    assert sample.cost_bits == pytest.approx(-math.log2(total), abs=1e-9)


def test_a_period_longer_than_the_data_and_pure_noise_cost_eight_bits_a_byte() -> None:
    assert periodic(100, 60, rng()).cost_bits == 480
    assert periodic(5, 60, rng(), noise=1.0).cost_bits == pytest.approx(480)
    assert periodic(5, 0, rng()).cost_bits == 0


@pytest.mark.parametrize("alpha", [0.05, 0.5, 2.0])
def test_the_dirichlet_closed_form_is_its_chain_of_predictions(alpha: float) -> None:
    data = rng(1).integers(0, 5, 300).tolist()
    counts, bits = [0] * 5, 0.0
    for symbol in data:
        bits -= math.log2((counts[symbol] + alpha) / (sum(counts) + 5 * alpha))
        counts[symbol] += 1
    assert dirichlet_bits(counts, alpha) == pytest.approx(bits, abs=1e-9)


@pytest.mark.parametrize("alpha", [0.05, 0.5, 2.0])
def test_the_dirichlet_entropy_is_the_sum_over_all_sequences(alpha: float) -> None:
    each = [
        dirichlet_bits([sequence.count(s) for s in range(3)], alpha)
        for sequence in itertools.product(range(3), repeat=6)
    ]
    assert math.fsum(2**-bits for bits in each) == pytest.approx(1)
    expected = math.fsum(2**-bits * bits for bits in each)
    assert expected_dirichlet_bits(6, alpha, symbols=3) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_pairs_share_on_average_their_mutual_information(alpha: float) -> None:
    shared = np.array([shared_pair(400, 300, rng(seed), alpha=alpha).shared_bits for seed in range(400)])
    error = shared.std(ddof=1) / math.sqrt(len(shared))
    expected = expected_shared_bits(400, 300, alpha)
    assert abs(shared.mean() - expected) < 4 * error
    assert expected > 20 * error


def test_shared_bits_are_symmetric_and_separate_pairs_have_none() -> None:
    pair = shared_pair(200, 500, rng(2))
    y, x = (dirichlet_bits(np.bincount(list(data), minlength=256).tolist(), 0.5) for data in (pair.y, pair.x))
    both = dirichlet_bits(np.bincount(list(pair.x + pair.y), minlength=256).tolist(), 0.5)
    assert pair.shared_bits == pytest.approx(x + y - both)
    assert separate_pair(200, 500, rng(2)).shared_bits == 0


def test_an_automaton_follows_its_rule_cell_by_cell() -> None:
    sample = automaton(30, 4 * 10 * 3, rng(3), width=9, every=2, rows=3)
    for block in sample.data.decode().splitlines():
        first, *later = ([int(cell) for cell in row] for row in block.split(" "))
        for row in later:
            for _ in range(2):
                first = [30 >> (4 * first[i - 1] + 2 * first[i] + first[(i + 1) % 9]) & 1 for i in range(9)]
            assert row == first
    assert sample.cost_bits == 4 * 9 and sample.entropy_rate == pytest.approx(9 / 30)


def test_an_automaton_cut_in_a_first_row_costs_what_was_drawn_of_it() -> None:
    assert automaton(15, 33 * 4 + 5, rng(), width=32).cost_bits == 32 + 5
    assert automaton(15, 0, rng()).data == b""


def test_the_key_stream_is_that_of_the_standard() -> None:
    # RFC 8439, 2.3.2
    stream = keystream(bytes(range(32)), 64, nonce=bytes.fromhex("000000090000004a00000000"), counter=1).data
    assert stream.hex() == (
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )
    key = bytes(32)
    assert keystream(key, 200).data[64:] == keystream(key, 136, counter=1).data
    assert keystream(key, 100).data != keystream(b"k" * 32, 100).data


def test_a_seed_gives_the_same_data_and_another_gives_other_data() -> None:
    draws: list[Callable[[np.random.Generator], Sample | Pair]] = [
        lambda generator: iid(np.full(256, 1 / 256), 50, generator),
        lambda generator: markov(1, 4, 50, generator),
        lambda generator: periodic(30, 50, generator),
        lambda generator: shared_pair(50, 50, generator),
        lambda generator: separate_pair(50, 50, generator),
        lambda generator: automaton(54, 50, generator),
    ]
    for draw in draws:
        assert draw(rng(1)) == draw(rng(1))
        assert draw(rng(1)) != draw(rng(2))


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(OptionError, match="sum to 1"):
        iid(np.array([0.5, 0.4]), 10, rng())
    with pytest.raises(OptionError, match="sum to 1"):
        iid(np.full(257, 1 / 257), 10, rng())
    with pytest.raises(OptionError, match="contexts"):
        markov(5, 256, 10, rng())
    with pytest.raises(OptionError, match="symbols"):
        markov(1, 1, 10, rng())
    with pytest.raises(OptionError, match="noise"):
        periodic(3, 10, rng(), noise=1.5)
    with pytest.raises(OptionError, match="alpha"):
        shared_pair(5, 5, rng(), alpha=0)
    with pytest.raises(OptionError, match="rules are 0 to 255"):
        automaton(256, 10, rng())
    with pytest.raises(OptionError, match="ChaCha20 takes 32 and 12"):
        keystream(b"short", 10)
