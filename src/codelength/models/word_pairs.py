"""Words after words: a text of numbered words as the word pairs of another text have it, after a map.

F makes each symbol w of X a symbol of Y; v = F(w), u and s are those of the words one and two before. Known of Y:

    A(v | u) = (c_Y(u, v) + q_Y(u) Y(v)) / (n_Y(u) + q_Y(u))       Y(v) = (c_Y(v) + 1/2) / (n_Y + size_Y/2)
    B(v | s) the same for words two before,

n_Y(u) words followed u and q_Y(u) were different. Which of the words that F makes v stands here is told by how often
they stood so far, R(w | v) = (c(w) + 1/2) / Σ (c + 1/2). What is coded is a mixture

    M(w) = λ1 R A + λ2 R B + λ3 (c(w) + 1/2) / (n + size/2) + λ4 (d(w) + 1/2) / (Σ d + size/2) + λ5 / size

whose λ are learned as the text goes on (by expectation), one set for each magnitude of n_Y(u). d(w) is behind how many
different words w stood. So without Y, where A and B know nothing, it is the adaptive code of single words, and what
Y saves is what its pairs tell of X's.

With `learning` X's own pairs count too: M is what X's counts behind the word before fall back on (escape C of Moffat
1990, the doubt weighed by 1, 4 or 16), and λ and the weights depend on how often that word stood in X.
All sum to 1 over X's symbols, or to less where F leaves words of Y out: −log2 is an ideal code length.
"""

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.errors import LimitError
from codelength.types import Bits

MOST_SYMBOLS = 1 << 13  # counts of pairs are a square
_MAGNITUDES = 32
_PARTS = 5

Symbols = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]


def pair_bits(x: Symbols, y: Symbols, to_y: Symbols, y_size: int, *, learning: bool = False) -> Bits:
    """The cost of each symbol of x, below len(to_y), after both ends have read y, below y_size, in bits [n].

    `to_y` is F: the symbol of y that each symbol of x stands for. The last symbol of either alphabet ends its lines; an
    empty y is no help. Raises LimitError above 8,192 symbols.

    >>> x = np.array([0, 1, 2, 3, 1, 0, 2, 3])
    >>> y = np.tile([1, 0, 2, 3, 0, 1, 2, 3], 20)
    >>> right, wrong = np.array([1, 0, 2, 3]), np.array([0, 2, 1, 3])
    >>> bool(pair_bits(x, y, right, 4).sum() < pair_bits(x, y, wrong, 4).sum())
    True
    """
    if max(y_size, len(to_y)) > MOST_SYMBOLS:
        raise LimitError(
            f"{max(y_size, len(to_y)):,} different words are too many to count pairs of; {MOST_SYMBOLS:,} fit"
        )
    paid = np.empty(len(x), np.float64)
    after, later = _followers(y, y_size)
    _pay(x, after, later, np.bincount(y, minlength=y_size), to_y, learning, paid)
    return 0.0 - np.log2(paid)


def _followers(y: Symbols, size: int) -> tuple[Counts, Counts]:
    """How often each symbol stands one, and two, behind each; what stands before a line is its end."""
    before = np.concatenate([[size - 1], y])[: len(y)]
    earlier = np.where(before == size - 1, size - 1, np.concatenate([[size - 1], before])[: len(y)])
    one, two = (
        np.bincount(context * size + y, minlength=size * size).reshape(size, size).astype(np.int32)
        for context in (before, earlier)
    )
    return one, two


@compiled
def _pay(
    x: Symbols, y_after: Counts, y_later: Counts, y_counts: Symbols, to_y: Symbols, learning: bool, paid: Floats
) -> None:
    y_size, size = len(y_counts), len(to_y)
    y_total = y_counts.sum()
    after_kinds, later_kinds = np.zeros(y_size), np.zeros(y_size)
    after_total, later_total = y_after.sum(1), y_later.sum(1)
    y_magnitude = np.zeros(y_size, np.int64)
    for u in range(y_size):
        for v in range(y_size):
            after_kinds[u] += y_after[u, v] > 0
            later_kinds[u] += y_later[u, v] > 0
        if after_total[u] > 0:
            y_magnitude[u] = 1 + int(np.log2(after_total[u]))
    counts, of_same = np.full(size, 0.5), np.zeros(y_size)
    for w in range(size):
        of_same[to_y[w]] += 0.5
    behind, pairs = np.full(size, 0.5), 0.5 * size
    followed, kinds = np.zeros(size), np.zeros(size)
    x_after = np.zeros((size if learning else 1, size), np.int32)
    trust = np.full((_MAGNITUDES, _MAGNITUDES, _PARTS), 0.5)
    doubts = np.array([1.0, 4.0, 16.0])
    weights = np.full((_MAGNITUDES, 3), 1 / 3)
    says, given = np.zeros(_PARTS), np.zeros(3)
    h, earlier = size - 1, size - 1
    for i in range(len(x)):
        w = x[i]
        u, s, v = to_y[h], to_y[earlier], to_y[w]
        share = counts[w] / of_same[v]
        alone = (y_counts[v] + 0.5) / (y_total + 0.5 * y_size)
        says[0], says[1] = share * alone, share * alone
        if after_total[u]:
            says[0] = share * (y_after[u, v] + after_kinds[u] * alone) / (after_total[u] + after_kinds[u])
        if later_total[s]:
            says[1] = share * (y_later[s, v] + later_kinds[s] * alone) / (later_total[s] + later_kinds[s])
        says[2] = counts[w] / (i + 0.5 * size)
        says[3] = behind[w] / pairs
        says[4] = 1 / size
        own = 1 + int(np.log2(followed[h])) if followed[h] else 0
        believed = trust[y_magnitude[u], own]
        base = (believed * says).sum() / believed.sum()
        paid[i] = base
        novel = 1.0  # the part of the probability that came from `base`
        if followed[h]:
            whole, fallen_back = 0.0, 0.0
            for k in range(3):
                doubt = doubts[k] * kinds[h]
                given[k] = (x_after[h, w] + doubt * base) / (followed[h] + doubt)
                whole += weights[own, k] * given[k]
                fallen_back += weights[own, k] * doubt * base / (followed[h] + doubt)
            weights[own] *= given / whole
            paid[i] = whole
            novel = fallen_back / whole
        believed += novel * believed * says / (base * believed.sum())
        if learning:
            if x_after[h, w] == 0:
                kinds[h] += 1
                behind[w] += 1
                pairs += 1
            x_after[h, w] += 1
            followed[h] += 1
        counts[w] += 1
        of_same[v] += 1
        earlier, h = (size - 1 if w == size - 1 else h), w
