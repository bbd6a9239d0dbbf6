"""The records of a `.cl` file, as docs/format.md specifies them: header, numbers, checks.

Every record ends in a check, four bytes of SHA-256 over the check before it and the record, so a chunk that is changed,
missing, swapped or taken from another file is found before it is decoded. (A chain of CRCs would not do: a record that
holds data and the CRC of that data has a CRC that does not depend on the data.)
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from codelength.coding.sequential import encode_length
from codelength.errors import DamagedError, FormatError, GivenError, UsageError
from codelength.units import MIB

MAGIC = b"\xc5CL"
VERSION = 1
ENVIRONMENT_VERSION = 2  # of files that record an environment; all else is as in version 1
DIGEST_BYTES = 16
CHECK_BYTES = 4
MAX_CHUNK_BYTES = 64 * MIB
MAX_CARRIED_CHUNK_BYTES = MIB
MAX_NAME_BYTES = 255
MAX_ENVIRONMENT_BYTES = 4096

_SIZE_KNOWN, _GIVEN, _CARRIED = 32, 64, 128


class Readable(Protocol):
    """What a container is read from."""

    def read(self, size: int, /) -> bytes:
        """At most size bytes; none only at the end."""

    def seekable(self) -> bool:
        """Whether `seek` and `tell` work."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there."""

    def tell(self) -> int:
        """Where the next read begins."""


class Writable(Protocol):
    """What a container is written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of data."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the first chunk; digests are the first 16 bytes of SHA-256 in hex.

    >>> Header("xz", chunk_bytes=1 << 20, carried=False, total_bytes=300).encode().hex(" ")
    'c5 43 4c 01 34 02 78 7a ac 02'

    `environment` is what a float model's arithmetic depends on; a file that has none is of version 1.
    """

    codec_name: str
    chunk_bytes: int
    carried: bool
    total_bytes: int | None = None
    given_bytes: int | None = None
    given_digest: str | None = None
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def version(self) -> int:
        """1, or 2 with an environment."""
        return ENVIRONMENT_VERSION if self.environment else VERSION

    def encode(self) -> bytes:
        """The header's bytes without its check; UsageError where a field does not fit."""
        name = self.codec_name.encode()
        if not 0 < len(name) <= MAX_NAME_BYTES:
            raise UsageError(
                f"a codec's name of {len(name)} bytes does not fit; give fewer options ({self.codec_name})"
            )
        layout = self.chunk_bytes.bit_length() - 1
        most = most_chunk_bytes(self.carried)
        if self.chunk_bytes != 1 << layout or not 1 <= self.chunk_bytes <= most:
            raise UsageError(f"chunks of {self.chunk_bytes:,} bytes; give a power of two up to {most:,}")
        layout |= _CARRIED * self.carried
        fields = bytes([len(name)]) + name
        if self.total_bytes is not None:
            layout |= _SIZE_KNOWN
            fields += encode_length(self.total_bytes)
        if self.given_bytes is not None and self.given_digest is not None:
            layout |= _GIVEN
            fields += encode_length(self.given_bytes) + bytes.fromhex(self.given_digest)
        if self.environment:
            fields += self._environment_field()
        return MAGIC + bytes([self.version, layout]) + fields

    def _environment_field(self) -> bytes:
        for name, value in self.environment:
            if not name or set(name + value) & {"\n", "\0"} or "=" in name:
                raise UsageError(
                    f"an environment's {name!r}={value!r} cannot be recorded; it must be NAME=VALUE on a line"
                )
        text = "\n".join(f"{name}={value}" for name, value in self.environment).encode()
        if len(text) > MAX_ENVIRONMENT_BYTES:
            raise UsageError(f"an environment of {len(text):,} bytes does not fit in {MAX_ENVIRONMENT_BYTES:,}")
        return encode_length(len(text)) + text

    def check_given(self, given: bytes | None) -> None:
        """GivenError unless given is what the file was compressed with."""
        if self.given_bytes is None:
            if given is not None:
                raise GivenError("this file was compressed without given data; leave --given out")
            return
        wanted = f"{self.given_bytes:,} bytes, SHA-256 {self.given_digest}..."
        if given is None:
            raise GivenError(
                f"this file can only be decoded with the data it was compressed with ({wanted}); add --given"
            )
        if len(given) != self.given_bytes or digest_of(given) != self.given_digest:
            raise GivenError(
                f"the given data ({len(given):,} bytes, SHA-256 {digest_of(given)}...) is not what the file was "
                f"compressed with ({wanted})"
            )


class Records:
    """Reads fields one after the other, keeps count of bytes and sums the check."""

    def __init__(self, source: Readable) -> None:
        self.offset = 0  # bytes read
        self.start = 0  # where the record in hand begins
        self.part = "the header"  # the record in hand, for messages
        self._source = source
        self._sum = hashlib.sha256()  # over the check before and the record in hand

    def begin(self, part: str) -> None:
        """The next record begins here."""
        self.part, self.start = part, self.offset

    def take(self, size: int) -> bytes:
        """Exactly size bytes, summed; DamagedError where the file ends before."""
        data = self.take_some(size)
        if len(data) < size:
            raise self._cut()
        return data

    def take_some(self, size: int) -> bytes:
        """At most size bytes, summed; fewer only at the end of the file."""
        data = self._read(size)
        self._sum.update(data)
        return data

    def number(self) -> int:
        """A little-endian base-128 integer below 2^63, in its shortest form."""
        value = 0
        for i in range(9):
            byte = self.take(1)[0]
            value |= (byte & 127) << 7 * i
            if byte < 128:
                if byte == 0 and i > 0:
                    break
                return value
        raise self.damaged("a number in it is malformed")

    def end(self) -> None:
        """The record's check must follow; DamagedError where it is another."""
        check = self._read(CHECK_BYTES)
        if len(check) < CHECK_BYTES:
            raise self._cut()
        if check != self._sum.digest()[:CHECK_BYTES]:
            raise self.damaged("its check does not agree")
        self._sum = hashlib.sha256(check)

    def expect_nothing(self) -> None:
        """The file must end here."""
        if self._source.read(1):
            raise DamagedError(f"data follows the end of the container at byte {self.offset:,}; cut it off there")

    def damaged(self, why: str) -> DamagedError:
        """The error that says where."""
        return DamagedError(f"{self.part} (from byte {self.start:,}) is damaged: {why}")

    def _cut(self) -> DamagedError:
        return DamagedError(
            f"the file ends at byte {self.offset:,} inside {self.part} (from byte {self.start:,}); it is cut, or a "
            "size in it is damaged"
        )

    def _read(self, size: int) -> bytes:
        parts, missing = [], size
        while missing and (data := self._source.read(missing)):
            parts.append(data)
            missing -= len(data)
        self.offset += size - missing
        return parts[0] if len(parts) == 1 else b"".join(parts)


def read_header_record(records: Records) -> Header:
    """The header; FormatError where this is no codelength file, DamagedError where it is damaged."""
    magic = records.take_some(len(MAGIC))
    if magic != MAGIC:
        what = "it is empty" if not magic else f"it begins with {magic.hex(' ')}, not {MAGIC.hex(' ')}"
        raise FormatError(f"this is not a codelength file: {what}")
    version = records.take(1)[0]
    if version not in (VERSION, ENVIRONMENT_VERSION):
        raise FormatError(
            f"this is version {version} of the format, or damaged; this release reads versions {VERSION} and "
            f"{ENVIRONMENT_VERSION}"
        )
    layout = records.take(1)[0]
    name = records.take(records.take(1)[0])
    total = records.number() if layout & _SIZE_KNOWN else None
    given_bytes = records.number() if layout & _GIVEN else None
    given_digest = records.take(DIGEST_BYTES).hex() if layout & _GIVEN else None
    environment = _read_environment(records) if version == ENVIRONMENT_VERSION else ()
    records.end()
    carried, chunk_bytes = bool(layout & _CARRIED), 1 << (layout & 31)
    if chunk_bytes > most_chunk_bytes(carried):
        raise records.damaged(f"chunks of {chunk_bytes:,} bytes are over the format's limit")
    try:
        codec_name = name.decode()
    except UnicodeDecodeError:
        raise records.damaged("the codec's name is not UTF-8") from None
    return Header(codec_name, chunk_bytes, carried, total, given_bytes, given_digest, environment)


def _read_environment(records: Records) -> tuple[tuple[str, str], ...]:
    size = records.number()
    if not 0 < size <= MAX_ENVIRONMENT_BYTES:
        raise records.damaged(f"an environment of {size:,} bytes is none, or over the format's limit")
    text = records.take(size)
    try:
        lines = [line.partition("=") for line in text.decode().split("\n")]
    except UnicodeDecodeError:
        raise records.damaged("the environment is not UTF-8") from None
    if not all(name and equals for name, equals, _ in lines):
        raise records.damaged("a line of the environment is not NAME=VALUE")
    return tuple((name, value) for name, _, value in lines)


def most_chunk_bytes(carried: bool) -> int:
    """The largest chunk that the format allows, so that a hostile header cannot ask for more."""
    return MAX_CARRIED_CHUNK_BYTES if carried else MAX_CHUNK_BYTES


def check_of(record: bytes, check_before: bytes = b"") -> bytes:
    """The check of a record behind that of the record before.

    >>> check_of(b"").hex()
    'e3b0c442'
    """
    return hashlib.sha256(check_before + record).digest()[:CHECK_BYTES]


def digest_of(data: bytes) -> str:
    """The first 16 bytes of SHA-256, in hex.

    >>> digest_of(b"")
    'e3b0c44298fc1c149afbf4c8996fb924'
    """
    return hashlib.sha256(data).digest()[:DIGEST_BYTES].hex()
