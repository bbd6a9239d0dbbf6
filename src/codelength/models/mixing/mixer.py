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
    Shorts,
    Whole,
    Words,
)


@inlined
def dot(inputs: Shorts, weights: Shorts, row: Whole) -> np.int32:
    """Σ w x of one row, in 1 / 2^16."""
    total = np.int32(0)
    for k in range(inputs.shape[0]):
        total = np.int32(total + np.int32(inputs[k]) * np.int32(weights[row, k]))
    return total


@inlined
def train(inputs: Shorts, weights: Shorts, row: Whole, error: np.int32) -> None:
    """w ← w + error · x, saturating."""
    for k in range(inputs.shape[0]):
        step = np.int32(np.int32(np.int32(inputs[k]) * error) + np.int32(0x8000))
        weight = np.int32(np.int32(weights[row, k]) + np.int32(step >> np.int32(16)))
        weights[row, k] = np.int16(min(np.int32(32767), max(np.int32(-32768), weight)))


@inlined
def choose(
    s: Words,
    chosen: Words,
    offsets: tuple[int, ...],
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
    if chosen.shape[0] < 2:
        return
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
