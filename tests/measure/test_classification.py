"""CodelengthClassifier: the laws of a scikit-learn classifier, and what its bits must be."""

import inspect
import pickle
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags

from codelength.errors import DataError, OptionError
from codelength.learning.margins import Margins
from codelength.measure.classification import CodelengthClassifier, checked_labels, encoded

WORDS = {
    "sport": ["goal", "match", "team", "player", "score", "win", "league", "coach", "season", "ball"],
    "money": ["bank", "share", "market", "profit", "stock", "rate", "trade", "price", "loan", "fund"],
    "health": ["doctor", "nurse", "virus", "hospital", "patient", "drug", "vaccine", "blood", "heart", "disease"],
}
COMMON = ["the", "a", "of", "in", "was", "and", "to", "it", "for", "on", "with", "by", "at", "said", "new", "day"]


def made(n: int, seed: int, classes: tuple[str, ...] = ("sport", "money", "health")) -> tuple[list[str], list[str]]:
    draw = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(n):
        label = classes[number % len(classes)]
        words = [str(draw.choice(WORDS[label] if draw.random() < 0.25 else COMMON)) for _ in range(12)]
        texts.append(" ".join(words))
        labels.append(label)
    return texts, labels


TRAIN, TRAIN_LABELS = made(90, 0)
TEST, TEST_LABELS = made(60, 1)


@pytest.fixture(scope="module")
def fitted() -> CodelengthClassifier:
    return CodelengthClassifier(order=2).fit(TRAIN, TRAIN_LABELS)


def test_it_is_a_classifier_of_scikit_learn_that_takes_strings(fitted: CodelengthClassifier) -> None:
    assert isinstance(fitted, BaseEstimator) and isinstance(fitted, ClassifierMixin)
    tags = get_tags(fitted)
    assert tags.input_tags.string and not tags.input_tags.two_d_array and tags.estimator_type == "classifier"


def test_parameters_are_stored_untouched_and_cloned() -> None:
    given: dict[str, Any] = {"order": 3, "strengths": [2.0], "costs": (), "folds": 3, "random_state": 7}
    model = CodelengthClassifier(**given)
    assert all(model.get_params()[name] is value for name, value in given.items())
    copy = clone(model.fit(TRAIN[:12], TRAIN_LABELS[:12]))
    assert not hasattr(copy, "classes_") and copy.get_params() == given
    assert model.get_params() == given, "fitting changed a parameter"
    assert set(inspect.signature(CodelengthClassifier.__init__).parameters) - {"self"} == set(given)
    assert model.set_params(order=1).order == 1


def test_probabilities_sum_to_one_and_tell_the_classes(fitted: CodelengthClassifier) -> None:
    chances = fitted.predict_proba(TEST)
    assert chances.shape == (60, 3) and chances.dtype == np.float64
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-12)
    assert (fitted.predict(TEST) == fitted.classes_[chances.argmax(axis=1)]).all()
    assert fitted.score(TEST, TEST_LABELS) > 0.8
    assert fitted.classes_.tolist() == ["health", "money", "sport"]
    np.testing.assert_allclose(np.exp(fitted.predict_log_proba(TEST)), chances)
    odds = fitted.decision_function(TEST)
    np.testing.assert_allclose(np.exp2(odds[:, 0] - odds[:, 1]), chances[:, 0] / chances[:, 1], rtol=1e-9)


def test_its_probabilities_are_calibrated(fitted: CodelengthClassifier) -> None:
    texts, labels = made(600, 2)
    chances = fitted.predict_proba(texts)
    sure, right = chances.max(axis=1), fitted.predict(texts) == np.array(labels)
    assert abs(sure.mean() - right.mean()) < 0.06


def test_labels_cost_less_than_their_frequencies_and_random_ones_do_not(fitted: CodelengthClassifier) -> None:
    assert fitted.label_bits_ < 0.8 * fitted.frequency_bits_
    drawn = np.random.default_rng(3).permutation(TRAIN_LABELS)
    assert CodelengthClassifier(order=2).fit(TRAIN, drawn).label_bits_ > 0.95 * fitted.frequency_bits_


def test_the_same_texts_and_seed_give_the_same_bits(fitted: CodelengthClassifier) -> None:
    again = CodelengthClassifier(order=2).fit(TRAIN, TRAIN_LABELS)
    assert again.label_bits_ == fitted.label_bits_
    assert (again.predict_proba(TEST) == fitted.predict_proba(TEST)).all()
    twice = again.fit(made(30, 5)[0], made(30, 5)[1]).fit(TRAIN, TRAIN_LABELS)
    assert (twice.predict_proba(TEST) == fitted.predict_proba(TEST)).all(), "what was learnt before was not forgotten"


def test_predicting_changes_nothing(fitted: CodelengthClassifier) -> None:
    before = pickle.dumps(fitted)
    fitted.predict_proba([*TEST, "words never seen", b"\xff\xfe\x00"])
    fitted.explain("goal")
    fitted.bits(TEST[:2])
    assert pickle.dumps(fitted) == before


def test_a_text_is_told_alike_alone_and_among_others(fitted: CodelengthClassifier) -> None:
    alone = np.concatenate([fitted.predict_proba([text]) for text in TEST])
    assert (alone == fitted.predict_proba(TEST)).all()
    assert (fitted.predict_proba(np.array(TEST, dtype=object)) == alone).all()


def test_pickles_predict_alike(fitted: CodelengthClassifier) -> None:
    copy = pickle.loads(pickle.dumps(fitted))
    assert (copy.predict_proba(TEST) == fitted.predict_proba(TEST)).all()
    copy.partial_fit(["a new goal"], ["sport"])
    assert (copy.predict_proba(TEST) != fitted.predict_proba(TEST)).any()


def test_bytes_and_str_are_the_same_text(fitted: CodelengthClassifier) -> None:
    assert (fitted.predict_proba([text.encode() for text in TEST]) == fitted.predict_proba(TEST)).all()
    assert encoded(["ä", b"\xe4", "\ud800"]) == [b"\xc3\xa4", b"\xe4", b"\xed\xa0\x80"]


def test_an_empty_text_gets_the_constants_and_unseen_bytes_make_nothing_certain(fitted: CodelengthClassifier) -> None:
    empty, blank, unseen = fitted.predict_proba([b"", "", b"\xff\xfe\xfd" * 9])
    assert (empty == blank).all() and empty.max() < 0.8 and unseen.max() < 0.9
    assert fitted.explain(b"").prior_bits == pytest.approx(np.log2(np.sort(empty)[-1] / np.sort(empty)[-2]))
    assert fitted.predict_proba([]).shape == (0, 3) and fitted.predict([]).shape == (0,)


def test_one_class_is_certain_and_its_labels_are_free() -> None:
    model = CodelengthClassifier(order=1).fit(["a", "b", "c"], ["x", "x", "x"])
    assert model.predict_proba(["a", "zzz", ""]).tolist() == [[1.0], [1.0], [1.0]]
    assert model.predict(["q"]).tolist() == ["x"] and model.label_bits_ == 0
    with pytest.raises(DataError, match=r"there is only the class .*'x'.*; nothing speaks for it"):
        model.explain("a")


def test_one_text_of_each_class_is_enough() -> None:
    model = CodelengthClassifier().fit(["the cat sat on the mat", "1 + 2 = 3; 4 + 5 = 9"], [True, False])
    assert model.predict(["a cat on a mat", "7 + 1 = 8"]).tolist() == [True, False]
    assert CodelengthClassifier().fit(["alone"], [3]).predict(["x"]).tolist() == [3]


def test_texts_longer_than_a_segment_are_learnt_told_and_explained() -> None:
    texts = ["ab" * 530_000, "xy" * 530_000, "ab", "xy"]
    model = CodelengthClassifier(order=1, costs=()).fit(texts, [0, 1, 0, 1])
    assert model.predict(["abab", "xyx"]).tolist() == [0, 1]
    long = "ab" * 524_300 + "xyxyxyxyxy"  # longer than a segment
    why = model.explain(long)
    assert why.bits.sum() + why.prior_bits == pytest.approx(why.margin_bits, rel=1e-9)


def test_pipelines_and_searches_take_it() -> None:
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = make_pipeline(lower, CodelengthClassifier(order=1))
    shouted = [text.upper() for text in TEST]
    assert pipeline.fit(TRAIN, TRAIN_LABELS).score(shouted, TEST_LABELS) > 0.8
    search = GridSearchCV(CodelengthClassifier(costs=()), {"order": [0, 2]}, cv=2, error_score="raise")
    search.fit(np.array(TRAIN, dtype=object), TRAIN_LABELS)
    assert search.best_params_ == {"order": 2}
    scores = cross_val_score(CodelengthClassifier(order=1), TRAIN, TRAIN_LABELS, cv=2, error_score="raise")
    assert scores.min() > 0.6


def test_learning_in_parts_ends_where_learning_all_does(fitted: CodelengthClassifier) -> None:
    parts = CodelengthClassifier(order=2)
    for start in (0, 30, 60):
        parts.partial_fit(TRAIN[start : start + 30], TRAIN_LABELS[start : start + 30])
    assert (parts.predict_proba(TEST) == fitted.predict_proba(TEST)).all()


def test_class_states_learn_at_once_and_weights_when_texts_have_grown_by_a_tenth() -> None:
    model = CodelengthClassifier(order=2).fit(TRAIN[:60], TRAIN_LABELS[:60])
    choice, before = model.choice_, model.bits(TEST)
    model.partial_fit(TRAIN[60:64], TRAIN_LABELS[60:64])
    assert model.choice_ is choice and (model.bits(TEST) != before).any()
    whole = CodelengthClassifier(order=2, strengths=[choice.settings.strengths[2]], costs=())
    whole.fit(TRAIN[:64], TRAIN_LABELS[:64])
    np.testing.assert_allclose(model.bits(TEST), whole.bits(TEST), rtol=1e-6)
    model.partial_fit(TRAIN[64:70], TRAIN_LABELS[64:70])
    assert model.choice_ is not choice


def test_classes_to_come_can_be_named_and_others_are_refused() -> None:
    model = CodelengthClassifier(order=1).partial_fit([], [], classes=["a", "b", "c"])
    model.partial_fit(["aa aa", "bb bb", "aa", "bb"], ["a", "b", "a", "b"])
    assert model.classes_.tolist() == ["a", "b", "c"] and model.predict(["aa"]).tolist() == ["a"]
    with pytest.raises(DataError, match=r"label .*'d'.* is none of the classes that were named: \['a', 'b', 'c'\]"):
        model.partial_fit(["dd"], ["d"])
    open_ended = CodelengthClassifier(order=1).partial_fit(["bb", "cc"] * 5, ["b", "c"] * 5)
    open_ended.partial_fit(["aa", "aa"], ["a", "a"])
    assert open_ended.classes_.tolist() == ["a", "b", "c"] and open_ended.predict(["bb bb"]).tolist() == ["b"]


def test_an_explanation_adds_up_to_the_odds_and_names_the_words(fitted: CodelengthClassifier) -> None:
    texts: list[str | bytes] = [*TEST[:10], b"goal \xff goal", "Bank BANK bank", "goal"]
    for text in texts:
        why = fitted.explain(text)
        chances = np.sort(fitted.predict_proba([text])[0])
        assert why.margin_bits == pytest.approx(np.log2(chances[-1] / chances[-2]), abs=1e-9)
        assert why.bits.sum() + why.prior_bits == pytest.approx(why.margin_bits, abs=1e-9)
        assert len(why.bits) == len(why.text) and why.label == fitted.predict([text])[0]
    why = fitted.explain("it was said the goal of a day")
    assert (why.label, why.words[0][:2]) == ("sport", ("goal", 16))


def test_an_empty_text_is_explained_by_the_prior_alone(fitted: CodelengthClassifier) -> None:
    why = fitted.explain("")
    assert why.words == () and why.prior_bits == why.margin_bits


@pytest.mark.parametrize("start", [b"", b"the goa", b"\xff\xfe", b"zzzzz", b"share the"])
def test_each_class_codes_the_next_byte_with_probabilities_that_sum_to_one(
    fitted: CodelengthClassifier, start: bytes
) -> None:
    costs = fitted.bits([start, *(start + bytes([byte]) for byte in range(256))])
    np.testing.assert_allclose(np.exp2(costs[0] - costs[1:]).sum(axis=0), 1, rtol=1e-5)


def test_texts_of_no_class_cost_more_bits_for_each_byte(fitted: CodelengthClassifier) -> None:
    own = [row.min() / len(text) for row, text in zip(fitted.bits(TEST), TEST, strict=True)]
    foreign = ["0x3fa9 :: jmp [rbx+8]; ret", "ma io dico che non si può fare così", "ZXQJ KVWP ZZQX"]
    costs = [row.min() / len(text.encode()) for row, text in zip(fitted.bits(foreign), foreign, strict=True)]
    assert min(costs) > max(own)
    assert fitted.bits([""]).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        ([], [], "there is no text to learn from"),
        ("one text", ["a"], "one text was given where a list of texts is expected"),
        (["a", 5], ["x", "y"], "text 1 is int, not str or bytes: 5"),
        (["a", None], ["x", "y"], "text 1 is NoneType, not str or bytes"),
        (["a", "b"], ["x", None], "text 1 has no label; leave unlabelled texts out"),
        (["a", "b"], [float("nan"), 1.0], "text 0 has no label"),
        (["a", "b"], ["x"], "2 texts and 1 labels; there must be one each"),
        (["a", "b"], [["x"], ["y"]], "labels must be a list of single values"),
    ],
)
def test_bad_data_say_what_is_wrong(texts: Any, labels: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        CodelengthClassifier().fit(texts, labels)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"order": 8}, "order=8 is outside 0 to 7"),
        ({"folds": 1}, "folds=1 is below 2"),
        ({"strengths": ()}, "leaves nothing to choose from"),
        ({"costs": (1.0, -1.0)}, "each must be a positive number"),
    ],
)
def test_bad_parameters_are_refused_when_it_is_fitted(parameters: dict[str, Any], message: str) -> None:
    model = CodelengthClassifier(**parameters)
    with pytest.raises(OptionError, match=message):
        model.fit(["a", "b"], [0, 1])


def test_asking_before_learning_is_an_error_of_scikit_learn() -> None:
    with pytest.raises(NotFittedError, match="has learnt nothing yet"):
        CodelengthClassifier().predict(["a"])


def test_labels_keep_their_kind() -> None:
    assert checked_labels(np.array([3, 1]), 2).dtype == np.int64
    model = CodelengthClassifier(order=1).fit(["aa", "bb"] * 4, [2.5, 1.5] * 4)
    assert model.predict(["aa"]).tolist() == [2.5]


def test_nothing_warns_on_the_way() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CodelengthClassifier(order=0).fit(["", "a", "", "b"], [0, 1, 0, 1]).predict(["", "b"])


def test_without_scikit_learn_the_library_loads_and_the_class_says_what_to_install() -> None:
    show = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import codelength, codelength.cli.main\n"
        "try: codelength.CodelengthClassifier\n"
        "except codelength.UsageError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert run.stdout == "CodelengthClassifier needs scikit-learn; pip install 'codelength[learn]'\n"


def test_without_costs_no_linear_learner_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are left out where their weights would not fit into memory."""

    def made(*_: object, **__: object) -> None:
        raise AssertionError("a linear learner was made")

    monkeypatch.setattr(Margins, "path", made)
    texts, labels = ["a goal", "shares fell"] * 40, ["sport", "money"] * 40
    with pytest.raises(AssertionError):
        CodelengthClassifier(order=1).fit(texts, labels)
    model = CodelengthClassifier(order=1, costs=()).fit(texts, labels)
    assert model.predict(["a goal", "shares fell"]).tolist() == ["sport", "money"]
