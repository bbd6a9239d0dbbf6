"""Linear learners of classes from pieces of texts: one against the rest, by squared hinge loss, in the dual.

A text's column for a piece that it has t times is log2(1 + t) times the bits of meeting it, log2((1 + n) / (1 + d)) + 1
where d of n texts have it, scaled to unit length. For each class, with y = ±1,

    min over w   ½ |w|² + C Σ max(0, 1 − y w·x)²

is solved by coordinate descent over the dual variables, all classes of a text at once; texts whose variables stood
still rest for some rounds. Hsieh et al. (2008), "A dual coordinate descent method for large-scale linear SVM".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.learning.lanes import LANES, gather, scatter
from codelength.models.pieces import Counted, Floats, Floats32, Ints, Rows, Whole
from codelength.types import Labels

ROUNDS = 60
ENOUGH = 0.1  # the largest gradient that may remain
STILL = ENOUGH / 5  # a gradient that moves nothing
LONGEST_REST = 8  # rounds


@dataclass(slots=True)
class Columns:
    """Which pieces are columns, and the bits of meeting each."""

    column_of: Rows  # [rows], -1 for none
    worth: Floats32  # [columns]

    @classmethod
    def of(cls, seen: Counted, wanted: npt.NDArray[np.bool_]) -> "Columns":
        """Columns for the wanted rows [rows] that at least two of the texts have."""
        texts = np.bincount(seen.rows, minlength=len(wanted))[: len(wanted)]
        kept = np.flatnonzero(wanted & (texts >= min(2, len(seen))))
        kept = kept[np.argsort(-texts[kept], kind="stable")]  # frequent ones side by side in memory
        column_of = np.full(len(wanted), -1, np.int32)
        column_of[kept] = np.arange(len(kept))
        worth = np.log2((1 + len(seen)) / (1 + texts[kept])) + 1
        return cls(column_of, worth.astype(np.float32))

    def matrix(self, seen: Counted) -> tuple[Ints, Rows, Floats32]:
        """Texts as rows of unit length: ends [n + 1], columns and values."""
        ends = np.zeros(len(seen) + 1, np.int64)
        columns, values = np.empty(len(seen.rows), np.int32), np.empty(len(seen.rows), np.float32)
        _weigh(seen.ends, seen.rows, seen.times, self.column_of, self.worth, ends, columns, values)
        return ends, columns[: ends[-1]], values[: ends[-1]]


@dataclass(slots=True)
class Margins:
    """Weights of columns for each class; the last row is the constant's."""

    columns: Columns
    weights: Floats32  # [columns + 1, classes]

    @classmethod
    def fitted(
        cls, seen: Counted, y: Labels, classes: int, *, wanted: npt.NDArray[np.bool_], cost: float, seed: int
    ) -> "Margins":
        """Weights that tell the classes of texts apart; `cost` is C, wanted [rows] what may be a column."""
        return cls.path(seen, y, classes, wanted=wanted, costs=(cost,), seed=seed)[0]

    @classmethod
    def path(
        cls,
        seen: Counted,
        y: Labels,
        classes: int,
        *,
        wanted: npt.NDArray[np.bool_],
        costs: Sequence[float],
        seed: int,
    ) -> list["Margins"]:
        """Weights for each of several C, each found from those for the one before it."""
        columns = Columns.of(seen, wanted)
        matrix = columns.matrix(seen)
        weights = np.zeros((len(columns.worth) + 1, -(-classes // LANES) * LANES), np.float32)
        duals = np.zeros((len(y), classes), np.float32)
        signs = np.where(np.arange(classes) == y[:, None], 1, -1).astype(np.float32)
        order = np.random.default_rng(seed).permuted(np.tile(np.arange(len(y)), (ROUNDS, 1)), axis=1)
        found = []
        for cost in costs:
            _descend(*matrix, signs, order, np.float32(0.5 / cost), duals, weights)
            found.append(cls(columns, weights[:, :classes].copy()))
        return found

    def scores(self, seen: Counted) -> Floats:
        """w·x for each text and class, [n, classes]."""
        scores = np.empty((len(seen), self.weights.shape[1]))
        _multiply(*self.columns.matrix(seen), self.weights, scores)
        return scores

    def between(self, seen: Counted, pair: tuple[int, int]) -> Floats:
        """What each row of one text adds to one class over another; 0 where it is no column."""
        _, columns, values = self.columns.matrix(seen)
        difference = self.weights[:, pair[0]].astype(np.float64) - self.weights[:, pair[1]]
        inside = seen.rows < len(self.columns.column_of)
        inside[inside] = self.columns.column_of[seen.rows[inside]] >= 0
        found = np.zeros(len(seen.rows))
        found[inside] = difference[columns] * values
        return found


@compiled
def _weigh(
    ends: Ints,
    rows: Rows,
    times: Rows,
    column_of: Rows,
    worth: Floats32,
    out_ends: Ints,
    columns: Rows,
    values: Floats32,
) -> None:
    n: Whole = np.int64(0)
    for i in range(ends.shape[0] - 1):
        first, squares = n, 0.0
        for place in range(ends[i], ends[i + 1]):
            row = rows[place]
            if row < column_of.shape[0] and column_of[row] >= 0:
                columns[n] = column_of[row]
                value = np.log2(1.0 + times[place]) * worth[columns[n]]
                values[n] = value
                squares += value * value
                n += 1
        if squares > 0:
            scale = np.float32(1 / np.sqrt(squares))
            for place in range(first, n):
                values[place] *= scale
        out_ends[i + 1] = n


@compiled
def _descend(
    ends: Ints,
    columns: Rows,
    values: Floats32,
    signs: Floats32,
    order: Ints,
    softness: np.float32,
    duals: Floats32,
    weights: Floats32,
) -> None:
    # The weights are the sum over texts of duals × signs × values, before and after. Their rows have room for some
    # classes more, which no step moves.
    n, classes = signs.shape
    constant, width = weights.shape[0] - 1, weights.shape[1]
    rests = np.zeros(n, np.int64)
    lengths = np.zeros(n, np.int64)
    margin, step = np.zeros(width, np.float32), np.zeros(width, np.float32)
    squares = _squares(ends, values)
    for turn in range(order.shape[0]):
        worst, rested = np.float32(0), False
        for i in order[turn]:
            if rests[i] > 0:
                rests[i] -= 1
                rested = True
                continue
            margin[:] = weights[constant]
            for lane in range(0, width, LANES):
                gather(values, columns, ends[i], ends[i + 1], weights, lane, margin)
            moved = False
            for k in range(classes):
                gradient = signs[i, k] * margin[k] - np.float32(1) + softness * duals[i, k]
                if duals[i, k] == 0 and gradient > 0:
                    gradient = np.float32(0)
                worst = max(worst, abs(gradient))
                before = duals[i, k]
                duals[i, k] = max(before - gradient / (squares[i] + softness), np.float32(0))
                step[k] = (duals[i, k] - before) * signs[i, k]
                moved = moved or abs(gradient) > np.float32(STILL)
            if moved:
                lengths[i] = 0
                weights[constant] += step
                for lane in range(0, width, LANES):
                    scatter(values, columns, ends[i], ends[i + 1], weights, lane, step)
            else:
                for k in range(classes):
                    duals[i, k] -= step[k] * signs[i, k]
                lengths[i] = min(2 * lengths[i] + 1, LONGEST_REST)
                rests[i] = lengths[i]
        if worst < np.float32(ENOUGH):
            if not rested:
                break
            rests[:] = 0


@compiled
def _squares(ends: Ints, values: Floats32) -> Floats32:
    # |x|² of each text, that of the constant among it.
    squares = np.ones(ends.shape[0] - 1, np.float32)
    for i in range(ends.shape[0] - 1):
        for place in range(ends[i], ends[i + 1]):
            squares[i] += values[place] * values[place]
    return squares


@compiled
def _multiply(ends: Ints, columns: Rows, values: Floats32, weights: Floats32, scores: Floats) -> None:
    classes = weights.shape[1]
    for i in range(ends.shape[0] - 1):
        for k in range(classes):
            scores[i, k] = weights[weights.shape[0] - 1, k]
        for place in range(ends[i], ends[i + 1]):
            x, column = values[place], columns[place]
            for k in range(classes):
                scores[i, k] += x * weights[column, k]
