"""Copying: what a text costs when it may be copied, with mistakes, from a source.

A pointer into the source predicts the next byte; a background gives every byte a probability too. With the part ρ of
belief that the pointer has earned,

    P(b) = (1 − ρ) · background(b) + ρ · [b is what the pointer predicts],

which sums to 1. After a mistake the pointer goes on as if a letter had been changed, or left out (the byte that came is
the one behind the one predicted) or put in (it is the one before); where the last six bytes stand elsewhere in the
source and less than six were right in a row, it goes there, so that lines may stand in another order. ρ is how often a
pointer was right that had been right as many times in a row before, by classes of that number, learned from the text
itself beside a prior worth two bytes. A prequential code of the text, given the source.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.types import Probs

LEAST = 6  # bytes that lead the pointer to a place
_LOST = 8  # mistakes in the last 16 bytes after which a pointer is given up
_RUNS = np.array([1, 2, 4, 8, 16], np.int64)  # where the classes of times right in a row begin, after 0
_PRIOR = np.array([0.5, 0.7, 0.8, 0.9, 0.95, 0.97])
_PRIOR_BYTES = 2.0
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Whole = int | np.int64


def copied_bits(text: bytes, source: bytes, background: Probs) -> float:
    """Bits of a text given a source; background is what each of its bytes was given without it, float64 [n].

    >>> text = b"a quick brown fox jumped over the lazy dog"
    >>> flat = np.full(len(text), 1 / 32)
    >>> copied_bits(text, b"", flat), copied_bits(text, b"the quick brown fox jumps over the lazy dog", flat) < 110
    (210.0, True)
    """
    size = max(16, 1 << (2 * len(source)).bit_length())
    return _copied(np.frombuffer(text, np.uint8), np.frombuffer(source, np.uint8), background, np.zeros(size, np.int32))


@compiled
def _place(past: Whole, size: int) -> int:
    key = np.uint64(past & np.int64(0xFFFFFFFFFFFF)) * _MULTIPLIER
    return int(key >> np.uint64(40)) & (size - 1)


@compiled
def _copied(text: Octets, source: Octets, background: Floats, places: Places) -> float:
    """Bits; places [2^k], zero, takes where the last six bytes stand in the source, plus 1."""
    past = np.int64(0)
    for i in range(source.shape[0]):
        past = (past << np.int64(8)) | np.int64(source[i])
        if i >= LEAST - 1:
            places[_place(past, places.shape[0])] = i + 1
    hits = _PRIOR_BYTES * _PRIOR
    seen = np.full(_PRIOR.shape[0], _PRIOR_BYTES)
    bits = 0.0
    pointer, run, mistakes = -1, 0, np.int64(0)
    past = np.int64(0)
    for i in range(text.shape[0]):
        p = background[i]
        if pointer >= 0:
            kind = 0
            while kind < _RUNS.shape[0] and run >= _RUNS[kind]:
                kind += 1
            belief = hits[kind] / seen[kind]
            right = source[pointer] == text[i]
            p = (1.0 - belief) * p + (belief if right else 0.0)
            seen[kind] += 1.0
            mistakes = ((mistakes << np.int64(1)) | np.int64(not right)) & np.int64(0xFFFF)
            if right:
                hits[kind] += 1.0
                run += 1
            else:
                run = 0
                if pointer + 1 < source.shape[0] and source[pointer + 1] == text[i]:
                    pointer += 1
                elif pointer > 0 and source[pointer - 1] == text[i]:
                    pointer -= 1
            pointer += 1
            if pointer == source.shape[0]:
                pointer, run = -1, 0
        bits -= math.log2(p)
        past = (past << np.int64(8)) | np.int64(text[i])
        wrong = np.int64(0)
        for place in range(16):
            wrong += (mistakes >> np.int64(place)) & np.int64(1)
        if wrong > _LOST:
            pointer, mistakes, run = -1, np.int64(0), 0
        if i >= LEAST - 1 and run < LEAST:
            found = places[_place(past, places.shape[0])]
            if found > 0 and found != pointer and _agrees(text, i, source, found - 1):
                pointer, mistakes, run = found, np.int64(0), 0
    return bits


@compiled
def _agrees(text: Octets, i: int, source: Octets, j: int) -> bool:
    same = 0
    while same < LEAST and text[i - same] == source[j - same]:
        same += 1
    return same == LEAST
