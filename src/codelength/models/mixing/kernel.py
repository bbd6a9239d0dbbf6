"""The mixing model's one kernel: it predicts bits, pays for them or decodes them, and learns.

For each bit, every context's bit history gives a probability p; the mixer sees stretch(p) = ln(p / (1 − p)) and
p − 1/2 (and once more the first where all bits in this context were equal):

    p_s = squash(w_s · x)        for each set s of weights, one row chosen in it (Mattern 2012; Mahoney 2005)
    p   = squash(v · stretch(p_s)), then averaged with maps that refine it
    w_s ← w_s + rate · (bit − p_s) · x

The loop stands between bits: `p` is ready, and the bit comes from the data or from a decoder. So coding, decoding and
single steps run the same instructions. With a journal, every change of a large array is written down first, and it is
taken back after each item. All arithmetic is on integers; docs/format.md specifies it.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from codelength.coding import range_coder
from codelength.coding.range_coder import decode_bit
from codelength.compiled import bare, compiled, inlined, source_digest
from codelength.models.lstm import arithmetic as lstm_arithmetic
from codelength.models.lstm import kernel as lstm_kernel
from codelength.models.lstm import state as lstm_state
from codelength.models.lstm.kernel import advance, put_back
from codelength.models.lstm.state import Net
from codelength.models.mixing import contexts, history, journal, mixer, places, prefetching, slots, tables, vectors
from codelength.models.mixing.contexts import hash_contexts
from codelength.models.mixing.history import follow_matches, next_byte, prefetch_match
from codelength.models.mixing.journal import note_slot, note_weights, restore
from codelength.models.mixing.mixer import choose, learn_refined, refine, refined_rows, spread
from codelength.models.mixing.places import (
    BITS,
    EPOCH,
    EXPECTED,
    EXPECTED2,
    LAST8,
    LENGTH,
    LENGTH2,
    MATCH_BIT,
    MATCH_BIT2,
    MATCH_CELL,
    MATCH_CELL2,
    MIXED,
    NET1,
    NET2,
    NET_SLANT,
    NODE,
    P1,
    POSITION,
    REFINED1,
    REFINED2,
    REFINED3,
    SLANT,
    Halves,
    Octets,
    Whole,
    Words,
)
from codelength.models.mixing.slots import address_slots, expect, find_slots, hear_match, learn, length_class, next_runs
from codelength.models.mixing.state import STEPS, Level, State
from codelength.models.mixing.tables import COST, FACTS, NEXT_HISTORY, SQUASH, STRETCH
from codelength.models.mixing.vectors import dot, train

STILL = 64  # where both errors of a pair of sets are at most this, neither learns

Run = Callable[[bool, Words, Octets, Halves, Words, Octets, State, State, Words], int]

_NETS = (lstm_arithmetic, lstm_kernel, lstm_state)
_SOURCES = (contexts, history, journal, mixer, places, prefetching, slots, tables, vectors, range_coder, *_NETS)


@compiled
def costs(data: Octets, p1: Halves) -> npt.NDArray[np.float64]:
    """Ideal bits of each byte [n] from the probabilities of its bits [8 n]."""
    paid = np.zeros(data.shape[0], np.float64)
    for i in range(data.shape[0]):
        for k in range(8):
            p = np.int64(p1[8 * i + k])
            paid[i] += COST[p if (data[i] >> (7 - k)) & 1 else 65536 - p]
    return paid


@compiled
def chances_of(data: Octets, p1: Halves) -> npt.NDArray[np.float64]:
    """Probability of each byte [n], the product of its bits' probabilities [8 n], first bit first."""
    had = np.ones(data.shape[0], np.float64)
    for i in range(data.shape[0]):
        for k in range(8):
            p = np.int64(p1[8 * i + k])
            had[i] *= np.float64(p if (data[i] >> (7 - k)) & 1 else 65536 - p) / 65536.0
    return had


@cache
def kernel(level: Level) -> Run:
    """Compile the kernel of a level; the compiled code is kept on disk."""
    CONTEXTS, EACH, SETS, MAPS = level.contexts, level.inputs_each, len(level.sets), len(level.refined)
    NUMBER, RATE, RUNS = level.number, level.rate, level.run_cells > 0
    OFFSETS = tuple(sum(level.sets[:i]) for i in range(8))
    ROW1, ROW2, ROW3 = (*level.refined, 1, 1)[:3]
    ROWS = (ROW1, ROW2, ROW3)
    MATCHED, MATCHED2, ORDER0, RUN = (CONTEXTS * 256 + i for i in (0, 128, 256, 512))
    OTHER = (EACH + RUNS) * CONTEXTS
    NET, NET_ROW, NET_WEIGHTS = level.net_cells > 0, sum(level.refined), sum(level.sets[:-1])
    NET_SET = SETS - 1
    hear, forget = (advance, put_back) if NET else (_hear_nothing, _forget_nothing)
    DIGEST = source_digest(__file__, *(module.__file__ or "" for module in _SOURCES))

    @bare
    def run(
        decoding: bool,
        starts: Words,
        data: Octets,
        p1: Halves,
        coder: Words,
        code: Octets,
        state: State,
        kept: State,
        log: Words,
    ) -> int:
        s, x, slot, address = state.scalars, state.inputs, state.slot, state.address
        chosen, voices = state.chosen, state.voices
        chances, final, weights, refined, slots = state.chances, state.final, state.weights, state.refined, state.slots
        touched, hashes, ring, indirect = state.touched, state.hashes, state.ring, state.indirect
        matches, matches2, runs, runs_met = state.matches, state.matches2, state.runs, state.run
        wide_slots, wide_weights = slots.view(np.int64), weights.view(np.int64)
        net, tree = state.net, state.net.tree
        noting = log.shape[0] > 0
        for item in range(starts.shape[0] - 1):
            partial, done = s[NODE], s[BITS]
            node = (1 << (done & 3)) | (partial & ((1 << (done & 3)) - 1))
            p, mixed, slant = s[P1], s[MIXED], s[SLANT]
            at1, at2, at3 = s[REFINED1], s[REFINED2], s[REFINED3]
            match_cell, match_bit, match_cell2, match_bit2 = s[MATCH_CELL], s[MATCH_BIT], s[MATCH_CELL2], s[MATCH_BIT2]
            net1, net2, net_slant = s[NET1], s[NET2], s[NET_SLANT]
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
                        bit: Whole = decode_bit(coder, code, p)
                        data[i >> 3] = (data[i >> 3] << 1) | bit
                    else:
                        bit = np.int64((data[i >> 3] >> (7 - (i & 7))) & 1)

                    coming = 2 * partial + bit
                    done += 1
                    if done == 8:
                        s[NODE] = coming
                        next_byte(NUMBER, s, ring, matches, indirect, log)
                        hash_contexts(NUMBER, s, hashes, ring, indirect)
                        address_slots(slots, hashes, address, np.int64(0))
                        hear(net, coming & 255)
                    elif done == 3:
                        address_slots(slots, hashes, address, coming)
                    next1, next2, next3 = refined_rows(refined, s, np.int64(1) if done == 8 else coming, ROWS, MAPS)

                    miss = np.int32((bit << 16) - mixed) * 2
                    for k in range(SETS):
                        final[partial, k] += np.int32((voices[k] * miss + 0x20000) >> 18)
                    for k in range(0, SETS, 2):
                        other = min(k + 1, SETS - 1)
                        error = np.int32(((bit << 16) - voices[SETS + k]) * rate >> 4)
                        error2 = np.int32(((bit << 16) - voices[SETS + other]) * rate >> 4)
                        if max(abs(error), abs(error2)) > STILL:
                            if noting:
                                for row in (chosen[k], chosen[other]):
                                    if touched[row] != s[EPOCH]:
                                        touched[row] = s[EPOCH]
                                        note_weights(log, s, wide_weights, row)
                            train(x, weights, chosen[k], error)
                            if other > k:
                                train(x, weights, chosen[other], error2)
                    learn_refined(refined, at1, slant, bit, log, s)
                    if MAPS > 1:
                        learn_refined(refined, at2, slant, bit, log, s)
                    if MAPS > 2:
                        learn_refined(refined, at3, slant, bit, log, s)
                    if NET:
                        learn_refined(refined, net1, net_slant, bit, log, s)
                        learn_refined(refined, net2, net_slant, bit, log, s)
                    for k in range(CONTEXTS):
                        place = np.uint64(slot[k] + node)
                        history = np.int64(slots[place])
                        learn(chances, 256 * k + history, bit)
                        slots[place] = NEXT_HISTORY[np.uint64(2 * history + bit)]
                    if RUNS:
                        for k in range(CONTEXTS):
                            if runs_met[3 * CONTEXTS + k] > 0:
                                learn(chances, runs_met[3 * CONTEXTS + k], bit)
                    learn(chances, ORDER0 + partial, bit)
                    if match_bit >= 0:
                        learn(chances, match_cell, bit)
                        if match_bit != bit:
                            s[LENGTH] = 0
                    if NUMBER == 2 and match_bit2 >= 0:
                        learn(chances, match_cell2, bit)
                        if match_bit2 != bit:
                            s[LENGTH2] = 0

                    partial = coming
                    at1, at2, at3 = next1, next2, next3
                    if done == 8:
                        partial, done = np.int64(1), np.int64(0)
                        prefetch_match(s, ring, matches)
                        if RUNS:
                            next_runs(s, runs, runs_met, hashes, coming & 255, log)
                        rate = RATE + 409600 // (4096 + 8 * s[POSITION])
                elif first:
                    at1, at2, at3 = refined_rows(refined, s, partial, ROWS, MAPS)
                    address_slots(slots, hashes, address, np.int64(0))
                if done & 3 == 0:
                    sibling = 85 * (partial & 1) * (done == 4)
                    find_slots(s, slots, wide_slots, slot, address, sibling, log)
                node = (1 << (done & 3)) | (partial & ((1 << (done & 3)) - 1))

                for k in range(CONTEXTS):
                    history = np.int64(slots[np.uint64(slot[k] + node)])
                    p12 = np.int64(chances[np.uint64(256 * k + history)] >> np.uint32(20))
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
                if done == 0 and i >= starts[item]:
                    follow_matches(NUMBER, s, ring, matches, matches2, log)
                match_cell, match_bit = expect(s, LENGTH, EXPECTED, MATCHED, partial, done)
                grade = hear_match(x, OTHER + 1, chances, match_cell, match_bit, s[LENGTH])
                grade2: Whole = np.int64(0)
                if NUMBER == 2:
                    match_cell2, match_bit2 = expect(s, LENGTH2, EXPECTED2, MATCHED2, partial, done)
                    grade2 = hear_match(x, OTHER + 4, chances, match_cell2, match_bit2, s[LENGTH2])
                x[OTHER + 3] = 256
                if NET:
                    likely = np.int64(tree[2 * partial + 1] / tree[partial] * np.float32(65536)) >> 4
                    said = np.int64(STRETCH[min(likely, np.int64(4095))])
                    last = np.uint64(s[LAST8])
                    net_slant, step = (said + 2048) * 32 & 4095, (said + 2048) >> 7
                    row = np.int64(last & np.uint64(255)) << 8 | partial
                    net1 = (NET_ROW + row) * STEPS + step
                    row = spread(last & np.uint64(0xFFFFFF), partial, 65535)
                    net2 = (NET_ROW + 65536 + row) * STEPS + step
                    x[OTHER + 6] = said
                    x[OTHER + 7] = likely - 2048
                    x[OTHER + 8] = STRETCH[refine(refined, net1, net_slant) >> 4]
                    x[OTHER + 9] = STRETCH[refine(refined, net2, net_slant) >> 4]
                    chosen[NET_SET] = NET_WEIGHTS + 256 * ((said + 2048) >> 8) + partial
                if grade == 4:  # a long match says more than the last byte
                    at1 = ((length_class(s[LENGTH]) - 32 + 32 * match_bit) * 256 & (ROW1 - 1)) * STEPS
                choose(s, chosen, OFFSETS, SETS - NET, partial, done, grade, match_bit, grade2)
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
                at1 += step
                p = refine(refined, at1, slant)
                if MAPS == 1:
                    p = (mixed + p + 1) >> 1
                else:
                    at2 += step
                    if MAPS == 2:
                        p += (p if grade == 4 else mixed) + mixed + refine(refined, at2, slant)
                        p = (p + 2) >> 2
                    else:
                        at3 += step
                        p += refine(refined, at2, slant)
                        p = (2 * mixed + p + refine(refined, at3, slant) * 2 + 3) // 6
                p = min(np.int64(65535), max(np.int64(1), p))
            s[P1], s[NODE], s[BITS], s[MIXED], s[SLANT] = p, partial, done, mixed, slant
            s[REFINED1], s[REFINED2], s[REFINED3] = at1, at2, at3
            s[NET1], s[NET2], s[NET_SLANT] = net1, net2, net_slant
            s[MATCH_CELL], s[MATCH_BIT], s[MATCH_CELL2], s[MATCH_BIT2] = match_cell, match_bit, match_cell2, match_bit2
            if noting:
                restore(state, kept, log)
                forget(net, kept.net)
        return DIGEST

    return run


@inlined
def _hear_nothing(net: Net, byte: Whole) -> None:
    return


@inlined
def _forget_nothing(net: Net, kept: Net) -> None:
    return
