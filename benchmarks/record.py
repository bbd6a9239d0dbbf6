"""What every benchmark's results carry: machine, versions, date, the data's fingerprints, the targets and the rows."""

import datetime
import hashlib
import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SHARED_DATA = Path(__file__).parents[1].parent / "shared" / "data"

Value = str | int | float | bool | None
Row = Mapping[str, Value]
Judge = Callable[[Sequence[Row]], list[Row]]  # rows to targets, made by `target`


def record(
    name: str,
    rows: Sequence[Row],
    data: Mapping[str, bytes] | None = None,
    *,
    keys: Sequence[str] = (),
    judge: Judge | None = None,
) -> Path:
    """Write rows to results/NAME.json beside what they were measured on; the file's path.

    With `keys`, rows that are there already and differ in them are kept, each with the date and load of its own run.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    versions = {
        "python": platform.python_version(),
        **{package: version(package) for package in ("codelength", "numpy", "numba")},
    }
    machine: dict[str, Value] = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),  # processes that wanted a core, this one among them, in the last minute
    }
    prints = {key: hashlib.sha256(value).hexdigest() for key, value in (data or {}).items()}
    place = RESULTS / f"{name}.json"
    if keys:
        rows = [{"load": machine["load"], **row, "date": today} for row in rows]
        if place.exists():
            before = json.loads(place.read_text(encoding="utf-8"))
            rows = merged(before["rows"], rows, keys)
            prints = {**before["data_sha256"], **prints}
    result = {
        "benchmark": name,
        "date": today,
        "machine": machine,
        "versions": versions,
        "data_sha256": prints,
        "targets": judge(rows) if judge else [],
        "rows": list(rows),
    }
    RESULTS.mkdir(exist_ok=True)
    place.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return place


def merged(before: Sequence[Row], rows: Sequence[Row], keys: Sequence[str]) -> list[Row]:
    """The rows from before with those of equal keys replaced where they stand, and new ones behind.

    >>> merged([{"k": 1, "v": 1}, {"k": 2, "v": 1}], [{"k": 2, "v": 5}, {"k": 3, "v": 5}], ["k"])
    [{'k': 1, 'v': 1}, {'k': 2, 'v': 5}, {'k': 3, 'v': 5}]
    """
    table = {tuple(row.get(key) for key in keys): row for row in before}
    table.update({tuple(row.get(key) for key in keys): row for row in rows})
    return list(table.values())


def target(what: str, found: float, wanted: str, passed: bool, aim: str = "", aim_reached: bool | None = None) -> Row:
    """One target: what is asked, what was found, and whether that is enough."""
    return {
        "what": what,
        "found": round(found, 4),
        "wanted": wanted,
        "passed": passed,
        "aim": aim,
        "aim_reached": aim_reached,
    }


def tell(targets: Sequence[Row]) -> None:
    """Print each target with its verdict."""
    for row in targets:
        aim = f"; aim {row['aim']}: {'reached' if row['aim_reached'] else 'not reached'}" if row["aim"] else ""
        print(f"{'pass' if row['passed'] else 'FAIL'}  {row['what']}: {row['found']:,} (wanted {row['wanted']}{aim})")


def processor() -> str:
    """The processor's name, where the system tells it."""
    places = Path("/proc/cpuinfo")
    if places.exists():
        for line in places.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
