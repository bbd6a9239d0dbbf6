"""What is done already, in a folder: a file a batch, so that an interrupted run goes on where it stopped.

A file is named by what its result depends on, `key`, and the batch's number, and holds a SHA-256 of its content before
it. So nothing is ever taken from a run over other data or by another release, and a damaged file is done again.
"""

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from codelength.data.names import errors_named, printable
from codelength.data.output import open_target
from codelength.errors import UsageError

_DIGEST = 32


@dataclass(frozen=True, slots=True)
class Journal:
    """A folder of finished batches; it is made where it is not there yet."""

    folder: str

    def __post_init__(self) -> None:
        place = Path(self.folder)
        if place.exists() and not place.is_dir():
            raise UsageError(f"{printable(self.folder)} is no folder; name one for finished batches")
        with errors_named(printable(self.folder)):
            place.mkdir(parents=True, exist_ok=True)

    def find(self, key: bytes, number: int) -> bytes | None:
        """A batch's result, or None where it is not there or damaged.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     journal = Journal(folder)
        ...     journal.keep(b"key", 3, b"result")
        ...     journal.find(b"key", 3), journal.find(b"key", 4), journal.find(b"other", 3)
        (b'result', None, None)
        """
        with contextlib.suppress(OSError):
            content = self._path(key, number).read_bytes()
            if hashlib.sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
                return content[_DIGEST:]
        return None

    def keep(self, key: bytes, number: int, result: bytes) -> None:
        """Write a batch's result, whole or not at all."""
        with open_target(str(self._path(key, number)), force=True) as target:
            target.write(hashlib.sha256(result).digest() + result)

    def _path(self, key: bytes, number: int) -> Path:
        return Path(self.folder, f"{hashlib.sha256(key).hexdigest()[:32]}-{number:06}.batch")
