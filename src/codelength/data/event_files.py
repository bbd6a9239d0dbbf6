"""TensorBoard's event files: TFRecord framing around protocol buffers, of which only scalars are read.

    record      length, 8 bytes little-endian · its masked CRC · the message · its masked CRC
    masked CRC  ((c >> 15) | (c << 17)) + 0xa282ead8 modulo 2^32, c the CRC-32C (Castagnoli)
    message     Event: step = field 2, summary = field 5; Summary: value = field 1; Value: tag = 1, simple_value = 2,
                tensor = 8; TensorProto: dtype = 1, tensor_content = 4, float_val = 5, double_val = 6

A field of a message is a varint of number · 8 + wire type (0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from codelength.errors import DamagedError, FormatError

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
_MASK = 0xA282EAD8
_VARINT, _EIGHT, _DELIMITED, _FOUR = 0, 1, 2, 5
_FLOAT, _DOUBLE = 1, 2


class Scalar(NamedTuple):
    """One number under a tag at a step."""

    step: int
    tag: str
    value: float


def is_event_file(data: bytes) -> bool:
    """Whether data begin as a TFRecord does: a length and its checksum.

    >>> is_event_file(framed(b"message")), is_event_file(b"step,loss")
    (True, False)
    """
    return len(data) >= 12 and struct.unpack_from("<I", data, 8)[0] == masked_crc(data[:8])


def scalars(data: bytes, name: str = "events") -> Iterator[Scalar]:
    """Every scalar of an event file in its order.

    Raises DamagedError with the place of a record that is cut or whose checksum is wrong, FormatError for a message
    that is no event.
    """
    for place, message in records(data, name):
        try:
            yield from _scalars_of(message)
        except (ValueError, IndexError, struct.error) as error:
            raise FormatError(f"{name}: the record at byte {place:,} is no TensorBoard event") from error


def records(data: bytes, name: str = "records") -> Iterator[tuple[int, bytes]]:
    """The place and content of every record of a TFRecord file, both checksums compared.

    >>> list(records(framed(b"ab") + framed(b"")))
    [(0, b'ab'), (18, b'')]
    """
    place = 0
    while place < len(data):
        if place + 12 > len(data):
            raise DamagedError(f"{name}: cut in the record at byte {place:,}")
        length, length_crc = struct.unpack_from("<QI", data, place)
        if masked_crc(data[place : place + 8]) != length_crc:
            raise DamagedError(f"{name}: the record at byte {place:,} has a wrong length checksum")
        end = place + 12 + length
        if end + 4 > len(data):
            raise DamagedError(f"{name}: cut in the record at byte {place:,}")
        message = data[place + 12 : end]
        if masked_crc(message) != struct.unpack_from("<I", data, end)[0]:
            raise DamagedError(f"{name}: the record at byte {place:,} has a wrong checksum")
        yield place, message
        place = end + 4


def framed(message: bytes) -> bytes:
    """A message as a TFRecord."""
    length = struct.pack("<Q", len(message))
    return length + struct.pack("<I", masked_crc(length)) + message + struct.pack("<I", masked_crc(message))


def masked_crc(data: bytes) -> int:
    """TFRecord's mask of the CRC-32C of data.

    >>> hex(crc32c(b"123456789")), hex(masked_crc(b"123456789"))
    ('0xe3069283', '0xc78ab0e5')
    """
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """CRC-32 with Castagnoli's polynomial."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(map(_table_entry, range(256)))


def _scalars_of(event: bytes) -> Iterator[Scalar]:
    step = 0
    values: list[bytes] = []
    for number, content in _fields(event):
        if number == 2 and isinstance(content, int):
            step = content - (1 << 64) if content >> 63 else content
        elif number == 5 and isinstance(content, bytes):
            values += [inner for key, inner in _fields(content) if key == 1 and isinstance(inner, bytes)]
    for value in values:
        fields = dict(_fields(value))
        tag, simple, tensor = fields.get(1), fields.get(2), fields.get(8)
        if not isinstance(tag, bytes):
            continue
        if isinstance(simple, bytes) and len(simple) == 4:
            yield Scalar(step, tag.decode("utf-8", "replace"), struct.unpack("<f", simple)[0])
        elif isinstance(tensor, bytes) and (scalar := _tensor_scalar(tensor)) is not None:
            yield Scalar(step, tag.decode("utf-8", "replace"), scalar)


def _tensor_scalar(tensor: bytes) -> float | None:
    fields = dict(_fields(tensor))
    width, form, packed = (8, "<d", fields.get(6)) if fields.get(1) == _DOUBLE else (4, "<f", fields.get(5))
    content = packed if packed is not None else fields.get(4)
    if fields.get(1) not in (_FLOAT, _DOUBLE) or not isinstance(content, bytes) or len(content) != width:
        return None
    value: float = struct.unpack(form, content)[0]
    return value


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    # Numbers of four and eight bytes are left as bytes, since only who asks knows whether they are floats.
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        wire = key & 7
        if wire == _VARINT:
            number, place = _varint(message, place)
            yield key >> 3, number
            continue
        if wire == _DELIMITED:
            size, place = _varint(message, place)
        elif wire in (_EIGHT, _FOUR):
            size = 8 if wire == _EIGHT else 4
        else:
            raise ValueError(f"wire type {wire}")
        if place + size > len(message):
            raise ValueError("a field is cut")
        yield key >> 3, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("a number is too long")
