"""Bits, nats, bytes and sizes, by hand."""

import math

import pytest

from codelength.units import (
    bits_from_bytes,
    bits_from_nats,
    bits_per_byte,
    bytes_from_bits,
    cost_bits,
    format_size,
    nats_from_bits,
    parse_size,
)


@pytest.mark.parametrize("nats", [0.0, 1.0, math.log(2), 123.456])
def test_nats_come_back_from_bits(nats: float) -> None:
    assert nats_from_bits(bits_from_nats(nats)) == pytest.approx(nats)


def test_the_logarithm_of_two_is_one_bit() -> None:
    assert bits_from_nats(math.log(2)) == 1


@pytest.mark.parametrize(("bits", "size"), [(0.0, 0), (0.1, 1), (8.0, 1), (8.0001, 2), (16.0, 2)])
def test_bits_fill_whole_bytes(bits: float, size: int) -> None:
    assert bytes_from_bits(bits) == size


def test_bytes_have_eight_bits() -> None:
    assert bits_from_bytes(5) == 40
    assert bits_per_byte(40, 5) == 8
    assert math.isnan(bits_per_byte(3, 0))


@pytest.mark.parametrize(("probability", "bits"), [(1.0, 0.0), (0.5, 1.0), (1 / 256, 8.0)])
def test_what_is_likely_is_cheap(probability: float, bits: float) -> None:
    assert cost_bits(probability) == bits


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("7B", 7), ("1kB", 1000), ("1 KiB", 1024), ("1.5MiB", 3 << 19), ("2gb", 2 * 10**9), (" 3GiB ", 3 << 30)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "4 apples", "-1", "1e400", "nan", "1MM", "0x10"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        parse_size(text)


@pytest.mark.parametrize(("size", "text"), [(0, "0 bytes"), (1024, "1 KiB"), (1025, "1,025 bytes"), (3 << 30, "3 GiB")])
def test_sizes_are_written(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize("size", [1 << 10, 5 << 20, 7 << 30, 12345])
def test_written_sizes_are_read_again(size: int) -> None:
    assert parse_size(format_size(size).replace(",", "").replace(" bytes", "B")) == size
