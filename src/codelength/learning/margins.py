"""Linear learners of classes from pieces of texts: one against the rest, by squared hinge loss, in the dual.

A text's column for a piece that it has t times is log2(1 + t) times the bits of meeting it, log2((1 + n) / (1 + d)) + 1
where d of n texts have it, scaled to unit length. For each class, with y = ±1,

    min over w   ½ |w|² + C Σ max(0, 1 − y w·x)²

is solved by coordinate descent over the dual variables (`learning.descent`). Hsieh et al. (2008), "A dual coordinate
descent method for large-scale linear SVM".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.learning.descent import LANES, descend
from codelength.models.pieces import Counted, Floats, Floats32, Ints, Rows, Whole
from codelength.types import Labels

ROUNDS = 60


@dataclass(slots=True)
class Columns:
    """Which pieces are columns, and the bits of meeting each."""

    column_of: Rows  # [rows], -1 for none
    worth: Floats32  # [columns]

    @classmethod
    def of(cls, seen: Counted, wanted: npt.NDArray[np.bool_]) -> "Columns":
        """Columns for the wanted rows [rows] that at least two of the texts have."""
        texts = seen.having(len(wanted))
        kept = np.flatnonzero(wanted & (texts >= min(2, len(seen))))
        kept = kept[np.argsort(-texts[kept], kind="stable")]  # frequent ones side by side in memory
        column_of = np.full(len(wanted), -1, np.int32)
        column_of[kept] = np.arange(len(kept))
        worth = np.log2((1 + len(seen)) / (1 + texts[kept])) + 1
        return cls(column_of, worth.astype(np.float32))

    def matrix(self, seen: Counted) -> tuple[Ints, Rows, Floats32]:
        """Texts as rows of unit length: ends [n + 1], columns and values."""
        ends = np.zeros(len(seen) + 1, np.int64)
        most = int(seen.sizes().sum())
        columns, values = np.empty(most, np.int32), np.empty(most, np.float32)
        _weigh(seen.firsts, seen.ends, seen.rows, seen.times, self.column_of, self.worth, ends, columns, values)
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
            descend(*matrix, signs, order, np.float32(0.5 / cost), duals, weights)
            found.append(cls(columns, weights[:, :classes].copy()))
        return found

    def scores(self, seen: Counted) -> Floats:
        """w·x for each text and class, [n, classes]."""
        return self.times(self.columns.matrix(seen))

    def times(self, matrix: tuple[Ints, Rows, Floats32]) -> Floats:
        """w·x for texts as their columns have them, which all of a path share."""
        scores = np.empty((len(matrix[0]) - 1, self.weights.shape[1]))
        _multiply(*matrix, self.weights, scores)
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
    firsts: Ints,
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
    for i in range(ends.shape[0]):
        first, squares = n, 0.0
        for place in range(firsts[i], ends[i]):
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
def _multiply(ends: Ints, columns: Rows, values: Floats32, weights: Floats32, scores: Floats) -> None:
    classes = weights.shape[1]
    for i in range(ends.shape[0] - 1):
        for k in range(classes):
            scores[i, k] = weights[weights.shape[0] - 1, k]
        for place in range(ends[i], ends[i + 1]):
            x, column = values[place], columns[place]
            for k in range(classes):
                scores[i, k] += x * weights[column, k]
