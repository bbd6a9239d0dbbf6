"""How often each string of up to k + 1 bytes was seen: a trie in flat arrays, exact, compiled, and undoable.

One row of `strings` is one string, the empty one first:

    KEY        row of the string without its last byte · 256 + its last byte
    COUNT      how often it was seen
    FOLLOWERS  how many bytes were counted behind it, n
    DISTINCT   how many different ones, q

`slots` finds the row of a key: open addressing with linear probing and whole keys, so no two contexts are ever
confused. It has two places for each row and doubles with the rows, which changes no prediction. `active[o]` is the row
of the last o bytes, −1 where there are none or where it was not counted; the next byte moves it to a longer string.

A byte is counted in the shortest context first. So a string that was counted has all its suffixes counted, also when
rows run out: from then on known strings are counted and new ones are not. Rows grow in the order of first sight, which
makes taking the last bytes back as cheap as counting them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled

KEY, COUNT, FOLLOWERS, DISTINCT = 0, 1, 2, 3
ROW_BYTES = 60  # a row, its two slots, and half as much again while the arrays double

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd
_HIGH = np.uint64(32)

Rows = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Contexts:
    """What was counted, and where the last bytes stand in it."""

    strings: Rows  # [capacity, 4]
    slots: Slots  # [2 · capacity], 0 where free
    used: Rows  # [1], rows in use
    active: Rows  # [order + 1]

    @classmethod
    def fresh(cls, order: int) -> Self:
        """Nothing read: only the empty string is known."""
        active = np.full(order + 1, -1, np.int64)
        active[0] = 0
        return cls(np.zeros((256, 4), np.int64), np.zeros(512, np.int32), np.ones(1, np.int64), active)

    def copy(self) -> Self:
        """The same counts in arrays of their own."""
        return type(self)(self.strings.copy(), self.slots.copy(), self.used.copy(), self.active.copy())

    def reserve(self, more: int, limit: int) -> None:
        """Make room for so many more rows, up to limit in all; no prediction changes."""
        wanted = min(int(self.used[0]) + more, limit)
        capacity = len(self.strings)
        if wanted <= capacity:
            return
        while capacity < wanted:
            capacity *= 2
        strings = np.zeros((capacity, 4), np.int64)
        strings[: len(self.strings)] = self.strings
        slots = np.zeros(2 * capacity, np.int32)
        _fill_slots(strings, slots, int(self.used[0]))
        self.strings, self.slots = strings, slots


@compiled
def _slot(strings: Rows, slots: Slots, key: int) -> int:
    # Where the key's row is, or the free place where it would be; there is always one.
    mask = slots.shape[0] - 1
    place = np.int64((np.uint64(key) * _MULTIPLIER) >> _HIGH) & mask
    while slots[place] != 0 and strings[slots[place], 0] != key:
        place = (place + 1) & mask
    return int(place)


@compiled
def _fill_slots(strings: Rows, slots: Slots, used: int) -> None:
    for row in range(1, used):
        slots[_slot(strings, slots, strings[row, 0])] = row


@compiled
def pay(
    strings: Rows,
    slots: Slots,
    used: Rows,
    active: Rows,
    data: Octets,
    lowest: int,
    weight: float,
    limit: int,
    paid: Floats,
    journal: Rows,
) -> int:
    """Probability of each byte of data before it is counted, into paid [n]; then count it.

    Blending begins at order `lowest` with the uniform distribution at `weight`. Rows are added up to `limit`. A journal
    that is not empty takes each row counted, at most order + 1 a byte; returns how many it took.
    """
    journalled = 0
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        p = 1.0 / 256.0
        moved = np.int64(0)  # the row of the last `order` bytes, this byte included
        for order in range(active.shape[0]):
            context = active[order]
            active[order] = moved
            if context < 0:
                break
            key = context * np.int64(256) + byte
            place = _slot(strings, slots, key)
            row = np.int64(slots[place])
            count = strings[row, 1] if row > 0 else np.int64(0)
            followers, distinct = strings[context, 2], strings[context, 3]
            if order == lowest:
                p = (count + weight * p) / (followers + weight)
            elif order > lowest and followers > 0:
                p = (count + distinct * p) / (followers + distinct)
            moved = np.int64(-1)
            if row == 0:
                if used[0] >= limit:
                    continue
                row = used[0]
                used[0] = row + 1
                slots[place] = row
                strings[row, 0] = key
                strings[context, 3] += 1
            strings[row, 1] += 1
            strings[context, 2] += 1
            moved = row
            if journal.shape[0] > 0:
                journal[journalled] = row
                journalled += 1
        paid[i] = p
    return journalled


@compiled
def take_back(strings: Rows, slots: Slots, used: Rows, journal: Rows, journalled: int) -> None:
    """Undo what `pay` journalled, last first, so that rows and slots are again as they were."""
    for i in range(journalled - 1, -1, -1):
        row = journal[i]
        context = strings[row, 0] // 256
        strings[context, 2] -= 1
        strings[row, 1] -= 1
        if strings[row, 1] == 0:
            strings[context, 3] -= 1
            slots[_slot(strings, slots, strings[row, 0])] = 0
            strings[row, 0] = 0
            used[0] = row


@compiled
def distribution(strings: Rows, slots: Slots, active: Rows, lowest: int, weight: float, out: Floats) -> None:
    """Probabilities of the next byte, into out [256], by the same arithmetic as `pay`."""
    out[:] = 1.0 / 256.0
    counts = np.zeros(256, np.int64)
    # A byte that never followed a context never followed a longer one: only candidates are looked up.
    candidates = np.arange(256)
    known = 256
    for order in range(lowest, active.shape[0]):
        context = active[order]
        if context < 0 or (order > lowest and strings[context, 2] == 0):
            break
        followers, distinct = strings[context, 2], strings[context, 3]
        kept = 0
        for i in range(known):
            byte = candidates[i]
            row = np.int64(slots[_slot(strings, slots, context * np.int64(256) + byte)])
            counts[byte] = strings[row, 1] if row > 0 else np.int64(0)
            if row > 0:
                candidates[kept] = byte
                kept += 1
        known = kept
        for byte in range(256):
            if order == lowest:
                out[byte] = (counts[byte] + weight * out[byte]) / (followers + weight)
            else:
                out[byte] = (counts[byte] + distinct * out[byte]) / (followers + distinct)
