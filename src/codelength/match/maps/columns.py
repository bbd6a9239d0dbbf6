"""Which column of X is which column of Y, in any order and units: the search for scale and monotone maps.

Under a copula the bits of X with column i sent to column π(i), turned over where s_i = −1, are

    Σ_i C[s_i, i, π(i)]  +  Σ_ik s_i s_k S_ik A[π(i), π(k)],      A = n/2 · log2 e · (R⁻¹ − I)

with C what a column costs under a margin of Y in its best units, S the correlation of X's normal scores and R of Y's.
That is a quadratic assignment with a linear part. It is annealed from random pairings until the same best one was found
three times, beside the assignment by C alone; each end goes downhill by swaps and turns.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from codelength.match.maps.annealing import anneal
from codelength.match.maps.densities import Copula, correlations
from codelength.match.maps.families import Points, Whole
from codelength.units import bits_from_nats

AGREED, RESTARTS = 3, 10
MOST_MOVES, MOVES_PER_SWAP = 2_000_000, 5_000
_SAMPLED = 20
_SIGNS = (1, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Column i of X stands for column order[i] of Y, turned over where signs[i] is −1; its bits by the copula."""

    order: tuple[int, ...]
    signs: tuple[int, ...]
    bits: float


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The costs: `linear` [2, d, d] by sign (+, −), X's and Y's column; `x` is S, `y` is A, [d, d] each."""

    linear: Points
    x: Points
    y: Points

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
    return Assignment(linear, correlations(normal_scores(x)), tied)


def pairings(costs: Assignment, *, seed: int = 0, most: int = 8) -> list[Pairing]:
    """The best distinct ends of the search, the best first; the first ones differ by swaps and turns that do not pay.

    >>> skew = np.array([[5.0, 0.0], [0.0, 5.0]])
    >>> found = pairings(Assignment(np.stack([skew, skew + 1]), np.eye(2), np.zeros((2, 2))))
    >>> found[0].order, found[0].signs, found[0].bits
    ((1, 0), (1, 1), 0.0)
    """
    rng = np.random.default_rng(seed)
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}

    def keep(order: Whole, signs: Whole) -> float:
        bits = costs.bits(order, signs)
        found[tuple(map(int, order)), tuple(map(int, signs))] = bits
        return bits

    for end in (_downhill(costs, *_by_itself(costs)), *_annealed(costs, rng)):
        keep(*end)
    order, signs = (np.array(part, np.int64) for part in min(found, key=lambda key: found[key]))
    for near_order, near_signs in _neighbours(order, signs):
        keep(near_order, near_signs)
    ranked = sorted(found.items(), key=lambda item: item[1])
    return [Pairing(*key, bits) for key, bits in ranked[:most]]


def normal_scores(x: Points) -> Points:
    """Each column's ranks, ties at their mean, as normal quantiles, [n, d]."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(x, axis=0) - 0.5) / len(x)), np.float64)


def _by_itself(costs: Assignment) -> tuple[Whole, Whole]:
    """Each column for itself."""
    from scipy.optimize import linear_sum_assignment

    order = np.asarray(linear_sum_assignment(costs.linear.min(axis=0))[1], np.int64)
    plus, minus = (costs.linear[sign, np.arange(costs.size), order] for sign in (0, 1))
    return order, np.where(minus < plus, -1, 1)


def _annealed(costs: Assignment, rng: np.random.Generator) -> Iterator[tuple[Whole, Whole]]:
    """Ends of annealing until the least was reached three times."""
    d = costs.size
    if d == 1:
        return
    pairs = np.triu_indices(d, 1)
    starts = [(rng.permutation(d), rng.choice(_SIGNS, d)) for _ in range(_SAMPLED)]
    first_bits = max(1.0, float(np.median([np.median(np.abs(_swap_gains(costs, *start)[pairs])) for start in starts])))
    moves = min(MOST_MOVES, MOVES_PER_SWAP * d * d)
    linear, x, y = (np.ascontiguousarray(part) for part in (costs.linear, costs.x, costs.y))
    reached: list[float] = []
    for start, seed in zip(starts[:RESTARTS], rng.integers(0, 1 << 31, RESTARTS).tolist(), strict=True):
        end = _downhill(costs, *anneal(linear, x, y, *start, moves, first_bits, seed))
        reached.append(costs.bits(*end))
        yield end
        if sum(bits < min(reached) + 1e-3 for bits in reached) == AGREED:
            return


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
