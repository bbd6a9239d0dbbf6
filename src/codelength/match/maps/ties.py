"""What two clouds do not tell: other maps that code X about as well.

For two maps F and G that differ, the evidence for F is how many bits more X costs under G, descriptions apart. It is a
sum over points of X, and it rests on a model of Y that other points of Y would have made another one:

    noise² = n · var over points of the difference + ½ · var over models of halves of Y

G is left open where the evidence is below three times the noise (Vuong 1989 for the first term), or below 10 bits. If
G is of a wider family, which buys its fit with more numbers (a bent map imitates any direction), what it takes to say
them counts as evidence too. A rotation does not: numbers that do not matter need not be told. G ∘ F⁻¹ then says what is
free: a column's direction, columns' places, a rotation.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.match.maps.densities import Density, fitted
from codelength.match.maps.families import FAMILIES, Frame, Map, Points, affine, orthogonal
from codelength.match.maps.search import Candidate, Target, linear, point_bits
from codelength.result.mapped import Open

DIFFERS = 0.25  # of Y's spread, root of the mean square over X, in some column
NEAREST = 12
ERRORS = 3.0
LEAST_BITS = 10.0
SPLITS = 3
ALIKE, MIXED = 0.85, 0.98  # correlations from which on a column is said to be another one, or itself
MOST_TURNS, TURN_PRECISION = 30, 5
_FREE = {
    *((best, other) for best in ("scale", "affine") for other in ("identity", "scale", "orthogonal", "affine")),
    *((best, other) for best in ("identity", "orthogonal") for other in ("identity", "orthogonal")),
    *(("monotone", other) for other in FAMILIES),
}


def distinct(found: Sequence[Candidate], x: Points, most: int = NEAREST) -> list[Candidate]:
    """The best candidates that send X's points [n, d] to places that differ, the best first."""
    kept: list[tuple[Candidate, Points]] = []
    for candidate in found:
        z = candidate.map.standard(x)
        if all(_apart(z, other) for _, other in kept):
            kept.append((candidate, z))
        if len(kept) > most:
            break
    return [candidate for candidate, _ in kept]


def left_open(
    best: Candidate, others: Sequence[Candidate], x: Points, known: Target, frame: Frame, columns: Sequence[str]
) -> tuple[Open, ...]:
    """Which other maps the data do not exclude, those with least evidence against them first; `columns` are Y's names.

    Beside the maps given, turns of the best one by an eighth in the plane of each two columns are tried.
    """
    models = _halves(known)
    here = best.map.standard(x)
    found: dict[_Freedom, Open] = {}
    for other in (*_turned(best, x, frame, known), *others):
        evidence, noise = _evidence(best.map, other.map, x, known, frame, models)
        longer = other.map_bits - best.map_bits
        margin = evidence if (best.map.family, other.map.family) in _FREE else evidence + longer
        free = _freedom(here, other.map.standard(x))
        if margin < max(LEAST_BITS, ERRORS * noise) and (free not in found or evidence < found[free].evidence_bits):
            found[free] = Open(free.said(columns), evidence, noise, longer)
    told = [one for free, one in found.items() if not any(free.follows_from(other) for other in found)]
    return tuple(sorted(told, key=lambda one: one.evidence_bits))


@dataclass(frozen=True, slots=True)
class _Freedom:
    """What another map does otherwise, by columns of Y."""

    mixed: frozenset[int] = frozenset()
    turned: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()

    def said(self, columns: Sequence[str]) -> str:
        if self.mixed:
            return f"a rotation or mirror of {_named(self.mixed, columns)}"
        parts = [f"the direction of {_named(self.turned, columns)}"] if self.turned else []
        parts += [f"which is which of {_named(self.moved, columns)}"] if self.moved else []
        return " and ".join(parts) or "the shape of the map"

    def follows_from(self, other: "_Freedom") -> bool:
        """Whether it need not be said beside the other."""
        if other == self or not (self.turned or self.moved or self.mixed):
            return False
        if other.mixed:
            return not self.mixed and self.turned | self.moved <= other.mixed
        return not self.mixed and other.turned <= self.turned and other.moved <= self.moved


def _turned(best: Candidate, x: Points, frame: Frame, known: Target) -> Iterator[Candidate]:
    """The best map followed by isometries: of whitened points, or where lengths are kept of Y's own."""
    if best.map.family == "monotone" or frame.columns == 1:
        return
    z = best.map.standard(x)
    rigid = best.map.family in ("identity", "orthogonal")
    inner = np.diag(frame.spread) if rigid else np.linalg.inv(np.linalg.cholesky(np.cov(z.T)))
    straight = linear(best.map, frame)
    middle = z.mean(axis=0)
    for i, j in list(itertools.combinations(range(frame.columns), 2))[:MOST_TURNS]:
        turn = np.eye(frame.columns)
        turn[np.ix_([i, j], [i, j])] = np.array([[1, -1], [1, 1]]) / math.sqrt(2)
        matrix = np.linalg.inv(inner) @ turn @ inner @ straight.matrix
        middle_u = straight.shifts + np.linalg.solve(straight.matrix, middle)
        shifts = middle_u - np.linalg.solve(matrix, middle)
        precision = max(TURN_PRECISION, getattr(best.map, "precision", 0))
        if rigid:
            made: Map = orthogonal(frame, frame.spread[:, None] * matrix / frame.unit, shifts, precision)
        else:
            made = affine(frame, matrix, shifts, precision)
        yield Candidate(made, float(len(made.code)), float(point_bits(made, x, frame, known.density).sum()))


def _evidence(
    best: Map, other: Map, x: Points, known: Target, frame: Frame, models: Sequence[Density]
) -> tuple[float, float]:
    def difference(density: Density) -> Points:
        return point_bits(other, x, frame, density) - point_bits(best, x, frame, density)

    each = difference(known.density)
    by_model = [float(difference(model).sum()) for model in models]
    return float(each.sum()), math.sqrt(len(x) * float(each.var()) + float(np.var(by_model)) / 2)


def _halves(known: Target) -> list[Density]:
    models = []
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(len(known.z))
        models += [fitted(known.z[part], known.density.name) for part in np.array_split(order, 2)]
    return models


def _apart(one: Points, other: Points) -> bool:
    return float(np.sqrt(((one - other) ** 2).mean(axis=0)).max()) > DIFFERS


def _freedom(one: Points, other: Points) -> _Freedom:
    """What G ∘ F⁻¹ does to the points."""
    size = one.std(axis=0) * other.std(axis=0)[:, None]
    near = ((other - other.mean(axis=0)).T @ (one - one.mean(axis=0)) / len(one)) / size  # correlations, [G's, F's]
    places = range(one.shape[1])
    to = np.abs(near).argmax(axis=1)
    if len(set(to.tolist())) == len(to) and np.abs(near)[places, to].min() > ALIKE:
        turned = frozenset(column for column in places if near[column, to[column]] < 0)
        return _Freedom(turned=turned, moved=frozenset(column for column in places if to[column] != column))
    mixed = frozenset(column for column in places if near[column, column] < MIXED)
    return _Freedom(mixed=mixed if len(mixed) > 1 else frozenset(places))


def _named(places: Iterable[int], columns: Sequence[str]) -> str:
    shown = [columns[place] for place in sorted(places)]
    return ", ".join(shown) if len(shown) < 2 else f"{', '.join(shown[:-1])} and {shown[-1]}"
