"""A copy from far away: X has 50 MB, Y is its beginning. How much of C(Y) does each codec find in X?

X is made of 50 MB of different data: novels, images, Bibles, XML, tables, a genome, photographs, captions. Y is its
first megabyte (of dickens), or the first 64 KiB of that. Whoever remembers all of X needs next to nothing for Y.

    found = (C(Y) − C(Y given X)) / C(Y)

Run: python -m benchmarks.far_copy [NAMES] [--quick]
"""

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.corpus import need, unpacked, verses
from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.measure.codelength import coded_bits
from codelength.naming import split_names
from codelength.registry import LADDER, create
from codelength.types import Codec, Conditional, Model

X_BYTES = 50_000_000
COPIES = (1_000_000, 65_536)


def main(names: Sequence[str] = (*LADDER, "mixing:level=fast"), *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every codec; the rows."""
    x = different_data()[: 200_000 if quick else X_BYTES]
    copies = [x[:size] for size in ((20_000, 5_000) if quick else COPIES)]
    rows: list[Row] = []
    for name in sorted(names, key=lambda name: not name.startswith("mixing")):
        for row in measure(create(name), x, copies):
            rows.append(told(row))
        if not quick:
            record("far_copy", rows, {"X": x, "Y": copies[0]}, keys=("model", "y_bytes"), judge=judge)
    if not quick:
        tell(judge(rows))
    return rows


def different_data() -> bytes:
    """Data of many kinds, none of it twice, dickens first."""
    names = ("dickens", "mr", "bible.txt", "xml", "book1", "kennedy.xls", "ecoli_first_half", "enwik6")
    parts = [need(name) for name in names]
    parts.append(verses("es_rvr"))
    parts += [unpacked(path) for path in sorted((SHARED_DATA / "bible_nt_xml").glob("*.xml"))]
    parts += [unpacked(path) for path in sorted((SHARED_DATA / "gutenberg").glob("*.txt"))]
    parts += [need(name) for name in ("kodim01.bmp", "kodim05.bmp")]
    parts += [unpacked(path) for path in sorted((SHARED_DATA / "multi30k").glob("train.*.gz"))]
    return b"".join(parts)


@dataclass(frozen=True)
class _Lengths:
    kind: str
    alone_bits: float
    given_bits: float


def measure(codec: Codec, x: bytes, copies: Sequence[bytes]) -> list[Row]:
    """What one codec finds of each copy; X is read once."""
    began = time.perf_counter()
    return [
        {
            "model": codec.name,
            "x_bytes": len(x),
            "y_bytes": len(y),
            "kind": found.kind,
            "y_bits": round(found.alone_bits, 1),
            "y_given_x_bits": round(found.given_bits, 1),
            "shared_bits": round(found.alone_bits - found.given_bits, 1),
            "found": round(1 - found.given_bits / found.alone_bits, 5),
            "window_bytes": codec.window_bytes,
            "seconds_for_all": round(time.perf_counter() - began, 1),
        }
        for y, found in zip(copies, _lengths(codec, x, copies), strict=True)
    ]


def _lengths(codec: Codec, x: bytes, copies: Sequence[bytes]) -> list[_Lengths]:
    if isinstance(codec, Model):
        after = codec.after(x)
        return [_Lengths("ideal", math.fsum(codec.bits(y)), math.fsum(after.bits(y))) for y in copies]
    if isinstance(codec, Conditional):
        given = codec.after(x)
        return [_Lengths("coded", coded_bits(codec, y), coded_bits(given, y)) for y in copies]
    x_bits = coded_bits(codec, x)
    return [_Lengths("difference", coded_bits(codec, y), coded_bits(codec, x + y) - x_bits) for y in copies]


def told(row: Row) -> Row:
    """Print a row; the row."""
    print(
        f"{row['model']:18} Y of {row['y_bytes']:>9,}: C(Y) {row['y_bits']:>12,}, "
        f"C(Y given X) {row['y_given_x_bits']:>12,}, found {row['found']} ({row['kind']}, {row['seconds_for_all']} s)",
        flush=True,
    )
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """mixing finds the copy within 1 %."""
    return [
        target(f"mixing, copy of {row['y_bytes']:,} bytes, part found", found, "at least 0.99", found >= 0.99)
        for row in rows
        if row["model"] == "mixing" and (found := float(row["found"] or 0)) is not None
    ]


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(*([split_names(given[0])] if given else []), quick="--quick" in sys.argv)
