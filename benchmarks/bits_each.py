"""Many items from one state: how fast is bits_each beside plain reading of the same bytes?

The model reads 10 MB of novels. Then 10,000 items of 200 bytes, which are the last 2 MB of dickens and unread so
far, are priced by `bits_each`; and by a reader that reads them as one text. Both in turn in one process, in CPU
seconds; the median counts. Run: python -m benchmarks.bits_each [--quick]
"""

import statistics
import sys
import time
from collections.abc import Sequence

from benchmarks.corpus import need, unpacked
from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.models.mixing.model import Mixing

READ_BYTES, ITEMS, ITEM_BYTES, ROUNDS = 10_000_000, 10_000, 200, 7


def main(*, quick: bool = False) -> list[Row]:
    """Measure, print and record; the rows, one a round and the medians first."""
    read_bytes, items, rounds = (20_000, 50, 2) if quick else (READ_BYTES, ITEMS, ROUNDS)
    novels, tail = texts(read_bytes, items * ITEM_BYTES)
    rows: list[Row] = []
    for level in ("default", "fast"):
        rows.append(told(measure(level, novels, tail, rounds)))
    if not quick:
        record("bits_each", rows, {"read before": novels, "items": tail}, judge=judge)
        tell(judge(rows))
    return rows


def texts(read_bytes: int, tail_bytes: int) -> tuple[bytes, bytes]:
    """Novels to be read before, and the end of dickens, which is not among them."""
    dickens = need("dickens")
    gutenberg = [unpacked(SHARED_DATA / "gutenberg" / f"pg{number}.txt") for number in (1184, 2600)]
    return b"".join([*gutenberg, dickens[:-tail_bytes]])[:read_bytes], dickens[-tail_bytes:]


def measure(level: str, novels: bytes, tail: bytes, rounds: int) -> Row:
    """Seconds of both ways, in turn."""
    items = [tail[start : start + ITEM_BYTES] for start in range(0, len(tail), ITEM_BYTES)]
    model = Mixing(level).after(novels)
    model.bits_each(items[:10])
    each, plain = [], []
    for _ in range(rounds):
        reader = model.reader()
        began = time.process_time()
        together = reader.read(tail)
        plain.append(time.process_time() - began)
        del reader
        began = time.process_time()
        apart = model.bits_each(items)
        each.append(time.process_time() - began)
    return {
        "model": model.name,
        "read_bytes": len(novels),
        "items": len(items),
        "item_bytes": ITEM_BYTES,
        "rounds": rounds,
        "bits_each_megabytes_per_second": round(len(tail) / 1e6 / statistics.median(each), 4),
        "plain_megabytes_per_second": round(len(tail) / 1e6 / statistics.median(plain), 4),
        "part_of_plain_speed": round(statistics.median(p / e for p, e in zip(plain, each, strict=True)), 4),
        "least_part": round(min(p / e for p, e in zip(plain, each, strict=True)), 4),
        "greatest_part": round(max(p / e for p, e in zip(plain, each, strict=True)), 4),
        "items_bits": round(float(sum(bits.sum() for bits in apart)), 1),
        "one_text_bits": round(float(together.sum()), 1),
    }


def told(row: Row) -> Row:
    """Print a row; the row."""
    print(
        f"{row['model']}: bits_each {row['bits_each_megabytes_per_second']} MB/s, "
        f"plain {row['plain_megabytes_per_second']} MB/s, "
        f"part {row['part_of_plain_speed']} ({row['least_part']} to {row['greatest_part']})",
        flush=True,
    )
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """At least 70 % of plain speed, aim 90 %."""
    return [
        target(
            "mixing bits_each, part of plain speed, median of rounds",
            part := float(row["part_of_plain_speed"] or 0),
            "at least 0.7",
            part >= 0.7,
            "0.9",
            part >= 0.9,
        )
        for row in rows
        if row["model"] == "mixing"
    ]


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
