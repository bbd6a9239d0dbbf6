"""Count-based orders that a net leans on: bits counted behind the last bytes, the word, a skip and the longest match.

Behind each of N contexts the bits of the next byte are nodes of two trees of 15, one for each half of the byte. A node
keeps the probability p of a 1 (16 bits), how many bits it saw (8 bits) and the last seven of them behind a leading 1.
It gives two inputs to the gate (gate.py),

    ln(p / (1 − p))               whose weight is chosen by how many bits it saw
    ln(q / (1 − q))               q: how often a 1 followed such a history of bits, at this place in the byte

and a match gives one: how sure, by its length, that the byte expected comes. All that is here depends on the data
alone, never on what the net said, and within a byte no cell is asked twice: a walk over all 255 nodes finds what
learning would find.

Lines of 16 words lie in one table: a check and 15 nodes. A context looks at two neighbours and takes the one that is
its own, else the less used. Mahoney (2005), "Adaptive weighing of context models for lossless data compression".
"""

import math
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled

CONTEXTS = 10
CLASSES = 10  # of how many bits a node saw
MATCH_CLASSES = 32
INPUTS = 2 * CONTEXTS + 1  # of a bit: two for each context, one for the match
WEIGHTS = CONTEXTS * CLASSES + CONTEXTS + MATCH_CLASSES  # that an input may choose from
SETS = 3
SET_ROWS = 256 + 256 * 8 + MATCH_CLASSES * 8
MAP_ROWS = 1 << 16
LINE_BYTES = 64
HASHED = 6  # bytes that must agree before a match is followed
_RING = 1 << 22  # bytes in which a match is looked for

Words = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.int16]
Rows = npt.NDArray[np.int32]
Whole = int | np.int64


@dataclass(slots=True)
class Orders:
    """What was counted; `at` is [bytes read, match position, match length, word hash, last eight bytes]."""

    lines: Words  # [lines, 16]
    histories: Floats  # [contexts, 8, 256], how often a 1 followed
    matches: Floats  # [8, match classes], how often the byte expected had the bit it had
    ring: Octets  # [2^22] the last bytes
    last: Rows  # [2^18] where the last bytes were seen, plus 1
    at: Ints  # [5]

    @classmethod
    def fresh(cls, memory_bytes: int) -> Self:
        """Nothing read; at most so much memory for the lines."""
        lines = 1 << max((memory_bytes // LINE_BYTES).bit_length() - 1, 4)
        return cls(
            np.zeros((lines, 16), np.uint32),
            np.full((CONTEXTS, 8, 256), 0.5, np.float32),
            np.full((8, MATCH_CLASSES), 0.75, np.float32),
            np.zeros(min(_RING, max(lines * LINE_BYTES // 16, 1 << 10)), np.uint8),
            np.zeros(max(lines // 4, 1 << 8), np.int32),
            np.zeros(5, np.int64),
        )

    def copy(self) -> Self:
        """The same counts in arrays of their own."""
        return type(self)(*(getattr(self, field.name).copy() for field in fields(self)))

    def arrays(self) -> tuple[Words, Floats, Floats, Octets, Rows, Ints]:
        """What the kernels take."""
        return self.lines, self.histories, self.matches, self.ring, self.last, self.at


@dataclass(slots=True)
class Inputs:
    """What the orders say of n bits: values, which weight each goes with, and the row of each set of weights."""

    values: Floats  # [n, INPUTS]
    weights: Shorts  # [n, INPUTS]
    rows: Rows  # [n, SETS + 1], the last one of the map

    @classmethod
    def room(cls, bits: int) -> Self:
        """Room for so many bits."""
        return cls(
            np.zeros((bits, INPUTS), np.float32),
            np.zeros((bits, INPUTS), np.int16),
            np.zeros((bits, SETS + 1), np.int32),
        )

    def part(self, start: int, stop: int) -> Self:
        """A view of the bits of some bytes."""
        span = slice(8 * start, 8 * stop)
        return type(self)(self.values[span], self.weights[span], self.rows[span])

    def copy(self) -> Self:
        """The same inputs in arrays of their own."""
        return type(self)(self.values.copy(), self.weights.copy(), self.rows.copy())

    def arrays(self) -> tuple[Floats, Shorts, Rows]:
        """What the kernels take."""
        return self.values, self.weights, self.rows


def collect(orders: Orders, data: Octets, into: Inputs) -> None:
    """Inputs of each bit of data, [8 n], each byte before it is counted."""
    _collect(*orders.arrays(), data, into.values, into.weights, into.rows)


def look(orders: Orders) -> Inputs:
    """Inputs of the 255 nodes of the next byte, at their prefix behind a leading 1; nothing is counted."""
    inputs = Inputs.room(256)
    _look(*orders.arrays(), inputs.values, inputs.weights, inputs.rows)
    return inputs


@compiled
def _contexts(at: Ints, hashes: Ints) -> None:
    # A hash for each context, of 62 bits.
    past, word = at[4], at[3]
    for k in range(6):
        masked = past & ((np.int64(1) << (8 * (k + 1))) - 1)
        hashes[k] = masked * np.int64(CONTEXTS) + k
    hashes[6] = word * np.int64(CONTEXTS) + 6
    hashes[7] = (past & np.int64(0xFFFF00)) * np.int64(CONTEXTS) + 7
    hashes[8] = (word ^ ((past & 0xFF) << np.int64(40))) * np.int64(CONTEXTS) + 8
    hashes[9] = np.int64(9)
    for k in range(CONTEXTS):
        x = np.uint64(hashes[k]) * np.uint64(0x9E3779B97F4A7C15)
        x ^= x >> np.uint64(29)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(32)
        hashes[k] = np.int64(x >> np.uint64(2))


@compiled
def _find(lines: Words, key: Whole, half: Whole) -> tuple[Whole, Whole, bool]:
    # The line of a context and a half of the byte, its check, and whether it is its own.
    x = np.uint64(key) + np.uint64(half + 1) * np.uint64(0xD6E8FEB86659FD93)
    x ^= x >> np.uint64(32)
    x *= np.uint64(0xD6E8FEB86659FD93)
    x ^= x >> np.uint64(32)
    # Upper and lower halves of a byte have parts of the table of their own, so that neither takes the other's lines.
    place = np.int64(x & np.uint64(lines.shape[0] // 2 - 1)) + (lines.shape[0] // 2 if half > 0 else 0)
    check = np.int64(x >> np.uint64(33)) | np.int64(1)
    if np.int64(lines[place, 0]) == check:
        return place, check, True
    other = place ^ 1
    if np.int64(lines[other, 0]) == check:
        return other, check, True
    if (lines[other, 1] >> np.uint32(8)) & np.uint32(255) < (lines[place, 1] >> np.uint32(8)) & np.uint32(255):
        place = other
    return place, check, False


@compiled
def _claim(lines: Words, hashes: Ints, half: Whole, places: Ints, checks: Ints) -> None:
    # The line of each context, -1 where another context of this byte has it: what a walk before saw is what is learned.
    for k in range(CONTEXTS):
        places[k], check, own = _find(lines, hashes[k], half)
        checks[k] = 0 if own else check
    for k in range(CONTEXTS):
        if checks[k] == 0:
            continue
        for j in range(CONTEXTS):
            if places[j] == places[k] and (checks[j] == 0 or j < k):
                places[k] = -1
                break
        if places[k] >= 0:
            lines[places[k], 0] = checks[k]
            lines[places[k], 1:] = 0


@compiled
def _class_of(seen: Whole) -> Whole:
    if seen < 5:
        return seen
    if seen < 8:
        return 5
    if seen < 14:
        return 6
    if seen < 30:
        return 7
    if seen < 100:
        return 8
    return 9


@compiled
def _stretch(p: float) -> float:
    return math.log(p / (1.0 - p))


@compiled
def _node(cell: Whole, context: Whole, place: Whole, histories: Floats, values: Floats, weights: Shorts) -> None:
    seen = (cell >> 8) & 255
    values[2 * context] = 0.0
    values[2 * context + 1] = 0.0
    weights[2 * context] = context * CLASSES + _class_of(seen)
    weights[2 * context + 1] = CONTEXTS * CLASSES + context
    if seen > 0:
        values[2 * context] = _stretch(((cell >> 16) + 0.5) / 65536.0)
        values[2 * context + 1] = _stretch(np.float64(histories[context, place, cell & 255]))


@compiled
def _match_class(length: Whole) -> Whole:
    if length < 16:
        return length
    return min(16 + ((length - 16) >> 3), MATCH_CLASSES - 1)


@compiled
def _match(
    expected: Whole,
    length: Whole,
    place: Whole,
    partial: Whole,
    matches: Floats,
    values: Floats,
    weights: Shorts,
) -> Whole:
    # Gives the class of the match, 0 where it expects nothing of this bit.
    values[2 * CONTEXTS] = 0.0
    weights[2 * CONTEXTS] = CONTEXTS * CLASSES + CONTEXTS
    if length == 0 or ((expected | 256) >> (8 - place)) != partial:
        return 0
    bit = (expected >> (7 - place)) & 1
    kind = _match_class(length)
    sure = _stretch(np.float64(matches[place, kind]))
    values[2 * CONTEXTS] = sure if bit == 1 else -sure
    weights[2 * CONTEXTS] = CONTEXTS * CLASSES + CONTEXTS + kind
    return kind


@compiled
def _rows(partial: Whole, place: Whole, before: Whole, kind: Whole, rows: Rows) -> None:
    rows[0] = partial
    rows[1] = 256 + before * 8 + place
    rows[2] = 256 + 2048 + kind * 8 + place
    rows[3] = before << 8 | partial


@compiled
def _learned(cell: Whole, bit: Whole) -> Whole:
    # A node that saw one more bit.
    p, seen, history = cell >> 16, (cell >> 8) & 255, cell & 255
    if seen == 0:
        p, history = 32768, 1
    wanted = 65535 if bit == 1 else 0
    step = wanted - p
    p += (step * 2) // (2 * seen + 3) if seen < 60 else step // 61
    p = min(max(p, 32), 65535 - 32)
    history = (history << 1) | bit
    if history > 255:
        history = (history & 127) | 128
    return (p << 16) | (min(seen + 1, 255) << 8) | history


@compiled
def _collect(
    lines: Words,
    histories: Floats,
    matches: Floats,
    ring: Octets,
    last: Rows,
    at: Ints,
    data: Octets,
    values: Floats,
    weights: Shorts,
    rows: Rows,
) -> None:
    hashes = np.zeros(CONTEXTS, np.int64)
    places = np.zeros(CONTEXTS, np.int64)
    checks = np.zeros(CONTEXTS, np.int64)
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        _contexts(at, hashes)
        expected, length = np.int64(ring[at[1] & (ring.shape[0] - 1)]), at[2]
        before = at[4] & 255
        partial = np.int64(1)
        for place in range(8):
            if place == 0 or place == 4:
                _claim(lines, hashes, 0 if place == 0 else partial, places, checks)
            node = partial if place < 4 else (partial & ((1 << (place - 4)) - 1)) | (1 << (place - 4))
            bit = (byte >> (7 - place)) & 1
            step = 8 * i + place
            for k in range(CONTEXTS):
                cell = np.int64(lines[places[k], node]) if places[k] >= 0 else np.int64(0)
                _node(cell, k, place, histories, values[step], weights[step])
                if places[k] < 0:
                    continue
                if (cell >> 8) & 255 > 0:
                    q = histories[k, place, cell & 255]
                    histories[k, place, cell & 255] = min(
                        max(q + (np.float32(bit) - q) * np.float32(0.015), np.float32(0.0005)), np.float32(0.9995)
                    )
                lines[places[k], node] = _learned(cell, bit)
            kind = _match(expected, length, place, partial, matches, values[step], weights[step])
            _rows(partial, place, before, kind, rows[step])
            if kind > 0:
                hit = np.float32((expected >> (7 - place)) & 1 == bit)
                q = matches[place, kind]
                matches[place, kind] = min(max(q + (hit - q) * np.float32(0.02), np.float32(0.01)), np.float32(0.9998))
            partial = (partial << 1) | bit
        _move(ring, last, at, byte, expected)


@compiled
def _move(ring: Octets, last: Rows, at: Ints, byte: Whole, expected: Whole) -> None:
    mask = ring.shape[0] - 1
    ring[at[0] & mask] = byte
    at[0] += 1
    at[4] = (at[4] << np.int64(8)) | byte
    letter = byte
    if 65 <= letter <= 90:
        letter += 32
    if 97 <= letter <= 122 or letter >= 128:
        at[3] = ((at[3] + letter + 1) * np.int64(0x2F0B4C47)) & np.int64(0xFFFFFFFFFF)
    elif at[3] != 0:
        at[3] = 0
    if at[2] > 0 and expected == byte:
        at[2] = min(at[2] + 1, 65535)
        at[1] += 1
    else:
        at[2] = 0
    key = np.uint64(at[4] & np.int64(0xFFFFFFFFFFFF)) * np.uint64(0x9E3779B97F4A7C15)
    slot = np.int64(key >> np.uint64(40)) & (last.shape[0] - 1)
    if at[2] == 0 and at[0] >= HASHED and last[slot] > 0:
        start = np.int64(last[slot]) - 1
        if at[0] - start < ring.shape[0] - 65536:
            length = 0
            while (
                length < 400
                and length < start
                and ring[(start - 1 - length) & mask] == ring[(at[0] - 1 - length) & mask]
            ):
                length += 1
            if length >= HASHED:
                at[1], at[2] = start, length
    last[slot] = np.int32(at[0] + 1)


@compiled
def _look(
    lines: Words,
    histories: Floats,
    matches: Floats,
    ring: Octets,
    last: Rows,
    at: Ints,
    values: Floats,
    weights: Shorts,
    rows: Rows,
) -> None:
    hashes = np.zeros(CONTEXTS, np.int64)
    places = np.zeros(CONTEXTS, np.int64)
    _contexts(at, hashes)
    expected, length = np.int64(ring[at[1] & (ring.shape[0] - 1)]), at[2]
    before = at[4] & 255
    for half in range(17):
        # The upper half of the byte, then each lower half.
        first = 0 if half == 0 else 4
        for k in range(CONTEXTS):
            line, _, own = _find(lines, hashes[k], 0 if half == 0 else 15 + half)
            places[k] = line if own else -1
        for node in range(1, 16):
            depth = 0
            while node >> (depth + 1):
                depth += 1
            place = first + depth
            top = 1 if half == 0 else 15 + half
            partial = (top << depth) | (node - (1 << depth))
            for k in range(CONTEXTS):
                cell = np.int64(lines[places[k], node]) if places[k] >= 0 else np.int64(0)
                _node(cell, k, place, histories, values[partial], weights[partial])
            kind = _match(expected, length, place, partial, matches, values[partial], weights[partial])
            _rows(partial, place, before, kind, rows[partial])
