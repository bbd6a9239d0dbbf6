"""Strings counted side by side: exact counts, sums of 1, taking out, a table that grows or is full."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.errors import OptionError
from codelength.models.tally import MAX_ORDER, Tally

TEXT = b"she sells sea shells by the sea shore; the shells she sells are sea shells, for sure"
OTHER = b"how much wood would a woodchuck chuck if a woodchuck could chuck wood"
SMALL = 1 << 20


def made(order: int = 3) -> Tally:
    tally = Tally(order=order, columns=2, memory_bytes=SMALL)
    tally.read(TEXT, 0)
    tally.read(OTHER, 1)
    return tally


def reference(
    text: bytes, background: bytes, own: bytes, order: int, weight: float, lean: float
) -> tuple[float, float]:
    """Bits of a text by the background and by the column, from the formula, with dictionaries."""
    counts = [
        Counter(data[i : i + size] for size in range(1, order + 2) for i in range(len(data) - size + 1))
        for data in (background, own)
    ]
    bits = [0.0, 0.0]
    for i, byte in enumerate(text):
        p = [1 / 256, 1 / 256]
        for size in range(min(i, order) + 1):
            context = text[i - size : i]
            followed = [{s[-1]: n for s, n in c.items() if len(s) == size + 1 and s[:-1] == context} for c in counts]
            totals = [sum(f.values()) for f in followed]
            if not any(totals):
                break
            for column in (0, 1):
                if column:
                    p[1] = (1 - lean) * p[1] + lean * p[0]
                share = weight * len(followed[column])
                if totals[column]:
                    p[column] = (followed[column].get(byte, 0) + share * p[column]) / (totals[column] + share)
        for column in (0, 1):
            bits[column] -= math.log2(p[column])
    return bits[0], bits[1]


@pytest.mark.parametrize("order", [0, 1, 3, MAX_ORDER])
@pytest.mark.parametrize("text", [b"", b"s", b"sea shells chuck wood", bytes(range(256))])
def test_costs_are_those_of_the_formula(order: int, text: bytes) -> None:
    tally = made(order)
    found = tally.costs(text)[:, order]
    assert found == pytest.approx(reference(text, TEXT, OTHER, order, tally.weight, tally.lean), abs=1e-9)


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("context", [b"", b"s", b"sea", b"chu", b"\0\0"])
def test_probabilities_sum_to_one(column: int, context: bytes) -> None:
    probabilities = made().distribution(context, column)
    assert probabilities.min() > 0
    assert probabilities.sum() == pytest.approx(1, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6), st.binary(max_size=40))
def test_taking_a_text_out_leaves_what_never_read_it_would_say(texts: list[bytes], asked: bytes) -> None:
    whole, without = (Tally(order=3, columns=2, memory_bytes=SMALL) for _ in range(2))
    for number, text in enumerate(texts):
        whole.read(text, number % 2)
        if number:
            without.read(text, number % 2)
    whole.take_out(texts[0], 0)
    for text in (asked, *texts):
        np.testing.assert_array_equal(whole.costs(text), without.costs(text))
    assert whole.read_bytes == without.read_bytes


def test_a_text_is_back_after_it_was_left_out() -> None:
    tally = made()
    before = tally.costs(TEXT)
    left_out = tally.costs_without(TEXT, 0)
    assert left_out[0, 3] > before[0, 3] + 10
    np.testing.assert_array_equal(tally.costs(TEXT), before)


def test_a_table_that_grows_says_what_a_large_one_says() -> None:
    rng = np.random.default_rng(0)
    data = rng.integers(0, 64, 30_000, np.uint8).tobytes()
    one, pieces = (Tally(order=3, columns=1) for _ in range(2))
    one.read(data, 0)
    for _ in range(3):
        pieces.read(data, 0)
    pieces.take_out(data, 0)
    pieces.take_out(data, 0)
    np.testing.assert_array_equal(one.costs(data[:500]), pieces.costs(data[:500]))


def test_a_full_table_still_gives_probabilities_and_takes_out_what_it_read() -> None:
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, 256, 4000, np.uint8).tobytes() for _ in range(6)]
    tally = Tally(order=3, columns=1, memory_bytes=1 << 18)
    for text in texts:
        tally.read(text, 0)
    assert tally.is_full
    assert tally.distribution(texts[-1][:2], 0).sum() == pytest.approx(1, abs=1e-9)
    for text in texts:
        tally.take_out(text, 0)
    assert tally.costs(b"a")[0] == pytest.approx([8, 8, 8, 8])  # nothing is left that was counted


def test_long_texts_of_improbable_bytes_cost_finite_bits() -> None:
    tally = Tally(order=MAX_ORDER, columns=2)
    tally.read(b"a" * 100_000, 0)
    bits = tally.costs(bytes(range(98, 256)) * 20)
    assert np.isfinite(bits).all()
    assert bits[0, -1] > 8 * 158 * 20


@pytest.mark.parametrize(
    "options", [{"order": 7}, {"order": -1}, {"columns": 0}, {"weight": 0.0}, {"lean": 1.5}, {"memory_bytes": 1000}]
)
def test_options_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(OptionError, match=next(iter(options)).split("_")[0]):
        Tally(**options)
