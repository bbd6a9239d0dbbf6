"""The mixing model's one kernel: it predicts bits, pays for them or decodes them, and learns.

For each bit, every context's bit history gives a probability p; the mixer sees stretch(p) = ln(p / (1 − p)) and p − 1/2:

    p_s = squash(w_s · x)        for each set s of weights, one row chosen in it (Mattern 2012; Mahoney 2005)
    p   = squash(v · stretch(p_s)), then averaged with maps that refine it
    w_s ← w_s + rate · (bit − p_s) · x

The loop stands between bits: `p` is ready, and the bit comes from the data or from a decoder. So coding, decoding and single
steps run the same instructions. With a journal, every change of a large array is written down first, and `code` takes it
back after each item. All arithmetic is on integers.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.coding import range_coder
from codelength.coding.range_coder import decode_bit
from codelength.compiled import compiled, inlined, source_digest
from codelength.models.mixing import contexts, prefetching, tables
from codelength.models.mixing.contexts import *  # noqa
from codelength.models.mixing.contexts import follow_matches, next_byte, note
from codelength.models.mixing.prefetching import prefetch
from codelength.models.mixing.state import SMALL, STEPS, Level, State
from codelength.models.mixing.tables import COST, FACTS, NEXT_HISTORY, RECIPROCAL, SQUASH, STRETCH

ENCODE, DECODE = 0, 1
LIMIT = 1023  # updates after which a probability's step no longer shrinks


@inlined
def dot(inputs, weights, row):
    """Σ w x of one row, in 1 / 2^16."""
    total = np.int32(0)
    for k in range(inputs.shape[0]):
        total = np.int32(total + np.int32(inputs[k]) * np.int32(weights[row, k]))
    return total


@inlined
def train(inputs, weights, row, error):
    """w ← w + error · x, saturating."""
    for k in range(inputs.shape[0]):
        step = np.int32(np.int32(np.int32(inputs[k]) * error) + np.int32(0x8000))
        weight = np.int32(np.int32(weights[row, k]) + np.int32(step >> np.int32(16)))
        weights[row, k] = np.int16(min(np.int32(32767), max(np.int32(-32768), weight)))


@inlined
def learn(chances, cell, bit, limit):
    """Move a probability cell towards the bit, by less the more it has seen."""
    at = np.uint64(cell)
    value = chances[at]
    count = np.uint64(value & np.uint32(1023))
    p = np.int64(value >> np.uint32(10))
    p += ((4194303 if bit else 0) - p) * np.int64(RECIPROCAL[count]) >> 16
    chances[at] = np.uint32(p) << np.uint32(10) | np.uint32(count) + np.uint32(count < np.uint64(limit))


@inlined
def least_used(slots, start):
    """The slot of a bucket whose first history has seen the fewest bits."""
    use0 = FACTS[slots[np.uint64(start + 1)]] & np.uint8(127)
    use1 = FACTS[slots[np.uint64(start + 17)]] & np.uint8(127)
    use2 = FACTS[slots[np.uint64(start + 33)]] & np.uint8(127)
    use3 = FACTS[slots[np.uint64(start + 49)]] & np.uint8(127)
    low, high = start + 16 * (use1 < use0), start + 32 + 16 * (use3 < use2)
    return high if min(use2, use3) < min(use0, use1) else low


@inlined
def length_class(length):
    """A match's length as one of 64."""
    return min(length, np.int64(31)) if length < 32 else min(32 + ((length - 32) >> 3), np.int64(63))


@compiled
def note_slot(log, s, wide_slots, place):
    """Write down a slot of 16 bytes."""
    top = s[TOP]
    log[top], log[top + 1] = wide_slots[place >> 3], wide_slots[(place >> 3) + 1]
    s[TOP] = top + 2
    note(log, s, JOURNAL_SLOT, place, 0)


@compiled
def restore(state, kept, log):
    """Take back what the journal has written down since the small arrays were `kept`."""
    s = state.scalars
    wide_slots, wide_weights = state.slots.view(np.int64), state.weights.view(np.int64)
    top = s[TOP]
    while top > 0:
        top -= 2
        which, place, old = log[top + 1] >> JOURNAL_SHIFT, log[top + 1] & ((1 << JOURNAL_SHIFT) - 1), log[top]
        if which == JOURNAL_REFINE:
            state.refined[place] = old
        elif which == JOURNAL_SLOT:
            top -= 2
            wide_slots[place >> 3], wide_slots[(place >> 3) + 1] = log[top], log[top + 1]
        elif which == JOURNAL_WEIGHTS:
            top -= wide_weights.shape[1]
            for m in range(wide_weights.shape[1]):
                wide_weights[place, m] = log[top + m]
        elif which == JOURNAL_RUN:
            state.runs[place] = old
        elif which == JOURNAL_RING:
            state.ring[place] = old
        elif which == JOURNAL_MATCH:
            state.matches[place] = old
        elif which == JOURNAL_MATCH2:
            state.matches2[place] = old
        else:
            state.indirect[place] = old
    kept.scalars[EPOCH] += 1
    s[:], state.inputs[:], state.hashes[:], state.slot[:] = kept.scalars, kept.inputs, kept.hashes, kept.slot
    state.cell[:], state.chosen[:], state.voices[:], state.run[:] = kept.cell, kept.chosen, kept.voices, kept.run
    state.chances[:] = kept.chances
    state.final[:, :] = kept.final


@compiled
def costs(data: npt.NDArray[np.uint8], p1: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Ideal bits of each byte [n] from the probabilities of its bits [8 n]."""
    paid = np.zeros(data.shape[0], np.float64)
    for i in range(data.shape[0]):
        for k in range(8):
            p = np.int64(p1[8 * i + k])
            paid[i] += COST[p if (data[i] >> (7 - k)) & 1 else 65536 - p]
    return paid


@inlined
def expect(s, length, expected, cells, partial, done):
    """The cell of a match's next bit and that bit; −1 where there is no match or the byte has left it."""
    if s[length] == 0:
        return np.int64(0), np.int64(-1)
    if (s[expected] | 256) >> (8 - done) != partial:
        s[length] = 0
        return np.int64(0), np.int64(-1)
    bit = s[expected] >> (7 - done) & 1
    return cells + 2 * length_class(s[length]) + bit, bit


@inlined
def hear_match(x, at, chances, cell, bit, length):
    """A match's two inputs, and its length as one of five grades."""
    if bit < 0:
        x[at], x[at + 1] = 0, 0
        return np.int64(0)
    p12 = np.int64(chances[cell] >> np.uint32(20))
    x[at], x[at + 1] = STRETCH[p12], p12 - 2048
    return np.int64(1) + (length >= 8) + (length >= 16) + (length >= 32)


@inlined
def spread(a, partial, mask):
    """A row of a hashed refinement map."""
    h = np.uint32(np.uint32(a) * np.uint32(0x9E3779B1) + np.uint32(np.uint32(partial) * np.uint32(0x85EBCA6B)))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    return np.int64(np.uint32(h * np.uint32(0x2C1B3C6D)) >> np.uint32(15)) & mask


@inlined
def address_slots(slots, hashes, cell, nibble):
    """Where each context's slot will be looked for: its hash, and the byte's first nibble behind a 1 once it is known."""
    buckets = (slots.shape[0] >> 6) - 1
    salt = np.uint32(np.uint32(nibble) * np.uint32(0x9E3779B1))
    for k in range(hashes.shape[0]):
        h = np.uint32(hashes[k] + salt)
        h = np.uint32(h ^ (h >> np.uint32(15)))
        h = np.uint32(h * np.uint32(0x2C1B3C6D))
        h = np.uint32(h ^ (h >> np.uint32(13)))
        cell[k] = h
        prefetch(slots, ((np.int64(h) >> 8) & buckets) << 6)


@inlined
def find_slots(s, slots, wide_slots, slot, cell, log):
    """A nibble begins: find each context's slot at its address; counts those seen before."""
    buckets, noting = (slots.shape[0] >> 6) - 1, log.shape[0] > 0
    hits = 0
    for k in range(slot.shape[0]):
        check = np.uint8(max(cell[k] & 255, 1))
        start = ((cell[k] >> 8) & buckets) << 6
        if slots[np.uint64(start)] == check:
            place = start
        elif slots[np.uint64(start + 16)] == check:
            place = start + 16
        elif slots[np.uint64(start + 32)] == check:
            place = start + 32
        elif slots[np.uint64(start + 48)] == check:
            place = start + 48
        else:
            place = least_used(slots, start)
            if noting:
                note_slot(log, s, wide_slots, place)
            wide_slots[np.uint64(place >> 3)] = 0
            wide_slots[np.uint64((place >> 3) + 1)] = 0
            slots[np.uint64(place)] = check
            slot[k] = place
            continue
        if noting:
            note_slot(log, s, wide_slots, place)
        hits += slots[np.uint64(place + 1)] != 0
        slot[k] = place
    s[HITS] = hits


@inlined
def choose(s, chosen, offsets, partial, done, grade, match_bit, grade2):
    """Which row of weights each set takes, by what is known of the next bit."""
    last = np.uint64(s[LAST8])
    image = s[MODE] == IMAGE
    c1 = np.int64(last & np.uint64(255))
    if grade == 0:
        chosen[0] = partial + 256 * image
    else:
        chosen[0] = 256 + 256 * grade + 8 * match_bit + done
    chosen[1] = offsets[1] + (s[GUESS] if image else c1) + 256 * (done >= 4)
    if chosen.shape[0] < 3:
        return
    chosen[2] = offsets[2] + 256 * s[MODE] + 8 * min(s[HITS], np.int64(31)) + done
    chosen[3] = offsets[3] + 256 * (s[CLASSES] & 7) + partial
    if chosen.shape[0] < 5:
        return
    c2 = np.int64(last >> np.uint64(8) & np.uint64(255))
    chosen[4] = offsets[4] + 8 * (s[NORTH] if image else min(s[COLUMN], np.int64(255))) + done
    chosen[5] = offsets[5] + 256 * image + (s[WEST] if image else c2)
    chosen[6] = offsets[6] + 8 * (s[CLASSES] & 511) + done
    chosen[7] = offsets[7] + 128 * grade2 + 8 * (min(s[WORD_LENGTH], np.int64(15))) + done


@inlined
def refine(refined, at, slant):
    """What a refinement map says between two places."""
    return (np.int64(refined[at]) * (4096 - slant) + np.int64(refined[at + 1]) * slant) >> 12


@inlined
def learn_refined(refined, at, slant, bit, log, s):
    """Move the nearer of two places of a refinement map towards the bit."""
    near = at + (slant > 2048)
    value = np.int32(refined[near])
    if log.shape[0] > 0:
        note(log, s, JOURNAL_REFINE, near, np.int64(value))
    refined[near] = np.uint16(value + (((np.int32(65535) if bit else np.int32(0)) - value) >> 6))


@compiled
def next_runs(s, runs, run, hashes, c, log):
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


@compiled
def chances_of(data: npt.NDArray[np.uint8], p1: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Probability of each byte [n], the product of its bits' probabilities [8 n], first bit first."""
    had = np.ones(data.shape[0], np.float64)
    for i in range(data.shape[0]):
        for k in range(8):
            p = np.int64(p1[8 * i + k])
            had[i] *= np.float64(p if (data[i] >> (7 - k)) & 1 else 65536 - p) / 65536.0
    return had


@cache
def kernel(level: Level) -> Callable[..., int]:
    """Compile the kernel of a level; the compiled code is kept on disk."""
    CONTEXTS, EACH, SETS, MAPS = level.contexts, level.inputs_each, len(level.sets), len(level.refined)
    NUMBER, RATE, RUNS = level.number, level.rate, level.run_cells > 0
    OFFSETS = tuple(sum(level.sets[:i]) for i in range(8))
    MASK1, MASK2, MASK3 = ((*level.refined, 1, 1)[i] - 1 for i in range(3))
    MAP2, MAP3 = (sum(level.refined[:i]) for i in (1, 2))
    MATCHED, MATCHED2, ORDER0, RUN = (CONTEXTS * 256 + i for i in (0, 128, 256, 512))
    OTHER = (EACH + RUNS) * CONTEXTS
    DIGEST = source_digest(
        *(module.__file__ or "" for module in (contexts, tables, range_coder, prefetching)), __file__
    )

    @compiled
    def run(decoding, starts, data, p1, coder, code, state, kept, log):
        s, x, slot, cell, chosen, voices = (
            state.scalars,
            state.inputs,
            state.slot,
            state.cell,
            state.chosen,
            state.voices,
        )
        chances, final, weights, refined, slots = state.chances, state.final, state.weights, state.refined, state.slots
        touched, hashes, ring, indirect = state.touched, state.hashes, state.ring, state.indirect
        matches, matches2, runs, runs_met = state.matches, state.matches2, state.runs, state.run
        wide_slots, wide_weights = slots.view(np.int64), weights.view(np.int64)
        noting = log.shape[0] > 0
        for item in range(starts.shape[0] - 1):
            partial, done = s[NODE], s[BITS]
            node = (1 << (done & 3)) | (partial & ((1 << (done & 3)) - 1))
            p, mixed, slant = s[P1], s[MIXED], s[SLANT]
            at1, at2, at3 = s[REFINED1], s[REFINED2], s[REFINED3]
            match_cell, match_bit, match_cell2, match_bit2 = s[MATCH_CELL], s[MATCH_BIT], s[MATCH_CELL2], s[MATCH_BIT2]
            if noting:  # the slots in hand were found before this item
                for k in range(CONTEXTS):
                    note_slot(log, s, wide_slots, slot[k])
            rate = RATE + 409600 // (4096 + 8 * s[POSITION])
            first = p == 0
            if first:
                partial = np.int64(1)
            for i in range(starts[item] - first, starts[item + 1]):
                if i >= starts[item]:
                    p1[i] = p
                    if decoding:
                        bit = decode_bit(coder, code, p)
                        data[i >> 3] = (data[i >> 3] << 1) | bit
                    else:
                        bit = np.int64((data[i >> 3] >> (7 - (i & 7))) & 1)

                    miss = np.int32((bit << 16) - mixed) * 2
                    for k in range(SETS):
                        final[partial, k] += np.int32((voices[k] * miss + 0x20000) >> 18)
                    for k in range(SETS):
                        row = chosen[k]
                        if noting and touched[row] != s[EPOCH]:
                            touched[row] = s[EPOCH]
                            top = s[TOP]
                            for m in range(wide_weights.shape[1]):
                                log[top + m] = wide_weights[row, m]
                            s[TOP] = top + wide_weights.shape[1]
                            note(log, s, JOURNAL_WEIGHTS, row, 0)
                        train(x, weights, row, np.int32(((bit << 16) - voices[SETS + k]) * rate >> 4))
                    learn_refined(refined, at1, slant, bit, log, s)
                    if MAPS > 1:
                        learn_refined(refined, at2, slant, bit, log, s)
                    if MAPS > 2:
                        learn_refined(refined, at3, slant, bit, log, s)
                    for k in range(CONTEXTS):
                        learn(chances, cell[k], bit, LIMIT)
                        place = np.uint64(slot[k] + node)
                        slots[place] = NEXT_HISTORY[np.uint64(2 * np.int64(slots[place]) + bit)]
                    if RUNS:
                        for k in range(CONTEXTS):
                            if runs_met[3 * CONTEXTS + k] > 0:
                                learn(chances, runs_met[3 * CONTEXTS + k], bit, LIMIT)
                    learn(chances, ORDER0 + partial, bit, LIMIT)
                    if match_bit >= 0:
                        learn(chances, match_cell, bit, LIMIT)
                        if match_bit != bit:
                            s[LENGTH] = 0
                    if NUMBER == 2 and match_bit2 >= 0:
                        learn(chances, match_cell2, bit, LIMIT)
                        if match_bit2 != bit:
                            s[LENGTH2] = 0

                    partial = 2 * partial + bit
                    done += 1
                    if done == 8:
                        s[NODE] = partial
                        next_byte(NUMBER, s, hashes, ring, matches, indirect, log)
                        address_slots(slots, hashes, cell, np.int64(0))
                        follow_matches(NUMBER, s, ring, matches, matches2, log)
                        if RUNS:
                            next_runs(s, runs, runs_met, hashes, partial & 255, log)
                        partial, done = np.int64(1), np.int64(0)
                        rate = RATE + 409600 // (4096 + 8 * s[POSITION])
                    elif done == 4:
                        address_slots(slots, hashes, cell, partial)
                elif first:
                    address_slots(slots, hashes, cell, np.int64(0))
                if done & 3 == 0:
                    find_slots(s, slots, wide_slots, slot, cell, log)
                node = (1 << (done & 3)) | (partial & ((1 << (done & 3)) - 1))

                for k in range(CONTEXTS):
                    history = np.int64(slots[np.uint64(slot[k] + node)])
                    at = 256 * k + history
                    cell[k] = at
                    p12 = np.int64(chances[np.uint64(at)] >> np.uint32(20))
                    stretched = np.int64(STRETCH[np.uint64(p12)]) & -np.int64(history != 0)
                    x[EACH * k] = stretched
                    x[EACH * k + 1] = (p12 - 2048) & -np.int64(history != 0)
                    if EACH == 3:
                        x[EACH * k + 2] = stretched & -np.int64(FACTS[np.uint64(history)] > 128)
                if RUNS:
                    for k in range(CONTEXTS):
                        known = runs_met[2 * CONTEXTS + k]
                        at = np.int64(0)
                        x[EACH * CONTEXTS + k] = 0
                        if known > 0 and (known >> 8 | 256) >> (8 - done) == partial:
                            at = RUN + 64 * k + 2 * min(known & 255, np.int64(31)) + (known >> (15 - done) & 1)
                            x[EACH * CONTEXTS + k] = STRETCH[chances[at] >> np.uint32(20)]
                        runs_met[3 * CONTEXTS + k] = at
                x[OTHER] = STRETCH[chances[ORDER0 + partial] >> np.uint32(20)]
                match_cell, match_bit = expect(s, LENGTH, EXPECTED, MATCHED, partial, done)
                grade = hear_match(x, OTHER + 1, chances, match_cell, match_bit, s[LENGTH])
                grade2 = np.int64(0)
                if NUMBER == 2:
                    match_cell2, match_bit2 = expect(s, LENGTH2, EXPECTED2, MATCHED2, partial, done)
                    grade2 = hear_match(x, OTHER + 4, chances, match_cell2, match_bit2, s[LENGTH2])
                x[OTHER + 3] = 256
                choose(s, chosen, OFFSETS, partial, done, grade, match_bit, grade2)
                total = np.int64(0)
                for k in range(SETS):
                    voice = np.int32(dot(x, weights, chosen[k]) >> np.int32(16))
                    voice = min(np.int32(2047), max(np.int32(-2047), voice))
                    voices[k] = voice
                    voices[SETS + k] = SQUASH[voice + 2048]
                    total += np.int64(voice) * np.int64(final[partial, k])
                whole = min(np.int64(2047), max(np.int64(-2047), total >> 16)) + 2048
                mixed = np.int64(SQUASH[whole])
                slant, step = whole * 32 & 4095, whole * 32 >> 12
                last = np.uint64(s[LAST8])
                at1 = ((np.int64(last & np.uint64(255)) << 8 | partial) & MASK1) * STEPS + step
                p = refine(refined, at1, slant)
                if MAPS == 1:
                    p = (mixed + p + 1) >> 1
                else:
                    at2 = (MAP2 + spread(last & np.uint64(0xFFFF), partial, MASK2)) * STEPS + step
                    p += refine(refined, at2, slant)
                    if MAPS == 2:
                        p = (2 * mixed + p + 2) >> 2
                    else:
                        at3 = (MAP3 + spread(last & np.uint64(0xFFFFFFFF), partial, MASK3)) * STEPS + step
                        p = (2 * mixed + p + refine(refined, at3, slant) * 2 + 3) // 6
                p = min(np.int64(65535), max(np.int64(1), p))
            s[P1], s[NODE], s[BITS], s[MIXED], s[SLANT] = p, partial, done, mixed, slant
            s[REFINED1], s[REFINED2], s[REFINED3] = at1, at2, at3
            s[MATCH_CELL], s[MATCH_BIT], s[MATCH_CELL2], s[MATCH_BIT2] = match_cell, match_bit, match_cell2, match_bit2
            if noting:
                restore(state, kept, log)
        return DIGEST

    return run
