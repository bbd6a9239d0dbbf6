"""The ladder: coded sizes and speeds of mixing beside xz -9e and zstd -19 on the same files in the same run.

Sizes are coded: encoded, decoded and compared. Speeds are raw megabytes (10^6 bytes) for each CPU second of coding
and of decoding, all of it counted: a model's setting up, the growth of its tables; the kernel is compiled before.
Other systems' sizes are published figures, in published.json. Run: python -m benchmarks.ladder [NAMES] [--quick]
"""

import itertools
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import LADDER_FILES, LIBRARY, TEXTS, library_files, load
from benchmarks.record import Row, record, target, tell
from codelength.dataset import sha256_of
from codelength.errors import CodelengthError
from codelength.naming import split_names
from codelength.registry import create
from codelength.types import Codec

COMMANDS = {"xz -9e": ("xz", "-9e", "-T1"), "zstd -19": ("zstd", "-19", "-q", "--single-thread")}
NAMES = (*COMMANDS, "mixing", "mixing:level=fast", "mixing:level=max")
PUBLISHED: dict[str, dict[str, int]] = json.loads(
    (Path(__file__).parent / "published.json").read_text(encoding="utf-8")
)["bytes"]
DEEP = "mixing_deep prototype"
QUICK_BYTES = 2000


def main(names: Sequence[str] = NAMES, *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every file; the rows."""
    files = {name: data for name in LADDER_FILES if (data := load(name)) is not None}
    print("absent:", ", ".join(name for name in LADDER_FILES if name not in files) or "nothing")
    if quick:
        files = {name: data[:QUICK_BYTES] for name, data in files.items()}
    print(f"{LIBRARY}: {len(library_files())} files, {len(files[LIBRARY]):,} bytes, {sha256_of(files[LIBRARY])[:16]}")
    rows: list[Row] = []
    for command in (name for name in names if name in COMMANDS):
        if shutil.which(COMMANDS[command][0]) is None:
            print(f"{command} is skipped: there is no command {COMMANDS[command][0]}")
            continue
        for name, data in files.items():
            rows.append(told(with_command(command, name, data)))
    for model in (name for name in names if name not in COMMANDS):
        try:
            codec = create(model)
        except CodelengthError as error:
            print(f"{model} is skipped: {error}")
            continue
        codec.decode(codec.encode(b"compile first " * 10))
        for name, data in files.items():
            rows.append(told(with_codec(codec, name, data)))
            if not quick:
                record("ladder", rows, files, keys=("model", "data"), judge=judge)
    if not quick:
        record("ladder", rows, files, keys=("model", "data"), judge=judge)
        tell(judge(rows))
    return rows


def with_codec(codec: Codec, name: str, data: bytes) -> Row:
    """Size and seconds of one codec on one file, decoded and compared."""
    clocks = [(time.process_time(), time.perf_counter())]
    code = codec.encode(data)
    clocks.append((time.process_time(), time.perf_counter()))
    back = codec.decode(code)
    clocks.append((time.process_time(), time.perf_counter()))
    if back != data:
        raise AssertionError(f"{codec.name} did not give {name} back")
    cpu = [after[0] - before[0] for before, after in itertools.pairwise(clocks)]
    wall = [after[1] - before[1] for before, after in itertools.pairwise(clocks)]
    return _row(codec.name, name, len(data), len(code), cpu, wall)


def with_command(command: str, name: str, data: bytes) -> Row:
    """The same of a command: its own and its children's CPU seconds."""
    cpu, wall = [], []
    with tempfile.TemporaryDirectory() as folder:
        raw, packed, back = (Path(folder) / part for part in ("raw", "packed", "back"))
        raw.write_bytes(data)
        for flags, source, result in ((("-c",), raw, packed), (("-d", "-c"), packed, back)):
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            with source.open("rb") as stdin, result.open("wb") as stdout:
                program, *options = COMMANDS[command]
                subprocess.run([program, *options, *flags], stdin=stdin, stdout=stdout, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            wall.append(time.perf_counter() - started)
        if back.read_bytes() != data:
            raise AssertionError(f"{command} did not give {name} back")
        return _row(command, name, len(data), packed.stat().st_size, cpu, wall)


def _row(model: str, name: str, raw: int, coded: int, cpu: Sequence[float], wall: Sequence[float]) -> Row:
    return {
        "model": model,
        "data": name,
        "raw_bytes": raw,
        "coded_bytes": coded,
        "kind": "coded",
        "bits_per_byte": round(8 * coded / raw, 4),
        "encode_cpu_seconds": round(cpu[0], 3),
        "decode_cpu_seconds": round(cpu[1], 3),
        "encode_wall_seconds": round(wall[0], 3),
        "decode_wall_seconds": round(wall[1], 3),
    }


def told(row: Row) -> Row:
    """Print a row beside the published figures; the row."""
    numbers: dict[str, Any] = dict(row)
    beside = PUBLISHED.get(numbers["data"], {})
    others = ", ".join(f"{key} {beside[key]:,}" for key in ("lpaq1-like", "zpaq -m4", "lpaq2", DEEP) if key in beside)
    print(
        f"{row['model']:18} {row['data']:18} {row['coded_bytes']:>10,}  encode {_speed([row], 'encode'):6.3f}  "
        f"decode {_speed([row], 'decode'):6.3f} MB/s   published: {others}",
        flush=True,
    )
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """The targets of the ladder, for what was measured of it."""
    return _judge_default(_of("mixing", rows)) + _judge_max(_of("mixing:level=max", rows))


def _judge_default(mine: dict[str, dict[str, Any]]) -> list[Row]:
    targets = []
    for name in TEXTS:
        if name in mine:
            size, other = mine[name]["coded_bytes"], PUBLISHED[name]["zpaq -m4"]
            targets.append(target(f"mixing on {name}, part of zpaq -m4's size", size / other, "under 1", size < other))
    for name in mine:
        if "lpaq2" in PUBLISHED.get(name, {}):
            size, other = mine[name]["coded_bytes"], PUBLISHED[name]["lpaq2"]
            found = size / other
            targets.append(
                target(f"mixing on {name}, part of lpaq2's size", found, "an aim only", True, "under 1", size < other)
            )
    table = [name for name in mine if {"lpaq1-like", "zpaq -m4"} <= PUBLISHED.get(name, {}).keys()]
    if table:
        part = sum(mine[name]["coded_bytes"] for name in table) / sum(PUBLISHED[name]["lpaq1-like"] for name in table)
        what = f"mixing, sum of the table's {len(table)} files, part of lpaq1-like's"
        targets.append(target(what, part, "at most 0.95", part <= 0.95))
    return targets + _judge_speed("mixing", list(mine.values()), 0.7, 1.2)


def _judge_max(mine: dict[str, dict[str, Any]]) -> list[Row]:
    targets = []
    for name in mine:
        beside = PUBLISHED.get(name, {})
        if DEEP in beside:
            size, deep, paq = mine[name]["coded_bytes"], beside[DEEP], beside.get("paq8px -5")
            half = (deep + paq) / 2 if paq else 0.0
            targets.append(
                target(
                    f"mixing:level=max on {name}, part of mixing_deep's size",
                    size / deep,
                    "under 1",
                    size < deep,
                    f"{half / deep:.4f}, half way to paq8px -5" if paq else "",
                    size <= half if paq else None,
                )
            )
    return targets + _judge_speed("mixing:level=max", list(mine.values()), 0.15, 0.3)


def _judge_speed(model: str, rows: Sequence[Row], least: float, aim: float) -> list[Row]:
    if not rows:
        return []
    found = {f"{way}, all files": _speed(rows, way) for way in ("encode", "decode")}
    for row in rows:
        if row["data"] == "dickens":
            found |= {f"{way}, dickens": _speed([row], way) for way in ("encode", "decode")}
    return [
        target(f"{model} {what}, MB a CPU second", speed, f"at least {least}", speed >= least, f"{aim}", speed >= aim)
        for what, speed in found.items()
    ]


def _of(model: str, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """A model's rows by file, of files that have their published size."""
    whole = (row for row in rows if row["model"] == model)
    return {
        str(row["data"]): dict(row)
        for row in whole
        if PUBLISHED.get(str(row["data"]), {}).get("raw_bytes") in (None, row["raw_bytes"])
    }


def _speed(rows: Sequence[Row], way: str) -> float:
    """Megabytes of raw data a CPU second, over rows."""
    numbers: list[dict[str, Any]] = [dict(row) for row in rows]
    seconds = sum(row[f"{way}_cpu_seconds"] for row in numbers)
    return float(sum(row["raw_bytes"] for row in numbers) / 1e6 / max(seconds, 1e-3))


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(split_names(given[0]) if given else NAMES, quick="--quick" in sys.argv)
