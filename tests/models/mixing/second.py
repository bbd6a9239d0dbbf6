"""A second mixing model, written after docs/format.md alone: plain numbers, no kernel, slow."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

K1, K2, K3 = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xC2B2AE3D27D4EB4F
K4, K5 = 0xBF58476D1CE4E5B9, 0x2F0B4C4745D9F3B5
SMALL1, SMALL2, SMALL3 = 0x9E3779B1, 0x85EBCA6B, 0x2C1B3C6D
M32, M64 = (1 << 32) - 1, (1 << 64) - 1
TEXT, BINARY, RECORDS, IMAGE = range(4)


@dataclass(frozen=True)
class Shape:
    """A column of the page's first table."""

    contexts: int
    each: int
    inputs: int
    sets: tuple[int, ...]
    maps: tuple[int, ...]
    rate: int
    deep: bool
    memory: int
    slots: int
    history: int
    matches: int
    runs: int
    slots_per_byte: int
    fixed: int


SHAPES = {
    "fast": Shape(
        6, 2, 32, (1536, 512), (16384,), 5, False, 1 << 25, 1 << 24, 1 << 22, 1 << 20, 0, 512, 1_509_134
    ),
    "default": Shape(
        *(14, 3, 48, (1536, 512, 1024, 2048), (65536, 16384), 3, False),
        *(1 << 28, 1 << 27, 1 << 26, 1 << 23, 0, 1024, 6_228_206),
    ),
    "max": Shape(
        *(26, 3, 112, (1536, 512, 1024, 2048, 2048, 512, 4096, 640), (65536, 65536, 65536), 3, True),
        *(1 << 30, 1 << 29, 1 << 27, 1 << 24, 1 << 24, 4096, 16_165_406),
    ),
}  # fmt: skip


def clamp(a: int, b: int) -> int:
    return max(-b, min(b, a))


def byte(a: int) -> int:
    return max(0, min(255, a))


def squash_table() -> list[int]:
    """squash(x) at x + 2047."""
    upper = []
    for x in range(2048):
        t = total = 1 << 80
        n = 1
        while t:
            t = t * x // (256 * n)
            total += t
            n += 1
        e = total >> 16
        upper.append((e << 16) // (e + (1 << 64)))
    return [65536 - p for p in upper[:0:-1]] + upper


SQUASH = squash_table()
STRETCH = [next((x for x in range(-2047, 2048) if SQUASH[x + 2047] >= 16 * p + 8), 2047) for p in range(4096)]


def histories() -> tuple[list[tuple[int, int, int]], list[list[int]]]:
    most = {0: 48, 1: 28, 2: 14, 3: 10, 4: 7, 5: 6}
    falls = {3: 2, 4: 3, 5: 3, 6: 3, 7: 4, 8: 4, 9: 4, 10: 4, 11: 4}

    def fits(n: list[int]) -> bool:
        return min(n) <= 5 and max(n) <= most[min(n)]

    found, followers = [(0, 0, 0)], []
    for zeros, ones, _ in found:
        row = []
        for bit in (0, 1):
            n = [zeros, ones]
            n[bit] += 1
            if n[1 - bit] > 2:
                n[1 - bit] = falls.get(n[1 - bit], 5)
            if not fits(n):
                n[bit] -= 1
            while not fits(n):
                n[0 if n[0] > n[1] else 1] -= 1
            then = (n[0], n[1], bit if min(n) else 0)
            if then not in found:
                found.append(then)
            row.append(found.index(then))
        followers.append(row)
    return found, followers


HISTORIES, FOLLOWERS = histories()
SEEN = [zeros + ones for zeros, ones, _ in HISTORIES]
FADED = [HISTORIES.index((max(3 * a // 4, min(a, 1)), max(3 * b // 4, min(b, 1)), c)) for a, b, c in HISTORIES]
CERTAIN = [(zeros == 0) != (ones == 0) for zeros, ones, _ in HISTORIES]


class Cell:
    def __init__(self, p22: int) -> None:
        self.p22, self.count = p22, 0

    def learn(self, bit: int) -> None:
        self.p22 += (bit * 4194303 - self.p22) * (655360 // (10 * self.count + 16)) >> 16
        self.count = min(self.count + 1, 1023)

    @property
    def p12(self) -> int:
        return self.p22 >> 10


class Match:
    def __init__(self, least: int) -> None:
        self.start = self.length = self.expected = self.small = 0
        self.least = least
        self.bit: int | None = None
        self.table = [0] * 1024
        classes = range(64)
        self.cells = [
            (Cell((1 << 22) // (length + 2)), Cell(((length + 1) << 22) // (length + 2))) for length in classes
        ]

    def follow(self, key: int, p: int, ring: bytearray) -> None:
        place, size = key % len(self.table), len(ring)
        if self.length > 0:
            self.start, self.length = self.start + 1, min(self.length + 1, 65535)
        else:
            self.start, n = self.table[place], 0
            if self.start > 0:
                while n < min(64, self.start) and ring[(self.start - 1 - n) % size] == ring[(p - 1 - n) % size]:
                    n += 1
                self.length = n if n >= self.least else 0
        if p < len(self.table) or p % 2 == 0:
            self.table[place] = p & M32
        self.expected = ring[self.start % size] if self.length else 0

    def expect(self, partial: int, done: int) -> None:
        self.bit = None
        if self.length and (self.expected | 256) >> (8 - done) != partial:
            self.length = 0
        if self.length:
            self.bit = self.expected >> (7 - done) & 1
            self.small = self.length if self.length < 32 else min(32 + (self.length - 32 >> 3), 63)
            self.cell = self.cells[self.small][self.bit]

    @property
    def grade(self) -> int:
        return 0 if self.bit is None else 1 + (self.length >= 8) + (self.length >= 16) + (self.length >= 32)

    def learn(self, bit: int) -> None:
        if self.bit is not None:
            self.cell.learn(bit)
            if self.bit != bit:
                self.length = 0


class Second:
    """`p1` is the probability of the next bit; `learn` takes it."""

    def __init__(self, level: str, memory: int) -> None:
        self.shape = shape = SHAPES[level]
        share = min(memory, shape.memory)
        while True:
            full = [
                1 << max((size * share // shape.memory).bit_length() - 1, 10)
                for size in (shape.slots, shape.history, shape.matches, shape.runs)
            ]
            runs = full[3] if shape.deep else 1
            if full[0] + full[1] + 4 * ((1 + shape.deep) * full[2] + runs) + shape.fixed <= memory:
                break
            share //= 2
        self.full = full
        self.slots, self.ring, self.runs = bytearray(1 << 10), bytearray(1 << 10), [0] * (1 << 10)
        count = shape.contexts
        firsts = [
            min(max(((10 * ones + 4) << 22) // (10 * (zeros + ones) + 8), 1 << 10), (1 << 22) - (1 << 10))
            for zeros, ones, _ in HISTORIES
        ]
        self.cells = [[Cell(first) for first in firsts] for _ in range(count)]
        self.order0 = [Cell(1 << 21) for _ in range(256)]
        self.run_cells = [
            [(Cell((1 << 22) // (n + 2)), Cell(((n + 1) << 22) // (n + 2))) for n in range(32)] for _ in range(count)
        ]
        self.matches = [Match(6), Match(16)][: 1 + shape.deep]
        self.weights = [np.full((rows, shape.inputs), 32768 // (count + 1), np.int64) for rows in shape.sets]
        self.final = [[65536 // len(shape.sets)] * len(shape.sets) for _ in range(256)]
        places = [SQUASH[clamp(128 * (j - 16), 2047) + 2047] for j in range(33)]
        self.maps: list[dict[int, list[int]]] = [{} for _ in shape.maps]
        self.fresh_row = places
        self.a1, self.a2 = [0] * 256, [0] * 65536
        self.p = self.last = self.last16 = self.word = self.word1 = self.word2 = self.word3 = self.word_length = 0
        self.column = self.line = self.above = self.upper = self.tag = self.kinds = self.mode = self.row = 0
        self.guess = self.west = self.north = self.hits = 0
        self.look_at, self.pixel = 3072, 1
        self.hashes = [0] * count
        self.run_place, self.run_check, self.run_known = [0] * count, [0] * count, [0] * count
        self.partial, self.done = 1, 0
        self.slot = [0] * count
        self.grow()
        self.predict()

    def grow(self) -> None:
        reach = max(1 << 10, 1 << self.p.bit_length())
        slots, ring, matches, runs = self.full
        while len(self.slots) < min(slots, reach * self.shape.slots_per_byte):
            self.slots = self.slots * 2
        while len(self.ring) < min(ring, reach):
            self.ring = self.ring * 2
        for match in self.matches:
            while len(match.table) < min(matches, reach):
                match.table = match.table * 2
        while self.shape.deep and len(self.runs) < min(runs, 16 * reach):
            self.runs = self.runs * 2

    def back(self, distance: int) -> int:
        return self.ring[(self.p - distance) % len(self.ring)]

    def find_slots(self) -> None:
        self.hits, buckets = 0, len(self.slots) // 64
        for k, hashed in enumerate(self.hashes):
            x = hashed + (self.partial >> 1 if self.done else 0) * SMALL1 & M32
            x ^= x >> 15
            x = x * SMALL3 & M32
            x ^= x >> 13
            sibling = 85 if self.done and self.partial & 1 else 0
            check, bucket = max(x & 255 ^ sibling, 1), (x >> 8) % buckets * 64
            places = [bucket, bucket + 16, bucket + 32, bucket + 48]
            known = [place for place in places if self.slots[place] == check]
            if known:
                self.slot[k] = known[0]
                self.hits += self.slots[known[0] + 1] != 0
            else:
                self.slot[k] = min(places, key=lambda place: SEEN[self.slots[place + 1]])
                if self.slots[self.slot[k] + 1]:
                    for place in places:
                        self.slots[place + 1] = FADED[self.slots[place + 1]]
                self.slots[self.slot[k] : self.slot[k] + 16] = bytes([check]) + bytes(15)

    def rows(self) -> list[int]:
        image, partial, done = self.mode == IMAGE, self.partial, self.done
        c1, c2, match = self.last & 255, self.last >> 8 & 255, self.matches[0]
        grade2 = self.matches[1].grade if self.shape.deep else 0
        first = partial + 256 * image if match.bit is None else 256 + 256 * match.grade + 8 * match.bit + done
        return [
            first,
            (self.guess if image else c1) + 256 * (done >= 4),
            256 * self.mode + 8 * min(self.hits, 31) + done,
            256 * (self.kinds % 8) + partial,
            8 * (self.north if image else min(self.column, 255)) + done,
            256 * image + (self.west if image else c2),
            8 * (self.kinds % 512) + done,
            128 * grade2 + 8 * min(self.word_length, 15) + done,
        ][: len(self.shape.sets)]

    def predict(self) -> None:
        shape, partial, done = self.shape, self.partial, self.done
        if done in (0, 4):
            self.find_slots()
        self.node = (1 << done % 4) + partial % (1 << done % 4)
        x = [0] * shape.inputs
        for k in range(shape.contexts):
            history = self.slots[self.slot[k] + self.node]
            cell = self.cells[k][history]
            if history:
                stretched = STRETCH[cell.p12]
                x[shape.each * k : shape.each * k + 2] = [stretched, cell.p12 - 2048]
                if shape.each == 3 and CERTAIN[history]:
                    x[3 * k + 2] = stretched
        self.run_heard = []
        for k, known in enumerate(self.run_known if shape.deep else []):
            if known and (known >> 8 | 256) >> (8 - done) == partial:
                cell = self.run_cells[k][min(known & 255, 31)][known >> (15 - done) & 1]
                x[3 * shape.contexts + k] = STRETCH[cell.p12]
                self.run_heard.append(cell)
        o = (shape.each + shape.deep) * shape.contexts
        x[o], x[o + 3] = STRETCH[self.order0[partial].p12], 256
        for at, match in zip((o + 1, o + 4), self.matches, strict=False):
            match.expect(partial, done)
            if match.bit is not None:
                x[at : at + 2] = [STRETCH[match.cell.p12], match.cell.p12 - 2048]
        self.x = np.array(x, np.int64)
        self.chosen = [weights[row] for weights, row in zip(self.weights, self.rows(), strict=True)]
        sums = [int((self.x * weights).sum()) + (1 << 31) & M32 for weights in self.chosen]
        self.voices = [clamp(total - (1 << 31) >> 16, 2047) for total in sums]
        u = clamp(sum(v * w for v, w in zip(self.voices, self.final[partial], strict=True)) >> 16, 2047)
        self.mixed = SQUASH[u + 2047]
        self.refine(32 * (u + 2048))

    def refine(self, t: int) -> None:
        j, f = t >> 12, t % 4096
        match, rows, parts = self.matches[0], [(256 * (self.last & 255) + self.partial) % self.shape.maps[0]], []
        long = match.grade == 4
        if match.bit is not None and long:
            rows = [256 * (match.small - 32 + 32 * match.bit)]
        for size, a in zip(self.shape.maps[1:], (self.last & 0xFFFF, self.last & M32), strict=False):
            y = a * SMALL1 + self.partial * SMALL2 & M32
            y ^= y >> 16
            rows.append((y * SMALL3 & M32) >> 15 & size - 1)
        self.near = []
        for places, row in zip(self.maps, rows, strict=True):
            line = places.setdefault(row, list(self.fresh_row))
            parts.append((line[j] * (4096 - f) + line[j + 1] * f) >> 12)
            self.near.append((line, j + (f > 2048)))
        if len(parts) == 1:
            p = self.mixed + parts[0] + 1 >> 1
        elif len(parts) == 2:
            p = (parts[0] if long else self.mixed) + self.mixed + sum(parts) + 2 >> 2
        else:
            p = (2 * self.mixed + parts[0] + parts[1] + 2 * parts[2] + 3) // 6
        self.p1 = min(max(p, 1), 65535)

    def learn(self, bit: int) -> None:
        self.grow()
        final, rate = self.final[self.partial], self.shape.rate + 409600 // (4096 + 8 * self.p)
        errors = [(65536 * bit - SQUASH[voice + 2047]) * rate >> 4 for voice in self.voices]
        for s, (voice, weights, error) in enumerate(zip(self.voices, self.chosen, errors, strict=True)):
            final[s] += (voice * 2 * (65536 * bit - self.mixed) + (1 << 17)) >> 18
            if max(abs(error), abs(errors[s ^ 1])) > 64:
                weights[:] = np.clip(weights + ((self.x * error + (1 << 15)) >> 16), -32768, 32767)
        for line, near in self.near:
            line[near] += (65535 * bit - line[near]) >> 6
        for cells, slot in zip(self.cells, self.slot, strict=True):
            history = self.slots[slot + self.node]
            cells[history].learn(bit)
            self.slots[slot + self.node] = FOLLOWERS[history][bit]
        for cell in [*self.run_heard, self.order0[self.partial]]:
            cell.learn(bit)
        for match in self.matches:
            match.learn(bit)
        self.partial, self.done = 2 * self.partial + bit, self.done + 1
        if self.done == 8:
            self.end_of_byte(self.partial & 255)
            self.partial, self.done = 1, 0
        self.predict()

    def end_of_byte(self, c: int) -> None:
        self.ring[self.p % len(self.ring)] = c
        self.p += 1
        self.last16 = (self.last16 << 8 | self.last >> 56) & M64
        self.last = (self.last << 8 | c) & M64
        upper_case = 65 <= c <= 90
        if upper_case or 97 <= c <= 122 or c >= 128:
            self.word = (self.word + 1 + c + 32 * upper_case) * K5 & M64
            self.word_length += 1
        elif self.word:
            self.word3, self.word2, self.word1, self.word = self.word2, self.word1, self.word, 0
            self.word_length = 0
        self.column += 1
        if c == 10:
            self.above, self.line, self.column = self.line, self.p, 0
        at = self.above + self.column
        self.upper = self.ring[at % len(self.ring)] if at < self.line else 0
        if c in (60, 62):
            self.tag = int(c == 60)
        elif c not in (32, 10) and self.tag > 0:
            self.tag = (31 * self.tag + c) % (1 << 24)
        kind = 7
        for number, belongs in enumerate(
            [c == 0, 97 <= c <= 122, upper_case, 48 <= c <= 57, c == 32, c in (10, 13), c >= 128]
        ):
            kind = number if belongs else kind
        self.kinds = (8 * self.kinds + kind) % (1 << 48)
        if self.p >= self.look_at:
            self.look()
        b, bb = self.last >> 8 & 255, self.last >> 8 & 0xFFFF
        self.a1[b] = (256 * self.a1[b] + c) % (1 << 24)
        self.a2[bb] = (256 * self.a2[bb] + c) % (1 << 16)
        contexts = self.image() if self.mode == IMAGE else self.text() if self.mode == TEXT else self.binary()
        self.hashes = [
            ((h ^ h >> 29) * K4 & M64) >> 32
            for h in ((a % (1 << 64) * K1 + b * K2 + s * K3) & M64 for a, b, s in contexts[: self.shape.contexts])
        ]
        keys = [(self.last % (1 << 48) * K1 & M64) >> 38, (self.last * K2 + self.last16 * K1 & M64) >> 38]
        for match, key in zip(self.matches, keys, strict=False):
            match.follow(key, self.p, self.ring)
        if self.shape.deep:
            self.next_runs(c)

    def next_runs(self, c: int) -> None:
        for place, check in zip(self.run_place, self.run_check, strict=True):
            old = self.runs[place]
            if old >> 16 == check and old >> 8 & 255 == c:
                self.runs[place] = old + (old & 255 < 255)
            else:
                self.runs[place] = check << 16 | c << 8 | 1
        for k, hashed in enumerate(self.hashes):
            x = hashed * SMALL2 & M32
            self.run_place[k], self.run_check[k] = (x ^ x >> 15) % len(self.runs), hashed >> 16
        for k, (place, check) in enumerate(zip(self.run_place, self.run_check, strict=True)):
            self.run_known[k] = self.runs[place] & 0xFFFF if self.runs[place] >> 16 == check else 0

    def look(self) -> None:
        e = self.p % len(self.ring)
        needed = max(2048, 1024 + self.row + self.row // 2)
        if e < needed:
            self.look_at = self.p + needed
            return
        self.look_at = self.p + (16384 if self.p >= 65536 else 4096)
        values: npt.NDArray[np.int64] = np.frombuffer(bytes(self.ring), np.uint8).astype(np.int64)
        window, structured = values[e - 1024 : e], self.mode in (RECORDS, IMAGE)

        def apart(d: int) -> int:
            return int(np.abs(window - values[e - 1024 - d : e - d]).sum())

        before, two_before = values[e - 1025 : e - 1].tolist(), values[e - 1026 : e - 2].tolist()
        plain = sum(
            32 <= v <= 126 or v in (9, 10, 13) or v >= 192 or (v >= 128 and (b >= 192 or (b >= 128 and bb >= 224)))
            for v, b, bb in zip(window.tolist(), before, two_before, strict=True)
        )
        if plain > (1020 if structured else 1000):
            self.mode, self.row = TEXT, 0
            return
        old_pixel, pixel, near = self.pixel, 1, apart(1)
        for d in (2, 3, 4):
            if 100 * apart(d) < 95 * near:
                pixel, near = d, apart(d)
        row, nearest, whole, rows = 0, 1 << 40, 0, range(pixel + 1, min(8192, e - 1024))
        for d in rows:
            total = apart(d)
            whole += total
            if 100 * total < (110 if d == self.row else 90) * nearest:
                row, nearest = d, total
        if 10 * nearest > (16 if self.row else 12) * near:
            row = 0
        equal = int((window == values[e - 1024 - row : e - row]).sum()) if row else 0
        if (
            row >= 64
            and 4 * len(rows) * nearest < 3 * whole
            and equal < 820
            and nearest <= (50 if self.mode == IMAGE else 30) * 1024
        ):
            if self.mode == IMAGE and row == self.row:
                pixel = old_pixel
            self.mode = IMAGE
        elif row > 0 and equal >= 300:
            self.mode = RECORDS
        else:
            if self.mode == IMAGE:
                d = apart(self.row)
                if d <= 50 * 1024 and 10 * d <= 16 * apart(old_pixel) and 4 * d < 3 * apart(self.row + self.row // 2):
                    return
            self.mode = BINARY
        self.pixel, self.row = pixel, row

    def low(self, n: int) -> int:
        return self.last % (1 << 8 * n)

    def text(self) -> list[tuple[int, int, int]]:
        c1, last, after2 = self.last & 255, self.last, self.a2[self.last & 0xFFFF]
        word, word1, word2, word3 = self.word, self.word1, self.word2, self.word3
        last16, upper, column = self.last16, self.upper, min(self.column, 255)
        found = [
            *[(c1, 0, 1), (self.low(2), 0, 2), (self.low(3), 0, 3), (self.low(4), 0, 4), (self.low(6), 0, 6)],
            *[(word, c1, 7), (self.low(5), 0, 5), (word, word1, 8), (word, word2, 9), (256 * upper + c1, 0, 10)],
            *[(after2, c1, 11), (256 * upper + column, 0, 12), (self.kinds % (1 << 24), c1, 43)],
            *[(last, last16 & 0xFFFF, 14), (last, last16 % (1 << 48), 15), (word1, c1, 16)],
            *[(word ^ (word1 * K1 & M64), word2, 17), (word, self.low(3), 18), (last & 0xFFFF00, 0, 19)],
            *[(last & 0xFF00FF, 0, 40), (last & 0xFFFFFF00, 0, 41), (after2, self.low(2), 42), (self.low(7), 0, 13)],
            *[(last & 0xDFDFDFDFDF, 0, 44), (word, word1 ^ (word3 * K1 & M64), 45), (self.tag, c1, 46)],
        ]
        if self.word_length > 24 and self.shape.contexts > 6:
            orders = {5: (0, 47), 7: (4, 48), 8: (8, 49), 9: (1, 50), 10: (3, 51), 16: (2, 53)}
            for k, (beyond, salt) in orders.items():
                found[k] = (last, last16 % (1 << 8 * beyond), salt)
            found[12] = (self.low(7), 0, 52)
        return self.with_own(found, found[16])

    def with_own(self, contexts: list[tuple[int, int, int]], own: tuple[int, int, int]) -> list[tuple[int, int, int]]:
        """`default` has a context of its own in place 13."""
        return contexts if self.shape.deep else [*contexts[:13], own]

    def binary(self) -> list[tuple[int, int, int]]:
        c1, last, upper = self.last & 255, self.last, self.upper
        after1, after2 = self.a1[c1], self.a2[last & 0xFFFF]
        both = {
            0: (c1, 0, 1),
            1: (self.low(2), 0, 2),
            2: (self.low(3), 0, 3),
            3: (self.low(4), 0, 4),
            4: (last & 0xFFFF00, 0, 20),
            5: (last & 0xF0F0F0FF, 0, 21),
            6: (256 * upper + c1, 0, 10),
            12: (self.low(5), 0, 5),
            13: (last, self.last16 & M32, 14),
            14: (last, self.last16, 15),
            15: (self.low(7), 0, 13),
            18: (last & 0xFF000000, c1, 52),
            19: (last & 0xF8F8F8F8F8, 0, 53),
            21: (after2, self.low(2), 42),
            23: (last & 0xE0E0E0E0E0E0E0E0, 0, 55),
            24: (upper, min(self.column, 255), 12),
        }
        if self.mode == RECORDS:
            place, left = self.p % self.row, self.back(self.pixel)
            up, up2, beyond = self.back(self.row), self.back(2 * self.row), self.back(self.row - 1)
            own = {
                7: (up, up2, 22),
                8: (place, 0, 23),
                9: (left, up, 24),
                10: (c1, up, 25),
                11: (c1, left, 26),
                16: (up, place, 57),
                17: (self.low(2), up, 58),
                20: (self.low(2), place, 59),
                22: (256 * beyond + up, c1, 60),
                25: (left, place, 61),
            }
        else:
            own = {
                7: (self.low(6), 0, 6),
                8: (after2, c1, 11),
                9: (last & 0xFFFF0000, 0, 27),
                10: (last & 0xFF00FF, 0, 28),
                11: (after1, c1, 29),
                16: (last & 0xFF00, 0, 50),
                17: (last & 0xFF0000, 0, 51),
                20: (last & 0xFFFFFF00, 0, 41),
                22: (last & 0xFF0000FF, 0, 54),
                25: (self.p % 4, c1, 56),
            }
        return self.with_own([{**both, **own}[k] for k in range(26)], (last & 0xFF00, 0, 50))

    def image(self) -> list[tuple[int, int, int]]:
        row, pixel, c1, c2 = self.row, self.pixel, self.last & 255, self.last >> 8 & 255
        w, n, nw, ne = (self.back(d) for d in (pixel, row, row + pixel, row - pixel))
        nne, nn, ww = (self.back(d) for d in (2 * row - pixel, 2 * row, 2 * pixel))
        slope = byte(w + n - nw)
        guess, fw, fn = slope, w, n
        if pixel > 1:
            w1, n1, nw1 = (self.back(d + 1) for d in (pixel, row, row + pixel))
            guess = byte(slope + c1 - (w1 + n1 - nw1))
            fw, fn = byte(w + c1 - w1), byte(n + c1 - n1)
        self.guess, self.west, self.north = guess, w, n
        ch = self.p % pixel << 32
        steep = 256 * (min(abs(w - nw), 63) >> 2) + (min(abs(n - nw), 63) >> 2)
        found = [
            *[(ch | c1, w, 34), (ch | slope, 0, 30), (ch | guess, 0, 32), (ch | fw, fn, 33), (ch | c1, n, 35)],
            *[(ch | guess, 256 * (w >> 2) + (n >> 2), 36), (c1, 0, 1), (self.low(2), 0, 2), (self.low(3), 0, 3)],
            *[
                (ch | guess, c2, 42),
                (ch | w + n + 1 >> 1, byte(n + ne - nne), 37),
                (ch | fw + fn >> 1, byte(ne + w - n), 43),
            ],
            *[(ch | guess, 256 * c1 + c2, 62), (ch | byte(2 * n - nn), byte(2 * w - ww), 63), (ch | guess, steep, 64)],
            *[(ch | slope, c1, 65), (ch | fw, 0, 66), (ch | fn, 0, 67), (ch | w, n, 68), (ch | n, ne, 69)],
            *[(ch | byte(w + ne - n), c1, 70), (ch | byte(2 * n - nn), c1, 71), (ch | w + ne + 1 >> 1, guess, 72)],
            *[
                (ch | (2 * w + 2 * n + ne - nw + 2 >> 2), c1 >> 2, 73),
                (ch | w, ww, 74),
                (ch | (fw + fn + guess) // 3, 0, 75),
            ],
        ]
        return self.with_own(found, found[19])
