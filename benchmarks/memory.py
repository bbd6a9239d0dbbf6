"""How much memory does a large file take? 1 GB through `codelength compress --with mixing:level=fast`.

The file is made of real data that is changed as it is repeated: in each round some letters and digits change places
with others of their kind, so that rounds differ. It lies in a temporary folder and is deleted. The compressor has a
process of its own; it verifies by decoding, so it goes twice through the data. Where the time is up it is stopped,
and the row says how far it came.

Run: python -m benchmarks.memory [--quick] [--bytes N] [--seconds N]
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus import need
from benchmarks.record import Row, record, target, tell

SIZE_BYTES, SECONDS, PIECE_BYTES, LIMIT_BYTES = 1_000_000_000, 3300.0, 1 << 20, 400_000_000
MODEL = "mixing:level=fast"


def main(size_bytes: int = SIZE_BYTES, seconds: float = SECONDS, *, quick: bool = False) -> list[Row]:
    """Make the file, compress it, print and record; the row."""
    size_bytes = min(size_bytes, 300_000) if quick else size_bytes
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < 2 * size_bytes + 10**9:
            print(f"memory is skipped: {folder} has no room for {2 * size_bytes:,} bytes")
            return []
        place = Path(folder) / "large"
        print(f"making {size_bytes:,} bytes", flush=True)
        fingerprint = make(place, size_bytes)
        tiny = Path(folder) / "tiny"
        tiny.write_bytes(b"compile first")
        first = measure(tiny, seconds)["peak_resident_bytes"]  # compiles the kernel where that was not yet done
        row = {"sha256": fingerprint, "peak_of_a_tiny_file_before": first, **measure(place, seconds)}
    print(row)
    rows: list[Row] = [row]
    if not quick:
        record("memory", rows, keys=("model", "raw_bytes"), judge=judge)
        tell(judge(rows))
    return rows


def make(place: Path, size_bytes: int) -> str:
    """Write so many bytes of data that never comes twice as it is; its SHA-256."""
    data = b"".join(need(name) for name in ("dickens", "mr", "bible.txt", "xml", "ecoli_first_half", "enwik6"))
    digest, written, turn = hashlib.sha256(), 0, 0
    with place.open("wb") as file:
        while written < size_bytes:
            table = changed_letters(turn)
            for start in range(0, len(data), PIECE_BYTES):
                piece = data[start : start + PIECE_BYTES].translate(table)[: size_bytes - written]
                file.write(piece)
                digest.update(piece)
                written += len(piece)
            turn += 1
    return digest.hexdigest()


def changed_letters(turn: int) -> bytes:
    """A table in which some letters and digits change places with others of their kind; none in turn 0."""
    table, rng = bytearray(range(256)), random.Random(turn)
    for kind in (range(97, 123), range(65, 91), range(48, 58)):
        for _ in range(min(turn, 8)):
            a, b = rng.sample(list(kind), 2)
            table[a], table[b] = table[b], table[a]
    return bytes(table)


def measure(place: Path, seconds: float) -> Row:
    """Peak resident memory of the compressor, as the system counts it."""
    code = place.with_suffix(".cl")
    command = [sys.executable, "-m", "codelength", "compress", str(place), "--with", MODEL, "-o", str(code)]
    began = time.perf_counter()
    peak, sampled, moved = 0, 0, 0
    with subprocess.Popen(command) as process:
        usage = None
        try:
            while usage is None and time.perf_counter() - began < seconds:
                sampled, moved = max(sampled, _peak(process.pid)), max(moved, _read(process.pid))
                time.sleep(0.2)
                ended, status, used = os.wait4(process.pid, os.WNOHANG)
                if ended:
                    usage, process.returncode = used, os.waitstatus_to_exitcode(status)
        finally:
            if usage is None:
                process.kill()
        if usage is not None:
            peak = usage.ru_maxrss * 1024
    if usage is not None and process.returncode:
        raise RuntimeError(f"compress ended with {process.returncode}")
    return {
        "model": MODEL,
        "raw_bytes": place.stat().st_size,
        "coded_bytes": code.stat().st_size if usage is not None else None,
        "finished": usage is not None,
        "bytes_read_by_process": moved,  # the file once to code it, its code once to verify it, and the program
        "peak_resident_bytes": sampled or peak,  # ru_maxrss also counts the parent's memory at the fork
        "seconds": round(time.perf_counter() - began, 1),
    }


def _peak(process_id: int) -> int:
    """The most resident memory of a running process so far; 0 where the system does not tell."""
    return _figure(Path(f"/proc/{process_id}/status"), "VmHWM") * 1024


def _read(process_id: int) -> int:
    """What a running process has read so far; 0 where the system does not tell."""
    return _figure(Path(f"/proc/{process_id}/io"), "rchar")


def _figure(place: Path, key: str) -> int:
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)


def judge(rows: Sequence[Row]) -> list[Row]:
    """Under 400 MB for 1 GB; a smaller file, or one not finished, does not pass."""
    targets = []
    for row in rows:
        size, peak = int(row["raw_bytes"] or 0), int(row["peak_resident_bytes"] or 0)
        whole = size >= SIZE_BYTES and row["finished"] is True
        said = "" if row["finished"] else ", stopped before its end"
        targets.append(
            target(
                f"{row['model']} on {size:,} bytes{said}: peak resident MB",
                peak / 1e6,
                "under 400 on a whole 1 GB",
                whole and peak < LIMIT_BYTES,
            )
        )
    return targets


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="300,000 bytes, nothing recorded")
    parser.add_argument("--bytes", type=int, default=SIZE_BYTES, help="size of the file")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="stop after so long")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the compressor ends too
    main(options.bytes, options.seconds, quick=options.quick)
