"""Maps between clouds of points without pairs: known ones, columns of real tables, cells seen twice; peers beside them.

    cases      X and Y are drawn from known sources, F is known: is it found, and is what cannot be told said to be open
    columns    two halves of a table's rows; one half's columns are shuffled and rescaled: which column is which
    cells      clusters of unlike sizes by two instruments: columns, values, and clusters taken over from the nearest

Peers get the same clouds: moments alone (whitening), transport alone (POT: exact, Gromov-Wasserstein). All but the
last take columns as they stand. Seconds are of the CPU, of one thread.

Run: OMP_NUM_THREADS=1 python -m benchmarks.maps [cases columns cells] [--quick]
"""

import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.points import load_points
from codelength.match.maps.choice import Found, cloud, match_maps
from codelength.match.maps.families import FAMILIES
from codelength.measure.interval import mean_interval

Points = npt.NDArray[np.float64]
Rng = np.random.Generator
Peer = Callable[[Points, Points], npt.NDArray[np.int64]]
PARTS = ("cases", "columns", "cells")
POINTS, MORE_POINTS, SEEDS, TABLE_SEEDS, CELL_SEEDS = 600, 3000, 3, 5, 3
MOST_ROWS = 6000
TRANSPORTED = 500  # points of each cloud for the peers by transport
TABLES = ("iris", "wine", "banknote_authentication", "phoneme", "abalone", "winequality-white", "sonar", "adult-train")
CLOSE = 0.3  # of Y's spread: a map nearer than this to the true one counts as found
OURS = "codelength"


class Case(NamedTuple):
    """X, Y, and F's true values at X, made by a generator; what should be told of it."""

    make: Callable[[Rng, int], tuple[Points, Points, Points]]
    told: bool
    points: int = POINTS


def shapes(rng: Rng, n: int, d: int) -> Points:
    """Columns of unlike shapes, none of them symmetric, that depend on each other."""
    heaps = np.where(rng.random(n) < 0.3, rng.normal(5, 0.4, n), rng.normal(0, 1, n))
    columns = np.column_stack([rng.gamma(1, size=n), heaps, rng.random(n) ** 4 * 6, rng.gamma(4, size=n)])[:, :d]
    return np.asarray(columns + 0.4 * np.roll(columns, 1, axis=1), np.float64)


def line(rng: Rng, n: int, *, skewed: bool) -> tuple[Points, Points, Points]:
    """Points about y = x, and about y = 2x."""

    def drawn() -> Points:
        along = rng.gamma(2, size=(n, 1)) if skewed else rng.normal(2, 1, size=(n, 1))
        return np.asarray(along + 0.1 * rng.normal(size=(n, 2)), np.float64)

    x, y = drawn(), drawn()
    return x, y * [1, 2], x * [1, 2]


def linear(matrix: Callable[[Rng, int], Points], d: int) -> Callable[[Rng, int], tuple[Points, Points, Points]]:
    """X is what a matrix made of points like Y, and shifted."""

    def make(rng: Rng, n: int) -> tuple[Points, Points, Points]:
        truth, y = shapes(rng, n, d), shapes(rng, n, d)
        return truth @ matrix(rng, d).T + rng.normal(0, 10, d), y, truth

    return make


def permuted(rng: Rng, d: int) -> Points:
    """Columns in another order, each times a factor of either sign."""
    return np.asarray(np.eye(d)[rng.permutation(d)] * np.exp(rng.normal(0, 2, (d, 1))) * rng.choice([-1, 1], (d, 1)))


def rotated(rng: Rng, d: int) -> Points:
    """An orthogonal matrix."""
    return np.asarray(np.linalg.qr(rng.normal(size=(d, d)))[0], np.float64)


def mixed(rng: Rng, d: int) -> Points:
    """A matrix whose longest axis is five times its shortest."""
    return np.asarray(rotated(rng, d) * np.geomspace(1, 5, d) @ rotated(rng, d), np.float64)


def bent(rng: Rng, n: int) -> tuple[Points, Points, Points]:
    """Columns in another order, each through a curve."""
    truth, y = shapes(rng, n, 4), shapes(rng, n, 4)
    curves = (np.exp(truth[:, 1] / 2), -np.log(truth[:, 2] + 3), np.cbrt(truth[:, 0]), np.tanh(truth[:, 3] / 6))
    return np.column_stack(curves), y, truth


def alike(draw: Callable[[Rng, int], Points]) -> Callable[[Rng, int], tuple[Points, Points, Points]]:
    """Both clouds from one source, X three times as large."""

    def make(rng: Rng, n: int) -> tuple[Points, Points, Points]:
        truth, y = draw(rng, n), draw(rng, n)
        return 3 * truth + 1, y, truth

    return make


def heaps(rng: Rng, n: int) -> tuple[Points, Points, Points]:
    """X from one source, Y from another."""
    x = rng.gamma(0.3, size=(n, 2))
    return x, rng.normal(size=(n, 2)) + 9 * np.sign(rng.random((n, 1)) - 0.5), np.full((n, 2), np.nan)


CASES = {
    "y = x to y = 2x, skewed": Case(lambda rng, n: line(rng, n, skewed=True), True),
    "y = x to y = 2x, symmetric": Case(lambda rng, n: line(rng, n, skewed=False), False),
    "permuted and scaled, 4 columns": Case(linear(permuted, 4), True),
    "rotated, 2 columns": Case(linear(rotated, 2), True),
    "rotated, 3 columns": Case(linear(rotated, 3), True),
    "affine, 2 columns": Case(linear(mixed, 2), True),
    "affine, 4 columns": Case(linear(mixed, 4), True),
    "permuted and scaled, 4 columns, more points": Case(linear(permuted, 4), True, MORE_POINTS),
    "affine, 4 columns, more points": Case(linear(mixed, 4), True, MORE_POINTS),
    "permuted and bent, 4 columns": Case(bent, True),
    "round Gaussians": Case(alike(lambda rng, n: rng.normal(size=(n, 2))), False),
    "exchangeable columns": Case(alike(lambda rng, n: rng.gamma(1, size=(n, 2))), False),
    "symmetric columns": Case(alike(lambda rng, n: np.column_stack([rng.random(n), rng.laplace(size=n)])), False),
    "unrelated clouds": Case(heaps, False),
}


def measure_case(name: str, n: int, seed: int) -> list[Row]:
    """Ours and the peers' error for one draw."""
    case = CASES[name]
    x, y, truth = case.make(np.random.default_rng(seed), n)
    found, seconds = _found(x, y)
    match = found.mapped.match
    rows: list[Row] = [
        {
            "part": "cases",
            "data": name,
            "method": OURS,
            "seed": seed,
            "points": n,
            "should_be_told": case.told,
            "told": found.mapped.identified and match.total_bits < (found.mapped.alone_bits or math.inf),
            "family": match.family,
            "error": _error(found.apply(x), truth),
            "unmapped_bits": round(match.unmapped_bits or math.nan, 1),
            "map_bits": round(match.map_bits, 1),
            "mapped_bits": round(match.mapped_bits, 1),
            "alone_bits": round(found.mapped.alone_bits or math.nan, 1),
            "margin_bits": None if match.margin_bits is None else round(match.margin_bits, 1),
            "cpu_seconds": seconds,
        }
    ]
    for method, mapped in {"whitening": whitened, "EMD": transported, "GW": gromov}.items():
        began = time.process_time()
        sent, kept = mapped(x, y)
        rows.append(
            {
                "part": "cases",
                "data": name,
                "method": method,
                "seed": seed,
                "points": n,
                "error": _error(sent, truth[kept]),
                "cpu_seconds": round(time.process_time() - began, 2),
            }
        )
    return rows


def whitened(x: Points, y: Points) -> tuple[Points, npt.NDArray[np.int64]]:
    """Moments alone: Σ_Y^½ Σ_X^−½ (x − mean) + mean."""

    def root(points: Points, power: float) -> Points:
        values, axes = np.linalg.eigh(np.cov(points.T))
        return np.asarray((axes * values**power) @ axes.T, np.float64)

    return (x - x.mean(axis=0)) @ root(x, -0.5) @ root(y, 0.5) + y.mean(axis=0), np.arange(len(x))


def transported(x: Points, y: Points) -> tuple[Points, npt.NDArray[np.int64]]:
    """Exact transport of standardised clouds, each point to the mean of where it goes."""
    import ot

    x, y, raw = x[:TRANSPORTED], y[:TRANSPORTED], y[:TRANSPORTED]
    plan = ot.emd([], [], ot.dist(_standard(x), _standard(y)))
    return _barycentric(plan, raw)


def gromov(x: Points, y: Points) -> tuple[Points, npt.NDArray[np.int64]]:
    """Transport that keeps the distances of standardised clouds."""
    import ot

    x, raw = x[:TRANSPORTED], y[:TRANSPORTED]
    one, other = _standard(x), _standard(raw)
    return _barycentric(ot.gromov.gromov_wasserstein(ot.dist(one, one), ot.dist(other, other), max_iter=100), raw)


def measure_columns(name: str, seed: int, *, limit: int = MOST_ROWS) -> list[Row]:
    """Which part of a table's columns each method finds again, in one draw of halves, order and units."""
    points, _ = load_points(str(SHARED_DATA / "tabular" / f"{name}.csv"))
    rng = np.random.default_rng(seed)
    points = points[rng.permutation(len(points))[:limit]]
    d, half = points.shape[1], len(points) // 2
    order, units = rng.permutation(d), np.exp(rng.normal(0, 2, d))
    shifts, signs = rng.normal(0, 10, d) * units, rng.choice([-1, 1], d)
    y, other = points[half:], points[:half, order]

    def row(method: str, right: float, seconds: float, **more: str | float | bool | None) -> Row:
        named: Row = {"part": "columns", "data": name, "method": method, "seed": seed, "points": half, "columns": d}
        return {**named, "right": round(right, 4), "cpu_seconds": round(seconds, 2), **more}

    rows = []
    for method, factors in ((OURS, units), (f"{OURS}, columns turned over too", units * signs)):
        found, seconds = _found(other * factors + shifts, y, ("scale",))
        right = [pair.y == str(place + 1) for pair, place in zip(found.mapped.pairs, order, strict=True)]
        rows.append(row(method, float(np.mean(right)), seconds, told=found.mapped.identified))
    x = other * units + shifts
    for method, matched in {
        "skewness and kurtosis": by_moments,
        "1-D transport": by_margins,
        "GW of correlations": by_correlations,
        "fused GW": by_both,
    }.items():
        began = time.process_time()
        right_columns = matched(x, y) == order
        rows.append(row(method, float(np.mean(right_columns)), time.process_time() - began))
    return rows


def by_moments(x: Points, y: Points) -> npt.NDArray[np.int64]:
    """Columns by their third and fourth moments."""
    one, other = (np.column_stack([(z**3).mean(axis=0), (z**4).mean(axis=0)]) for z in map(_standard, (x, y)))
    one, other = (np.sign(moments) * np.log1p(np.abs(moments)) for moments in (one, other))
    return _assigned(np.abs(one[:, None] - other).sum(axis=2))


def by_margins(x: Points, y: Points) -> npt.NDArray[np.int64]:
    """Columns by the transport between their standardised margins."""
    return _assigned(_margin_costs(x, y))


def by_correlations(x: Points, y: Points) -> npt.NDArray[np.int64]:
    """Columns by Gromov-Wasserstein of one minus the size of correlations."""
    import ot

    near, far = (1 - np.abs(np.corrcoef(points.T)) for points in (x, y))
    return _assigned(-np.asarray(ot.gromov.gromov_wasserstein(near, far, max_iter=200)))


def by_both(x: Points, y: Points) -> npt.NDArray[np.int64]:
    """Columns by margins and correlations, half each."""
    import ot

    near, far = (1 - np.abs(np.corrcoef(points.T)) for points in (x, y))
    plan = ot.gromov.fused_gromov_wasserstein(_margin_costs(x, y), near, far, alpha=0.5, max_iter=200)
    return _assigned(-np.asarray(plan))


def measure_cells(n: int, seed: int) -> list[Row]:
    """Cells of eight kinds by two instruments, the second with its columns in another order, bent, and with noise."""
    rng = np.random.default_rng(seed)
    kinds, columns = 8, 6
    centres, shares = rng.gamma(1.5, 1.5, (kinds, columns)), rng.dirichlet(np.full(kinds, 3.0))
    order = rng.permutation(columns)

    def cells() -> tuple[Points, npt.NDArray[np.int64]]:
        kind = rng.choice(kinds, n, p=shares)
        return centres[kind] + rng.normal(0, 0.35, (n, columns)) * (0.5 + centres[kind] / 4), kind

    (truth, x_kind), (y, y_kind) = cells(), cells()
    x = np.exp(0.4 * truth + 0.05 * rng.normal(size=truth.shape))[:, order] * np.exp(rng.normal(0, 1, columns))
    found, seconds = _found(x, y)
    named: Row = {"part": "cells", "data": "eight kinds of cells", "seed": seed, "points": n, "columns": columns}
    pairs = [pair.y == str(place + 1) for pair, place in zip(found.mapped.pairs, order, strict=False)]
    sent = found.apply(x)
    rows: list[Row] = [
        {
            **named,
            "method": OURS,
            "family": found.mapped.match.family,
            "told": found.mapped.identified,
            "right": round(float(np.mean(pairs)) if pairs else 0.0, 4),
            "error": _error(sent, truth),
            "kinds_right": round(float((y_kind[_nearest(sent, y)] == x_kind).mean()), 4),
            "cpu_seconds": seconds,
        }
    ]
    for method, mapped in {"whitening": whitened, "EMD": transported, "GW": gromov}.items():
        began = time.process_time()
        peer, kept = mapped(x, y)
        rows.append(
            {
                **named,
                "method": method,
                "error": _error(peer, truth[kept]),
                "kinds_right": round(float((y_kind[_nearest(peer, y)] == x_kind[kept]).mean()), 4),
                "cpu_seconds": round(time.process_time() - began, 2),
            }
        )
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """What is told should be told, what is open be said to be open, and no peer should find more columns."""
    ours = [row for row in rows if row["method"] == OURS]
    cases = [row for row in ours if row["part"] == "cases"]
    found: list[Row] = []
    can = [row for row in cases if row["should_be_told"] is True]
    if can:
        near = [_number(row["error"]) < CLOSE for row in can]
        found.append(
            target("clouds that tell their map: draws where it is found", float(np.mean(near)), "= 1", all(near))
        )
        said = float(np.mean([row["told"] is True for row in can]))
        found.append(target("the same: draws where it is said to be told", said, "an aim only", True, "1", said == 1))
    cannot = [row["told"] is False for row in cases if row["should_be_told"] is False]
    if cannot:
        what = "clouds that do not tell their map: draws where that is said"
        found.append(target(what, float(np.mean(cannot)), "= 1", all(cannot)))
    tables = [row for row in rows if row["part"] == "columns"]
    methods = {str(row["method"]) for row in tables}
    means = {
        method: float(np.mean([_number(row["right"]) for row in tables if row["method"] == method]))
        for method in methods
    }
    if OURS in means:
        peers = max(means[method] for method in methods if not method.startswith(OURS))
        wanted = f"> {peers:.4f}, the best peer"
        found.append(target("columns of tables found again, mean", means[OURS], wanted, means[OURS] > peers))
    return found


def main(parts: Sequence[str] = PARTS, *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every draw; the rows."""
    os.environ.setdefault("POT_BACKEND_DISABLE_PYTORCH", "1")
    rows: list[Row] = []
    data = {f"{name}.csv": (SHARED_DATA / "tabular" / f"{name}.csv").read_bytes() for name in TABLES}

    def keep(new: Sequence[Row]) -> None:
        rows.extend(new)
        for row in new:
            print(row, flush=True)
        if not quick:
            record("maps", rows, data, keys=("part", "data", "method", "seed"), judge=judge)

    match_maps(cloud(np.arange(40.0)), cloud(np.arange(40.0)), null=False)  # compiles, so that no draw pays for it
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="ot")
        if "cases" in parts:
            for name in list(CASES)[:1] if quick else CASES:
                for seed in range(1 if quick else SEEDS):
                    keep(measure_case(name, 120 if quick else CASES[name].points, seed))
        if "cells" in parts:
            for seed in range(1 if quick else CELL_SEEDS):
                keep(measure_cells(120 if quick else 800, seed))
        if "columns" in parts:
            for name in TABLES[:1] if quick else TABLES:
                for seed in range(1 if quick else TABLE_SEEDS):
                    keep(measure_columns(name, seed, limit=100 if quick else MOST_ROWS))
    if not quick:
        tell(judge(rows))
    return rows


def right_interval(rows: Sequence[Row]) -> tuple[float, tuple[float, float] | None]:
    """The mean part of columns that is right, and its 95 % interval over draws."""
    parts = [_number(row["right"]) for row in rows]
    return float(np.mean(parts)), mean_interval(parts)


def _found(x: Points, y: Points, families: Sequence[str] = FAMILIES) -> tuple[Found, float]:
    began = time.process_time()
    found = match_maps(cloud(x, "x"), cloud(y, "y"), families=families, null=False)
    return found, round(time.process_time() - began, 2)


def _error(sent: Points, truth: Points) -> float | None:
    if np.isnan(truth).any():
        return None
    return round(float(np.sqrt((((sent - truth) / truth.std(axis=0)) ** 2).mean())), 4)


def _standard(points: Points) -> Points:
    return np.asarray((points - points.mean(axis=0)) / np.maximum(points.std(axis=0), 1e-12), np.float64)


def _barycentric(plan: Points, y: Points) -> tuple[Points, npt.NDArray[np.int64]]:
    return plan @ y / plan.sum(axis=1, keepdims=True), np.arange(len(plan))


def _margin_costs(x: Points, y: Points) -> Points:
    levels = (np.arange(500) + 0.5) / 500
    one, other = (np.quantile(_standard(points), levels, axis=0) for points in (x, y))
    return np.asarray(np.abs(one[:, :, None] - other[:, None, :]).mean(axis=0), np.float64)


def _assigned(costs: Points) -> npt.NDArray[np.int64]:
    from scipy.optimize import linear_sum_assignment

    return np.asarray(linear_sum_assignment(costs)[1], np.int64)


def _nearest(points: Points, others: Points) -> npt.NDArray[np.int64]:
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * points @ others.T
    return np.asarray(squares.argmin(axis=1), np.int64)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name in PARTS] or PARTS, quick="--quick" in sys.argv)
