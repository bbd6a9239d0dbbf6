"""Cells of probabilities, slots of bit histories, runs and matches: what each context says of the next bit.

A slot is 16 bytes: a check and 15 bit histories, one for each beginning of a nibble. Four slots are a bucket, which
fills a line of the cache; a new slot takes the place of the one whose first history has seen least, and the others
of its bucket fade, so that none stays for ever. A byte's second nibble finds its slot in the bucket of the first
three bits, which is known, and fetched, one bit ahead.
"""

import numpy as np

from codelength.compiled import bare, inlined
from codelength.models.mixing.journal import note, note_slot
from codelength.models.mixing.places import HITS, JOURNAL_RUN, Cells, Octets, Shorts, Whole, Words
from codelength.models.mixing.prefetching import prefetch
from codelength.models.mixing.tables import FACTS, FADED, RECIPROCAL, STRETCH

_LIMIT = 1023  # updates after which a probability's step no longer shrinks


@inlined
def learn(chances: Cells, cell: Whole, bit: Whole) -> None:
    """Move a probability cell towards the bit, by less the more it has seen."""
    at = np.uint64(cell)
    value = chances[at]
    count = np.uint64(value & np.uint32(1023))
    p = np.int64(value >> np.uint32(10))
    p += ((4194303 if bit else 0) - p) * np.int64(RECIPROCAL[count]) >> 16
    chances[at] = np.uint32(p) << np.uint32(10) | np.uint32(count) + np.uint32(count < np.uint64(_LIMIT))


@inlined
def address_slots(slots: Octets, hashes: Cells, address: Words, begun: Whole) -> None:
    """Where each context's next slot will be looked for; `begun` is the byte's first three bits behind a 1, or 0."""
    buckets = (slots.shape[0] >> 6) - 1
    salt = np.uint32(np.uint32(begun) * np.uint32(0x9E3779B1))
    for k in range(hashes.shape[0]):
        h = np.uint32(hashes[k] + salt)
        h = np.uint32(h ^ (h >> np.uint32(15)))
        h = np.uint32(h * np.uint32(0x2C1B3C6D))
        h = np.uint32(h ^ (h >> np.uint32(13)))
        address[k] = h
        prefetch(slots, ((np.int64(h) >> 8) & buckets) << 6)


@inlined
def find_slots(
    s: Words, slots: Octets, wide_slots: Words, slot: Words, address: Words, sibling: Whole, log: Words
) -> None:
    """A nibble begins: find each context's slot at its address; counts those seen before.

    `sibling` tells two nibbles apart that share a bucket: 85 where the bit behind the three is 1, else 0.
    """
    buckets, noting = (slots.shape[0] >> 6) - 1, log.shape[0] > 0
    hits = 0
    for k in range(slot.shape[0]):
        check = np.uint8(max((address[k] ^ sibling) & 255, 1))
        start = ((address[k] >> 8) & buckets) << 6
        second = slots[np.uint64(start + 16)] == check
        third = slots[np.uint64(start + 32)] == check
        fourth = slots[np.uint64(start + 48)] == check
        place = start + 16 * second + 32 * third + 48 * fourth
        if slots[np.uint64(place)] == check:
            if noting:
                note_slot(log, s, wide_slots, place)
            hits += slots[np.uint64(place + 1)] != 0
        else:
            place = least_used(slots, start)
            if noting:
                for other in range(start, start + 64, 16):
                    note_slot(log, s, wide_slots, other)
            if slots[np.uint64(place + 1)] != 0:
                for other in range(start + 1, start + 65, 16):
                    slots[np.uint64(other)] = FADED[slots[np.uint64(other)]]
            wide_slots[np.uint64(place >> 3)] = 0
            wide_slots[np.uint64((place >> 3) + 1)] = 0
            slots[np.uint64(place)] = check
        slot[k] = place
    s[HITS] = hits


@inlined
def least_used(slots: Octets, start: Whole) -> Whole:
    """The slot of a bucket whose first history has seen the fewest bits."""
    use0 = FACTS[slots[np.uint64(start + 1)]] & np.uint8(127)
    use1 = FACTS[slots[np.uint64(start + 17)]] & np.uint8(127)
    use2 = FACTS[slots[np.uint64(start + 33)]] & np.uint8(127)
    use3 = FACTS[slots[np.uint64(start + 49)]] & np.uint8(127)
    low, high = start + 16 * (use1 < use0), start + 32 + 16 * (use3 < use2)
    least: Whole = high if min(use2, use3) < min(use0, use1) else low
    return least


@bare
def next_runs(s: Words, runs: Cells, run: Words, hashes: Cells, c: Whole, log: Words) -> None:
    """Each context's run is told what came; then the runs of the new contexts are looked up.

    A run is a check of 16 bits, the byte that came last in this context and how often it came in a row.
    """
    contexts = hashes.shape[0]
    mask = runs.shape[0] - 1
    for k in range(contexts):
        place = run[k]
        old = runs[place]
        if log.shape[0] > 0:
            note(log, s, JOURNAL_RUN, place, np.int64(old))
        check = run[contexts + k]
        if np.int64(old >> np.uint32(16)) == check and np.int64(old >> np.uint32(8)) & 255 == c:
            if old & np.uint32(255) < 255:
                runs[place] = old + np.uint32(1)
        else:
            runs[place] = np.uint32(check << 16 | c << 8 | 1)
    for k in range(contexts):
        h = np.uint32(hashes[k] * np.uint32(0x85EBCA6B))
        h = np.uint32(h ^ (h >> np.uint32(15)))
        run[k] = np.int64(h) & mask
        run[contexts + k] = np.int64(hashes[k] >> np.uint32(16))
        prefetch(runs, run[k])
    for k in range(contexts):
        old = runs[run[k]]
        same = np.int64(old >> np.uint32(16)) == run[contexts + k]
        run[2 * contexts + k] = np.int64(old & np.uint32(0xFFFF)) if same else 0


@inlined
def expect(s: Words, length: int, expected: int, cells: int, partial: Whole, done: Whole) -> tuple[Whole, Whole]:
    """The cell of a match's next bit and that bit; −1 where there is no match or the byte has left it."""
    if s[length] == 0:
        return np.int64(0), np.int64(-1)
    if (s[expected] | 256) >> (8 - done) != partial:
        s[length] = 0
        return np.int64(0), np.int64(-1)
    bit = s[expected] >> (7 - done) & 1
    return cells + 2 * length_class(s[length]) + bit, bit


@inlined
def hear_match(x: Shorts, at: int, chances: Cells, cell: Whole, bit: Whole, length: Whole) -> Whole:
    """A match's two inputs, and its length as one of five grades."""
    if bit < 0:
        x[at], x[at + 1] = 0, 0
        return np.int64(0)
    p12 = np.int64(chances[cell] >> np.uint32(20))
    x[at], x[at + 1] = STRETCH[p12], p12 - 2048
    return np.int64(1) + (length >= 8) + (length >= 16) + (length >= 32)


@inlined
def length_class(length: Whole) -> Whole:
    """A match's length as one of 64."""
    return np.int64(length) if length < 32 else min(np.int64(32 + ((length - 32) >> 3)), np.int64(63))
