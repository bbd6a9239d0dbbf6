"""A codec that looks for the substitution F that makes the data like what it has read, sends F, and then F(data).

    code = 0, code of the data        or        1, F, CRC-32 of the data, code of F(data),       whichever is shorter

F exchanges the 26 letters, capitals alike, and may exchange capitals and small letters besides: 89 bits in 12 bytes. It
is searched when encoding (search.py), by letter n-grams of what was read, where what was read has 1,000 letters and the
data, which have 24, do not look like it as they are. So X tells about Y what a key hides: C(Y given X) is at most about
C(F(Y) given X) and 17 bytes, and a text with nothing to find costs one byte more. Decoding does not search.
"""

import copy
import math
import zlib
from functools import lru_cache
from typing import Self

import numpy as np

from codelength.data.languages import language_text
from codelength.errors import DamagedError
from codelength.models.ciphers.alphabet import BLANK, Alphabet
from codelength.models.ciphers.kernel import Whole
from codelength.models.ciphers.ngrams import LEAST_LETTERS, Ngrams, learn_codes
from codelength.models.ciphers.search import Effort, Problem, search
from codelength.types import Conditional, MachineBound
from codelength.units import KIB, MIB

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDER = 6
_REACH_BYTES = MIB  # of what was read, that the n-grams are learnt from
_LOOK_BYTES, _LONG_LOOK_BYTES = 1536, 12 * KIB  # of the data: that F is searched on, and then set right on
_MENDING = (4_000, (1.0, 0.05))  # moves and temperatures
_LANGUAGE_BYTES = 512 * KIB
_LEAST_DATA_LETTERS = 24
_FOREIGN_BITS = 1.0  # a letter more than the language costs, from which on the data do not look like it
_BLANK_SHARE = 0.05  # of what is no letter, from which on it parts words
_KEY_BYTES = 12
_EFFORT = Effort(restarts=6, agree=2)


class Matched:
    """A codec with a substitution before it, found when encoding; `language` is a text that both ends have read.

    >>> from codelength.data.bundled import bundled
    >>> from codelength.models.counts import Counts
    >>> text = bundled("pride_1.txt").joined
    >>> shift = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"defghijklmnopqrstuvwxyzabc")
    >>> codec = Matched(Counts(order=3)).after(text[:40_000])
    >>> secret = text[50_000:51_000].translate(shift)
    >>> codec.decode(codec.encode(secret)) == secret
    True
    >>> len(codec.encode(secret)) < len(codec.member.encode(secret)) - 200
    True
    """

    def __init__(self, member: Conditional, *, language: str = "none") -> None:
        self.language = language
        if language != "none":
            member = member.after(_language_bytes(language))
        self.member = member
        self.name = f"matched({member.name})" + ("" if language == "none" else f":language={language}")
        self._read = b"" if language == "none" else _language_bytes(language)

    @property
    def window_bytes(self) -> int | None:
        """What the codec sees."""
        return self.member.window_bytes

    @property
    def memory_bytes(self) -> int:
        """What the codec needs; decoding searches nothing."""
        return self.member.memory_bytes + _REACH_BYTES

    @property
    def nominal_speed(self) -> int:
        """The codec's."""
        return self.member.nominal_speed

    @property
    def environment(self) -> dict[str, str]:
        """What the codec's arithmetic depends on."""
        return dict(self.member.environment) if isinstance(self.member, MachineBound) else {}

    def after(self, data: bytes) -> Self:
        """A codec that has read data, which F makes what is encoded look like."""
        if not data:
            return self
        later = copy.copy(self)
        later.member = self.member.after(data)
        later._read = (self._read + data[-_REACH_BYTES:])[-_REACH_BYTES:]
        return later

    def substitution(self, data: bytes) -> bytes | None:
        """F as a table of 256 bytes, which makes data like what was read; None where none promises to pay."""
        key = _found_key(data, self._read)
        return None if key is None else _table(*key)

    def encode(self, data: bytes) -> bytes:
        """The shorter of the data as they are and F with what it makes of them."""
        plain = b"\0" + self.member.encode(data)
        key = _found_key(data, self._read)
        if key is None:
            return plain
        header = b"\1" + _key_bytes(*key) + zlib.crc32(data).to_bytes(4, "little")
        mapped = header + self.member.encode(data.translate(_table(*key)))
        return mapped if len(mapped) < len(plain) else plain

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for what `encode` did not write, LimitError for more than limit_bytes."""
        if code[:1] == b"\0":
            return self.member.decode(code[1:], limit_bytes=limit_bytes)
        if code[:1] != b"\1" or len(code) < 1 + _KEY_BYTES + 4:
            raise DamagedError("the code does not begin as one of matched; it is cut or not a code of this model")
        table = _table(*_key_from(code[1 : 1 + _KEY_BYTES]))
        mapped = self.member.decode(code[1 + _KEY_BYTES + 4 :], limit_bytes=limit_bytes)
        data = mapped.translate(bytes(np.argsort(np.frombuffer(table, np.uint8)).astype(np.uint8)))
        if zlib.crc32(data) != int.from_bytes(code[1 + _KEY_BYTES : 1 + _KEY_BYTES + 4], "little"):
            raise DamagedError("the data are not those that were encoded: the code is damaged")
        return data


def _found_key(data: bytes, read: bytes) -> tuple[Whole, bool] | None:
    """For each of 26 letters the one that it becomes, and whether capitals and small letters change places."""
    if len(read) < LEAST_LETTERS:
        return None
    codes = _letter_codes(data[:_LOOK_BYTES])
    if int((codes >= 0).sum()) < _LEAST_DATA_LETTERS:
        return None
    blanks = float((codes < 0).mean()) >= _BLANK_SHARE
    language = _learnt(read, blanks)
    if language is None:
        return None
    problem, used = _problem(codes, language)
    as_it_is = problem.solution(used)
    if as_it_is.text_bits < len(problem.cipher) * (language.rate_bits + _FOREIGN_BITS):
        return None
    best = search(problem, _EFFORT).solutions[0]
    if best.total_bits > as_it_is.text_bits:
        return None
    key = _completed(used, best.key)
    if len(data) > _LOOK_BYTES:
        # Letters that are rare have their place by more of the data.
        problem, used = _problem(_letter_codes(data[:_LONG_LOOK_BYTES]), language)
        key = _completed(used, problem.anneal(key[used], *_MENDING, 1, fast=True))
    return key, _is_capital(data[:_LOOK_BYTES]) != _is_capital(read)


def _problem(codes: Whole, language: Ngrams) -> tuple[Problem, Whole]:
    """The letters that occur as symbols, and which they are."""
    held = codes if language.alphabet.has_blank else codes[codes >= 0]
    used, numbered = np.unique(held[held >= 0], return_inverse=True)
    cipher = np.full(len(held), -1, np.int64)
    cipher[held >= 0] = numbered
    return Problem(cipher, len(used), language, homophonic=False), used


def _completed(used: Whole, found: Whole) -> Whole:
    key = np.full(26, -1, np.int64)
    key[used] = found
    key[key < 0] = np.setdiff1d(np.arange(26), found)
    return key


def _letter_codes(data: bytes) -> Whole:
    """Letters as 0 to 25, capitals alike, and −1 for the first of a run of anything else."""
    octets = np.frombuffer(data, np.uint8)
    small = octets | 32
    letter = (small >= ord("a")) & (small <= ord("z"))
    codes = np.where(letter, small.astype(np.int64) - ord("a"), -1)
    first = np.concatenate((np.ones(min(len(codes), 1), bool), codes[:-1] >= 0))
    kept: Whole = codes[(codes >= 0) | first]
    return kept


@lru_cache(maxsize=4)
def _learnt(read: bytes, blanks: bool) -> Ngrams | None:
    codes = _letter_codes(read)
    if int((codes >= 0).sum()) < LEAST_LETTERS:
        return None
    alphabet = Alphabet(_LETTERS + BLANK if blanks else _LETTERS)
    codes = np.where(codes < 0, 26, codes) if blanks else codes[codes >= 0]
    return learn_codes("what was read", codes.astype(np.uint8), alphabet, order=_ORDER)


@lru_cache(maxsize=4)
def _language_bytes(name: str) -> bytes:
    return language_text(name)[1].encode()[:_LANGUAGE_BYTES]


def _is_capital(text: bytes) -> bool:
    upper = sum(map(text.count, map(bytes, zip(_LETTERS.upper().encode()))))
    lower = sum(map(text.count, map(bytes, zip(_LETTERS.encode()))))
    return upper > lower


def _table(key: Whole, swapped: bool) -> bytes:
    """What each byte becomes."""
    small = bytes(int(letter) + ord("a") for letter in key)
    large = small.upper()
    if swapped:
        small, large = large, small
    return bytes.maketrans(_LETTERS.encode() + _LETTERS.upper().encode(), small + large)


def _key_bytes(key: Whole, swapped: bool) -> bytes:
    """The number of the permutation among all 26! (Lehmer 1960), and a bit."""
    rest, number = list(range(26)), 0
    for i, letter in enumerate(key.tolist()):
        place = rest.index(letter)
        number = number * (26 - i) + place
        rest.pop(place)
    return (2 * number + int(swapped)).to_bytes(_KEY_BYTES, "little")


def _key_from(code: bytes) -> tuple[Whole, bool]:
    number, swapped = divmod(int.from_bytes(code, "little"), 2)
    if number >= math.factorial(26):
        raise DamagedError("the substitution is none of 26 letters: the code is damaged")
    places = []
    for size in range(1, 27):
        number, place = divmod(number, size)
        places.append(place)
    rest = list(range(26))
    return np.array([rest.pop(place) for place in reversed(places)], np.int64), bool(swapped)
