"""Experts on classes of texts, what they are set to by prequential label bits, and the pool of them all.

The experts are the class states' codes (strings of each length, words, pairs of words) and three linear learners
(words; words and pairs; strings of two bytes and more). Texts come in a random order. At each of a few growing prefixes
every expert is made anew from the prefix with each candidate setting and asked for the labels up to the next one; a
setting is chosen by the bits that its expert pays alone for the first half, calibrated on what was paid before. All
experts as chosen, pooled with weights from what was paid before, give the prequential bits of the labels.

The pool that predicts has weights from cross-fitted scores: each text is scored by experts that have not read it.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.learning.class_states import Background, ClassStates, Tally
from codelength.learning.margins import Margins
from codelength.learning.pool import Pool
from codelength.learning.prequential import entropy_bits
from codelength.models.pieces import RESERVED, Counted, Floats, Ints, Pieces
from codelength.types import Bits, Labels

STRENGTHS = (1.0, 3.0, 10.0)  # α, how many texts of its own a class needs to leave the background
COSTS = (1.0, 3.0, 10.0)  # C, how dear it is to be wrong
FIRST_PART = 32  # the first prefix is so small a part of all texts, or MIN_PREFIX texts
MIN_PREFIX = 8
FOLDS = 4
ENOUGH_TO_CALIBRATE = 500  # texts, for one expert alone
MOST_WEIGHTS = 1 << 27  # pieces × classes; where there would be more, the linear learners are left out


@dataclass(frozen=True, slots=True)
class Texts:
    """Counts of n labelled texts over one table of pieces."""

    table: Pieces
    seen: Counted
    followed: Counted
    y: Labels
    classes: int

    def __len__(self) -> int:
        return len(self.y)

    def chosen(self, texts: Ints) -> "Texts":
        """These texts in this order."""
        return Texts(self.table, self.seen.chosen(texts), self.followed.chosen(texts), self.y[texts], self.classes)


@dataclass(frozen=True, slots=True)
class Settings:
    """α for each code, C for each linear learner; no C, no linear learner."""

    strengths: tuple[float, ...]
    costs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Experts:
    """Class states and linear learners that have read the same texts."""

    states: ClassStates
    margins: tuple[Margins, ...]
    background: Background

    @classmethod
    def taught(cls, texts: Texts, settings: Settings, *, seed: int) -> "Experts":
        """Experts that have read these texts."""
        pieces, contexts = _tallies(texts)
        margins = tuple(
            Margins.fitted(texts.seen, texts.y, texts.classes, wanted=wanted, cost=cost, seed=seed)
            for wanted, cost in zip(margin_pieces(texts.table), settings.costs, strict=False)
        )
        return cls.with_counts(texts.table, pieces, contexts, settings, margins)

    @classmethod
    def with_counts(
        cls, table: Pieces, pieces: Tally, contexts: Tally, settings: Settings, margins: tuple[Margins, ...]
    ) -> "Experts":
        """Class states by their counts, beside linear learners as they are."""
        background = Background.of(table, pieces.totals(), contexts.totals())
        states = ClassStates.of(table, background, pieces, contexts, np.array(settings.strengths))
        return cls(states, margins, background)

    def and_more(self, texts: Texts, settings: Settings) -> "Experts":
        """The class states have read these texts too; the linear learners have not."""
        pieces, contexts = _tallies(texts)
        width = len(texts.table)
        pieces = self.states.pieces.plus(pieces, width, texts.classes)
        contexts = self.states.contexts.plus(contexts, width, texts.classes)
        return Experts.with_counts(texts.table, pieces, contexts, settings, self.margins)

    def scores(self, seen: Counted, followed: Counted, classes: int) -> Floats:
        """What each expert says of texts, [n, experts, classes]."""
        parts = [self.states.saved(seen, followed, classes)]
        parts += [margins.scores(seen)[:, None] for margins in self.margins]
        return np.concatenate(parts, axis=1)

    def spread(self, table: Pieces, pool: Pool, text: bytes, pair: tuple[int, int]) -> Bits:
        """Pooled bits for one class against another over the bytes that they come from, [n].

        A string's code counts where its last byte is, whose cost it is; words, pairs and what linear learners say of a
        piece are spread over all of its bytes.
        """
        trace = table.trace(text)
        rows, contexts, firsts, ends = trace.T
        codes = self.states.code_behind[contexts]
        between = self.states.between(rows, contexts, pair) * pool.weights[codes]
        string = codes < table.longest
        spread = np.bincount(ends[string] - 1, weights=between[string], minlength=len(text)).astype(np.float64)
        over = np.where(string, 0.0, between)
        known = np.flatnonzero(rows >= 0)
        found, inverse, times = np.unique(rows[known], return_inverse=True, return_counts=True)
        seen = Counted.joined(np.array([len(found)]), found.astype(np.int32), times.astype(np.int32))
        for learner, weight in zip(self.margins, pool.weights[self.states.codes :], strict=True):
            over[known] += (weight * learner.between(seen, pair) / seen.times)[inverse]
        lengths = ends - firsts
        steps = np.bincount(firsts, weights=over / lengths, minlength=len(text) + 1)
        steps -= np.bincount(ends, weights=over / lengths, minlength=len(text) + 1)
        return np.asarray(spread + np.cumsum(steps)[: len(text)], np.float64)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and what labels cost while it was: `label_bits` with the bits of naming the choices."""

    settings: Settings
    label_bits: float
    frequency_bits: float


def margin_pieces(table: Pieces) -> list[npt.NDArray[np.bool_]]:
    """Which rows are columns of each linear learner."""
    kinds = table.kinds[: len(table)].copy()
    kinds[:RESERVED] = 0
    word = table.longest + 1
    return [kinds == word, kinds >= word, (kinds >= 2) & (kinds < word)]


def choose(texts: Texts, strengths: Sequence[float], costs: Sequence[float], *, seed: int) -> Choice:
    """The settings whose experts pay the fewest bits for labels that they have not seen."""
    codes = texts.table.longest + 2
    linear = 3 if costs else 0
    frequency_bits = entropy_bits(texts.y, texts.classes)
    middle = Settings((strengths[len(strengths) // 2],) * codes, (costs[len(costs) // 2],) * linear if costs else ())
    edges = prefix_edges(len(texts))
    if len(edges) < 3 or texts.classes < 2:
        return Choice(middle, frequency_bits, frequency_bits)
    order = np.random.default_rng(seed).permutation(len(texts))
    y = texts.y[order[edges[0] :]]
    tried: list[list[Floats]] = [[] for _ in (*strengths, *costs)]
    for start, end in itertools.pairwise(edges[:-1]):
        learnt, asked = texts.chosen(order[:start]), texts.chosen(order[start:end])
        for blocks, scores in zip(tried, _candidates(learnt, asked, strengths, costs, seed=seed), strict=True):
            blocks.append(scores)
    ends = [end - edges[0] for end in edges[1:]]
    whole = [np.concatenate(blocks) for blocks in tried]
    by_code, by_margin = whole[: len(strengths)], whole[len(strengths) :]
    best_codes = [_cheapest([one[:, code] for one in by_code], y, ends[:-1]) for code in range(codes)]
    best_margins = [_cheapest([one[:, learner] for one in by_margin], y, ends[:-1]) for learner in range(linear)]
    chosen = Settings(tuple(strengths[i] for i in best_codes), tuple(costs[i] for i in best_margins))
    parts = [by_code[i][:, code] for code, i in enumerate(best_codes)]
    parts += [by_margin[i][:, learner] for learner, i in enumerate(best_margins)]
    last = texts.chosen(order[edges[-2] :])
    experts = Experts.taught(texts.chosen(order[: edges[-2]]), chosen, seed=seed)
    paid = np.concatenate((np.stack(parts, axis=1), experts.scores(last.seen, last.followed, texts.classes)))
    naming = codes * math.log2(len(strengths)) + (linear * math.log2(len(costs)) if linear else 0.0)
    label_bits = entropy_bits(texts.y[order[: edges[1]]], texts.classes) + _paid(paid, y, ends) + naming
    return Choice(chosen, label_bits, frequency_bits)


def cross_fitted_pool(texts: Texts, settings: Settings, *, folds: int, seed: int) -> Pool:
    """A pool with weights from scores by experts that had not read the text; plain where there are too few texts."""
    order = np.random.default_rng(seed + 1).permutation(len(texts))
    order = order[np.argsort(texts.y[order], kind="stable")]  # class by class, so that each fold has some of each
    folds = min(folds, len(texts))
    codes, experts = texts.table.longest + 2, texts.table.longest + 2 + len(settings.costs)
    scores, y = [], []
    for fold in range(folds if folds > 1 else 0):
        asked = order[fold::folds]
        learnt = np.setdiff1d(order, asked)
        asked = asked[np.isin(texts.y[asked], texts.y[learnt])]
        if len(asked):
            part = texts.chosen(asked)
            made = Experts.taught(texts.chosen(learnt), settings, seed=seed)
            scores.append(made.scores(part.seen, part.followed, texts.classes))
            y.append(part.y)
    if not scores:
        return Pool.plain(codes, experts, texts.y, texts.classes)
    return Pool.fitted(np.concatenate(scores), np.concatenate(y))


def prefix_edges(n: int) -> list[int]:
    """Prefixes that double up to n, the first one at least 8 and a 32nd of n; only n where it is small.

    >>> prefix_edges(100), prefix_edges(15)
    ([12, 25, 50, 100], [15])
    """
    edges = [n]
    while edges[0] >= 2 * max(MIN_PREFIX, n // FIRST_PART):
        edges.insert(0, edges[0] // 2)
    return edges


def _candidates(
    learnt: Texts, asked: Texts, strengths: Sequence[float], costs: Sequence[float], *, seed: int
) -> Iterator[Floats]:
    # Scores of texts by every setting: all codes for each strength, all linear learners for each cost.
    pieces, contexts = _tallies(learnt)
    background = Background.of(learnt.table, pieces.totals(), contexts.totals())
    codes = learnt.table.longest + 2
    for strength in strengths:
        states = ClassStates.of(learnt.table, background, pieces, contexts, np.full(codes, strength))
        yield states.saved(asked.seen, asked.followed, learnt.classes)
    if not costs:
        return
    paths = [
        Margins.path(learnt.seen, learnt.y, learnt.classes, wanted=wanted, costs=costs, seed=seed)
        for wanted in margin_pieces(learnt.table)
    ]
    matrices = [path[0].columns.matrix(asked.seen) for path in paths]
    for at_one_cost in zip(*paths, strict=True):
        yield np.stack([margins.times(x) for margins, x in zip(at_one_cost, matrices, strict=True)], axis=1)


def _cheapest(candidates: Sequence[Floats], y: Labels, ends: Sequence[int]) -> int:
    # Which scores [n, classes] pay the fewest bits for the labels, alone.
    return int(np.argmin([_paid(scores[:, None], y, ends, most=ENOUGH_TO_CALIBRATE) for scores in candidates]))


def _tallies(texts: Texts) -> tuple[Tally, Tally]:
    width = len(texts.table)
    return Tally.of(texts.seen, texts.y, width), Tally.of(texts.followed, texts.y, width)


def _paid(scores: Floats, y: Labels, ends: Sequence[int], *, most: int | None = None) -> float:
    # Bits of the labels after the first block, each block by a pool that was fitted to those before it.
    total = 0.0
    for start, end in itertools.pairwise(ends):
        pool = Pool.fitted(scores[:start], y[:start], most=most)
        total += math.fsum(pool.bits(scores[start:end], y[start:end]))
    return total
