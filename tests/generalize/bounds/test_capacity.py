"""VC dimensions and Rademacher complexities against cases by hand, enumeration and problems with known risks."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from tests.generalize.bounds.thresholds import PLACES, RISKS, error_counts

from codelength.errors import UsageError
from codelength.generalize.bounds.capacity import (
    class_rademacher,
    linear_rademacher,
    linear_vc_dimension,
    rademacher,
    relu_vc_dimension,
    sampled_rademacher,
    vc,
)


def test_vc_is_its_formula() -> None:
    value = vc(train_error=0.1, vc_dimension=3, n=1000, delta=0.05).value
    assert value == pytest.approx(0.1 + math.sqrt(8 * (3 * math.log(2000 * math.e / 3) + math.log(80)) / 1000))


def test_vc_holds_for_all_thresholds_at_once() -> None:
    n, samples = 2000, 60
    counts = error_counts(n, samples, seed=1)
    gaps = vc(train_error=0.0, vc_dimension=1, n=n, delta=0.2).value
    worst = (RISKS - counts / n).max(axis=1)
    assert (worst <= gaps).all()
    assert gaps < 0.25


def test_a_class_that_fits_any_labels_gets_no_vc_bound() -> None:
    with pytest.raises(UsageError, match="the class fits any labels of the samples"):
        vc(train_error=0.0, vc_dimension=101, n=100, delta=0.05)


@pytest.mark.parametrize("inputs", [1, 2, 10])
def test_nets_shatter_at_least_what_a_half_space_does(inputs: int) -> None:
    assert relu_vc_dimension([inputs, 1]) >= linear_vc_dimension(inputs)
    assert relu_vc_dimension([inputs, 4, 1]) > relu_vc_dimension([inputs, 1])


def test_the_vc_dimension_of_nets_grows_as_parameters_times_depth() -> None:
    by_depth = {depth: relu_vc_dimension([20, *[20] * depth, 1]) for depth in (4, 8, 16)}
    parameters = {depth: 420 * depth + 21 for depth in by_depth}
    scaled = [by_depth[d] / (parameters[d] * d * math.log2(parameters[d])) for d in (4, 8, 16)]
    assert max(scaled) < 1.3 * min(scaled)


def test_no_two_layers_of_a_net_shatter_more_than_the_count_of_patterns_allows() -> None:
    m = relu_vc_dimension([3, 5, 1]) + 1
    patterns = 2 + 20 * math.log2(2 * math.e * m * 5 / 20) + 26 * math.log2(2 * math.e * m * 2 / 26)
    assert patterns < m <= patterns + 2


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_linear_classes_are_exact_for_few_samples(norm: str) -> None:
    x = np.random.default_rng(0).normal(size=(7, 3))
    total = 0.0
    for signs in itertools.product((-1, 1), repeat=7):
        direction = np.array(signs) @ x
        total += float(np.abs(direction).max() if norm == "l1" else np.sqrt((direction**2).sum()))
    exact = 2.5 * total / 2**7 / 7
    found = linear_rademacher(x, weight_norm=2.5, norm="l1" if norm == "l1" else "l2")
    assert found == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_the_closed_form_for_many_samples_lies_above_the_truth_and_near(norm: str) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 10))
    directions = rng.choice((-1.0, 1.0), (4000, 400)) @ x
    lengths = np.abs(directions).max(axis=1) if norm == "l1" else np.linalg.norm(directions, axis=1)
    truth = lengths.mean() / 400
    found = linear_rademacher(x, weight_norm=1.0, norm="l1" if norm == "l1" else "l2")
    assert truth - 4 * lengths.std() / 400 / math.sqrt(4000) < found < 1.7 * truth


def test_linear_complexity_is_at_most_norms_by_root_n() -> None:
    x = np.random.default_rng(2).normal(size=(12, 4))
    longest = np.linalg.norm(x, axis=1).max()
    assert linear_rademacher(x, weight_norm=3.0) <= 3 * longest / math.sqrt(12)


def test_a_sampled_complexity_lies_above_the_exact_one_as_often_as_promised() -> None:
    x = np.random.default_rng(3).random((9, 1))
    losses = (PLACES[:, None] < x.T).astype(float)
    supremum = class_rademacher(losses)
    exact = np.mean([supremum(np.array(signs)) for signs in itertools.product((-1.0, 1.0), repeat=9)])
    found = [sampled_rademacher(supremum, n=9, delta=0.2, draws=5, seed=seed) for seed in range(300)]
    assert np.mean(np.array(found) < exact) <= 0.2
    assert np.mean(found) < exact + 0.25


def test_rademacher_holds_for_all_thresholds_at_once_with_a_sampled_complexity() -> None:
    n, rng = 500, np.random.default_rng(4)
    x = rng.random(n)
    labels = (x > 0.5) ^ (rng.random(n) < 0.1)
    losses = ((x > PLACES[:, None]) != labels).astype(float)
    complexity = sampled_rademacher(class_rademacher(losses), n=n, delta=0.02, draws=50)
    assert complexity < 0.1
    for risk, row in zip(RISKS.tolist(), losses, strict=True):
        known: dict[str, Any] = {"rademacher_complexity": complexity, "n": n, "delta": 0.03}
        assert risk <= rademacher(train_error=float(row.mean()), **known).value


def test_one_function_has_no_complexity() -> None:
    x = np.random.default_rng(5).random((1, 10))
    supremum = class_rademacher(x)
    signs = [np.array(s) for s in itertools.product((-1.0, 1.0), repeat=10)]
    assert np.mean([supremum(s) for s in signs]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("shape", [(0, 3), (4,)])
def test_arrays_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="it must be \\[n, d\\], not empty and finite"):
        linear_rademacher(np.zeros(shape), weight_norm=1.0)


def test_a_class_without_a_bound_is_refused() -> None:
    with pytest.raises(UsageError, match="the supremum was not finite"):
        sampled_rademacher(lambda signs: math.inf, n=5, delta=0.1)
