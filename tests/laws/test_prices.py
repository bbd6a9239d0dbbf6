"""Laws 3, 4, 5, 7: prices are those of predict, pay, update; they look back only; probabilities are proper."""

import math

import numpy as np
import pytest
from tests.laws.subjects import affordable, model_of, names_of, text

from codelength.coding.rounding import integer_counts
from codelength.types import Model, Probs

TOLERANCE_BITS = {"integer": 1e-9, "fixed": 1e-9, "float": 1e-4}  # float32 logits: by blocks or by bytes
SECONDS = 0.05


def sample(name: str, size: int, least: int = 48) -> bytes:
    return affordable(name, text()[:size], SECONDS, least=least)


def assert_near(name: str, got: Probs, wanted: Probs) -> None:
    np.testing.assert_allclose(got, wanted, rtol=0, atol=TOLERANCE_BITS[model_of(name).arithmetic])


@pytest.mark.bytewise
@pytest.mark.parametrize("name", names_of(Model, tokens=False))
def test_bits_are_those_of_predict_pay_update(name: str) -> None:
    data, reader = sample(name, 300), model_of(name).reader()
    paid = []
    for byte in data:
        paid.append(-math.log2(reader.predict()[byte]))
        read = reader.read(bytes((byte,)))
        assert abs(read[0] - paid[-1]) <= 1e-9
    assert_near(name, model_of(name).bits(data), np.array(paid))


@pytest.mark.parametrize("name", names_of(Model))
def test_stepping_by_bits_goes_where_reading_goes(name: str) -> None:
    model = model_of(name)
    data, reader = sample(name, 300), model.reader()
    paid, exact = [], model.unit == "bit" and model.arithmetic == "integer"
    for byte in data:
        probabilities, prefix, cost = reader.predict(), 1, 0.0
        for place in range(7, -1, -1):
            p1, bit = reader.p1(), byte >> place & 1
            cost -= math.log2((p1 if bit else 65536 - p1) / 65536)
            assert exact or abs(p1 - 65536 * _next_is_1(probabilities, prefix)) <= 1.001
            reader.put(bit)
            prefix = prefix << 1 | bit
        paid.append(cost)
    if exact:
        np.testing.assert_allclose(model.bits(data), paid, rtol=0, atol=1e-9)
    rest = text()[5000 : 5000 + len(data)]
    assert_near(name, reader.read(rest), model.after(data).bits(rest))


@pytest.mark.parametrize("name", names_of(Model))
def test_looking_at_predictions_changes_nothing(name: str) -> None:
    data = sample(name, 200)
    plain, looked = model_of(name).reader(), model_of(name).reader()
    for start in range(0, len(data), 16):
        looked.p1()
        looked.predict()
        plain.read(data[start : start + 16])
        looked.read(data[start : start + 16])
        assert looked.p1() == plain.p1()
    np.testing.assert_array_equal(looked.read(data), plain.read(data))


@pytest.mark.parametrize("name", names_of(Model))
def test_a_cost_depends_only_on_what_was_coded_before(name: str) -> None:
    model = model_of(name)
    data = sample(name, 2000)
    order = model.order(len(data))
    costs = model.bits(data)
    for at in (1, len(data) // 3, len(data) - 1):
        other = model.bits(data[:at] + bytes(255 - byte for byte in data[at:]))
        before = order < order[at:].min()
        np.testing.assert_array_equal(other[before], costs[before])
        if (order == np.arange(len(data))).all():
            np.testing.assert_array_equal(model.bits(data[:at]), costs[:at])


@pytest.mark.parametrize("name", names_of(Model))
def test_order_names_every_step_from_the_first(name: str) -> None:
    order = model_of(name).order(1000)
    assert order.shape == (1000,) and order.dtype == np.int64 and order.min() == 0
    assert model_of(name).order(0).shape == (0,)


@pytest.mark.parametrize("name", names_of(Model))
def test_predictions_are_probabilities(name: str) -> None:
    probabilities = model_of(name).after(sample(name, 500)).reader().predict()
    assert probabilities.shape == (256,)
    assert np.isfinite(probabilities).all() and (probabilities > 0).all()
    assert abs(probabilities.sum() - 1) < 1e-9
    assert integer_counts(probabilities).min() >= 1


@pytest.mark.bytewise
@pytest.mark.parametrize("name", names_of(Model, tokens=False))
def test_predictions_are_what_bytes_cost(name: str) -> None:
    model = model_of(name).after(sample(name, 500))
    probabilities = model.reader().predict()
    costs = model.bits_each([bytes((byte,)) for byte in range(256)])
    assert_near(name, np.array([cost[0] for cost in costs]), -np.log2(probabilities))


@pytest.mark.parametrize("name", names_of(Model))
def test_every_item_costs_what_it_costs_alone(name: str) -> None:
    model = model_of(name).after(sample(name, 3000))
    piece = sample(name, 400)
    items = [piece, b"", piece[:1], bytes(range(256))[: len(piece)], piece, piece[::-1]]
    together = model.bits_each(items)
    assert [len(costs) for costs in together] == [len(item) for item in items]
    for costs, item in zip(together, items, strict=True):
        assert_near(name, costs, model.bits(item))


@pytest.mark.parametrize("name", names_of(Model))
def test_the_cost_of_chunks_is_the_sum_of_the_bits_of_the_whole(name: str) -> None:
    data = sample(name, 3000)
    chunks = [data[:7], b"", data[7:40], data[40:]]
    assert math.isclose(model_of(name).cost(chunks), math.fsum(model_of(name).bits(data)), abs_tol=1e-6)


def _next_is_1(probabilities: Probs, prefix: int) -> float:
    """By summing over the bytes that begin with the bits of prefix, behind a leading 1."""
    width = 1 << (9 - prefix.bit_length())
    start = prefix * width & 255
    begun = probabilities[start : start + width]
    return float(begun[width // 2 :].sum() / begun.sum())
