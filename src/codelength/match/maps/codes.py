"""Whole numbers as bits: what the description of a map is written in.

    natural(v, k)   Exp-Golomb code of order k: v + 2^k in binary, after a zero for each bit that it has beyond k + 1
    whole(v, k)     the natural code of 2v (v ≥ 0) or −2v − 1
    among(v, n)     log2 n bits, rounded up
    permutation     its rank among all n! in as many bits as that takes

Each code is prefix-free, so what is written one after the other can be read back. Exp-Golomb: Teuhola 1978.
"""

import math
from collections.abc import Sequence

from codelength.errors import DamagedError


def natural(value: int, order: int) -> str:
    """A number from 0 on; about `order` + 1 bits where it is below 2^order, two more for each doubling.

    >>> natural(0, 0), natural(3, 0), natural(5, 2)
    ('1', '00100', '01001')
    """
    shifted = value + (1 << order)
    return "0" * (shifted.bit_length() - order - 1) + f"{shifted:b}"


def whole(value: int, order: int) -> str:
    """A number of either sign.

    >>> whole(0, 0), whole(-1, 0), whole(1, 0)
    ('1', '010', '011')
    """
    return natural(2 * value if value >= 0 else -2 * value - 1, order)


def among(value: int, count: int) -> str:
    """One of `count` equal things.

    >>> among(2, 5), among(0, 1)
    ('010', '')
    """
    width = (count - 1).bit_length()
    return f"{value:0{width}b}" if width else ""


def permutation(order: Sequence[int]) -> str:
    """An order of 0 to n − 1, by its rank among all orders.

    >>> permutation([0, 1, 2]), permutation([2, 1, 0])
    ('000', '101')
    """
    left, rank = list(range(len(order))), 0
    for item in order:
        place = left.index(item)
        rank = rank * len(left) + place
        left.pop(place)
    return among(rank, math.factorial(len(order)))


class BitReader:
    """Reads what these codes wrote, one after the other.

    >>> reader = BitReader(natural(5, 2) + whole(-7, 1) + permutation([1, 0, 2]))
    >>> reader.natural(2), reader.whole(1), reader.permutation(3), reader.left
    (5, -7, [1, 0, 2], 0)
    """

    def __init__(self, bits: str) -> None:
        self._bits, self._at = bits, 0

    @property
    def left(self) -> int:
        """How many bits are still to be read."""
        return len(self._bits) - self._at

    def natural(self, order: int) -> int:
        """What `natural` wrote."""
        zeros = 0
        while self._take(1) == 0:
            zeros += 1
        return ((1 << (zeros + order)) | self._take(zeros + order)) - (1 << order)

    def whole(self, order: int) -> int:
        """What `whole` wrote."""
        value = self.natural(order)
        return -(value + 1) // 2 if value % 2 else value // 2

    def among(self, count: int) -> int:
        """What `among` wrote."""
        return self._take((count - 1).bit_length())

    def permutation(self, size: int) -> list[int]:
        """What `permutation` wrote."""
        rank, places = self.among(math.factorial(size)), []
        for choices in range(1, size + 1):
            rank, place = divmod(rank, choices)
            places.append(place)
        left = list(range(size))
        return [left.pop(place) for place in reversed(places)]

    def _take(self, count: int) -> int:
        if count > self.left:
            raise DamagedError("the description of the map ends too early")
        taken = self._bits[self._at : self._at + count]
        self._at += count
        return int(taken, 2) if taken else 0
