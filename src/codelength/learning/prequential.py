"""Prequential code lengths of labels given inputs: each label is paid for, then learnt.

    online        L = Σ_t −log2 p(y_t | x_t, what was learnt before t); in chunks, which are predicted before any
                  of their labels trains the learner
    blocks        the same with a learner made anew before each block and taught all that stands before it; the
                  first block costs log2 K a label (Blier and Ollivier 2018)
    voita-titov   blocks with the published fractions of the data (Voita and Titov 2020)

Both ends run the same learner with the same seed: no weight is sent.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

from codelength.data.synthetic import dirichlet_bits
from codelength.errors import CodelengthError, UsageError
from codelength.types import Bits, Inputs, Labels, Learner, PayingLearner, Probs

VOITA_TITOV = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5, 1.0)
KT = 0.5  # the prior count of a class
FIRST_BLOCK = 8

Advance = Callable[[int], None]


def silent(done: int) -> None:
    """No progress."""


def online_edges(n: int, *, growth: float = 0.02, most: int = 500) -> list[int]:
    """Where chunks begin and end: one label each at first, then a part of all labels so far, up to `most`.

    >>> online_edges(5), online_edges(5, growth=1.0)
    ([0, 1, 2, 3, 4, 5], [0, 1, 2, 4, 5])
    """
    edges = [0]
    while edges[-1] < n:
        edges.append(min(n, edges[-1] + max(1, min(most, int(growth * edges[-1])))))
    return edges


def doubling_edges(n: int, *, first: int = FIRST_BLOCK) -> list[int]:
    """Blocks that double: 8, 16, 32, ...

    >>> doubling_edges(40)
    [0, 8, 16, 32, 40]
    """
    edges = [0]
    while edges[-1] < n:
        edges.append(min(n, max(first, 2 * edges[-1])))
    return edges


def voita_titov_edges(n: int) -> list[int]:
    """Blocks that end at the published fractions of the data; those that would be empty are left out.

    >>> voita_titov_edges(1000)
    [0, 1, 2, 4, 8, 16, 32, 62, 125, 250, 500, 1000]
    """
    return sorted({0, *(int(fraction * n) for fraction in VOITA_TITOV[:-1]), n})


def pay(learner: Learner, x: Inputs, y: Labels) -> Probs:
    """The probability that each label had before the learner was told of it, [n]; the learner learns them all."""
    if isinstance(learner, PayingLearner):
        return learner.pay(x, y)
    probabilities = learner.predict(x)
    learner.learn(x, y)
    return np.asarray(probabilities[np.arange(len(y)), y], np.float64)


def online(
    learner: Learner,
    x: Inputs,
    y: Labels,
    *,
    edges: Sequence[int] | None = None,
    advance: Advance = silent,
) -> Bits:
    """What each label costs, [n]; the learner has learnt them all afterwards.

    Raises CodelengthError where a label had probability 0 or none.
    """
    costs = []
    for start, end in _chunks(online_edges(len(y)) if edges is None else edges):
        costs.append(_bits(pay(learner, x[start:end], y[start:end])))
        advance(end - start)
    return np.concatenate(costs) if costs else np.zeros(0)


def blockwise(
    make: Callable[[], Learner],
    x: Inputs,
    y: Labels,
    *,
    classes: int,
    edges: Sequence[int],
    advance: Advance = silent,
) -> Bits:
    """What each label costs, [n], where before each block a new learner is taught all labels before it.

    The first block costs log2 K a label. Within a block nothing is learnt.
    """
    costs = []
    for start, end in _chunks(edges):
        if start == 0:
            costs.append(np.full(end, math.log2(classes)))
        else:
            learner = make()
            learner.learn(x[:start], y[:start])
            probabilities = learner.predict(x[start:end])
            costs.append(_bits(probabilities[np.arange(end - start), y[start:end]]))
        advance(end - start)
    return np.concatenate(costs)


def entropy_bits(y: Labels, classes: int) -> float:
    """Bits of the labels by themselves: the adaptive code of Krichevsky and Trofimov, in closed form.

    >>> round(entropy_bits(np.array([0, 1]), 2), 9)
    3.0
    """
    return dirichlet_bits(np.bincount(y, minlength=classes).tolist(), KT)


def uniform_bits(n: int, classes: int) -> float:
    """n log2 K.

    >>> uniform_bits(10, 8)
    30.0
    """
    return n * math.log2(classes)


def _chunks(edges: Sequence[int]) -> list[tuple[int, int]]:
    if list(edges) != sorted(set(edges)) or edges[0] != 0:
        raise UsageError("the edges of chunks begin with 0 and rise")
    return list(itertools.pairwise(edges))


def _bits(probabilities: Probs) -> Bits:
    if not (np.isfinite(probabilities).all() and (probabilities > 0).all() and (probabilities <= 1 + 1e-9).all()):
        raise CodelengthError("a learner gave a label that came a probability of 0, above 1 or none; calibrate it")
    return np.asarray(0.0 - np.log2(np.minimum(probabilities, 1.0)), np.float64)
