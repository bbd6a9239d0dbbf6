"""Models of Y's points: what a point of Y's space costs in bits, smooth enough to be told on a grid.

All take z, Y with its centre taken off and in units of its spread, and give −log2 of a density that integrates to 1:

    gaussians    Σ_k w_k N(z; m_k, Σ_k), one or several, or one at each point of Y (kernels)
    copula       Π_j q_j(z_j) · c(Q_1(z_1), ..., Q_d(z_d)): columns' densities, tied by a Gaussian copula (Sklar 1959)

No density is narrower than a 64th of the spread, and one part in 256 goes to Cauchy tails, so that a point far off
costs bits by the logarithm of how far. Which model stands for Y is chosen by what the one half of Y costs under the
model of the other, both ways, before any X is seen.
"""

import importlib.util
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from codelength.errors import UsageError
from codelength.match.maps.families import Points
from codelength.units import bits_from_nats

NARROWEST = 1 / 64
TAIL = 1 / 256
MOST_KERNELS, MOST_KERNEL_COLUMNS = 2000, 6
COMPONENTS = (2, 3, 5, 8, 12, 20)
WIDTHS = (0.1, 0.2, 0.35, 0.6)
SHRINKAGES = (0.02, 0.1, 0.3, 0.6)
_MARGIN_WIDTHS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
_MARGIN_STEP = 1 / 256
_MARGIN_END = 40.0
_MOST_SCORE = 6.0
_CHUNK = 1024
_LOG2_E = bits_from_nats(1.0)


class Density(Protocol):
    """A model of points."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    def bits(self, z: Points) -> Points:
        """−log2 of the density at z [n, d], [n]."""

    def bits_and_slopes(self, z: Points) -> tuple[Points, Points]:
        """The bits [n] and their derivatives by z [n, d]."""


@dataclass(frozen=True, slots=True, eq=False)
class Gaussians:
    """Weighed normal densities; `roots` [k or 1, d, d] make each one's points standard normal."""

    name: str
    weights: Points  # [k]
    means: Points  # [k, d]
    roots: Points  # [k or 1, d, d]

    def bits(self, z: Points) -> Points:
        """−log2 of the mixture and its tails, [n]."""
        return np.concatenate([_least(self._parts(chunk))[0] for chunk in _chunks(z)])

    def bits_and_slopes(self, z: Points) -> tuple[Points, Points]:
        """The bits [n] and their derivatives by z [n, d]."""
        bits, slopes = zip(*(self._with_slopes(chunk) for chunk in _chunks(z)), strict=True)
        return np.concatenate(bits), np.concatenate(slopes)

    def _parts(self, z: Points) -> Points:
        # log2 of each weighed density, the tails last: [n, k + 1]
        d = z.shape[1]
        scale = np.linalg.slogdet(self.roots)[1] * _LOG2_E - d / 2 * math.log2(2 * math.pi)
        if len(self.roots) == len(self.means):
            distances = np.stack(
                [(((z - mean) @ root.T) ** 2).sum(axis=1) for mean, root in zip(self.means, self.roots, strict=True)],
                axis=1,
            )
        else:
            near, far = z @ self.roots[0].T, self.means @ self.roots[0].T
            squares = (near**2).sum(axis=1)[:, None] + (far**2).sum(axis=1)
            distances = np.maximum(squares - 2 * near @ far.T, 0)
        inner = np.log2(self.weights * (1 - TAIL)) + scale - distances * (_LOG2_E / 2)
        return np.column_stack([inner, _tails(z)])

    def _with_slopes(self, z: Points) -> tuple[Points, Points]:
        bits, parts = _least(self._parts(z))
        inner = parts[:, :-1]
        slopes = parts[:, -1:] * (2 * z / (1 + z**2))
        if len(self.roots) == len(self.means):
            for part, mean, root in zip(inner.T, self.means, self.roots, strict=True):
                slopes += part[:, None] * ((z - mean) @ root.T @ root)
        else:
            square = self.roots[0].T @ self.roots[0]
            slopes += (inner.sum(axis=1)[:, None] * z - inner @ self.means) @ square
        return bits, slopes * _LOG2_E


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One column's density: normal kernels on a fine grid, straight in between, and a Cauchy tail."""

    start: float
    heights: Points  # [cells], the density at start + i / 256
    below: Points  # [cells], what lies below

    def density(self, z: Points) -> Points:
        """At z, of any shape."""
        inner = np.interp(z, self._places, self.heights, left=0, right=0)
        return (1 - TAIL) * inner + TAIL / (math.pi * (1 + z**2))

    def part_below(self, z: Points) -> Points:
        """The distribution function at z."""
        inner = np.interp(z, self._places, self.below, left=0, right=1)
        return (1 - TAIL) * inner + TAIL * (0.5 + np.arctan(z) / math.pi)

    def slope(self, z: Points) -> Points:
        """The derivative of the density at z, that of the kernels by differences on the grid."""
        inner = np.interp(z, self._places, np.gradient(self.heights, _MARGIN_STEP), left=0, right=0)
        return (1 - TAIL) * inner - TAIL / math.pi * 2 * z / (1 + z**2) ** 2

    def quantiles(self, parts: Points) -> Points:
        """Where so much of the kernels lies below."""
        return np.asarray(np.interp(parts, self.below, self._places), np.float64)

    @property
    def _places(self) -> Points:
        return np.asarray(self.start + np.arange(len(self.heights)) * _MARGIN_STEP, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Copula:
    """Margins, and a correlation of their normal scores; without one the columns are independent."""

    name: str
    margins: tuple[Margin, ...]
    correlation: Points  # [d, d]

    def bits(self, z: Points) -> Points:
        """−log2 of the margins' product and of the copula, [n]."""
        alone = -sum(np.log2(margin.density(z[:, j])) for j, margin in enumerate(self.margins))
        scores = self.scores(z)
        excess = np.linalg.inv(self.correlation) - np.eye(len(self.margins))
        tied = (scores @ excess * scores).sum(axis=1) + np.linalg.slogdet(self.correlation)[1]
        return np.asarray(alone + tied * (_LOG2_E / 2), np.float64)

    def bits_and_slopes(self, z: Points) -> tuple[Points, Points]:
        """The bits [n] and their derivatives by z [n, d]; those of the scores are densities over normal ones."""
        densities = np.column_stack([margin.density(z[:, j]) for j, margin in enumerate(self.margins)])
        leans = np.column_stack([margin.slope(z[:, j]) for j, margin in enumerate(self.margins)])
        scores = self.scores(z)
        normal = np.exp2(-(scores**2) * (_LOG2_E / 2)) / math.sqrt(2 * math.pi)
        excess = np.linalg.inv(self.correlation) - np.eye(len(self.margins))
        inside = np.abs(scores) < _MOST_SCORE
        slopes = np.where(inside, scores @ excess * densities / normal, 0) - leans / densities
        return self.bits(z), slopes * _LOG2_E

    def scores(self, z: Points) -> Points:
        """Each column through its distribution function and the inverse normal one, [n, d]."""
        from scipy.special import ndtri

        parts = np.column_stack([margin.part_below(z[:, j]) for j, margin in enumerate(self.margins)])
        return np.asarray(np.clip(ndtri(parts), -_MOST_SCORE, _MOST_SCORE), np.float64)


def chosen(y: Points, *, seed: int = 0) -> str:
    """The name of the density whose model of one half of y [m, d] codes the other half best, both ways.

    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(-1, 0.1, (300, 2)), rng.normal(1, 0.1, (300, 2))])
    >>> chosen(two)
    '2 gaussians'
    """
    sample = y[np.random.default_rng(seed).permutation(len(y))[:MOST_KERNELS]]
    halves = sample[::2], sample[1::2]
    costs: dict[str, float] = {}
    for learned, told in (halves, halves[::-1]):
        for name, density in _all(learned):
            costs[name] = costs.get(name, 0.0) + float(density.bits(told).sum())
    return min(costs, key=lambda name: costs[name])


def fitted(y: Points, name: str) -> Density:
    """The density of that name for y [m, d]; kernels stand at 2,000 points at most."""
    kind, _, number = name.rpartition(" ")
    if name == "1 gaussian":
        return one_gaussian(y)
    if name == "margins" or kind == "copula":
        return copula(margins_of(y), y, 1 if name == "margins" else float(number))
    return several(y, int(name.split()[0])) if number == "gaussians" else kernels(y, float(number))


def margin(values: Points) -> Margin:
    """A column's density; its kernels' width is the one by which each half of the values [m] codes the other best."""
    shuffled = np.random.default_rng(0).permutation(values)
    halves = shuffled[::2], shuffled[1::2]
    costs = [
        sum(-float(np.log2(_smoothed(a, width).density(b)).sum()) for a, b in (halves, halves[::-1]))
        for width in _MARGIN_WIDTHS
    ]
    return _smoothed(values, _MARGIN_WIDTHS[int(np.argmin(costs))])


def one_gaussian(y: Points) -> Gaussians:
    """The normal density of y's moments, drawn towards independent columns where there are few points."""
    covariance = np.atleast_2d(np.cov(y.T))
    part = min(0.5, y.shape[1] / len(y))
    drawn = (1 - part) * covariance + part * np.diag(np.diag(covariance)) + NARROWEST**2 * np.eye(len(covariance))
    return Gaussians("1 gaussian", np.ones(1), y.mean(axis=0, keepdims=True), _roots(drawn[None]))


def several(y: Points, count: int) -> Gaussians:
    """A mixture of normal densities, by expectation maximisation."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = GaussianMixture(count, reg_covar=NARROWEST**2, random_state=0, max_iter=60).fit(y)
    return Gaussians(f"{count} gaussians", found.weights_, found.means_, _roots(found.covariances_))


def kernels(y: Points, width: float) -> Gaussians:
    """A normal density at each of up to 2,000 points of y, of y's shape and `width` times its size."""
    covariance = width**2 * np.atleast_2d(np.cov(y.T)) + NARROWEST**2 * np.eye(y.shape[1])
    places = y[np.random.default_rng(0).permutation(len(y))[:MOST_KERNELS]]
    weights = np.full(len(places), 1 / len(places))
    return Gaussians(f"kernels {width:g}", weights, places, _roots(covariance[None]))


def copula(margins: tuple[Margin, ...], y: Points, shrinkage: float) -> Copula:
    """Margins and the correlation of normal scores, drawn towards independence by a part of `shrinkage`."""
    d = y.shape[1]
    name = "margins" if shrinkage == 1 else f"copula {shrinkage:g}"
    free = Copula(name, margins, np.eye(d))
    if shrinkage == 1 or d == 1:
        return free
    correlation = (1 - shrinkage) * correlations(free.scores(y)) + shrinkage * np.eye(d)
    return Copula(name, margins, correlation)


def correlations(scores: Points) -> Points:
    """Correlations of columns [n, d], 0 with a column that is constant, [d, d]."""
    centred = scores - scores.mean(axis=0)
    sizes = np.maximum(np.sqrt((centred**2).sum(axis=0)), 1e-9)
    found = (centred / sizes).T @ (centred / sizes)
    np.fill_diagonal(found, 1)
    return np.asarray(found, np.float64)


def margins_of(y: Points) -> tuple[Margin, ...]:
    """Each column's density."""
    return tuple(margin(column) for column in y.T)


def check_libraries() -> None:
    """UsageError where scikit-learn, SciPy or POT is missing."""
    for module, name in (("sklearn", "scikit-learn"), ("scipy", "SciPy"), ("ot", "POT")):
        if importlib.util.find_spec(module) is None:
            raise UsageError(f"match map needs {name}; pip install 'codelength[learn,match]'")


def _all(y: Points) -> Iterator[tuple[str, Density]]:
    points, d = y.shape
    yield "1 gaussian", one_gaussian(y)
    for count in COMPONENTS:
        if points >= count * max(8, 4 * d):
            yield f"{count} gaussians", several(y, count)
    for width in WIDTHS if d <= MOST_KERNEL_COLUMNS else ():
        yield f"kernels {width:g}", kernels(y, width)
    margins = margins_of(y)
    for shrinkage in SHRINKAGES if d > 1 else ():
        yield f"copula {shrinkage:g}", copula(margins, y, shrinkage)
    yield "margins", copula(margins, y, 1)


def _roots(covariances: Points) -> Points:
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariances)), np.float64)


def _smoothed(values: Points, width: float) -> Margin:
    inner = values[np.abs(values) < _MARGIN_END]
    start = math.floor(inner.min() / _MARGIN_STEP) * _MARGIN_STEP - 6 * width
    cells = math.ceil((inner.max() - start + 6 * width) / _MARGIN_STEP) + 2
    places = (inner - start) / _MARGIN_STEP
    left = np.floor(places).astype(int)
    counts = np.zeros(cells)
    np.add.at(counts, left, left + 1 - places)
    np.add.at(counts, left + 1, places - left)
    reach = math.ceil(6 * width / _MARGIN_STEP)
    kernel = np.exp(-(((np.arange(-reach, reach + 1) * _MARGIN_STEP) / width) ** 2) / 2)
    heights = np.convolve(counts, kernel / kernel.sum(), mode="same")
    heights /= heights.sum() * _MARGIN_STEP
    below = np.concatenate([[0.0], np.cumsum((heights[1:] + heights[:-1]) / 2) * _MARGIN_STEP])
    return Margin(start, heights / below[-1], below / below[-1])


def _tails(z: Points) -> Points:
    return np.asarray(math.log2(TAIL) - np.log2(math.pi * (1 + z**2)).sum(axis=1), np.float64)


def _least(parts: Points) -> tuple[Points, Points]:
    # −log2 of the sum of 2^parts [n, k], and each part's share of it
    most = parts.max(axis=1, keepdims=True)
    powers = np.exp2(parts - most)
    sums = powers.sum(axis=1, keepdims=True)
    return -(most + np.log2(sums))[:, 0], powers / sums


def _chunks(z: Points) -> list[Points]:
    return [z[at : at + _CHUNK] for at in range(0, len(z), _CHUNK)]
