"""Sampling from a model."""

import numpy as np
import pytest

from codelength.errors import OptionError
from codelength.measure.generate import generate
from codelength.models.counts import Counts


def test_a_cold_model_goes_on_as_before() -> None:
    text = generate(Counts(order=2), b"abc" * 300, 9, np.random.default_rng(1), temperature=0.05)
    assert text == b"abcabcabc"


def test_the_same_seed_gives_the_same_text_and_another_another() -> None:
    texts = [generate(Counts(order=1), bytes(range(256)), 30, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_bytes_come_as_often_as_the_model_says() -> None:
    # Order 0 with a tiny prior has seen a three times as often as b; single draws, so that nothing is learned between.
    model = Counts(order=0, alpha=1e-6).after(b"aaab" * 1000)
    rng = np.random.default_rng(7)
    drawn = sum(generate(model, b"", 1, rng) == b"a" for _ in range(2000))
    assert abs(drawn / 2000 - 0.75) < 0.04


def test_nothing_is_generated_for_nothing() -> None:
    assert generate(Counts(), b"", 0, np.random.default_rng(0)) == b""


@pytest.mark.parametrize(("n", "temperature"), [(-1, 1.0), (1, 0.0), (1, float("nan"))])
def test_impossible_requests_are_refused(n: int, temperature: float) -> None:
    with pytest.raises(OptionError, match="cannot generate"):
        generate(Counts(), b"", n, np.random.default_rng(0), temperature=temperature)
