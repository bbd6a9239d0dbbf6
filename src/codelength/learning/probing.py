"""What labels cost whoever has representations of their inputs: a Bayes mixture of linear learners on several views.

The views of an item are its own numbers, and these with its features beside them, at two scales. The mixture pays at
most log2 m bits above the best of its m members, so that useless features cost at most two bits beside the item's own
numbers.
"""

import lzma
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

import numpy as np

from codelength.data.labelled import Labelled, hashed_words
from codelength.learning.catalogue import Task, create_learner
from codelength.learning.pixel_net import Pixels, Symbols, cells
from codelength.learning.prequential import Advance, online, online_edges, silent
from codelength.learning.representation import Recipe, scaled
from codelength.learning.word_net import Words, words
from codelength.models.weights import STATIC, Weights
from codelength.types import Bits, Inputs, Labels
from codelength.units import bits_from_bytes

OWN_MEMBERS: Sequence[str] = ("linear:rate=4e-3,decay=0.1", "linear:rate=1e-3,decay=1")
FEATURE_MEMBERS: Sequence[str] = ("linear:rate=1e-3,decay=1",)
CHUNK_GROWTH = 0.1
COMPONENTS = 64  # of X itself, the rival
FEATURES = 200
SHARES = (0.5, 1.0)  # of features beside own numbers
OWN_WORDS = 8.0
SPACE = 32
PIXEL_RECIPE = Recipe(width=24, layers=5, rate=5e-3, replays=5, epsilon=1e-3)
WORD_RECIPE = Recipe(width=64, layers=2, rate=4e-3, replays=3)
SOURCE = ("prequential", "mixtures", "nets", "representation", "pixel_net", "word_net", "probing")

Items = Symbols | tuple[bytes, ...]  # images in levels [n, height, width], or texts
Control = Literal["noise", "shuffled"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What unlabelled items cost a net that learns them, and what the net then makes of the task's items."""

    code_bits: float
    features: Inputs


def items_of(data: Labelled) -> Items:
    """The items as symbols: images as cells in levels, texts as bytes."""
    if data.kind == "images":
        return cells(data.x)
    return data.texts or ()


def own_numbers(data: Labelled) -> Inputs:
    """The items' own numbers for linear learners, [n, columns], scaled by one number: cells, or words."""
    if data.kind == "images":
        symbols = cells(data.x)
        return scaled(symbols.reshape(len(symbols), -1).astype(np.float32))
    return np.asarray(OWN_WORDS * data.x, np.float32)


def read(unlabelled: Items, task: Items, *, seed: int, advance: Advance = silent) -> Reading:
    """Train a net on unlabelled items (none: its random weights) and let it look at the task's."""
    if isinstance(unlabelled, tuple) and isinstance(task, tuple):
        net = Words(WORD_RECIPE, seed=seed)
        code_bits = net.read(unlabelled, advance)
        return Reading(code_bits, scaled(net.features(task)))
    pixels = Pixels(PIXEL_RECIPE, seed=seed)
    bits = pixels.read(np.asarray(unlabelled), advance)
    return Reading(bits, reduced(pixels.features(np.asarray(task))))


def trained_pixels(x: Symbols, *, seed: int, more_replays: int = 0) -> tuple[Pixels, float]:
    """A fresh net that has learnt images in this order, and the bits that it paid for them."""
    net = Pixels(replace(PIXEL_RECIPE, replays=PIXEL_RECIPE.replays + more_replays), seed=seed)
    return net, net.read(x)


def principal(unlabelled: Items, task: Items) -> Inputs:
    """The task's items in the 64 principal components of the unlabelled ones: of their cells, or of their words."""
    x, y = (_numbers(items) for items in (unlabelled, task))
    mean = x.mean(axis=0)
    _, _, directions = np.linalg.svd(x - mean, full_matrices=False)
    return scaled((y - mean) @ directions[:COMPONENTS].T)


def control(items: Items, kind: Control, *, seed: int) -> Items:
    """Items of the same number and sizes: uniform noise, or the symbols of each item in random order.

    Symbols are cells of images and words of texts; noise leaves the spaces between words where they are.

    >>> control((b"to be or not",), "shuffled", seed=0)
    (b'or to be not',)
    >>> list(map(len, words(control((b"a  bcd",), "noise", seed=1)[0])))
    [1, 0, 3]
    """
    rng = np.random.default_rng(seed)
    if isinstance(items, tuple):
        if kind == "noise":
            return tuple(b" ".join(_noise(len(word), rng) for word in words(item)) for item in items)
        return tuple(b" ".join(rng.permutation(np.array(words(item), object)).tolist()) for item in items)
    if kind == "noise":
        return np.asarray(rng.integers(0, int(items.max(initial=0)) + 1, items.shape), np.uint8)
    return np.asarray(rng.permuted(items.reshape(len(items), -1), axis=1).reshape(items.shape), np.uint8)


def members_bits(own: Inputs, features: Inputs | None, y: Labels, *, classes: int, seed: int) -> list[Bits]:
    """What each member pays for each label, [n] each: on the own numbers, or with features beside them."""
    views, names = [own], OWN_MEMBERS
    if features is not None:
        views, names = [np.concatenate((share * features, own), axis=1) for share in SHARES], FEATURE_MEMBERS
    edges = online_edges(len(y), growth=CHUNK_GROWTH)
    return [
        online(create_learner(name, Task(view.shape[1:], classes, seed)), view, y, edges=edges)
        for view in views
        for name in names
    ]


def mixed_bits(members: Sequence[Bits]) -> Bits:
    """What the Bayes mixture of members pays for each label, [n].

    >>> bool(mixed_bits([np.array([1.0, 1.0]), np.array([2.0, 20.0])]).sum() <= 2.0 + 1.0)
    True
    """
    paid = Weights.uniform(len(members), STATIC).pay(np.exp2(-np.stack(members)))
    return np.asarray(0.0 - np.log2(paid), np.float64)


def source_bits() -> float:
    """Bits of the learner's source, compressed by xz: what the receiver needs besides Python and its libraries."""
    folder = files("codelength.learning")
    source = b"".join((folder / f"{name}.py").read_bytes() for name in SOURCE)
    return bits_from_bytes(len(lzma.compress(source, preset=9 | lzma.PRESET_EXTREME)))


def reduced(x: Inputs) -> Inputs:
    """The first 200 principal components of items [n, columns], by the items' own covariance; scaled.

    Inputs are known to both ends, so this spends nothing.

    >>> reduced(np.eye(3, dtype=np.float32)).shape
    (3, 3)
    """
    centred = np.asarray(x - x.mean(axis=0), np.float64)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    most = np.argsort(-values, kind="stable")[:FEATURES]
    return scaled(np.asarray(vectors[:, most] * np.sqrt(np.maximum(values[most], 0)), np.float32))


def totals(bits: Bits, counts: Sequence[int]) -> Mapping[int, float]:
    """Bits of the first so many labels."""
    return {count: math.fsum(bits[:count]) for count in counts}


def _noise(size: int, rng: np.random.Generator) -> bytes:
    found = rng.integers(0, 255, size)
    return bytes((found + (found >= SPACE)).astype(np.uint8))


def _numbers(items: Items) -> Inputs:
    if isinstance(items, tuple):
        return np.stack([hashed_words(item.decode("utf-8", "replace")) for item in items])
    return np.asarray(items.reshape(len(items), -1), np.float32)
