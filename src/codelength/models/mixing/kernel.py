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
from codelength.compiled import compiled, source_digest
from codelength.models.mixing import contexts, prefetching, tables
from codelength.models.mixing.contexts import *  # noqa
from codelength.models.mixing.contexts import next_byte, note
from codelength.models.mixing.prefetching import prefetch
from codelength.models.mixing.state import SMALL, STEPS, Level, State
from codelength.models.mixing.tables import COST, FACTS, NEXT_HISTORY, RECIPROCAL, SQUASH, STRETCH

ENCODE, DECODE = 0, 1
LIMIT = 1023  # updates after which a probability's step no longer shrinks


@compiled
def dot(inputs, weights, row):
    """Σ w x of one row, in 1 / 2^16."""
    total = np.int32(0)
    for k in range(inputs.shape[0]):
        total = np.int32(total + np.int32(inputs[k]) * np.int32(weights[row, k]))
    return total


@compiled
def train(inputs, weights, row, error):
    """w ← w + error · x, saturating."""
    for k in range(inputs.shape[0]):
        step = np.int32(np.int32(np.int32(inputs[k]) * error) + np.int32(0x8000))
        weight = np.int32(np.int32(weights[row, k]) + np.int32(step >> np.int32(16)))
        weights[row, k] = np.int16(min(np.int32(32767), max(np.int32(-32768), weight)))


@compiled
def learn(chances, cell, bit, limit):
    """Move a probability cell towards the bit, by less the more it has seen."""
    value = chances[cell]
    count = np.int64(value & np.uint32(1023))
    p = np.int64(value >> np.uint32(10))
    p += ((4194303 if bit else 0) - p) * np.int64(RECIPROCAL[count]) >> 16
    chances[cell] = np.uint32(p) << np.uint32(10) | np.uint32(count + (count < limit))


@compiled
def find(slots, start, check):
    """The slot of this check in the bucket at `start`; where there is none, the least used one, cleared."""
    for place in (start, start + 16, start + 32, start + 48):
        if slots[place] == check:
            return place, np.int64(0)
    least, used = start, np.int64(FACTS[slots[start + 1]]) & 127
    for place in (start + 16, start + 32, start + 48):
        other = np.int64(FACTS[slots[place + 1]]) & 127
        if other < used:
            least, used = place, other
    return least, np.int64(1)


@compiled
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
    """Take back what the journal has written down since the state was `kept`."""
    (s, x, hashes, slot, cell, chosen, voices, chances, final, weights, refined, slots, ring, matches, matches2,
     indirect, touched) = state
    wide_slots, wide_weights = slots.view(np.int64), weights.view(np.int64)
    top = s[TOP]
    while top > 0:
        top -= 2
        which, place, old = log[top + 1] >> JOURNAL_SHIFT, log[top + 1] & ((1 << JOURNAL_SHIFT) - 1), log[top]
        if which == JOURNAL_REFINE:
            refined[place] = old
        elif which == JOURNAL_SLOT:
            top -= 2
            wide_slots[place >> 3], wide_slots[(place >> 3) + 1] = log[top], log[top + 1]
        elif which == JOURNAL_WEIGHTS:
            top -= wide_weights.shape[1]
            for m in range(wide_weights.shape[1]):
                wide_weights[place, m] = log[top + m]
        elif which == JOURNAL_RING:
            ring[place] = old
        elif which == JOURNAL_MATCH:
            matches[place] = old
        elif which == JOURNAL_MATCH2:
            matches2[place] = old
        else:
            indirect[place] = old
    (s0, x0, hashes0, slot0, cell0, chosen0, voices0, chances0, final0) = kept
    s0[EPOCH] += 1
    s[:], x[:], hashes[:], slot[:], cell[:], chosen[:], voices[:] = s0, x0, hashes0, slot0, cell0, chosen0, voices0
    chances[:] = chances0
    final[:, :] = final0


@compiled
def costs(data: npt.NDArray[np.uint8], p1: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Ideal bits of each byte [n] from the probabilities of its bits [8 n]."""
    paid = np.zeros(data.shape[0], np.float64)
    for i in range(data.shape[0]):
        for k in range(8):
            p = np.int64(p1[8 * i + k])
            paid[i] += COST[p if (data[i] >> (7 - k)) & 1 else 65536 - p]
    return paid


@cache
def kernel(level: Level) -> Callable[..., None]:
    """Compile the kernel of a level; the compiled code is kept on disk."""
    CONTEXTS, EACH, SETS = level.contexts, level.inputs_each, len(level.sets)
    NUMBER, RATE = level.number, level.rate
    SET1, SET2, SET3 = (sum(level.sets[:i]) for i in (1, 2, 3))
    MAPS = len(level.refined)
    MAP1 = level.refined[0]
    MAP1_MASK = level.refined[0] - 1
    MAP2_MASK = level.refined[1] - 1 if MAPS > 1 else 0
    MATCHED, ORDER0 = CONTEXTS * 256, CONTEXTS * 256 + 512
    OTHER = EACH * CONTEXTS
    DIGEST = source_digest(*(module.__file__ or "" for module in (contexts, tables, range_coder, prefetching)), __file__)

    @compiled
    def run(decoding, starts, data, p1, coder, code, state, kept, log):
        (s, x, hashes, slot, cell, chosen, voices, chances, final, weights, refined, slots, ring, matches, matches2,
         indirect, touched) = state
        wide_slots, wide_weights = slots.view(np.int64), weights.view(np.int64)
        noting = log.shape[0] > 0
        buckets = (slots.shape[0] >> 6) - 1
        for item in range(starts.shape[0] - 1):
            partial, done = s[NODE], s[BITS]
            node = partial
            if done >= 4:
                node = (1 << (done & 3)) | (partial & ((1 << (done & 3)) - 1))
            p = s[P1]
            stretched, mixed = s[STRETCHED], s[MIXED]
            at1, at2, slant = s[REFINED1], s[REFINED2], s[SLANT]
            match_cell, match_bit = s[MATCH_CELL], s[MATCH_BIT]
            if noting:  # the slots in hand were found before this item
                for k in range(CONTEXTS):
                    note_slot(log, s, wide_slots, slot[k])
            fresh = p == 0
            if fresh:
                partial, node = np.int64(1), np.int64(1)
            for i in range(starts[item] - fresh, starts[item + 1]):
                if i >= starts[item]:
                    p1[i] = p
                    if decoding:
                        bit = decode_bit(coder, code, p)
                        data[i >> 3] = (data[i >> 3] << 1) | bit
                    else:
                        bit = np.int64((data[i >> 3] >> (7 - (i & 7))) & 1)
                    # learn the bit
                    miss = np.int32((bit << 16) - mixed) * 2
                    for k in range(SETS):
                        final[partial, k] += np.int32((voices[k] * miss + 0x20000) >> 18)
                    rate = RATE + (409600 // (4096 + 8 * s[POSITION]))
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
                    aim = np.int32(65535) if bit else np.int32(0)
                    near = at1 + (slant > 2048)
                    if noting:
                        note(log, s, JOURNAL_REFINE, near, np.int64(refined[near]))
                    refined[near] = np.uint16(np.int32(refined[near]) + ((aim - np.int32(refined[near])) >> 6))
                    if MAPS > 1:
                        near = at2 + (slant > 2048)
                        if noting:
                            note(log, s, JOURNAL_REFINE, near, np.int64(refined[near]))
                        refined[near] = np.uint16(np.int32(refined[near]) + ((aim - np.int32(refined[near])) >> 6))
                    for k in range(CONTEXTS):
                        learn(chances, cell[k], bit, LIMIT)
                        place = slot[k] + node
                        slots[place] = NEXT_HISTORY[2 * np.int64(slots[place]) + bit]
                    learn(chances, ORDER0 + partial, bit, LIMIT)
                    if match_bit >= 0:
                        learn(chances, match_cell, bit, LIMIT)
                        if match_bit != bit:
                            s[LENGTH] = 0
                    node = 2 * node + bit
                    partial = 2 * partial + bit
                    done += 1
                    if done == 4:
                        node = np.int64(1)
                    if done == 8:
                        s[NODE] = partial
                        next_byte(NUMBER, s, hashes, ring, matches, matches2, indirect, log)
                        partial, node, done = np.int64(1), np.int64(1), np.int64(0)
                if done & 3 == 0:  # a nibble begins: find every context's slot
                    for k in range(CONTEXTS):
                        h = hashes[k]
                        if done:
                            h = np.uint32(h + np.uint32(np.uint32(partial) * np.uint32(0x9E3779B1)))
                        h = np.uint32(h ^ (h >> np.uint32(15)))
                        h = np.uint32(h * np.uint32(0x2C1B3C6D))
                        h = np.uint32(h ^ (h >> np.uint32(13)))
                        cell[k] = h
                        prefetch(slots, ((np.int64(h) >> 8) & buckets) << 6)
                    hits = 0
                    for k in range(CONTEXTS):
                        check = np.uint8(max(cell[k] & 255, 1))
                        place, new = find(slots, ((cell[k] >> 8) & buckets) << 6, check)
                        if noting:
                            note_slot(log, s, wide_slots, place)
                        if new:
                            for m in range(16):
                                slots[place + m] = np.uint8(0)
                            slots[place] = check
                        hits += slots[place + 1] != 0
                        slot[k] = place
                    s[HITS] = hits
                # predict the next bit
                for k in range(CONTEXTS):
                    history = np.int64(slots[slot[k] + node])
                    at = 256 * k + history
                    cell[k] = at
                    p12 = np.int64(chances[at] >> np.uint32(20))
                    known = -np.int64(history != 0)
                    x[EACH * k] = np.int64(STRETCH[p12]) & known
                    x[EACH * k + 1] = (p12 - 2048) & known
                    if EACH == 3:
                        x[EACH * k + 2] = np.int64(STRETCH[p12]) & -np.int64(FACTS[history] > 128)
                x[OTHER] = STRETCH[chances[ORDER0 + partial] >> np.uint32(20)]
                match_bit = np.int64(-1)
                x[OTHER + 1] = 0
                x[OTHER + 2] = 0
                grade = np.int64(0)
                if s[LENGTH] > 0:
                    if (s[EXPECTED] | 256) >> (8 - done) == partial:
                        match_bit = (s[EXPECTED] >> (7 - done)) & 1
                        match_cell = MATCHED + 2 * length_class(s[LENGTH]) + match_bit
                        p12 = np.int64(chances[match_cell] >> np.uint32(20))
                        x[OTHER + 1] = STRETCH[p12]
                        x[OTHER + 2] = p12 - 2048
                        grade = np.int64(1) + (s[LENGTH] >= 8) + (s[LENGTH] >= 16) + (s[LENGTH] >= 32)
                    else:
                        s[LENGTH] = 0
                x[OTHER + 3] = 256
                last = np.uint64(s[LAST8])
                chosen[0] = partial + 256 * (s[MODE] == IMAGE) if grade == 0 else 256 * grade + 8 * match_bit + done + 256
                chosen[1] = SET1 + (s[GUESS] if s[MODE] == IMAGE else np.int64(last & np.uint64(255))) + 256 * (done >= 4)
                if SETS > 2:
                    chosen[2] = SET2 + 256 * s[MODE] + 8 * min(s[HITS], np.int64(31)) + done
                if SETS > 3:
                    chosen[3] = SET3 + 256 * (s[CLASSES] & 7) + partial
                total = np.int64(0)
                for k in range(SETS):
                    voice = min(np.int32(2047), max(np.int32(-2047), np.int32(dot(x, weights, chosen[k]) >> np.int32(16))))
                    voices[k] = voice
                    voices[SETS + k] = SQUASH[voice + 2048]
                    total += np.int64(voice) * np.int64(final[partial, k])
                stretched = min(np.int64(2047), max(np.int64(-2047), total >> 16))
                mixed = np.int64(SQUASH[stretched + 2048])
                step = (stretched + 2048) * 32
                slant = step & 4095
                one = np.int64(last & np.uint64(255)) << 8 | partial
                at1 = (one & MAP1_MASK) * STEPS + (step >> 12)
                fine1 = (np.int64(refined[at1]) * (4096 - slant) + np.int64(refined[at1 + 1]) * slant) >> 12
                if MAPS > 1:
                    two = np.uint32(np.uint32(last & np.uint64(0xFFFF)) * np.uint32(0x9E3779B1))
                    two = np.uint32(two + np.uint32(np.uint32(partial) * np.uint32(0x85EBCA6B)))
                    at2 = (MAP1 + (np.int64(two >> np.uint32(16)) & MAP2_MASK)) * STEPS + (step >> 12)
                    fine2 = (np.int64(refined[at2]) * (4096 - slant) + np.int64(refined[at2 + 1]) * slant) >> 12
                    p = (2 * mixed + fine1 + fine2 + 2) >> 2
                else:
                    p = (mixed + fine1 + 1) >> 1
                p = min(np.int64(65535), max(np.int64(1), p))
            s[P1], s[NODE], s[BITS] = p, partial, done
            s[STRETCHED], s[MIXED] = stretched, mixed
            s[REFINED1], s[REFINED2], s[SLANT] = at1, at2, slant
            s[MATCH_CELL], s[MATCH_BIT] = match_cell, match_bit
            if noting:
                restore(state, kept, log)
        return DIGEST

    return run
