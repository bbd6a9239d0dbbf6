"""Where data comes from: files, folders, globs, `-` (standard input) and fsspec URLs.

A folder's files, hidden ones too, are joined in the order of their relative paths' bytes, a glob's in the order of
their paths' bytes. Symbolic links inside a folder and what is no regular file (pipes, sockets, devices) are skipped and
said; a file that cannot be read, or that vanishes meanwhile, is an error that names it, never a silent gap.
"""

import glob
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from codelength.data.names import LOCAL_ERRORS, REMOTE_ERRORS, errors_named, printable
from codelength.dataset import Dataset
from codelength.errors import SourceError, UsageError
from codelength.units import MIB

STREAM = "-"
STREAM_NAME = "standard input"


class FileSystem(Protocol):
    """The part of an fsspec file system that sources need."""

    def isdir(self, path: str) -> bool:
        """Whether path is a folder."""

    def find(self, path: str) -> list[str]:
        """All files below path."""

    def glob(self, path: str) -> list[str]:
        """All that matches path."""

    def open(self, path: str, mode: str) -> BinaryIO:
        """An open file."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an argument stands for: files in their order, and what was skipped with the reason.

    `paths` are as the system knows them (names in other encodings by surrogateescape); `name`, `item_names` and
    `skipped` can be printed. `filesystem` is None for local files.
    """

    name: str
    paths: tuple[str, ...]
    item_names: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    filesystem: FileSystem | None = None


def find(argument: str) -> Found:
    """The files that an argument stands for; SourceError where there is none.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("b", "a", "Z"):
    ...         _ = Path(folder, name).write_text(name)
    ...     find(folder).item_names, load(folder).joined
    (('Z', 'a', 'b'), b'Zab')
    """
    name = printable(argument)
    if not argument:
        raise UsageError("the name of a file is empty; name a file, a folder, a pattern, a URL or - for standard input")
    if argument == STREAM:
        return Found(STREAM_NAME, (STREAM,), (STREAM_NAME,))
    if "://" in argument:
        return _find_remote(argument)
    with errors_named(name):
        path = Path(argument)
        if path.is_dir():
            return _find_in_folder(path, name)
        if glob.has_magic(argument) and not path.exists():
            return _find_by_glob(argument)
        path.stat()
    return Found(name, (argument,), (name,))


def load(argument: str, notice: Callable[[str], None] | None = None) -> Dataset:
    """All data of an argument, an item a file; what is skipped goes to notice, a line each.

    Raises SourceError with the path where something cannot be read or has vanished.
    """
    found = find(argument)
    _tell_skipped(found, notice)
    items = []
    for path in found.paths:
        with open_source(path, found.filesystem) as source:
            items.append(source.read())
    return Dataset(found.name, tuple(items), item_names=found.item_names)


def chunks(argument: str, *, chunk_bytes: int = MIB, notice: Callable[[str], None] | None = None) -> Iterator[bytes]:
    """The data of an argument piece by piece, joined as `load` joins it, in memory that does not grow with it.

    >>> import fsspec
    >>> fsspec.filesystem("memory").pipe("/example/a", b"abc")
    >>> list(chunks("memory://example/a", chunk_bytes=2))
    [b'ab', b'c']
    """
    found = find(argument)
    _tell_skipped(found, notice)
    for path in found.paths:
        with open_source(path, found.filesystem) as source:
            while data := source.read(chunk_bytes):
                yield data


class Source:
    """An open file whose errors name it."""

    def __init__(self, file: BinaryIO, name: str, errors: tuple[type[Exception], ...] = LOCAL_ERRORS) -> None:
        self.name = name
        self._file = file
        self._errors = errors

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self.name != STREAM_NAME:
            self._file.close()

    def read(self, size: int = -1, /) -> bytes:
        """At most size bytes; none only at the end."""
        with errors_named(self.name, self._errors):
            return self._file.read(size)

    def size(self) -> int | None:
        """Bytes from here to the end; None where only reading can tell."""
        if not self.seekable():
            return None
        here = self.tell()
        end = self.seek(0, os.SEEK_END)
        self.seek(here)
        return end - here

    def seekable(self) -> bool:
        """Whether it can be read from anywhere."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there."""
        with errors_named(self.name, self._errors):
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next read begins."""
        return self._file.tell()


def open_source(path: str, filesystem: FileSystem | None = None) -> Source:
    """One file, `-` or URL, open for reading; SourceError where it cannot be."""
    name = printable(path)
    if path == STREAM:
        if sys.stdin is None:
            raise SourceError("standard input is closed; name a file")
        return Source(sys.stdin.buffer, STREAM_NAME)
    if filesystem is None and "://" not in path:
        with errors_named(name):
            return Source(Path(path).open("rb"), name)
    with errors_named(name, REMOTE_ERRORS):
        if filesystem is None:
            filesystem, path = _file_system(path)
        return Source(filesystem.open(path, "rb"), name, REMOTE_ERRORS)


def _find_in_folder(folder: Path, name: str) -> Found:
    relative: list[str] = []
    skipped: list[str] = []

    def walk(path: Path, below: str) -> None:
        with errors_named(printable(str(path))), os.scandir(path) as entries:
            for entry in entries:
                inner = below + entry.name
                if entry.is_symlink():
                    skipped.append(f"{printable(inner)}: a symbolic link")
                elif entry.is_dir():
                    walk(path / entry.name, inner + "/")
                elif entry.is_file():
                    relative.append(inner)
                else:
                    skipped.append(f"{printable(inner)}: not a regular file")

    walk(folder, "")
    if not relative:
        raise SourceError(f"{name}: there is no file in this folder")
    relative.sort(key=os.fsencode)
    paths = tuple(str(folder / inner) for inner in relative)
    return Found(name, paths, tuple(map(printable, relative)), tuple(sorted(skipped)))


def _find_by_glob(pattern: str) -> Found:
    # A path with its anchor apart, since Path.glob takes relative patterns only.
    whole = Path(pattern)
    matches = Path(whole.anchor).glob(str(whole.relative_to(whole.anchor)))
    names = sorted(map(str, matches), key=os.fsencode)
    paths = tuple(name for name in names if Path(name).is_file())
    if not paths:
        raise SourceError(f"{printable(pattern)}: no file matches")
    skipped = tuple(f"{printable(name)}: not a regular file" for name in names if not Path(name).is_file())
    return Found(printable(pattern), paths, tuple(map(printable, paths)), skipped)


def _find_remote(url: str) -> Found:
    name = printable(url)
    with errors_named(name, REMOTE_ERRORS):
        filesystem, path = _file_system(url)
        if glob.has_magic(path):
            paths = [match for match in filesystem.glob(path) if not filesystem.isdir(match)]
        elif filesystem.isdir(path):
            paths = list(filesystem.find(path))
        else:
            return Found(name, (path,), (name,), filesystem=filesystem)
    if not paths:
        raise SourceError(f"{name}: there is no file")
    paths.sort(key=os.fsencode)
    return Found(name, tuple(paths), tuple(map(printable, paths)), filesystem=filesystem)


def _file_system(url: str) -> tuple[FileSystem, str]:
    from fsspec.core import url_to_fs

    filesystem, path = url_to_fs(url)
    return filesystem, path


def _tell_skipped(found: Found, notice: Callable[[str], None] | None) -> None:
    if notice is not None:
        for line in found.skipped:
            notice(f"{found.name}: skipped {line}")
