"""What was read: the bytes themselves, words and lines, matches, and what kind of data it is.

`next_byte` takes the byte that has just ended. Every few KiB it looks at the last one: is it text; else, is there a
distance at which bytes are equal (records) or near (an image: rows of pixels, whose size is the best of 1 to 4)?
`follow_matches` finds where the last bytes stood before: whatever followed there is expected to follow again.
"""

import numpy as np

from codelength.compiled import bare
from codelength.models.mixing.journal import note
from codelength.models.mixing.places import (
    ABOVE,
    BINARY,
    CLASSES,
    COLUMN,
    IMAGE,
    JOURNAL_INDIRECT,
    JOURNAL_MATCH,
    JOURNAL_MATCH2,
    JOURNAL_RING,
    LAST8,
    LAST16,
    LENGTH,
    LINE,
    LOOK_AT,
    MATCH,
    MATCH2,
    MODE,
    NODE,
    PIXEL,
    POSITION,
    RECORDS,
    ROW,
    TAG,
    TEXT,
    UPPER,
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
from codelength.models.mixing.prefetching import prefetch

_WINDOW = 1024  # bytes that are looked at
_REACH = 8192  # longest row that is looked for


@bare
def next_byte(level: int, s: Words, ring: Octets, matches: Cells, indirect: Cells, log: Words) -> None:
    """Take the byte that has ended into the history that contexts are made of."""
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
    if level > 0:
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
    s[COLUMN] += 1
    if c == 10:
        s[ABOVE], s[LINE], s[COLUMN] = s[LINE], position, 0
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

    s[CLASSES] = (s[CLASSES] << 3 | _class_of(c)) & 0xFFFFFFFFFFFF

    key = match_key(last)
    prefetch(matches, key & (matches.shape[0] - 1))
    if position >= s[LOOK_AT]:
        look(s, ring)

    before_one, before_two = (
        np.int64(last >> np.uint64(8) & np.uint64(0xFF)),
        np.int64(last >> np.uint64(8) & np.uint64(0xFFFF)),
    )
    for place, kept in ((before_one, 0xFFFFFF), (256 + before_two, 0xFFFF)):
        if noting:
            note(log, s, JOURNAL_INDIRECT, place, np.int64(indirect[place]))
        indirect[place] = (indirect[place] << np.uint32(8) | np.uint32(c)) & np.uint32(kept)


@bare
def _class_of(c: Whole) -> int:
    """A byte as one of eight kinds."""
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
    return kind


@bare
def look(s: Words, ring: Octets) -> None:
    """What the last KiB is: sets the mode, the pixel's size and the row's length."""
    position, last_row = s[POSITION], s[ROW]
    end = position & (ring.shape[0] - 1)
    needed = max(2 * _WINDOW, _WINDOW + last_row + (last_row >> 1))
    if end < needed:  # just after the ring has come round
        s[LOOK_AT] = position + needed
        return
    s[LOOK_AT] = position + (4096 if position < 65536 else 16384)
    plain = 0
    for k in range(end - _WINDOW, end):
        byte = ring[k]
        plain += (byte >= 32 and byte < 127) or byte == 10 or byte == 13 or byte == 9
        plain += byte >= 192 or (byte >= 128 and (ring[k - 1] >= 192 or (ring[k - 1] >= 128 and ring[k - 2] >= 224)))
    if plain > (1000 if s[MODE] < RECORDS else 1020):
        s[MODE] = TEXT
        s[ROW] = 0
        return
    pixel, nearest = np.int64(1), np.int64(1) << 40
    for back in range(1, 5):
        total = distance(ring, end, back)
        if total * 100 < nearest * (100 if back == 1 else 95):
            pixel, nearest = np.int64(back), total
    row, nearest_row, whole = np.int64(0), np.int64(1) << 40, np.int64(0)
    far = min(_REACH, end - _WINDOW)
    for back in range(pixel + 1, far):
        total = distance(ring, end, back)
        whole += total
        if total * 100 < nearest_row * (110 if back == last_row else 90):
            row, nearest_row = np.int64(back), total
    if nearest_row * 10 > nearest * (16 if last_row > 0 else 12):
        row = np.int64(0)
    stands_out = 4 * nearest_row * (far - pixel - 1) < 3 * whole  # no row is far nearer than all where there are none
    equal = 0
    if row > 0:
        for k in range(end - _WINDOW, end):
            equal += ring[k] == ring[k - row]
    if row >= 64 and stands_out and equal < 820 and nearest_row <= (50 if s[MODE] == IMAGE else 30) * _WINDOW:
        if s[MODE] == IMAGE and row == last_row:  # grey places of a coloured picture
            pixel = s[PIXEL]
        s[MODE] = IMAGE
    elif row > 0 and equal >= 300:
        s[MODE] = RECORDS
    elif s[MODE] == IMAGE and still_an_image(s, ring, end):
        return
    else:
        s[MODE] = BINARY
    s[PIXEL], s[ROW] = pixel, row


@bare
def still_an_image(s: Words, ring: Octets, end: Whole) -> bool:
    """Whether bytes are still near those one row before, and nearer than those at a distance that means nothing."""
    by_row = distance(ring, end, s[ROW])
    fits = by_row <= 50 * _WINDOW and 10 * by_row <= 16 * distance(ring, end, s[PIXEL])
    return bool(fits and 4 * by_row < 3 * distance(ring, end, s[ROW] + (s[ROW] >> 1)))


@bare
def distance(history: Octets, end: Whole, back: Whole) -> np.int64:
    """Sum of absolute differences between the last KiB and the one `back` bytes before."""
    recent = history[end - _WINDOW : end]
    earlier = history[end - _WINDOW - back : end - back]
    total = np.int32(0)
    for k in range(recent.shape[0]):
        total += np.int32(abs(np.int32(recent[k]) - np.int32(earlier[k])))
    return np.int64(total)


@bare
def follow_matches(level: int, s: Words, ring: Octets, matches: Cells, matches2: Cells, log: Words) -> None:
    """Move the matches on by the byte that has ended."""
    last = np.uint64(s[LAST8])
    _follow(s, ring, matches, log, MATCH, match_key(last), 6)
    if level == 2:
        long = last * np.uint64(0xD6E8FEB86659FD93) + np.uint64(s[LAST16]) * np.uint64(0x9E3779B97F4A7C15)
        _follow(s, ring, matches2, log, MATCH2, np.int64(long >> np.uint64(38)), 16)


@bare
def _follow(s: Words, ring: Octets, matches: Cells, log: Words, at: int, key: np.int64, least: int) -> None:
    """Move a match on by the byte that has ended, or look for another."""
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
    if position < matches.shape[0] or position & 1 == 0:
        matches[place] = np.uint32(position)
    s[at + 2] = np.int64(ring[s[at] & mask]) if s[at + 1] > 0 else np.int64(0)


@bare
def prefetch_match(s: Words, ring: Octets, matches: Cells) -> None:
    """Ask for the bytes that the match will be compared with, where one will be looked for."""
    if s[LENGTH] == 0:
        start = np.int64(matches[match_key(np.uint64(s[LAST8])) & (matches.shape[0] - 1)])
        prefetch(ring, (start - 8) & (ring.shape[0] - 1))


@bare
def find_match(ring: Octets, position: Whole, start: Whole, least: int) -> int:
    """How many bytes before `start` equal those before `position`; 0 where fewer than `least`."""
    mask = ring.shape[0] - 1
    length = 0
    while length < 64 and length < start and ring[(start - 1 - length) & mask] == ring[(position - 1 - length) & mask]:
        length += 1
    return length if length >= least else 0


@bare
def match_key(last: np.uint64) -> np.int64:
    """The hash of the last 6 bytes."""
    return np.int64((last & np.uint64(0xFFFFFFFFFFFF)) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(38))
