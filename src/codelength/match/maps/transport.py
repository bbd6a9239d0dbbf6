"""The search for affine and orthogonal maps: starts from moments and transport, then downhill in bits.

Moments fix an affine map up to a rotation R of whitened points: z = Σ_Y^½ R Σ_X^−½ (u − mean). Rotations to start from:

    axes           independent components of both clouds (Hyvärinen 1999), paired by what they cost each other
    turned         rotations drawn at random, on a grid of angles for two columns
    transport      each of them refined by Wasserstein-Procrustes (Grave, Joulin, Berthet 2019): the cheapest transport
                   of a sample of X turned by R to one of Y, then the R that fits its pairs best; again
    Gromov         the transport that keeps distances (Mémoli 2011), which needs no start

The best few go downhill in bits by L-BFGS, with the slopes of Y's density. For orthogonal maps principal axes of raw
points take the place of whitened ones.
"""

import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from codelength.match.maps.columns import line_costs
from codelength.match.maps.densities import NARROWEST, Density, margin
from codelength.match.maps.families import Frame, Points, angles_of, rotation
from codelength.units import bits_from_nats

SAMPLE = 200
TURNED = 24
GRID_TURNS = 12
POLISHED = 6
MOST_COLUMNS = 16
_ROUNDS = 8
_STEPS = 60
_REACH = 10.0  # how far downhill may lead, in Y's spreads


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A linear map with real parameters, before they are rounded: z = matrix (x / unit − shifts)."""

    matrix: Points  # [d, d]; for an orthogonal map the rotation of x itself
    shifts: Points  # [d]


def affine_maps(x: Points, y: Points, frame: Frame, guide: Density, *, seed: int = 0) -> list[Linear]:
    """Ends of the search for z = W (u − c), the best first; x [n, d] raw, y [m, d] as z."""
    u = x / frame.unit
    mean = u.mean(axis=0)
    away, onto = _root(u, -0.5), _root(y, 0.5)
    white_x, white_y = (u - mean) @ away, (y - y.mean(axis=0)) @ _root(y, -0.5)

    def bits(turn: Points) -> float:
        matrix = onto @ turn @ away
        return _linear_bits(guide, u - mean, matrix, y.mean(axis=0))

    ends: list[tuple[float, Linear]] = []
    for turn in _best(_rotations(white_x, white_y, seed), bits):
        matrix = onto @ turn @ away
        ends.append(_downhill_affine(u, Linear(matrix, mean - np.linalg.solve(matrix, y.mean(axis=0))), guide))
    return [end for _, end in sorted(ends, key=lambda end: end[0])]


def polished_affine(x: Points, start: Linear, frame: Frame, guide: Density) -> Linear:
    """The affine map downhill from a given one."""
    return _downhill_affine(x / frame.unit, start, guide)[1]


def orthogonal_maps(x: Points, y: Points, frame: Frame, guide: Density, *, seed: int = 0) -> list[Linear]:
    """Ends of the search for z = R (x − c · unit) / spread, the best first."""
    raw_y = frame.in_y(y) - frame.centre
    mean_x, mean_y = x.mean(axis=0), raw_y.mean(axis=0)
    size = math.sqrt(float(np.trace(np.atleast_2d(np.cov(raw_y.T)))))
    flat_x, flat_y = (x - mean_x) / size, (raw_y - mean_y) / size

    def bits(turn: Points) -> float:
        return _linear_bits(guide, x - mean_x, turn / frame.spread[:, None], mean_y / frame.spread)

    starts = itertools.chain(_principal(flat_x, flat_y), _rotations(flat_x, flat_y, seed))
    ends: list[tuple[float, Linear]] = []
    for turn in _best(starts, bits):
        start = Linear(turn, (mean_x - turn.T @ mean_y) / frame.unit)
        ends.append(_downhill_orthogonal(x, start, frame, guide))
    return [end for _, end in sorted(ends, key=lambda end: end[0])]


def _linear_bits(guide: Density, x: Points, matrix: Points, mean: Points) -> float:
    # What x [n, d] costs, centred, without the grid.
    return float(guide.bits(x @ matrix.T + mean).sum()) - len(x) * bits_from_nats(np.linalg.slogdet(matrix)[1])


def _best(turns: Iterator[Points], bits: Callable[[Points], float]) -> list[Points]:
    """The best few of rotations that differ."""
    kept: list[Points] = []
    for _, turn in sorted(((bits(turn), turn) for turn in turns), key=lambda pair: pair[0]):
        if all(np.abs(turn - other).max() > 0.1 for other in kept):
            kept.append(turn)
        if len(kept) == POLISHED:
            break
    return kept


def _rotations(x: Points, y: Points, seed: int) -> Iterator[Points]:
    d = x.shape[1]
    if d == 1:
        yield from (np.eye(1), -np.eye(1))
        return
    rng = np.random.default_rng(seed)
    near = x[rng.permutation(len(x))[:SAMPLE]]
    far = y[rng.permutation(len(y))[:SAMPLE]]
    starts = list(_axes(x, y, seed))
    if d == 2:
        grid = np.arange(GRID_TURNS) * (2 * math.pi / GRID_TURNS)
        starts += [rotation(np.array([angle]), 2, mirrored=mirrored) for angle in grid for mirrored in (False, True)]
    else:
        starts += [np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(TURNED)]
    starts.append(_gromov(near, far))
    for start in starts:
        yield start
        yield _procrustes(near, far, start)


def _axes(x: Points, y: Points, seed: int) -> Iterator[Points]:
    """Rotations that send independent components to independent components."""
    from sklearn.decomposition import FastICA
    from sklearn.exceptions import ConvergenceWarning

    d = x.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        one, other = (
            FastICA(whiten=False, random_state=seed, max_iter=200).fit(points).components_ for points in (x, y)
        )
    near, far = x @ one.T, y @ other.T
    margins = [margin(column / column.std()) for column in far.T]

    def cost(sign: int, i: int, j: int) -> float:
        return -float(np.log2(margins[j].density(sign * near[:, i] / near[:, i].std())).sum())

    from scipy.optimize import linear_sum_assignment

    costs = line_costs(d, cost)
    order = linear_sum_assignment(costs.min(axis=0))[1]
    likely = np.where(costs[1, np.arange(d), order] < costs[0, np.arange(d), order], -1, 1)
    turns = (
        itertools.product((1, -1), repeat=d) if d <= 3 else (np.where(np.arange(d) == k, -1, 1) for k in range(-1, d))
    )
    for turn in turns:
        pairing = np.zeros((d, d))
        pairing[order, np.arange(d)] = likely * np.array(turn)
        yield _nearest_rotation(other.T @ pairing @ one)


def _principal(x: Points, y: Points) -> Iterator[Points]:
    """Principal axes to principal axes, all signs of the first four."""
    one, other = (np.linalg.eigh(np.atleast_2d(np.cov(points.T)))[1][:, ::-1] for points in (x, y))
    d = x.shape[1]
    for signs in itertools.product((1, -1), repeat=min(d, 4)):
        turned = np.ones(d)
        turned[: len(signs)] = signs
        yield other @ np.diag(turned) @ one.T


def _procrustes(x: Points, y: Points, turn: Points) -> Points:
    import ot

    here, there = (np.full(len(points), 1 / len(points)) for points in (x, y))
    for _ in range(_ROUNDS):
        plan = ot.emd(here, there, ot.dist(x @ turn.T, y))
        new = _nearest_rotation(y.T @ plan.T @ x)
        if np.abs(new - turn).max() < 1e-3:
            break
        turn = new
    return turn


def _gromov(x: Points, y: Points) -> Points:
    import ot

    one, other = x[: SAMPLE // 2], y[: SAMPLE // 2]
    plan = ot.gromov.gromov_wasserstein(ot.dist(one, one), ot.dist(other, other), max_iter=50)
    return _nearest_rotation(other.T @ np.asarray(plan).T @ one)


def _nearest_rotation(matrix: Points) -> Points:
    left, _, right = np.linalg.svd(matrix)
    return np.asarray(left @ right, np.float64)


def _root(points: Points, power: float) -> Points:
    values, axes = np.linalg.eigh(np.atleast_2d(np.cov(points.T)) + NARROWEST**2 * np.eye(points.shape[1]))
    return np.asarray((axes * values**power) @ axes.T, np.float64)


def _downhill_affine(u: Points, start: Linear, guide: Density) -> tuple[float, Linear]:
    from scipy.optimize import minimize

    n, d = u.shape
    mean = u.mean(axis=0)

    def value(numbers: Points) -> tuple[float, Points]:
        matrix, place = numbers[: d * d].reshape(d, d), numbers[d * d :]
        bits, slopes = guide.bits_and_slopes((u - mean) @ matrix.T + place)
        sign, logarithm = np.linalg.slogdet(matrix)
        if not sign:
            return math.inf, np.zeros_like(numbers)
        turned = slopes.T @ (u - mean) - n * bits_from_nats(1.0) * np.linalg.inv(matrix).T
        return float(bits.sum()) - n * bits_from_nats(logarithm), np.append(turned.ravel(), slopes.sum(axis=0))

    begin = np.append(start.matrix.ravel(), start.matrix @ (mean - start.shifts))
    reach = np.append(np.full(d * d, 3 * np.abs(start.matrix).max()), np.full(d, _REACH))
    near = list(zip(begin - reach, begin + reach, strict=True))
    found = minimize(value, begin, jac=True, method="L-BFGS-B", bounds=near, options={"maxiter": _STEPS})
    matrix = found.x[: d * d].reshape(d, d)
    return float(found.fun), Linear(matrix, mean - np.linalg.solve(matrix, found.x[d * d :]))


def _downhill_orthogonal(x: Points, start: Linear, frame: Frame, guide: Density) -> tuple[float, Linear]:
    from scipy.optimize import minimize

    d = x.shape[1]
    angles, mirrored = angles_of(start.matrix)
    mean = x.mean(axis=0)

    def value(numbers: Points) -> tuple[float, Points]:
        matrix = rotation(numbers[: len(angles)], d, mirrored=mirrored)
        bits, slopes = guide.bits_and_slopes(((x - mean) @ matrix.T + numbers[len(angles) :]) / frame.spread)
        raw = slopes / frame.spread
        turned = _angle_slopes(numbers[: len(angles)], d, mirrored, raw.T @ (x - mean))
        return float(bits.sum()), np.append(turned, raw.sum(axis=0))

    begin = np.append(angles, start.matrix @ (mean - start.shifts * frame.unit))
    reach = np.append(np.full(len(angles), math.pi), _REACH * frame.spread)
    near = list(zip(begin - reach, begin + reach, strict=True))
    found = minimize(value, begin, jac=True, method="L-BFGS-B", bounds=near, options={"maxiter": _STEPS})
    matrix = rotation(found.x[: len(angles)], d, mirrored=mirrored)
    return float(found.fun), Linear(matrix, (mean - matrix.T @ found.x[len(angles) :]) / frame.unit)


def _angle_slopes(angles: Points, d: int, mirrored: bool, slopes: Points) -> Points:
    """Derivatives by the angles of `rotation` where those by its entries are `slopes` [d, d]."""
    planes = list(itertools.combinations(range(d), 2))
    before, after = np.eye(d), rotation(angles, d, mirrored=mirrored)
    found = np.empty(len(planes))
    for k, ((i, j), angle) in enumerate(zip(planes, angles.tolist(), strict=True)):
        cos, sin = math.cos(angle), math.sin(angle)
        # after is the product from this plane on; first this plane is taken off it.
        after[i], after[j] = cos * after[i] + sin * after[j], cos * after[j] - sin * after[i]
        pair = before[:, [i, j]]
        bent = pair @ np.array([[-sin, -cos], [cos, -sin]])
        found[k] = (slopes * (bent @ after[[i, j]])).sum()
        before[:, [i, j]] = pair @ np.array([[cos, -sin], [sin, cos]])
    return found
