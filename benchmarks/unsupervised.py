"""What unlabelled images and texts save of the bits of labels: MNIST, Fashion-MNIST, R8, beside controls.

Run: python -m benchmarks.unsupervised [mnist] [fashion_mnist] [R8] [--quick]
"""

import sys
from collections.abc import Sequence

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.labelled import load_labelled, load_unlabelled
from codelength.measure.unsupervised import NOISE, Plan, X, measure_unsupervised, verdict_on
from codelength.result.labels import Unsupervised

TASKS = {
    "mnist": ("mnist", "fashion_mnist", Plan()),
    "fashion_mnist": ("fashion_mnist", "mnist", Plan()),
    "R8": ("text_class/R8/train.txt", "gutenberg/pg2600.txt", Plan()),
}
QUICK = Plan(12, (8,), (0, 1))


def measure(name: str, *, quick: bool = False) -> list[Row]:
    """Every reading at every number of labels, of one task."""
    task_source, other_source, plan = TASKS[name]
    task = load_labelled(str(SHARED_DATA / task_source))
    unlabelled = load_unlabelled(str(SHARED_DATA / task_source), task.kind)
    other = load_unlabelled(str(SHARED_DATA / other_source), task.kind)
    rows = measure_unsupervised(unlabelled, task, other=other, plan=QUICK if quick else plan, same_source=True)
    return table(name, rows)


def table(name: str, rows: Sequence[Unsupervised]) -> list[Row]:
    """Rows for the record, with the verdict on the task."""
    found = verdict_on(rows)
    return [
        {
            "task": name,
            "reading": row.reading,
            "x_items": row.x_items,
            "labels": row.labels,
            "seeds": len(row.seeds),
            "bits": round(row.bits, 2),
            "saving_bits": round(row.saving_bits, 2),
            "saving_low": None if row.interval_bits is None else round(row.interval_bits[0], 2),
            "saving_high": None if row.interval_bits is None else round(row.interval_bits[1], 2),
            "x_bits": round(row.x_bits, 1),
            "source_bits": row.source_bits,
            "kind": row.kind,
            "verdict": found,
        }
        for row in rows
    ]


def judge(rows: Sequence[Row]) -> list[Row]:
    """X of the same domain saves bits, and noise none, at the most labels and the largest X of each task."""
    targets = []
    for name in dict.fromkeys(str(row["task"]) for row in rows):
        mine = [row for row in rows if row["task"] == name]
        most = max(int(row["labels"] or 0) for row in mine)
        size = max(int(row["x_items"] or 0) for row in mine if row["reading"] == X)
        here = {row["reading"]: row for row in mine if row["labels"] == most and row["x_items"] == size}
        low, noise = float(here[X]["saving_low"] or 0), here[NOISE]
        what = f"{name}: {size:,} unlabelled items for {most:,} labels"
        targets.append(target(f"{what}, lower end of the bits saved", low, "above 0", low > 0))
        ends = float(noise["saving_low"] or 0), float(noise["saving_high"] or 0)
        held = ends[0] <= 0 <= ends[1] or ends[1] < 0
        wanted = "interval holds 0, or harm is reported"
        targets.append(target(f"{what}, noise instead: bits saved", float(noise["saving_bits"] or 0), wanted, held))
    return targets


def main(names: Sequence[str], *, quick: bool) -> None:
    """Measure and record; quick: a few labels, nothing written."""
    for name in names:
        rows = measure(name, quick=quick)
        print(*rows, sep="\n", flush=True)
        if not quick:
            keys = ["task", "reading", "x_items", "labels"]
            record("unsupervised", rows, keys=keys, judge=judge)
            tell(judge(rows))


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(given or list(TASKS), quick="--quick" in sys.argv)
