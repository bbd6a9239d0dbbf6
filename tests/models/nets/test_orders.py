"""Orders and gate: a walk over all nodes says what learning pays, and what was learned can be taken back."""

import numpy as np
import pytest

from codelength.models.nets import gate as gates
from codelength.models.nets.gate import Gate
from codelength.models.nets.orders import Inputs, Orders, collect, look

TEXT = (b"It was the best of times, it was the worst of times, it was the age of wisdom, " * 9)[:640]
NOISE = np.random.default_rng(3).integers(0, 256, 400).astype(np.uint8).tobytes()


def uniform(size: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.full((size, 256), 1 / 256)


def read(orders: Orders, gate: Gate, data: bytes) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    inputs = Inputs.room(8 * len(data))
    octets = np.frombuffer(data, np.uint8)
    collect(orders, octets, inputs)
    return gates.pay(gate, inputs, uniform(len(data)), octets)


@pytest.mark.parametrize("data", [TEXT, NOISE], ids=["text", "noise"])
@pytest.mark.parametrize("memory_bytes", [1 << 11, 1 << 20])
def test_every_byte_is_paid_as_the_walk_before_it_said(data: bytes, memory_bytes: int) -> None:
    orders, gate = Orders.fresh(memory_bytes), Gate.fresh()
    prediction = np.random.default_rng(4).dirichlet(np.ones(256))
    for at in range(len(data)):
        said = gates.distribution(gate, look(orders), prediction)
        assert abs(said.sum() - 1) < 1e-12 and (said > 0).all()
        inputs = Inputs.room(8)
        came = np.frombuffer(data[at : at + 1], np.uint8)
        collect(orders, came, inputs)
        paid = gates.pay(gate, inputs, prediction[None], came)
        assert abs(paid[0] / said[data[at]] - 1) < 1e-12


def test_looking_counts_nothing() -> None:
    orders, looked = Orders.fresh(1 << 16), Orders.fresh(1 << 16)
    for start in range(0, len(TEXT), 40):
        look(looked)
        for each in (orders, looked):
            collect(each, np.frombuffer(TEXT[start : start + 40], np.uint8), Inputs.room(320))
    for a, b in zip(orders.arrays(), looked.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_reading_in_pieces_is_reading_at_once() -> None:
    whole = read(Orders.fresh(1 << 16), Gate.fresh(), TEXT)
    orders, gate = Orders.fresh(1 << 16), Gate.fresh()
    pieces = [read(orders, gate, TEXT[start : start + 37]) for start in range(0, len(TEXT), 37)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_what_the_gate_journalled_is_taken_back_to_the_last_bit() -> None:
    orders, gate = Orders.fresh(1 << 16), Gate.fresh()
    read(orders, gate, TEXT[:300])
    before = gate.copy()
    rest = np.frombuffer(TEXT[300:], np.uint8)
    inputs = Inputs.room(8 * len(rest))
    collect(orders, rest, inputs)
    journal = np.empty((8 * len(rest), gates.JOURNAL_WIDTH), np.float32)
    gates.pay(gate, inputs, uniform(len(rest)), rest, journal)
    assert (gate.weights != before.weights).any()
    gates.take_back(gate, inputs, journal, len(rest))
    for a, b in zip(gate.arrays(), before.arrays(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_text_that_repeats_itself_becomes_cheap_and_noise_stays_dear() -> None:
    repeated = -np.log2(read(Orders.fresh(1 << 20), Gate.fresh(), TEXT))
    assert repeated[-200:].mean() < 0.3
    assert -np.log2(read(Orders.fresh(1 << 20), Gate.fresh(), NOISE)).mean() > 7.9


def test_a_net_that_knows_is_believed_more_and_more() -> None:
    data = np.frombuffer(NOISE, np.uint8)
    predictions = np.full((len(data), 256), 0.1 / 255)
    predictions[np.arange(len(data)), data] = 0.9
    orders, gate, inputs = Orders.fresh(1 << 16), Gate.fresh(), Inputs.room(8 * len(data))
    collect(orders, data, inputs)
    costs = -np.log2(gates.pay(gate, inputs, predictions, data))
    assert costs[-100:].mean() < 0.5 * costs[:20].mean()
