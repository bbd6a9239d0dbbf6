"""Texts that say the same in other words: does mixing find more than every library codec of the ladder?

    translation   the Spanish Bible after the English one; French captions after English ones, line by line
    edition       a source tree after an older version of it
    changed       64 KiB of X, every word changed by one rule: its first letter goes to its end and "ay" behind it;
                  or every letter moves on by one

Intervals are a bootstrap over blocks of Y (codelength.measure.interval); codecs that cannot price blocks have none.
Run: python -m benchmarks.related [--quick]
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.corpus import need, unpacked, verses
from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.dataset import Dataset
from codelength.measure.shared import shared
from codelength.registry import LADDER, create
from codelength.result.shared import Shared

PACKAGE, OLDER, NEWER = "rich", "13.0.0", "13.9.4"
LIBRARIES = tuple(name for name in LADDER if not name.startswith(("counts", "mixing")))


def main(names: Sequence[str] = LADDER, *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every pair; the rows."""
    rows: list[Row] = []
    prints: dict[str, bytes] = {}
    for what, x, y in pairs():
        pair_x, pair_y = (
            Dataset(part, (data[:20_000] if quick else data,)) for part, data in zip("XY", (x, y), strict=True)
        )
        prints |= {f"{what}, X": x, f"{what}, Y": y}
        for name in sorted(names, key=lambda name: not name.startswith("mixing")):
            rows.append(told(_row(what, shared(pair_x, pair_y, create(name), nulls={}, joint="none"))))
            if not quick:
                record("related", rows, prints, keys=("pair", "model"), judge=judge)
    if not quick:
        tell(judge(rows))
    return rows


def pairs() -> Iterator[tuple[str, bytes, bytes]]:
    """Name, X and Y of each pair; says which is left out and why."""
    dickens = need("dickens")[:1_000_000]
    part = dickens[500_000 : 500_000 + 65_536]
    yield "64 KiB of X, first letters to the end", dickens, first_letters_to_the_end(part)
    yield "64 KiB of X, letters moved on by one", dickens, letters_moved_on(part)
    english, french = (unpacked(SHARED_DATA / f"multi30k/test_2016_flickr.{language}.gz") for language in ("en", "fr"))
    yield "captions of 2016, fr after en", english, french
    trees = [source_tree(PACKAGE, version) for version in (OLDER, NEWER)]
    if trees[0] and trees[1]:
        yield f"sources of {PACKAGE}, {NEWER} after {OLDER}", trees[0], trees[1]
    else:
        print(f"two versions of {PACKAGE} are skipped: pip could not get them")
    yield "es_rvr after bible.txt", need("bible.txt"), verses("es_rvr")


def first_letters_to_the_end(text: bytes) -> bytes:
    """Every word of two letters or more loses its first letter to its end, and gets "ay" behind it.

    >>> first_letters_to_the_end(b"It was the best")
    b'tIay asway hetay estbay'
    """
    return re.sub(rb"([A-Za-z])([A-Za-z]+)", rb"\2\1ay", text)


def letters_moved_on(text: bytes) -> bytes:
    """Every letter is replaced by the next one of the alphabet, z by a.

    >>> letters_moved_on(b"Hazel")
    b'Ibafm'
    """
    small, large = bytes(range(97, 123)), bytes(range(65, 91))
    return text.translate(bytes.maketrans(small + large, small[1:] + small[:1] + large[1:] + large[:1]))


def source_tree(package: str, version: str) -> bytes:
    """All *.py of a package's wheel, joined in the order of their paths; empty where pip cannot get it."""
    with tempfile.TemporaryDirectory() as folder:
        command = (
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--dest",
            folder,
        )
        got = subprocess.run([*command, f"{package}=={version}"], capture_output=True, timeout=120, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if got.returncode or not wheels:
            return b""
        with zipfile.ZipFile(wheels[0]) as wheel:
            return b"".join(wheel.read(name) for name in sorted(wheel.namelist()) if name.endswith(".py"))


def _row(what: str, found: Shared) -> Row:
    low, high = found.interval_bits or (None, None)
    return {
        "pair": what,
        "model": found.model,
        "x_bytes": found.x_bytes,
        "y_bytes": found.y_bytes,
        "kind": found.kind,
        "y_bits": round(found.y_bits, 1),
        "y_given_x_bits": round(found.y_given_x_bits, 1),
        "shared_bits": round(found.shared_bits, 1),
        "shared_low": None if low is None else round(low, 1),
        "shared_high": None if high is None else round(high, 1),
        "shared_fraction": round(found.shared_fraction, 5),
        "seconds": round(found.seconds, 1),
    }


def told(row: Row) -> Row:
    """Print a row; the row."""
    interval = "" if row["shared_low"] is None else f" [{row['shared_low']:,} to {row['shared_high']:,}]"
    print(
        f"{row['pair']:42} {row['model']:16} {row['shared_bits']:>12,} of {row['y_bits']:>13,} bits shared{interval} "
        f"({row['kind']}, {row['seconds']} s)",
        flush=True,
    )
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """mixing finds more than each library codec; clearly so where its interval begins above the best of them."""
    targets = []
    for pair in dict.fromkeys(row["pair"] for row in rows):
        found = {str(row["model"]): float(row["shared_bits"] or 0) for row in rows if row["pair"] == pair}
        lows = [row["shared_low"] for row in rows if row["pair"] == pair and row["model"] == "mixing"]
        best = max((name for name in LIBRARIES if name in found), key=lambda name: found[name], default="")
        if best and "mixing" in found:
            targets.append(
                target(
                    f"{pair}: mixing's shared bits",
                    found["mixing"],
                    f"over {found[best]:,} ({best})",
                    found["mixing"] > found[best],
                    "its interval above that too",
                    float(lows[0] or 0) > found[best],
                )
            )
    return targets


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
