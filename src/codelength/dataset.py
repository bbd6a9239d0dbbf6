"""Dataset: named items of bytes, with labels if there are any.

The order of the items is part of the value; `joined` concatenates them in it, and the fingerprint covers order, sizes
and contents.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from codelength.errors import UsageError


def sha256_of(data: bytes) -> str:
    """SHA-256 of data in hex.

    >>> sha256_of(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Items of bytes under one name.

    >>> data = Dataset("pair", (b"ab", b"c"))
    >>> data.joined, len(data), data.raw_bytes
    (b'abc', 2, 3)
    >>> [part.items for part in data.split(1)]
    [(b'ab',), (b'c',)]
    """

    name: str
    items: tuple[bytes, ...]
    labels: tuple[int, ...] | None = None
    item_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for what, values in (("labels", self.labels), ("item names", self.item_names)):
            if values is not None and len(values) != len(self.items):
                raise UsageError(f"{self.name}: {len(values)} {what} for {len(self.items)} items; give one each")

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.items)

    @property
    def raw_bytes(self) -> int:
        """Sizes of all items, summed."""
        return sum(len(item) for item in self.items)

    @property
    def joined(self) -> bytes:
        """All items in their order, with nothing between."""
        return self.items[0] if len(self.items) == 1 else b"".join(self.items)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the items' sizes and contents in their order, and the labels."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(len(item).to_bytes(8, "little") + item)
        if self.labels is not None:
            digest.update(repr(self.labels).encode())
        return digest.hexdigest()

    def split(self, at: int) -> tuple["Dataset", "Dataset"]:
        """The first `at` items and the rest."""
        return self._part(slice(0, at)), self._part(slice(at, None))

    def _part(self, part: slice) -> "Dataset":
        labels = None if self.labels is None else self.labels[part]
        names = None if self.item_names is None else self.item_names[part]
        return Dataset(self.name, self.items[part], labels, names)
