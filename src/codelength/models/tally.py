"""Tally: how often each string of up to 7 bytes was seen in each of several texts, side by side in one table.

Column 0 is the background, every other column leans on it. Behind the context of the last o bytes, n bytes followed in
a column so far, c(s) of them were s, q of them were different. From order 0 up, with P_{−1}(s) = 1 / 256,

    background      P_o(s) = (c_o(s) + w q_o · P_{o−1}(s)) / (n_o + w q_o)
    other columns   T_o(s) = (c_o(s) + w q_o · M_o(s)) / (n_o + w q_o),   M_o = (1 − λ) T_{o−1} + λ P_o

where a context that was never followed in a column leaves P_{o−1}, or M_o; and T_{o−1} where the background does not
know it either. So a column says what the background says where it read nothing.
Every T_o and P_o sums to 1 over the 256 bytes: what they say of a text is an ideal code length from a state that does
not learn from the text. Contexts begin anew with each text.

Strings are exact: a key is the string's bytes and its length, never a hash alone. `take_out` takes away what `read`
counted, to the last count, which leaves a text out of the state that it helped to make. Memory is bounded: when the
table is full, known strings are still counted and new ones are not. One row holds the key and, for each column, count,
followers and different followers, so that all columns cost one look. w = 3, λ = 0.8 were chosen on trial draws of
benchmarks/selection.py. Moffat (1990) for w = 1, λ = 0 ("escape C").
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.errors import LimitError, OptionError
from codelength.types import Bits, Probs
from codelength.units import GIB

MAX_ORDER = 6
MAX_COLUMNS = 1_000
WEIGHT, LEAN = 3.0, 0.8
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
_HALF = np.uint64(32)
_FIRST_SLOTS = 1 << 12
_MOST_COUNTED = (1 << 31) - 1
_FOLLOWERS, _DISTINCT, _CELLS = 1, 2, 3  # of a column's three cells; the first is the count

Slots = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Whole = int | np.int64

_NOTHING: Floats = np.zeros(0, np.float64)


class Tally:
    """Counts of strings of up to order + 1 bytes in `columns` texts; column 0 is the background.

    Raises OptionError for an order outside 0 to 6, columns outside 1 to 1,000, a weight that is not positive, a lean
    outside 0 to 1 or too little memory.

    >>> tally = Tally(order=2, columns=2)
    >>> tally.read(b"the cat sat on the mat", 0)
    >>> tally.read(b"the dog dug the den", 1)
    >>> bits = tally.costs(b"the dog")
    >>> bits.shape, bool(bits[1, 2] < bits[0, 2])
    ((2, 3), True)
    >>> float(tally.distribution(b"th", 1).sum().round(12))
    1.0
    """

    def __init__(
        self, *, order: int = 3, columns: int = 2, weight: float = WEIGHT, lean: float = LEAN, memory_bytes: int = GIB
    ) -> None:
        if not 0 <= order <= MAX_ORDER:
            raise OptionError(f"order={order} is outside 0 to {MAX_ORDER}")
        if not 1 <= columns <= MAX_COLUMNS:
            raise OptionError(f"columns={columns} is outside 1 to {MAX_COLUMNS}")
        if not weight > 0 or not 0 <= lean <= 1:
            raise OptionError(f"weight={weight} must be positive and lean={lean} between 0 and 1")
        self.order, self.columns, self.weight, self.lean = order, columns, weight, lean
        self._words = 1 + -(-_CELLS * columns // 2)  # 64-bit words of a row: the key, then cells of 32 bits
        most = memory_bytes * 2 // (3 * 8 * self._words)  # old and new table live together while it doubles
        if most < _FIRST_SLOTS:
            raise OptionError(f"memory={memory_bytes} is too little; give at least {_FIRST_SLOTS * 12 * self._words}")
        self._most_slots = 1 << (most.bit_length() - 1)
        self._table = np.zeros((_FIRST_SLOTS, self._words), np.int64)
        self._root = np.zeros(_CELLS * columns, np.int32)
        self._used = 0
        self._read_bytes = np.zeros(columns, np.int64)

    @property
    def read_bytes(self) -> tuple[int, ...]:
        """How many bytes each column has read, less those taken out."""
        return tuple(map(int, self._read_bytes))

    @property
    def is_full(self) -> bool:
        """Whether new strings are not counted any more."""
        return self._used >= self._limit and len(self._table) == self._most_slots

    def read(self, text: bytes, column: int) -> None:
        """Count a text's strings; LimitError beyond 2^31 − 1 bytes in a column."""
        if self._read_bytes[column] + len(text) > _MOST_COUNTED:
            raise LimitError(f"a column holds at most {_MOST_COUNTED:,} bytes; read a sample")
        octets, start = np.frombuffer(text, np.uint8), 0
        while start < len(octets):
            grows = len(self._table) < self._most_slots
            start, self._used = _count(
                *self._views(), self._root, octets, start, column, 1, self.order, self._used, self._limit, not grows
            )
            if start < len(octets):
                self._double()
        self._read_bytes[column] += len(text)

    def take_out(self, text: bytes, column: int) -> None:
        """Take away what reading this text counted; it must have been read into that column."""
        octets = np.frombuffer(text, np.uint8)
        _count(*self._views(), self._root, octets, 0, column, -1, self.order, self._used, self._used, True)
        self._read_bytes[column] -= len(text)

    def costs(self, text: bytes) -> Bits:
        """Bits of a text by each column and each order, float64 [columns, order + 1]; all at once, in one pass."""
        bits = np.zeros((self.columns, self.order + 1), np.float64)
        octets = np.frombuffer(text, np.uint8)
        _cost(*self._views(), self._root, octets, self.order, self.weight, self.lean, bits, _NOTHING, 0)
        return bits

    def probabilities(self, text: bytes, column: int) -> Probs:
        """What each byte of a text was given by a column's highest order, float64 [n].

        >>> tally = Tally(order=2, columns=1)
        >>> tally.read(b"banana", 0)
        >>> float(-np.log2(tally.probabilities(b"ban", 0)).sum()) == float(tally.costs(b"ban")[0, 2])
        True
        """
        bits, given = np.zeros((self.columns, self.order + 1), np.float64), np.empty(len(text), np.float64)
        octets = np.frombuffer(text, np.uint8)
        _cost(*self._views(), self._root, octets, self.order, self.weight, self.lean, bits, given, column)
        return given

    def costs_without(self, text: bytes, column: int) -> Bits:
        """As `costs`, by a state that has not read this text into that column, where it has; nothing is changed."""
        self.take_out(text, column)
        bits = self.costs(text)
        self.read(text, column)
        return bits

    def distribution(self, context: bytes, column: int) -> Probs:
        """Probabilities of the byte behind a text, float64 [256], by the column's highest order; for checks."""
        before = self.costs(context)[column, -1]
        bits = np.array([self.costs(context + bytes((byte,)))[column, -1] for byte in range(256)]) - before
        return np.asarray(np.exp2(-bits), np.float64)

    @property
    def _limit(self) -> int:
        return len(self._table) * 3 // 4

    def _views(self) -> tuple[Slots, Cells]:
        return self._table, self._table.view(np.int32)

    def _double(self) -> None:
        table = np.zeros((2 * len(self._table), self._words), np.int64)
        _move(self._table, table)
        self._table = table


@compiled
def _slot(table: Slots, key: Whole) -> Whole:
    # Where the key's row is, or the free row where it would be; there is always one.
    mask = table.shape[0] - 1
    mixed = np.uint64(key) * _MULTIPLIER
    place = np.int64(mixed ^ (mixed >> _HALF)) & mask
    while table[place, 0] != 0 and table[place, 0] != key:
        place = (place + 1) & mask
    return np.int64(place)


@compiled
def _move(table: Slots, into: Slots) -> None:
    for row in range(table.shape[0]):
        if table[row, 0] != 0:
            place = _slot(into, table[row, 0])
            for word in range(table.shape[1]):
                into[place, word] = table[row, word]


@compiled
def _key(past: Whole, size: int) -> Whole:
    # The last `size` bytes, at most seven, and how many they are.
    return (past & ((np.int64(1) << np.int64(8 * size)) - np.int64(1))) | (np.int64(size) << np.int64(56))


@compiled
def _count(
    table: Slots,
    cells: Cells,
    root: Cells,
    data: Octets,
    start: int,
    column: int,
    sign: int,
    order: int,
    used: int,
    limit: int,
    is_last: bool,
) -> tuple[int, int]:
    """Count (sign 1) or take away (-1) the strings that end at data[start:]; how far it came and the rows in use.

    Where a byte could need more than `limit` rows it stops before that byte, or with `is_last` leaves new ones out.
    A string is counted where the one without its last byte was: counts behind a context sum up to its followers.
    """
    rows = np.full(order + 1, -1, np.int64)  # of the strings of 0 ... order bytes that end before this byte
    longer = np.full(order + 2, -1, np.int64)  # of those that end with it
    rows[0] = -2  # the empty one is no row of the table
    past = np.int64(0)
    for i in range(max(start - order, 0), start):
        past = (past << np.int64(8)) | np.int64(data[i])
    for size in range(1, min(start, order) + 1):
        row = _slot(table, _key(past, size))
        if table[row, 0] != 0:
            rows[size] = row
    base = 2 + _CELLS * column
    for i in range(start, data.shape[0]):
        if not is_last and used + order + 1 > limit:
            return i, used
        past = (past << np.int64(8)) | np.int64(data[i])
        for size in range(1, order + 2):
            context = rows[size - 1]
            longer[size] = -1
            if context == -1:
                continue
            key = _key(past, size)
            row = _slot(table, key)
            if table[row, 0] == 0:
                if used >= limit or sign < 0:
                    continue
                table[row, 0] = key
                used += 1
            cells[row, base] += sign
            fresh = 1 if sign > 0 and cells[row, base] == 1 else 0
            gone = 1 if sign < 0 and cells[row, base] == 0 else 0
            if context == -2:
                root[_CELLS * column + _FOLLOWERS] += sign
                root[_CELLS * column + _DISTINCT] += fresh - gone
            else:
                cells[context, base + _FOLLOWERS] += sign
                cells[context, base + _DISTINCT] += fresh - gone
            longer[size] = row
        for size in range(1, order + 1):
            rows[size] = longer[size]
    return data.shape[0], used


@compiled
def _cost(
    table: Slots,
    cells: Cells,
    root: Cells,
    data: Octets,
    order: int,
    weight: float,
    lean: float,
    bits: Floats,
    given: Floats,
    asked: int,
) -> None:
    """Bits of data by each column and order, added to bits [columns, order + 1]; each byte's probability by the column
    asked, at the highest order, into given [n] where that has room."""
    columns = bits.shape[0]
    rows = np.full(order + 1, -1, np.int64)
    longer = np.full(order + 2, -1, np.int64)
    rows[0] = -2
    product = np.ones((columns, order + 1), np.float64)  # of probabilities, so that few logarithms are taken
    p = np.empty(columns, np.float64)
    background = np.int32(0)  # how many bytes followed there
    past = np.int64(0)
    for i in range(data.shape[0]):
        past = (past << np.int64(8)) | np.int64(data[i])
        p[:] = 1.0 / 256.0
        for size in range(1, order + 2):
            context = rows[size - 1]
            row = np.int64(-1)
            if context != -1:
                found = _slot(table, _key(past, size))
                row = np.int64(found) if table[found, 0] != 0 else np.int64(-1)
                for column in range(columns):
                    base = 2 + _CELLS * column
                    count = cells[row, base] if row >= 0 else np.int32(0)
                    if context == -2:
                        followers = root[_CELLS * column + _FOLLOWERS]
                        distinct = root[_CELLS * column + _DISTINCT]
                    else:
                        followers = cells[context, base + _FOLLOWERS]
                        distinct = cells[context, base + _DISTINCT]
                    if column == 0:
                        background = followers
                    if followers > 0 or background > 0:
                        shorter = p[column] if column == 0 else (1.0 - lean) * p[column] + lean * p[0]
                        share = weight * distinct
                        p[column] = (count + share * shorter) / (followers + share) if followers > 0 else shorter
            longer[size] = row
            for column in range(columns):
                product[column, size - 1] *= p[column]
                if product[column, size - 1] < 1e-150:
                    bits[column, size - 1] -= math.log2(product[column, size - 1])
                    product[column, size - 1] = 1.0
        if given.shape[0] > 0:
            given[i] = p[asked]
        for size in range(1, order + 1):
            rows[size] = longer[size]
    for column in range(columns):
        for size in range(order + 1):
            bits[column, size] -= math.log2(product[column, size])
