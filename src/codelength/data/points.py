"""Clouds of points from files: .npy arrays, and tables as .csv or .tsv.

A table's columns of numbers are its coordinates; others are left out and said. A first line that is no row of numbers
names the columns. An empty cell or `?`, `NA`, `nan` in a column of numbers is nan, for which no map is searched.
"""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from codelength.data.files import open_source
from codelength.data.names import printable
from codelength.errors import FormatError, UsageError

ENDINGS = {".csv": ",", ".tsv": "\t"}
_MISSING = ("", "?", "na", "nan", "null")
_NUMBERS = 0.5  # of a column's cells at least, for it to count as one of numbers

Points = npt.NDArray[np.float64]


def load_points(source: str, notice: Callable[[str], None] | None = None) -> tuple[Points, tuple[str, ...]]:
    """The points [n, d] of a file and the names of their columns; columns that were left out go to notice.

    Raises UsageError for another ending, FormatError for what is no table of numbers.
    """
    name, ending = printable(source), PurePath(source).suffix.lower()
    if ending not in (".npy", *ENDINGS):
        raise UsageError(f"{name}: points are read from .npy, .csv or .tsv; name such a file")
    with open_source(source) as file:
        data = file.read()
    if ending == ".npy":
        points = _from_npy(name, data)
        return points, tuple(map(str, range(1, points.shape[1] + 1)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} is no text in UTF-8: {error.reason} at byte {error.start:,}") from None
    return from_table(name, text, ENDINGS[ending], notice)


def from_table(
    name: str, text: str, separator: str = ",", notice: Callable[[str], None] | None = None
) -> tuple[Points, tuple[str, ...]]:
    """A table's columns of numbers, [n, d], and their names; those of a table without a head are numbered.

    >>> points, columns = from_table("t", "size,colour,mass\\n1,red,2\\n3,blue,?\\n")
    >>> points.tolist(), columns
    ([[1.0, 2.0], [3.0, nan]], ('size', 'mass'))
    """
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True) if row]
    if not rows:
        raise FormatError(f"{name} is empty; a table has rows of numbers")
    uneven = next((number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])), None)
    if uneven is not None:
        raise FormatError(
            f"{name}, row {uneven:,} has {len(rows[uneven - 1])} cells, row 1 has {len(rows[0])}; rows must be alike"
        )
    head = rows[0] if len(rows) > 1 and not any(map(_is_number, rows[0])) and any(map(_is_number, rows[1])) else None
    rows = rows[1:] if head else rows
    names = head or [str(number) for number in range(1, len(rows[0]) + 1)]
    kept, columns = [], []
    for place, title in enumerate(names):
        cells = [row[place] for row in rows]
        if sum(map(_is_number, cells)) < _NUMBERS * len(cells):
            if notice is not None:
                notice(f"{name}: column {title} holds no numbers and is left out")
            continue
        columns.append(title)
        kept.append(_numbers(name, title, cells, first=2 if head else 1))
    if not kept:
        raise FormatError(f"{name} has no column of numbers")
    return np.column_stack(kept), tuple(columns)


def _from_npy(name: str, data: bytes) -> Points:
    try:
        points = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        raise FormatError(f"{name} is no array that can be read; write numbers with numpy.save, or .csv") from None
    if not isinstance(points, np.ndarray) or points.dtype.kind not in "fiub" or points.ndim not in (1, 2):
        told = f"{points.ndim} axes of {points.dtype}" if isinstance(points, np.ndarray) else "several arrays"
        raise FormatError(f"{name} holds {told}; points are numbers in one or two axes, [points, columns]")
    flat = points.astype(np.float64)
    return flat[:, None] if flat.ndim == 1 else flat


def _numbers(name: str, column: str, cells: Sequence[str], first: int) -> list[float]:
    numbers = []
    for row, cell in enumerate(cells, first):
        if not (_is_number(cell) or cell.strip().lower() in _MISSING):
            raise FormatError(f"{name}, row {row:,}: {cell!r} in column {column} is no number")
        numbers.append(float(cell) if _is_number(cell) else float("nan"))
    return numbers


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip().lower() not in _MISSING
