"""Maps F between two clouds of points without pairs, chosen by bits(F) + bits(F(X) given a model of Y).

    total(F) = bits(F) + Σ_x −log2 q_Y(F(x)) |det ∂F/∂x| · step

Beside the best map stand the best one of each family, the next best that differs, X without any map, X without Y, and
the null: the same search for X with each column shuffled by itself (X in one column: normal numbers of its moments),
which leaves the margins and nothing that ties columns together.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.errors import DataError, UsageError
from codelength.match.maps.alone import alone_bits
from codelength.match.maps.densities import check_libraries
from codelength.match.maps.families import FAMILIES, Frame, Identity, Map, Points
from codelength.match.maps.search import Advance, Candidate, Target, candidates, framed, point_bits, target
from codelength.match.maps.ties import distinct, left_open
from codelength.result.mapped import Mapped, Pair
from codelength.result.match import Match

LEAST_POINTS = 20
MOST_TOLD = 4  # of the maps that are left open; all are in the result
FEW_POINTS = 10  # for each column: below it a warning


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Named points [n, d], with names of their columns."""

    name: str
    points: Points
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was found: the result to show, and the map itself."""

    mapped: Mapped
    map: Map
    frame: Frame
    x_kept: tuple[int, ...]
    y_kept: tuple[int, ...]

    def apply(self, x: Points) -> Points:
        """X's points [n, columns] where the map sends them in Y's space, [n, d]; columns left out are left out here."""
        return self.frame.in_y(self.map.standard(x[:, self.x_kept]))


def cloud(points: Points, name: str = "x", columns: Sequence[str] | None = None) -> Cloud:
    """Points [n, d] or [n] as a cloud; columns are numbered where they have no names.

    >>> cloud(np.zeros((2, 2)), "x").columns
    ('1', '2')
    """
    flat = np.asarray(points, np.float64)
    flat = flat[:, None] if flat.ndim == 1 else flat
    if flat.ndim != 2:
        raise DataError(f"{name} has {flat.ndim} axes; points are rows of a table, [points, columns]")
    return Cloud(name, flat, tuple(columns or map(str, range(1, flat.shape[1] + 1))))


def match_maps(
    x: Cloud,
    y: Cloud,
    *,
    families: Sequence[str] = FAMILIES,
    seed: int = 0,
    null: bool = True,
    advance: Advance | None = None,
) -> Found:
    """The map with the least bits(F) + bits(F(X) by Y's model); `advance` is told of each family searched.

    Raises DataError for other than finite numbers, unlike numbers of columns, or fewer than 20 points.

    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.gamma(2, size=(1000, 1)), 5 * rng.gamma(2, size=(1000, 1)) + 3
    >>> found = match_maps(cloud(x, "x"), cloud(y, "y"), null=False)
    >>> found.mapped.match.family, found.mapped.identified, found.mapped.pairs[0].slope > 0
    ('scale', True, True)
    """
    began = time.perf_counter()
    _check(x, y, families)
    x_kept, y_kept, warnings = _varying(x, y)
    known = target(y.points[:, y_kept], seed=seed)
    frame, points = framed(x.points[:, x_kept], known)
    found = candidates(points, known, frame, wanted=families, advance=advance, seed=seed)
    apart = distinct(found, points)
    best = apart[0]
    names = tuple(y.columns[j] for j in y_kept)
    free = left_open(best, apart[1:], points, known, frame, names)
    nulls = _nulls(points, known, frame, families, seed, advance) if null else None
    by_itself = alone_bits(points, frame, seed=seed)
    if len(points) < FEW_POINTS * len(x_kept):
        warnings.append(f"{len(points)} points in {len(x_kept)} columns are few: another draw may choose another map")
    warnings += [str(one) for one in free[:MOST_TOLD]]
    if len(free) > MOST_TOLD:
        warnings.append(f"the data leave open {len(free) - MOST_TOLD} more such maps")
    if by_itself <= best.total_bits:
        warnings.append(
            f"Y does not help: X by itself costs {by_itself:,.0f} bits, mapped to Y with the map {best.total_bits:,.0f}"
        )
    unmapped = float(point_bits(Identity(frame), points, frame, known.density).sum())
    given = _Given(x.name, y.name, known.density.name, len(points), unmapped)
    matches = _matches(given, found, apart, nulls, tuple(warnings), time.perf_counter() - began)
    x_columns = tuple(x.columns[i] for i in x_kept)
    matrix, offset = _linear(best.map, frame)
    mapped = Mapped(
        matches,
        x_columns,
        names,
        code=best.map.code,
        precision_bits=getattr(best.map, "precision", None),
        alone_bits=by_itself,
        open=free,
        pairs=_pairs(best.map, x_columns, names, matrix, offset),
        matrix=None if matrix is None else tuple(tuple(row) for row in matrix.tolist()),
        offset=None if offset is None else tuple(offset.tolist()),
    )
    return Found(mapped, best.map, frame, x_kept, y_kept)


@dataclass(frozen=True, slots=True)
class _Given:
    x: str
    y: str
    model: str
    points: int
    unmapped_bits: float


def _check(x: Cloud, y: Cloud, families: Sequence[str]) -> None:
    check_libraries()
    unknown = [family for family in families if family not in FAMILIES]
    if unknown or not families:
        raise UsageError(f"there is no family {', '.join(unknown) or 'to search'}; there are {', '.join(FAMILIES)}")
    for one in (x, y):
        if len(one.points) < LEAST_POINTS:
            raise DataError(f"{one.name} has {len(one.points)} points; at least {LEAST_POINTS} are needed")
        bad = np.argwhere(~np.isfinite(one.points))
        if len(bad):
            row, column = bad[0].tolist()
            raise DataError(
                f"{one.name} holds {one.points[row, column]} at point {row + 1}, column {one.columns[column]}, "
                f"and {len(bad) - 1} more that are not finite; leave such points out"
            )


def _varying(x: Cloud, y: Cloud) -> tuple[tuple[int, ...], tuple[int, ...], list[str]]:
    """Columns that are not constant, and a warning for those that are; as many must be left on both sides."""
    kept, warnings = [], []
    for one in (x, y):
        varies = np.ptp(one.points, axis=0) > 0
        kept.append(tuple(np.flatnonzero(varies).tolist()))
        constant = [one.columns[place] for place in np.flatnonzero(~varies)]
        if constant:
            warnings.append(f"{one.name} is constant in {', '.join(constant)}: left out")
    if len(kept[0]) != len(kept[1]) or not kept[0]:
        told = " that are not constant" if warnings else ""
        raise DataError(
            f"{x.name} has {len(kept[0])} columns{told} and {y.name} {len(kept[1])}; a map needs as many, at least one"
        )
    return kept[0], kept[1], warnings


def _nulls(
    x: Points, known: Target, frame: Frame, families: Sequence[str], seed: int, advance: Advance | None
) -> tuple[float, list[Candidate]]:
    """What X's substitute costs without a map, and with the maps found for it."""
    rng = np.random.default_rng(seed + 1)
    if x.shape[1] > 1:
        shuffled = np.column_stack([rng.permutation(column) for column in x.T])
    else:
        shuffled = rng.normal(x.mean(), x.std(), x.shape)
        shuffled = np.round(shuffled / frame.step) * frame.step
    unmapped = float(point_bits(Identity(frame), shuffled, frame, known.density).sum())
    return unmapped, candidates(shuffled, known, frame, wanted=families, advance=advance, seed=seed)


def _matches(
    given: _Given,
    found: Sequence[Candidate],
    apart: Sequence[Candidate],
    null: tuple[float, list[Candidate]] | None,
    warnings: tuple[str, ...],
    seconds: float,
) -> tuple[Match, ...]:
    """One for each family, the best first, which has the runner-up and the warnings."""
    rows: list[Match] = []
    for family in dict.fromkeys(candidate.map.family for candidate in found):
        row = next(candidate for candidate in found if candidate.map.family == family)
        first = not rows
        shuffled = [] if null is None else [other for other in null[1] if first or other.map.family == family]
        rows.append(
            Match(
                family,
                given.x,
                given.y,
                given.model,
                given.points,
                row.mapped_bits,
                row.map_bits,
                unmapped_bits=given.unmapped_bits,
                runner_up_bits=apart[1].total_bits if first and len(apart) > 1 else None,
                null_bits=shuffled[0].total_bits if shuffled else None,
                null_unmapped_bits=null[0] if null is not None and shuffled else None,
                warnings=warnings if first else (),
                seconds=seconds,
            )
        )
    return tuple(rows)


def _linear(found: Map, frame: Frame) -> tuple[Points, Points] | tuple[None, None]:
    """y = matrix · x + offset, where the map bends nothing."""
    if found.family == "monotone":
        return None, None
    zero = frame.in_y(found.standard(np.zeros((1, frame.columns))))[0]
    matrix = (frame.in_y(found.standard(np.diag(frame.unit))) - zero).T / frame.unit
    return matrix, zero


def _pairs(
    found: Map, x_columns: Sequence[str], y_columns: Sequence[str], matrix: Points | None, offset: Points | None
) -> tuple[Pair, ...]:
    order = getattr(found, "order", tuple(range(len(x_columns))) if found.family == "identity" else ())
    return tuple(
        Pair(
            x_columns[i],
            y_columns[j],
            math.nan if matrix is None else float(matrix[j, i]),
            math.nan if offset is None else float(offset[j]),
        )
        for i, j in enumerate(order)
    )
