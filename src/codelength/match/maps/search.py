"""The search for the map with the least bits(F) + bits(F(X) by Y's model), in every family.

X is told on a grid, `Frame.step` for each column, so that what is paid for a point x is

    −log2 q(F(x)) − log2 |det ∂F/∂x| − Σ log2 step

with q Y's density: the Jacobian makes it a density of x, and a map that puts all points where q is highest pays for it.
Parameters are rounded to the precision whose bits and effect are least together (Rissanen 1983 expects ½ log2 n each).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from codelength.match.maps import families
from codelength.match.maps.columns import Pairing, assignment, line_costs, pairings
from codelength.match.maps.densities import Copula, Density, Margin, chosen, copula, fitted, margins_of
from codelength.match.maps.families import STEPS, Frame, Identity, Map, Points
from codelength.match.maps.transport import MOST_COLUMNS, Linear, affine_maps, orthogonal_maps, polished_affine
from codelength.units import bits_from_nats

SEARCHED = 1000
POLISHED = 6  # of the orders of columns; the others keep the units of moments or quartiles
PIECES = (2, 4, 8, 16)
MOST_PRECISION = 16
LEVELS = 2048
_SHRINKAGE = 0.1
_STEPS = 200
_REACH = 3.0  # how far downhill may lead, in logarithms of slopes and in Y's spreads
_ANCHORS = ((0.25, 0.75), (0.1, 0.9), (0.02, 0.98))
Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is learned of Y [m, d] before X is seen: its model, and one of its columns for the search."""

    density: Density
    columns: Copula
    z: Points  # [m, d]
    centre: Points
    spread: Points
    levels: Points

    @property
    def margins(self) -> tuple[Margin, ...]:
        """Each column's density."""
        return self.columns.margins


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A map and what X costs with it, in bits."""

    map: Map
    map_bits: float
    mapped_bits: float

    @property
    def total_bits(self) -> float:
        """Both parts."""
        return self.map_bits + self.mapped_bits


def target(y: Points, *, kind: str | None = None, seed: int = 0) -> Target:
    """Y's model, chosen on Y alone unless its kind is given."""
    centre, spread = y.mean(axis=0), y.std(axis=0)
    z = (y - centre) / spread
    name = kind or chosen(z, seed=seed)
    density = fitted(z, name)
    margins = density.margins if isinstance(density, Copula) else margins_of(z)
    parts = (np.arange(LEVELS) + 0.5) / LEVELS
    levels = np.column_stack([margin.quantiles(parts) for margin in margins])
    tied = isinstance(density, Copula) and density.name != "margins"
    columns = density if isinstance(density, Copula) and tied else copula(margins, z, _SHRINKAGE)
    return Target(density, columns, z, centre, spread, levels)


def framed(x: Points, known: Target) -> tuple[Frame, Points]:
    """What the reader knows, and X [n, d] on its grid."""
    unit = 2.0 ** np.floor(np.log2(x.std(axis=0)))
    frame = Frame(known.centre, known.spread, unit, known.levels)
    return frame, np.asarray(np.round(x / unit * STEPS) / STEPS * unit, np.float64)


def point_bits(found: Map, x: Points, frame: Frame, density: Density) -> Points:
    """What each point of X costs when mapped, on its grid, [n]."""
    return density.bits(found.standard(x)) - found.stretch_bits(x) - float(np.log2(frame.step).sum())


def candidates(
    x: Points, known: Target, frame: Frame, *, wanted: Sequence[str], advance: Advance | None = None, seed: int = 0
) -> list[Candidate]:
    """Ends of the search in the wanted families, the least total first; x [n, d] on its grid."""
    some = x[np.random.default_rng(seed).permutation(len(x))[:SEARCHED]]
    judge = _Judge(x, known, frame)
    found: list[Candidate] = []
    for family in wanted:
        found += _SEARCHES[family](judge, some, seed)
        if advance is not None:
            advance(1)
    straight = [candidate for candidate in found if candidate.map.family in ("scale", "orthogonal")]
    if "affine" in wanted and straight and x.shape[1] <= MOST_COLUMNS:
        best = min(straight, key=lambda candidate: candidate.total_bits)
        end = polished_affine(some, linear(best.map, frame), frame, known.density)
        found.append(judge.rounded(partial(families.affine, frame, end.matrix, end.shifts)))
    return sorted(found, key=lambda candidate: candidate.total_bits)


def linear(found: Map, frame: Frame) -> Linear:
    """z = matrix (u − shifts) of a map that bends nothing, by where it sends the units."""
    zero = found.standard(np.zeros((1, frame.columns)))
    matrix = (found.standard(np.diag(frame.unit)) - zero).T
    return Linear(matrix, -np.linalg.solve(matrix, zero[0]))


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    x: Points
    known: Target
    frame: Frame

    def of(self, found: Map) -> Candidate:
        bits = float(point_bits(found, self.x, self.frame, self.known.density).sum())
        return Candidate(found, float(len(found.code)), bits)

    def rounded(self, make: Callable[[int], Map]) -> Candidate:
        """The map at the precision that costs least in all."""
        tried: dict[int, Candidate] = {}

        def total(precision: int) -> float:
            if precision not in tried:
                tried[precision] = self.of(make(precision))
            return tried[precision].total_bits

        at = min(MOST_PRECISION - 1, max(1, round(np.log2(len(self.x)) / 2) + 1))
        while at < MOST_PRECISION and total(at + 1) < total(at):
            at += 1
        while at > 0 and total(at - 1) <= total(at):
            at -= 1
        return tried[at]


def _identity(judge: _Judge, some: Points, seed: int) -> Iterator[Candidate]:
    yield judge.of(Identity(judge.frame))


def _scale(judge: _Judge, some: Points, seed: int) -> Iterator[Candidate]:
    u = some / judge.frame.unit
    lines = _Lines(u, judge.known.z, judge.known.margins)
    ends = pairings(assignment(some, judge.known.columns, lines.costs), seed=seed, most=max(8, 2 * u.shape[1]))
    for number, pairing in enumerate(ends):
        slopes, shifts = lines.chosen(pairing)
        if number < POLISHED:
            slopes, shifts = _polished(u, pairing.order, slopes, shifts, judge.known.density)
        yield judge.rounded(partial(families.scaled, judge.frame, pairing.order, slopes, shifts))


def _monotone(judge: _Judge, some: Points, seed: int) -> Iterator[Candidate]:
    u = some / judge.frame.unit
    places = {sign: [_quantiles(sign * column, LEVELS) for column in u.T] for sign in (1, -1)}
    for pieces in PIECES:
        if len(u) < 4 * pieces:
            continue
        levels = judge.frame.knots(pieces)
        parts = np.round((np.arange(pieces + 1) + 0.5) / (pieces + 1) * (LEVELS - 1)).astype(int)

        def cost(sign: int, i: int, j: int, parts: Points = parts, levels: Points = levels) -> float:
            at, level, column = places[sign][i][parts], levels[:, j], sign * u[:, i]
            piece = np.clip(np.searchsorted(at, column, side="right") - 1, 0, len(at) - 2)
            slope = (np.diff(level) / np.diff(at))[piece]
            z = level[piece] + slope * (column - at[piece])
            return -float(np.log2(judge.known.margins[j].density(z) * slope).sum())

        for pairing in pairings(assignment(some, judge.known.columns, line_costs(u.shape[1], cost)), seed=seed, most=4):
            falling = tuple(sign < 0 for sign in pairing.signs)
            rows = np.array([places[sign][i][parts] for i, sign in enumerate(pairing.signs)])
            yield judge.rounded(partial(families.monotone, judge.frame, pairing.order, falling, rows))


def _orthogonal(judge: _Judge, some: Points, seed: int) -> Iterator[Candidate]:
    if some.shape[1] > MOST_COLUMNS:
        return
    for end in orthogonal_maps(some, judge.known.z, judge.frame, judge.known.density, seed=seed):
        yield judge.rounded(partial(families.orthogonal, judge.frame, end.matrix, end.shifts))


def _affine(judge: _Judge, some: Points, seed: int) -> Iterator[Candidate]:
    if some.shape[1] > MOST_COLUMNS:
        return
    for end in affine_maps(some, judge.known.z, judge.frame, judge.known.density, seed=seed):
        yield judge.rounded(partial(families.affine, judge.frame, end.matrix, end.shifts))


_SEARCHES: dict[str, Callable[[_Judge, Points, int], Iterator[Candidate]]] = {
    "identity": _identity,
    "scale": _scale,
    "orthogonal": _orthogonal,
    "affine": _affine,
    "monotone": _monotone,
}


class _Lines:
    """What each column of u [n, d] costs for each of z [m, d] in its best units: by moments, or by two quantiles."""

    def __init__(self, u: Points, z: Points, margins: tuple[Margin, ...]) -> None:
        d = u.shape[1]
        self.costs = np.empty((2, d, d))
        self._slopes, self._shifts = np.empty((2, d, d)), np.empty((2, d, d))
        for i, column in enumerate(u.T):
            for side, sign in enumerate((1, -1)):
                ways = [_units(sign * column, other) for other in z.T]
                for j, margin in enumerate(margins):
                    costs = [
                        -float(np.log2(margin.density(slope * (sign * column - shift)) * slope).sum())
                        for slope, shift in ways[j]
                    ]
                    best = int(np.argmin(costs))
                    slope, shift = ways[j][best]
                    self.costs[side, i, j] = costs[best]
                    self._slopes[side, i, j], self._shifts[side, i, j] = sign * slope, sign * shift

    def chosen(self, pairing: Pairing) -> tuple[Points, Points]:
        """Slopes and shifts of a pairing, [d] each."""
        place = (np.array(pairing.signs) < 0).astype(int), np.arange(len(pairing.order)), np.array(pairing.order)
        return self._slopes[place], self._shifts[place]


def _units(column: Points, other: Points) -> list[tuple[float, float]]:
    """Slopes > 0 and shifts that give a column [n] another's [m] mean and spread, or two of its quantiles."""
    ways = [(float(1 / column.std()), float(column.mean()))]
    for parts in _ANCHORS:
        (low, high), (below, above) = np.quantile(other, parts), np.quantile(column, parts)
        if high > low and above > below:
            slope = float((high - low) / (above - below))
            ways.append((slope, float(below - low / slope)))
    return ways


def _polished(
    u: Points, order: tuple[int, ...], slopes: Points, shifts: Points, density: Density
) -> tuple[Points, Points]:
    """Slopes and shifts downhill in bits."""
    from scipy.optimize import minimize

    n, d = u.shape
    mean = u.mean(axis=0)
    places = slopes * (mean - shifts)
    sizes, signs = np.log(np.abs(slopes)), np.sign(slopes)
    moved = u - mean

    def together(numbers: Points) -> tuple[float, Points]:
        slope = signs * np.exp(numbers[:d])
        z = np.empty_like(u)
        z[:, order] = slope * moved + numbers[d:]
        bits, leans = density.bits_and_slopes(z)
        leans = leans[:, order]
        first = (leans * slope * moved).sum(axis=0) - n * bits_from_nats(1.0)
        value = float(bits.sum()) - n * bits_from_nats(float(numbers[:d].sum()))
        return value, np.append(first, leans.sum(axis=0))

    begin = np.append(sizes, places)
    near = list(zip(begin - _REACH, begin + _REACH, strict=True))
    found = minimize(together, begin, jac=True, method="L-BFGS-B", bounds=near, options={"maxiter": _STEPS})
    sizes, places = found.x[:d], found.x[d:]
    slopes = signs * np.exp(sizes)
    return slopes, mean - places / slopes


def _quantiles(values: Points, count: int) -> Points:
    """Values at equal steps of their distribution, smoothed so that they rise."""
    from codelength.match.maps.densities import margin

    centre, spread = values.mean(), values.std()
    parts = (np.arange(count) + 0.5) / count
    return np.asarray(margin((values - centre) / spread).quantiles(parts) * spread + centre, np.float64)
