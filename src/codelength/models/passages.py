"""Passages: which texts hold the same windows of w bytes, by a hash of each window.

A window's hash is Σ b_i · M^(w−1−i) modulo 2^64, rolled on byte by byte and mixed (Karp and Rabin 1987). Where all
windows would not fit, those whose mixed hash is 0 modulo `sample` stand for all of them: which are taken depends on the
window alone, so that both texts take the same. Two windows are confused with probability 2^−64 a pair.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.errors import OptionError

WINDOW_BYTES = 32
MOST_WINDOWS = 1 << 22  # 12 bytes each, and as much again while they are sorted

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)


class Passages:
    """The windows of some texts, which are known by their numbers.

    Raises OptionError for windows of less than 4 bytes.

    >>> passages = Passages([b"the quick brown fox jumps over the lazy dog"], window_bytes=8)
    >>> passages.share(b"a quick brown fox"), passages.share(b"a slow grey wolf howls")
    (0.9, 0.0)
    """

    def __init__(
        self, texts: Sequence[bytes], *, window_bytes: int = WINDOW_BYTES, most_windows: int = MOST_WINDOWS
    ) -> None:
        if window_bytes < 4:
            raise OptionError(f"window_bytes={window_bytes} is too short; give at least 4")
        self.window_bytes = window_bytes
        windows = sum(max(len(text) - window_bytes + 1, 0) for text in texts)
        self.sample = max(1, -(-windows // most_windows))
        found = [self.windows(text) for text in texts]
        hashes = np.concatenate([*found, np.zeros(0, np.uint64)])
        numbers = np.repeat(np.arange(len(found), dtype=np.int32), [len(part) for part in found])
        order = np.argsort(hashes, kind="stable")
        self._hashes: Hashes = hashes[order]
        self._numbers: Numbers = numbers[order]

    def windows(self, text: bytes) -> Hashes:
        """Hashes of a text's windows, or of the sample of them, in their order."""
        octets = np.frombuffer(text, np.uint8)
        out = np.empty(max(len(octets) - self.window_bytes + 1, 0), np.uint64)
        return out[: _windows(octets, self.window_bytes, self.sample, out)]

    def share(self, text: bytes) -> float:
        """The part of a text's windows that stand in the texts; 0 for a text without a window."""
        windows = np.sort(self.windows(text))  # in order they are found sooner
        if not len(windows) or not len(self._hashes):
            return 0.0
        places = np.minimum(self._hashes.searchsorted(windows), len(self._hashes) - 1)
        return float((self._hashes[places] == windows).mean())

    def sources(self, text: bytes, *, most: int = 3, without: int = -1) -> list[int]:
        """The texts that hold most of this text's windows, rare windows counting more; best first.

        A window that stands in m texts counts 1 / m for each; the text of number `without` is left out.

        >>> Passages([b"lorem ipsum dolor", b"sit amet, dolor"], window_bytes=5).sources(b"dolor amet, sit amet")
        [1, 0]
        """
        windows = np.unique(self.windows(text))
        first = self._hashes.searchsorted(windows, side="left")
        behind = self._hashes.searchsorted(windows, side="right")
        weights: dict[int, float] = {}
        for start, stop in zip(first.tolist(), behind.tolist(), strict=True):
            if stop == start or stop - start > _COMMON:
                continue
            for number in set(self._numbers[start:stop].tolist()):
                weights[number] = weights.get(number, 0.0) + 1 / (stop - start)
        weights.pop(without, None)
        return sorted(weights, key=lambda number: (-weights[number], number))[:most]


_COMMON = 1_000  # windows that stand in more places tell nothing apart


@compiled
def _windows(data: Octets, size: int, sample: int, out: Hashes) -> int:
    if data.shape[0] < size:
        return 0
    power = np.uint64(1)
    for _ in range(size - 1):
        power *= _BASE
    value = np.uint64(0)
    taken = 0
    for i in range(data.shape[0]):
        if i >= size:
            value -= np.uint64(data[i - size]) * power
        value = value * _BASE + np.uint64(data[i])
        if i >= size - 1:
            mixed = (value ^ (value >> _SHIFT)) * _MIX
            mixed ^= mixed >> _SHIFT
            if sample == 1 or mixed % np.uint64(sample) == 0:
                out[taken] = mixed
                taken += 1
    return taken
