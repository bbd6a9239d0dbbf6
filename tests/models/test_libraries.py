"""Other people's codecs: hand cases, outside decoders, reach of what was read before, limits and known faults."""

import bz2
import lzma
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import zstandard

from codelength.errors import CodecError, DamagedError, LimitError
from codelength.models.libraries import GZIP_REACH_BYTES, Brotli, Bz2, Gzip, Ppmd, Xz, Zstd
from codelength.types import Codec, Conditional, Model

NOISE = np.random.default_rng(1).bytes(200_000)
ALL: tuple[Codec, ...] = (Gzip(), Bz2(), Xz(), Zstd(), Brotli(), Ppmd(memory=1 << 20))
WORDS = b"the quick brown fox jumps over the lazy dog and then the dog sleeps " * 20


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.name)
def test_codecs_are_values(codec: Codec) -> None:
    again = pickle.loads(pickle.dumps(codec))
    assert again == codec
    assert hash(again) == hash(codec)
    for attribute in ("name", "level", "order"):
        with pytest.raises(AttributeError):
            setattr(codec, attribute, 1)


def test_only_gzip_and_zstd_can_read_before_and_none_predicts() -> None:
    assert [codec.name for codec in ALL if isinstance(codec, Conditional)] == ["gzip", "zstd"]
    assert not any(isinstance(codec, Model) for codec in ALL)


def test_names_tell_the_options_that_are_not_at_their_defaults() -> None:
    assert Zstd().name == "zstd"
    assert Zstd(level=3, window=20).name == "zstd:level=3,window=20"
    assert Zstd(level=3).after(b"before").name == "zstd:level=3"


def test_bare_streams_are_what_the_libraries_decode() -> None:
    check = zlib.crc32(WORDS).to_bytes(4, "big")
    code = Gzip().encode(WORDS)
    assert zlib.decompress(code[:-4], -15) == WORDS and code[-4:] == check
    assert bz2.decompress(b"BZh9" + Bz2().encode(WORDS)) == WORDS
    code = Xz().encode(WORDS)
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    assert lzma.decompress(code[:-4], lzma.FORMAT_RAW, filters=filters) == WORDS and code[-4:] == check
    assert zstandard.ZstdDecompressor().decompress(b"\x28\xb5\x2f\xfd" + Zstd().encode(WORDS)) == WORDS


@pytest.mark.parametrize(
    ("codec", "theirs"),
    [
        (Gzip(), lambda data: zlib.compress(data, 9)),
        (Bz2(), lambda data: bz2.compress(data, 9)),
        (Xz(), lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)),
        (Zstd(), lambda data: zstandard.ZstdCompressor(level=22, write_checksum=True).compress(data)),
    ],
    ids=lambda value: getattr(value, "name", "theirs"),
)
def test_no_code_is_longer_than_the_library_writes_at_its_best(codec: Codec, theirs: Callable[[bytes], bytes]) -> None:
    for data in (b"", b"a", WORDS, NOISE[:5000], WORDS * 30 + NOISE[:999]):
        assert len(codec.encode(data)) <= len(theirs(data))


def test_a_dictionary_of_gzip_reaches_back_32506_bytes_and_not_one_more() -> None:
    y = NOISE[:60]
    for gap, found in ((GZIP_REACH_BYTES - len(y), True), (GZIP_REACH_BYTES - len(y) + 1, False)):
        x = y + bytes(gap)
        code = Gzip().after(x).encode(y)
        assert Gzip().after(x).decode(code) == y
        assert (len(code) < 20) == found


@pytest.mark.parametrize("size", [1 << 10, 100_000])
def test_zstd_finds_what_lies_at_the_far_end_of_what_it_read(size: int) -> None:
    x = NOISE[:50_000] + bytes(300_000) + WORDS
    codec = Zstd().after(x)
    y = NOISE[: min(size, 50_000)] + WORDS * (size // 2000)
    assert len(codec.encode(y)) < 200 < 1000 < len(Zstd().encode(y))
    assert codec.decode(codec.encode(y)) == y


def test_zstd_reads_only_its_window_and_codes_longer_items_than_it_read() -> None:
    codec = Zstd(window=10).after(NOISE[:50_000])
    assert codec.given == NOISE[49_000 - 24 : 50_000]
    for size in (10, 1 << 10, 5000):
        y = NOISE[49_500 : 49_500 + size]
        assert codec.decode(codec.encode(y)) == y


@pytest.mark.parametrize("codec", [Gzip(), Zstd()], ids=lambda codec: codec.name)
def test_decoding_without_what_was_read_before_fails(codec: Gzip | Zstd) -> None:
    code = codec.after(NOISE[:2000]).encode(NOISE[500:1500])
    with pytest.raises(DamagedError):
        codec.decode(code)
    with pytest.raises(DamagedError):
        codec.after(NOISE[2000:4000]).decode(code)


def test_brotli_gives_back_more_than_one_step_of_what_is_hard_to_pack() -> None:
    letters = np.random.default_rng(0).integers(97, 101, 5_000_000, dtype=np.uint8).tobytes()
    fast = Brotli(level=1)
    assert fast.decode(fast.encode(letters), limit_bytes=len(letters)) == letters


def test_a_long_window_lets_xz_find_what_bz2_cannot() -> None:
    data = NOISE[:60_000] + np.random.default_rng(2).bytes(1_000_000) + NOISE[:60_000]
    assert len(Xz().encode(data)) < 1_062_000
    assert len(Xz(window=16).encode(data)) > 1_119_000
    assert len(Bz2().encode(data)) > 1_119_000


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.name)
def test_every_flip_of_a_bit_is_noticed_or_harmless(codec: Codec) -> None:
    code = codec.encode(WORDS[:40])
    for at in range(8 * len(code)):
        flipped = bytearray(code)
        flipped[at // 8] ^= 1 << at % 8
        try:
            assert codec.decode(bytes(flipped), limit_bytes=400) == WORDS[:40]
        except (DamagedError, LimitError):
            continue


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.name)
def test_every_cut_and_every_tail_is_noticed(codec: Codec) -> None:
    code = codec.encode(WORDS)
    for size in range(len(code)):
        with pytest.raises(DamagedError):
            codec.decode(code[:size], limit_bytes=len(WORDS))
    for tail in (b"\0", b"\xff", code, bytes(1000)):
        with pytest.raises((DamagedError, LimitError)):
            codec.decode(code + tail, limit_bytes=len(WORDS))


BOMB = """
import resource, sys
from codelength.errors import LimitError
from codelength.registry import create
codec = create(sys.argv[1])
code = codec.encode(bytes(30_000_000))
codec.decode(codec.encode(b"warm"), limit_bytes=1000)
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 14_000_000,) * 2)
try:
    codec.decode(code, limit_bytes=1000)
except LimitError:
    print("limited")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux to bound a process's memory")
@pytest.mark.parametrize(
    "name", ["gzip:level=1", "bz2:level=1", "xz:level=0,window=20", "zstd:level=1", "brotli:level=1,window=16"]
)
def test_a_code_of_much_costs_no_more_memory_than_the_limit(name: str) -> None:
    run = subprocess.run([sys.executable, "-c", BOMB, name], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("limited\n", "")


def test_ppmd_keeps_the_bytes_that_pyppmd_drops_in_one_long_call() -> None:
    data, codec = np.random.default_rng(0).bytes(34_000), Ppmd(order=2, memory=1 << 20)
    assert codec.decode(codec.encode(data)) == data


def test_ppmd_refuses_to_give_a_code_that_does_not_decode(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyppmd

    monkeypatch.setattr(pyppmd, "Ppmd8Encoder", _Dropping)
    with pytest.raises(CodecError, match="does not decode what it made"):
        Ppmd(memory=1 << 20).encode(WORDS)


class _Dropping:
    """An encoder that loses a byte, as pyppmd 1.3.1 does at the end of its buffer."""

    def __init__(self, order: int, memory: int, restore: int) -> None:
        from pyppmd.c.c_ppmd import Ppmd8Encoder

        self._coder = Ppmd8Encoder(order, memory, restore)

    def encode(self, data: bytes) -> bytes:
        return bytes(self._coder.encode(data))[:-1]

    def flush(self) -> bytes:
        return bytes(self._coder.flush())


def test_ppmd_survives_hostile_codes() -> None:
    codec, rng = Ppmd(memory=1 << 20), np.random.default_rng(11)
    for _ in range(150):
        with pytest.raises((DamagedError, LimitError)):
            codec.decode(rng.bytes(int(rng.integers(0, 600))), limit_bytes=100_000)
