"""A second decoder, written from docs/format.md alone: nothing of the library decodes here but zlib and lzma."""

import hashlib
import io
import lzma
import random
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codelength.coding.container import write_container
from codelength.models.libraries import Gzip, Xz
from codelength.types import Codec

GOLDEN = Path(__file__).parent / "golden"
TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40


def length(code: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (code[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if code[at - 1] < 128:
            return value, at


def deflated(code: bytes, given: bytes) -> bytes:
    unpacker = zlib.decompressobj(-15, zdict=given[-32506:]) if given else zlib.decompressobj(-15)
    data = unpacker.decompress(code[:-4])
    assert int.from_bytes(code[-4:], "big") == zlib.crc32(data)
    return data


def lzma2(code: bytes, given: bytes) -> bytes:
    assert not given
    return lzma.decompress(code[:-4], lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}])


def order0(size: int) -> Callable[[bytes], bytes]:
    """The Krichevsky-Trofimov estimator over bytes, by the range coder of the page, in exact integers."""
    counts = [0] * 256

    def decode(code: bytes) -> bytes:
        code += bytes(8)
        span, value, at, data = 1 << 48, int.from_bytes(code[:6], "big"), 6, bytearray()
        while len(data) < size:
            total = sum(counts) + 128.0
            shares = [1 + int((count + 0.5) / total * ((1 << 24) - 256)) for count in counts]
            shares[counts.index(max(counts))] += (1 << 24) - sum(shares)
            part = span >> 24
            target, low, byte = min(value // part, (1 << 24) - 1), 0, 0
            while low + shares[byte] <= target:
                low, byte = low + shares[byte], byte + 1
            value -= low * part
            span = span - low * part if low + shares[byte] == 1 << 24 else shares[byte] * part
            while span < 1 << 40:
                value, span, at = value << 8 | (code[at] if at < len(code) else 0), span << 8, at + 1
            counts[byte] += 1
            data.append(byte)
        return bytes(data)

    return decode


def second_decoder(code: bytes, codecs: Mapping[str, Callable[[bytes, bytes], bytes]], given: bytes = b"") -> bytes:
    check = b""

    def seal(start: int, end: int) -> int:
        nonlocal check
        check = hashlib.sha256(check + code[start:end]).digest()[:4]
        assert code[end : end + 4] == check
        return end + 4

    assert code[:4] == b"\xc5CL\x01"
    layout, name = code[4], code[6 : 6 + code[5]].decode()
    at, total, data = 6 + code[5], -1, b""
    if layout & 32:
        total, at = length(code, at)
    if layout & 64:
        size, at = length(code, at)
        assert size == len(given) and code[at : at + 16] == hashlib.sha256(given).digest()[:16]
        at += 16
    at = seal(0, at)
    while len(data) != total:
        start = at
        raw_size = min(1 << (layout & 31), total - len(data))
        if not layout & 32:
            raw_size, at = length(code, at)
            if raw_size == 0:
                total, at = length(code, at)
                assert total == len(data)
                break
        code_size, at = length(code, at)
        chunk = code[at : at + code_size]
        at += code_size
        data += chunk if code_size == raw_size else codecs[name](chunk, given)
        if len(data) != total:
            assert code[at : at + 4] == hashlib.sha256(data).digest()[:4]
            at += 4
        at = seal(start, at)
    else:
        start = at
    assert code[at : at + 16] == hashlib.sha256(data).digest()[:16]
    assert seal(start, at + 16) == len(code)
    return data


CODECS = {"gzip": deflated, "xz": lzma2}


@pytest.mark.parametrize("name", ["gzip", "xz"])
def test_a_second_decoder_reads_the_golden_files(name: str) -> None:
    expected = TEXT[:1500] + random.Random(7).randbytes(600) + TEXT[:700]
    assert second_decoder((GOLDEN / f"{name}.cl").read_bytes(), CODECS) == expected


@pytest.mark.parametrize("codec", [Gzip(), Xz()], ids=["gzip", "xz"])
@pytest.mark.parametrize("data", [b"", b"x", TEXT, random.Random(1).randbytes(2500)])
@pytest.mark.parametrize("seekable", [True, False])
def test_a_second_decoder_reads_files_and_streams(codec: Codec, data: bytes, seekable: bool) -> None:
    class Source(io.BytesIO):
        def seekable(self) -> bool:
            return seekable

    target = io.BytesIO()
    write_container(Source(data), target, codec, chunk_bytes=1024)
    assert second_decoder(target.getvalue(), CODECS) == data


def test_a_second_decoder_reads_what_was_compressed_given_other_data() -> None:
    target = io.BytesIO()
    write_container(io.BytesIO(TEXT[9:900]), target, Gzip(), given=TEXT)
    assert second_decoder(target.getvalue(), CODECS, given=TEXT) == TEXT[9:900]


def test_a_second_range_decoder_reads_a_model_of_bytes() -> None:
    from codelength.models.counts import Counts

    codec, target = Counts(order=0), io.BytesIO()
    write_container(io.BytesIO(TEXT[:1000]), target, codec)
    decode = order0(1000)
    assert second_decoder(target.getvalue(), {codec.name: lambda code, given: decode(code)}) == TEXT[:1000]


def test_the_example_of_the_page_is_what_is_written() -> None:
    class Example(Xz):
        def encode(self, data: bytes) -> bytes:
            return b"abc\x18"

    target = io.BytesIO()
    write_container(io.BytesIO(b"abc" * 8), target, Example(name="x"), chunk_bytes=1 << 20)
    code = target.getvalue()
    assert code[:8] == bytes.fromhex("c5434c0134017818") and code[12:17] == b"\x04abc\x18"
    assert len(code) == 12 + 9 + 20
