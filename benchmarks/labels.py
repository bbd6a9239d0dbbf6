"""60,000 labels of MNIST and of Fashion-MNIST in random order, images as side information: prequential bits.

Blier and Ollivier (2018) paid 4.10 kbit for MNIST's. Run: python -m benchmarks.labels [mnist] [fashion_mnist] [--quick]
"""

import math
import os
import sys
import time
from collections.abc import Sequence

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.labelled import load_labelled
from codelength.learning.prequential import entropy_bits, uniform_bits
from codelength.measure.labels import label_bits

LEARNERS = {"mnist": "cnn:precision=bfloat16", "fashion_mnist": "cnn:augment=0.5,precision=bfloat16"}
MARKS = (100, 1_000, 10_000)
WANTED_BITS, AIM_BITS = 4_100, 3_000
CORE_SECONDS = 2 * 20 * 60


def measure(name: str, *, seed: int = 0, labels: int | None = None) -> Row:
    """What one learner pays for the labels of one set, or for the first of them."""
    data = load_labelled(str(SHARED_DATA / name)).shuffled(seed)
    data = data if labels is None else data.first(labels)
    began, cpu = time.perf_counter(), time.process_time()
    bits = label_bits(data, LEARNERS[name], seed=seed)
    classes = len(data.classes)
    return {
        "data": name,
        "learner": LEARNERS[name],
        "seed": seed,
        "labels": len(data),
        "bits": round(math.fsum(bits), 2),
        **{f"bits_of_first_{mark}": round(math.fsum(bits[:mark]), 2) for mark in MARKS if mark <= len(bits)},
        "uniform_bits": round(uniform_bits(len(data), classes), 2),
        "entropy_bits": round(entropy_bits(data.y, classes), 2),
        "kind": "prequential",
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "threads": int(os.environ.get("OMP_NUM_THREADS", "0")),
    }


def judge(rows: Sequence[Row]) -> list[Row]:
    """Blier and Ollivier's figure on MNIST, and two cores' time for it."""
    found = [row for row in rows if row["data"] == "mnist" and row["labels"] == 60_000]
    targets = []
    for row in found:
        bits, seconds = float(row["bits"] or 0), float(row["cpu_seconds"] or 0)
        what = "MNIST's 60,000 labels given their images"
        wanted = f"at most {WANTED_BITS:,} bits"
        targets.append(
            target(f"{what}, bits", bits, wanted, bits <= WANTED_BITS, f"{AIM_BITS:,} bits", bits <= AIM_BITS)
        )
        limit = f"at most {CORE_SECONDS:,} (20 minutes of two cores)"
        targets.append(target(f"{what}, CPU seconds", seconds, limit, seconds <= CORE_SECONDS))
    return targets


def main(names: Sequence[str], *, quick: bool) -> None:
    """Measure and record; quick: 200 labels of each, nothing written."""
    rows = [measure(name, labels=200 if quick else None) for name in names]
    for row in rows:
        print(row, flush=True)
    if quick:
        return
    prints = {
        place.name if name == "mnist" else f"fashion {place.name}": place.read_bytes()
        for name in names
        for place in sorted((SHARED_DATA / name).glob("train-*"))
    }
    record("labels", rows, prints, keys=["data", "learner", "seed", "labels"], judge=judge)
    tell(judge(rows))


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(given or list(LEARNERS), quick="--quick" in sys.argv)
