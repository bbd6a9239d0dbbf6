"""Translation as the sum of it: each word by its likeliest words of Y, the choice and the order by Y's words in a row.

A sentence's score is its code length, −log2 P(y) − log2 P(x | y) (models/word_beam.py). The channel P(x | y) starts
from the lexicon's probabilities, made vaguer, and is learned from sentences of X alone: they are translated, and what
was chosen how often becomes the next channel. Words that the lexicon lacks stay as they are.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.data.words import Words
from codelength.errors import DataError
from codelength.models.word_beam import Floats, Symbols, WordTrigrams, decoded, word_trigrams
from codelength.result.words import WordPair

_VAGUENESS = 0.25  # the power of the lexicon's probabilities
_LEAST = 1e-5
_PRIOR_COUNTS = 1.0
BLEU_ORDER = 4

Lines = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Translator:
    """A lexicon's channel and Y's words in a row."""

    place: dict[str, int]  # the rows of X's words
    vocabulary: tuple[str, ...]  # of Y
    candidates: Symbols  # [words of X and one for all others, most]
    costs: Floats  # −log2 P(x | y)
    model: WordTrigrams


@dataclass(frozen=True, slots=True)
class Translated:
    """Lines of words of Y, and the bits of each line of X by way of it."""

    lines: tuple[tuple[str, ...], ...]
    bits: Floats


def translator(lexicon: Sequence[WordPair], y: Words, *, sentences: Lines = (), rounds: int = 3) -> Translator:
    """From a lexicon and a text of Y; `sentences` of X improve the channel in so many rounds.

    >>> from codelength.data.words import numbered
    >>> y = numbered("y", [["le", "chien", "noir"], ["le", "chat", "noir"], ["un", "chien"]])
    >>> pairs = (("the", "le"), ("black", "noir"), ("dog", "chien"))
    >>> lexicon = [WordPair(x, (word,), (1.0,), True) for x, word in pairs]
    >>> translated(translator(lexicon, y), [["the", "black", "dog", "Rex"]]).lines
    (('le', 'chien', 'noir', 'Rex'),)
    """
    if not lexicon:
        raise DataError("a lexicon without words translates nothing")
    number = {word: i for i, word in enumerate(y.vocabulary)}
    size = len(y.vocabulary) + 2  # one for words that Y does not know, one for ends of lines
    symbols = np.insert(y.ids, y.starts[1:], size - 1)
    most = max(len(pair.candidates) for pair in lexicon)
    candidates = np.full((len(lexicon) + 1, most), -1, np.int64)
    weights = np.zeros((len(lexicon) + 1, most))
    for row, pair in enumerate(lexicon):
        for k, (word, chance) in enumerate(zip(pair.candidates, pair.probabilities, strict=True)):
            if word in number:
                candidates[row, k] = number[word]
                weights[row, k] = max(chance, _LEAST) ** _VAGUENESS
    unknown = (candidates < 0).all(1)
    candidates[unknown, 0], weights[unknown, 0] = size - 2, 1.0
    place = {pair.word: row for row, pair in enumerate(lexicon)}
    weights /= weights.sum(1, keepdims=True)
    counts = Counter(place.get(word, len(lexicon)) for line in sentences for word in line)
    often = np.array([counts[row] + 0.5 for row in range(len(candidates))])
    model = word_trigrams(symbols, size)
    found = Translator(place, y.vocabulary, candidates, _costs(candidates, weights * often[:, None], size), model)
    for _ in range(rounds if sentences else 0):
        chosen = _PRIOR_COUNTS * weights
        for line in sentences:
            rows = _rows(found, line)
            words, places, _ = decoded(rows, found.candidates, found.costs, model)
            for word, at in zip(words, places, strict=True):
                row = rows[at]
                chosen[row, np.flatnonzero(candidates[row] == word)[0]] += 1
        found = Translator(place, y.vocabulary, candidates, _costs(candidates, chosen, size), model)
    return found


def translated(by: Translator, lines: Lines) -> Translated:
    """Lines of X as lines of Y."""
    out: list[tuple[str, ...]] = []
    bits = np.zeros(len(lines))
    for number, line in enumerate(lines):
        words, places, bits[number] = decoded(_rows(by, line), by.candidates, by.costs, by.model)
        known = len(by.vocabulary)
        out.append(tuple(by.vocabulary[w] if w < known else line[at] for w, at in zip(words, places, strict=True)))
    return Translated(tuple(out), bits)


def bleu(lines: Lines, references: Lines) -> float:
    """BLEU of a corpus with one reference a line, 0 to 1: n-grams to 4, brevity penalty, no smoothing (Papineni 2002).

    >>> line = "a b c d e".split()
    >>> bleu([line], [line]), round(bleu([line[:4]], [line]), 3)
    (1.0, 0.779)
    """
    if len(lines) != len(references):
        raise DataError(f"{len(lines):,} lines and {len(references):,} references: there must be as many")
    found, possible = [0] * BLEU_ORDER, [0] * BLEU_ORDER
    for line, reference in zip(lines, references, strict=True):
        for order in range(1, BLEU_ORDER + 1):
            ours, theirs = _grams(line, order), _grams(reference, order)
            found[order - 1] += (ours & theirs).total()
            possible[order - 1] += ours.total()
    if not all(found):
        return 0.0
    size, wanted = sum(map(len, lines)), sum(map(len, references))
    logs = sum(math.log(right / all_) for right, all_ in zip(found, possible, strict=True)) / BLEU_ORDER
    return math.exp(logs + min(0.0, 1 - wanted / size))


def _grams(line: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(line[i : i + order]) for i in range(len(line) - order + 1))


def _rows(by: Translator, line: Sequence[str]) -> Symbols:
    return np.array([by.place.get(word, len(by.place)) for word in line], np.int64)


def _costs(candidates: Symbols, joint: Floats, size: int) -> Floats:
    """−log2 P(x | y) from weights of pairs; every y's weights are shared out among the words of X."""
    totals = np.zeros(size)
    known = candidates >= 0
    np.add.at(totals, candidates[known], joint[known])
    share = np.where(known, joint / np.maximum(totals[np.maximum(candidates, 0)], 1e-300), 1.0)
    return np.asarray(-np.log2(np.maximum(share, 1e-9)), np.float64)
