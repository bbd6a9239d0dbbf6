"""Making ciphers: a key drawn at random, homophones in proportion to how often letters come."""

from dataclasses import dataclass

import numpy as np

from codelength.errors import DataError, UsageError
from codelength.models.ciphers.alphabet import Alphabet
from codelength.models.ciphers.kernel import Octets, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Enciphered:
    """Symbols 0 to S − 1 in place of letters: `cipher` [n], and `key` [S], the letter that each stands for."""

    cipher: Whole
    key: Whole


def encipher(text: Octets, letters: int, rng: np.random.Generator, *, symbols: int = 0) -> Enciphered:
    """A text of letter codes [n] enciphered, one symbol a letter, or with so many symbols for all letters that occur.

    A homophonic key gives a letter one symbol and more by its share of the text (the largest of share / symbols so far,
    as seats go to parties by D'Hondt); which of them stands for it is drawn each time. UsageError for fewer symbols
    than letters that occur.

    >>> made = encipher(np.array([0, 1, 0, 2], np.uint8), 3, np.random.default_rng(1))
    >>> made.key[made.cipher].tolist()
    [0, 1, 0, 2]
    """
    counts = np.bincount(text, minlength=letters)
    occurring = np.flatnonzero(counts)
    if symbols and symbols < len(occurring):
        raise UsageError(f"{symbols} symbols cannot stand for the {len(occurring)} letters of the text; give more")
    if not symbols:
        signs = rng.permutation(letters).astype(np.int64)
        return Enciphered(signs[text], np.argsort(signs).astype(np.int64))
    shares = np.zeros(letters, np.int64)
    shares[occurring] = 1
    for _ in range(symbols - len(occurring)):
        shares[np.argmax(counts / (shares + 1))] += 1
    key = rng.permutation(np.repeat(np.arange(letters), shares)).astype(np.int64)
    by_letter = np.argsort(key, kind="stable")
    first = np.concatenate(([0], np.cumsum(shares)[:-1]))
    which = (rng.random(len(text)) * shares[text]).astype(np.int64)
    return Enciphered(by_letter[first[text] + which], key)


def encipher_text(
    text: str,
    alphabet: Alphabet,
    rng: np.random.Generator,
    *,
    symbols: int = 0,
    columns: int = 0,
    reverse: bool = False,
    most: int = 0,
) -> tuple[str, dict[str, str]]:
    """A text written in cipher, and its key: capitals, one a letter, or numbers where `symbols` are asked for.

    Only its first `most` letters are taken, where that is not 0. Before that the letters may be turned round, and
    written in columns that are taken down. Blanks stay where the alphabet has them. Raises DataError where the text has
    no letters of the alphabet.

    >>> made, key = encipher_text("nnoo", Alphabet("no"), np.random.default_rng(0), columns=2)
    >>> [key[symbol] for symbol in made]
    ['n', 'o', 'n', 'o']
    """
    codes = alphabet.codes(text)[: most or None]
    if not len(codes):
        raise DataError("the text has no letters of the alphabet; there is nothing to encipher")
    if reverse:
        codes = codes[::-1]
    if columns > 1:
        codes = np.concatenate([codes[start::columns] for start in range(columns)])
    blank = len(alphabet.letters) - 1 if alphabet.has_blank else -1
    letters = len(alphabet.letters) - int(alphabet.has_blank)
    held = codes != blank
    made = encipher(codes[held], letters, rng, symbols=symbols)
    if symbols:
        names = [str(i + 1) for i in range(symbols)]
    else:
        names = [_capital(letter) for letter in alphabet.letters[:letters]]
    signs = np.full(len(codes), -1, np.int64)
    signs[held] = made.cipher
    written = (" " if symbols else "").join(" " if sign < 0 else names[sign] for sign in signs.tolist())
    used = sorted(set(made.cipher.tolist()))
    return written, {names[sign]: alphabet.letters[made.key[sign]] for sign in used}


def _capital(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 and upper.lower() == letter else letter
