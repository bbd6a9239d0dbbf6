"""Words of two languages matched without parallel text, from two texts or two files of word vectors.

The search: relations of the words of each language (word_relations.py), matched as graphs (graphs.py) for the most
frequent words first and then for more, from several starts. The best start is that whose map gives the shortest code:

    texts     bits(F) = log2 n + log2 C(n, m) + m log2 n_Y for m of n words, which of them, and their words of Y;
              bits(F(X)) by the word pairs of Y (models/word_pairs.py); words beyond n are one symbol
    vectors   bits(F) of a rotation, bits(F(X)) of points near Y's (point_code.py)

The null is the same search where X's words are shuffled over its lines, or each coordinate of X's vectors over its
words.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from codelength.data.dictionaries import Dictionary
from codelength.data.word_vectors import WordVectors
from codelength.data.words import Words
from codelength.errors import DataError, OptionError, UsageError
from codelength.match.graphs import Prior, doubly_stochastic, grown, matched
from codelength.match.point_code import points_bits, rotation_bits
from codelength.match.procrustes import Points, Rotation, unit
from codelength.match.word_relations import Matrix, Relations, prior_nats, text_relations, vector_relations
from codelength.match.word_seeds import Seed, seed_nats
from codelength.models.word_pairs import Symbols, pair_bits
from codelength.result.match import Match
from codelength.result.words import CANDIDATES, JUDGED, Precision, WordMatch, WordPair

LEAST_WORDS = 10
CORE, FIRST = 800, 300  # words that are matched as graphs, and in the smaller starts before that
_GROWN_VAGUE, _GROWN_STEPS = 100.0, 15
_PARTS = 8  # the map may hold the surest 1/8, 2/8, ... of the words
_SURENESS = 20.0  # of a cosine of 1, in nats
_OTHER_MAP = 0.01  # of the words; a runner-up differs in more of them
_SAMPLE_WORDS = 2000  # whose points are coded

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class WordSearch:
    """How many of the most frequent words are matched, from how many starts, and with which random numbers."""

    words: int = CORE
    restarts: int = 2
    seed: int = 0
    null: bool = True

    def __post_init__(self) -> None:
        if not LEAST_WORDS <= self.words <= 8000:
            raise OptionError(f"words={self.words} is outside {LEAST_WORDS} to 8,000")
        if not 1 <= self.restarts <= 100:
            raise OptionError(f"restarts={self.restarts} is outside 1 to 100")


@dataclass(frozen=True, slots=True)
class _Side:
    """One language: its words and their relations, and the text or the points that are coded."""

    name: str
    vocabulary: tuple[str, ...]
    relations: Relations
    text: Words | None
    points: Points | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A map: probabilities [words of x, words of y], which words it holds, and what the code takes."""

    chances: Matrix
    kept: npt.NDArray[np.bool_]
    map_bits: float
    mapped_bits: float

    @property
    def total_bits(self) -> float:
        return self.map_bits + self.mapped_bits


def match_words(
    x: Words | WordVectors,
    y: Words | WordVectors,
    *,
    hint: Seed | None = None,
    search: WordSearch | None = None,
    gold: Dictionary | None = None,
    tell: Tell = lambda line: None,
) -> WordMatch:
    """The lexicon from X to Y whose two-part code is shortest; `gold` judges it, and is not used to find it.

    Raises UsageError for a text and vectors together, DataError for fewer than 10 words, or a seed that names no pair.

    >>> from codelength.data.words import numbered
    >>> rng = np.random.default_rng(1)
    >>> lines = [[f"w{min(int(i), 30)}" for i in rng.geometric(0.1, 8)] for _ in range(300)]
    >>> x = numbered("x", lines[:200])
    >>> y = numbered("y", [[word.upper() for word in line] for line in lines[100:]])
    >>> found = match_words(x, y, search=WordSearch(restarts=1))
    >>> found.match.saved_bits is not None, len(found.lexicon)
    (True, 30)
    """
    hint, search = hint or Seed(), search or WordSearch()
    began = time.perf_counter()
    first, second = _sides(x, y, search)
    prior = prior_nats(first.relations, second.relations) + seed_nats(first.vocabulary, second.vocabulary, hint)
    found = _searched(first, second, prior, search, tell)
    best = min(found, key=lambda one: one.total_bits)
    null_bits = null_unmapped = None
    if search.null:
        tell("the same search on shuffled data")
        noise = _shuffled(x, search)
        third, _ = _sides(noise, y, search, (None, second))
        null_prior = prior_nats(third.relations, second.relations)
        null_prior += seed_nats(third.vocabulary, second.vocabulary, hint)
        null_bits = min(one.total_bits for one in _searched(third, second, null_prior, search, tell))
        null_unmapped = _unmapped_bits(third, second)
    match = Match(
        "words",
        x.name,
        y.name,
        "word pairs" if first.text is not None else "points",
        len(first.text.ids) if first.text is not None else min(len(first.vocabulary), _SAMPLE_WORDS),
        best.mapped_bits,
        best.map_bits,
        unmapped_bits=_unmapped_bits(first, second),
        runner_up_bits=_runner_up(found, best),
        null_bits=null_bits,
        null_unmapped_bits=null_unmapped,
        seconds=time.perf_counter() - began,
    )
    match = replace(match, warnings=_warnings(match, hint))
    learning = _learning(first, second, best, match)
    lexicon = _lexicon(first, second, best)
    judged, of_starts = None, None
    if gold is not None:
        judged = precision(lexicon, gold, second.vocabulary)
        of_starts = tuple(precision(_lexicon(first, second, one), gold, second.vocabulary).at_1 for one in found)
    totals = tuple(one.total_bits for one in found)
    return WordMatch(match, learning, lexicon, hint.hint, totals, judged, of_starts)


def precision(lexicon: Sequence[WordPair], gold: Dictionary, targets: Sequence[str]) -> Precision:
    """The part of the words that have a translation among the targets by `gold` whose first, or first five, hold one.

    >>> pair = WordPair("dog", ("chat", "chien"), (0.6, 0.4), True)
    >>> precision([pair], {"dog": frozenset({"chien"}), "cow": frozenset({"vache"})}, ["chat", "chien"])
    Precision(judged_words=1, at_1=0.0, at_5=1.0)
    """
    there = set(targets)
    judged = [(pair, gold[pair.word] & there) for pair in lexicon if gold.get(pair.word, frozenset()) & there]
    if not judged:
        raise DataError("no pair of the dictionary stands in the two vocabularies: nothing can be judged")
    first = sum(pair.translation in right for pair, right in judged)
    five = sum(not right.isdisjoint(pair.candidates[:JUDGED]) for pair, right in judged)
    return Precision(len(judged), first / len(judged), five / len(judged))


def _sides(
    x: Words | WordVectors,
    y: Words | WordVectors,
    search: WordSearch,
    known: tuple[None, "_Side | None"] = (None, None),
) -> "tuple[_Side, _Side]":
    if isinstance(x, Words) != isinstance(y, Words):
        raise UsageError(f"{x.name} and {y.name} are a text and word vectors; give two of one kind")
    if isinstance(x, WordVectors) and isinstance(y, WordVectors) and x.vectors.shape[1] != y.vectors.shape[1]:
        raise DataError(
            f"{x.name} has {x.vectors.shape[1]} dimensions and {y.name} {y.vectors.shape[1]}; a rotation needs as many"
        )
    return _side(x, search), known[1] or _side(y, search)


def _side(data: Words | WordVectors, search: WordSearch) -> _Side:
    names = data.vocabulary if isinstance(data, Words) else data.words
    if len(names) < LEAST_WORDS:
        raise DataError(f"{data.name} holds {len(names)} different words; at least {LEAST_WORDS} are needed")
    if isinstance(data, Words):
        relations = text_relations(data, search.words, CORE)
        return _Side(data.name, data.top(search.words), relations, data, None)
    points = unit(data.vectors[: search.words])
    return _Side(data.name, data.words[: search.words], vector_relations(points, CORE), None, points)


def _shuffled(data: Words | WordVectors, search: WordSearch) -> Words | WordVectors:
    if isinstance(data, Words):
        return data.shuffled(search.seed)
    rng = np.random.default_rng(search.seed)
    return WordVectors(f"{data.name}, shuffled", data.words, rng.permuted(data.vectors, axis=0))


def _searched(x: _Side, y: _Side, prior: Prior, search: WordSearch, tell: Tell) -> list[_Found]:
    """A map from each start: small and large first matches in turn, the prior blurred from the third on."""
    rng = np.random.default_rng(search.seed)
    found: list[_Found] = []
    for restart in range(search.restarts):
        blur = (restart // 2) * np.float64(1.0)
        blurred = prior + blur * rng.normal(size=prior.shape) if blur else prior
        chances = _matched_by_steps(x.relations, y.relations, prior, blurred, FIRST if restart % 2 == 0 else CORE)
        found.append(_coded(x, y, chances))
        best = min(one.total_bits for one in found)
        tell(f"start {restart + 1} of {search.restarts}: {found[-1].total_bits:,.0f} bits, the best {best:,.0f}")
    return found


def _matched_by_steps(x: Relations, y: Relations, prior: Prior, blurred: Prior, first: int) -> Matrix:
    """The first words as graphs, then the core from there, then all words by how they relate to the core."""
    rows, columns = min(len(x), first), min(len(y), first)
    chances = matched(x.first(rows), y.first(columns), blurred[:rows, :columns])
    core = min(len(x), CORE), min(len(y), CORE)
    if (rows, columns) != core:
        near_x, near_y, near = x.first(core[0]), y.first(core[1]), prior[: core[0], : core[1]]
        start = grown(near_x, near_y, near, chances)
        chances = matched(near_x, near_y, near, start=start, vague=_GROWN_VAGUE, steps=_GROWN_STEPS)
    if core != (len(x), len(y)):
        chances = grown(x, y, prior, chances)
    return chances


def _coded(x: _Side, y: _Side, chances: Matrix) -> _Found:
    if x.points is not None and y.points is not None:
        return _coded_points(x.points, y.points, chances)
    if x.text is None or y.text is None:
        raise UsageError("two texts are needed")
    size, y_size = chances.shape
    order = np.argsort(-chances.max(1), kind="stable")
    to_y = chances.argmax(1)
    best: _Found | None = None
    for part in range(1, _PARTS + 1):
        kept = np.zeros(size, np.bool_)
        kept[order[: size * part // _PARTS]] = True
        held = int(kept.sum())
        which = (math.lgamma(size + 1) - math.lgamma(held + 1) - math.lgamma(size - held + 1)) / math.log(2)
        map_bits = math.log2(size) + which + held * math.log2(y_size)
        bits = _text_bits(x.text, y.text, np.where(kept, to_y, y_size), y_size)
        if best is None or map_bits + bits < best.total_bits:
            best = _Found(chances, kept, map_bits, bits)
    assert best is not None
    return best


def _coded_points(x: Points, y: Points, chances: Matrix) -> _Found:
    turn = _rotation(x, y, chances)
    sample = slice(_SAMPLE_WORDS)
    bits = points_bits(x[sample] @ turn, y[sample])
    if len(x) > CORE:
        chances = doubly_stochastic((_SURENESS * x @ turn @ y.T).astype(np.float32))
    return _Found(chances, np.ones(len(x), np.bool_), rotation_bits(x.shape[1], len(x[sample])), bits)


def _rotation(x: Points, y: Points, chances: Matrix) -> Rotation:
    left, _, right = np.linalg.svd(x.T @ chances.astype(np.float64) @ y)
    return np.asarray(left @ right, np.float64)


def _text_bits(x: Words, y: Words, to_y: Symbols, y_size: int, *, helped: bool = True, learning: bool = False) -> float:
    """Symbols beyond the known words are one, the next ends a line; where not `helped` Y is not read."""
    size = len(to_y)
    seen = _symbols(y, y_size) if helped else np.zeros(0, np.int64)
    ends = np.concatenate([to_y, [y_size, y_size + 1]])
    return float(pair_bits(_symbols(x, size), seen, ends, y_size + 2, learning=learning).sum())


def _symbols(words: Words, size: int) -> Symbols:
    return np.insert(np.minimum(words.ids, size), words.starts[1:], size + 1)


def _unmapped_bits(x: _Side, y: _Side) -> float:
    if x.points is not None and y.points is not None:
        return points_bits(x.points[:_SAMPLE_WORDS], y.points[:_SAMPLE_WORDS])
    if x.text is None or y.text is None:
        raise UsageError("two texts are needed")
    size, y_size = len(x.vocabulary), len(y.vocabulary)
    return _text_bits(x.text, y.text, np.full(size, y_size), y_size, helped=False)


def _runner_up(found: Sequence[_Found], best: _Found) -> float | None:
    others = [one.total_bits for one in found if (one.chances.argmax(1) != best.chances.argmax(1)).mean() > _OTHER_MAP]
    return min(others, default=None)


def _learning(x: _Side, y: _Side, best: _Found, match: Match) -> Match | None:
    if x.text is None or y.text is None:
        return None
    size, y_size = best.chances.shape
    to_y = np.where(best.kept, best.chances.argmax(1), y_size)
    return Match(
        "words",
        x.text.name,
        y.text.name,
        "and X's own",
        match.x_symbols,
        _text_bits(x.text, y.text, to_y, y_size, learning=True),
        best.map_bits,
        unmapped_bits=_text_bits(x.text, y.text, np.full(size, y_size), y_size, helped=False, learning=True),
    )


def _lexicon(x: _Side, y: _Side, best: _Found) -> tuple[WordPair, ...]:
    count = min(CANDIDATES, len(y.vocabulary))
    likely = np.argsort(-best.chances, axis=1, kind="stable")[:, :count]
    return tuple(
        WordPair(
            word,
            tuple(y.vocabulary[j] for j in row),
            tuple(round(float(best.chances[i, j]), 4) for j in row),
            bool(best.kept[i]),
        )
        for i, (word, row) in enumerate(zip(x.vocabulary, likely, strict=True))
    )


def _warnings(match: Match, hint: Seed) -> tuple[str, ...]:
    told = []
    if match.saved_bits is not None and match.saved_bits <= 0:
        told.append("the map saves nothing: there is no evidence that these words translate each other")
    elif (
        match.null_saved_bits is not None and match.saved_bits is not None and match.saved_bits <= match.null_saved_bits
    ):
        told.append("shuffled data save as much: there is no evidence that these words translate each other")
    if hint.hint != "none":
        told.append(f"found with a seed ({hint.hint}), which is weak supervision")
    return tuple(told)
