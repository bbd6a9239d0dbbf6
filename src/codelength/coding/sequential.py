"""What every model owes to its reader, written once: `after`, `bits`, `encode`, `decode`, `cost`.

A model says how to make a reader; a reader either predicts bytes (`ByteReader`: give `predict` and `learn`) or bits.
The code of data is its length as a variable-length integer and then one range code.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Self, cast

import numpy as np

from codelength.coding.range_coder import BIT_PRECISION, RangeDecoder, RangeEncoder
from codelength.coding.rounding import integer_counts
from codelength.errors import DamagedError, LimitError
from codelength.types import Arithmetic, Bits, Decoder, Encoder, Model, Order, Probs, Reader, Unit


class SequentialModel(ABC):
    """A Model that codes bytes in file order, by its reader. Final subclasses give `reader` and the fields."""

    name: str
    unit: Unit
    arithmetic: Arithmetic
    window_bytes: int | None
    memory_bytes: int
    nominal_speed: int

    @abstractmethod
    def reader(self) -> Reader:
        """A private state that starts here."""

    def order(self, n: int) -> Order:
        """File order: position i is coded at step i."""
        return np.arange(n, dtype=np.int64)

    def after(self, data: bytes) -> Self:
        """A new model that has read data."""
        if not data:
            return self
        reader = self.reader()
        reader.read(data)
        return cast(Self, reader.freeze())

    def bits(self, data: bytes) -> Bits:
        """Ideal cost of each byte, float64 [n]."""
        return self.reader().read(data)

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state."""
        return [self.bits(item) for item in items]

    def cost(self, chunks: Iterable[bytes]) -> float:
        """Total bits of chunks read one after the other."""
        reader = self.reader()
        return math.fsum(float(reader.read(chunk).sum()) for chunk in chunks)

    def encode(self, data: bytes) -> bytes:
        """Length, then the range code."""
        coder = RangeEncoder()
        self.reader().encode_into(coder, data)
        return encode_length(len(data)) + coder.finish()

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data that was encoded.

        Raises LimitError where it would be longer than limit_bytes, DamagedError where its code would be another.
        """
        size, start = decode_length(code)
        if limit_bytes is not None and size > limit_bytes:
            raise LimitError(f"the code says {size:,} bytes, over the limit of {limit_bytes:,}")
        coder = RangeDecoder(code[start:])
        data = self.reader().decode_from(coder, size)
        coder.finish()
        return data


class ByteReader(ABC):
    """A Reader that predicts bytes: subclasses give `predict`, `learn` and `freeze`, and may override `pay` for speed.

    Bits come from bytes by summing: p(next bit is 1) is the mass of the bytes that begin with the bits so far and a 1,
    over the mass of those that begin with the bits so far.
    """

    _prefix = 1  # the bits of the byte in hand behind a leading 1
    # What bytes that begin with a prefix hold together, by prefix behind a leading 1, [512]; None where the next byte
    # was not looked at: whatever learns whole bytes resets it.
    _tree: Probs | None = None

    @abstractmethod
    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256], none of them 0."""

    @abstractmethod
    def learn(self, byte: int) -> None:
        """The next byte is this."""

    @abstractmethod
    def freeze(self) -> Model:
        """A model that starts where this reader stands."""

    def read(self, data: bytes) -> Bits:
        """Pay for data and learn it; the cost of each byte, float64 [n]."""
        return 0.0 - np.log2(self.pay(data))

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n], as `predict` would have given it."""
        self._tree = None
        paid = np.empty(len(data), np.float64)
        for i, byte in enumerate(data):
            paid[i] = self.predict()[byte]
            self.learn(byte)
        return paid

    def mass(self, bit: int) -> float:
        """Probability that the next byte begins with the bits that were put and then this one, before rounding."""
        if self._tree is None:
            self._tree = mass_tree(self.predict())
        return float(self._tree[self._prefix << 1 | bit])

    def p1_exact(self) -> float:
        """Probability that the next bit is 1, before rounding."""
        zero, one = self.mass(0), self.mass(1)
        return one / (zero + one)

    def p1(self) -> int:
        """16-bit probability that the next bit is 1."""
        return clip_p1(self.p1_exact())

    def put(self, bit: int) -> None:
        """The next bit is this."""
        self._prefix = self._prefix << 1 | bit
        if self._prefix >= 256:
            byte, self._prefix, self._tree = self._prefix & 0xFF, 1, None
            self.learn(byte)

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        """Code data and learn it."""
        self._tree = None
        for byte in data:
            counts = integer_counts(self.predict())
            coder.symbol(int(counts[:byte].sum()), int(counts[byte]))
            self.learn(byte)

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        """Decode so many bytes and learn them."""
        self._tree = None
        data = bytearray()
        for _ in range(size):
            ends = integer_counts(self.predict()).cumsum()
            byte = int(ends.searchsorted(coder.target(), side="right"))
            low = int(ends[byte - 1]) if byte else 0
            coder.symbol(low, int(ends[byte]) - low)
            self.learn(byte)
            data.append(byte)
        return bytes(data)


def clip_p1(probability: float) -> int:
    """A probability as 16 bits, between 1 and 65535.

    >>> clip_p1(0.5), clip_p1(0.0), clip_p1(1.0)
    (32768, 1, 65535)
    """
    top = 1 << BIT_PRECISION
    return min(max(int(probability * top + 0.5), 1), top - 1)


def ordered_sum(values: Probs) -> float:
    """Sum in a written order, by halves, so that every machine rounds alike; the length is a power of two.

    >>> ordered_sum(np.array([0.5, 0.25, 0.125, 0.125]))
    1.0
    """
    while len(values) > 1:
        values = values[0::2] + values[1::2]
    return float(values[0])


def mass_tree(probabilities: Probs) -> Probs:
    """Sums by prefix, [2n], of probabilities [n], n a power of two: tree[i] = tree[2i] + tree[2i + 1], leaves at n + s.

    Pairs are summed level by level, a written order, so that every machine rounds alike.

    >>> mass_tree(np.array([0.5, 0.25, 0.125, 0.125]))[1:4]
    array([1.  , 0.75, 0.25])
    """
    size = len(probabilities)
    tree = np.empty(2 * size, np.float64)
    tree[0] = 0.0
    tree[size:] = probabilities
    while size > 1:
        half = size // 2
        np.add(tree[size : 2 * size : 2], tree[size + 1 : 2 * size : 2], out=tree[half:size])
        size = half
    return tree


def encode_length(size: int) -> bytes:
    """A length as a little-endian base-128 integer (LEB128).

    >>> encode_length(300)
    b'\\xac\\x02'
    """
    out = bytearray()
    while size >= 128:
        out.append(size & 127 | 128)
        size >>= 7
    out.append(size)
    return bytes(out)


def decode_length(code: bytes) -> tuple[int, int]:
    """A length and where the rest begins; DamagedError where there is none.

    >>> decode_length(b'\\xac\\x02rest')
    (300, 2)
    """
    size = 0
    for i, byte in enumerate(code[:9]):
        size |= (byte & 127) << 7 * i
        if byte < 128:
            if i and not byte:
                break  # a zero on top, which encode_length never writes
            return size, i + 1
    raise DamagedError("the code does not begin with a length; it is cut or not a code of this model")
