"""TensorBoard's event files: framing, checksums and scalars, against bytes that are written here by hand."""

import struct

import pytest

from codelength.data.event_files import crc32c, framed, records, scalars
from codelength.errors import DamagedError, FormatError


def bitwise_crc32c(data: bytes) -> int:
    """By its definition: polynomial division over GF(2), a bit at a time."""
    remainder = 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (0x82F63B78 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def varint(value: int) -> bytes:
    parts = bytearray()
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def event(step: int, tag: str, value: bytes) -> bytes:
    """An Event: a double of wall time, the step, a summary of one value."""
    wall_time = bytes([1 << 3 | 1]) + struct.pack("<d", 1.7e9)
    summary = field(1, field(1, tag.encode()) + value)
    return wall_time + bytes([2 << 3]) + varint(step) + field(5, summary)


def simple(value: float) -> bytes:
    return bytes([2 << 3 | 5]) + struct.pack("<f", value)


VERSION = bytes([1 << 3 | 1]) + struct.pack("<d", 1.7e9) + field(3, b"brain.Event:2")


def test_the_checksum_is_castagnolis() -> None:
    for data in (b"", b"123456789", bytes(range(256)) * 3):
        assert crc32c(data) == bitwise_crc32c(data)
    assert crc32c(b"123456789") == 0xE3069283  # the check value of its standard


def test_scalars_come_with_their_steps_and_tags() -> None:
    double = field(8, bytes([1 << 3, 2]) + field(4, struct.pack("<d", 0.1)))  # a tensor of one double
    packed = field(8, bytes([1 << 3, 1]) + field(5, struct.pack("<f", 0.5)))  # one float in float_val
    file = b"".join(
        map(framed, (VERSION, event(0, "loss", simple(2.5)), event(300, "loss", double), event(7, "lr", packed)))
    )
    assert list(scalars(file)) == [(0, "loss", 2.5), (300, "loss", 0.1), (7, "lr", 0.5)]


def test_what_is_no_scalar_is_passed_over() -> None:
    picture = field(4, b"image")
    two = field(8, bytes([1 << 3, 1]) + field(5, struct.pack("<2f", 0.5, 1)))
    assert list(scalars(framed(event(1, "p", picture)) + framed(event(1, "t", two)))) == []


@pytest.mark.parametrize("at", [0, 9, 12, 20, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    file = bytearray(framed(VERSION) + framed(event(1, "loss", simple(1))))
    file[at] ^= 1
    with pytest.raises(DamagedError, match=r"checksum|cut"):
        list(records(bytes(file)))


def test_every_cut_between_two_records_is_noticed() -> None:
    first = framed(VERSION)
    file = first + framed(event(1, "loss", simple(1)))
    for size in range(1, len(file)):
        if size != len(first):
            with pytest.raises(DamagedError, match="cut in the record at byte"):
                list(records(file[:size]))


@pytest.mark.parametrize("message", [b"\x28", b"\x2a\x7f", b"\x07", b"\x10" + b"\xff" * 11])
def test_a_record_that_is_no_event_is_told(message: bytes) -> None:
    with pytest.raises(FormatError, match="record at byte 0 is no TensorBoard event"):
        list(scalars(framed(message), "f"))
