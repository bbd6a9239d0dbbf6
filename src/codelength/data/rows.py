"""Rows to a file, as JSON lines or Parquet: whole, or not at all."""

import importlib.util
import io
import json
from collections.abc import Iterable

from codelength.data.documents import JSON_ENDINGS, PARQUET_ENDING
from codelength.data.names import printable
from codelength.data.output import open_target
from codelength.errors import UsageError


def check_rows_name(path: str) -> None:
    """UsageError where the name ends neither in .jsonl or .ndjson nor in .parquet, or pyarrow is missing for it.

    >>> check_rows_name("scores.csv")
    Traceback (most recent call last):
    codelength.errors.UsageError: scores.csv: rows are written as .jsonl, .ndjson or .parquet; name such a file
    """
    if path.endswith(PARQUET_ENDING):
        if importlib.util.find_spec("pyarrow") is None:
            raise UsageError(f"{printable(path)} needs pyarrow; pip install 'codelength[parquet]', or write .jsonl")
    elif not path.endswith(JSON_ENDINGS):
        raise UsageError(f"{printable(path)}: rows are written as .jsonl, .ndjson or .parquet; name such a file")


def write_rows(path: str, lines: Iterable[str], *, force: bool = False) -> None:
    """Rows that come as JSON objects, a line each; the form follows the name's ending."""
    check_rows_name(path)
    with open_target(path, force=force) as target:
        if not path.endswith(PARQUET_ENDING):
            for line in lines:
                target.write(line.encode() + b"\n")
            return
        import pyarrow
        from pyarrow.parquet import write_table

        buffer = io.BytesIO()
        write_table(pyarrow.Table.from_pylist([json.loads(line) for line in lines]), buffer)
        target.write(buffer.getvalue())
