"""Letter n-grams: probabilities that sum to 1, against counting by hand, on any alphabet, and what they say no to."""

from collections import Counter

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.errors import DataError
from codelength.models.ciphers.alphabet import Alphabet, alphabet_of
from codelength.models.ciphers.kernel import UNITS
from codelength.models.ciphers.ngrams import Ngrams, learn, learn_codes

AB = Alphabet("ab")


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("context", ["", "t", "th", "xqz", "thequ", "tothem", "zzzzzzzz", "itisatruthuniversally"])
def test_the_probabilities_of_the_next_letter_sum_to_one(austen: Ngrams, context: str, fast: bool) -> None:
    costs = [austen.bits(context + letter, fast=fast)[-1] for letter in austen.alphabet.letters]
    assert sum(2.0**-cost for cost in costs) == pytest.approx(1, abs=26 / UNITS)


def test_first_letters_cost_what_their_counts_say(austen: Ngrams) -> None:
    letters = [sign for sign in bundled("pride_1.txt").joined.decode().lower() if sign in austen.alphabet.letters]
    share = Counter(letters)["e"] / len(letters)
    assert austen.bits("e")[0] == pytest.approx(-np.log2(share), abs=0.02)  # a fiftieth is held out


def test_two_letters_by_hand() -> None:
    # Of 4,000 letters none are held out; after a comes b in 3 of 4 times, and nothing is discounted at counts so high.
    codes = np.array([0, 1, 0, 1, 0, 1, 0, 0] * 500, np.uint8)
    model = learn_codes("ab", codes, AB, order=2)
    assert 2.0 ** -model.bits("ab")[1] == pytest.approx(3 / 5, abs=0.01)
    assert 2.0 ** -model.bits("bb")[1] == pytest.approx(0, abs=0.001)


def test_a_longer_context_tells_more(austen: Ngrams) -> None:
    text = bundled("pride_2.txt").joined.decode()[:4000]
    assert austen.bits(text).mean() < austen.bits(text, fast=True).mean() + 0.05
    assert austen.bits(text).mean() < 3 < austen.bits(text[::-1]).mean()


def test_scoring_in_pieces_is_scoring_at_once(austen: Ngrams) -> None:
    text = bundled("pride_2.txt").joined.decode()[:500]
    whole = austen.bits(text)
    np.testing.assert_array_equal(austen.bits(austen.alphabet.codes(text)[:100]), whole[:100])


def test_other_writings_are_languages_too() -> None:
    greek = "ἐν ἀρχῇ ἦν ὁ λόγος καὶ ὁ λόγος ἦν πρὸς τὸν θεόν καὶ θεὸς ἦν ὁ λόγος " * 40
    alphabet = alphabet_of(greek)
    assert "λ" in alphabet.letters and " " not in alphabet.letters
    model = learn("greek", greek, alphabet)
    assert model.bits("λόγος").sum() < 12
    assert model.rate_bits < 1


def test_too_little_text_teaches_nothing() -> None:
    with pytest.raises(DataError, match="has 5 letters; a language is learnt from 1,000 at least"):
        learn("note", "hello", Alphabet("ehlo"))


def test_what_is_no_alphabet_is_refused() -> None:
    with pytest.raises(DataError, match="1 different letters"):
        alphabet_of("aaaa 123")
    with pytest.raises(DataError, match="alphabetic writing"):
        alphabet_of("".join(map(chr, range(0x4E00, 0x4F00))))
