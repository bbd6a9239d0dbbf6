"""Tables of the mixing model, built in integers so that every machine builds the same ones.

    squash(x) = 2^16 / (1 + e^(−x/256))      x in 1/256 nat, −2047 ... 2047; result between 22 and 65514
    stretch(p) = the least x with squash(x) ≥ 16 p + 8,    p in 0 ... 4095
    reciprocal(n) = 2^16 / (n + 1.6)         step of a probability that has been updated n times

A bit history is (n0, n1, last): how many zeros and ones a context has seen, approximately, and what came last. A new
bit adds to its own count and, where the other is above 2, cuts the other down: what happened lately counts most
(Mahoney, "Adaptive weighing of context models for lossless data compression", 2005, describes the idea). Pairs are
bounded so that all histories fit in one byte. A history fades to about three quarters of its counts.
"""

import hashlib

import numpy as np
import numpy.typing as npt

_MOST = {0: 48, 1: 28, 2: 14, 3: 10, 4: 7, 5: 6}  # the larger count may reach this when the smaller is the key
_KEPT = (0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4)  # what a count falls to when the other bit comes; 5 beyond the table


def _exponential(x: int, bits: int = 64) -> int:
    """⌊2^bits · e^(x/256)⌋ for x ≥ 0, by the exponential series in integers."""
    term = total = 1 << (bits + 16)
    n = 1
    while term:
        term = term * x // (256 * n)
        total += term
        n += 1
    return total >> 16


def squash_table() -> npt.NDArray[np.int32]:
    """16-bit probabilities of x − 2048, int32 [4096]."""
    table = np.zeros(4096, np.int32)
    for x in range(2048):
        grown = _exponential(x)
        p = (grown << 16) // (grown + (1 << 64))
        table[2048 + x] = p
        table[2048 - x] = 65536 - p
    table[0] = table[1]
    return table


def stretch_table(squash: npt.NDArray[np.int32]) -> npt.NDArray[np.int16]:
    """Log odds of 12-bit probabilities in 1/256 nat, int16 [4096]."""
    wanted = np.arange(4096) * 16 + 8
    return (np.searchsorted(squash[1:], wanted) - 2047).clip(-2047, 2047).astype(np.int16)


def reciprocal_table() -> npt.NDArray[np.int32]:
    """2^16 / (n + 1.6), int32 [1024]."""
    return np.array([655360 // (10 * n + 16) for n in range(1024)], np.int32)


def bit_histories() -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    """For each history the histories after a 0 and after a 1, and what it is: (zeros, ones, last)."""
    histories = [(0, 0, 0)]
    number = {histories[0]: 0}
    following: list[tuple[int, int]] = []
    for history in histories:  # grows while it is walked
        row = []
        for bit in (0, 1):
            then = _then(history, bit)
            if then not in number:
                number[then] = len(histories)
                histories.append(then)
            row.append(number[then])
        following.append((row[0], row[1]))
    return following, histories


def _then(history: tuple[int, int, int], bit: int) -> tuple[int, int, int]:
    seen = [history[0], history[1]]
    seen[bit] += 1
    other = seen[1 - bit]
    if other > 2:
        seen[1 - bit] = _KEPT[other] if other < len(_KEPT) else 5
    if not _fits(seen):
        seen[bit] -= 1
    while not _fits(seen):
        seen[0 if seen[0] > seen[1] else 1] -= 1
    return seen[0], seen[1], bit if min(seen) > 0 else 0


def _fits(seen: list[int]) -> bool:
    return min(seen) in _MOST and max(seen) <= _MOST[min(seen)]


def history_tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint32]]:
    """What follows a history [512] at 2·history + bit; facts [256]; first probabilities [256].

    A fact is the count of bits seen, + 128 if all were equal. A probability cell holds a 22-bit probability of a 1
    above a 10-bit count of updates.
    """
    following, histories = bit_histories()
    assert len(histories) <= 256, "a history must fit in a byte"
    next_history = np.zeros(512, np.uint8)
    facts = np.zeros(256, np.uint8)
    first = np.full(256, 1 << 31, np.uint32)
    for i, (zeros, ones, _) in enumerate(histories):
        next_history[2 * i : 2 * i + 2] = following[i]
        facts[i] = zeros + ones + (128 if (zeros == 0) != (ones == 0) else 0)
        p22 = ((10 * ones + 4) << 22) // (10 * (zeros + ones) + 8)
        first[i] = min(max(p22, 1 << 10), (1 << 22) - (1 << 10)) << 10
    return next_history, facts, first


def faded_table() -> npt.NDArray[np.uint8]:
    """What each history [256] fades to: ⌊3 n / 4⌋ of each count, but a 1 at least where it was above 0."""
    _, histories = bit_histories()
    number = {history: i for i, history in enumerate(histories)}
    faded = np.zeros(256, np.uint8)
    for i, (zeros, ones, last) in enumerate(histories):
        faded[i] = number[max(zeros * 3 // 4, min(zeros, 1)), max(ones * 3 // 4, min(ones, 1)), last]
    return faded


def cost_table() -> npt.NDArray[np.float64]:
    """−log2(k / 2^16) for k in 1 ... 65535: what a bit of that probability costs; never used to decode."""
    return -np.log2(np.arange(1, 65537) / 65536).astype(np.float64)


SQUASH = squash_table()
STRETCH = stretch_table(SQUASH)
RECIPROCAL = reciprocal_table()
NEXT_HISTORY, FACTS, FIRST = history_tables()
FADED = faded_table()
COST = np.concatenate([[np.inf], cost_table()])


def checksum() -> str:
    """SHA-256 over every table that a decoder uses."""
    digest = hashlib.sha256()
    for table in (SQUASH, STRETCH, RECIPROCAL, NEXT_HISTORY, FACTS, FIRST, FADED):
        digest.update(np.ascontiguousarray(table).astype(table.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()
