"""All pairs of many items by counts: for each X that was read, what every Y costs, with no search in the inner loop.

Contexts of a few sizes, from 0 bytes up, each blended with the next shorter one as in `Counts` (counts.py),

    p_j(s) = (c_j(s) + w_j · p_{j−1}(s)) / (n_j + w_j),      p_{−1}(s) = 1 / 256,      w_0 = 128,      w_j = d_j q_j,

where n bytes followed the context so far, c of them were s, q of them were different. No context reaches from X into Y:
Y begins as X began. With sizes 0, 1, 2, ..., k and d = 1 this is Counts(order=k). By default long contexts stand above
short ones, and are believed: that is what finds copies, and makes X given itself cost next to nothing.

All contexts of all items are numbered once; one that occurs once in all of them can tell no item anything of another,
and gets no number. For each byte and size an entry holds context, context and byte, and how often each was seen
earlier in the item; what X adds is looked up by number. Memory: 20 bytes an entry, about four a byte of text, half as
much again while it numbers, and one state at a time. In X given itself a context without a number was seen once:
p ← (1 + d p) / (1 + d).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.errors import OptionError
from codelength.types import Bits, Probs
from codelength.units import cost_bits

NAME = "crossing"
SIZES = (0, 1, 2, 4, 12, 20)
DOUBTS = (1.0, 1.0, 1.0, 1.0, 0.1, 0.01)
_PRIOR = 128.0  # the weight of the uniform distribution below order 0: KT's 256 / 2
_SMALL = 1e-280  # a product of probabilities becomes bits before it is smaller

Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HIGH = np.uint64(29)


def crossed_costs(
    items: Sequence[bytes], sizes: Sequence[int] = SIZES, doubts: Sequence[float] = DOUBTS
) -> Iterator[Bits]:
    """Bits of each item alone, [items]; then for each item X in turn the bits of each item given X, [items].

    Sizes rise from 0. Raises OptionError where they do not.

    >>> alone, given_first, given_second = crossed_costs([b"abracadabra", b"abracadabra!"])
    >>> bool(alone[1] > given_first[1] > given_second[1])
    True
    """
    crossing = Crossing.of(items, sizes, doubts)
    yield crossing.costs(None)
    for x in range(len(items)):
        yield crossing.costs(x)


@dataclass(frozen=True, slots=True)
class Crossing:
    """All items' contexts, numbered; between two questions its state holds none of them."""

    levels: "tuple[Level, ...]"
    lengths: tuple[int, ...]  # [items]

    @classmethod
    def of(cls, items: Sequence[bytes], sizes: Sequence[int] = SIZES, doubts: Sequence[float] = DOUBTS) -> Self:
        """Of items; OptionError where sizes do not rise from 0."""
        if not sizes or sizes[0] != 0 or list(sizes) != sorted(set(sizes)):
            raise OptionError(f"sizes {list(sizes)} of contexts do not rise from 0")
        starts = np.cumsum([0, *(len(item) + 1 for item in items)]).astype(np.int64)
        data = np.frombuffer(b"".join(item + b"\0" for item in items), np.uint8)  # the byte behind place t stands at t
        numbered = zip(doubts, _numbered(data, starts, sizes), strict=True)
        return cls(tuple(Level.of(*found, starts, doubt) for doubt, found in numbered), tuple(map(len, items)))

    def costs(self, x: int | None) -> Bits:
        """Bits of each item given item x, or alone, [items]."""
        if x is None:
            return _costs(self.levels, self.lengths, None)
        for level in self.levels:
            level.read(x)
        costs = _costs(self.levels, self.lengths, x)
        for level in self.levels:
            level.forget(x)
        return costs


@dataclass(frozen=True, slots=True)
class Level:
    """Contexts of one size in all items: an entry for each byte whose context has a number."""

    size: int
    doubt: float
    bounds: Places  # [items + 1], where each item's entries begin
    places: Numbers  # [entries] of the byte in its item
    contexts: Numbers  # [entries]
    pairs: Numbers  # [entries] context and byte; 0 where it occurs once in all items
    followed: Numbers  # [entries] how often the context was followed earlier in the item
    seen: Numbers  # [entries] and how often by this byte
    context_state: Numbers  # [contexts, 2] what X knows: how often followed, by how many different bytes
    pair_state: Numbers  # [pairs] how often seen
    journal: Numbers  # [the most entries of an item]

    @classmethod
    def of(cls, size: int, contexts: Numbers, pairs: Numbers, starts: Places, doubt: float) -> Self:
        """The entries of contexts [places] and of what follows them, pairs [places]; −1 where there is no number."""
        ends = np.zeros(len(contexts), np.bool_)
        ends[starts[1:] - 1] = True
        where = np.flatnonzero((contexts >= 0) & ~ends)
        bounds = np.searchsorted(where, starts)
        items = np.repeat(np.arange(len(starts) - 1), np.diff(bounds))
        known, known_pairs = contexts[where], pairs[where + 1] + 1
        level = cls(
            size,
            doubt,
            bounds,
            (where - starts[items]).astype(np.int32),
            known,
            known_pairs.astype(np.int32),
            np.zeros(len(where), np.int32),
            np.zeros(len(where), np.int32),
            np.zeros((int(known.max(initial=0)) + 1, 2), np.int32),
            np.zeros(int(known_pairs.max(initial=0)) + 1, np.int32),
            np.zeros(int(np.diff(bounds).max(initial=0)) + 1, np.int32),
        )
        for x in range(len(starts) - 1):
            level.read(x)
            level.forget(x)
        return level

    def read(self, x: int) -> None:
        """X's counts into the state, which must be empty."""
        _read(*self._span(x), self.contexts, self.pairs, self.followed, self.seen, self.context_state, self.pair_state)

    def forget(self, x: int) -> None:
        """And out of it."""
        _forget(*self._span(x), self.contexts, self.pairs, self.context_state, self.pair_state)

    def score(self, y: int, p: Probs, *, itself: bool) -> None:
        """Blend this level into the probabilities of Y's bytes, [n], those of the level below."""
        self.pair_state[0] = int(itself)
        span, counts = self._span(y), (self.pairs, self.followed, self.seen, self.context_state, self.pair_state)
        if self.size == 0:
            _score_empty(*span, *counts, p)
            return
        _score(*span, *counts, self.places, self.contexts, self.journal, self.doubt, p)
        if itself:
            _score_once(*span, self.places, self.size, self.doubt, p)

    def _span(self, item: int) -> tuple[int, int]:
        return int(self.bounds[item]), int(self.bounds[item + 1])


def _costs(levels: Sequence[Level], lengths: Sequence[int], x: int | None) -> Bits:
    costs = np.zeros(len(lengths), np.float64)
    p = np.empty(max(lengths, default=0), np.float64)
    products = np.empty(len(p) // 8 + 1, np.float64)
    for y, length in enumerate(lengths):
        for level in levels:
            level.score(y, p[:length], itself=x == y)
        costs[y] = math.fsum(map(cost_bits, products[: _multiply(p[:length], products)].tolist()))
    return costs


def _numbered(data: Octets, starts: Places, sizes: Sequence[int]) -> Iterator[tuple[int, Numbers, Numbers]]:
    """For each size the contexts of that size before each place, and the strings one byte longer; −1 without number.

    A string is two strings one behind the other, so that few sizes are numbered on the way to a long one.
    """
    last = np.concatenate(([0], data[:-1])).astype(np.int32)  # the byte before each place
    last[starts[:-1]] = -1
    numbers = {0: np.zeros(len(data), np.int32)}
    numbers[1] = _joined(numbers[0], last, 1)

    def of(size: int) -> Numbers:
        if size not in numbers:
            left = max(known for known in numbers if known < size)
            right = max(known for known in numbers if known <= size - left)
            numbers[left + right] = _joined(numbers[left], numbers[right], right)
        return numbers[size] if size in numbers else of(size)

    for size in sizes:
        yield size, of(size), of(size + 1)


def _joined(left: Numbers, right: Numbers, right_bytes: int) -> Numbers:
    longer = np.full(len(left), -1, np.int32)
    slots = 1 << max(4, int(2 * np.count_nonzero(right >= 0)).bit_length())
    _join(left, right, right_bytes, longer, np.zeros(slots, np.int32), np.zeros((slots // 2, 2), np.int64))
    return longer


@compiled
def _join(left: Numbers, right: Numbers, right_bytes: int, longer: Numbers, slots: Numbers, keys: Places) -> None:
    # Numbers of a left string and a right one behind it; keys hold both, and how often they were seen so.
    mask = slots.shape[0] - 1
    used = 0
    for place in range(right_bytes, right.shape[0]):
        # A string occurs once if what it begins or ends with does.
        if right[place] < 0 or left[place - right_bytes] < 0:
            continue
        key = np.int64(left[place - right_bytes]) << np.int64(32) | np.int64(right[place])
        slot = np.int64((np.uint64(key) * _MULTIPLIER) >> _HIGH) & mask
        while slots[slot] != 0 and keys[slots[slot] - 1, 0] != key:
            slot = (slot + 1) & mask
        if slots[slot] == 0:
            used += 1
            slots[slot] = used
            keys[used - 1, 0] = key
        keys[slots[slot] - 1, 1] += 1
        longer[place] = slots[slot] - 1
    strings = np.int64(0)
    for row in range(used):
        keys[row, 0] = -1
        if keys[row, 1] > 1:
            keys[row, 0] = strings
            strings += 1
    for place in range(longer.shape[0]):
        if longer[place] >= 0:
            longer[place] = keys[longer[place], 0]


@compiled
def _read(
    begin: int,
    end: int,
    contexts: Numbers,
    pairs: Numbers,
    followed: Numbers,
    seen: Numbers,
    context_state: Numbers,
    pair_state: Numbers,
) -> None:
    for entry in range(begin, end):
        context, pair = contexts[entry], pairs[entry]
        followed[entry] = context_state[context, 0]
        seen[entry] = pair_state[pair]
        context_state[context, 0] += 1
        if pair_state[pair] == 0:
            context_state[context, 1] += 1
        if pair != 0:
            pair_state[pair] += 1


@compiled
def _forget(
    begin: int, end: int, contexts: Numbers, pairs: Numbers, context_state: Numbers, pair_state: Numbers
) -> None:
    for entry in range(begin, end):
        context_state[contexts[entry], 0] = 0
        context_state[contexts[entry], 1] = 0
        pair_state[pairs[entry]] = 0


@compiled
def _score_empty(
    begin: int,
    end: int,
    pairs: Numbers,
    followed: Numbers,
    seen: Numbers,
    context_state: Numbers,
    pair_state: Numbers,
    p: Probs,
) -> None:
    # The empty context stands before every byte, and its weight is the prior's.
    read = context_state[0, 0]
    for entry in range(begin, end):
        c = pair_state[np.uint32(pairs[entry])] + seen[entry]
        p[entry - begin] = (c + _PRIOR / 256.0) / (read + followed[entry] + _PRIOR)


@compiled
def _score(
    begin: int,
    end: int,
    pairs: Numbers,
    followed: Numbers,
    seen: Numbers,
    context_state: Numbers,
    pair_state: Numbers,
    places: Numbers,
    contexts: Numbers,
    journal: Numbers,
    doubt: float,
    p: Probs,
) -> None:
    # No branch depends on the data, so that lookups of many bytes overlap. The state is as it was afterwards.
    new = np.int32(0)
    for entry in range(begin, end):
        context = np.uint32(contexts[entry])
        place = np.uint32(places[entry])
        c = pair_state[np.uint32(pairs[entry])] + seen[entry]
        n = context_state[context, 0] + followed[entry]
        w = doubt * context_state[context, 1]
        if n == 0:
            w = 1.0  # nobody knows the context: p stays
        p[place] = (c + w * p[place]) / (n + w)
        is_new = np.int32(c == 0)
        context_state[context, 1] += is_new
        journal[new] = contexts[entry]
        new += is_new
    for i in range(new):
        context_state[journal[i], 1] -= 1


@compiled
def _score_once(begin: int, end: int, places: Numbers, size: int, doubt: float, p: Probs) -> None:
    entry = begin
    for place in range(size, p.shape[0]):
        while entry < end and places[entry] < place:
            entry += 1
        if entry == end or places[entry] > place:
            p[place] = (1.0 + doubt * p[place]) / (1.0 + doubt)


@compiled
def _multiply(p: Probs, products: Probs) -> int:
    # Their product, as several numbers that are not too small; how many.
    parts = 0
    product = 1.0
    for i in range(p.shape[0]):
        product *= p[i]
        if product < _SMALL:
            products[parts] = product
            parts += 1
            product = 1.0
    products[parts] = product
    return parts + 1
