"""Pieces of texts: strings of 1 to L bytes, words, and pairs of words, each with the context that it stands behind.

One row is one piece. Its context is the row of the string without its last byte, of the word before, or the root of its
kind; its suffix the row of the string without its first byte, or of the pair's second word, from which a prediction
backs off:

    kind 1 to L    strings of so many bytes, predicted behind all but their last byte
    kind L + 1     words, behind nothing
    kind L + 2     pairs of words, the second one behind the first

A text begins behind a line's end. A word is a run of letters, digits and bytes above 127, in lower case, or one other
character that is no blank. Strings and pairs are found by whole keys (row of the context, last byte or word), words by
61 bits of a hash. Counts of a text are rows of two sparse matrices: pieces, and contexts by how often something
followed them, known or not.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import bare, compiled, inlined

ROOT, WORD_ROOT, START = 0, 1, 2  # contexts of single bytes, of words, and of a text's first word
RESERVED = 3
SEGMENT_BYTES = 1 << 20  # a longer text is counted in parts; pieces across their seams are not
BATCH_BYTES = 1 << 22

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Whole = int | np.int64


@dataclass(slots=True)
class Counted:
    """Counts of n texts in compressed rows: text i has rows[firsts[i]:ends[i]], each so many times."""

    firsts: Ints  # [n]
    ends: Ints  # [n]
    rows: Rows
    times: Rows

    @classmethod
    def joined(cls, sizes: Ints, rows: Rows, times: Rows) -> Self:
        """Texts one after the other, each of so many rows."""
        ends = np.cumsum(sizes, dtype=np.int64)
        return cls(ends - sizes, ends, rows, times)

    def __len__(self) -> int:
        return len(self.ends)

    def sizes(self) -> Ints:
        """How many rows each text has."""
        return self.ends - self.firsts

    def chosen(self, texts: Ints) -> "Counted":
        """The counts of these texts in this order; a view."""
        return Counted(self.firsts[texts], self.ends[texts], self.rows, self.times)

    def having(self, width: int) -> Ints:
        """How many of the texts have each row, [width]."""
        texts = np.zeros(width, np.int64)
        _count_texts(self.firsts, self.ends, self.rows, texts)
        return texts


@dataclass(slots=True)
class Pieces:
    """The pieces that were seen, in the order of first sight."""

    longest: int
    keys: Ints  # [capacity]
    kinds: npt.NDArray[np.int8]  # [capacity]
    contexts: Rows  # [capacity]
    suffixes: Rows  # [capacity], -1 for words
    slots: Ints  # [2 · capacity, 2], key and row, 0 where free
    used: Ints  # [1]

    @classmethod
    def fresh(cls, longest: int) -> Self:
        """Nothing seen; strings of up to `longest` bytes."""
        capacity = 1 << 10
        return cls(
            longest,
            np.zeros(capacity, np.int64),
            np.zeros(capacity, np.int8),
            np.full(capacity, -1, np.int32),
            np.full(capacity, -1, np.int32),
            np.zeros((2 * capacity, 2), np.int64),
            np.array([RESERVED], np.int64),
        )

    def __len__(self) -> int:
        return int(self.used[0])

    def trimmed(self) -> "Pieces":
        """The same pieces without the room for more."""
        n = len(self)
        return Pieces(
            self.longest,
            self.keys[:n].copy(),
            self.kinds[:n].copy(),
            self.contexts[:n].copy(),
            self.suffixes[:n].copy(),
            self.slots.copy(),
            self.used.copy(),
        )

    def count(self, texts: Sequence[bytes], *, grow: bool) -> tuple[Counted, Counted]:
        """Pieces and followed contexts of each text; with `grow` unknown pieces are taken in.

        One blank and three times "a"; four strings of two bytes, two words, two pairs:

        >>> pieces = Pieces.fresh(2)
        >>> seen, followed = pieces.count([b"aa a"], grow=True)
        >>> sorted(zip(pieces.kinds[seen.rows].tolist(), seen.times.tolist()))
        [(1, 1), (1, 3), (2, 1), (2, 1), (2, 1), (2, 1), (3, 1), (3, 1), (4, 1), (4, 1)]
        """
        parts = []
        for batch in _batches(texts):
            parts.append(self._count(batch, grow))
        if len(parts) == 1:
            return parts[0]
        return _joined([part[0] for part in parts]), _joined([part[1] for part in parts])

    def trace(self, text: bytes) -> Rows:
        """Where each piece of a text lies: [m, 4] of row (-1 if unknown), context, first byte, end."""
        parts = []
        for start in range(0, len(text), SEGMENT_BYTES):
            segment = text[start : start + SEGMENT_BYTES]
            table = np.zeros((len(segment) * (self.longest + 2) + 1, 4), np.int32)
            _, _, n = self._run([segment], False, table)
            table[:n, 2:] += np.int32(start)
            parts.append(table[:n])
        return np.concatenate(parts) if parts else np.zeros((0, 4), np.int32)

    def _count(self, texts: Sequence[bytes], grow: bool) -> tuple[Counted, Counted]:
        segments = [text[i : i + SEGMENT_BYTES] for text in texts for i in range(0, max(len(text), 1), SEGMENT_BYTES)]
        seen, followed, _ = self._run(segments, grow, np.zeros((0, 4), np.int32))
        if len(segments) > len(texts):
            owners = np.cumsum([0, *(max(1, -(-len(text) // SEGMENT_BYTES)) for text in texts)])
            return _merged(seen, owners), _merged(followed, owners)
        return seen, followed

    def _run(self, texts: Sequence[bytes], grow: bool, table: Rows) -> tuple[Counted, Counted, int]:
        data = np.frombuffer(b"".join(texts), np.uint8)
        folded = np.frombuffer(b"".join(map(lowered, texts)), np.uint8)
        starts = np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.int64)
        room = (len(data) + len(texts)) * (self.longest + 2) + 1
        ends = np.zeros((2, len(texts) + 1), np.int64)
        found, behind = (Counted(one[:-1], one[1:], *_pair(room)) for one in ends)
        stamps = np.full((2, 0 if len(table) else len(self.keys)), -1, np.int64)  # a trace counts nothing
        at = np.zeros(3, np.int64)
        done: Whole = 0
        while done < len(texts):
            if grow:
                need = int(starts[done + 1] - starts[done] + 2) * (self.longest + 2)
                while len(self) + need > len(self.keys):
                    self._double()
                more = len(self.keys) - stamps.shape[1]
                stamps = np.concatenate((stamps, np.full((2, more), -1, np.int64)), axis=1)
            done = _collect(
                data,
                folded,
                starts,
                done,
                self.longest,
                grow,
                self.keys,
                self.kinds,
                self.contexts,
                self.suffixes,
                self.slots,
                self.used,
                stamps,
                ends[0],
                found.rows,
                found.times,
                ends[1],
                behind.rows,
                behind.times,
                table,
                at,
            )
        for counted, size in ((found, at[0]), (behind, at[1])):
            counted.rows, counted.times = counted.rows[:size].copy(), counted.times[:size].copy()
        return found, behind, int(at[2])

    def _double(self) -> None:
        more = len(self.keys)
        self.keys = np.concatenate((self.keys, np.zeros(more, np.int64)))
        self.kinds = np.concatenate((self.kinds, np.zeros(more, np.int8)))
        self.contexts = np.concatenate((self.contexts, np.zeros(more, np.int32)))
        self.suffixes = np.concatenate((self.suffixes, np.zeros(more, np.int32)))
        capacity = 1 << (len(self.keys) - 1).bit_length()
        self.slots = np.zeros((2 * capacity, 2), np.int64)
        _refill(self.keys, self.slots, len(self))


# Letters whose small form has more or fewer bytes.
_UNEVEN = re.compile(
    "[\u0130\u023a\u023e\u1e9e\u2126\u212a\u212b\u2c62\u2c64\u2c6d-\u2c70\u2c7e\u2c7f\ua78d\ua7aa-\ua7ae\ua7b0-\ua7b2\ua7c5]"
)


def lowered(text: bytes) -> bytes:
    """UTF-8 in lower case at the same places: letters whose small form has another length, and other bytes, stay.

    >>> lowered("Ọrụ Naijirịa İ".encode()).decode(), lowered(b"A\\xff")
    ('ọrụ naijirịa İ', b'a\\xff')
    """
    if text.isascii():
        return text.lower()
    letters = text.decode(errors="surrogateescape")
    if _UNEVEN.search(letters):
        parts = (c if _UNEVEN.match(c) else c.lower() for c in letters)
        return "".join(parts).encode(errors="surrogateescape")
    return letters.lower().encode(errors="surrogateescape")


def _batches(texts: Sequence[bytes]) -> list[list[bytes]]:
    batches: list[list[bytes]] = [[]]
    size = 0
    for text in texts:
        if size + len(text) > BATCH_BYTES and batches[-1]:
            batches.append([])
            size = 0
        batches[-1].append(text)
        size += len(text)
    return batches


def _pair(room: int) -> tuple[Rows, Rows]:
    return np.empty(room, np.int32), np.empty(room, np.int32)


def _joined(parts: Sequence[Counted]) -> Counted:
    sizes = np.concatenate([part.sizes() for part in parts])
    rows, times = (np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "times"))
    return Counted.joined(sizes, rows, times)


def _merged(parts: Counted, owners: Ints) -> Counted:
    # Counts of segments as those of their texts: segments owners[i] to owners[i + 1] make text i.
    rows, times = [], []
    for first, after in itertools.pairwise(owners):
        span = slice(int(parts.firsts[first]), int(parts.ends[after - 1]))
        own, inverse = np.unique(parts.rows[span], return_inverse=True)
        rows.append(own)
        times.append(np.bincount(inverse, weights=parts.times[span]).astype(np.int32))
    sizes = np.array([len(own) for own in rows], np.int64)
    return Counted.joined(sizes, np.concatenate(rows), np.concatenate(times))


@bare
def _count_texts(firsts: Ints, ends: Ints, rows: Rows, texts: Ints) -> None:
    for i in range(ends.shape[0]):
        for place in range(firsts[i], ends[i]):
            texts[rows[place]] += 1


@inlined
def _slot(slots: Ints, key: Whole) -> Whole:
    # Where the key is, or the free place where it would be; half of the places are free.
    mask = np.int64(slots.shape[0] - 1)
    place: Whole = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask
    while slots[place, 1] != 0 and slots[place, 0] != key:
        place = (place + 1) & mask
    return place


@bare
def _refill(keys: Ints, slots: Ints, used: int) -> None:
    for row in range(3, used):
        place = _slot(slots, keys[row])
        slots[place, 0], slots[place, 1] = keys[row], row


@inlined
def _find(
    keys: Ints,
    kinds: npt.NDArray[np.int8],
    contexts: Rows,
    suffixes: Rows,
    slots: Ints,
    used: Ints,
    grow: bool,
    key: Whole,
    kind: Whole,
    context: Whole,
    suffix: Whole,
) -> Whole:
    place = _slot(slots, key)
    row: Whole = slots[place, 1]
    if row == 0:
        if not grow:
            return -1
        row = used[0]
        used[0] += 1
        slots[place, 0], slots[place, 1] = key, row
        keys[row], kinds[row], contexts[row], suffixes[row] = key, kind, context, suffix
    return row


@inlined
def _add(row: Whole, text: Whole, stamps: Ints, rows: Rows, times: Rows, n: Whole) -> Whole:
    # One more of a row in this text; the number of rows it has then. A stamp holds the text and the place there.
    stamp = stamps[row]
    if stamp >> np.int64(32) != text:
        stamp = (np.int64(text) << np.int64(32)) | np.int64(n)
        stamps[row] = stamp
        rows[n] = row
        times[n] = 0
        n += 1
    times[stamp & np.int64(0xFFFFFFFF)] += 1
    return n


@compiled
def _collect(
    data: Octets,
    folded: Octets,
    starts: Ints,
    text: Whole,
    longest: int,
    grow: bool,
    keys: Ints,
    kinds: npt.NDArray[np.int8],
    contexts: Rows,
    suffixes: Rows,
    slots: Ints,
    used: Ints,
    stamps: Ints,
    ends: Ints,
    rows: Rows,
    times: Rows,
    behind_ends: Ints,
    behind_rows: Rows,
    behind_times: Rows,
    table: Rows,
    at: Ints,
) -> Whole:
    # Counts texts until the pieces might not have room for the next one; the text to go on with.
    active = np.empty(longest, np.int64)
    n: Whole = at[0]
    m: Whole = at[1]
    t: Whole = at[2]
    traced = table.shape[0] > 0
    while text < starts.shape[0] - 1:
        size = starts[text + 1] - starts[text]
        if grow and used[0] + (size + 1) * (longest + 2) > keys.shape[0]:
            break
        active[:] = -1
        active[0] = 0
        before: Whole = np.int64(2)
        first: Whole = np.int64(0)
        h = np.uint64(0)
        for i in range(-1, size):
            byte = np.int64(10) if i < 0 else np.int64(data[starts[text] + i])
            moved: Whole = np.int64(0)
            for order in range(longest):
                context = active[order]
                active[order] = moved
                if context < 0:
                    break
                row: Whole = np.int64(-1)
                if moved >= 0:  # a string that is not known ends no longer one that is
                    key = context * 256 + byte
                    row = _find(keys, kinds, contexts, suffixes, slots, used, grow, key, order + 1, context, moved)
                if i >= 0:
                    if not traced:
                        m = _add(context, text, stamps[1], behind_rows, behind_times, m)
                    if row >= 0 and not traced:
                        n = _add(row, text, stamps[0], rows, times, n)
                    if traced:
                        table[t, 0], table[t, 1] = row, context
                        table[t, 2], table[t, 3] = max(i - order, 0), i + 1
                        t += 1
                moved = row
            if i < 0:
                continue
            letter = np.int64(folded[starts[text] + i])
            inside = 48 <= letter <= 57 or 97 <= letter <= 122 or letter >= 128
            if inside:
                if h == 0:
                    first = i
                h = (h ^ np.uint64(letter + 1)) * np.uint64(0x100000001B3)
                h ^= h >> np.uint64(29)
                following = np.int64(folded[starts[text] + i + 1]) if i + 1 < size else np.int64(32)
                if 48 <= following <= 57 or 97 <= following <= 122 or following >= 128:
                    continue
            elif letter == 32 or 9 <= letter <= 13:
                continue
            else:
                first = i
                h = np.uint64(letter + 1)
            key = np.int64((h * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(3)) | (np.int64(1) << np.int64(61))
            h = np.uint64(0)
            row = _find(keys, kinds, contexts, suffixes, slots, used, grow, key, longest + 1, 1, -1)
            if not traced:
                m = _add(1, text, stamps[1], behind_rows, behind_times, m)
            if row >= 0 and not traced:
                n = _add(row, text, stamps[0], rows, times, n)
            if traced:
                table[t, 0], table[t, 1], table[t, 2], table[t, 3] = row, 1, first, i + 1
                t += 1
            if before >= 0:
                pair: Whole = np.int64(-1)
                if row >= 0:
                    key = (np.int64(1) << np.int64(62)) | (before << np.int64(31)) | np.int64(row)
                    pair = _find(keys, kinds, contexts, suffixes, slots, used, grow, key, longest + 2, before, row)
                if not traced:
                    m = _add(before, text, stamps[1], behind_rows, behind_times, m)
                if pair >= 0 and not traced:
                    n = _add(pair, text, stamps[0], rows, times, n)
                if traced:
                    table[t, 0], table[t, 1], table[t, 2], table[t, 3] = pair, before, first, i + 1
                    t += 1
            before = row
        text += 1
        ends[text], behind_ends[text] = n, m
    at[0], at[1], at[2] = n, m, t
    return text
