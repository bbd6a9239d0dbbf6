"""Telling texts apart by code length: a scikit-learn classifier of str or bytes.

One state for each class over a common background (`learning.class_states`), linear learners beside them, all pooled
into probabilities by a logistic regression of few weights (`learning.pool`). Whatever is set is set by the bits that
labels of the training set cost before they were learnt (`learning.experts`); no test set is seen.

What the states save adds up over a text, so `explain` can give the bits with which each byte speaks for the class that
was chosen. `bits` gives the cost of a text itself, which is high for one that is of no class.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError, OptionError, UsageError
from codelength.learning.experts import (
    COSTS,
    FOLDS,
    MOST_WEIGHTS,
    STRENGTHS,
    Choice,
    Experts,
    Texts,
    choose,
    cross_fitted_pool,
)
from codelength.learning.pool import Pool
from codelength.models.pieces import Counted, Floats, Pieces
from codelength.result.classification import Explanation
from codelength.types import Labels, Probs

if TYPE_CHECKING:

    class BaseEstimator:
        """What scikit-learn's estimators are, as far as is used here."""

        def get_params(self, deep: bool = True) -> dict[str, Any]: ...

        def set_params(self, **parameters: Any) -> Self: ...

        def __sklearn_tags__(self) -> Any: ...

    class ClassifierMixin:
        """What scikit-learn's classifiers are."""

        def score(self, X: Iterable[str | bytes], y: Iterable[Any]) -> float: ...

else:
    try:
        from sklearn.base import BaseEstimator, ClassifierMixin
    except ImportError:
        raise UsageError("CodelengthClassifier needs scikit-learn; pip install 'codelength[learn]'") from None

REFIT = 1.1  # all is fitted anew when the texts have grown by so much
LONGEST_ORDER = 7
PREDICTED_AT_ONCE = 1 << 24  # bytes

Texts_ = Iterable[str | bytes]


class CodelengthClassifier(ClassifierMixin, BaseEstimator):
    """Classes of texts, str or bytes, by the bits that a state of each class saves on them.

    `order` is the longest context in bytes. `strengths` and `costs` are what may be chosen from for the weight of the
    background (α) and for the linear learners (C); costs=() leaves these out. `folds` scores the training texts by
    experts that have not read them. Texts must come in a list or array, labels may be anything that can be sorted.

    After `fit`: `classes_`; `choice_` with what was chosen; `label_bits_`, prequential bits of the training labels,
    choices included; `frequency_bits_`, what their frequencies alone would cost.

    An empty text gets what the constants say, bytes never seen add nearly nothing to that. Raises
    DataError where there is no text, a text is not str or bytes, a label is missing, or the numbers of both differ;
    OptionError for parameters out of range, when it is fitted.

    >>> texts = ["a goal in the last minute", "shares fell", "the match was lost", "the bank lent"] * 5
    >>> model = CodelengthClassifier(order=2).fit(texts, ["sport", "money"] * 10)
    >>> model.predict(["the goal was lost", b"shares of the bank"]).tolist()
    ['sport', 'money']
    >>> why = model.explain("the goal")
    >>> why.label, why.words[0][0], bool(abs(why.bits.sum() + why.prior_bits - why.margin_bits) < 1e-9)
    ('sport', 'goal', True)
    """

    def __init__(
        self,
        *,
        order: int = 4,
        strengths: Sequence[float] = STRENGTHS,
        costs: Sequence[float] = COSTS,
        folds: int = FOLDS,
        random_state: int = 0,
    ) -> None:
        self.order = order
        self.strengths = strengths
        self.costs = costs
        self.folds = folds
        self.random_state = random_state

    def fit(self, X: Texts_, y: Iterable[Any]) -> Self:
        """Learn from texts [n] and their labels [n]; what was learnt before is forgotten."""
        self._check()
        texts = encoded(X)
        labels = checked_labels(y, len(texts))
        if not texts:
            raise DataError("there is no text to learn from")
        self.classes_, numbers = np.unique(labels, return_inverse=True)
        self._learn_all(texts, numbers.astype(np.int64))
        return self

    def partial_fit(self, X: Texts_, y: Iterable[Any], classes: Iterable[Any] | None = None) -> Self:
        """Learn more texts.

        `classes` names, at the first call, those that are to come; labels that are not among them raise DataError.
        Without it each call may bring new ones. The texts are kept, and all is fitted anew, as `fit` would, when they
        have grown by a tenth or a class is new; until then the classes' states learn and the weights stay.
        """
        self._check()
        texts = encoded(X)
        labels = checked_labels(y, len(texts))
        first = not hasattr(self, "classes_")
        if first:
            if classes is None and not texts:
                raise DataError("there is no text to learn from, and no classes to come are named")
            self._closed = classes is not None
            self.classes_ = np.unique(labels if classes is None else _array(classes))
            self._texts: list[bytes] = []
            self._numbers, self._fitted_on = np.zeros(0, np.int64), 0
        new = np.setdiff1d(labels, self.classes_)
        if len(new) and getattr(self, "_closed", False):
            raise DataError(f"label {new[0]!r} is none of the classes that were named: {self.classes_.tolist()}")
        if len(new):
            names = np.union1d(self.classes_, new)
            self._numbers = np.searchsorted(names, self.classes_)[self._numbers].astype(np.int64)
            self.classes_ = names
        numbers = np.searchsorted(self.classes_, labels).astype(np.int64)
        if not texts:
            return self
        texts, numbers = [*self._texts, *texts], np.concatenate((self._numbers, numbers))
        if len(new) or len(texts) >= REFIT * self._fitted_on:
            self._learn_all(texts, numbers)
        else:
            self._learn_more(texts, numbers)
        return self

    def predict(self, X: Texts_) -> npt.NDArray[Any]:
        """The likeliest class of each text, [n]."""
        chances = self.predict_proba(X)
        return np.asarray(self.classes_[chances.argmax(axis=1)])

    def predict_proba(self, X: Texts_) -> Probs:
        """Calibrated probabilities of the classes, in the order of `classes_`, [n, classes]."""
        self._need_fit()
        parts = [self._pool.probabilities(self._scores(batch)) for batch in _batches(encoded(X))]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.classes_)))

    def predict_log_proba(self, X: Texts_) -> Floats:
        """Natural logarithms of the probabilities, as scikit-learn has them."""
        return np.asarray(np.log(np.maximum(self.predict_proba(X), np.finfo(np.float64).tiny)), np.float64)

    def decision_function(self, X: Texts_) -> Floats:
        """Bits in favour of each class, up to a constant, [n, classes]; of two classes for the second, [n]."""
        odds = self.log_odds(X)
        return np.asarray(odds[:, 1] - odds[:, 0]) if len(self.classes_) == 2 else odds

    def log_odds(self, X: Texts_) -> Floats:
        """Bits in favour of each class, up to a constant for each text, [n, classes]; for two classes too."""
        self._need_fit()
        return self._pool.log_odds(self._scores(encoded(X)))

    def bits(self, X: Texts_) -> Floats:
        """Ideal bits of each text by each class's state at the longest order, [n, classes].

        A code: over the bytes that may come next, 2^−bits sums to 1. The fewest bits of a row by the text's bytes is an
        anomaly score.
        """
        self._need_fit()
        table, background = self._table, self._experts.background
        costs = [np.zeros((0, len(self.classes_)))]
        for batch in _batches(encoded(X)):
            saved = self._experts.states.saved(*table.count(batch, grow=False), len(self.classes_))
            whole = np.array([background.bits(table, text) for text in batch])
            costs.append(whole[:, None] - saved[:, table.longest - 1])
        return np.concatenate(costs)

    def explain(self, x: str | bytes) -> Explanation:
        """Which bytes of a text speak for its class against the next likely one, and by how many bits.

        Raises DataError where there is only one class.
        """
        self._need_fit()
        if len(self.classes_) < 2:
            raise DataError(f"there is only the class {self.classes_[0]!r}; nothing speaks for it against another")
        [text] = encoded([x])
        odds = self._pool.log_odds(self._scores([text]))[0]
        second, first = (int(i) for i in np.argsort(odds, kind="stable")[-2:])
        spread = self._experts.spread(self._table, self._pool, text, (first, second))
        margin = float(odds[first] - odds[second])
        return Explanation(
            text,
            str(self.classes_[first]),
            str(self.classes_[second]),
            float(self._pool.probabilities(self._scores([text]))[0, first]),
            margin,
            margin - float(spread.sum()),
            spread,
        )

    @property
    def label_bits_(self) -> float:
        """Prequential bits of the training labels, choices included."""
        return self.choice_.label_bits

    @property
    def frequency_bits_(self) -> float:
        """What the training labels cost by their frequencies alone (KT)."""
        return self.choice_.frequency_bits

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the parameters, the texts that were learnt and their labels, and what weights were fitted to."""
        self._need_fit()
        digest = hashlib.sha256(repr((self.get_params(), self.classes_.tolist(), self._fitted_on)).encode())
        for text, number in zip(self._texts, self._numbers.tolist(), strict=True):
            digest.update(b"%d %d " % (number, len(text)) + text)
        return digest.hexdigest()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags

    def _more_tags(self) -> dict[str, Any]:
        return {"X_types": ["string"]}  # scikit-learn before 1.6

    def _check(self) -> None:
        if not 0 <= self.order <= LONGEST_ORDER:
            raise OptionError(f"order={self.order!r} is outside 0 to {LONGEST_ORDER}")
        if self.folds < 2:
            raise OptionError(f"folds={self.folds!r} is below 2")
        for name, values in (("strengths", self.strengths), ("costs", self.costs)):
            if not all(0 < value < math.inf for value in values):
                raise OptionError(f"{name}={values!r}: each must be a positive number")
        if not self.strengths:
            raise OptionError("strengths=() leaves nothing to choose from")

    def _need_fit(self) -> None:
        if not hasattr(self, "_experts"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("this CodelengthClassifier has learnt nothing yet; call fit with texts and labels")

    def _learn_all(self, texts: list[bytes], numbers: Labels) -> None:
        self._texts, self._numbers, self._fitted_on = texts, numbers, len(texts)
        table = Pieces.fresh(self.order + 1)
        known = Texts(table, *table.count(texts, grow=True), numbers, len(self.classes_))
        large = len(table) * len(self.classes_) > MOST_WEIGHTS
        costs = () if large or len(self.classes_) < 2 else tuple(self.costs)
        self.choice_: Choice = choose(known, tuple(self.strengths), costs, seed=self.random_state)
        settings = self.choice_.settings
        self._pool: Pool = cross_fitted_pool(known, settings, folds=self.folds, seed=self.random_state)
        self._experts: Experts = Experts.taught(known, settings, seed=self.random_state)
        self._table = table.trimmed()

    def _learn_more(self, texts: list[bytes], numbers: Labels) -> None:
        start = len(self._texts)
        counted = self._table.count(texts[start:], grow=True)
        more = Texts(self._table, *counted, numbers[start:], len(self.classes_))
        self._experts = self._experts.and_more(more, self.choice_.settings)
        self._texts, self._numbers = texts, numbers

    def _scores(self, texts: Sequence[bytes]) -> Floats:
        counted: tuple[Counted, Counted] = self._table.count(texts, grow=False)
        return self._experts.scores(*counted, len(self.classes_))


def encoded(texts: Texts_) -> list[bytes]:
    """Texts as bytes: str in UTF-8, unpaired surrogates as they are.

    Raises DataError for one text in place of many, and for anything that is no text, naming its place.

    >>> encoded(["ä", b"\\xff"])
    [b'\\xc3\\xa4', b'\\xff']
    """
    if isinstance(texts, str | bytes | bytearray):
        raise DataError("one text was given where a list of texts is expected; put it into a list")
    found = []
    for number, text in enumerate(texts):
        if isinstance(text, str):
            found.append(text.encode("utf-8", "surrogatepass"))
        elif isinstance(text, bytes | bytearray | memoryview):
            found.append(bytes(text))
        else:
            raise DataError(f"text {number} is {type(text).__name__}, not str or bytes: {text!r:.60}")
    return found


def checked_labels(labels: Iterable[Any], n: int) -> npt.NDArray[Any]:
    """Labels as an array [n]; DataError where one is missing (None or nan) or their number is not n."""
    found = list(labels)
    if len(found) != n:
        raise DataError(f"{n:,} texts and {len(found):,} labels; there must be one each")
    for number, label in enumerate(found):
        if label is None or (isinstance(label, float | np.floating) and math.isnan(label)):
            raise DataError(f"text {number} has no label; leave unlabelled texts out")
    return _array(found)


def _array(values: Iterable[Any]) -> npt.NDArray[Any]:
    found = list(values)
    if not found:
        return np.zeros(0, np.int64)
    try:
        array = np.array(found)
        np.unique(array)
    except (TypeError, ValueError) as error:
        raise DataError(f"labels must be of one kind that can be sorted: {error}") from error
    if array.ndim != 1:
        raise DataError(f"labels must be a list of single values, not of shape {array.shape}")
    return array


def _batches(texts: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    start, size = 0, 0
    for end, text in enumerate(texts):
        size += len(text)
        if size > PREDICTED_AT_ONCE:
            yield texts[start : end + 1]
            start, size = end + 1, 0
    if start < len(texts):
        yield texts[start:]
