"""Which column of X is which column of Y, in any order and units: the search for scale and monotone maps.

Under a copula the bits of X with column i sent to column π(i), turned over where s_i = −1, are

    Σ_i C[s_i, i, π(i)]  +  Σ_ik s_i s_k S_ik A[π(i), π(k)],      A = n/2 · log2 e · (R⁻¹ − I)

with C what a column costs under a margin of Y in its best units, S the correlation of X's normal scores and R of Y's.
That is a quadratic assignment with a linear part. Starts: the assignment by C alone, the relaxation of Vogelstein et
al. 2015 (Frank-Wolfe over doubly stochastic matrices), and fused Gromov-Wasserstein transport (Vayer et al. 2019). Each
goes downhill by swaps and turns; kicks of three columns look for what lies beyond.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from codelength.match.maps.densities import Copula
from codelength.match.maps.families import Points, Whole
from codelength.units import bits_from_nats

KICKS = 60
_ROUNDS = 30
_SIGNS = (1, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Column i of X stands for column order[i] of Y, turned over where signs[i] is −1; its bits by the copula."""

    order: tuple[int, ...]
    signs: tuple[int, ...]
    bits: float


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The costs: `linear` [2, d, d] by sign (+, −), X's and Y's column; `x` is S, `y` A, `related` R, [d, d] each."""

    linear: Points
    x: Points
    y: Points
    related: Points

    @property
    def size(self) -> int:
        """d."""
        return len(self.x)

    def bits(self, order: Whole, signs: Whole) -> float:
        """What a pairing costs."""
        line = self.linear[(signs < 0).astype(int), np.arange(self.size), order].sum()
        return float(line + (self.y[np.ix_(order, order)] * self.x * np.outer(signs, signs)).sum())


def assignment(x: Points, model: Copula, linear: Points) -> Assignment:
    """The costs for columns of x [n, d] under a copula, given what each alone costs for each, [2, d, d]."""
    excess = np.linalg.inv(model.correlation) - np.eye(x.shape[1])
    tied = bits_from_nats(0.5) * len(x) * excess
    return Assignment(linear, _correlation(normal_scores(x)), tied, model.correlation)


def pairings(costs: Assignment, *, seed: int = 0, most: int = 8) -> list[Pairing]:
    """The best distinct ends of the search, the best first; the first ones differ by swaps and turns that do not pay.

    >>> skew = np.array([[5.0, 0.0], [0.0, 5.0]])
    >>> found = pairings(Assignment(np.stack([skew, skew + 1]), np.eye(2), np.zeros((2, 2)), np.eye(2)))
    >>> found[0].order, found[0].signs, found[0].bits
    ((1, 0), (1, 1), 0.0)
    """
    rng = np.random.default_rng(seed)
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}

    def keep(order: Whole, signs: Whole) -> float:
        bits = costs.bits(order, signs)
        found[tuple(map(int, order)), tuple(map(int, signs))] = bits
        return bits

    ends = [_downhill(costs, *start) for start in _starts(costs)]
    order, signs = min(ends, key=lambda end: keep(*end))
    least = costs.bits(order, signs)
    for _ in range(KICKS if costs.size > 2 else 4):
        kicked, turned = order.copy(), signs.copy()
        chosen = rng.choice(costs.size, min(3, costs.size), replace=False)
        kicked[chosen] = kicked[np.roll(chosen, 1)]
        turned[rng.integers(costs.size)] *= -1
        end = _downhill(costs, kicked, turned)
        if (bits := keep(*end)) < least:
            (order, signs), least = end, bits
    for near_order, near_signs in _neighbours(order, signs):
        keep(near_order, near_signs)
    ranked = sorted(found.items(), key=lambda item: item[1])
    return [Pairing(*key, bits) for key, bits in ranked[:most]]


def normal_scores(x: Points) -> Points:
    """Each column's ranks, ties at their mean, as normal quantiles, [n, d]."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(x, axis=0) - 0.5) / len(x)), np.float64)


def _correlation(scores: Points) -> Points:
    return np.atleast_2d(np.corrcoef(scores.T))


def _starts(costs: Assignment) -> Iterator[tuple[Whole, Whole]]:
    least = costs.linear.min(axis=0)
    yield _with_signs(costs, _assigned(least))
    if costs.size > 2:
        yield _with_signs(costs, _relaxed(costs, least))
        yield _with_signs(costs, _transported(costs, least))


def _assigned(costs: Points) -> Whole:
    from scipy.optimize import linear_sum_assignment

    return np.asarray(linear_sum_assignment(costs)[1], np.int64)


def _with_signs(costs: Assignment, order: Whole) -> tuple[Whole, Whole]:
    plus, minus = (costs.linear[sign, np.arange(costs.size), order] for sign in (0, 1))
    return order, np.where(minus < plus, -1, 1)


def _relaxed(costs: Assignment, least: Points) -> Whole:
    _, signs = _with_signs(costs, _assigned(least))
    x = costs.x * np.outer(signs, signs)
    plan = np.full_like(x, 1 / costs.size)
    for _ in range(_ROUNDS):
        slope = least + 2 * x @ plan @ costs.y
        corner = np.eye(costs.size)[_assigned(slope)]
        step = corner - plan
        bend = float((x @ step @ costs.y * step).sum())
        lean = float((slope * step).sum())
        size = 1.0 if bend <= 0 else min(1.0, -lean / (2 * bend))
        if lean > -1e-9:
            break
        plan = plan + size * step
    return _assigned(-plan)


def _transported(costs: Assignment, least: Points) -> Whole:
    import ot

    near, far = (1 - np.abs(matrix) for matrix in (costs.x, costs.related))
    plan = ot.gromov.fused_gromov_wasserstein(least / max(np.ptp(least), 1e-9), near, far, alpha=0.5, max_iter=50)
    return _assigned(-np.asarray(plan, np.float64))


def _downhill(costs: Assignment, order: Whole, signs: Whole) -> tuple[Whole, Whole]:
    order, signs = order.copy(), signs.copy()
    for _ in range(20 * costs.size):
        swaps, turns = _swap_gains(costs, order, signs), _turn_gains(costs, order, signs)
        i, k = np.unravel_index(int(np.argmin(swaps)), swaps.shape)
        turn = int(np.argmin(turns))
        if min(swaps[i, k], turns[turn]) > -1e-6:
            break
        if swaps[i, k] < turns[turn]:
            order[i], order[k] = order[k], order[i]
        else:
            signs[turn] *= -1
    return order, signs


def _swap_gains(costs: Assignment, order: Whole, signs: Whole) -> Points:
    # What the cost changes by when columns i and k of X change partners, [d, d].
    y = costs.y[np.ix_(order, order)]
    x = costs.x * np.outer(signs, signs)
    product = y @ x
    diagonal, own = np.diag(product), np.diag(y)
    tied = product + product.T - diagonal[:, None] - diagonal
    tied -= (1 - x) * (2 * y - own[:, None] - own)
    line = costs.linear[(signs < 0).astype(int)[:, None], np.arange(costs.size)[:, None], order]
    now = np.diag(line)
    return np.asarray(2 * tied + line + line.T - now[:, None] - now, np.float64)


def _turn_gains(costs: Assignment, order: Whole, signs: Whole) -> Points:
    y = costs.y[np.ix_(order, order)]
    x = costs.x * np.outer(signs, signs)
    tied = (y * x).sum(axis=1) - np.diag(y) * np.diag(x)
    rows = np.arange(costs.size)
    now, turned = (costs.linear[(side < 0).astype(int), rows, order] for side in (signs, -signs))
    return np.asarray(turned - now - 4 * tied, np.float64)


def _neighbours(order: Whole, signs: Whole) -> Iterator[tuple[Whole, Whole]]:
    for i in range(len(order)):
        turned = signs.copy()
        turned[i] *= -1
        yield order, turned
        for k in range(i):
            swapped = order.copy()
            swapped[i], swapped[k] = order[k], order[i]
            yield swapped, signs
    yield order, -signs


LineCost = Callable[[int, int, int], float]


def line_costs(size: int, cost: LineCost) -> Points:
    """What column i of X costs for column j of Y with a sign, by a function of (sign, i, j), as [2, d, d]."""
    return np.array([[[cost(sign, i, j) for j in range(size)] for i in range(size)] for sign in _SIGNS])
