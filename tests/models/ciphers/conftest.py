"""A small language, learnt once: the opening chapters of a novel that comes with the package."""

import pytest

from codelength.data.bundled import bundled
from codelength.models.ciphers.alphabet import Alphabet
from codelength.models.ciphers.ngrams import Ngrams, learn

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="session")
def austen() -> Ngrams:
    return learn("austen", bundled("pride_1.txt").joined.decode(), Alphabet(LETTERS), order=5)


@pytest.fixture(scope="session")
def austen_in_words() -> Ngrams:
    return learn("austen", bundled("pride_1.txt").joined.decode(), Alphabet(LETTERS + " "), order=5)
