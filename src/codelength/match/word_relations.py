"""What is known of the words of one language without the other: how they relate to each other, and what each is like.

Relations are matrices [words, first words], most frequent first, scaled to unit deviation, that a right translation
carries over:

    of a text      ln (c + 2) / (e + 2), where c counts how often two words stand in one line, or one at most 1, 2 or
                   4 words before the other, or after it, and e is what their frequencies alone would give
    of vectors     the cosine of two words

A profile is what a word is like alone: its frequency, how often it is repeated within a line, where in the line it
stands and how long its lines are; of vectors, its rank in the file. Each feature has a spread between languages and an
error from the number of times that the word was seen.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.data.words import Ids, Words
from codelength.match.procrustes import Points

WINDOWS = (1, 2, 4)
PLACES = 10  # parts of a line
_DOUBT = 2.0  # counts of each pair that were not seen
_RANK_OFFSET, _RANK_SPREAD = 5, 0.5
_SPREADS = np.array([0.3, 0.1, *[0.15] * PLACES, 0.05])  # ln of frequency and of repeats, roots of places, length

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relations:
    """Matrices [words, first words], and for each feature the words' values [words, features] and errors squared."""

    matrices: tuple[Matrix, ...]
    features: Floats
    variances: Floats
    spreads: Floats  # [features]

    def __len__(self) -> int:
        """The number of words."""
        return len(self.features)

    def first(self, size: int) -> "Relations":
        """Those of the first words only, to each other."""
        part = tuple(np.ascontiguousarray(one[:size, :size]) for one in self.matrices)
        return Relations(part, self.features[:size], self.variances[:size], self.spreads)

    def towards(self, size: int) -> "Relations":
        """Those of all words to fewer first ones."""
        part = tuple(np.ascontiguousarray(one[:, :size]) for one in self.matrices)
        return Relations(part, self.features, self.variances, self.spreads)


def text_relations(words: Words, size: int, towards: int) -> Relations:
    """Of the `size` most frequent words of a text to the `towards` most frequent ones.

    >>> from codelength.data.words import read_words
    >>> found = text_relations(read_words(b"a b a c\\nb a", "toy"), 3, 2)
    >>> len(found), [matrix.shape for matrix in found.matrices] == 7 * [(3, 2)]
    (3, True)
    """
    size = min(size, len(words.vocabulary))
    towards = min(towards, size)
    known = words.ids < size
    lines, ids = words.lines, words.ids
    unique = np.unique(lines[known] * size + ids[known])
    lines_with = np.bincount(unique % size, minlength=size).astype(np.float64)
    together = _pairs_apart(unique // size, unique % size, range(1, int(np.diff(words.starts).max())), size, towards)
    expected = np.outer(lines_with, lines_with[:towards]) / (len(words.starts) - 1)
    in_line = _log_ratio(together[0] + together[1], expected)
    in_line[np.arange(towards), np.arange(towards)] = 0
    matrices = [np.float32(np.sqrt(2)) * _scaled(in_line)]  # once for both directions
    counts = np.bincount(ids, minlength=size)[:size].astype(np.float64)
    before, after = np.zeros((size, towards)), np.zeros((size, towards))
    for distance in range(1, max(WINDOWS) + 1):
        forth, back = _pairs_apart(lines, ids, range(distance, distance + 1), size, towards)
        before, after = before + forth, after + back
        if distance in WINDOWS:
            for seen in (before, after):
                expected = np.outer(counts, counts[:towards]) * (seen[:towards].sum() / counts[:towards].sum() ** 2)
                matrices.append(_scaled(_log_ratio(seen, expected)))
    return Relations(tuple(matrices), *_text_features(words, lines_with), _SPREADS)


def vector_relations(points: Points, towards: int) -> Relations:
    """Of word vectors of unit length [words, dimensions], most frequent first."""
    cosines = points @ points[:towards].T
    near = np.arange(min(towards, len(points)))
    cosines[near, near] = 0
    ranks = np.log(np.arange(len(points)) + _RANK_OFFSET)[:, None]
    return Relations((_scaled(cosines),), ranks, np.zeros_like(ranks), np.array([_RANK_SPREAD]))


def prior_nats(x: Relations, y: Relations) -> Floats:
    """−Σ over features of (difference)² / 2 (spread² + both errors²), for every pair, [words of x, words of y]."""
    total = np.zeros((len(x), len(y)))
    for feature, spread in enumerate(x.spreads):
        difference = x.features[:, feature, None] - y.features[None, :, feature]
        variance = spread**2 + x.variances[:, feature, None] + y.variances[None, :, feature]
        total -= difference**2 / (2 * variance)
    return total


def _pairs_apart(lines: Ids, ids: Ids, distances: range, size: int, towards: int) -> tuple[Floats, Floats]:
    """How often a word stands so far before, and behind, one of the first words of the same line; [size, towards]."""
    forth, back = np.zeros(size * towards), np.zeros(size * towards)
    for distance in distances:
        first, second = ids[:-distance], ids[distance:]
        same = lines[:-distance] == lines[distance:]
        if not same.any():
            break
        known = same & (first < size) & (second < towards)
        forth += np.bincount(first[known] * towards + second[known], minlength=size * towards)
        known = same & (second < size) & (first < towards)
        back += np.bincount(second[known] * towards + first[known], minlength=size * towards)
    return forth.reshape(size, towards), back.reshape(size, towards)


def _log_ratio(counts: Floats, expected: Floats) -> Floats:
    return np.asarray(np.log((counts + _DOUBT) / (expected + _DOUBT)), np.float64)


def _scaled(relation: Floats) -> Matrix:
    spread = float(relation[: relation.shape[1]].std())
    return np.ascontiguousarray(relation / (spread if spread > 0 else 1.0), np.float32)


def _text_features(words: Words, lines_with: Floats) -> tuple[Floats, Floats]:
    size = len(lines_with)
    lines, known = words.lines, words.ids < size
    ids, lengths = words.ids[known], np.diff(words.starts)
    counts = np.bincount(ids, minlength=size)
    place = (np.arange(len(words.ids)) - words.starts[lines]) * PLACES // lengths[lines]
    places = np.bincount(ids * PLACES + place[known], minlength=size * PLACES).reshape(size, PLACES)
    length = np.bincount(ids, lengths[lines[known]], minlength=size) / counts
    frequency, repeats = lines_with / len(words.lines), counts / lines_with
    mean = float(np.average(length, weights=counts))
    columns = (
        np.log(frequency)[:, None],
        np.log(repeats / np.average(repeats, weights=lines_with))[:, None],
        np.sqrt(places / counts[:, None]),
        (length / mean)[:, None],
    )
    spread_of_lengths = float(lengths[lines].std()) / mean
    errors = np.array([1.0, 1.0, *[0.25] * PLACES, spread_of_lengths**2])  # of a word that was seen once
    return np.hstack(columns), errors / counts[:, None]
