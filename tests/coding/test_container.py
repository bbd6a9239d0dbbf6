"""The .cl container: what it keeps, what it costs, what it refuses."""

import hashlib
import io
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from codelength.coding import container
from codelength.coding.container import (
    Contents,
    Limits,
    best_chunk_bytes,
    forecast,
    read_container,
    read_header,
    scan_container,
    write_container,
)
from codelength.coding.framing import Header, check_of
from codelength.errors import (
    DamagedError,
    FormatError,
    GivenError,
    LimitError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from codelength.models.counts import Counts
from codelength.models.libraries import Bz2, Gzip, Xz, Zstd
from codelength.models.mixing import Mixing
from codelength.types import Codec
from codelength.units import GIB, MIB

GOLDEN = Path(__file__).parent / "golden"
PLAIN: list[Codec] = [Gzip(), Bz2(), Xz(), Zstd(), Counts(order=1)]
CONDITIONAL: list[Codec] = [Gzip(), Zstd(), Counts(order=1)]
TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40


class Stream(io.RawIOBase):
    """A pipe: it cannot seek, and gives less than it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._data.read(min(size, 777))


class Zeros(io.RawIOBase):
    """A source of so many zeros that holds none of them."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


def compressed(
    data: bytes, codec: Codec, *, given: bytes | None = None, chunk_bytes: int | None = None, stream: bool = False
) -> bytes:
    target = io.BytesIO()
    source = Stream(data) if stream else io.BytesIO(data)
    write_container(source, target, codec, given=given, chunk_bytes=chunk_bytes)
    return target.getvalue()


def decompressed(code: bytes, codec: Codec, *, given: bytes | None = None, limits: Limits | None = None) -> bytes:
    target = io.BytesIO()
    read_container(io.BytesIO(code), target, codec, given=given, limits=limits or Limits())
    return target.getvalue()


def hard_inputs() -> Iterator[tuple[str, bytes]]:
    noise = random.Random(1).randbytes
    yield "empty", b""
    yield "one byte", b"x"
    yield "all values", bytes(range(256))
    yield "one byte often", b"a" * 6_000
    yield "random", noise(3000)
    yield "text", TEXT
    yield "compressed", zlib.compress(noise(500) + TEXT)
    yield "random, then text", noise(1024) + TEXT


@pytest.mark.parametrize("codec", PLAIN, ids=lambda codec: codec.name)
@pytest.mark.parametrize("data", [data for _, data in hard_inputs()], ids=[name for name, _ in hard_inputs()])
@pytest.mark.parametrize("stream", [False, True], ids=["file", "stream"])
def test_what_goes_in_comes_out_in_one_chunk_and_in_many(codec: Codec, data: bytes, stream: bool) -> None:
    for chunk_bytes in (None, 512):
        code = compressed(data, codec, chunk_bytes=chunk_bytes, stream=stream)
        assert decompressed(code, codec) == data
        target = io.BytesIO()
        read_container(Stream(code), target, codec)
        assert target.getvalue() == data


@pytest.mark.parametrize("codec", CONDITIONAL, ids=lambda codec: codec.name)
def test_given_data_shortens_the_file_and_is_needed_to_decode_it(codec: Codec) -> None:
    given, data = TEXT, TEXT[7:400]
    code = compressed(data, codec, given=given)
    assert decompressed(code, codec, given=given) == data
    assert len(code) < len(compressed(data, codec))
    with pytest.raises(GivenError, match="only be decoded with the data"):
        decompressed(code, codec)
    with pytest.raises(GivenError, match="is not what the file was compressed with"):
        decompressed(code, codec, given=given[:-1] + b"?")
    with pytest.raises(GivenError, match="leave --given out"):
        decompressed(compressed(data, codec), codec, given=given)


def test_every_chunk_of_a_conditional_codec_starts_from_the_given_data() -> None:
    code = compressed(TEXT[:1024] * 2, Zstd(), given=TEXT[:1024], chunk_bytes=1024)
    assert len(code) < 200
    assert decompressed(code, Zstd(), given=TEXT[:1024]) == TEXT[:1024] * 2


def test_given_data_may_be_empty_but_is_then_still_asked_for() -> None:
    code = compressed(TEXT, Gzip(), given=b"")
    assert decompressed(code, Gzip(), given=b"") == TEXT
    with pytest.raises(GivenError):
        decompressed(code, Gzip())


def test_a_codec_that_cannot_read_given_data_is_refused_when_writing() -> None:
    with pytest.raises(UsageError, match="bz2 cannot read given data"):
        compressed(TEXT, Bz2(), given=TEXT)


def test_a_reader_is_carried_across_chunks_and_a_plain_codec_is_not() -> None:
    for codec, grows in ((Counts(order=1), 1.15), (Gzip(), 2.0)):
        whole, parts = len(compressed(TEXT, codec)), len(compressed(TEXT, codec, chunk_bytes=256))
        if isinstance(codec, Counts):
            assert parts - whole < 14 * len(TEXT) / 256
        else:
            assert parts > grows * whole


def test_a_small_file_costs_at_most_40_bytes_more_than_name_and_code() -> None:
    for size in (0, 1, 100, 10_000, MIB):
        data = random.Random(2).randbytes(size)
        code = compressed(data, Gzip())
        assert len(code) - len(data) - len("gzip") <= 40
    noise = random.Random(2).randbytes(100_000)
    assert len(compressed(noise, Gzip(), chunk_bytes=4096)) - len(noise) <= 44 + 25 * 11


def test_data_that_does_not_compress_is_stored_and_the_model_still_learns_it() -> None:
    noise = random.Random(3).randbytes(2048)
    code = compressed(noise + noise, Counts(order=2), chunk_bytes=2048)
    contents = scan_container(io.BytesIO(code))
    assert (contents.chunks, contents.stored_chunks) == (2, 1)
    assert len(code) < 2048 + 1500
    assert decompressed(code, Counts(order=2)) == noise + noise


def test_the_three_ways_to_look_at_a_file_tell_the_same() -> None:
    for stream in (False, True):
        target, source = io.BytesIO(), Stream(TEXT) if stream else io.BytesIO(TEXT)
        written = write_container(source, target, Xz(), chunk_bytes=1024)
        code = target.getvalue()
        assert scan_container(io.BytesIO(code)) == written
        assert read_container(io.BytesIO(code), None, Xz()) == written
        assert read_header(io.BytesIO(code)) == written.header
        assert written.header.total_bytes == (None if stream else len(TEXT))
        assert written.raw_bytes == len(TEXT) and written.file_bytes == len(code) and written.chunks == 4
        assert written.sha256 == hashlib.sha256(TEXT).hexdigest()[:32]


def test_a_source_is_taken_from_where_it_stands() -> None:
    source, target = io.BytesIO(b"skipped" + TEXT), io.BytesIO()
    source.seek(7)
    assert write_container(source, target, Gzip()).header.total_bytes == len(TEXT)
    assert decompressed(target.getvalue(), Gzip()) == TEXT


def test_memory_is_flat_in_the_length_of_a_stream() -> None:
    import tracemalloc

    peaks = []
    for size in (2 * MIB, 24 * MIB):
        target = io.BytesIO()
        tracemalloc.start()
        write_container(Zeros(size), target, Gzip(), chunk_bytes=MIB)
        read_container(io.BytesIO(target.getvalue()), None, Gzip())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + MIB


def test_progress_counts_every_byte_once_in_both_directions() -> None:
    for codec in (Gzip(), Counts(order=0)):
        data = TEXT * 25
        steps: list[int] = []
        target = io.BytesIO()
        write_container(io.BytesIO(data), target, codec, progress=steps.append)
        assert sum(steps) == len(data)
        read_container(io.BytesIO(target.getvalue()), None, codec, progress=steps.append)
        assert sum(steps) == 2 * len(data)
    assert len(steps) == 4


def test_chunks_are_as_long_as_the_codec_can_use() -> None:
    assert best_chunk_bytes(Counts(order=1)) == MIB
    assert best_chunk_bytes(Gzip()) == 4 * MIB
    assert best_chunk_bytes(Bz2()) == 8 * MIB
    assert best_chunk_bytes(Xz()) == 64 * MIB


@pytest.mark.parametrize("chunk_bytes", [3, 1000, 128 * MIB, -1])
def test_chunk_sizes_that_the_format_cannot_hold_are_refused(chunk_bytes: int) -> None:
    with pytest.raises(UsageError, match="power of two"):
        compressed(TEXT, Gzip(), chunk_bytes=chunk_bytes)


def test_a_carried_chunk_is_at_most_one_mebibyte() -> None:
    with pytest.raises(UsageError, match="1,048,576"):
        compressed(TEXT, Counts(order=1), chunk_bytes=2 * MIB)


def test_a_source_that_changes_its_size_is_refused() -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(size)[:100] if self.tell() == 0 else b""

    class Growing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data and len(self.getvalue()) < 2 * len(TEXT):
                self.write(TEXT)
                self.seek(-len(TEXT), io.SEEK_CUR)
                return super().read(size)
            return data

    for source in (Shrinking(TEXT), Growing(TEXT)):
        with pytest.raises(SourceError, match="changed its size"):
            write_container(source, io.BytesIO(), Gzip())


@pytest.mark.parametrize("foreign", [b"", b"\x1f\x8b\x08\x00", b"hello, world\n", b"\xc5C", b"\x00" * 100])
def test_foreign_files_are_told_from_damaged_ones(foreign: bytes) -> None:
    for look in (read_header, scan_container, lambda source: read_container(source, None, Gzip())):
        with pytest.raises(FormatError, match="not a codelength file"):
            look(io.BytesIO(foreign))


def test_a_later_version_is_refused_by_its_number() -> None:
    code = bytearray(compressed(TEXT, Gzip()))
    code[3] = 9
    with pytest.raises(FormatError, match="version 9"):
        read_header(io.BytesIO(bytes(code)))


def test_a_name_that_this_release_does_not_know_is_a_format_error() -> None:
    def create(name: str) -> Codec:
        raise UnknownNameError(f"{name} is unknown")

    with pytest.raises(FormatError, match="gzip is unknown"):
        read_container(io.BytesIO(compressed(TEXT, Gzip())), None, create)


def test_another_codec_than_the_file_names_is_refused() -> None:
    with pytest.raises(FormatError, match="made by gzip, not by bz2"):
        decompressed(compressed(TEXT, Gzip()), Bz2())


def test_every_truncation_is_found() -> None:
    for codec, stream in ((Gzip(), False), (Counts(order=0), True)):
        code = compressed(TEXT[:900], codec, chunk_bytes=256, stream=stream)
        for size in range(3, len(code)):
            with pytest.raises(DamagedError):
                scan_container(io.BytesIO(code[:size]))


def test_every_single_bit_flip_is_found_before_decoding() -> None:
    for stream in (False, True):
        code = compressed(TEXT[:600], Gzip(), chunk_bytes=256, stream=stream)
        for bit in range(8 * len(code)):
            changed = bytearray(code)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises((DamagedError, FormatError)) as caught:
                scan_container(io.BytesIO(bytes(changed)))
            assert caught.type is (FormatError if bit < 32 else DamagedError)


def test_damage_is_said_with_chunk_and_byte() -> None:
    code = bytearray(compressed(TEXT, Gzip(), chunk_bytes=1024))
    code[-30] ^= 1
    with pytest.raises(DamagedError, match=r"^chunk 3 \(from byte 2\d\d\) is damaged: its check does not agree$"):
        decompressed(bytes(code), Gzip())
    with pytest.raises(DamagedError, match=r"^the file ends at byte 150 inside chunk 1 \(from byte \d\d\)"):
        decompressed(bytes(code[:150]), Gzip())
    with pytest.raises(DamagedError, match=r"^data follows the end"):
        decompressed(compressed(TEXT, Gzip()) + b"\0", Gzip())


def test_swapped_missing_and_foreign_chunks_are_found() -> None:
    # Stored chunks of equal size: only the chain of checks can tell.
    noise = random.Random(5).randbytes(4 * 64)
    code = compressed(noise, Gzip(), chunk_bytes=64, stream=True)
    head, record = 10 + 4, 2 + 64 + 4 + 4
    records = [code[head + i * record : head + (i + 1) * record] for i in range(4)]
    rest = code[head + 4 * record :]
    assert decompressed(code[:head] + b"".join(records) + rest, Gzip()) == noise
    other = compressed(noise[::-1], Gzip(), chunk_bytes=64, stream=True)[head + record : head + 2 * record]
    for order in ([1, 0, 2, 3], [0, 1, 3], [0, 1, 1, 2, 3]):
        with pytest.raises(DamagedError, match="chunk"):
            decompressed(code[:head] + b"".join(records[i] for i in order) + rest, Gzip())
    with pytest.raises(DamagedError, match="chunk 1"):
        decompressed(code[:head] + records[0] + other + b"".join(records[2:]) + rest, Gzip())


def test_a_codec_that_decodes_to_other_data_is_found() -> None:
    class Forgetful(Gzip):
        def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
            return super().decode(code, limit_bytes=limit_bytes).replace(b"w", b"v")

    code = compressed(TEXT, Gzip(), chunk_bytes=1024)
    with pytest.raises(DamagedError, match=r"chunk 0 .* other data"):
        decompressed(code, Forgetful())
    with pytest.raises(DamagedError, match="another SHA-256"):  # one chunk: the whole's digest is its check
        decompressed(compressed(TEXT, Gzip()), Forgetful())


def test_hostile_sizes_are_refused_before_anything_is_allocated() -> None:
    import tracemalloc

    def hostile(header: Header) -> bytes:
        return header.encode() + check_of(header.encode())

    many = hostile(Header("gzip", chunk_bytes=64 * MIB, carried=False, total_bytes=1 << 60))
    long_code = b"\xff\xff\xff\xff\xff\xff\xff\x7f"
    tracemalloc.start()
    with pytest.raises(DamagedError, match="over the limit"):
        decompressed(many + long_code, Gzip())
    with pytest.raises(DamagedError, match="the file ends"):
        decompressed(many + b"\x80\x80\x80\x04", Gzip())
    with pytest.raises(LimitError, match="the limit"):
        decompressed(many, Gzip(), limits=Limits(total_bytes=GIB))
    with pytest.raises(DamagedError, match="malformed"):
        decompressed(hostile(Header("gzip", chunk_bytes=1024, carried=False)) + b"\x80" * 9 + b"\x01", Gzip())
    assert tracemalloc.get_traced_memory()[1] < MIB
    tracemalloc.stop()


def test_a_codec_with_more_memory_than_allowed_is_refused_before_it_is_used() -> None:
    code = compressed(TEXT, Xz())
    with pytest.raises(LimitError, match="xz, over the limit of 1 MiB"):
        decompressed(code, Xz(), limits=Limits(memory_bytes=MIB))


def test_a_stream_beyond_the_limit_stops_there() -> None:
    code = compressed(TEXT, Gzip(), chunk_bytes=1024, stream=True)
    target = io.BytesIO()
    with pytest.raises(LimitError):
        read_container(io.BytesIO(code), target, Gzip(), limits=Limits(total_bytes=2048))
    assert target.getvalue() == TEXT[:2048]


def test_the_forecast_adds_given_data_and_chunks() -> None:
    contents = Contents(Header("counts:order=1", MIB, True, 10**6, 5 * 10**5, "00" * 16), 10**6, 1, 1, 0, "")
    codec = Counts(order=1, memory_bytes=MIB)
    assert forecast(contents, codec).seconds == 1.5e6 / codec.nominal_speed
    assert forecast(contents, codec).memory_bytes == 4 * MIB
    assert str(container.Forecast(0.01, MIB)) == "about 1 s and up to 1 MiB of memory"
    assert str(container.Forecast(9000, MIB)) == "about 2 h and up to 1 MiB of memory"


def golden_cases() -> list[tuple[str, Codec, bytes | None, bool]]:
    return [
        ("gzip", Gzip(), None, False),
        ("xz", Xz(), None, False),
        ("zstd_given", Zstd(), TEXT, True),
        ("counts", Counts(order=2), None, True),
        ("mixing_fast", Mixing("fast", 8 * MIB, name="mixing:level=fast,memory=8MiB"), None, True),
        ("mixing", Mixing("default", 16 * MIB, name="mixing:memory=16MiB"), None, True),
        ("mixing_max", Mixing("max", 64 * MIB, name="mixing:level=max,memory=64MiB"), TEXT, False),
    ]


def golden_text() -> bytes:
    return TEXT[:1500] + random.Random(7).randbytes(600) + TEXT[:700]


@pytest.mark.parametrize(("name", "codec", "given", "stream"), golden_cases(), ids=[case[0] for case in golden_cases()])
def test_golden_files_decode_for_ever(name: str, codec: Codec, given: bytes | None, stream: bool) -> None:
    code = (GOLDEN / f"{name}.cl").read_bytes()
    assert decompressed(code, codec, given=given) == golden_text()
    if isinstance(codec, Counts | Mixing):  # other libraries may compress better one day, our own code may not change
        assert compressed(golden_text(), codec, given=given, chunk_bytes=1024, stream=stream) == code
