"""What every benchmark's results carry: the machine, versions, the date and the data's fingerprints."""

import datetime
import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SHARED_DATA = Path(__file__).parents[1].parent / "shared" / "data"

Row = Mapping[str, str | int | float | bool | None]


def record(name: str, rows: Sequence[Row], data: Mapping[str, bytes] | None = None) -> Path:
    """Write rows to results/NAME.json beside what they were measured on; the file's path."""
    result = {
        "benchmark": name,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform()},
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in ("codelength", "numpy", "numba")},
        },
        "data_sha256": {key: hashlib.sha256(value).hexdigest() for key, value in (data or {}).items()},
        "rows": list(rows),
    }
    RESULTS.mkdir(exist_ok=True)
    place = RESULTS / f"{name}.json"
    place.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return place


def processor() -> str:
    """The processor's name, where the system tells it."""
    places = Path("/proc/cpuinfo")
    if places.exists():
        for line in places.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
