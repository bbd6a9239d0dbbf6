"""A state for each class over a common background: what a class saves of the bits of every piece of a text.

The background has read all texts. Behind a context it saw n pieces, q different ones, and backs off to a shorter one:

    P(s | context) = (n(context s) + q · P(s | shorter context)) / (n(context) + q)

Class c has read its own texts. Its prediction is that of a Dirichlet prior around the background, of strength w = α q:

    P_c(s | context) = (n_c(context s) + w · P(s | context)) / (n_c(context) + w)

so that over the background it saves log2(1 + n_c(context s) / (w P)) − log2(1 + n_c(context) / w) bits, which is 0
where the class has seen nothing: scoring a text touches only what some class has read. Strings of each length, words
and pairs of words are codes of their own; what they save is weighed by `learning.pool`.
MacKay and Peto (1995), "A hierarchical Dirichlet language model".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.models.pieces import (
    RESERVED,
    ROOT,
    START,
    WORD_ROOT,
    Counted,
    Floats,
    Floats32,
    Ints,
    Pieces,
    Rows,
    Whole,
)
from codelength.types import Labels

NEW_BYTE, NEW_WORD = 1 / 256, 2.0**-20  # what the longest backing off ends with


@dataclass(slots=True)
class Tally:
    """Counts of each row in each class that has any: row r has classes[ends[r]:ends[r + 1]]."""

    ends: Ints  # [rows + 1]
    classes: Rows
    times: Rows

    @classmethod
    def of(cls, counted: Counted, y: Labels, width: int) -> "Tally":
        """The counts of labelled texts."""
        order = np.argsort(y, kind="stable")
        ends, stamps = np.zeros(width + 1, np.int64), np.full(width, -1, np.int32)
        _count_classes(counted.firsts, counted.ends, counted.rows, order, y, stamps, ends)
        ends = np.cumsum(ends)
        classes, times = np.zeros(ends[-1], np.int32), np.zeros(ends[-1], np.int32)
        stamps[:] = -1
        _fill_classes(*_parts(counted), order, y, stamps, ends[:-1].copy() - 1, classes, times)
        return cls(ends, classes, times)

    def plus(self, other: "Tally", width: int, classes: int) -> "Tally":
        """The counts of both together, for more rows."""
        owners = np.concatenate((self.owners(), other.owners()))
        keys, inverse = np.unique(owners * classes + np.concatenate((self.classes, other.classes)), return_inverse=True)
        times = np.bincount(inverse, weights=np.concatenate((self.times, other.times))).astype(np.int32)
        ends = np.searchsorted(keys, np.arange(width + 1) * classes)
        return Tally(ends.astype(np.int64), (keys % classes).astype(np.int32), times)

    def totals(self) -> Floats:
        """The counts of each row in all classes, [rows]."""
        return np.bincount(self.owners(), weights=self.times, minlength=len(self.ends) - 1).astype(np.float64)

    def owners(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))


@dataclass(slots=True)
class Background:
    """What all texts say of each row: P of a piece behind its context, how often and by how many it is followed."""

    chance: Floats  # [rows]
    followed: Floats  # [rows], n
    different: Floats  # [rows], q

    @classmethod
    def of(cls, pieces: Pieces, n: Floats, behind: Floats) -> "Background":
        """The background that counted each piece n [rows] times and something behind each `behind` [rows] times."""
        width = len(pieces)
        kinds, contexts = pieces.kinds[:width], pieces.contexts[:width]
        known = np.flatnonzero(n > 0)
        different = np.bincount(contexts[known], minlength=width).astype(np.float64)
        chance = np.zeros(width)
        for kind in range(1, pieces.longest + 3):
            rows = np.flatnonzero(kinds == kind)
            rows = rows[rows >= RESERVED]
            context = contexts[rows]
            lower: Floats | float = chance[pieces.suffixes[rows]]
            if kind == 1:
                lower = NEW_BYTE
            elif kind == pieces.longest + 1:
                lower = NEW_WORD
            q = different[context]
            chance[rows] = np.where(q > 0, (n[rows] + q * lower) / np.maximum(behind[context] + q, 1), lower)
        return cls(chance, behind, different)

    def bits(self, pieces: Pieces, text: bytes) -> float:
        """Ideal bits of a text by its strings, backing off from the longest."""
        trace = pieces.trace(text)
        chance = np.full(len(text), NEW_BYTE)
        lengths = trace[:, 1] != ROOT
        lengths = np.where(lengths, pieces.kinds[trace[:, 1]], 0)
        words = (trace[:, 1] == WORD_ROOT) | (trace[:, 1] == START) | (lengths > pieces.longest)
        for length in range(pieces.longest):
            rows, contexts, _, ends = trace[(lengths == length) & ~words].T
            n, q = self.followed[contexts], self.different[contexts]
            escape = np.where(q > 0, q / np.maximum(n + q, 1), 1.0)
            chance[ends - 1] = np.where(rows >= 0, self.chance[rows], escape * chance[ends - 1])
        return float(-np.log2(chance).sum())


@dataclass(slots=True)
class ClassStates:
    """What each class saves on a piece, and pays for having read its context, in bits."""

    codes: int  # strings of each length, words, pairs
    pieces: Tally
    contexts: Tally
    saved_bits: Floats32  # of each entry of pieces
    paid_bits: Floats32  # of each entry of contexts
    code_of: npt.NDArray[np.int8]  # [rows], the code of a piece
    code_behind: npt.NDArray[np.int8]  # [rows], the code of what follows a context

    @classmethod
    def of(
        cls,
        table: Pieces,
        background: Background,
        pieces: Tally,
        contexts: Tally,
        strengths: Floats,
    ) -> "ClassStates":
        """States of classes by their counts; strengths [codes] are α for each code."""
        width = len(table)
        kinds = table.kinds[:width].astype(np.int64)
        behind = kinds.copy()
        behind[RESERVED:][kinds[RESERVED:] > table.longest] = table.longest + 1
        behind[ROOT], behind[WORD_ROOT], behind[START] = 0, table.longest, table.longest + 1
        behind = np.minimum(behind, table.longest + 1)
        weight = np.where(background.different > 0, strengths[behind] * background.different, 1.0)
        rows = pieces.owners()
        prior = weight[table.contexts[rows]] * np.maximum(background.chance[rows], 1e-300)
        return cls(
            table.longest + 2,
            pieces,
            contexts,
            np.log2(1 + pieces.times / prior).astype(np.float32),
            np.log2(1 + contexts.times / weight[contexts.owners()]).astype(np.float32),
            (kinds - 1).astype(np.int8),
            behind.astype(np.int8),
        )

    def saved(self, seen: Counted, followed: Counted, classes: int) -> Floats:
        """Bits that each class saves on texts by each code, [n, codes, classes]."""
        scores = np.zeros((len(seen), self.codes, classes))
        known = len(self.code_of)
        _score(*_parts(seen), *_entries(self.pieces), self.saved_bits, self.code_of, known, 1.0, scores)
        _score(*_parts(followed), *_entries(self.contexts), self.paid_bits, self.code_behind, known, -1.0, scores)
        return scores

    def between(self, rows: Rows, contexts: Rows, pair: tuple[int, int]) -> Floats:
        """Bits that one class saves over another on pieces [m], -1 where unknown, behind contexts [m]."""
        saved = _difference(self.pieces, self.saved_bits, pair, np.maximum(rows, 0))
        return np.where(rows >= 0, saved, 0.0) - _difference(self.contexts, self.paid_bits, pair, contexts)


def _difference(tally: Tally, bits: Floats32, pair: tuple[int, int], rows: Rows) -> Floats:
    """Of each row [m] what its entry for one class of the pair is above that for the other."""
    starts = tally.ends[rows]
    counts = tally.ends[rows + 1] - starts
    places = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    classes = tally.classes[places]
    weights = ((classes == pair[0]).astype(np.float64) - (classes == pair[1])) * bits[places]
    owners = np.repeat(np.arange(len(rows)), counts)
    return np.asarray(np.bincount(owners, weights=weights, minlength=len(rows)), np.float64)


def _parts(counted: Counted) -> tuple[Ints, Ints, Rows, Rows]:
    return counted.firsts, counted.ends, counted.rows, counted.times


def _entries(tally: Tally) -> tuple[Ints, Rows]:
    return tally.ends, tally.classes


@compiled
def _count_classes(firsts: Ints, ends: Ints, rows: Rows, order: Ints, y: Labels, stamps: Rows, out: Ints) -> None:
    # Texts come class by class, so that a row's classes come one after the other.
    for i in order:
        for place in range(firsts[i], ends[i]):
            row = rows[place]
            if stamps[row] != y[i]:
                stamps[row] = y[i]
                out[row + 1] += 1


@compiled
def _fill_classes(
    firsts: Ints,
    ends: Ints,
    rows: Rows,
    times: Rows,
    order: Ints,
    y: Labels,
    stamps: Rows,
    at: Ints,
    classes: Rows,
    out: Rows,
) -> None:
    for i in order:
        for place in range(firsts[i], ends[i]):
            row = rows[place]
            if stamps[row] != y[i]:
                stamps[row] = y[i]
                at[row] += 1
                classes[at[row]] = y[i]
            out[at[row]] += times[place]


@compiled
def _score(
    firsts: Ints,
    ends: Ints,
    rows: Rows,
    times: Rows,
    entry_ends: Ints,
    classes: Rows,
    bits: Floats32,
    codes: npt.NDArray[np.int8],
    known: Whole,
    sign: float,
    scores: Floats,
) -> None:
    for i in range(ends.shape[0]):
        for place in range(firsts[i], ends[i]):
            row = np.int64(rows[place])
            if row >= known:
                continue
            code = codes[row]
            factor = sign * times[place]
            for entry in range(entry_ends[row], entry_ends[row + 1]):
                scores[i, code, classes[entry]] += factor * bits[entry]
