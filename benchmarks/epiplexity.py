"""Structure and randomness for a bounded learner, on data of which both are known: the oracles of epiplexity.

    constant            one byte: no structure to learn, nothing random
    random, keystream   8 random bits a byte and no structure: the second is made by a short program, but who could tell
    rule 15, 30, 54     an automaton's rows, 16 steps apart, a quarter of them random (entropy 0.2424 bits a byte)
    text                War and Peace

Run: python -m benchmarks.epiplexity [NAMES] [--quick]
"""

import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.synthetic import automaton, keystream
from codelength.dataset import Dataset
from codelength.measure.epiplexity import epiplexity

BYTES, QUICK_BYTES = 500_000, 20_000
WIDTHS, QUICK_WIDTHS = (16, 64, 128), (16,)
ROW_WIDTH, ROWS = 32, 4
FIRST_ROWS = ROW_WIDTH / (ROWS * (ROW_WIDTH + 1))  # bits a byte of the automaton's text: its random first rows
RULES = (15, 30, 54)


class Source(NamedTuple):
    """Data of a size, and the learner's context and sequence for them."""

    make: Callable[[int], bytes]
    context: int = 32
    sequence: int = 256


def _rule(rule: int) -> Source:
    return Source(
        lambda size: automaton(rule, size, np.random.default_rng(0), width=ROW_WIDTH, rows=ROWS).data,
        context=2 * ROW_WIDTH,
        sequence=ROWS * (ROW_WIDTH + 1),
    )


def _text(size: int) -> bytes:
    return (SHARED_DATA / "gutenberg" / "pg2600.txt").read_bytes()[5_000 : 5_000 + size]


SOURCES = {
    "constant": Source(lambda size: b"z" * size),
    **{f"rule {rule}": _rule(rule) for rule in RULES},
    "text": Source(_text),
    "keystream": Source(lambda size: keystream(bytes(range(32)), size).data),
    "random": Source(lambda size: np.random.default_rng(0).bytes(size)),
}


def main(names: Sequence[str] = tuple(SOURCES), *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every source; the rows."""
    rows: list[Row] = []
    for name in names:
        for row in measure(name, SOURCES[name], quick=quick):
            print(row, flush=True)
            rows.append(row)
        if not quick:
            record(
                "epiplexity",
                rows,
                {name: SOURCES[name].make(BYTES) for name in names},
                keys=("data", "estimator"),
                judge=judge,
            )
    if not quick:
        tell(judge(rows))
    return rows


def measure(name: str, source: Source, *, quick: bool = False) -> list[Row]:
    """Both estimates for one source."""
    data = Dataset(name, (source.make(QUICK_BYTES if quick else BYTES),))
    began = time.process_time()
    found = epiplexity(
        data,
        widths=QUICK_WIDTHS if quick else WIDTHS,
        context=source.context,
        sequence=source.sequence,
    )
    spent = time.process_time() - began
    return [
        {
            "data": name,
            "estimator": one.estimator,
            "raw_bytes": one.raw_bytes,
            "widths": ", ".join(map(str, QUICK_WIDTHS if quick else WIDTHS)),
            "width": one.best.width,
            "steps": one.best.steps,
            "flops": one.best.flops,
            "structural_bits": round(one.best.structural_bits, 1),
            "error_bits": round(one.best.error_bits, 1),
            "random_bits": round(one.best.random_bits, 1),
            "random_bits_per_byte": round(one.random_bits_per_byte, 5),
            "total_bits": round(one.total_bits, 1),
            "front_points": len(one.front),
            "kind": one.kind,
            "cpu_seconds_for_both": round(spent, 1),
        }
        for one in found
    ]


def judge(rows: Sequence[Row]) -> list[Row]:
    """No structure where there is none, and rule 54 above the rules that are simple or chaotic."""
    structure = {(str(row["data"]), str(row["estimator"])): float(row["structural_bits"] or 0) for row in rows}
    noise = {(str(row["data"]), str(row["estimator"])): float(row["random_bits_per_byte"] or 0) for row in rows}
    found: list[Row] = []
    for data, estimator in structure:
        key, by = (data, estimator), f"by {estimator}"
        if data in ("random", "keystream", "constant"):
            wanted = 0 if data == "constant" else 8
            found.append(
                target(f"{data}, structural bits {by}", structure[key], "below 100", abs(structure[key]) < 100)
            )
            near = abs(noise[key] - wanted) < 0.001
            found.append(target(f"{data}, random bits a byte {by}", noise[key], f"{wanted} within 0.001", near))
        elif data == "rule 54":
            for other in (15, 30):
                beaten = structure.get((f"rule {other}", estimator))
                if beaten is not None:
                    more = structure[key] / beaten
                    found.append(target(f"structure of rule 54 over rule {other} {by}", more, "above 1", more > 1))
        elif data == "rule 15":
            above = noise[key] / FIRST_ROWS
            found.append(target(f"rule 15, random bits over its first rows' {by}", above, "1 to 1.2", 1 <= above < 1.2))
        elif data == "rule 30":
            found.append(target(f"rule 30, random bits a byte {by}", noise[key], "above 0.95", noise[key] > 0.95))
    return found


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(*([given[0].split(",")] if given else []), quick="--quick" in sys.argv)
