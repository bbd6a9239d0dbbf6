"""Other people's codecs: gzip, bz2, xz, zstd, brotli and ppmd through their libraries, at their best ratio.

    code = the library's barest stream, and a checksum of the data

Nothing that both ends know is sent: deflate, LZMA2 and Brotli streams stand without containers, bz2 and zstd frames
without their constant first four bytes. Every code carries 32 bits of checksum: bz2 and zstd their own, the others a
CRC-32. Lengths are sent only where the library needs them to decode (zstd, ppmd).

gzip and zstd can read something before (`after`), as a dictionary; the others cannot. A library is imported when its
codec is first used.

References: RFC 1951 (deflate), RFC 8878 (zstd), RFC 7932 (brotli), Shkarin 2002 (PPMd variant I).
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Protocol, Self

from codelength.coding.sequential import decode_length, encode_length
from codelength.errors import CodecError, DamagedError, LimitError
from codelength.units import KIB, MIB

if TYPE_CHECKING:
    from zstandard import ZstdCompressionParameters, ZstdCompressor

GZIP_REACH_BYTES = 32_506  # deflate's 32 KiB less what its match finder must look ahead
_SEAL_BYTES = 4
_BZ2_MAGIC_BYTES = 4  # "BZh" and the level
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_TABLE_LOG = 28  # entries of four bytes; more would be gigabytes
_PPMD_SLICE_BYTES = 1 << 10
_PPMD_BLOCK_BYTES = 64 * MIB
_STEP_BYTES = MIB


@dataclass(frozen=True)
class Gzip:
    """Deflate (LZ77 and Huffman codes) through zlib; `after` is zlib's dictionary and reaches back 32,506 bytes.

    >>> x = b"It was the best of times, it was the worst of times."
    >>> len(Gzip().encode(x)) > 4 * len(Gzip().after(x).encode(x))
    True
    """

    level: int = 9
    memory: int = 9  # zlib's memLevel: 2^(memory + 6) hash chains
    name: str = field(default="", compare=False)
    given: bytes = field(default=b"", repr=False)
    window_bytes = GZIP_REACH_BYTES
    memory_bytes = 64 * KIB
    nominal_speed = 300_000_000

    def __post_init__(self) -> None:
        _name(self, "gzip")

    def after(self, data: bytes) -> Self:
        """A codec whose two ends have read data; of it, the last 32,506 bytes can help."""
        return replace(self, given=(self.given + data[-GZIP_REACH_BYTES:])[-GZIP_REACH_BYTES:]) if data else self

    def encode(self, data: bytes) -> bytes:
        """A raw deflate stream and a CRC-32."""
        packer = (
            zlib.compressobj(self.level, zlib.DEFLATED, -15, self.memory, zlib.Z_DEFAULT_STRATEGY, self.given)
            if self.given
            else zlib.compressobj(self.level, zlib.DEFLATED, -15, self.memory)
        )
        return packer.compress(data) + packer.flush() + _seal(data)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that deflate did not write, LimitError for data over limit_bytes."""
        unpacker = zlib.decompressobj(-15, self.given) if self.given else zlib.decompressobj(-15)
        return _sealed(code, lambda body: _drain(unpacker, body, limit_bytes, zlib.error, unlimited=0))


@dataclass(frozen=True)
class Bz2:
    """Block sorting (Burrows and Wheeler 1994) and Huffman codes, in blocks of level · 100,000 bytes.

    >>> Bz2().decode(Bz2().encode(b"abracadabra"))
    b'abracadabra'
    """

    level: int = 9
    name: str = field(default="", compare=False)
    nominal_speed = 30_000_000

    def __post_init__(self) -> None:
        _name(self, "bz2")

    @property
    def window_bytes(self) -> int:
        """One block."""
        return self.level * 100_000

    @property
    def memory_bytes(self) -> int:
        """Four bytes for each of a block."""
        return 4 * self.window_bytes + 100_000

    def encode(self, data: bytes) -> bytes:
        """A bz2 stream without its first four bytes."""
        import bz2

        return bz2.compress(data, self.level)[_BZ2_MAGIC_BYTES:]

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that bz2 did not write, LimitError for data over limit_bytes."""
        import bz2

        return _drain(bz2.BZ2Decompressor(), b"BZh%d" % self.level + code, limit_bytes, OSError)


@dataclass(frozen=True)
class Xz:
    """LZMA2 at its extreme presets; `window` is log2 of how far back it looks, as far as the data is long.

    >>> Xz().decode(Xz().encode(b"abracadabra"))
    b'abracadabra'
    """

    level: int = 9
    window: int = 28
    name: str = field(default="", compare=False)
    nominal_speed = 80_000_000

    def __post_init__(self) -> None:
        _name(self, "xz")

    @property
    def window_bytes(self) -> int:
        """The dictionary."""
        return 1 << self.window

    @property
    def memory_bytes(self) -> int:
        """The dictionary and the coder's tables."""
        return self.window_bytes + MIB

    def encode(self, data: bytes) -> bytes:
        """A raw LZMA2 stream and a CRC-32."""
        import lzma

        return lzma.compress(data, lzma.FORMAT_RAW, filters=self._filters(len(data))) + _seal(data)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that LZMA2 did not write, LimitError for data over limit_bytes."""
        import lzma

        # Data within the limit never points further back than the limit.
        reach = self.window_bytes if limit_bytes is None else limit_bytes
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=self._filters(reach))
        return _sealed(code, lambda body: _drain(unpacker, body, limit_bytes, lzma.LZMAError))

    def _filters(self, size: int) -> list[dict[str, int]]:
        import lzma

        dictionary = min(max(size, 4 * KIB), self.window_bytes)
        return [{"id": lzma.FILTER_LZMA2, "preset": self.level | lzma.PRESET_EXTREME, "dict_size": dictionary}]


@dataclass(frozen=True)
class Zstd:
    """Zstandard (LZ77 and finite state entropy); `after` is a raw-content prefix within a window of 2^window bytes.

    >>> x = b"It was the best of times, it was the worst of times."
    >>> len(Zstd().encode(x)) > 2 * len(Zstd().after(x).encode(x))
    True
    """

    level: int = 22
    window: int = 27
    name: str = field(default="", compare=False)
    given: bytes = field(default=b"", repr=False)
    nominal_speed = 800_000_000

    def __post_init__(self) -> None:
        _name(self, "zstd")

    def __getstate__(self) -> dict[str, object]:
        return {part.name: getattr(self, part.name) for part in fields(self)}  # without the prepared compressor

    @property
    def window_bytes(self) -> int:
        """How far back a match may lie."""
        return 1 << self.window

    @property
    def memory_bytes(self) -> int:
        """The window and the decoder's tables."""
        return self.window_bytes + MIB

    def after(self, data: bytes) -> Self:
        """A codec whose two ends have read data; of it, the last 2^window bytes can help."""
        return replace(self, given=(self.given + data)[-self.window_bytes :]) if data else self

    def encode(self, data: bytes) -> bytes:
        """A zstd frame with length and checksum, without its first four bytes."""
        return self._compressor(len(data)).compress(data)[len(_ZSTD_MAGIC) :]

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that zstd did not write, LimitError for data over limit_bytes."""
        import zstandard

        frame = _ZSTD_MAGIC + code
        try:
            header = zstandard.get_frame_parameters(frame)
            if header.content_size == zstandard.CONTENTSIZE_UNKNOWN or not header.has_checksum:
                raise DamagedError("the zstd code lacks its length or checksum; it is damaged or made elsewhere")
            _within(header.content_size, limit_bytes)
            given = zstandard.ZstdCompressionDict(self.given, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            unpacker = zstandard.ZstdDecompressor(
                dict_data=given if self.given else None, max_window_size=max(self.window_bytes, 8 * MIB)
            )
            return unpacker.decompress(frame, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise DamagedError(f"the zstd code is cut, changed or extended: {error}") from None
        except MemoryError:
            raise LimitError("the zstd code asks for more memory than there is; give a limit") from None

    def _compressor(self, size: int) -> "ZstdCompressor":
        """For items shorter than what was given, one compressor that has read it once serves them all."""
        import zstandard

        if not self.given:
            return zstandard.ZstdCompressor(compression_params=self._parameters(size))
        prepared = self.__dict__.get("_prepared")
        if size <= len(self.given) and isinstance(prepared, zstandard.ZstdCompressor):
            return prepared
        given = zstandard.ZstdCompressionDict(self.given, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        if size > len(self.given):
            return zstandard.ZstdCompressor(dict_data=given, compression_params=self._parameters(size))
        parameters = self._parameters(len(self.given))
        given.precompute_compress(compression_params=parameters)
        prepared = zstandard.ZstdCompressor(dict_data=given, compression_params=parameters)
        self.__dict__["_prepared"] = prepared
        return prepared

    def _parameters(self, size: int) -> "ZstdCompressionParameters":
        """The level's, with tables that hold every position of what was given."""
        import zstandard

        window = min(self.window, (max(size + len(self.given), 1 << 10) - 1).bit_length())
        of_level = zstandard.ZstdCompressionParameters.from_level
        sizes = {"source_size": size, "dict_size": len(self.given)}
        tables: dict[str, int] = {}
        if self.given:
            usual = of_level(self.level, **sizes)
            tables = {"hash_log": max(usual.hash_log, window), "chain_log": max(usual.chain_log, window + 1)}
            tables = {name: min(size_log, _ZSTD_TABLE_LOG) for name, size_log in tables.items()}
        frame = {"window_log": window, "write_content_size": True, "write_checksum": True}
        return of_level(self.level, **sizes, **tables, **frame, enable_ldm=window > 27)


@dataclass(frozen=True)
class Brotli:
    """Brotli (LZ77, second-order contexts, a built-in dictionary of web text) in a window of 2^window bytes.

    >>> Brotli().decode(Brotli().encode(b"abracadabra"))
    b'abracadabra'
    """

    level: int = 11
    window: int = 24
    name: str = field(default="", compare=False)
    nominal_speed = 300_000_000

    def __post_init__(self) -> None:
        _name(self, "brotli")

    @property
    def window_bytes(self) -> int:
        """The window, less the 16 bytes that the format keeps back."""
        return (1 << self.window) - 16

    @property
    def memory_bytes(self) -> int:
        """The window and the decoder's tables."""
        return self.window_bytes + MIB

    def encode(self, data: bytes) -> bytes:
        """A brotli stream and a CRC-32."""
        import brotli

        code: bytes = brotli.compress(data, quality=self.level, lgwin=self.window)
        return code + _seal(data)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that brotli did not write, LimitError for data over limit_bytes."""
        return _sealed(code, lambda body: _brotli_data(body, limit_bytes))


@dataclass(frozen=True)
class Ppmd:
    """Prediction by partial matching, PPMd variant I, through pyppmd; its model restarts when `memory` is full.

    pyppmd drops bytes that one call writes past 32 KiB, so data goes in by slices of 1 KiB and every code is decoded
    and compared before it is given out.

    >>> Ppmd().decode(Ppmd().encode(b"abracadabra"))
    b'abracadabra'
    """

    order: int = 16
    memory: int = 256 * MIB
    name: str = field(default="", compare=False)
    window_bytes = None
    nominal_speed = 5_000_000

    def __post_init__(self) -> None:
        _name(self, "ppmd")

    @property
    def memory_bytes(self) -> int:
        """The model's memory."""
        return self.memory

    def encode(self, data: bytes) -> bytes:
        """The length, a PPMd stream and a CRC-32 of it and the data; CodecError where pyppmd fails to decode it."""
        import pyppmd

        coder = pyppmd.Ppmd8Encoder(self.order, self.memory, pyppmd.PPMD8_RESTORE_METHOD_RESTART)
        view = memoryview(data)
        parts = [coder.encode(view[at : at + _PPMD_SLICE_BYTES]) for at in range(0, len(data), _PPMD_SLICE_BYTES)]
        body = b"".join([*parts, coder.flush()]).rstrip(b"\0") if data else b""
        try:
            sound = self._data(body, len(data)) == data
        except DamagedError:
            sound = False
        if not sound:
            raise CodecError(f"pyppmd does not decode what it made of these {len(data):,} bytes; use another order")
        return encode_length(len(data)) + body + _seal(body + data)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data; DamagedError for a code that pyppmd did not write, LimitError for data over limit_bytes."""
        size, start = decode_length(code)
        _within(size, limit_bytes)
        body = code[start:-_SEAL_BYTES]
        data = self._data(body, size)
        # pyppmd does not say where its code ends, so the seal is of the code too.
        if len(code) < start + _SEAL_BYTES or _seal(body + data) != code[-_SEAL_BYTES:]:
            raise DamagedError("the checksum is of other data; the ppmd code is cut, changed or extended")
        return data

    def _data(self, body: bytes, size: int) -> bytes:
        import pyppmd

        if not size:
            if body:
                raise DamagedError("the ppmd code goes on behind its end; it is extended")
            return b""
        coder = pyppmd.Ppmd8Decoder(self.order, self.memory, pyppmd.PPMD8_RESTORE_METHOD_RESTART)
        zeros = bytes(64 * KIB)
        data = bytearray()
        try:
            # A decoder that is dropped while it waits for input takes the process with it, so it is fed until it
            # does not wait; zeros at the end of the code are implied.
            more = body + zeros
            while len(data) < size and not coder.eof:
                data += coder.decode(more, min(size - len(data), _PPMD_BLOCK_BYTES))
                more = zeros if coder.needs_input else b""
            while coder.needs_input and not coder.eof:
                coder.decode(zeros, 1)
        except (ValueError, SystemError, pyppmd.PpmdError) as error:
            raise DamagedError(f"the ppmd code is cut or changed: {error}") from None
        return bytes(data)


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _drain(
    unpacker: _Unpacker, code: bytes, limit_bytes: int | None, failure: type[Exception], unlimited: int = -1
) -> bytes:
    """What a standard-library decompressor makes of the whole of code, and at most one byte over the limit."""
    try:
        data = unpacker.decompress(code, unlimited if limit_bytes is None else limit_bytes + 1)
    except failure as error:
        raise DamagedError(f"the code is changed: {error}") from None
    _within(len(data), limit_bytes)
    if not unpacker.eof:
        raise DamagedError("the code ends before the data does; it is cut")
    if unpacker.unused_data:
        raise DamagedError("the code goes on behind its end; it is extended")
    return data


def _brotli_data(body: bytes, limit_bytes: int | None) -> bytes:
    import brotli

    unpacker = brotli.Decompressor()
    data = bytearray()
    try:
        more = body
        while True:
            piece = unpacker.process(more, output_buffer_limit=_STEP_BYTES)
            data += piece
            _within(len(data), limit_bytes)
            if unpacker.is_finished() or not piece:  # it may say that it takes more while it still holds data back
                break
            more = b""
    except brotli.error as error:
        raise DamagedError(f"the brotli code is changed or extended: {error}") from None
    if not unpacker.is_finished():
        raise DamagedError("the brotli code ends early; it is cut")
    return bytes(data)


def _within(size: int, limit_bytes: int | None) -> None:
    if limit_bytes is not None and size > limit_bytes:
        raise LimitError(f"the code says {size:,} bytes or more, over the limit of {limit_bytes:,}")


def _seal(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(_SEAL_BYTES, "big")


def _sealed(code: bytes, decode: Callable[[bytes], bytes]) -> bytes:
    """What decode makes of the code before the seal, if the seal is of it."""
    if len(code) < _SEAL_BYTES:
        raise DamagedError(f"{len(code)} bytes are no code; it is cut")
    data = decode(code[:-_SEAL_BYTES])
    if _seal(data) != code[-_SEAL_BYTES:]:
        raise DamagedError("the checksum is of other data; the code is changed")
    return data


def _name(codec: "Gzip | Bz2 | Xz | Zstd | Brotli | Ppmd", base: str) -> None:
    """Where no name was given: the base and the options that are not at their defaults."""
    if not codec.name:
        options = [
            f"{part.name}={getattr(codec, part.name)}"
            for part in fields(codec)
            if part.name not in ("name", "given") and getattr(codec, part.name) != part.default
        ]
        object.__setattr__(codec, "name", base + (":" + ",".join(options) if options else ""))
