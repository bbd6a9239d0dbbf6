"""Word vectors: the text formats of word2vec, fastText (.vec) and GloVe, also gzipped.

    word2vec, fastText   a head line `words dimensions`, then a line a word: the word and its numbers
    GloVe                the same without the head line

The form is told by the content. A word may hold spaces: its numbers are the last fields of its line. Of a word that
stands twice the first is taken.
"""

import gzip
import math
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError, FormatError

_GZIP = b"\x1f\x8b"
_LEAST_DIMENSIONS = 2

Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Words, most frequent first as such files have them, and their vectors [words, dimensions].

    >>> found = read_vectors(b"2 3\\ndog 1 0 0\\ncat 0 1 0\\n", "toy.vec")
    >>> found.words, found.vectors.shape
    (('dog', 'cat'), (2, 3))
    """

    name: str
    words: tuple[str, ...]
    vectors: Vectors

    def top(self, size: int) -> "WordVectors":
        """The first words."""
        return WordVectors(self.name, self.words[:size], self.vectors[:size])


def unpacked(data: bytes, name: str) -> bytes:
    """Data that may be gzipped, as it is; FormatError where it is damaged."""
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{name}: damaged gzip data ({error})") from error


def is_vectors(data: bytes) -> bool:
    """Whether data begins as word vectors do: a head line of two whole numbers, or a word and then numbers only.

    >>> is_vectors(b"dog 0.1 -0.2 0.3\\n"), is_vectors(b"2 300\\nthe 1 "), is_vectors(b"in 1998 the dog\\n")
    (True, True, False)
    """
    first = data[: data.find(b"\n") % (len(data) + 1)].split()
    if len(first) == 2:
        return all(field.isdigit() for field in first)
    return len(first) > _LEAST_DIMENSIONS and all(map(_is_number, first[1:])) and b"." in b"".join(first[1:])


def read_vectors(data: bytes, name: str, *, most: int | None = None) -> WordVectors:
    """The first `most` words and their vectors.

    Raises FormatError with the line for what is no such file, for lines of another length, numbers that are not finite
    and vectors of zeros only; DataError without words.
    """
    lines = data.decode("utf-8", "replace").split("\n")
    first = lines[0].split()
    head = len(first) == 2 and all(field.isdigit() for field in first)
    size = int(first[1]) if head else len(first) - 1
    if size < _LEAST_DIMENSIONS:
        raise FormatError(f"{name}: line 1 holds {size} numbers; a line is a word and then the numbers of its vector")
    found: dict[str, list[float]] = {}
    for number in range(int(head), len(lines)):
        if len(found) == most:
            break
        if lines[number].strip():
            word, values = _row(lines[number], size, f"{name}: line {number + 1}")
            found.setdefault(word, values)
    if not found:
        raise DataError(f"{name} holds no words")
    promised = int(first[0]) if head else 0
    if len(found) < min(promised - promised // 100, most or promised):  # a few words may stand twice
        raise FormatError(f"{name}: the head line promises {promised:,} words, there are {len(found):,}; is it cut?")
    return WordVectors(name, tuple(found), np.array(list(found.values()), np.float64))


def _row(line: str, size: int, where: str) -> tuple[str, list[float]]:
    fields = line.rstrip().rsplit(" ", size) if "\t" not in line else line.split()
    if len(fields) != size + 1:
        raise FormatError(f"{where} holds {max(len(line.split()) - 1, 0)} numbers, {size} were expected")
    try:
        values = [float(field) for field in fields[1:]]
    except ValueError as error:
        raise FormatError(f"{where}: {error}; {size} numbers were expected after the word") from error
    if not all(map(math.isfinite, values)):
        raise FormatError(f"{where}: the vector of {fields[0]!r} holds a number that is not finite")
    if not any(values):
        raise FormatError(f"{where}: the vector of {fields[0]!r} is zero: it has no direction")
    return fields[0].strip(), values


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
