"""Where in X the parts of Y stand too: a greedy parse of Y into its longest copies from X.

At each place of Y the places of X with the same six bytes are looked up, the last 64 of them; the longest copy wins,
and of equally long ones the one that goes on where the last copy ended. The parse goes on behind it. Copies that follow
each other with little between them, in X as in Y, are one: a quotation with a misprint in it.
"""

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled

LEAST_BYTES = 6
MOST_CANDIDATES = 64
_GAP_BYTES, _STEP_BYTES = 16, 4  # between two copies that are joined, in Y, and how much more or less in X

Copies = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]
Whole = int | np.int64


def copies_of(x: bytes, y: bytes) -> Copies:
    """Copies [copies, 3] in the order of Y: where in Y, where in X, how many bytes of Y; they do not overlap in Y.

    >>> copies_of(b"the quick brown fox", b"a quick brown cat").tolist()
    [[1, 3, 13]]
    """
    if len(x) < LEAST_BYTES or len(y) < LEAST_BYTES:
        return np.zeros((0, 3), np.int64)
    source, text = np.frombuffer(x, np.uint8), np.frombuffer(y, np.uint8)
    slots = 1 << max(8, min(24, len(x).bit_length()))
    heads, earlier = np.full(slots, -1, np.int32), np.full(len(x), -1, np.int32)
    found = np.zeros((len(y) // LEAST_BYTES + 1, 3), np.int64)
    return _joined(found[: _parse(source, text, heads, earlier, found)])


def _joined(copies: Copies) -> Copies:
    joined: list[list[int]] = []
    for y_start, x_start, size in copies.tolist():
        if joined:
            last = joined[-1]
            gap_y, gap_x = y_start - last[0] - last[2], x_start - last[1] - last[2]
            if 0 <= gap_y <= _GAP_BYTES and abs(gap_x - gap_y) <= _STEP_BYTES:
                last[2] = y_start + size - last[0]
                continue
        joined.append([y_start, x_start, size])
    return np.array(joined, np.int64).reshape(-1, 3)


@compiled
def _slot(data: Octets, place: Whole, mask: int) -> Whole:
    key = np.uint64(0)
    for i in range(LEAST_BYTES):
        key = (key << np.uint64(8)) | np.uint64(data[place + i])
    return np.int64((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(38)) & mask


@compiled
def _same(source: Octets, at: Whole, text: Octets, place: Whole) -> Whole:
    size = np.int64(0)
    while at + size < source.shape[0] and place + size < text.shape[0] and source[at + size] == text[place + size]:
        size += 1
    return size


@compiled
def _parse(source: Octets, text: Octets, heads: Places, earlier: Places, found: Copies) -> int:
    mask = heads.shape[0] - 1
    for begin in range(source.shape[0] - LEAST_BYTES + 1):
        slot = _slot(source, begin, mask)
        earlier[begin] = heads[slot]
        heads[slot] = begin
    copies = 0
    place: Whole = np.int64(0)
    step: Whole = np.int64(0)  # from the place in Y to the one in X, of the last copy
    while place + LEAST_BYTES <= text.shape[0]:
        best: Whole = np.int64(-1)
        longest: Whole = np.int64(LEAST_BYTES - 1)
        if copies > 0 and 0 <= place + step < source.shape[0]:
            size = _same(source, place + step, text, place)
            if size > longest:
                best, longest = place + step, size
        at = np.int64(heads[_slot(text, place, mask)])
        tried = 0
        while at >= 0 and tried < MOST_CANDIDATES:
            size = _same(source, at, text, place)
            if size > longest:
                best, longest = at, size
            at = np.int64(earlier[at])
            tried += 1
        if best < 0:
            place += 1
            continue
        found[copies, 0], found[copies, 1], found[copies, 2] = place, best, longest
        copies += 1
        step = best - place
        place += longest
    return copies
