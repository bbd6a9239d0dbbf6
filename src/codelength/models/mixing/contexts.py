"""What the next byte may depend on: contexts, made once a byte, and what the data looks like.

`next_byte` takes the byte that has just ended into the history and writes one 32-bit hash for each context of the level. Which
contexts these are depends on the mode that `look` finds every few KiB: text, binary, records (a distance at which bytes repeat) or
image (a distance at which bytes are near: rows of pixels; the pixel's size is the best of 1 to 4). All arithmetic is on
integers; uint64 products wrap.
"""

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.models.mixing.prefetching import prefetch

Words = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.uint32]

# Places in the scalars `s`. The first ones belong to the kernel.
P1, BYTE, NODE, BITS, POSITION, TOP, STRETCHED, REFINED1, REFINED2, REFINED3, SLANT, FINAL, MATCH_CELL, MATCH_BIT = (
    range(14)
)
MATCH_CELL2, MATCH_BIT2, EPOCH, MIXED, HITS = range(14, 19)
LAST8, WORD, WORD1, WORD2, COLUMN, LINE, ABOVE, CLASSES, MATCH, LENGTH, EXPECTED = range(20, 31)
MATCH2, LENGTH2, EXPECTED2, LOOK_AT, MODE, PIXEL, ROW, GUESS, UPPER, WORD_LENGTH, SENTENCE = range(31, 42)
INDENT, WORD3, LAST16, TAG, NORTH, WEST = range(42, 48)
SCALARS = 64

TEXT, BINARY, RECORDS, IMAGE = range(4)

# Which of a journal's arrays an entry belongs to, in its highest bits.
(
    JOURNAL_RING,
    JOURNAL_MATCH,
    JOURNAL_MATCH2,
    JOURNAL_INDIRECT,
    JOURNAL_REFINE,
    JOURNAL_RUN,
    JOURNAL_SLOT,
    JOURNAL_WEIGHTS,
) = range(8)
JOURNAL_SHIFT = 48

_WINDOW = 1024


@compiled
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


@compiled
def distance(history: Octets, end: int, back: int) -> int:
    """Sum of absolute differences between the last KiB and the one `back` bytes before."""
    recent = history[end - _WINDOW : end]
    earlier = history[end - _WINDOW - back : end - back]
    total = np.int32(0)
    for k in range(recent.shape[0]):
        total += np.int32(abs(np.int32(recent[k]) - np.int32(earlier[k])))
    return np.int64(total)


@compiled
def look(s: Words, ring: Octets, reach: int) -> None:
    """What the last KiB is: sets the mode, the pixel's size and the row's length."""
    position = s[POSITION]
    end = position & (ring.shape[0] - 1)
    if end < 2 * _WINDOW:  # just after the ring has come round
        s[LOOK_AT] = position + 2 * _WINDOW
        return
    s[LOOK_AT] = position + (4096 if position < 65536 else 16384)
    plain = 0
    for k in range(end - _WINDOW, end):
        byte = ring[k]
        plain += (byte >= 32 and byte < 127) or byte == 10 or byte == 13 or byte == 9 or byte >= 192
    if plain > (1000 if s[MODE] < RECORDS else 1020):
        s[MODE] = TEXT
        s[ROW] = 0
        return
    pixel, nearest = np.int64(1), np.int64(1) << 40
    for back in range(1, 5):
        total = distance(ring, end, back)
        if total * 100 < nearest * (100 if back == 1 else 95):
            pixel, nearest = np.int64(back), total
    row, nearest_row, last_row = np.int64(0), np.int64(1) << 40, s[ROW]
    for back in range(pixel + 1, min(reach, end - _WINDOW)):
        total = distance(ring, end, back)
        if total * 100 < nearest_row * (110 if back == last_row else 90):
            row, nearest_row = np.int64(back), total
    if nearest_row * 10 > nearest * (16 if last_row > 0 else 12):
        row = np.int64(0)
    equal = 0
    if row > 0:
        for k in range(end - _WINDOW, end):
            equal += ring[k] == ring[k - row]
    if row >= 64 and equal < 820 and nearest_row <= (50 if s[MODE] == IMAGE else 30) * _WINDOW:
        s[MODE] = IMAGE
    elif row > 0 and equal >= 300:
        s[MODE] = RECORDS
    else:
        s[MODE] = BINARY
    s[PIXEL], s[ROW] = pixel, row


@compiled
def find_match(ring: Octets, position: int, start: int, least: int) -> int:
    """How many bytes before `start` equal those before `position`; 0 where fewer than `least`."""
    mask = ring.shape[0] - 1
    length = 0
    while length < 64 and length < start and ring[(start - 1 - length) & mask] == ring[(position - 1 - length) & mask]:
        length += 1
    return length if length >= least else 0


@compiled
def clamp(value: int) -> int:
    """Into 0 ... 255."""
    return min(np.int64(255), max(np.int64(0), value))


@compiled
def note(log: Words, s: Words, which: int, place: int, old: int) -> None:
    """Write down what a cell held before it changes."""
    top = s[TOP]
    log[top] = old
    log[top + 1] = which << JOURNAL_SHIFT | place
    s[TOP] = top + 2


@compiled
def next_byte(level: int, s: Words, hashes: Cells, ring: Octets, matches: Cells, indirect: Cells, log: Words) -> None:
    """Take the byte that has ended into the history and hash the contexts of the next one."""
    c = s[NODE] & 255
    noting = log.shape[0] > 0
    mask = ring.shape[0] - 1
    position = s[POSITION]
    if noting:
        note(log, s, JOURNAL_RING, position & mask, np.int64(ring[position & mask]))
    ring[position & mask] = c
    position += 1
    s[POSITION] = position
    last = np.uint64(s[LAST8])
    if level == 2:
        s[LAST16] = np.int64(np.uint64(s[LAST16]) << np.uint64(8) | last >> np.uint64(56))
    last = last << np.uint64(8) | np.uint64(c)
    s[LAST8] = np.int64(last)

    letter = (c >= 97 and c <= 122) or (c >= 65 and c <= 90) or c >= 128
    if letter:
        low = c + 32 if c >= 65 and c <= 90 else c
        s[WORD] = np.int64((np.uint64(s[WORD]) + np.uint64(low + 1)) * np.uint64(0x2F0B4C4745D9F3B5))
        s[WORD_LENGTH] += 1
    elif s[WORD] != 0:
        s[WORD3], s[WORD2], s[WORD1], s[WORD] = s[WORD2], s[WORD1], s[WORD], 0
        s[WORD_LENGTH] = 0
    if c == 46 or c == 33 or c == 63:
        s[SENTENCE] = 0
    elif s[WORD_LENGTH] == 1:
        s[SENTENCE] += 1
    s[COLUMN] += 1
    if c == 10:
        s[ABOVE], s[LINE], s[COLUMN], s[INDENT] = s[LINE], position, 0, 0
    elif c == 32 and s[COLUMN] == s[INDENT] + 1:
        s[INDENT] += 1
    above = np.int64(0)
    if s[ABOVE] + s[COLUMN] < s[LINE]:
        above = np.int64(ring[(s[ABOVE] + s[COLUMN]) & mask])
    s[UPPER] = above
    if c == 60:
        s[TAG] = 1
    elif c == 62 or c == 32 or c == 10:
        s[TAG] = 0 if c == 62 else s[TAG]
    elif s[TAG] > 0:
        s[TAG] = (s[TAG] * 31 + c) & 0xFFFFFF

    if c >= 97 and c <= 122:
        kind = 1
    elif c >= 65 and c <= 90:
        kind = 2
    elif c >= 48 and c <= 57:
        kind = 3
    elif c == 32:
        kind = 4
    elif c == 10 or c == 13:
        kind = 5
    elif c >= 128:
        kind = 6
    elif c == 0:
        kind = 0
    else:
        kind = 7
    s[CLASSES] = (s[CLASSES] << 3 | kind) & 0xFFFFFFFFFFFF

    key = match_key(last)
    prefetch(matches, key & (matches.shape[0] - 1))
    if position >= s[LOOK_AT]:
        look(s, ring, 8192)

    one = np.int64(last & np.uint64(0xFF))
    two = np.int64(last & np.uint64(0xFFFF))
    before_one, before_two = (
        np.int64(last >> np.uint64(8) & np.uint64(0xFF)),
        np.int64(last >> np.uint64(8) & np.uint64(0xFFFF)),
    )
    for place, kept in ((before_one, 0xFFFFFF), (256 + before_two, 0xFFFF)):
        if noting:
            note(log, s, JOURNAL_INDIRECT, place, np.int64(indirect[place]))
        indirect[place] = (indirect[place] << np.uint32(8) | np.uint32(c)) & np.uint32(kept)
    after_one, after_two = np.uint64(indirect[one]), np.uint64(indirect[256 + two])

    if s[MODE] == IMAGE:
        _image(level, s, hashes, ring, last)
    elif s[MODE] == TEXT:
        _text(level, s, hashes, last, after_one, after_two)
    else:
        _binary(level, s, hashes, ring, last, after_one, after_two)


@compiled
def match_key(last: np.uint64) -> int:
    """The hash of the last 6 bytes."""
    return np.int64((last & np.uint64(0xFFFFFFFFFFFF)) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(38))


@compiled
def follow_matches(level: int, s: Words, ring: Octets, matches: Cells, matches2: Cells, log: Words) -> None:
    """Move the matches on by the byte that has ended."""
    last = np.uint64(s[LAST8])
    _follow(s, ring, matches, log, MATCH, match_key(last), 6)
    if level == 2:
        long = last * np.uint64(0xD6E8FEB86659FD93) + np.uint64(s[LAST16]) * np.uint64(0x9E3779B97F4A7C15)
        _follow(s, ring, matches2, log, MATCH2, np.int64(long >> np.uint64(38)), 16)


@compiled
def _follow(s: Words, ring: Octets, matches: Cells, log: Words, at: int, key: int, least: int) -> None:
    """Move a match on by the byte that has ended, or look for another; scalars from `at`: start, length, expected byte."""
    mask = ring.shape[0] - 1
    position = s[POSITION]
    if s[at + 1] > 0:
        s[at] += 1
        s[at + 1] = min(s[at + 1] + 1, 65535)
    place = key & (matches.shape[0] - 1)
    if s[at + 1] == 0:
        s[at] = np.int64(matches[place])
        if s[at] > 0:
            s[at + 1] = find_match(ring, position, s[at], least)
    if log.shape[0] > 0:
        note(log, s, JOURNAL_MATCH if at == MATCH else JOURNAL_MATCH2, place, np.int64(matches[place]))
    matches[place] = np.uint32(position)
    s[at + 2] = np.int64(ring[s[at] & mask]) if s[at + 1] > 0 else np.int64(0)


@compiled
def _text(level: int, s: Words, h: Cells, last: np.uint64, after_one: np.uint64, after_two: np.uint64) -> None:
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
    if level == 1:
        return
    word3 = np.uint64(s[WORD3])
    h[12] = hashed(last & np.uint64(0xFFFFFFFFFFFFFF), none, 13)
    h[13] = hashed(last, np.uint64(s[LAST16]) & np.uint64(0xFFFF), 14)
    h[14] = hashed(last, np.uint64(s[LAST16]) & np.uint64(0xFFFFFFFFFFFF), 15)
    h[15] = hashed(word1, c, 16)
    h[16] = hashed(word ^ word1 * np.uint64(0x9E3779B97F4A7C15), word2, 17)
    h[17] = hashed(word, last & np.uint64(0xFFFFFF), 18)
    h[18] = hashed(last & np.uint64(0xFFFF00), none, 19)
    h[19] = hashed(last & np.uint64(0xFF00FF), none, 40)
    h[20] = hashed(last & np.uint64(0xFFFFFF00), none, 41)
    h[21] = hashed(after_two, last & np.uint64(0xFFFF), 42)
    h[22] = hashed(np.uint64(s[CLASSES] & 0xFFFFFF), c, 43)
    h[23] = hashed(last & np.uint64(0xDFDFDFDFDF), none, 44)
    h[24] = hashed(word, word1 ^ word3 * np.uint64(0x9E3779B97F4A7C15), 45)
    h[25] = hashed(np.uint64(s[TAG]), c, 46)


@compiled
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
    if level == 2:
        h[12] = hashed(last & np.uint64(0xFFFFFFFFFF), none, 5)
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


@compiled
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
    if level == 1:
        return
    north2 = np.int64(ring[(position - 2 * row) & mask])
    west2 = np.int64(ring[(position - 2 * pixel) & mask])
    c2 = np.int64(last >> np.uint64(8) & np.uint64(0xFF))
    h[12] = hashed(channel | np.uint64(guess), np.uint64(c1 << 8 | c2), 62)
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
