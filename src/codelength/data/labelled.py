"""Labelled data: inputs that both ends know, and the labels that are to be sent.

    FOLDER or *-images-idx3-ubyte[.gz]   images and labels in the IDX format of MNIST
    FILE.csv                             a table with a head line; the label is its last column unless said
    FILE.txt, FILE.tsv                   texts, a line each: label, tab, text
    sklearn:digits, iris, wine, breast_cancer   what comes with scikit-learn

Inputs are side information, so scaling them by all of them is fair. Numbers are standardised, other columns become one
column for each value; texts become logarithms of counts of their words, hashed into 2,048 columns, of unit length.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.data.files import open_source
from codelength.data.names import printable
from codelength.errors import FormatError, SourceError, UsageError
from codelength.types import Inputs, Labels

SCIKIT_PREFIX = "sklearn:"
SCIKIT_SETS = ("digits", "iris", "wine", "breast_cancer")
MOST_VALUES = 64  # of a column that holds no numbers
WORD_COLUMNS = 2048
PIECE_BYTES = 512
GRID = 4  # an image is cut into 4 × 4 patches, the groups of its pixels

Shape = Literal["images", "table", "texts"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Items with labels: x [n, features] or [n, channels, height, width], y [n] below the number of classes.

    `groups` names columns (of an item flattened) that belong together; `texts` holds the raw items where they are
    texts.

    >>> data = Labelled("toy", np.zeros((2, 3), np.float32), np.array([0, 1]), ("no", "yes"), {"a": (0, 1), "b": (2,)})
    >>> len(data), data.shape, data.first(1).y.tolist()
    (2, (3,), [0])
    """

    name: str
    x: Inputs
    y: Labels
    classes: tuple[str, ...]
    groups: Mapping[str, tuple[int, ...]]
    kind: Shape = "table"
    texts: tuple[bytes, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise FormatError(f"{self.name}: {len(self.x):,} items and {len(self.y):,} labels; there must be one each")
        if not len(self.y):
            raise FormatError(f"{self.name}: there is no item")
        if not np.isfinite(self.x).all():
            raise FormatError(f"{self.name}: an input is not finite; replace or remove it")
        if self.y.min() < 0 or self.y.max() >= len(self.classes):
            raise FormatError(f"{self.name}: labels must lie in range({len(self.classes)})")

    def __len__(self) -> int:
        return len(self.y)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one item."""
        return self.x.shape[1:]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the shapes, the inputs and the labels."""
        digest = hashlib.sha256(repr((self.x.shape, self.classes)).encode())
        for array in (self.x, self.y):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def chosen(self, items: npt.NDArray[np.int64]) -> "Labelled":
        """These items in this order."""
        texts = None if self.texts is None else tuple(self.texts[i] for i in items)
        return replace(self, x=self.x[items], y=self.y[items], texts=texts)

    def first(self, n: int) -> "Labelled":
        """The first n items."""
        return self.chosen(np.arange(min(n, len(self))))

    def shuffled(self, seed: int) -> "Labelled":
        """The items in random order, the same for the same seed."""
        return self.chosen(np.random.default_rng(seed).permutation(len(self)))

    def with_labels(self, y: Labels) -> "Labelled":
        """The same inputs with other labels."""
        return replace(self, y=y)

    def without(self, group: str) -> "Labelled":
        """The columns of a group set to 0, so that they tell nothing."""
        flat = self.x.reshape(len(self), -1).copy()
        flat[:, list(self.groups[group])] = 0
        return replace(self, x=flat.reshape(self.x.shape))


def load_labelled(source: str, *, label: str | None = None) -> Labelled:
    """Labelled data by the name of a file, a folder or a set that comes with scikit-learn.

    `label` names a table's column of labels, or gives its number from 0. Raises SourceError, FormatError and
    UsageError with what was found.

    >>> load_labelled("sklearn:iris").x.shape
    (150, 4)
    """
    if source.startswith(SCIKIT_PREFIX):
        return _from_scikit(source.removeprefix(SCIKIT_PREFIX))
    path = Path(source)
    if path.is_dir() or "idx3-ubyte" in path.name:
        return _from_idx(path)
    suffix = Path(source.removesuffix(".gz")).suffix.lower()
    readers: dict[str, Callable[[str, str], Labelled]] = {
        ".csv": lambda name, text: from_csv(name, text, label=label),
        ".txt": from_lines,
        ".tsv": from_lines,
    }
    if suffix not in readers:
        raise UsageError(
            f"{printable(source)}: labelled data are a folder with IDX files, a .csv, a .txt or .tsv of lines "
            f"'label<tab>text', or one of {', '.join(SCIKIT_PREFIX + name for name in SCIKIT_SETS)}"
        )
    if label is not None and suffix != ".csv":
        raise UsageError(f"{printable(source)} is no .csv: only a table has a column of labels to name")
    return readers[suffix](printable(source), _text(source))


def load_unlabelled(source: str, kind: Shape) -> Labelled | tuple[bytes, ...]:
    """Items without their labels: images of an IDX folder or of scikit-learn, or texts.

    A file whose lines are all 'label<tab>text' gives its texts; any other gives pieces of 512 bytes.
    """
    if kind == "images":
        found = load_labelled(source)
        if found.kind != "images":
            raise UsageError(f"{printable(source)} holds {found.kind}, and the task's items are images; name images")
        return found
    data = _raw(source)
    lines = [line for line in data.splitlines() if line.strip()]
    if lines and all(b"\t" in line for line in lines):
        return tuple(line.partition(b"\t")[2].strip() for line in lines)
    return tuple(data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES))


def from_csv(name: str, text: str, *, label: str | None = None) -> Labelled:
    """A table from its text, the first line being names; numbers are standardised, other columns cut into values.

    >>> data = from_csv("t", "size,colour,kind\\n1,red,a\\n3,blue,b\\n")
    >>> data.classes, data.groups, data.x.tolist()
    (('a', 'b'), {'size': (0,), 'colour': (1, 2)}, [[-1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    """
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if len(rows) < 2:
        raise FormatError(f"{name}: a table needs a line of names and at least one row")
    head, rows = [column.strip() for column in rows[0]], rows[1:]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(head):
            raise FormatError(f"{name}: row {number:,} has {len(row)} cells where the head has {len(head)}")
    at = _label_column(name, head, label)
    parts: list[Inputs] = []
    groups: dict[str, tuple[int, ...]] = {}
    width = 0
    for i, column in enumerate(head):
        if i == at:
            continue
        part = _columns([row[i].strip() for row in rows])
        groups[column if column not in groups else f"{column}#{i}"] = tuple(range(width, width + part.shape[1]))
        parts.append(part)
        width += part.shape[1]
    if not parts:
        raise FormatError(f"{name}: there is no column besides the labels")
    classes, y = _classes([row[at].strip() for row in rows])
    return Labelled(name, np.concatenate(parts, axis=1), y, classes, groups)


def from_lines(name: str, text: str) -> Labelled:
    """Texts with labels, a line each: label, tab, text; words become hashed columns.

    >>> data = from_lines("t", "spam\\tbuy now\\nham\\tsee you now\\n")
    >>> data.classes, data.texts, data.x.shape
    (('ham', 'spam'), (b'buy now', b'see you now'), (2, 2048))
    """
    labels, texts = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        label, tab, rest = line.partition("\t")
        if not tab:
            raise FormatError(f"{name}: line {number:,} has no tab; a line is label, tab, text")
        labels.append(label.strip())
        texts.append(rest.strip())
    if not labels:
        raise FormatError(f"{name}: there is no line 'label<tab>text'")
    classes, y = _classes(labels)
    x = np.stack([hashed_words(item) for item in texts])
    return Labelled(name, x, y, classes, {}, "texts", tuple(item.encode() for item in texts))


def hashed_words(text: str) -> Inputs:
    """log(1 + count) of a text's words, hashed into 2,048 columns by CRC-32, of unit length."""
    row = np.zeros(WORD_COLUMNS, np.float32)
    for word in text.lower().split():
        row[zlib.crc32(word.encode()) % WORD_COLUMNS] += 1
    row = np.log1p(row)
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-12), np.float32)


def patches(shape: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """The pixels of an image [channels, height, width] in 4 × 4 patches, named by row and column.

    >>> list(patches((1, 8, 8)))[:2], patches((1, 8, 8))["patch 0,1"]
    (['patch 0,0', 'patch 0,1'], (2, 3, 10, 11))
    """
    channels, height, width = shape
    places = np.arange(channels * height * width).reshape(channels, height, width)
    found = {}
    for i in range(GRID):
        for j in range(GRID):
            part = places[
                :,
                height * i // GRID : height * (i + 1) // GRID,
                width * j // GRID : width * (j + 1) // GRID,
            ]
            found[f"patch {i},{j}"] = tuple(part.ravel().tolist())
    return found


def _from_scikit(name: str) -> Labelled:
    if name not in SCIKIT_SETS:
        raise UsageError(f"{SCIKIT_PREFIX}{name} is unknown; there are {', '.join(SCIKIT_SETS)}")
    try:
        from sklearn import datasets
    except ImportError:
        raise UsageError(f"{SCIKIT_PREFIX}{name} needs scikit-learn; pip install 'codelength[learn]'") from None
    found = getattr(datasets, f"load_{name}")()
    classes = tuple(map(str, found.target_names))
    y = np.asarray(found.target, np.int64)
    if name == "digits":
        x: Inputs = np.asarray(found.images[:, None] / 16, np.float32)
        return Labelled(SCIKIT_PREFIX + name, x, y, classes, patches(x.shape[1:]), "images")
    groups = {str(feature): (i,) for i, feature in enumerate(found.feature_names)}
    return Labelled(SCIKIT_PREFIX + name, _standardised(np.asarray(found.data, np.float64)), y, classes, groups)


def _from_idx(path: Path) -> Labelled:
    folder = path if path.is_dir() else path.parent
    found = sorted(folder.glob("*images*idx3-ubyte*")) if path.is_dir() else [path]
    found = [place for place in found if "train" in place.name] or found
    if not found:
        raise SourceError(f"{printable(str(path))}: there is no *-images-idx3-ubyte[.gz] in this folder")
    labels = found[0].with_name(found[0].name.replace("images", "labels").replace("idx3", "idx1"))
    x: Inputs = np.asarray(_read_idx(str(found[0]), 3)[:, None] / np.float32(255), np.float32)
    y = _read_idx(str(labels), 1).astype(np.int64)
    classes = tuple(map(str, range(int(y.max(initial=0)) + 1)))
    return Labelled(printable(str(path)), x, y, classes, patches(x.shape[1:]), "images")


def _read_idx(path: str, axes: int) -> npt.NDArray[np.uint8]:
    data = _raw(path)
    name = printable(path)
    if len(data) < 4 + 4 * axes or data[:3] != b"\0\0\x08" or data[3] != axes:
        raise FormatError(f"{name} is no IDX file of bytes with {axes} axes")
    sizes = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(axes)]
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * axes)
    if len(values) != np.prod(sizes, dtype=np.int64):
        raise FormatError(f"{name}: its head promises {' x '.join(map(str, sizes))} bytes, it has {len(values):,}")
    return values.reshape(sizes)


def _raw(path: str) -> bytes:
    with open_source(path) as source:
        data = source.read()
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(f"{printable(path)}: damaged gzip data ({error})") from error


def _text(path: str) -> str:
    return _raw(path).decode("utf-8-sig", "replace")


def _label_column(name: str, head: list[str], label: str | None) -> int:
    if label is None:
        return len(head) - 1
    if label in head:
        return head.index(label)
    if label.isdecimal() and int(label) < len(head):
        return int(label)
    raise UsageError(f"{name} has no column {label!r}; it has {', '.join(head)}")


def _columns(cells: list[str]) -> Inputs:
    """A column's cells as numbers [n, 1], or one column for each of its most frequent values [n, values]."""
    try:
        numbers = np.array([float(cell) for cell in cells])
    except ValueError:
        numbers = np.array([np.nan])
    if np.isfinite(numbers).all():
        return _standardised(numbers[:, None])
    _, places, counts = np.unique(np.array(cells), return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_VALUES])
    return np.asarray(places[:, None] == kept[None, :], np.float32)


def _classes(names: list[str]) -> tuple[tuple[str, ...], Labels]:
    classes, y = np.unique(np.array(names), return_inverse=True)
    return tuple(map(str, classes)), y.astype(np.int64)


def _standardised(x: npt.NDArray[np.float64]) -> Inputs:
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1), np.float32)
