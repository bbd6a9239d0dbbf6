"""Deciphering: the key with its margin, null and doubts; what is too short is said, what makes no sense refused."""

import json

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.data.ciphertexts import Ciphertext, read_ciphertext
from codelength.errors import DataError, UsageError
from codelength.match.cipher import decipher
from codelength.models.ciphers.alphabet import Alphabet
from codelength.models.ciphers.enciphering import encipher_text
from codelength.models.ciphers.ngrams import Ngrams, learn
from codelength.models.ciphers.search import Effort
from codelength.result.deciphered import DECIPHERED_KEYS, Deciphered
from codelength.result.match import MATCH_KEYS

LETTERS = Alphabet("abcdefghijklmnopqrstuvwxyz")
TEXT = bundled("pride_2.txt").joined.decode()[3_000:]
QUICK = Effort(restarts=5, agree=2)


@pytest.fixture(scope="module")
def austen() -> Ngrams:
    return learn("austen", bundled("pride_1.txt").joined.decode(), LETTERS, order=5)


def secret(text: str, *, columns: int = 0) -> Ciphertext:
    made, _ = encipher_text(text, LETTERS, np.random.default_rng(4), columns=columns)
    return read_ciphertext("secret", made.encode())


@pytest.fixture(scope="module")
def found(austen: Ngrams) -> Deciphered:
    return decipher(secret(TEXT[:420]), austen, effort=QUICK)


def test_a_cipher_is_read_with_a_margin_and_far_below_its_null(found: Deciphered) -> None:
    plain = LETTERS.text(LETTERS.codes(TEXT[:420]))
    assert sum(a == b for a, b in zip(found.plaintext, plain, strict=True)) > 0.98 * len(plain)
    assert found.verdict == "found"
    assert found.match.null_bits is not None and found.match.null_bits > found.bits + 100
    assert found.match.saved_bits is not None and found.match.saved_bits > 300
    assert found.margin_bits is not None and found.margin_bits >= 0
    assert found.match.map_bits == pytest.approx(sum(np.log2(26 - i) for i in range(found.symbols)))


def test_the_key_reads_the_ciphertext(found: Deciphered) -> None:
    assert "".join(found.key[symbol] for symbol in found.ciphertext) == found.plaintext


def test_json_holds_the_keys_of_both(found: Deciphered) -> None:
    values = json.loads(found.to_json())
    assert set(values) == {*DECIPHERED_KEYS, *MATCH_KEYS}
    assert {"plaintext", "key", "bits", "margin_bits"} <= set(values)


def test_a_text_below_the_unicity_distance_is_said_to_be(austen: Ngrams) -> None:
    short = decipher(secret("itisatruth"), austen, effort=Effort(restarts=1), null=False)
    assert short.verdict != "found"
    assert short.unicity_symbols > 10
    assert any("unicity distance" in warning for warning in short.match.warnings)


def test_random_symbols_are_nothing(austen: Ngrams) -> None:
    letters = "".join(np.random.default_rng(0).choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 150))
    noise = decipher(read_ciphertext("noise", letters.encode()), austen, effort=Effort(restarts=2, agree=2))
    assert noise.verdict == "nothing found"
    assert any("random order cost as little" in warning for warning in noise.match.warnings)


def test_a_reversed_cipher_is_read_from_its_end(austen: Ngrams) -> None:
    made, _ = encipher_text(TEXT[:500], LETTERS, np.random.default_rng(4), reverse=True)
    turned = decipher(read_ciphertext("t", made.encode()), austen, transposition="reverse", effort=QUICK, null=False)
    assert turned.transposition == "from its end"
    assert turned.plaintext[:40] == LETTERS.text(LETTERS.codes(TEXT))[:40]


def test_columns_are_found_before_the_key(austen: Ngrams) -> None:
    turned = decipher(secret(TEXT[:700], columns=9), austen, transposition="columns", effort=QUICK, null=False)
    assert turned.plaintext[:40] == LETTERS.text(LETTERS.codes(TEXT))[:40]
    assert turned.match.map_bits > sum(np.log2(26 - i) for i in range(turned.symbols)) + 5  # the route is paid for


def test_words_kept_apart_need_a_language_with_blanks(austen: Ngrams) -> None:
    kept = read_ciphertext("c", b"UIF RVJDL CSPXO GPY", blanks="keep")
    with pytest.raises(UsageError, match="keeps words apart"):
        decipher(kept, austen)


def test_more_symbols_than_letters_have_no_one_to_one_key(austen: Ngrams) -> None:
    numbers = read_ciphertext("c", " ".join(map(str, range(40))).encode())
    with pytest.raises(UsageError, match="40 symbols for the 26 letters of austen"):
        decipher(numbers, austen, kind="one-to-one")


def test_three_symbols_are_read_by_any_key(austen: Ngrams) -> None:
    with pytest.raises(DataError, match="fewer than 4 symbols"):
        decipher(read_ciphertext("c", b"ABC"), austen)
