"""Learners made of learners: Bayes and switching mixtures, and calibration, which is a mixture over temperatures.

A mixture predicts Σ w_i p_i / Σ w_i and multiplies each weight by the probability that its member gave to the label
that came, label by label, also within a chunk: so a Bayes mixture pays at most log2 m above the best of m members.

`Calibrated` mixes, over a grid of (β, ε), what one learner says with its logits times β, and with a part ε of the
labels' own frequencies (KT) in its place:

    p(k) = (1 − ε) p_k^β / Σ_j p_j^β + ε (c_k + 1/2) / (n + K / 2)

The weights are those of a switching mixture, so that the temperature may change as labels come. It is fitted to
predictions that were made before the update (forward calibration: Bornschein, Li and Hutter 2022). With β = 0 there is
only the frequencies' code: a learner that has learnt nothing pays at most what that costs, and a few bits.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codelength.errors import UsageError
from codelength.learning.prequential import KT, pay
from codelength.models.weights import DECREASING, STATIC, Weights
from codelength.types import Inputs, Labels, Learner, Probs

POWERS = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)
PARTS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)


class LearnerMixture:
    """A mixture of learners that pays label by label; `switching` moves weight to the others after each label.

    >>> a, b = Frequencies(2), Frequencies(2)
    >>> float(LearnerMixture([a, b]).pay(np.zeros((1, 1), np.float32), np.array([1]))[0])
    0.5
    """

    def __init__(self, members: Sequence[Learner], *, switching: bool = False) -> None:
        if not members:
            raise UsageError("a mixture needs at least one learner")
        self.members = tuple(members)
        self._weights = Weights.uniform(len(members), DECREASING if switching else STATIC)

    def predict(self, x: Inputs) -> Probs:
        """Probabilities [n, classes] by the weights of now."""
        weights = np.array(self._weights.scaled())
        each = np.stack([member.predict(x) for member in self.members])
        return np.asarray(np.tensordot(weights / weights.sum(), each, axes=1), np.float64)

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x are y; the weights follow the last fifth, which the members have not seen by then."""
        first = _taught(len(y))
        if first:
            for member in self.members:
                member.learn(x[:first], y[:first])
        self.pay(x[first:], y[first:])

    def pay(self, x: Inputs, y: Labels) -> Probs:
        """The probability of each label given those before it, [n]; learn them."""
        return self._weights.pay(np.stack([pay(member, x, y) for member in self.members]))


class Calibrated:
    """A learner whose probabilities are sharpened, flattened and mixed with the labels' frequencies as that pays."""

    def __init__(self, learner: Learner, classes: int) -> None:
        self.learner, self._classes = learner, classes
        self._counts = np.zeros(classes)
        self._weights = Weights.uniform(len(POWERS) * len(PARTS) + 1, DECREASING)

    def predict(self, x: Inputs) -> Probs:
        """Probabilities [n, classes] by the temperatures of now."""
        powered = _powered(self.learner.predict(x))  # [powers, n, classes]
        weights = np.array(self._weights.scaled())
        weights /= weights.sum()
        grid = weights[1:].reshape(len(POWERS), len(PARTS))
        kept = grid @ (1 - np.array(PARTS))  # [powers]
        frequencies = (self._counts + KT) / (self._counts.sum() + KT * self._classes)
        return np.asarray(np.tensordot(kept, powered, axes=1) + (1 - kept.sum()) * frequencies, np.float64)

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x are y; temperatures follow the last fifth, which the learner has not seen by then."""
        first = _taught(len(y))
        if first:
            self.learner.learn(x[:first], y[:first])
            self._counts = self._counts + np.bincount(y[:first], minlength=self._classes)
        self.pay(x[first:], y[first:])

    def pay(self, x: Inputs, y: Labels) -> Probs:
        """The probability of each label given those before it, [n]; learn them."""
        places = np.arange(len(y))
        powered = _powered(self.learner.predict(x))[:, places, y]  # [powers, n]
        self.learner.learn(x, y)
        frequency = self._frequencies(y)
        parts = np.array(PARTS)[:, None]
        grid = (1 - parts) * powered[:, None, :] + parts * frequency  # [powers, parts, n]
        return self._weights.pay(np.concatenate((frequency[None], grid.reshape(-1, len(y)))))

    def _frequencies(self, y: Labels) -> Probs:
        # Each label by the counts before it, which are those of this chunk's earlier labels too.
        ones = np.eye(self._classes)[y]  # [n, classes]
        before = self._counts + np.cumsum(ones, axis=0) - ones
        self._counts = self._counts + ones.sum(axis=0)
        seen = before.sum(axis=1)
        return np.asarray((before[np.arange(len(y)), y] + KT) / (seen + KT * self._classes), np.float64)


class Frequencies:
    """The labels' own frequencies, by the rule of Krichevsky and Trofimov: looks at no input."""

    def __init__(self, classes: int) -> None:
        self._counts = np.zeros(classes)

    def predict(self, x: Inputs) -> Probs:
        """(c_k + 1/2) / (n + K/2), the same for each x."""
        row = (self._counts + KT) / (self._counts.sum() + KT * len(self._counts))
        return np.tile(row, (len(x), 1))

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x are y."""
        self._counts += np.bincount(y, minlength=len(self._counts))

    def pay(self, x: Inputs, y: Labels) -> Probs:
        """The probability of each label given those before it, [n]; learn them."""
        paid = np.empty(len(y))
        for i, label in enumerate(y.tolist()):
            paid[i] = self.predict(x[:1])[0, label]
            self._counts[label] += 1
        return paid


class Uniform:
    """1/K for each class, for ever."""

    def __init__(self, classes: int) -> None:
        self._classes = classes

    def predict(self, x: Inputs) -> Probs:
        """1/K."""
        return np.full((len(x), self._classes), 1 / self._classes)

    def learn(self, x: Inputs, y: Labels) -> None:
        """Nothing is learnt."""


def _taught(n: int) -> int:
    """How many of n labels that come at once are learnt before the rest is paid for."""
    return n - max(1, n // 5) if n >= 5 else 0


def _powered(probabilities: Probs) -> npt.NDArray[np.float64]:
    logs = np.log(np.maximum(probabilities, 1e-12))[None] * np.array(POWERS)[:, None, None]
    powered = np.exp(logs - logs.max(axis=2, keepdims=True))
    return np.asarray(powered / powered.sum(axis=2, keepdims=True), np.float64)
