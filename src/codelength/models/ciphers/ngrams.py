"""A letter n-gram model of a language, learnt from a text in it: interpolated Kneser-Ney, up to N letters.

    P_o(s | context) = (c(context s) − D(c)) / C(context) + λ(context) · P_{o−1}(s | context without its first letter)

with a discount D for counts of 1, 2 and more; λ is what the discounts took. At order N counts are those of the text,
below it a string counts how many different letters stand before it. Strings of N letters that were seen once are left
out: their mass goes to λ. The first letters of a message, which have less before them, are predicted from counts of the
text at every order, and so is everything by the fast tables, up to K letters.

Kneser and Ney (1995), "Improved backing-off for m-gram language modeling"; Chen and Goodman (1999) for the discounts.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError
from codelength.models.ciphers.alphabet import Alphabet
from codelength.models.ciphers.kernel import MOST_COST, UNITS, UNSEEN, Costs, Octets, Whole, Words, insert, score
from codelength.types import Bits

ORDER = 8
LEAST_LETTERS = 1_000
_DENSE_CELLS, _LEAST_CELLS = 1 << 24, 1 << 15  # of the longest dense table, which a short text would leave empty
_CELLS_A_LETTER = 8
_ROOM = 0.65  # of the hash table that may be taken

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ngrams:
    """What a language's letters cost, by their last N; `rate_bits` of a letter is measured on a part held out.

    >>> from codelength.models.ciphers.alphabet import alphabet_of
    >>> text = "the quick brown fox jumps over the lazy dog " * 50
    >>> model = learn("fence", text, alphabet_of(text))
    >>> bool(model.bits("thelazydog").sum() < model.bits("yzaldogeth").sum() / 3)
    True
    """

    name: str
    alphabet: Alphabet
    order: int
    learnt_letters: int
    rate_bits: float
    shape: Whole = field(repr=False)  # [letters, K, N, bits a letter, shift of the table]
    starts: Costs = field(repr=False)  # dense tables for 1 to K letters, one behind the other
    dense: Costs = field(repr=False)  # of K letters, as what longer n-grams lean on
    backs: Costs = field(repr=False)  # of K letters as a context
    table: Words = field(repr=False)  # n-grams of K + 1 to N letters

    @property
    def fast_shape(self) -> Whole:
        """The shape with the dense tables alone."""
        shape = self.shape.copy()
        shape[2] = shape[1]
        return shape

    def tables(self, *, fast: bool = False) -> tuple[Whole, Costs, Costs, Costs, Words]:
        """What the kernels take."""
        return self.fast_shape if fast else self.shape, self.starts, self.dense, self.backs, self.table

    def bits(self, text: str | Octets, *, fast: bool = False) -> Bits:
        """Cost of each letter of a text in the alphabet, float64 [n]."""
        codes = self.alphabet.codes(text) if isinstance(text, str) else text
        costs, seen = np.zeros(len(codes), np.int64), np.zeros(len(codes), np.uint8)
        score(codes, 0, len(codes), *self.tables(fast=fast), seen, costs, seen, 0)
        return costs / UNITS


def learn(name: str, text: str, alphabet: Alphabet, *, order: int = ORDER) -> Ngrams:
    """The n-gram model of a text; DataError where it has fewer than 1,000 letters of the alphabet."""
    return learn_codes(name, alphabet.codes(text), alphabet, order=order)


def learn_codes(name: str, codes: Octets, alphabet: Alphabet, *, order: int = ORDER) -> Ngrams:
    """The same from places in the alphabet, uint8 [n]."""
    if len(codes) < LEAST_LETTERS:
        raise DataError(f"{name} has {len(codes):,} letters; a language is learnt from {LEAST_LETTERS:,} at least")
    held, rest = _held_out(codes)
    model = _learn(name, rest, alphabet, order)
    return replace(model, rate_bits=float(np.mean([model.bits(part)[order:].mean() for part in held])))


def _held_out(codes: Octets) -> tuple[list[Octets], Octets]:
    """Ten stretches that measure the rate, a fiftieth of the text but at most 2,000 letters each, and the rest."""
    size = min(len(codes) // 500, 2_000)
    if size < 2 * ORDER:
        return [codes[-3 * ORDER :]], codes
    begins = [len(codes) * i // 10 for i in range(10)]
    kept = np.ones(len(codes), bool)
    for begin in begins:
        kept[begin : begin + size] = False
    return [codes[begin : begin + size] for begin in begins], codes[kept]


def _learn(name: str, codes: Octets, alphabet: Alphabet, order: int) -> Ngrams:
    letters = len(alphabet.letters)
    k = 1
    while k < order and letters ** (k + 1) <= min(_DENSE_CELLS, max(_CELLS_A_LETTER * len(codes), _LEAST_CELLS)):
        k += 1
    counted = [_counted(codes, length, letters) for length in range(1, order + 1)]
    starts = [np.full(1, 1.0 / letters)]
    low = np.full(1, 1.0 / letters)
    for length in range(1, k + 1):
        strings, counts = counted[length - 1]
        starts.append(_dense_step(_spread(strings, counts, letters**length), starts[-1], letters))
        if length < order:
            strings, counts = _continued(counted[length][0], letters**length)
        low = _dense_step(_spread(strings, counts, letters**length), low, letters)
    width = max(int(letters - 1).bit_length(), 1)
    sparse: list[tuple[Whole, Costs, Costs]] = []
    below_strings, below = np.arange(letters**k, dtype=np.int64), low
    backs = np.full(letters**k, UNSEEN, np.int16)
    for length in range(k + 1, order + 1):
        strings, raw = counted[length - 1]
        counts = raw
        if length < order:
            counts = np.ones(len(strings), np.int64)
            found, different = _continued(counted[length][0], letters**length)
            counts[np.searchsorted(strings, found)] = different
        kept = raw > 1 if length == order else np.ones(len(strings), bool)
        part, which, contexts = _discounted(strings, counts, letters)
        left = 1.0 - np.bincount(which, weights=part * kept, minlength=len(contexts))
        strings, part, which = strings[kept], part[kept], which[kept]
        lower = below[np.searchsorted(below_strings, strings % letters ** (length - 1))]
        costs, back_costs = _costs(part + left[which] * lower), _costs(left)
        if length == k + 1:
            backs[contexts] = back_costs
        else:
            sparse[-1][2][np.searchsorted(below_strings, contexts)] = back_costs
        sparse.append((strings, costs, np.zeros(len(strings), np.int16)))
        below_strings, below = strings, part + left[which] * lower
    entries = sum(len(strings) for strings, _, _ in sparse)
    bits = max(int(np.ceil(np.log2(max(entries, 1) / _ROOM))), 4)
    table, shift = np.zeros(1 << bits, np.uint64), 64 - bits
    for i, (strings, costs, back_costs) in enumerate(sparse):
        insert(table, np.uint64(shift), k + 1 + i, _packed(strings, letters, width, k + 1 + i), costs, back_costs)
    return Ngrams(
        name,
        alphabet,
        order,
        len(codes),
        float("nan"),
        np.array([letters, k, order, width, shift], np.int64),
        np.concatenate([_costs(table) for table in starts[1:]]),
        _costs(low),
        backs,
        table,
    )


def _counted(codes: Octets, length: int, letters: int) -> tuple[Whole, Whole]:
    """The different strings of a length, by place value and sorted, and how often each occurs."""
    n = max(len(codes) - length + 1, 0)
    strings = np.zeros(n, np.int64)
    for i in range(length):
        strings *= letters
        strings += codes[i : i + n]
    strings.sort()
    return _runs(strings)


def _runs(strings: Whole) -> tuple[Whole, Whole]:
    begins = np.flatnonzero(np.concatenate((np.ones(min(len(strings), 1), bool), strings[1:] != strings[:-1])))
    return strings[begins], np.diff(np.concatenate((begins, [len(strings)])))


def _continued(longer: Whole, size: int) -> tuple[Whole, Whole]:
    """Strings and how many different letters stand before each, from the strings that are a letter longer."""
    tails = longer % size
    tails.sort()
    return _runs(tails)


def _spread(strings: Whole, counts: Whole, size: int) -> Floats:
    cells = np.zeros(size)
    cells[strings] = counts
    return cells


def _dense_step(cells: Floats, lower: Floats, letters: int) -> Floats:
    """P_o over all strings of o letters from their counts and P_{o−1}."""
    counts = cells.reshape(-1, letters)
    given = np.tile(lower.reshape(-1, letters), (len(counts) * letters // len(lower), 1)) if len(lower) > 1 else lower
    total = counts.sum(axis=1, keepdims=True)
    discounts = np.array(_discounts(cells[cells > 0]))[np.minimum(counts, 3).astype(np.int64)]
    left = discounts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        mixed = np.where(total > 0, (counts - discounts + left * given) / np.maximum(total, 1), given)
    return np.asarray(mixed.ravel())


def _discounted(strings: Whole, counts: Whole, letters: int) -> tuple[Floats, Whole, Whole]:
    """(c − D) / C of each string, the number of its context, and the contexts."""
    before = strings // letters
    begins = np.concatenate((np.ones(min(len(before), 1), bool), before[1:] != before[:-1]))
    which = np.cumsum(begins) - 1
    total = np.bincount(which, weights=counts)
    discounts = np.array(_discounts(counts))[np.minimum(counts, 3)]
    return (counts - discounts) / total[which], which, before[begins]


def _discounts(counts: Floats | Whole) -> tuple[float, float, float, float]:
    """What is taken from counts of 0, 1, 2 and more (Chen and Goodman 1999, equation 26)."""
    once, twice, thrice, four = (int((counts == times).sum()) for times in range(1, 5))
    if min(once, twice, thrice) < 10:
        return (0.0, 0.5, 0.75, 1.0) if once else (0.0, 0.0, 0.0, 1e-3)
    y = once / (once + 2 * twice)
    first, second, third = 1 - 2 * y * twice / once, 2 - 3 * y * thrice / twice, 3 - 4 * y * four / thrice
    return 0.0, min(max(first, 0.1), 0.95), min(max(second, 0.1), 1.9), min(max(third, 0.1), 2.9)


def _costs(probabilities: npt.NDArray[np.floating]) -> Costs:
    with np.errstate(divide="ignore"):
        units = np.rint(-np.log2(probabilities) * UNITS)
    costs: Costs = np.clip(units, 0, MOST_COST).astype(np.int16)
    return costs


def _packed(strings: Whole, letters: int, width: int, length: int) -> Whole:
    packed, rest = np.zeros(len(strings), np.int64), strings.copy()
    for i in range(length):
        packed |= (rest % letters) << np.int64(width * i)
        rest //= letters
    return packed
