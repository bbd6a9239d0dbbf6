"""`mixing:level=max` with the net beside it without, on the ladder's texts: ideal bits and CPU seconds of both.

    python -m benchmarks.mixing_net [FILE...]        all texts, or some; the others' rows stay as they are

A file is read by both in one process, one after the other, so that their speeds are of one time.
"""

import sys
import time
from collections.abc import Sequence

from benchmarks.corpus import TEXTS, need
from benchmarks.record import Row, Value, record, target, tell
from codelength.registry import create
from codelength.types import Model

PLAIN, JOINED = "mixing:level=max", "mixing:level=max,net=lstm"


def main(quick: bool = False, names: Sequence[str] = ()) -> list[Row]:
    """Measure the texts that are named, or all; with `quick` the beginning of the shortest, and nothing is written."""
    if quick:
        return [row("alice29.txt", need("alice29.txt")[:2000])]
    rows: list[Row] = []
    for name in names or TEXTS:
        data = need(name)
        rows.append(row(name, data))
        record("mixing_net", rows[-1:], {name: data}, keys=("file",), judge=judge)
        print(rows[-1], flush=True)
    tell(judge(rows))
    return rows


def row(name: str, data: bytes) -> Row:
    """What both cost on one file."""
    (plain_bits, plain_seconds), (bits, seconds) = measured(PLAIN, data), measured(JOINED, data)
    found: dict[str, Value] = {
        "file": name,
        "raw_bytes": len(data),
        "kind": "ideal",
        "max_bits": round(plain_bits, 1),
        "net_bits": round(bits, 1),
        "saved_percent": round(100 - 100 * bits / plain_bits, 3),
        "max_kb_per_cpu_second": round(len(data) / plain_seconds / 1000, 1),
        "net_kb_per_cpu_second": round(len(data) / seconds / 1000, 2),
    }
    return found


def measured(name: str, data: bytes) -> tuple[float, float]:
    """Ideal bits and CPU seconds, after a run that compiles."""
    model = create(name)
    assert isinstance(model, Model)
    model.bits(data[:1000])
    start = time.process_time()
    bits = model.cost([data])
    return bits, time.process_time() - start


def judge(rows: Sequence[Row]) -> list[Row]:
    """On each text 1 % below `max` without a net (aim 2 %), at 5 KB/s at least."""
    found = []
    for each in rows:
        saved, speed = float(each["saved_percent"] or 0), float(each["net_kb_per_cpu_second"] or 0)
        found.append(target(f"{each['file']}: saved by the net, %", saved, "1 or more", saved >= 1, "2", saved >= 2))
        found.append(target(f"{each['file']}: KB/s", speed, "5 or more", speed >= 5))
    return found


if __name__ == "__main__":
    main(quick="--quick" in sys.argv, names=[name for name in sys.argv[1:] if not name.startswith("--")])
