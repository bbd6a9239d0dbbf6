"""What each part of mixing buys in bytes and costs in seconds: the default level with one part changed at a time.

Sizes are ideal, seconds are CPU seconds of reading, the kernel compiled before. Each variant is a level of its own,
made of the default one, and is compiled for the purpose. Writes docs/ablation.md. Run: python -m
benchmarks.ablation [--quick]
"""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.corpus import LIBRARY, need
from benchmarks.record import Row, record
from codelength.models.mixing.model import Mixing
from codelength.models.mixing.state import LEVELS, Level
from codelength.units import BITS_PER_BYTE

PAGE = Path(__file__).parents[1] / "docs" / "ablation.md"
PART_BYTES = 1_000_000
FILES = ("book1", "xml", LIBRARY, "kennedy.xls", "kodim05.bmp", "ecoli_first_half")
WHOLE = "default, whole"


def variants() -> dict[str, Level]:
    """The default level, and it with one part changed."""
    whole, fast, deep = LEVELS["default"], LEVELS["fast"], LEVELS["max"]
    return {
        WHOLE: whole,
        f"{fast.contexts} contexts, those of fast": replace(whole, number=fast.number, contexts=fast.contexts),
        "no third input of a context (is its history certain)": replace(whole, inputs_each=2),
        "one set of weights (by partial byte and match), so no second layer": replace(whole, sets=whole.sets[:1]),
        "two sets of weights": replace(whole, sets=whole.sets[:2]),
        "one refinement map, without a context (SSE all but off)": replace(whole, refined=(1,)),
        "one refinement map, of order 1": replace(whole, refined=whole.refined[:1]),
        "match model all but off (1,024 cells)": replace(whole, match_cells=1),
        "tables of an eighth": replace(whole, slot_bytes=whole.slot_bytes // 8, match_cells=whole.match_cells // 8),
        "no growth: tables of full size from the start": replace(whole, slots_each=whole.slot_bytes),
        f"{deep.contexts} contexts, a longer match, {len(deep.sets)} sets, runs: the level max": deep,
    }


def main(*, quick: bool = False) -> list[Row]:
    """Measure, print and record after every variant; the rows."""
    files = {name: need(name)[: 1000 if quick else PART_BYTES] for name in FILES}
    rows: list[Row] = []
    for name, level in list(variants().items())[: 2 if quick else None]:
        for row in measure(name, level, files):
            rows.append(row)
            print(
                f"{row['variant']:70} {row['data']:18} {row['ideal_bytes']:>12,.1f} {row['cpu_seconds']:7.2f} s",
                flush=True,
            )
        if not quick:
            record("ablation", rows, files)
    if not quick:
        PAGE.write_text(page(rows), encoding="utf-8")
    return rows


def measure(variant: str, level: Level, files: dict[str, bytes]) -> list[Row]:
    """A variant's bytes and seconds on each file."""
    rows: list[Row] = []
    with registered(level) as name:
        model = Mixing(name)
        model.bits(b"compile first")
        for file, data in files.items():
            began = time.process_time()
            paid = math.fsum(model.bits(data))
            rows.append(
                {
                    "variant": variant,
                    "data": file,
                    "raw_bytes": len(data),
                    "ideal_bytes": round(paid / BITS_PER_BYTE, 1),
                    "kind": "ideal",
                    "cpu_seconds": round(time.process_time() - began, 3),
                }
            )
    return rows


@contextmanager
def registered(level: Level) -> Iterator[str]:
    """A level under a name of its own, for as long as it is measured."""
    name = "ablation"
    LEVELS[name] = replace(level, name=name)
    try:
        yield name
    finally:
        del LEVELS[name]


def page(rows: Sequence[Row]) -> str:
    """docs/ablation.md."""
    numbers: list[dict[str, Any]] = [dict(row) for row in rows]
    files = list(dict.fromkeys(row["data"] for row in numbers))
    whole = {row["data"]: row for row in numbers if row["variant"] == WHOLE}
    lines = []
    for variant in dict.fromkeys(row["variant"] for row in numbers):
        mine = {row["data"]: row for row in numbers if row["variant"] == variant}
        sizes, seconds = ({d: mine[d][key] for d in files} for key in ("ideal_bytes", "cpu_seconds"))
        if variant == WHOLE:
            cells = [f"{sizes[d]:,.0f}" for d in files] + [
                f"{sum(sizes.values()):,.0f}",
                f"{sum(seconds.values()):.1f}",
            ]
        else:
            cells = [_change(sizes[d], whole[d]["ideal_bytes"]) for d in files]
            cells.append(_change(sum(sizes.values()), sum(row["ideal_bytes"] for row in whole.values())))
            cells.append(_change(sum(seconds.values()), sum(row["cpu_seconds"] for row in whole.values()), digits=0))
        lines.append(f"| {variant} | " + " | ".join(cells) + " |")
    raw = " + ".join(f"{whole[d]['raw_bytes']:,}" for d in files)
    return "\n".join(
        [
            "# What each part of mixing buys",
            "",
            "Written by `python -m benchmarks.ablation`. The default level with one part changed at a time: ideal",
            f"bytes of the first million bytes of each file ({raw}), and CPU",
            "seconds of reading all of them. Changes are against the whole: +2 % of bytes is what the part buys, fewer",
            "seconds are what it costs; on a busy machine a tenth of them is chance. The figures are in",
            "`benchmarks/results/ablation.json`.",
            "",
            "| variant | " + " | ".join(files) + " | all | seconds |",
            "|---" + "|---:" * (len(files) + 2) + "|",
            *lines,
            "",
        ]
    )


def _change(now: float, before: float, *, digits: int = 2) -> str:
    return f"{100 * (now / before - 1):+.{digits}f} %".replace("-", "−")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
