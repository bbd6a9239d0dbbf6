"""Prequential codes of labels: closed forms, bounds of mixtures, and the law that labels are paid before learnt."""

import math

import numpy as np
import pytest

from codelength.errors import CodelengthError, OptionError, UnknownNameError, UsageError
from codelength.learning.catalogue import Task, check_learner, create_learner, learner_entries
from codelength.learning.mixtures import Calibrated, Frequencies, LearnerMixture, Uniform
from codelength.learning.prequential import (
    VOITA_TITOV,
    blockwise,
    doubling_edges,
    entropy_bits,
    online,
    online_edges,
    pay,
    uniform_bits,
    voita_titov_edges,
)
from codelength.types import Inputs, Labels, Learner, Probs

CLASSES = 3
QUICK = (
    "uniform",
    "majority",
    "linear:steps=2",
    "mlp:width=8,steps=2,nets=2",
    "cnn:width=2,steps=1,replay=7",
    "knn:k=3",
    "logistic",
    "sklearn:classifier=GaussianNB",
    "bayes(knn,majority)",
    "switching(linear:steps=1,knn)",
)


def task_data(n: int, *, seed: int = 0, related: bool = True) -> tuple[Inputs, Labels]:
    """Images of 8 × 8 whose label is told by where they are bright, or is not told at all."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, CLASSES, n)
    x = rng.normal(0, 0.3, (n, 1, 8, 8)).astype(np.float32)
    if related:
        x[np.arange(n), 0, 2 * y, 2 * y] += 3
    return x, y.astype(np.int64)


def bits(learner: Learner, x: Inputs, y: Labels, edges: list[int] | None = None) -> float:
    return math.fsum(online(learner, x, y, edges=edges))


class Peeker:
    """Knows each label before it has paid: by keeping to `pay`, which sees them."""

    def predict(self, x: Inputs) -> Probs:
        return np.full((len(x), CLASSES), 1 / CLASSES)

    def learn(self, x: Inputs, y: Labels) -> None:
        pass

    def pay(self, x: Inputs, y: Labels) -> Probs:
        return np.full(len(y), 0.9)


class LookAhead(Peeker):
    """Pays for a label by the frequencies of its whole chunk."""

    def pay(self, x: Inputs, y: Labels) -> Probs:
        return np.asarray((np.bincount(y, minlength=CLASSES)[y] + 0.1) / (len(y) + 0.1 * CLASSES), np.float64)


def keeps_the_law(make: type[Peeker] | str) -> bool:
    """Whether what is paid for a label sums to 1 over what it may be, and does not change with later labels."""
    x, y = task_data(12)
    edges = [0, 5, 12]

    def paid(labels: Labels) -> Probs:
        learner = create_learner(make, Task((1, 8, 8), CLASSES)) if isinstance(make, str) else make()
        first = pay(learner, x[:5], labels[:5])
        return np.concatenate((first, pay(learner, x[5:], labels[5:])))

    whole = paid(y)
    for t in (0, 4, 5, 8, edges[-1] - 1):
        mass = 0.0
        for label in range(CLASSES):
            other = y.copy()
            other[t] = label
            other[t + 1 :] = (y[t + 1 :] + 1) % CLASSES
            changed = paid(other)
            if not np.allclose(changed[:t], whole[:t], rtol=0, atol=1e-6):
                return False
            mass += changed[t]
        if abs(mass - 1) > 1e-5:
            return False
    return True


@pytest.mark.parametrize("name", QUICK)
def test_what_a_learner_pays_is_a_probability_over_labels_and_blind_to_later_ones(name: str) -> None:
    assert keeps_the_law(name)


@pytest.mark.parametrize("cheat", [Peeker, LookAhead])
def test_a_learner_that_peeks_is_caught(cheat: type[Peeker]) -> None:
    assert not keeps_the_law(cheat)


@pytest.mark.parametrize("name", QUICK)
def test_the_same_seed_pays_the_same_bits(name: str) -> None:
    x, y = task_data(30)
    first, second = (bits(create_learner(name, Task((1, 8, 8), CLASSES, seed=4)), x, y) for _ in range(2))
    assert first == second


def test_a_constant_predictor_pays_n_log2_k_by_every_protocol() -> None:
    x, y = task_data(100)
    expected = uniform_bits(100, CLASSES)
    assert bits(Uniform(CLASSES), x, y) == pytest.approx(expected, abs=1e-9)
    for edges in (doubling_edges(100), voita_titov_edges(100)):
        blocks = blockwise(lambda: Uniform(CLASSES), x, y, classes=CLASSES, edges=edges)
        assert math.fsum(blocks) == pytest.approx(expected, abs=1e-9)


def test_frequencies_pay_their_closed_form_in_any_chunks() -> None:
    x, y = task_data(200)
    for edges in (online_edges(200), [0, 200], doubling_edges(200)):
        assert bits(Frequencies(CLASSES), x, y, edges) == pytest.approx(entropy_bits(y, CLASSES), abs=1e-9)


def test_the_first_block_costs_log2_k_a_label_whatever_the_learner() -> None:
    x, y = task_data(40)
    costs = blockwise(lambda: create_learner("knn", Task((1, 8, 8), CLASSES)), x, y, classes=CLASSES, edges=[0, 20, 40])
    assert costs[:20] == pytest.approx(np.full(20, math.log2(CLASSES)))
    assert costs[20:].mean() < 0.5 * math.log2(CLASSES)


@pytest.mark.parametrize("edges", [online_edges(60), [0, 60], [0, 7, 60]])
def test_a_bayes_mixture_pays_at_most_its_best_learner_and_log2_m(edges: list[int]) -> None:
    x, y = task_data(60)
    members = ("knn:k=1", "knn:k=20", "majority", "uniform")

    def paid(name: str) -> float:
        return bits(create_learner(name, Task((1, 8, 8), CLASSES)), x, y, edges)

    assert paid(f"bayes({','.join(members)})") <= min(map(paid, members)) + 2 + 1e-9


def test_a_switching_mixture_follows_the_better_learner() -> None:
    class Late(Peeker):
        """Wrong for 50 labels, then right."""

        seen = 0

        def predict(self, x: Inputs) -> Probs:
            bright = x[:, 0, [0, 2, 4], [0, 2, 4]].argmax(axis=1)
            told = bright if self.seen >= 50 else (bright + 1) % CLASSES
            return np.where(np.eye(CLASSES)[told] > 0, 0.98, 0.01)

        def pay(self, x: Inputs, y: Labels) -> Probs:
            paid = self.predict(x)[np.arange(len(y)), y]
            self.seen += len(y)
            return paid

    x, y = task_data(150)
    switching = bits(LearnerMixture([Late(), Uniform(CLASSES)], switching=True), x, y)
    staying = bits(LearnerMixture([Late(), Uniform(CLASSES)]), x, y)
    assert switching < 50 * math.log2(CLASSES) + 30 < staying


@pytest.mark.parametrize("name", ["linear:steps=3", "mlp:width=16,steps=3", "knn", "logistic"])
def test_labels_that_inputs_do_not_tell_cost_about_their_entropy(name: str) -> None:
    x, y = task_data(150, related=False)
    paid = bits(create_learner(name, Task((1, 8, 8), CLASSES)), x, y)
    entropy = entropy_bits(y, CLASSES)
    assert entropy - 12 < paid < entropy + 25


@pytest.mark.parametrize("name", ["linear", "mlp:steps=10", "cnn:width=4,steps=10", "knn", "logistic"])
def test_labels_that_inputs_tell_cost_few_bits(name: str) -> None:
    x, y = task_data(120)
    assert bits(create_learner(name, Task((1, 8, 8), CLASSES)), x, y) < 0.5 * uniform_bits(120, CLASSES)


def test_calibration_mends_a_learner_that_is_too_sure() -> None:
    class TooSure(Peeker):
        """Right four times in five, and always certain."""

        def predict(self, x: Inputs) -> Probs:
            told = x[:, 0, 0, 0].astype(int)
            return np.where(np.eye(CLASSES)[told] > 0, 1 - 2e-6, 1e-6)

        def pay(self, x: Inputs, y: Labels) -> Probs:
            return self.predict(x)[np.arange(len(y)), y]

    rng = np.random.default_rng(1)
    y = rng.integers(0, CLASSES, 300)
    told = np.where(rng.random(300) < 0.8, y, (y + 1) % CLASSES)
    x = np.zeros((300, 1, 8, 8), np.float32)
    x[:, 0, 0, 0] = told
    ideal = 300 * (-0.8 * math.log2(0.8) - 0.2 * math.log2(0.2) + 0.2)
    assert bits(TooSure(), x, y) > 900
    assert bits(Calibrated(TooSure(), CLASSES), x, y) < ideal + 60


def test_a_label_of_probability_zero_is_an_error_and_not_infinite_bits() -> None:
    class Certain(Peeker):
        def pay(self, x: Inputs, y: Labels) -> Probs:
            return np.zeros(len(y))

    x, y = task_data(3)
    with pytest.raises(CodelengthError, match="calibrate"):
        online(Certain(), x, y)


def test_the_published_fractions_end_the_blocks() -> None:
    assert [fraction * 100 for fraction in VOITA_TITOV] == pytest.approx(
        [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.25, 12.5, 25, 50, 100]
    )
    assert voita_titov_edges(60_000)[1:4] == [60, 120, 240]


@pytest.mark.parametrize("edges", [[1, 3], [0, 3, 2], [0, 2, 2]])
def test_edges_that_do_not_rise_from_0_are_refused(edges: list[int]) -> None:
    x, y = task_data(3)
    with pytest.raises(UsageError):
        online(Uniform(CLASSES), x, y, edges=edges)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("cmn", UnknownNameError, "there is no learner 'cmn'; did you mean cnn?"),
        ("knn:k=0", OptionError, "knn: k=0 is outside 1 to 1000"),
        ("knn:q=1", OptionError, "knn: option 'q' is unknown; it has k"),
        ("bayes", UsageError, "bayes takes 1 to 64 learners in parentheses, and got 0"),
        ("sklearn:classifier=GausianNB", OptionError, "did you mean GaussianNB?"),
        ("sklearn:classifier=LinearSVC", OptionError, "none that gives probabilities"),
    ],
)
def test_a_wrong_name_is_answered(name: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message.replace("?", r"\?")):
        check_learner(name)


def test_every_learner_says_what_it_is() -> None:
    for name, entry in learner_entries().items():
        assert entry.describe().startswith(f"{name}: ")


def test_inputs_of_one_batch_do_not_change_each_others_predictions() -> None:
    x, y = task_data(40)
    learner = create_learner("cnn:width=4,steps=3", Task((1, 8, 8), CLASSES))
    learner.learn(x, y)
    together = learner.predict(x[:6])
    alone = np.concatenate([learner.predict(x[i : i + 1]) for i in range(6)])
    assert together == pytest.approx(alone, abs=1e-5)
