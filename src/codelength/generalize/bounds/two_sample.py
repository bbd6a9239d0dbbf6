"""A two-sample test by code length: can a compressor tell train from test?

All items, of both sets, are put in random order. If they are exchangeable (as independent draws of one distribution
are), then whatever the items are, a label 'test' has the chance q_t of drawing without replacement: test items left by
items left. A teller says p_t(label | items, labels before) and pays −log2 p_t; what it saves on the null's code,

    E_t = Π_s p_s(label_s) / q_s(label_s) = 2^(bits saved so far),

is a martingale of mean 1 under the null, so that E is an e-value at any stopping time and P(ever E ≥ 1/α) ≤ α (Ville
1939; Shafer 2021; Grünwald, de Heide and Koolen 2024). How p_t is found does not matter for that, as long as it has
seen no label from t on. Bounds rest on the null between training and later data; it can be refuted, never proved.

A teller here is a mixture, switching, of q_t and of discriminants: scores of the items, such as how many bits an item
costs after the training items so far less those after the test items so far, are turned into odds by the means and the
spread that they had for the labels before.
"""

import itertools
import math
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError
from codelength.generalize.bounds.arguments import inside
from codelength.learning.catalogue import Task, create_learner
from codelength.learning.prequential import online_edges, silent
from codelength.models.weights import DECREASING, Weights
from codelength.result.exchangeability import Exchangeability
from codelength.types import Bits, Inputs, Labels, Learner, Model, Probs

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
POWERS = (0.3, 1.0)  # of the discriminants' odds
ALPHA = 0.05
_DOUBT = 6.0  # items with no difference, added to what was seen
_MOST_ODDS = 20.0  # nats
_FEW = 20
_CURVE_POINTS = 200


class Teller(Protocol):
    """Scores items that stand at places of the random order, and is told their labels afterwards."""

    @property
    def name(self) -> str:
        """What it is called."""

    def scores(self, places: Places) -> Floats:
        """Scores [k, n] of n items, that tell the sets apart where they can: each by itself, of any scale."""

    def learn(self, places: Places, y: Labels) -> None:
        """The labels of these items are y: 0 for train, 1 for test."""


def exchangeable(
    train: Sequence[bytes],
    test: Sequence[bytes],
    model: Model,
    *,
    names: tuple[str, str] = ("train", "test"),
    seed: int = 0,
    alpha: float = ALPHA,
    stop: bool = False,
    advance: Callable[[int], None] = silent,
) -> Exchangeability:
    """Whether a compressor tells items of bytes apart; `stop` ends it once it does.

    Raises DataError for sets without items, UsageError for an alpha outside (0, 1).

    >>> from codelength.models.counts import Counts
    >>> one, other = [b"to be or not to be"] * 40, [b"4711 0815 2718 281"] * 40
    >>> exchangeable(one, other, Counts(order=1)).told_apart, exchangeable(one, one, Counts(order=1)).told_apart
    (True, False)
    """
    y, order = _shuffled(len(train), len(test), seed, alpha)
    items = [*train, *test]
    teller = CodeLengths(model, [items[place] for place in order.tolist()])
    return _tested(teller, y, names=names, seed=seed, alpha=alpha, stop=stop, advance=advance)


def exchangeable_inputs(
    train: Inputs,
    test: Inputs,
    learner: str = "knn",
    *,
    names: tuple[str, str] = ("train", "test"),
    seed: int = 0,
    alpha: float = ALPHA,
    stop: bool = False,
    advance: Callable[[int], None] = silent,
) -> Exchangeability:
    """The same for arrays [n, ...], by a learner of `codelength labels` that pays for the labels train and test.

    >>> rng = np.random.default_rng(0)
    >>> one, other = rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 2
    >>> exchangeable_inputs(one, other).told_apart, exchangeable_inputs(one, other - 2).told_apart
    (True, False)
    """
    if train.shape[1:] != test.shape[1:]:
        raise DataError(f"an item of train has shape {train.shape[1:]}, one of test {test.shape[1:]}; they must agree")
    y, order = _shuffled(len(train), len(test), seed, alpha)
    x: Inputs = np.asarray(np.concatenate((train, test))[order], np.float32)
    if not np.isfinite(x).all():
        raise DataError("an input is not finite; replace or remove it")
    teller = LearnerScores(learner, create_learner(learner, Task(x.shape[1:], 2, seed)), x)
    return _tested(teller, y, names=names, seed=seed, alpha=alpha, stop=stop, advance=advance)


def saved_bits(
    teller: Teller, y: Labels, *, until_bits: float = math.inf, advance: Callable[[int], None] = silent
) -> Bits:
    """log2 E after each item in its random order, [n], or as far as the first chunk after which it is `until_bits`."""
    null = null_chances(y)
    members: Weights | None = None
    seen: list[Floats] = []
    saved: list[Bits] = []
    total = 0.0
    for start, end in itertools.pairwise(online_edges(len(y))):
        places = np.arange(start, end)
        scores = teller.scores(places)
        chances = _chances(null[start:end], scores, np.concatenate(seen, axis=1) if seen else scores[:, :0], y[:start])
        paid = np.where(y[start:end] == 1, chances, 1 - chances)  # [members, n]; the null's first
        if members is None:
            members = Weights.uniform(len(paid), DECREASING)
        gained = np.log2(members.pay(paid) / paid[0])
        saved.append(total + np.cumsum(gained))
        total = float(saved[-1][-1])
        teller.learn(places, y[start:end])
        seen.append(scores)
        advance(end - start)
        if saved[-1].max() >= until_bits:
            break
    return np.concatenate(saved)


def null_chances(y: Labels) -> Probs:
    """The chance of label 1 at each place, by drawing without replacement, [n].

    >>> null_chances(np.array([1, 0, 1])).round(3).tolist()
    [0.667, 0.5, 1.0]
    """
    before = np.cumsum(y) - y
    return np.asarray((y.sum() - before) / np.arange(len(y), 0, -1), np.float64)


class CodeLengths:
    """A model that has read the training items so far, and one that has read the test items so far."""

    def __init__(self, model: Model, items: Sequence[bytes]) -> None:
        self.name = model.name
        self._states = [model, model]
        self._items = items

    def scores(self, places: Places) -> Floats:
        """Bits that the test items save of an item more than the training items do; by its bytes; its length."""
        items = [self._items[place] + b"\n" for place in places.tolist()]
        train, test = ([float(bits.sum()) for bits in state.bits_each(items)] for state in self._states)
        sizes = np.array([len(item) for item in items], np.float64)
        more = np.array(train) - np.array(test)
        return np.stack((more, more / sizes, np.log(sizes)))

    def learn(self, places: Places, y: Labels) -> None:
        """Each state reads the items of its set."""
        for label in (0, 1):
            read = b"".join(self._items[place] + b"\n" for place in places[y == label].tolist())
            if read:
                self._states[label] = self._states[label].after(read)


class LearnerScores:
    """A learner's log odds of test."""

    def __init__(self, name: str, learner: Learner, x: Inputs) -> None:
        self.name = name
        self._learner, self._x = learner, x

    def scores(self, places: Places) -> Floats:
        """One score, the log odds by what was learnt so far."""
        chances = np.clip(self._learner.predict(self._x[places]), 1e-9, 1)
        return np.asarray(np.log(chances[:, 1] / chances[:, 0])[None], np.float64)

    def learn(self, places: Places, y: Labels) -> None:
        """The labels of these items are y."""
        self._learner.learn(self._x[places], y)


def _shuffled(train: int, test: int, seed: int, alpha: float) -> tuple[Labels, Places]:
    inside(alpha=alpha)
    if not (train and test):
        raise DataError(f"there are {train} training items and {test} test items; the test needs some of each")
    order = np.random.default_rng(seed).permutation(train + test)
    return np.asarray(order >= train, np.int64), order


def _tested(
    teller: Teller,
    y: Labels,
    *,
    names: tuple[str, str],
    seed: int,
    alpha: float,
    stop: bool,
    advance: Callable[[int], None],
) -> Exchangeability:
    began = time.perf_counter()
    saved = saved_bits(teller, y, until_bits=-math.log2(alpha) if stop else math.inf, advance=advance)
    null = null_chances(y)[: len(saved)]
    paid = np.where(y[: len(saved)] == 1, null, 1 - null)
    shown = np.unique(np.linspace(1, len(saved), min(len(saved), _CURVE_POINTS)).astype(np.int64))
    return Exchangeability(
        train=names[0],
        test=names[1],
        teller=teller.name,
        train_items=int((y == 0).sum()),
        test_items=int(y.sum()),
        items_read=len(saved),
        null_bits=float(-np.log2(paid).sum()),
        e_bits=float(saved[-1]),
        most_e_bits=max(0.0, float(saved.max())),
        alpha=alpha,
        seed=seed,
        seconds=time.perf_counter() - began,
        curve=tuple((int(n), float(saved[n - 1])) for n in shown.tolist()),
    )


def _chances(null: Probs, scores: Floats, seen: Floats, y: Labels) -> Probs:
    """Chances of label 1 by the null and by each score at each power, [members, n]."""
    members = [null]
    for now, before in zip(scores, seen, strict=True):
        odds = _log_odds(now, before, y)
        for power in POWERS:
            factor = np.exp(np.clip(power * odds, -_MOST_ODDS, _MOST_ODDS))
            members.append(null * factor / (null * factor + 1 - null))
    return np.stack(members)


def _log_odds(now: Floats, before: Floats, y: Labels) -> Floats:
    """Log likelihood ratios of two normals of one spread, fitted to the later half of the scores before, or to few."""
    half = len(y) // 2 if len(y) > _FEW else 0
    ones, zeros = before[half:][y[half:] == 1], before[half:][y[half:] == 0]
    if len(ones) < 2 or len(zeros) < 2:
        return np.zeros(len(now))
    fewer = min(len(ones), len(zeros))
    pooled = np.concatenate((ones - ones.mean(), zeros - zeros.mean()))
    variance = float((pooled**2).sum() + _DOUBT * before[half:].var()) / (len(pooled) + _DOUBT)
    if not variance > 0:
        return np.zeros(len(now))
    apart = float(ones.mean() - zeros.mean()) * fewer / (fewer + _DOUBT)
    return np.asarray(apart / variance * (now - (ones.mean() + zeros.mean()) / 2), np.float64)
