"""A net that memorises: trained until it fits, then shipped with its weights, which have to be paid for.

The labels then cost Σ −log2 p under the rounded net, and the net what xz makes of its weights in float16.
"""

import lzma
import math
from typing import NamedTuple

import numpy as np

from codelength.learning.nets import NetLearner, Recipe
from codelength.types import Inputs, Labels, Probs
from codelength.units import bits_from_bytes

FITTED = 0.99
WIDTHS = (16, 64, 256, 1024)
LEAST = 1e-6  # a label costs at most 20 bits


class Memorised(NamedTuple):
    """What the labels cost under the fitted net, what the net costs, and the part of the labels that it is sure of."""

    bits: float
    model_bits: float
    likely: float
    width: int


def memorise(x: Inputs, y: Labels, *, classes: int, seed: int, updates: int = 2000) -> Memorised:
    """The narrowest MLP (width 16, 64, 256 or 1024) that fits 99 % of the labels within so many updates, weighed.

    >>> x = np.eye(8, dtype=np.float32)
    >>> found = memorise(x, np.arange(8) % 2, classes=2, seed=0, updates=400)
    >>> found.likely, found.width
    (1.0, 16)
    """
    for width in WIDTHS:
        found = _fitted(x, y, classes, width, seed, updates)
        if found.likely >= FITTED:
            break
    return found


def _fitted(x: Inputs, y: Labels, classes: int, width: int, seed: int, updates: int) -> Memorised:
    recipe = Recipe("mlp", width=width, replay=128, steps=1e-9, rate=3e-3, decay=0.0)
    learner = NetLearner(x.shape[1:], classes, recipe, seed=seed)
    learner.learn(x, y)
    for _ in range(math.ceil(updates / 200)):
        learner.study(200)
        if (_paid(learner, x, y) > 0.5).mean() >= FITTED:
            break
    code = lzma.compress(learner.rounded(), preset=9)
    paid = (1 - classes * LEAST) * _paid(learner, x, y) + LEAST
    return Memorised(math.fsum(0.0 - np.log2(paid)), bits_from_bytes(len(code)), float((paid > 0.5).mean()), width)


def _paid(learner: NetLearner, x: Inputs, y: Labels) -> Probs:
    return np.asarray(learner.predict(x)[np.arange(len(y)), y], np.float64)
