"""Description length of labels given their inputs, by learners: rows for a table, the worth of features, random labels.

    C(labels | inputs) = Σ_t −log2 p(y_t | x_t, labels before t)

Items come in random order, another one for each seed; a learner of that seed pays for them (`learning.prequential`).
"""

import math
import time
from collections.abc import Sequence
from typing import Literal

import numpy as np

from codelength.data.labelled import Labelled
from codelength.errors import UsageError
from codelength.learning.catalogue import Task, check_learner, create_learner
from codelength.learning.prequential import (
    Advance,
    blockwise,
    doubling_edges,
    entropy_bits,
    online,
    online_edges,
    silent,
    voita_titov_edges,
)
from codelength.measure.interval import mean_interval
from codelength.result.labels import FeatureWorth, LabelCode, LabelFit
from codelength.types import Bits, Learner

Protocol = Literal["online", "blocks", "voita-titov"]
CURVE_POINTS = 64


def label_code(
    data: Labelled,
    name: str,
    *,
    protocol: Protocol = "online",
    seeds: Sequence[int] = (0,),
    advance: Advance = silent,
) -> LabelCode:
    """What the labels of data cost a learner, by name, the mean over seeds with Student's interval.

    Raises what `create_learner` raises.

    >>> from codelength.data.labelled import load_labelled
    >>> row = label_code(load_labelled("sklearn:iris"), "uniform")
    >>> row.kind, round(row.bits, 6) == round(row.uniform_bits, 6)
    ('prequential', True)
    """
    started = time.perf_counter()
    costs = [label_bits(data.shuffled(seed), name, protocol=protocol, seed=seed, advance=advance) for seed in seeds]
    sums = tuple(math.fsum(bits) for bits in costs)
    classes = len(data.classes)
    return LabelCode(
        name,
        data.name,
        data.fingerprint,
        protocol,
        len(data),
        classes,
        tuple(seeds),
        sums,
        entropy_bits(data.y, classes),
        interval_bits=mean_interval(sums),
        curve=learning_curve(np.mean(costs, axis=0)),
        seconds=time.perf_counter() - started,
    )


def label_ladder(
    data: Labelled,
    names: Sequence[str],
    *,
    protocol: Protocol = "online",
    seeds: Sequence[int] = (0,),
    advance: Advance = silent,
) -> list[LabelCode]:
    """`label_code` for each learner, the fewest bits first: model selection by bits."""
    rows = [label_code(data, name, protocol=protocol, seeds=seeds, advance=advance) for name in names]
    return sorted(rows, key=lambda row: row.bits)


def label_bits(
    data: Labelled, name: str, *, protocol: Protocol = "online", seed: int = 0, advance: Advance = silent
) -> Bits:
    """What each label costs, in the order in which the data come, [n]."""
    n, task = len(data), Task(data.shape, len(data.classes), seed)

    def make() -> Learner:
        return create_learner(name, task)

    if protocol == "online":
        return online(make(), data.x, data.y, edges=online_edges(n), advance=advance)
    edges = doubling_edges(n) if protocol == "blocks" else voita_titov_edges(n)
    return blockwise(make, data.x, data.y, classes=task.classes, edges=edges, advance=advance)


def learning_curve(bits: Bits) -> tuple[tuple[int, float], ...]:
    """(labels, bits for all of them) at up to 64 numbers of labels that grow by a factor.

    >>> learning_curve(np.array([1.0, 2.0, 3.0]))
    ((1, 1.0), (2, 3.0), (3, 6.0))
    """
    places = sorted({round(len(bits) ** (i / CURVE_POINTS)) for i in range(CURVE_POINTS + 1)})
    sums = np.cumsum(bits)
    return tuple((place, float(sums[place - 1])) for place in places)


def feature_worth(
    data: Labelled,
    name: str,
    *,
    protocol: Protocol = "online",
    seeds: Sequence[int] = (0,),
    advance: Advance = silent,
) -> list[FeatureWorth]:
    """What each group of features is worth to a learner in bits, the most valuable first.

    A group's columns are set to 0 and the labels are paid for again, in the same order with the same seeds; the
    interval is that of the paired differences. Raises UsageError where the data have no groups.
    """
    if not data.groups:
        raise UsageError(f"{data.name} has no groups of features: tables have columns, images patches")
    whole = _sums(data, name, protocol, seeds, advance)
    rows = []
    for group in data.groups:
        without = _sums(data.without(group), name, protocol, seeds, advance)
        differences = [without_bits - bits for without_bits, bits in zip(without, whole, strict=True)]
        rows.append(
            FeatureWorth(
                group,
                name,
                math.fsum(whole) / len(whole),
                math.fsum(without) / len(without),
                mean_interval(differences),
            )
        )
    return sorted(rows, key=lambda row: -row.worth_bits)


def random_label_fits(
    data: Labelled, names: Sequence[str], *, seed: int = 0, advance: Advance = silent
) -> list[LabelFit]:
    """True and random labels, paid for as they come and by a memoriser that is shipped (after Zhang et al. 2017).

    A net that fits random labels after enough epochs still pays about log2 K for each when it has to predict it first;
    the net that fits them costs more bits than they do.
    """
    check_learner("mlp")  # torch is there
    from codelength.learning.memory import memorise

    data = data.shuffled(seed)
    classes = len(data.classes)
    drawn = np.random.default_rng(seed + 1).integers(0, classes, len(data))
    rows: list[LabelFit] = []
    truths: tuple[tuple[Literal["true", "random"], Labelled], ...] = (
        ("true", data),
        ("random", data.with_labels(drawn)),
    )
    for truth, version in truths:
        for name in names:
            bits = label_bits(version, name, seed=seed, advance=advance)
            likely = float((bits < 1).mean())
            rows.append(LabelFit(name, truth, len(data), math.fsum(bits), 0.0, likely, "prequential"))
        found = memorise(version.x, version.y, classes=classes, seed=seed)
        how = f"mlp:width={found.width}, trained to fit, shipped"
        rows.append(LabelFit(how, truth, len(data), found.bits, found.model_bits, found.likely, "ideal"))
    return rows


def _sums(data: Labelled, name: str, protocol: Protocol, seeds: Sequence[int], advance: Advance) -> list[float]:
    return [
        math.fsum(label_bits(data.shuffled(seed), name, protocol=protocol, seed=seed, advance=advance))
        for seed in seeds
    ]
