"""The `.cl` container: any codec's code of any amount of data, in chunks that are checked before they are decoded.

    header    magic, version, codec's name, largest chunk, total size if known, fingerprint of given data,
              environment of a float model                                                                  check
    chunk     size of the code, code, SHA-256 of the data so far (4 bytes)                                  check
    ...
    trailer   SHA-256 of all data (16 bytes)                                                                check

A Model's reader is carried from chunk to chunk, each with its own range code; a Conditional that is no Model starts
each chunk from `after(given)`; any other codec codes each chunk alone. A chunk whose code is not smaller than its data
is stored. Beyond the codec's name a file below 2 MiB pays 36 to 40 bytes. The bytes are specified in docs/format.md.
A model in floating point is read with smaller chunks and the environment in which it was computed: where it rounds
otherwise, the first chunk that it gets wrong ends the reading with what differs, and none of that chunk is written.

Memory is bounded by the codec's and a few chunks, whatever a hostile file says: a chunk has at most 64 MiB (1 MiB where
a reader is carried) and its code is never longer than its data.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codelength.coding import framing
from codelength.coding.chunks import Progress, chunk_coder
from codelength.coding.framing import DIGEST_BYTES, Header, Readable, Records, Writable, digest_of
from codelength.coding.sequential import encode_length
from codelength.errors import (
    CodecError,
    CodelengthError,
    DamagedError,
    FormatError,
    GivenError,
    LimitError,
    MachineError,
    SourceError,
    UsageError,
)
from codelength.types import Codec, Conditional, MachineBound, Model
from codelength.units import GIB, KIB, MIB, format_size

CHECKPOINT = "checkpoint"  # the line of an environment that must be the same before decoding is tried
_MACHINE_BOUND_CHUNK_BYTES = 64 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What decoding may cost before it is refused with a LimitError."""

    total_bytes: int | None = None
    memory_bytes: int = 4 * GIB


@dataclass(frozen=True, slots=True)
class Contents:
    """A container as a whole; `sha256` is the first 16 bytes in hex.

    >>> source = io.BytesIO(b"ab" * 500)
    >>> target = io.BytesIO()
    >>> written = write_container(source, target, _Stored())
    >>> written.raw_bytes, written.file_bytes, written.chunks, written.stored_chunks
    (1000, 1044, 1, 1)
    """

    header: Header
    raw_bytes: int
    file_bytes: int
    chunks: int
    stored_chunks: int
    sha256: str

    @property
    def fraction(self) -> float:
        """File size by raw size; nan where there is no data."""
        return self.file_bytes / self.raw_bytes if self.raw_bytes else float("nan")

    @property
    def sizes(self) -> str:
        """Both sizes for people: `1,000 → 1,044 bytes (104.4 %)`."""
        text = f"{self.raw_bytes:,} → {self.file_bytes:,} bytes"
        return f"{text} ({100 * self.fraction:.1f} %)" if self.raw_bytes else text


@dataclass(frozen=True, slots=True)
class Forecast:
    """What decoding will take, about; memory in whole MiB.

    >>> print(Forecast(300.0, 256 * MIB))
    about 5 min and up to 256 MiB of memory
    """

    seconds: float
    memory_bytes: int

    def __str__(self) -> str:
        seconds = max(self.seconds, 1)
        time = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
        time = f"{seconds / 3600:.0f} h" if seconds >= 2 * 3600 else time
        return f"about {time} and up to {format_size(self.memory_bytes)} of memory"


def write_container(
    source: Readable,
    target: Writable,
    codec: Codec,
    *,
    given: bytes | None = None,
    chunk_bytes: int | None = None,
    progress: Progress | None = None,
) -> Contents:
    """Compress everything from source to the end into target.

    The total size goes into the header where source can seek. Raises UsageError where codec cannot read given data, a
    name or a chunk size does not fit; SourceError where source changes its size meanwhile.

    >>> target = io.BytesIO()
    >>> write_container(io.BytesIO(b"abc"), target, _Stored()).sha256[:8]
    'ba7816bf'
    >>> back = io.BytesIO()
    >>> read_container(io.BytesIO(target.getvalue()), back, _Stored()).raw_bytes, back.getvalue()
    (3, b'abc')
    """
    header = Header(
        codec.name,
        chunk_bytes or best_chunk_bytes(codec),
        isinstance(codec, Model),
        _bytes_left(source),
        None if given is None else len(given),
        None if given is None else digest_of(given),
        environment_of(codec),
    )
    record = header.encode()
    coder = chunk_coder(codec, given)
    digest, total, file_bytes, chunks, stored_chunks, check = hashlib.sha256(), 0, 0, 0, 0, b""

    def put(record: bytes) -> None:
        nonlocal check, file_bytes
        check = framing.check_of(record, check)
        file_bytes += len(record) + len(check)
        target.write(record + check)

    put(record)
    for data in _pieces(source, header):
        code = coder.encode(data, progress or _silent)
        digest.update(data)
        total += len(data)
        chunks += 1
        stored_chunks += len(code) >= len(data)
        data_check = b"" if total == header.total_bytes else digest.digest()[: framing.CHECK_BYTES]
        put(_chunk_record(header, data, code) + data_check)
    end = b"" if header.total_bytes is not None else b"\0" + encode_length(total)
    put(end + digest.digest()[:DIGEST_BYTES])
    return Contents(header, total, file_bytes, chunks, stored_chunks, digest.hexdigest()[: 2 * DIGEST_BYTES])


def read_header(source: Readable) -> Header:
    """The header, from where source stands; FormatError for a foreign file, DamagedError for a damaged one."""
    return framing.read_header_record(Records(source))


def scan_container(source: Readable) -> Contents:
    """What is inside, with every check verified and nothing decoded.

    >>> target = io.BytesIO()
    >>> write_container(io.BytesIO(b"abc"), target, _Stored()) == scan_container(io.BytesIO(target.getvalue()))
    True
    """
    records = Records(source)
    header = framing.read_header_record(records)
    total = chunks = stored_chunks = 0
    for chunk in _chunks(records, header):
        total += chunk.raw_bytes
        chunks += 1
        stored_chunks += len(chunk.code) == chunk.raw_bytes
    digest = _read_trailer(records, header, total)
    return Contents(header, total, records.offset, chunks, stored_chunks, digest)


def read_container(
    source: Readable,
    target: Writable | None,
    codec: Codec | Callable[[str], Codec],
    *,
    given: bytes | None = None,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> Contents:
    """Decode source into target, or only verify it where target is None.

    `codec` is the codec itself or a function that makes it from its name (the registry's `create`). Raises FormatError
    (foreign, other version, unknown codec), DamagedError (with chunk and byte), GivenError, LimitError. What was
    written to target before an error is sound up to there, but not the whole.
    """
    records = Records(source)
    header = framing.read_header_record(records)
    header.check_given(given)
    _check_total(header.total_bytes or 0, limits)
    codec = _the_codec(codec, header, limits)
    here = environment_of(codec)
    _check_checkpoint(header, here)
    coder = chunk_coder(codec, given)
    if coder.carried != header.carried:
        raise FormatError(
            f"{header.codec_name} codes chunks in another way than this file says; it was made by another"
        )
    digest, total, chunks, stored_chunks, held = hashlib.sha256(), 0, 0, 0, b""
    for chunk in _chunks(records, header):
        _check_total(total + chunk.raw_bytes, limits)
        try:
            data = coder.decode(chunk.code, chunk.raw_bytes, progress or _silent)
        except (LimitError, DamagedError, CodecError) as error:
            raise _gone_wrong(records, header, here, str(error)) from error
        except CodelengthError as error:
            if not header.environment:
                raise
            raise _gone_wrong(records, header, here, str(error)) from error
        digest.update(data)
        if len(data) != chunk.raw_bytes or not digest.digest().startswith(chunk.data_check):
            why = f"{header.codec_name} decodes it to other data"
            raise _gone_wrong(records, header, here, why, hint="; was it made on another machine?")
        total += len(data)
        chunks += 1
        stored_chunks += len(chunk.code) == chunk.raw_bytes
        if not chunk.data_check:
            held = data  # the trailer checks it
        elif target is not None:
            target.write(data)
    expected = _read_trailer(records, header, total)
    if digest.hexdigest()[: 2 * DIGEST_BYTES] != expected:
        why = f"the decoded data has another SHA-256 than the original ({expected}...)"
        raise MachineError(f"{why}{_differences(header, here)}") if header.environment else DamagedError(why)
    if target is not None and held:
        target.write(held)
    return Contents(header, total, records.offset, chunks, stored_chunks, expected)


def forecast(contents: Contents, codec: Codec) -> Forecast:
    """Time and memory of decoding, from the codec's nominal speed and memory.

    >>> contents = write_container(io.BytesIO(bytes(3000)), io.BytesIO(), _Stored())
    >>> forecast(contents, _Stored()).seconds
    3e-06
    """
    header = contents.header
    given_bytes = header.given_bytes or 0
    memory_bytes = codec.memory_bytes + 2 * min(header.chunk_bytes, contents.raw_bytes) + given_bytes
    return Forecast((contents.raw_bytes + given_bytes) / codec.nominal_speed, -(-memory_bytes // MIB) * MIB)


def best_chunk_bytes(codec: Codec) -> int:
    """1 MiB where a reader is carried, 64 KiB where it is bound to a machine.

    For others a power of two of at least 8 windows, between 4 and 64 MiB.

    >>> best_chunk_bytes(_Stored()) == 64 * MIB
    True
    """
    if isinstance(codec, Model):
        return _MACHINE_BOUND_CHUNK_BYTES if environment_of(codec) else framing.MAX_CARRIED_CHUNK_BYTES
    if codec.window_bytes is None:
        return framing.MAX_CHUNK_BYTES
    wanted = max(8 * codec.window_bytes, 4 * MIB)
    return min(1 << (wanted - 1).bit_length(), framing.MAX_CHUNK_BYTES)


def environment_of(codec: Codec) -> tuple[tuple[str, str], ...]:
    """What the codec's arithmetic depends on here, as a header records it; none for most."""
    return tuple(codec.environment.items()) if isinstance(codec, MachineBound) else ()


def _check_checkpoint(header: Header, here: tuple[tuple[str, str], ...]) -> None:
    recorded, found = dict(header.environment).get(CHECKPOINT), dict(here).get(CHECKPOINT)
    if recorded != found:
        raise GivenError(
            f"this file was made with a checkpoint of fingerprint {recorded or 'none'}, and {header.codec_name} has "
            f"{found or 'none'} here; decode with the checkpoint that it was made with"
        )


def _gone_wrong(
    records: Records, header: Header, here: tuple[tuple[str, str], ...], why: str, *, hint: str = ""
) -> DamagedError | MachineError:
    # The check of the record agreed: where a float model coded it, the arithmetic is what went wrong, not the file.
    if not header.environment:
        return records.damaged(why + hint)
    differs = _differences(header, here)
    return MachineError(
        f"{records.part} (from byte {records.start:,}) cannot be decoded here: {header.codec_name} makes other data of "
        f"it{differs}"
    )


def _differences(header: Header, here: tuple[tuple[str, str], ...]) -> str:
    found = dict(here)
    lines = [
        f"{key} {value}, here {found.get(key, 'none')}" for key, value in header.environment if found.get(key) != value
    ]
    if not lines:
        return "; the environment is the one recorded, so its arithmetic is not repeatable, or the file was forged"
    return f"; floating point rounds otherwise here. It was made with {'; '.join(lines)}"


@dataclass(frozen=True, slots=True)
class _Chunk:
    raw_bytes: int
    code: bytes
    data_check: bytes  # none where the trailer follows


def _chunks(records: Records, header: Header) -> Iterator[_Chunk]:
    total, number = 0, 0
    while total != header.total_bytes:
        records.begin(f"chunk {number}")
        known = header.total_bytes
        raw_bytes = records.number() if known is None else min(known - total, header.chunk_bytes)
        if raw_bytes == 0:
            return
        code_bytes = records.number()
        if raw_bytes > header.chunk_bytes or code_bytes > raw_bytes:
            raise records.damaged(f"{code_bytes:,} bytes of code for {raw_bytes:,} bytes are over the limit")
        code = records.take(code_bytes)
        total += raw_bytes
        data_check = b"" if total == known else records.take(framing.CHECK_BYTES)
        records.end()
        yield _Chunk(raw_bytes, code, data_check)
        number += 1


def _chunk_record(header: Header, data: bytes, code: bytes) -> bytes:
    code = data if len(code) >= len(data) else code
    size = encode_length(len(data)) if header.total_bytes is None else b""
    return size + encode_length(len(code)) + code


def _read_trailer(records: Records, header: Header, total: int) -> str:
    if header.total_bytes is not None:
        records.begin("the trailer")
    else:
        records.part = "the trailer"  # which began with a chunk of size 0
        if records.number() != total:
            raise records.damaged(f"it tells another total than the {total:,} bytes of the chunks")
    digest = records.take(DIGEST_BYTES).hex()
    records.end()
    records.expect_nothing()
    return digest


def _pieces(source: Readable, header: Header) -> Iterator[bytes]:
    total = 0
    while data := _read_full(source, header.chunk_bytes):
        total += len(data)
        if header.total_bytes is not None and total > header.total_bytes:
            break
        yield data
    if header.total_bytes not in (None, total):
        raise SourceError(f"the source changed its size while it was read: {header.total_bytes:,} bytes at first")


def _read_full(source: Readable, size: int) -> bytes:
    parts = []
    while size and (data := source.read(size)):
        parts.append(data)
        size -= len(data)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _bytes_left(source: Readable) -> int | None:
    if not source.seekable():
        return None
    here = source.tell()
    end = source.seek(0, io.SEEK_END)
    source.seek(here)
    return end - here


def _the_codec(codec: Codec | Callable[[str], Codec], header: Header, limits: Limits) -> Codec:
    if not isinstance(codec, Codec):
        try:
            codec = codec(header.codec_name)
        except UsageError as error:
            raise FormatError(f"this release cannot make the codec that the file names: {error}") from error
    if codec.name != header.codec_name:
        raise FormatError(f"this file was made by {header.codec_name}, not by {codec.name}")
    if header.given_bytes is not None and not isinstance(codec, Conditional):
        raise FormatError(f"this file was made by a {codec.name} that reads given data, and this release's does not")
    if codec.memory_bytes > limits.memory_bytes:
        raise LimitError(
            f"decoding needs about {format_size(codec.memory_bytes)} for {codec.name}, over the limit of "
            f"{format_size(limits.memory_bytes)}; raise the limit if you trust the file"
        )
    return codec


def _check_total(total: int, limits: Limits) -> None:
    if limits.total_bytes is not None and total > limits.total_bytes:
        raise LimitError(f"the data has over {limits.total_bytes:,} bytes, the limit; raise it if you trust the file")


def _silent(done_bytes: int) -> None:
    """Where nobody asks for progress."""


class _Stored:
    """The codec that changes nothing, for examples."""

    name, window_bytes, memory_bytes, nominal_speed = "stored", None, 0, 10**9

    def encode(self, data: bytes) -> bytes:
        return data

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return code
