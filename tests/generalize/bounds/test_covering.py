"""Dudley's integral against closed forms and against complexities that are known otherwise."""

import math
from typing import Any

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.generalize.bounds.capacity import linear_rademacher
from codelength.generalize.bounds.covering import (
    dudley,
    linear_covering_nats,
    parametric_covering_nats,
    spectral_covering_nats,
)
from codelength.generalize.bounds.margin import margin_fixed


def test_dudley_of_a_covering_number_that_falls_as_the_square_has_its_closed_form() -> None:
    # sqrt(ln N) = c/e: the best a is 3c/sqrt(n), the integral c ln(r/a).
    n, c = 10_000, 2.0
    a = 3 * c / math.sqrt(n)
    exact = 4 * a + 12 / math.sqrt(n) * c * math.log(1 / a)
    found = dudley(lambda scale: (c / scale) ** 2, n=n, radius=1.0)
    assert exact <= found < 1.005 * exact


def test_dudley_of_a_parametric_class_falls_as_the_root_of_n() -> None:
    def at(n: int) -> float:
        return dudley(lambda scale: parametric_covering_nats(scale, parameters=5, radius=1.0), n=n, radius=1.0)

    assert at(10**6) / at(10**8) == pytest.approx(10, rel=0.02)
    exact = sum(math.sqrt(5 * math.log1p(2 / ((i + 0.5) / 10**5))) for i in range(10**5)) / 10**5
    assert 0.99 * 12e-4 * exact < at(10**8) < 1.01 * 12e-4 * exact


def test_dudley_of_linear_functions_lies_above_their_complexity() -> None:
    x = np.random.default_rng(0).normal(size=(2000, 10))
    norm = math.sqrt(float((x**2).sum(axis=1).mean()))
    exact = linear_rademacher(x, weight_norm=1.0)
    found = dudley(
        lambda scale: linear_covering_nats(scale, weight_norm=1.0, input_norm=norm, features=10), n=2000, radius=norm
    )
    assert exact < found < 200 * exact


def test_spectral_covering_of_one_layer_is_that_of_its_matrix() -> None:
    # One layer: X² b² ln(2W²) / e², whatever its spectral norm.
    for s in (0.5, 3.0):
        found = spectral_covering_nats(0.1, spectral_norms=[s], distances=[2.0], input_norm=3.0, width=10)
        assert found == pytest.approx(9 * 4 * math.log(200) / 0.01)


def test_spectral_covering_does_not_change_when_layers_are_rescaled() -> None:
    known: dict[str, Any] = {"input_norm": 1.0, "width": 50}
    one = spectral_covering_nats(0.2, spectral_norms=[1.0, 2.0], distances=[3.0, 4.0], **known)
    other = spectral_covering_nats(0.2, spectral_norms=[10.0, 0.2], distances=[30.0, 0.4], **known)
    assert one == pytest.approx(other)


def test_a_spectral_margin_bound_needs_many_samples() -> None:
    def bound(n: int) -> float:
        def covering(scale: float) -> float:
            return spectral_covering_nats(
                scale, spectral_norms=[1.0, 1.0], distances=[1.0, 1.0], input_norm=1.0, width=10
            )

        scores = dudley(covering, n=n, radius=1.0)
        return margin_fixed(margin_error=0.1, margin=0.5, rademacher_complexity=scores, n=n, delta=0.05).value

    assert bound(10**4) > 1 > bound(10**9)


@pytest.mark.parametrize("covering", [lambda scale: math.nan, lambda scale: -1.0, lambda scale: scale])
def test_what_is_no_covering_number_is_refused(covering: object) -> None:
    assert callable(covering)
    with pytest.raises(UsageError, match=r"covering number|fewer functions"):
        dudley(covering, n=10, radius=1.0)


def test_a_layer_without_its_distance_is_refused() -> None:
    with pytest.raises(UsageError, match="2 spectral norms and 1 distances; give one each a layer"):
        spectral_covering_nats(0.1, spectral_norms=[1.0, 1.0], distances=[1.0], input_norm=1.0, width=3)
