"""Words of a text, numbered by frequency, line by line.

A word is a run of letters, digits and underscores, or one other character that is no space, in one case; one or two
letters keep an apostrophe that ties them to the next word, as in l'été. Lines are the units within which words stand
together; a line of more than 100 words is cut.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError, FormatError

LINE_WORDS = 100
_WORD = re.compile(r"[^\W\d_]{1,2}'(?=\w)|\w+|[^\w\s]")

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """A text as numbers: `ids` [tokens] into the vocabulary, most frequent first; line i is ids[starts[i]:starts[i+1]].

    >>> words = numbered("toy", [["the", "dog"], ["the", "cat", "the", "dog"]])
    >>> words.vocabulary, words.ids.tolist(), words.starts.tolist(), words.counts.tolist()
    (('the', 'dog', 'cat'), [0, 1, 0, 2, 0, 1], [0, 2, 6], [3, 2, 1])
    """

    name: str
    vocabulary: tuple[str, ...]
    ids: Ids
    starts: Ids

    @property
    def counts(self) -> Ids:
        """How often each word stands in the text, [vocabulary]."""
        return np.bincount(self.ids, minlength=len(self.vocabulary))

    @property
    def lines(self) -> Ids:
        """The line that each token stands in, [tokens]."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def top(self, size: int) -> tuple[str, ...]:
        """The most frequent words."""
        return self.vocabulary[:size]

    def some_lines(self, most: int = 3000) -> list[list[str]]:
        """The first lines in words."""
        ends = self.starts[: most + 1].tolist()
        return [[self.vocabulary[i] for i in self.ids[a:b]] for a, b in pairwise(ends)]

    def shuffled(self, seed: int) -> "Words":
        """The same words and lengths of lines, in an order without meaning."""
        ids = np.random.default_rng(seed).permutation(self.ids)
        return Words(f"{self.name}, shuffled", self.vocabulary, ids, self.starts)


def read_words(text: bytes, name: str) -> Words:
    """The words of a text in UTF-8; FormatError where it is none, DataError where it holds no words.

    >>> read_words("L'été, l'hiver\\n".encode(), "saisons").vocabulary
    ("l'", ',', 'hiver', 'été')
    """
    return numbered(name, [split_words(line) for line in decoded_lines(text, name)])


def decoded_lines(text: bytes, name: str) -> list[str]:
    """The lines of a text in UTF-8; FormatError where it is none."""
    try:
        return text.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(
            f"{name}: byte {error.start} is no UTF-8; words are read from text in UTF-8, or from word vectors"
        ) from error


def split_words(line: str) -> list[str]:
    """The words of a line, in one case.

    >>> split_words("A dog's 2 balls.")
    ['a', 'dog', "'", 's', '2', 'balls', '.']
    """
    return _WORD.findall(line.lower())


def numbered(name: str, lines: Sequence[Sequence[str]]) -> Words:
    """Lines of words as numbers; equally frequent words in the order of their letters. DataError without words."""
    pieces = [line[at : at + LINE_WORDS] for line in lines for at in range(0, len(line), LINE_WORDS)]
    counts = Counter(word for piece in pieces for word in piece)
    if not counts:
        raise DataError(f"{name} holds no words")
    vocabulary = tuple(sorted(counts, key=lambda word: (-counts[word], word)))
    number = {word: i for i, word in enumerate(vocabulary)}
    ids = np.fromiter((number[word] for piece in pieces for word in piece), np.int64, counts.total())
    starts = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
    return Words(name, vocabulary, ids, starts)
