"""What the next byte may depend on: one 32-bit hash for each context of the level, made once a byte.

Which contexts these are depends on the mode: text (orders 1 to 6 and higher, words, columns), binary (orders, sparse
bytes), records (neighbours at the distance of a row) or image (neighbours in the plane, and what they foretell). The
lower levels take the first contexts of each list, `default` its own 14th. All arithmetic is on integers; uint64 wraps.
"""

import numpy as np

from codelength.compiled import bare
from codelength.models.mixing.places import (
    CLASSES,
    COLUMN,
    GUESS,
    IMAGE,
    LAST8,
    LAST16,
    MODE,
    NORTH,
    PIXEL,
    POSITION,
    RECORDS,
    ROW,
    TAG,
    TEXT,
    UPPER,
    WEST,
    WORD,
    WORD1,
    WORD2,
    WORD3,
    WORD_LENGTH,
    Cells,
    Octets,
    Whole,
    Words,
)


@bare
def hash_contexts(level: int, s: Words, hashes: Cells, ring: Octets, indirect: Cells) -> None:
    """Write the hash of each context of the next byte."""
    last = np.uint64(s[LAST8])
    after_one = np.uint64(indirect[np.int64(last & np.uint64(0xFF))])
    after_two = np.uint64(indirect[256 + np.int64(last & np.uint64(0xFFFF))])
    if s[MODE] == IMAGE:
        _image(level, s, hashes, ring, last)
    elif s[MODE] == TEXT:
        _text(level, s, hashes, last, after_two)
    else:
        _binary(level, s, hashes, ring, last, after_one, after_two)


@bare
def hashed(a: np.uint64, b: np.uint64, salt: int) -> np.uint32:
    """32 bits of two words and the context's number."""
    h = (
        a * np.uint64(0x9E3779B97F4A7C15)
        + b * np.uint64(0xD6E8FEB86659FD93)
        + np.uint64(salt) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    h ^= h >> np.uint64(29)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    return np.uint32(h >> np.uint64(32))


@bare
def clamp(value: Whole) -> np.int64:
    """Into 0 ... 255."""
    return min(np.int64(255), max(np.int64(0), np.int64(value)))


@bare
def _text(level: int, s: Words, h: Cells, last: np.uint64, after_two: np.uint64) -> None:
    word, word1, word2 = np.uint64(s[WORD]), np.uint64(s[WORD1]), np.uint64(s[WORD2])
    c = last & np.uint64(0xFF)
    none = np.uint64(0)
    h[0] = hashed(c, none, 1)
    h[1] = hashed(last & np.uint64(0xFFFF), none, 2)
    h[2] = hashed(last & np.uint64(0xFFFFFF), none, 3)
    h[3] = hashed(last & np.uint64(0xFFFFFFFF), none, 4)
    h[4] = hashed(last & np.uint64(0xFFFFFFFFFFFF), none, 6)
    h[5] = hashed(word, c, 7)
    if level == 0:
        return
    above, column = np.uint64(s[UPPER]), np.uint64(min(s[COLUMN], np.int64(255)))
    h[6] = hashed(last & np.uint64(0xFFFFFFFFFF), none, 5)
    h[7] = hashed(word, word1, 8)
    h[8] = hashed(word, word2, 9)
    h[9] = hashed(above << np.uint64(8) | c, none, 10)
    h[10] = hashed(after_two, c, 11)
    h[11] = hashed(above << np.uint64(8) | column, none, 12)
    h[12] = hashed(np.uint64(s[CLASSES] & 0xFFFFFF), c, 43)
    three_words = hashed(word ^ word1 * np.uint64(0x9E3779B97F4A7C15), word2, 17)
    far = np.uint64(s[LAST16])
    if s[WORD_LENGTH] > 24:  # no word, but a code of letters, as in genomes: long orders instead
        h[5] = hashed(last, none, 47)
        h[7] = hashed(last, far & np.uint64(0xFFFFFFFF), 48)
        h[8] = hashed(last, far, 49)
        h[9] = hashed(last, far & np.uint64(0xFF), 50)
        h[10] = hashed(last, far & np.uint64(0xFFFFFF), 51)
        h[12] = hashed(last & np.uint64(0xFFFFFFFFFFFFFF), none, 52)
        three_words = hashed(last, far & np.uint64(0xFFFF), 53)
    if level == 1:
        h[13] = three_words
        return
    word3 = np.uint64(s[WORD3])
    h[13] = hashed(last, far & np.uint64(0xFFFF), 14)
    h[14] = hashed(last, far & np.uint64(0xFFFFFFFFFFFF), 15)
    h[15] = hashed(word1, c, 16)
    h[16] = three_words
    h[17] = hashed(word, last & np.uint64(0xFFFFFF), 18)
    h[18] = hashed(last & np.uint64(0xFFFF00), none, 19)
    h[19] = hashed(last & np.uint64(0xFF00FF), none, 40)
    h[20] = hashed(last & np.uint64(0xFFFFFF00), none, 41)
    h[21] = hashed(after_two, last & np.uint64(0xFFFF), 42)
    h[22] = hashed(last & np.uint64(0xFFFFFFFFFFFFFF), none, 13)
    h[23] = hashed(last & np.uint64(0xDFDFDFDFDF), none, 44)
    h[24] = hashed(word, word1 ^ word3 * np.uint64(0x9E3779B97F4A7C15), 45)
    h[25] = hashed(np.uint64(s[TAG]), c, 46)


@bare
def _binary(
    level: int, s: Words, h: Cells, ring: Octets, last: np.uint64, after_one: np.uint64, after_two: np.uint64
) -> None:
    mask = ring.shape[0] - 1
    c = last & np.uint64(0xFF)
    none = np.uint64(0)
    h[0] = hashed(c, none, 1)
    h[1] = hashed(last & np.uint64(0xFFFF), none, 2)
    h[2] = hashed(last & np.uint64(0xFFFFFF), none, 3)
    h[3] = hashed(last & np.uint64(0xFFFFFFFF), none, 4)
    h[4] = hashed(last & np.uint64(0xFFFF00), none, 20)
    h[5] = hashed(last & np.uint64(0xF0F0F0FF), none, 21)
    if level == 0:
        return
    above = np.uint64(s[UPPER])
    h[6] = hashed(above << np.uint64(8) | c, none, 10)
    h[12] = hashed(last & np.uint64(0xFFFFFFFFFF), none, 5)
    if level == 1:
        h[13] = hashed(last & np.uint64(0xFF00), none, 50)
    else:
        h[13] = hashed(last, np.uint64(s[LAST16]) & np.uint64(0xFFFFFFFF), 14)
        h[14] = hashed(last, np.uint64(s[LAST16]), 15)
        h[15] = hashed(last & np.uint64(0xFFFFFFFFFFFFFF), none, 13)
        h[16] = hashed(last & np.uint64(0xFF00), none, 50)
        h[17] = hashed(last & np.uint64(0xFF0000), none, 51)
        h[18] = hashed(last & np.uint64(0xFF000000), c, 52)
        h[19] = hashed(last & np.uint64(0xF8F8F8F8F8), none, 53)
        h[20] = hashed(last & np.uint64(0xFFFFFF00), none, 41)
        h[21] = hashed(after_two, last & np.uint64(0xFFFF), 42)
        h[22] = hashed(last & np.uint64(0xFF0000FF), none, 54)
        h[23] = hashed(last & np.uint64(0xE0E0E0E0E0E0E0E0), none, 55)
        h[24] = hashed(above, np.uint64(min(s[COLUMN], np.int64(255))), 12)
        h[25] = hashed(np.uint64(s[POSITION] & 3), c, 56)
    if s[MODE] == RECORDS:
        row, pixel = s[ROW], s[PIXEL]
        left = np.uint64(ring[(s[POSITION] - pixel) & mask])
        up = np.uint64(ring[(s[POSITION] - row) & mask])
        up2 = np.uint64(ring[(s[POSITION] - 2 * row) & mask])
        h[7] = hashed(up, up2, 22)
        h[8] = hashed(np.uint64(s[POSITION] % row), none, 23)
        h[9] = hashed(left, up, 24)
        h[10] = hashed(c, up, 25)
        h[11] = hashed(c, left, 26)
        if level == 2:
            h[16] = hashed(up, np.uint64(s[POSITION] % row), 57)
            h[17] = hashed(last & np.uint64(0xFFFF), up, 58)
            h[20] = hashed(last & np.uint64(0xFFFF), np.uint64(s[POSITION] % row), 59)
            h[22] = hashed(np.uint64(ring[(s[POSITION] - row + 1) & mask]) << np.uint64(8) | up, c, 60)
            h[25] = hashed(left, np.uint64(s[POSITION] % row), 61)
    else:
        h[7] = hashed(last & np.uint64(0xFFFFFFFFFFFF), none, 6)
        h[8] = hashed(after_two, c, 11)
        h[9] = hashed(last & np.uint64(0xFFFF0000), none, 27)
        h[10] = hashed(last & np.uint64(0xFF00FF), none, 28)
        h[11] = hashed(after_one, c, 29)


@bare
def _image(level: int, s: Words, h: Cells, ring: Octets, last: np.uint64) -> None:
    mask = ring.shape[0] - 1
    position, row, pixel = s[POSITION], s[ROW], s[PIXEL]
    c1 = np.int64(last & np.uint64(0xFF))
    west, north = np.int64(ring[(position - pixel) & mask]), np.int64(ring[(position - row) & mask])
    north_west = np.int64(ring[(position - row - pixel) & mask])
    north_east = np.int64(ring[(position - row + pixel) & mask])
    north2_east = np.int64(ring[(position - 2 * row + pixel) & mask])
    slope = clamp(west + north - north_west)
    guess, from_west, from_north = slope, west, north
    if pixel > 1:  # the channel before has shown which way this pixel differs from its neighbours
        west1, north1 = np.int64(ring[(position - pixel - 1) & mask]), np.int64(ring[(position - row - 1) & mask])
        north_west1 = np.int64(ring[(position - row - pixel - 1) & mask])
        guess = clamp(slope + c1 - (west1 + north1 - north_west1))
        from_west, from_north = clamp(west + c1 - west1), clamp(north + c1 - north1)
    s[GUESS], s[WEST], s[NORTH] = guess, west, north
    channel = np.uint64(position % pixel) << np.uint64(32)
    h[0] = hashed(channel | np.uint64(c1), np.uint64(west), 34)
    h[1] = hashed(channel | np.uint64(slope), np.uint64(0), 30)
    h[2] = hashed(channel | np.uint64(guess), np.uint64(0), 32)
    h[3] = hashed(channel | np.uint64(from_west), np.uint64(from_north), 33)
    h[4] = hashed(channel | np.uint64(c1), np.uint64(north), 35)
    h[5] = hashed(channel | np.uint64(guess), np.uint64(west >> 2 << 8 | north >> 2), 36)
    if level == 0:
        return
    h[6] = hashed(last & np.uint64(0xFF), np.uint64(0), 1)
    h[7] = hashed(last & np.uint64(0xFFFF), np.uint64(0), 2)
    h[8] = hashed(last & np.uint64(0xFFFFFF), np.uint64(0), 3)
    h[9] = hashed(channel | np.uint64(guess), last >> np.uint64(8) & np.uint64(0xFF), 42)
    h[10] = hashed(channel | np.uint64((west + north + 1) >> 1), np.uint64(clamp(north + north_east - north2_east)), 37)
    h[11] = hashed(channel | np.uint64((from_west + from_north) >> 1), np.uint64(clamp(north_east + west - north)), 43)
    c2 = np.int64(last >> np.uint64(8) & np.uint64(0xFF))
    h[12] = hashed(channel | np.uint64(guess), np.uint64(c1 << 8 | c2), 62)
    if level == 1:
        h[13] = hashed(channel | np.uint64(north), np.uint64(north_east), 69)
        return
    north2 = np.int64(ring[(position - 2 * row) & mask])
    west2 = np.int64(ring[(position - 2 * pixel) & mask])
    h[13] = hashed(channel | np.uint64(clamp(2 * north - north2)), np.uint64(clamp(2 * west - west2)), 63)
    h[14] = hashed(
        channel | np.uint64(guess),
        np.uint64(
            min(abs(west - north_west), np.int64(63)) >> 2 << 8 | min(abs(north - north_west), np.int64(63)) >> 2
        ),
        64,
    )
    h[15] = hashed(channel | np.uint64(slope), np.uint64(c1), 65)
    h[16] = hashed(channel | np.uint64(from_west), np.uint64(0), 66)
    h[17] = hashed(channel | np.uint64(from_north), np.uint64(0), 67)
    h[18] = hashed(channel | np.uint64(west), np.uint64(north), 68)
    h[19] = hashed(channel | np.uint64(north), np.uint64(north_east), 69)
    h[20] = hashed(channel | np.uint64(clamp(west + north_east - north)), np.uint64(c1), 70)
    h[21] = hashed(channel | np.uint64(clamp(north * 2 - north2)), np.uint64(c1), 71)
    h[22] = hashed(channel | np.uint64((west + north_east + 1) >> 1), np.uint64(guess), 72)
    h[23] = hashed(
        channel | np.uint64((west * 2 + north * 2 + north_east - north_west + 2) >> 2), np.uint64(c1 >> 2), 73
    )
    h[24] = hashed(channel | np.uint64(west), np.uint64(west2), 74)
    h[25] = hashed(channel | np.uint64((from_west + from_north + guess) // 3), np.uint64(0), 75)
