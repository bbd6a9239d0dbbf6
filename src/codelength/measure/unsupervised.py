"""What unlabelled data are worth for a supervised task, in bits: the labels' bits without them minus those with them.

    saving(X) = C(labels of Y | a learner that has read nothing) − C(labels of Y | the same learner after X)

The learner predicts X's next symbol, and then pays for Y's labels by linear models on its features and on the items'
own numbers (`learning.probing`). Beside X stand what needs no learning (the items' own numbers: from scratch; principal
components of X) and what holds nothing of the task: noise, X's symbols shuffled, another domain. All of them meet the
same labels in the same order, so that differences are paired over the seeds.

    useful      over reading nothing, over being from scratch and over noise the interval of X's saving lies above 0
    useless     one of these intervals lies below 0, or ends at it
    undecided   otherwise
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.data.labelled import Labelled
from codelength.errors import UsageError
from codelength.learning.prequential import Advance, silent
from codelength.learning.probing import (
    Items,
    control,
    items_of,
    members_bits,
    mixed_bits,
    own_numbers,
    principal,
    read,
    source_bits,
    totals,
)
from codelength.measure.interval import mean_interval
from codelength.result.labels import NOTHING, Unsupervised
from codelength.result.shared import Verdict
from codelength.types import Bits

COUNTS = (10, 30, 100, 300, 1000)
X, SCRATCH, PCA = "X", "from scratch", "PCA of X"
NOISE, SHUFFLED = "uniform noise", "X's symbols shuffled"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many labels, which sizes of X (items, rising), which seeds."""

    labels: int = 1000
    sizes: tuple[int, ...] = (400, 1300, 4000)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)


def measure_unsupervised(
    unlabelled: Labelled | tuple[bytes, ...],
    task: Labelled,
    *,
    other: Labelled | tuple[bytes, ...] | None = None,
    plan: Plan | None = None,
    same_source: bool = False,
    advance: Advance | None = None,
) -> list[Unsupervised]:
    """Rows of what the labels cost after each reading, at each size of X; the fewest bits first.

    With `same_source` X and the task are one set: X is then what the task's labels leave. Raises UsageError where the
    task is a table, X is of another kind, or there are too few items.
    """
    plan = plan or Plan()
    step = advance or silent
    if task.kind == "table":
        raise UsageError(f"{task.name} is a table: next symbols are predicted in images and texts")
    started = time.perf_counter()
    paid: dict[tuple[str, int], list[Bits]] = {}
    code: dict[tuple[str, int], list[float]] = {}
    labels = min(plan.labels, len(task))
    for seed in plan.seeds:
        mixed = task.shuffled(seed)
        chosen = mixed.first(labels)
        x = items_of(mixed.chosen(np.arange(labels, len(mixed)))) if same_source else _shuffled(unlabelled, seed)
        z = None if other is None else _shuffled(other, seed)
        for name, size, bits, x_bits in _seed_rows(x, z, chosen, _sizes(plan.sizes, len(x)), seed, step):
            paid.setdefault((name, size), []).append(bits)
            code.setdefault((name, size), []).append(x_bits)
    counts = (*(count for count in COUNTS if count < labels), labels)
    source, seconds = source_bits(), time.perf_counter() - started
    empty = [totals(bits, counts) for bits in paid[NOTHING, 0]]
    rows = []
    for (name, size), each in paid.items():
        mine = [totals(bits, counts) for bits in each]
        for count in counts:
            differences = [before[count] - after[count] for before, after in zip(empty, mine, strict=True)]
            rows.append(
                Unsupervised(
                    name,
                    task.name,
                    size,
                    count,
                    plan.seeds,
                    tuple(bits[count] for bits in mine),
                    float(np.mean(differences)),
                    None if name == NOTHING else mean_interval(differences),
                    x_bits=float(np.mean(code[name, size])),
                    source_bits=source,
                    seconds=seconds,
                )
            )
    return sorted(rows, key=lambda row: (-row.labels, row.bits))


def verdict_on(rows: Sequence[Unsupervised], *, labels: int | None = None) -> Verdict:
    """Useful, useless or undecided: X at its largest size, at so many labels (the most if not said)."""
    count = labels or max(row.labels for row in rows)
    here = {(row.reading, row.x_items): row for row in rows if row.labels == count}
    size = max(items for reading, items in here if reading == X)
    mine = here[X, size]
    ends = []
    for (reading, _), row in here.items():
        if reading in (NOTHING, SCRATCH, NOISE):
            ends.append(mean_interval([b - a for a, b in zip(mine.bits_each, row.bits_each, strict=True)]))
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return "undecided"
    if any(high <= 0 for _, high in known):
        return "useless"
    return "useful" if all(low > 0 for low, _ in known) else "undecided"


def _seed_rows(
    x: Items, other: Items | None, chosen: Labelled, sizes: Sequence[int], seed: int, step: Advance
) -> Iterable[tuple[str, int, Bits, float]]:
    classes, y = len(chosen.classes), chosen.y
    own, task_items = own_numbers(chosen), items_of(chosen)
    scratch = members_bits(own, None, y, classes=classes, seed=seed)
    yield SCRATCH, 0, mixed_bits(scratch), 0.0
    largest = sizes[-1]
    readings: list[tuple[str, int, Items]] = [(NOTHING, 0, x[:0])]
    readings += [(X, size, x[:size]) for size in sizes]
    readings += [
        (NOISE, largest, control(x[:largest], "noise", seed=seed)),
        (SHUFFLED, largest, control(x[:largest], "shuffled", seed=seed)),
    ]
    if other is not None:
        readings.append(("another domain", min(largest, len(other)), _of_equal_size(other, x[:largest])))
    for name, size, items in readings:
        reading = read(items, task_items, seed=seed)
        features = members_bits(own, reading.features, y, classes=classes, seed=seed)
        yield name, size, mixed_bits([*scratch, *features]), reading.code_bits
        step(1)
    components = members_bits(own, principal(x[:largest], task_items), y, classes=classes, seed=seed)
    yield PCA, largest, mixed_bits([*scratch, *components]), 0.0
    step(1)


def _shuffled(data: Labelled | tuple[bytes, ...], seed: int) -> Items:
    if isinstance(data, tuple):
        return tuple(data[i] for i in np.random.default_rng(seed).permutation(len(data)))
    return items_of(data.shuffled(seed))


def _of_equal_size(other: Items, x: Items) -> Items:
    """So much of other data as X has: as many images, or as many bytes of texts."""
    if not isinstance(other, tuple) or not isinstance(x, tuple):
        return other[: len(x)]
    wanted = sum(map(len, x))
    sums = np.cumsum([len(item) for item in other])
    return other[: int(np.searchsorted(sums, wanted)) + 1]


def _sizes(sizes: Sequence[int], most: int) -> list[int]:
    if most < 1:
        raise UsageError("X has no item; give more data, or fewer labels where X is what the labels leave")
    return sorted({min(size, most) for size in sizes})
