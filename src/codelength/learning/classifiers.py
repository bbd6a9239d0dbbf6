"""Learners that look things up or are fitted anew: k nearest neighbours, and any classifier of scikit-learn.

A classifier is fitted again when what was paid for has grown by a tenth. Its probabilities may be 0, so it is meant to
be calibrated; classes that it has not seen get probability 0 here.
"""

import difflib
import importlib.util
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from codelength.errors import OptionError, UsageError
from codelength.types import Inputs, Labels, Probs

REFIT = 1.1
PREDICTED_AT_ONCE = 512
EVERY = "all classifiers"


class Neighbours:
    """The k nearest of what was paid for vote, nearer ones with more weight (1/rank).

    >>> learner = Neighbours(2, k=1)
    >>> learner.learn(np.array([[0.0], [5.0]], np.float32), np.array([0, 1]))
    >>> learner.predict(np.array([[4.0]], np.float32)).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, classes: int, *, k: int) -> None:
        self._classes, self._k = classes, k
        self._x: list[Inputs] = []
        self._y: list[Labels] = []

    def predict(self, x: Inputs) -> Probs:
        """Shares of the votes, [n, classes]."""
        if not self._y:
            return np.full((len(x), self._classes), 1 / self._classes)
        past, labels = self._joined()
        norms = np.einsum("ij,ij->i", past, past)
        k = min(self._k, len(labels))
        votes = np.zeros((len(x), self._classes))
        flat = x.reshape(len(x), -1)
        for start in range(0, len(x), PREDICTED_AT_ONCE):
            part = flat[start : start + PREDICTED_AT_ONCE]
            distances = norms - 2 * (part @ past.T)
            nearest = np.argpartition(distances, k - 1, axis=1)[:, :k]
            order = np.argsort(np.take_along_axis(distances, nearest, axis=1), axis=1, kind="stable")
            nearest = np.take_along_axis(nearest, order, axis=1)
            rows = np.repeat(np.arange(start, start + len(part)), k)
            weights = np.tile(1 / np.arange(1, k + 1), len(part))
            np.add.at(votes, (rows, labels[nearest].ravel()), weights)
        return np.asarray(votes / votes.sum(axis=1, keepdims=True), np.float64)

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x are y."""
        self._x.append(x.reshape(len(x), -1))
        self._y.append(y)

    def _joined(self) -> tuple[Inputs, Labels]:
        if len(self._y) > 1:
            self._x, self._y = [np.concatenate(self._x)], [np.concatenate(self._y)]
        return self._x[0], self._y[0]


class Classifier:
    """Any classifier of scikit-learn with `fit` and `predict_proba`, made anew by `make` at each fit."""

    def __init__(self, make: Callable[[], Any], classes: int) -> None:
        self._make, self._classes = make, classes
        self._x: list[Inputs] = []
        self._y: list[Labels] = []
        self._fitted: Any = None
        self._next_fit = 1.0

    def predict(self, x: Inputs) -> Probs:
        """Probabilities [n, classes] by the last fit; all alike before it."""
        if self._fitted is None:
            return np.full((len(x), self._classes), 1 / self._classes)
        probabilities = np.zeros((len(x), self._classes))
        probabilities[:, self._fitted.classes_] = self._fitted.predict_proba(x.reshape(len(x), -1))
        return probabilities

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x are y."""
        self._x.append(x.reshape(len(x), -1))
        self._y.append(y)
        labels = np.concatenate(self._y)
        if len(labels) >= self._next_fit and len(np.unique(labels)) > 1:
            self._fitted = self._make()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # few labels, unseen classes, no convergence: the bits tell
                self._fitted.fit(np.concatenate(self._x), labels)
            self._next_fit = REFIT * len(labels)


def scikit_classifier(name: str, classes: int, *, seed: int) -> Classifier:
    """A classifier of scikit-learn by its class name, with its own defaults and this seed.

    Raises OptionError for a name that is none or that gives no probabilities, UsageError without scikit-learn.

    >>> scikit_classifier("GaussianNB", 2, seed=0).predict(np.zeros((1, 3), np.float32)).tolist()
    [[0.5, 0.5]]
    """
    if importlib.util.find_spec("sklearn") is None:
        raise UsageError("this learner needs scikit-learn; pip install 'codelength[learn]'")
    from sklearn.utils import all_estimators

    known = {key: kind for key, kind in all_estimators("classifier") if hasattr(kind, "predict_proba")}
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        meant = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
        raise OptionError(f"sklearn: classifier={name} is none that gives probabilities{meant}")
    return Classifier(seeded(known[name], seed=seed), classes)


def seeded(kind: Callable[..., Any], *, seed: int, **options: Any) -> Callable[[], Any]:
    """A maker of classifiers with these options, and the seed where they take one."""
    takes_seed = "random_state" in kind().get_params()
    return lambda: kind(**options, **({"random_state": seed} if takes_seed else {}))
