"""Ciphertexts: which symbols there are and where, from bytes, Unicode letters, numbers or other tokens.

    tokens        what stands between white space or commas: 12 45 7, or a transcription such as ^/ a7 oo
    characters    each character but white space
    bytes         each byte but white space, whatever its encoding

White space between words is kept as word boundaries where it is wanted and looks like some: `blanks`.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError

SymbolKind = Literal["auto", "bytes", "characters", "tokens"]
Blanks = Literal["auto", "keep", "drop"]
MOST_SYMBOLS = 4_096

_COMMENT = re.compile(r"^#[A-Z][A-Z ]*:.*$", re.MULTILINE)  # as transcriptions of manuscripts have them
_WORDS_A_BLANK = (2.0, 12.0)  # letters between two blanks, where they part words
_BLANKS = " \t\n\r\v\f"  # no others: a cipher's symbol may be any character
_BETWEEN = re.compile(r"[ \t\n\r\v\f,;]+")


@dataclass(frozen=True, slots=True, eq=False)
class Ciphertext:
    """Symbols as they first appear, and a text of them: int64 [n], −1 for a blank between words.

    `line_symbols` is the length of its lines where all but the last have one, else 0.

    >>> text = read_ciphertext("c", b"12 7 12\\n7 7 30\\n")
    >>> text.symbols, text.codes.tolist(), text.line_symbols
    (('12', '7', '30'), [0, 1, 0, 1, 1, 2], 3)
    """

    name: str
    symbols: tuple[str, ...]
    codes: npt.NDArray[np.int64]
    line_symbols: int = 0
    separator: str = ""

    @property
    def has_blanks(self) -> bool:
        """Whether words are kept apart."""
        return bool((self.codes < 0).any())

    def written(self) -> str:
        """The text again, its symbols and blanks alone."""
        return self.separator.join(" " if code < 0 else self.symbols[code] for code in self.codes.tolist())


def read_ciphertext(name: str, data: bytes, *, symbols: SymbolKind = "auto", blanks: Blanks = "auto") -> Ciphertext:
    """A ciphertext from what a file holds; DataError where there are no symbols, or more than 4,096 different ones.

    `auto` takes tokens where most are numbers or all have one length that is not 1, else characters; blanks are kept
    where characters stand in groups of word-like and different lengths.
    """
    text = _decoded(data, symbols)
    if symbols != "bytes":
        text = _COMMENT.sub("", text)
    kind = _kind(text) if symbols == "auto" else symbols
    lines = [line.strip(_BLANKS) for line in re.split(r"[\r\n]+", text) if line.strip(_BLANKS)]
    if kind == "tokens":
        rows = [[token for token in _BETWEEN.split(line) if token] for line in lines]
        return _numbered(name, rows, " ")
    kept = blanks == "keep" or (blanks == "auto" and _has_words(lines))
    if not kept:
        return _numbered(name, [[sign for sign in line if sign not in _BLANKS] for line in lines], "")
    words = re.sub(r"[ \t\v\f]+", " ", " ".join(lines))
    return _numbered(name, [list(words)], "")


def _decoded(data: bytes, symbols: SymbolKind) -> str:
    if symbols == "bytes":
        return data.decode("latin-1")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if symbols == "auto":
            return data.decode("latin-1")  # one byte, one symbol
        raise DataError("the ciphertext is not UTF-8; --symbols bytes takes each byte for a symbol") from None
    return unicodedata.normalize("NFC", text)


def _kind(text: str) -> SymbolKind:
    tokens = [token for token in _BETWEEN.split(text) if token]
    if len(tokens) < 2:
        return "characters"
    numbers = sum(token.lstrip("-").isdigit() for token in tokens)
    lengths = {len(token) for token in tokens}
    if numbers >= 0.9 * len(tokens) and max(lengths) <= 6 and (lengths != {1} or len(tokens) > 8):
        return "tokens"
    if len(lengths) == 1 and lengths <= {1, 2, 3} and len(tokens) > 8 and len(set(tokens)) < len(tokens):
        return "tokens" if lengths != {1} else "characters"
    return "characters"


def _has_words(lines: list[str]) -> bool:
    lengths = [len(word) for line in lines for word in line.split(" ") if word]
    if any(" " not in line for line in lines) and len(lines) > 1:
        return False
    low, high = _WORDS_A_BLANK
    return len(lengths) > 2 and low <= sum(lengths) / len(lengths) <= high and len(set(lengths)) > 2


def _numbered(name: str, rows: list[list[str]], separator: str) -> Ciphertext:
    places: dict[str, int] = {}
    codes = [-1 if sign == " " else places.setdefault(sign, len(places)) for row in rows for sign in row]
    if not places:
        raise DataError(f"{name} has no symbols; a ciphertext has some besides white space")
    if len(places) > MOST_SYMBOLS:
        raise DataError(
            f"{name} has {len(places):,} different symbols, more than {MOST_SYMBOLS:,}, which is no substitution "
            "cipher; choose what a symbol is with --symbols"
        )
    widths = {len(row) for row in rows[:-1]}
    even = len(widths) == 1 and len(rows[-1]) <= min(widths) and " " not in rows[0]
    return Ciphertext(name, tuple(places), np.array(codes, np.int64), widths.pop() if even else 0, separator)
