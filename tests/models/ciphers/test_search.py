"""The search: what moves add up to is what a key costs, keys are found, and the two-part code is what finds them."""

import numpy as np
import numpy.typing as npt
import pytest

from codelength.data.bundled import bundled
from codelength.models.ciphers.enciphering import encipher
from codelength.models.ciphers.kernel import UNITS
from codelength.models.ciphers.ngrams import Ngrams
from codelength.models.ciphers.search import Effort, Problem, neighbours, search

TEXT = bundled("pride_2.txt").joined.decode()
Codes = npt.NDArray[np.uint8]


def made(language: Ngrams, letters: int, *, symbols: int = 0) -> tuple[Problem, Codes]:
    plain = language.alphabet.codes(TEXT)[1_000 : 1_000 + letters]
    codes = encipher(plain, 26, np.random.default_rng(2), symbols=symbols).cipher
    used, cipher = np.unique(codes, return_inverse=True)
    return Problem(cipher.astype(np.int64), len(used), language, homophonic=bool(symbols)), plain


@pytest.mark.parametrize("symbols", [0, 40])
@pytest.mark.parametrize("fast", [True, False])
def test_what_moves_add_up_to_is_what_the_key_costs(austen: Ngrams, symbols: int, fast: bool) -> None:
    problem, _ = made(austen, 200, symbols=symbols)
    start = problem.start(np.random.default_rng(1))
    for moves in (1, 50, 5_000):
        key = problem.anneal(start, moves, (20.0, 5.0), 3, fast=fast)
        solution = problem.solution(key)
        before = problem.solution(start)
        text_bits = [austen.bits(one.text, fast=fast).sum() for one in (solution, before)]
        assert text_bits[0] + solution.choice_bits <= text_bits[1] + before.choice_bits
    cold = problem.anneal(key, 5_000, (0.01, 0.01), 4, fast=fast)
    final = problem.solution(cold)
    least = austen.bits(final.text, fast=fast).sum() + final.choice_bits
    assert least <= text_bits[0] + solution.choice_bits + 2 / UNITS


def test_a_one_to_one_key_stays_one() -> None:
    problem, _ = made(_small(), 120)
    key = problem.anneal(problem.start(np.random.default_rng(5)), 3_000, (20.0, 1.0), 6, fast=True)
    assert len(set(key.tolist())) == len(key)


def test_a_one_to_one_cipher_is_read(austen: Ngrams) -> None:
    problem, plain = made(austen, 300)
    found = search(problem, Effort(restarts=6, agree=2))
    assert (found.solutions[0].text == plain).mean() > 0.98
    assert found.best_hits == 2 and found.evaluations == found.restarts * 70_000


def test_a_homophonic_cipher_is_read_by_the_two_part_code(austen: Ngrams) -> None:
    problem, plain = made(austen, 500, symbols=45)
    found = search(problem, Effort(restarts=4, agree=2)).solutions[0]
    assert (found.text == plain).mean() > 0.95
    assert found.key_bits == pytest.approx(45 * np.log2(26))


def test_without_paying_for_homophones_a_wrong_key_looks_better(austen: Ngrams) -> None:
    problem, plain = made(austen, 300, symbols=200)
    truth = austen.bits(plain, fast=True).sum()
    problem.gammas[:] = 0.0  # the choice of homophones is free
    degenerate = problem.solution(
        problem.anneal(problem.start(np.random.default_rng(1)), 300_000, (17.0, 0.7), 1, fast=True)
    )
    assert austen.bits(degenerate.text, fast=True).sum() < truth
    assert (degenerate.text == plain).mean() < 0.5


def test_what_the_choice_costs_is_the_mixture_over_all_shares() -> None:
    # Two symbols of one letter, three and one times, by hand: 1/2 · 3/4 · 5/6 · 1/8 of the KT sequence code.
    problem = Problem(np.array([0, 0, 0, 1], np.int64), 2, _small(), homophonic=True)
    paid = problem.solution(np.array([4, 4], np.int64)).choice_bits
    assert paid == pytest.approx(-np.log2(1 / 2 * 3 / 4 * 5 / 6 * 1 / 8), abs=1e-9)
    assert problem.solution(np.array([4, 5], np.int64)).choice_bits == pytest.approx(0, abs=1e-9)


def test_blanks_stay_blanks(austen_in_words: Ngrams) -> None:
    plain = austen_in_words.alphabet.codes(TEXT)[:400]
    shifted = np.where(plain == 26, -1, (plain.astype(np.int64) + 7) % 26)
    used = np.unique(shifted[shifted >= 0])
    cipher = np.where(shifted < 0, -1, np.searchsorted(used, shifted))
    found = search(Problem(cipher, len(used), austen_in_words, homophonic=False), Effort(restarts=4, agree=2))
    assert (found.solutions[0].text == plain).mean() > 0.98


def test_every_neighbour_reads_one_symbol_otherwise(austen: Ngrams) -> None:
    problem, _ = made(austen, 100)
    best = problem.solution(problem.start(np.random.default_rng(8)))
    near = neighbours(problem, best)
    assert sorted(symbol for symbol, _ in near) == list(range(problem.symbols))
    assert all(other.key[symbol] != best.key[symbol] for symbol, other in near)
    assert all(len(set(other.key.tolist())) == len(other.key) for _, other in near)


def test_the_same_seed_finds_the_same_key_with_any_threads(austen: Ngrams) -> None:
    problem, _ = made(austen, 250)
    found = [search(problem, Effort(restarts=3, agree=9, workers=workers, seed=4)) for workers in (1, 2)]
    np.testing.assert_array_equal(found[0].solutions[0].key, found[1].solutions[0].key)


def _small() -> Ngrams:
    from codelength.models.ciphers.alphabet import Alphabet
    from codelength.models.ciphers.ngrams import learn

    return learn("few", TEXT[:6_000], Alphabet("abcdefghijklmnopqrstuvwxyz"), order=3)
