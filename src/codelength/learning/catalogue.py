"""Learners by name, as the registry has models: name[(member, ...)][:option=value,...].

    cnn:width=32,replay=64        knn:k=3        sklearn:classifier=GaussianNB        switching(cnn,knn)

All are calibrated (`mixtures.Calibrated`), which adds a few bits at most, except `uniform`, `majority` and the mixtures
of calibrated learners. A learner is made for inputs of a shape, a number of classes and a seed.
"""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codelength.errors import UsageError
from codelength.learning.mixtures import Calibrated, Frequencies, LearnerMixture, Uniform
from codelength.naming import Option, Value, read_name
from codelength.types import Learner


@dataclass(frozen=True, slots=True)
class Task:
    """What a learner is made for: the shape of an input, how many classes, the seed."""

    shape: tuple[int, ...]
    classes: int
    seed: int = 0


Factory = Callable[[Task, tuple[Learner, ...], Mapping[str, Value]], Learner]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: what a learner's name stands for."""

    name: str
    summary: str
    options: Mapping[str, Option]
    factory: Factory
    members: tuple[int, int] = (0, 0)

    def describe(self) -> str:
        """Name, summary and options, a line each."""
        options = [f"  {key}={option.shown}  {option.help}; {option.allowed}" for key, option in self.options.items()]
        return "\n".join([f"{self.name}: {self.summary}", *options])


def create_learner(name: str, task: Task) -> Learner:
    """The learner of this name for a task.

    Raises UnknownNameError, OptionError and UsageError as `codelength.create` does.

    >>> create_learner("knn:k=0", Task((4,), 2))
    Traceback (most recent call last):
    codelength.errors.OptionError: knn: k=0 is outside 1 to 1000
    >>> create_learner("kmn", Task((4,), 2))
    Traceback (most recent call last):
    codelength.errors.UnknownNameError: there is no learner 'kmn'; did you mean knn?
    """
    return _create(name, task, 0)


def check_learner(name: str) -> None:
    """Raises what `create_learner` would for a name that is none, an option, or a package that is missing."""
    _create(name, Task((1, 8, 8), 2), 0)


def learner_entries() -> Mapping[str, Entry]:
    """The table, in the order in which it is shown."""
    return _ENTRIES


def _create(name: str, task: Task, depth: int) -> Learner:
    read = read_name(name, _ENTRIES, what="learner", depth=depth)
    members = tuple(_create(part, task, depth + 1) for part in read.members)
    return read.entry.factory(task, members, read.values)


def _uniform(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return Uniform(task.classes)


def _majority(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return Frequencies(task.classes)


def _linear(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return _net("linear", task, options)


def _mlp(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return _net("mlp", task, options)


def _cnn(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return _net("cnn", task, options)


def _net(kind: str, task: Task, options: Mapping[str, Value]) -> Learner:
    if importlib.util.find_spec("torch") is None:
        raise UsageError(f"{kind} needs torch; pip install 'codelength[torch]'")
    from codelength.learning.nets import NetLearner, Recipe

    recipe = Recipe(
        "cnn" if kind == "cnn" else "mlp" if kind == "mlp" else "linear",
        width=int(options.get("width", 1)),
        members=int(options["nets"]),
        replay=int(options["replay"]),
        steps=float(options["steps"]),
        rate=float(options["rate"]),
        decay=float(options["decay"]),
        augment=float(options.get("augment", 0)),
        fast=options["precision"] == "bfloat16",
    )
    return Calibrated(NetLearner(task.shape, task.classes, recipe, seed=task.seed), task.classes)


def _knn(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    from codelength.learning.classifiers import Neighbours

    return Calibrated(Neighbours(task.classes, k=int(options["k"])), task.classes)


def _logistic(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    _need_scikit("logistic")
    from sklearn.linear_model import LogisticRegression

    from codelength.learning.classifiers import Classifier, seeded

    make = seeded(LogisticRegression, seed=task.seed, C=float(options["c"]), max_iter=int(options["iterations"]))
    return Calibrated(Classifier(make, task.classes), task.classes)


def _boosting(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    _need_scikit("boosting")
    from sklearn.ensemble import HistGradientBoostingClassifier

    from codelength.learning.classifiers import Classifier, seeded

    make = seeded(
        HistGradientBoostingClassifier,
        seed=task.seed,
        max_iter=int(options["trees"]),
        learning_rate=float(options["rate"]),
        max_leaf_nodes=int(options["leaves"]),
        min_samples_leaf=5,
    )
    return Calibrated(Classifier(make, task.classes), task.classes)


def _sklearn(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    from codelength.learning.classifiers import scikit_classifier

    return Calibrated(scikit_classifier(str(options["classifier"]), task.classes, seed=task.seed), task.classes)


def _bayes(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return LearnerMixture(members)


def _switching(task: Task, members: tuple[Learner, ...], options: Mapping[str, Value]) -> Learner:
    return LearnerMixture(members, switching=True)


def _need_scikit(name: str) -> None:
    if importlib.util.find_spec("sklearn") is None:
        raise UsageError(f"{name} needs scikit-learn; pip install 'codelength[learn]'")


def _net_options(*, width: int | None, steps: float, rate: float, augment: float | None = None) -> dict[str, Option]:
    options: dict[str, Option] = {}
    if width is not None:
        options["width"] = Option("int", width, "of the first layer", low=1, high=4096)
    options |= {
        "nets": Option("int", 1, "averaged, of different seeds", low=1, high=64),
        "replay": Option("int", 63, "streams over the past in each batch", low=1, high=4096),
        "steps": Option("float", steps, "updates after n labels are steps · n^0.65", low=0.01, high=1e5),
        "rate": Option("float", rate, "of learning (AdamW)", low=1e-6, high=1),
        "decay": Option("float", 1e-3, "of weights", low=0, high=10),
    }
    if augment is not None:
        options["augment"] = Option("float", augment, "how far images are moved; 0 for not at all", low=0, high=4)
    options["precision"] = Option("word", "float32", "of the nets", choices=("float32", "bfloat16"))
    return options


_TABLE = (
    Entry("uniform", "log2 K bits a label", {}, _uniform),
    Entry("majority", "the labels' own frequencies (KT), inputs unseen", {}, _majority),
    Entry("linear", "softmax regression, trained online", _net_options(width=None, steps=20, rate=3e-3), _linear),
    Entry("mlp", "two hidden layers, trained online", _net_options(width=128, steps=30, rate=1e-3), _mlp),
    Entry(
        "cnn", "a small convolutional net, trained online", _net_options(width=16, steps=50, rate=2e-3, augment=1), _cnn
    ),
    Entry("knn", "k nearest neighbours", {"k": Option("int", 5, "neighbours", low=1, high=1000)}, _knn),
    Entry(
        "logistic",
        "softmax regression, fitted anew (scikit-learn)",
        {
            "c": Option("float", 1.0, "inverse strength of the penalty", low=1e-6, high=1e6),
            "iterations": Option("int", 200, "at most", low=1, high=100_000),
        },
        _logistic,
    ),
    Entry(
        "boosting",
        "gradient boosting of trees, fitted anew (scikit-learn)",
        {
            "trees": Option("int", 50, "rounds", low=1, high=10_000),
            "rate": Option("float", 0.1, "of learning", low=1e-3, high=1),
            "leaves": Option("int", 15, "of a tree, at most", low=2, high=1024),
        },
        _boosting,
    ),
    Entry(
        "sklearn",
        "any classifier of scikit-learn that gives probabilities, with its own defaults",
        {"classifier": Option("word", "RandomForestClassifier", "its class")},
        _sklearn,
    ),
    Entry("bayes", "the Bayes mixture: the best learner's bits and at most log2 of their number", {}, _bayes, (1, 64)),
    Entry("switching", "the mixture of all sequences of learners", {}, _switching, (1, 64)),
)
_ENTRIES: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in _TABLE})

DEFAULTS = {
    "images": ("cnn", "mlp", "linear", "knn", "majority"),
    "table": ("linear", "mlp", "knn", "boosting", "majority"),
    "texts": ("linear", "mlp", "knn", "majority"),
}
