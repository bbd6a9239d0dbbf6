"""Documents: many texts with an identifier each, from a folder, JSON lines, Parquet or lines of text.

    folder            a document a file, named by its path; its .jsonl and .parquet files are read as such
    .jsonl, .ndjson   a document a line, the text in one field; its identifier in another, else the line's number
    .parquet          a document a row, likewise (needs pyarrow)
    any other file    a document a line; blank lines are none

Nothing is kept: documents are read anew each time they are asked for, in the same order, so that a pool may be larger
than memory. Texts are bytes; what is no UTF-8 stays as it is, except that JSON must be UTF-8.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codelength.data.files import STREAM, Found, find, open_source
from codelength.data.names import errors_named, printable
from codelength.errors import FormatError, UsageError
from codelength.units import MIB

JSON_ENDINGS = (".jsonl", ".ndjson")
PARQUET_ENDING = ".parquet"
TEXT_FIELD, ID_FIELD = "text", "id"
_BATCH_ROWS = 256


@dataclass(frozen=True, slots=True)
class Document:
    """One text and what it is called."""

    id: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Documents:
    """Where documents are; iterate over it as often as needed.

    Iteration raises FormatError for a line that is no JSON object, a missing field or a text that is no string,
    SourceError for a file that cannot be read.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = pathlib.Path(folder, "pool.jsonl")
    ...     _ = place.write_text('{"id": "a", "text": "one"}\\n{"text": "two"}\\n')
    ...     [(document.id, document.text) for document in documents(str(place))]
    [('a', b'one'), ('2', b'two')]
    """

    name: str
    found: Found
    is_folder: bool
    text_field: str = TEXT_FIELD
    id_field: str | None = None  # None: `id` where there is one

    def __iter__(self) -> Iterator[Document]:
        shards = len(self.found.paths) > 1
        for path, name in zip(self.found.paths, self.found.item_names, strict=True):
            head = f"{name}:" if shards else ""
            ending = "." + name.rpartition(".")[2].lower()
            if ending in JSON_ENDINGS:
                yield from self._json(path, name, head)
            elif ending == PARQUET_ENDING:
                yield from self._parquet(path, name, head)
            elif self.is_folder:
                with open_source(path, self.found.filesystem) as source:
                    yield Document(name, source.read())
            else:
                for number, line in _lines(path, self.found):
                    yield Document(f"{head}{number}", line)

    def _json(self, path: str, name: str, head: str) -> Iterator[Document]:
        for number, line in _lines(path, self.found):
            place = f"{name}, line {number:,}"
            try:
                row = json.loads(line)
            except UnicodeDecodeError as error:
                raise FormatError(f"{place}: not UTF-8, which JSON must be ({error.reason})") from None
            except (ValueError, RecursionError) as error:
                raise FormatError(f"{place}: no JSON ({error})") from None
            if not isinstance(row, dict):
                raise FormatError(
                    f"{place}: {type(row).__name__} where an object with a field {self.text_field!r} belongs"
                )
            yield self._document(row, place, f"{head}{number}")

    def _parquet(self, path: str, name: str, head: str) -> Iterator[Document]:
        try:
            from pyarrow import ArrowException
            from pyarrow.parquet import ParquetFile
        except ImportError:
            raise UsageError(f"{name} needs pyarrow; pip install 'codelength[parquet]', or give JSON lines") from None
        with errors_named(name, (OSError, ArrowException)):
            file = ParquetFile(path)
            columns = set(file.schema_arrow.names)
        wanted = [self.text_field, self.id_field or ID_FIELD]
        if self.text_field not in columns or (self.id_field and self.id_field not in columns):
            raise FormatError(f"{name}: {_missing(wanted, columns)}")
        number = 0
        with errors_named(name, (OSError, ArrowException)):
            for batch in file.iter_batches(_BATCH_ROWS, columns=[column for column in wanted if column in columns]):
                for row in batch.to_pylist():
                    number += 1
                    yield self._document(row, f"{name}, row {number:,}", f"{head}{number}")

    def _document(self, row: dict[str, Any], place: str, number: str) -> Document:
        text = row.get(self.text_field)
        if self.text_field not in row or (self.id_field and self.id_field not in row):
            raise FormatError(f"{place}: {_missing([self.text_field, self.id_field or ID_FIELD], set(row))}")
        if isinstance(text, str):
            text = text.encode("utf-8", "surrogatepass")
        if not isinstance(text, bytes):
            raise FormatError(f"{place}: field {self.text_field!r} holds {type(text).__name__} where a text belongs")
        identifier = row.get(self.id_field or ID_FIELD)
        return Document(number if identifier is None else printable(str(identifier)), text)


def documents(argument: str, *, text_field: str = TEXT_FIELD, id_field: str | None = None) -> Documents:
    """The documents that an argument stands for; SourceError where there is nothing, UsageError for `-`.

    >>> documents("-")
    Traceback (most recent call last):
    codelength.errors.UsageError: documents are read more than once, which standard input cannot be; name a file
    """
    if argument == STREAM:
        raise UsageError("documents are read more than once, which standard input cannot be; name a file")
    found = find(argument)
    is_folder = found.paths != (argument,) and not (len(found.paths) == 1 and "://" in argument)
    return Documents(found.name, found, is_folder, text_field, id_field)


def _missing(wanted: list[str], there: set[str]) -> str:
    missing = next(field for field in wanted if field not in there)
    option = "--text-field" if missing == wanted[0] else "--id-field"
    return f"there is no field {missing!r}; it has {', '.join(sorted(map(str, there))) or 'none'}; name one by {option}"


def _lines(path: str, found: Found) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, with their numbers from 1 on."""
    number, open_parts = 0, [b""]  # of a line whose end is still to come
    with open_source(path, found.filesystem) as source:
        while data := source.read(MIB):
            first, *others = data.split(b"\n")
            open_parts.append(first)
            for part in others:
                line = b"".join(open_parts)
                open_parts = [part]
                number += 1
                if line.strip():
                    yield number, line.removesuffix(b"\r")
    line = b"".join(open_parts)
    if line.strip():
        yield number + 1, line
