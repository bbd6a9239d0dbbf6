"""The mixer: weights of the inputs, chosen by what is known of the next bit, and maps that refine what comes out."""

import numpy as np

from codelength.compiled import inlined
from codelength.models.mixing.journal import note
from codelength.models.mixing.places import (
    CLASSES,
    COLUMN,
    GUESS,
    HITS,
    IMAGE,
    JOURNAL_REFINE,
    LAST8,
    MODE,
    NORTH,
    WEST,
    WORD_LENGTH,
    Halves,
    Whole,
    Words,
)
from codelength.models.mixing.prefetching import prefetch
from codelength.models.mixing.state import STEPS


@inlined
def choose(
    s: Words,
    chosen: Words,
    offsets: tuple[int, ...],
    sets: int,
    partial: Whole,
    done: Whole,
    grade: Whole,
    match_bit: Whole,
    grade2: Whole,
) -> None:
    """Which row of weights each set takes, by what is known of the next bit."""
    last = np.uint64(s[LAST8])
    image = s[MODE] == IMAGE
    c1 = np.int64(last & np.uint64(255))
    if grade == 0:
        chosen[0] = partial + 256 * image
    else:
        chosen[0] = 256 + 256 * grade + 8 * match_bit + done
    if sets < 2:
        return
    chosen[1] = offsets[1] + (s[GUESS] if image else c1) + 256 * (done >= 4)
    if sets < 3:
        return
    chosen[2] = offsets[2] + 256 * s[MODE] + 8 * min(s[HITS], np.int64(31)) + done
    chosen[3] = offsets[3] + 256 * (s[CLASSES] & 7) + partial
    if sets < 5:
        return
    c2 = np.int64(last >> np.uint64(8) & np.uint64(255))
    chosen[4] = offsets[4] + 8 * (s[NORTH] if image else min(s[COLUMN], np.int64(255))) + done
    chosen[5] = offsets[5] + 256 * image + (s[WEST] if image else c2)
    chosen[6] = offsets[6] + 8 * (s[CLASSES] & 511) + done
    chosen[7] = offsets[7] + 128 * grade2 + 8 * (min(s[WORD_LENGTH], np.int64(15))) + done


@inlined
def refined_rows(
    refined: Halves, s: Words, partial: Whole, rows: tuple[int, int, int], maps: int
) -> tuple[Whole, Whole, Whole]:
    """Where the row of each refinement map begins, which will be needed when the mixer has spoken."""
    last = np.uint64(s[LAST8])
    at1 = ((np.int64(last & np.uint64(255)) << 8 | partial) & (rows[0] - 1)) * STEPS
    _prefetch_row(refined, at1)
    at2, at3 = at1, at1
    if maps > 1:
        at2 = (rows[0] + spread(last & np.uint64(0xFFFF), partial, rows[1] - 1)) * STEPS
        _prefetch_row(refined, at2)
    if maps > 2:
        at3 = (rows[0] + rows[1] + spread(last & np.uint64(0xFFFFFFFF), partial, rows[2] - 1)) * STEPS
        _prefetch_row(refined, at3)
    return at1, at2, at3


@inlined
def _prefetch_row(refined: Halves, at: Whole) -> None:
    prefetch(refined, at + STEPS // 4)
    prefetch(refined, at + STEPS - STEPS // 4)


@inlined
def spread(a: np.uint64, partial: Whole, mask: int) -> np.int64:
    """A row of a hashed refinement map."""
    h = np.uint32(np.uint32(a) * np.uint32(0x9E3779B1) + np.uint32(np.uint32(partial) * np.uint32(0x85EBCA6B)))
    h = np.uint32(h ^ (h >> np.uint32(16)))
    return np.int64(np.uint32(h * np.uint32(0x2C1B3C6D)) >> np.uint32(15)) & mask


@inlined
def refine(refined: Halves, at: Whole, slant: Whole) -> np.int64:
    """What a refinement map says between two places."""
    return (np.int64(refined[at]) * (4096 - slant) + np.int64(refined[at + 1]) * slant) >> 12


@inlined
def learn_refined(refined: Halves, at: Whole, slant: Whole, bit: Whole, log: Words, s: Words) -> None:
    """Move the nearer of two places of a refinement map towards the bit."""
    near = at + (slant > 2048)
    value = np.int32(refined[near])
    if log.shape[0] > 0:
        note(log, s, JOURNAL_REFINE, near, np.int64(value))
    refined[near] = np.uint16(value + (((np.int32(65535) if bit else np.int32(0)) - value) >> 6))
