"""Alphabets: which letters a language has, by a text in it, and texts as their places there."""

import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

from codelength.errors import DataError
from codelength.models.ciphers.kernel import Octets

BLANK = " "
MOST_LETTERS = 100
_RARE = 1e-4  # a letter that is rarer is written by its base letter, or left out


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Letters, each known by its place; a blank among them stands for any white space between words.

    >>> Alphabet("abcde").codes("A bád Dad, b!").tolist()
    [0, 1, 0, 3, 3, 0, 3, 1]
    >>> Alphabet("abcde ").codes("A  bad\\ncab").tolist()
    [0, 5, 1, 0, 3, 5, 2, 0, 1]
    """

    letters: str

    @property
    def has_blank(self) -> bool:
        """Whether words are kept apart."""
        return BLANK in self.letters

    def codes(self, text: str) -> Octets:
        """The places of a text's letters, uint8 [n]; what is no letter here is left out, accents where they must be."""
        places = {letter: i for i, letter in enumerate(self.letters)}
        text = text.casefold()
        written = {}
        for sign in set(text):
            base = sign if sign in places else unicodedata.normalize("NFKD", sign)[0]
            written[ord(sign)] = BLANK if sign.isspace() or sign in "-–—" else base if base in places else None
        text = text.translate(written)
        text = BLANK.join(text.split()) if self.has_blank else text.replace(BLANK, "")
        table = np.zeros(max(map(ord, self.letters)) + 1, np.uint8)
        for letter, place in places.items():
            table[ord(letter)] = place
        return table[np.frombuffer(text.encode("utf-32-le"), np.uint32)]

    def text(self, codes: Octets) -> str:
        """The letters at these places."""
        return "".join(self.letters[code] for code in codes.tolist())


def alphabet_of(text: str, *, blanks: bool = False) -> Alphabet:
    """The letters of a text in their order, case folded; those with less than a share of 0.0001 are left out.

    Raises DataError where there are fewer than two, or more than 100, which are no letters but words.

    >>> alphabet_of("Ça va? " * 9).letters
    'avç'
    """
    counts = Counter(sign for sign in text.casefold() if sign.isalpha())
    whole = counts.total()
    letters = sorted(sign for sign, count in counts.items() if count >= _RARE * whole)
    if not 2 <= len(letters) <= MOST_LETTERS:
        raise DataError(
            f"the text has {len(letters):,} different letters; an alphabet has 2 to {MOST_LETTERS}: "
            "give a text in an alphabetic writing"
        )
    return Alphabet("".join(letters) + (BLANK if blanks else ""))
