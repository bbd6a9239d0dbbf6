"""Transpositions by columns or a route: orders in which a ciphertext may have to be read before its key is found.

An order says which place of the ciphertext comes at each step of the message. The right one is told from the others
without a language, by what repeats: the adaptive code length of the symbols, each given the one before it, is least
where the language's pairs stand together again:

    Σ_a [log2 Γ(n_a + S/2) − log2 Γ(S/2)] − Σ_ab [log2 Γ(n_ab + ½) − log2 Γ(½)],       n_ab pairs ab of S symbols
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.models.ciphers.kernel import Whole
from codelength.units import bits_from_nats

Transposition = Literal["none", "reverse", "columns", "routes", "all"]
_MOST_PERIOD = 400
_KEYED_COLUMNS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A way to read a ciphertext: its places in the message's order, and a name that says it."""

    name: str
    places: Whole


def routes(n: int, line_symbols: int, families: Transposition) -> list[Route]:
    """The reading orders of n symbols, as they stand first, no two alike; each also from its end.

    `columns` are every period and every number of columns, `routes` walks over rectangles: boustrophedon, spirals,
    diagonals and knight-like steps, over lines as they stand and over all rectangles that n fills.

    >>> [route.name for route in routes(6, 0, "reverse")]
    ['as it stands', 'from its end']
    >>> next(route.places.tolist() for route in routes(6, 0, "columns") if route.name == "2 columns, down")
    [0, 2, 4, 1, 3, 5]
    """
    found: dict[bytes, Route] = {}
    for name, places in _candidates(n, line_symbols, families):
        both = (("", places), (", from its end", places[::-1])) if families != "none" else (("", places),)
        for suffix, order in both:
            shown = "from its end" if name == "as it stands" and suffix else name + suffix
            found.setdefault(order.tobytes(), Route(shown, order))
    return list(found.values())


def pair_bits(codes: Whole, symbols: int) -> float:
    """Adaptive code length of symbols, each given the one before it."""
    pairs = np.bincount(codes[:-1] * symbols + codes[1:])
    firsts = np.bincount(codes[:-1])
    table = _gammas(len(codes), symbols)
    gained = table[2 * pairs[pairs > 0] + 1] - table[1]
    paid = table[2 * firsts[firsts > 0] + symbols] - table[symbols]
    return float(paid.sum() - gained.sum())


def ranked(codes: Whole, symbols: int, candidates: list[Route]) -> list[tuple[float, Route]]:
    """Candidates by the pairs that they make repeat, the shortest code first."""
    return sorted(((pair_bits(codes[route.places], symbols), route) for route in candidates), key=lambda pair: pair[0])


def keyed_columns(codes: Whole, symbols: int, rng: np.random.Generator) -> Iterator[Route]:
    """For each number of columns up to 12 the order of columns, taken down, whose rows repeat most pairs.

    Columns are exchanged, moved and turned round as long as that shortens the code, from several starts.
    """
    n = len(codes)
    for columns in range(2, min(_KEYED_COLUMNS, n // 4) + 1):
        best: tuple[float, Whole] | None = None
        for _ in range(6):
            order = rng.permutation(columns)
            places = _columns_in_order(n, order)
            least = pair_bits(codes[places], symbols)
            improved = True
            while improved:
                improved = False
                for changed in _rearranged(order):
                    other = _columns_in_order(n, changed)
                    bits = pair_bits(codes[other], symbols)
                    if bits < least - 1e-9:
                        order, places, least, improved = changed, other, bits, True
            if best is None or least < best[0]:
                best = (least, places)
                shown = "-".join(str(int(column) + 1) for column in np.argsort(order))
        if best is not None:
            yield Route(f"{columns} columns in the order {shown}", best[1])


def _columns_in_order(n: int, order: Whole) -> Whole:
    """Rows of a grid whose columns were taken down in an order: order[c] is when column c was taken."""
    columns = len(order)
    heights = np.array([len(range(column, n, columns)) for column in range(columns)])
    taken = np.argsort(order)
    tops = np.zeros(columns, np.int64)
    tops[taken] = np.concatenate(([0], np.cumsum(heights[taken])[:-1]))
    places = np.arange(n)
    return tops[places % columns] + places // columns


def _rearranged(order: Whole) -> Iterator[Whole]:
    size = len(order)
    for i in range(size):
        for j in range(i + 1, size):
            changed = order.copy()
            changed[[i, j]] = changed[[j, i]]
            yield changed
            yield np.concatenate((order[:i], np.roll(order[i : j + 1], 1), order[j + 1 :]))
            yield np.concatenate((order[:i], np.roll(order[i : j + 1], -1), order[j + 1 :]))
    for shift in range(1, size):
        yield np.roll(order, shift)


def _candidates(n: int, line_symbols: int, families: Transposition) -> Iterator[tuple[str, Whole]]:
    straight = np.arange(n, dtype=np.int64)
    yield "as it stands", straight
    if families in ("columns", "all"):
        yield from _columns(straight)
    if families in ("routes", "all"):
        widths = [width for width in range(2, n // 2 + 1) if n % width == 0]
        if line_symbols > 1 and line_symbols not in widths:
            widths.append(line_symbols)
        for width in widths:
            yield from _walks(n, width)


def _columns(straight: Whole) -> Iterator[tuple[str, Whole]]:
    n = len(straight)
    for columns in range(2, min(n // 2, _MOST_PERIOD) + 1):
        down = np.concatenate([straight[start::columns] for start in range(columns)])
        yield f"{columns} columns, down", down
        yield f"{columns} columns, across", np.argsort(down)
        if math.gcd(columns, n) == 1:
            yield f"every {columns}th, round and round", straight * columns % n


def _walks(n: int, width: int) -> Iterator[tuple[str, Whole]]:
    height = -(-n // width)
    grid = np.arange(height * width, dtype=np.int64).reshape(height, width)
    size = f"{width} x {height}"
    yield f"{size}, rows there and back", _walked(_there_and_back(grid), n)
    yield f"{size}, columns there and back", _walked(_there_and_back(grid.T), n)
    yield f"{size}, rows from the right", _walked(grid[:, ::-1].ravel(), n)
    turnings = {"": grid, " from the right": grid[:, ::-1], " upwards": grid[::-1], " down first": grid.T}
    for name, turned in turnings.items():
        yield f"{size}, spiral{name}", _walked(_spiral(turned), n)
        yield f"{size}, diagonals{name}", _walked(_diagonals(turned), n)
    yield from _steps(n, width, height, grid)


def _steps(n: int, width: int, height: int, grid: Whole) -> Iterator[tuple[str, Whole]]:
    """So many down and so many across at each step, round the edges, over all rows or blocks of rows."""
    for rows in sorted({height, *(part for part in range(3, height) if height % part < height // 3)}, reverse=True):
        for down in range(1, min(rows, 4)):
            for across in range(1, min(width, 6)):
                parts = [_stepped(grid[top : top + rows], down, across) for top in range(0, height, rows)]
                if all(part is not None for part in parts):
                    order = np.concatenate([part for part in parts if part is not None])
                    block = "" if rows == height else f", blocks of {rows} rows"
                    yield f"{width} x {height}{block}, {down} down and {across} across", _walked(order, n)


def _stepped(block: Whole, down: int, across: int) -> Whole | None:
    rows, columns = block.shape
    steps = np.arange(rows * columns)
    cells = (steps * down % rows) * columns + steps * across % columns
    return block.ravel()[cells] if len(np.unique(cells)) == len(cells) else None


def _walked(places: Whole, n: int) -> Whole:
    return np.ascontiguousarray(places[places < n])


def _there_and_back(grid: Whole) -> Whole:
    turned = grid.copy()
    turned[1::2] = turned[1::2, ::-1]
    return turned.ravel()


def _spiral(grid: Whole) -> Whole:
    parts = []
    while grid.size:
        parts.append(grid[0])
        grid = grid[1:].T[::-1]
    return np.concatenate(parts)


def _diagonals(grid: Whole) -> Whole:
    rows, columns = grid.shape
    return np.concatenate([np.diagonal(grid[:, ::-1], columns - 1 - i) for i in range(rows + columns - 1)])


@lru_cache(maxsize=4)
def _gammas(n: int, symbols: int) -> npt.NDArray[np.float64]:
    return np.array([0.0, *(bits_from_nats(math.lgamma(i / 2)) for i in range(1, 2 * n + symbols + 3))])
