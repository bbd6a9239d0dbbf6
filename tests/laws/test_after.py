"""Law 6: `after` is pure, nothing read changes nothing, and reading goes in steps of any size."""

import numpy as np
import pytest
from tests.laws.subjects import affordable, conditional_of, model_of, names_of, text

from codelength.types import Conditional, Model

SECONDS = 0.1


def parts(name: str) -> tuple[bytes, bytes, bytes]:
    data = affordable(name, text()[:24_000], SECONDS, least=120)
    third = len(data) // 3
    return data[: third // 2], data[third // 2 : 2 * third], data[2 * third :]


@pytest.mark.parametrize("name", names_of(Conditional))
def test_reading_makes_a_new_value_and_leaves_the_old_one(name: str) -> None:
    a, b, y = parts(name)
    codec = conditional_of(name)
    fresh, later = codec.encode(y), codec.after(a)
    code = later.encode(y)
    later.after(b)
    assert codec.encode(y) == fresh
    assert later.encode(y) == code
    assert later.name == codec.name


@pytest.mark.parametrize("name", names_of(Conditional))
def test_reading_nothing_changes_nothing(name: str) -> None:
    a, _, y = parts(name)
    codec = conditional_of(name)
    assert codec.after(b"").encode(y) == codec.encode(y)
    assert codec.after(a).after(b"").encode(y) == codec.after(a).encode(y)


@pytest.mark.parametrize("name", names_of(Conditional))
def test_reading_in_two_steps_is_reading_at_once(name: str) -> None:
    a, b, y = parts(name)
    codec = conditional_of(name)
    assert codec.after(a).after(b).encode(y) == codec.after(a + b).encode(y)


@pytest.mark.parametrize("name", names_of(Conditional))
def test_both_ends_must_have_read_the_same_and_then_decoding_works(name: str) -> None:
    a, b, y = parts(name)
    codec = conditional_of(name)
    assert codec.after(a + b).decode(codec.after(a).after(b).encode(y)) == y


@pytest.mark.parametrize("name", names_of(Conditional))
def test_a_text_that_was_read_before_costs_no_more_the_second_time(name: str) -> None:
    y = affordable(name, text()[:2000], SECONDS / 2, least=120)
    codec = conditional_of(name)
    assert len(codec.after(y).encode(y)) <= len(codec.encode(y))


@pytest.mark.parametrize("name", names_of(Model))
def test_two_steps_cost_what_one_costs_to_the_bit(name: str) -> None:
    a, b, y = parts(name)
    model = model_of(name)
    if (model.order(len(a + b)) == np.arange(len(a + b))).all():
        np.testing.assert_array_equal(model.after(a).after(b).bits(y), model.after(a + b).bits(y))


@pytest.mark.parametrize("name", names_of(Model))
def test_a_frozen_reader_is_a_model_that_stands_where_it_stood(name: str) -> None:
    a, b, y = parts(name)
    reader = model_of(name).reader()
    reader.read(a)
    frozen = reader.freeze()
    costs = frozen.bits(y)
    reader.read(b)
    np.testing.assert_array_equal(frozen.bits(y), costs)
    np.testing.assert_array_equal(model_of(name).after(a).bits(y), costs)
    np.testing.assert_array_equal(reader.freeze().bits(y), model_of(name).after(a + b).bits(y))
