"""Where data goes to: files that appear whole or not at all, and standard output.

An output is written beside its place under a temporary name, synchronised and renamed; an error, a full disk or an
interrupt leaves nothing behind. An existing file is replaced only by force.
"""

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from codelength.data.names import errors_named, printable
from codelength.errors import SourceError, UsageError
from codelength.units import MIB

STREAM = "-"
STREAM_NAME = "standard output"


class Sink(Protocol):
    """What an output is written to."""

    def write(self, data: memoryview, /) -> int | None:
        """Take data or a part of it; how much."""


class Target:
    """An open output whose errors name it."""

    def __init__(self, file: Sink, name: str) -> None:
        self.name = name
        self._file = file

    def write(self, data: bytes, /) -> int:
        """Take all of data."""
        rest = memoryview(data)
        while rest:  # an unbuffered file may take a part only
            with errors_named(self.name):
                taken = self._file.write(rest)
            if not taken:
                raise SourceError(f"{self.name}: it takes no data now; it must not be in non-blocking mode")
            rest = rest[taken:]
        return len(data)


@contextlib.contextmanager
def open_target(
    path: str, *, force: bool = False, verify: Callable[[BinaryIO], None] | None = None
) -> Iterator[Target]:
    """An output that appears under its name when the block, and then verify(what was written), end well.

    `-` is standard output, and like a device or a pipe it is written as it comes, or where there is something to verify
    through a temporary file. Raises UsageError where the output exists or is a terminal and force is not given,
    SourceError with its name where it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder, "out")
    ...     with open_target(str(place)) as target:
    ...         written = target.write(b"abc"), place.exists()
    ...     written, place.read_bytes()
    ((3, False), b'abc')
    """
    check_target(path, force=force)
    place, name = Path(path), printable(path)
    with errors_named(name):
        in_place = path == STREAM or (place.exists() and not place.is_file())
        place = place.resolve() if place.is_symlink() else place
    if in_place:
        with _opened_in_place(path) as target, _verified(target, verify) as outer:
            yield outer
        return
    partial = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with _opened(lambda: partial.open("xb+"), name) as file:
            yield Target(file, name)
            with errors_named(name):
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
            if verify is not None:
                verify(file)
        with errors_named(name):
            _put_in_place(partial, place, force)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def check_target(path: str, *, force: bool = False, source: str | None = None) -> None:
    """UsageError where an output may not be written: it exists, is a folder, a terminal, or the source itself."""
    name = printable(path)
    if path == STREAM:
        if sys.stdout is None:
            raise SourceError("standard output is closed; name a file with -o")
        if not force and sys.stdout.isatty():
            raise UsageError("standard output is a terminal; redirect it, name a file with -o, or pass --force")
        return
    with errors_named(name):
        place = Path(path)
        if not path or place.is_dir():
            raise UsageError(f"{name or 'an empty name'} is no file; name a file with -o")
        if not place.exists():
            return
        if source is not None and Path(source).exists() and place.samefile(source):
            raise UsageError(f"{name} is the input itself; name another output with -o")
        if place.is_file() and not force:
            raise UsageError(f"{name} exists; pass --force to replace it")


@contextlib.contextmanager
def _opened_in_place(path: str) -> Iterator[Target]:
    if path == STREAM:
        yield Target(sys.stdout.buffer, STREAM_NAME)
        sys.stdout.buffer.flush()
        return
    name = printable(path)
    with _opened(lambda: Path(path).open("wb"), name) as file:
        yield Target(file, name)


@contextlib.contextmanager
def _verified(target: Target, verify: Callable[[BinaryIO], None] | None) -> Iterator[Target]:
    if verify is None:
        yield target
        return
    name = "a temporary file"
    with _opened(tempfile.TemporaryFile, name) as spool:
        yield Target(spool, name)
        with errors_named(name):
            spool.seek(0)
        verify(spool)
        with errors_named(name):
            spool.seek(0)
        while data := spool.read(MIB):
            target.write(data)


@contextlib.contextmanager
def _opened(opener: Callable[[], BinaryIO], name: str) -> Iterator[BinaryIO]:
    with errors_named(name):
        file = opener()
    try:
        yield file
    finally:
        with errors_named(name):  # closing writes what is buffered, which fails again where the disk is full
            file.close()


def _put_in_place(partial: Path, place: Path, force: bool) -> None:
    if force:
        partial.replace(place)
    else:
        try:
            place.hardlink_to(partial)  # unlike a rename, it fails where another file has come meanwhile
        except FileExistsError:
            raise UsageError(f"{printable(str(place))} exists; pass --force to replace it") from None
        except OSError:  # a file system without links
            partial.rename(place)
        else:
            partial.unlink()
    with contextlib.suppress(OSError):  # not every system can synchronise a folder
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
