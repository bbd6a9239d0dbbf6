"""Range coder: integer probabilities to bytes and back, within a few bits of −Σ log2 p.

The state is an interval [low, low + range) of a 48-bit number line. To code a part [a, a + b) of 2^t equal parts,

    low ← low + a·⌊range / 2^t⌋,   range ← b·⌊range / 2^t⌋   (the last part takes the remainder),

and whenever range < 2^40, a byte leaves at the top. A carry out of the top byte runs through bytes that are held back:
one cached byte and a count of 255s behind it (Martin 1979). So 2^40 ≤ range ≤ 2^48 stands before each step, no part of
2^24 is ever empty, and rounding loses less than 2^-16 of a symbol's probability. All arithmetic is on int64 below 2^50:
the code is the same on every machine. The last bytes are the fewest that name the interval;
zeros at the end are implied.
"""

import numpy as np
import numpy.typing as npt

from codelength.compiled import bare
from codelength.errors import CodelengthError, DamagedError

BIT_PRECISION = 16
SYMBOL_PRECISION = 24
SYMBOL_TOTAL = 1 << SYMBOL_PRECISION

_BLOCK = 1 << 16  # bits coded between two looks at the buffer
_PADDING_BYTES = 8  # zeros behind the code, which a decoder may read
_NUMBER_MASK = (1 << 48) - 1

Ints = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]


class RangeEncoder:
    """Takes integer probabilities and what happened; `finish` gives the code.

    >>> coder = RangeEncoder()
    >>> coder.bit(1, 60000); coder.symbol(SYMBOL_TOTAL // 2, SYMBOL_TOTAL // 2)
    >>> code = coder.finish()
    >>> back = RangeDecoder(code)
    >>> back.bit(60000), back.target() >= SYMBOL_TOTAL // 2, len(code)
    (1, True, 1)
    """

    def __init__(self) -> None:
        # low, range, cached byte (−1: none yet), 255s behind it, bytes written
        self._state = np.array([0, 1 << 48, -1, 0, 0], np.int64)
        self._buffer = np.zeros(1 << 12, np.uint8)

    def bit(self, bit: int, p1: int) -> None:
        """Code one bit with 16-bit probability p1 / 65536 of being 1, 0 < p1 < 65536."""
        if not 0 < p1 < 1 << BIT_PRECISION:
            raise CodelengthError(f"p1 = {p1} is no 16-bit probability; it must lie between 1 and 65535")
        self._reserve(8)
        _encode_bit(self._state, self._buffer, bit, p1)

    def bits(self, bits: Octets, p1: npt.NDArray[np.uint16]) -> None:
        """Code bits [n], each 0 or 1, with probabilities p1 [n] / 65536 of being 1, none of them 0."""
        for start in range(0, len(bits), _BLOCK):
            part = slice(start, start + _BLOCK)
            self._reserve(2 * _BLOCK + 8)
            if not _encode_bits(self._state, self._buffer, bits[part], p1[part]):
                raise CodelengthError("p1 = 0 is no 16-bit probability; it must lie between 1 and 65535")

    def symbol(self, low: int, size: int) -> None:
        """Code the symbol that holds [low, low + size) of 2^24 equal parts."""
        if low < 0 or size < 1 or low + size > SYMBOL_TOTAL:
            raise CodelengthError(
                f"[{low}, {low + size}) is no part of 2^{SYMBOL_PRECISION}; round probabilities first"
            )
        self._reserve(16)
        _encode_symbol(self._state, self._buffer, low, size)

    def finish(self) -> bytes:
        """All the code; the encoder cannot be used after it."""
        self._reserve(16)
        length = _finish(self._state, self._buffer)
        code: bytes = self._buffer[:length].tobytes()
        return code

    def _reserve(self, more: int) -> None:
        needed = int(self._state[3] + self._state[4]) + more
        if needed > len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.zeros(max(needed, len(self._buffer)), np.uint8)])


class RangeDecoder:
    """Reads what RangeEncoder wrote, asked with the same probabilities in the same order.

    While it decodes it never fails: other probabilities or another code give other symbols. `finish` tells whether an
    encoder would have written this code; whoever frames the code checks a sum.
    `state` (value − low, range, position) and `code` are open to compiled kernels, which call `decode_bit`.
    """

    def __init__(self, code: bytes) -> None:
        self.code: Octets = np.frombuffer(bytearray(code + bytes(_PADDING_BYTES)), np.uint8)
        self.state: Ints = np.array([int.from_bytes(self.code[:6].tobytes(), "big"), 1 << 48, 6], np.int64)

    def bit(self, p1: int) -> int:
        """The next bit, whose probability of being 1 is p1 / 65536."""
        return int(decode_bit(self.state, self.code, p1))

    def target(self) -> int:
        """Where in 2^24 equal parts the next symbol lies; `symbol` must follow."""
        return int(min(self.state[0] // (self.state[1] >> SYMBOL_PRECISION), SYMBOL_TOTAL - 1))

    def symbol(self, low: int, size: int) -> None:
        """Take the symbol that holds [low, low + size) of 2^24 parts."""
        _decode_symbol(self.state, self.code, low, size)

    def finish(self) -> None:
        """Check that an encoder of what was decoded would have ended as this code does.

        Raises DamagedError where it would not: the code is cut, changed or extended. So a code passes if and only if
        encoding what it gave makes the same code again.
        """
        size = len(self.code) - _PADDING_BYTES
        offset, span, position = (int(part) for part in self.state)
        window = int.from_bytes(self.code[position - 6 : position].tobytes(), "big")
        low = (window - offset) & _NUMBER_MASK
        for zeros in range(48, -1, -1):
            value = ((low + (1 << zeros) - 1) >> zeros) << zeros
            if value < low + span:
                break
        if position < size or value & _NUMBER_MASK != window or (size and self.code[size - 1] == 0):
            raise DamagedError("the code does not end where its data does; it is cut, changed or extended")


@bare
def decode_bit(state: Ints, code: Octets, p1: int) -> int:
    """One bit from a decoder's state; for kernels that pull bits by themselves."""
    value, span = state[0], state[1]
    bound = (span >> 16) * p1
    if value < bound:
        span = bound
        bit = 1
    else:
        value -= bound
        span -= bound
        bit = 0
    while span < 0x10000000000:
        position = state[2]
        value <<= 8
        if position < code.shape[0]:
            value |= np.int64(code[position])
            state[2] = position + 1
        span <<= 8
    state[0], state[1] = value, span
    return bit


@bare
def _decode_symbol(state: Ints, code: Octets, low: int, size: int) -> None:
    value, span = state[0], state[1]
    part = span >> 24
    value -= part * low
    span = span - part * low if low + size == 0x1000000 else part * size
    while span < 0x10000000000:
        position = state[2]
        value <<= 8
        if position < code.shape[0]:
            value |= np.int64(code[position])
            state[2] = position + 1
        span <<= 8
    state[0], state[1] = value, span


@bare
def _shift_low(state: Ints, out: Octets) -> None:
    low = state[0]
    if low < 0xFF0000000000 or low >= 0x1000000000000:
        carry = low >> 48
        position = state[4]
        if state[2] >= 0:
            out[position] = (state[2] + carry) & 0xFF
            position += 1
        for _ in range(state[3]):
            out[position] = (0xFF + carry) & 0xFF
            position += 1
        state[2] = (low >> 40) & 0xFF
        state[3] = 0
        state[4] = position
    else:
        state[3] += 1
    state[0] = (low & 0xFFFFFFFFFF) << 8


@bare
def _encode_bit(state: Ints, out: Octets, bit: int, p1: int) -> None:
    bound = (state[1] >> 16) * p1
    if bit:
        state[1] = bound
    else:
        state[0] += bound
        state[1] -= bound
    while state[1] < 0x10000000000:
        _shift_low(state, out)
        state[1] <<= 8


@bare
def _encode_bits(state: Ints, out: Octets, bits: Octets, p1: npt.NDArray[np.uint16]) -> bool:
    for i in range(bits.shape[0]):
        if p1[i] == 0:
            return False
        _encode_bit(state, out, int(bits[i]), int(p1[i]))
    return True


@bare
def _encode_symbol(state: Ints, out: Octets, low: int, size: int) -> None:
    part = state[1] >> 24
    state[0] += part * low
    state[1] = state[1] - part * low if low + size == 0x1000000 else part * size
    while state[1] < 0x10000000000:
        _shift_low(state, out)
        state[1] <<= 8


@bare
def _finish(state: Ints, out: Octets) -> int:
    # The number in [low, low + range) that ends in the most zeros.
    low, last = state[0], state[0] + state[1] - 1
    for zeros in range(48, -1, -1):
        value = ((low + (1 << zeros) - 1) >> zeros) << zeros
        if value <= last:
            break
    state[0] = value
    for _ in range(7):
        _shift_low(state, out)
    length = int(state[4])
    while length > 0 and out[length - 1] == 0:
        length -= 1
    return length
