"""The net in fixed arithmetic: a second implementation, its gradient, exact restoration, known sources, bad options."""

import math

import numpy as np
import pytest
import torch
from tests.models.lstm.second import SPAN, Second, dot

from codelength.compiled import compiled
from codelength.data.bundled import bundled
from codelength.errors import CodecError, OptionError
from codelength.models.lstm.arithmetic import Floats
from codelength.models.lstm.arithmetic import dot as arithmetic_dot
from codelength.models.lstm.kernel import payer
from codelength.models.lstm.model import FixedLstm
from codelength.models.lstm.state import Net, fresh

ENGLISH = bundled("pride_2.txt").joined


def arrays(net: Net) -> dict[str, bytes]:
    room = ("deltas", "line", "line2", "powers", "back")
    return {name: array.tobytes() for name, array in net._asdict().items() if name not in room}


@pytest.mark.parametrize(("cells", "layers"), [(32, 1), (32, 2), (64, 3)])
def test_a_second_implementation_gets_the_same_bits(cells: int, layers: int) -> None:
    net, second = fresh(cells, layers), Second(cells, layers)
    for byte in ENGLISH[: 3 * SPAN + 5]:
        assert np.array_equal(net.tree, second.tree)
        payer()(net, np.array([byte], np.uint8), np.empty(1), np.empty(256))
        second.advance(byte)
    assert np.array_equal(net.recurrent.reshape(second.recurrent.shape), second.recurrent)
    assert np.array_equal(net.bytes_in.reshape(second.bytes_in.shape), second.bytes_in)
    assert np.array_equal(net.output, second.output)


def test_errors_of_the_gates_are_the_gradient_of_what_was_paid() -> None:
    net = Second(32, 2, np.float64)
    for byte in ENGLISH[:60]:
        net.advance(byte)
    kept = net.steps[0]["before"].copy()
    start_said = np.array([net.steps[0]["inputs"][layer, :32] for layer in range(2)])
    bytes_in, later = list(net.seen), ENGLISH[60]
    assert len(net.steps) == SPAN
    net._learn_output(later)
    targets, outputs, deltas = [*bytes_in[1:], later], [step["output"] for step in net.steps], net.deltas()

    def paid() -> float:
        """Nats of the last span as the weights are now, each step with the output's weights of its time."""
        net.said, net.kept = start_said.copy(), kept.copy()
        total = 0.0
        for byte, target, output in zip(bytes_in, targets, outputs, strict=True):
            tree = net.spread(net.forward(byte)["hidden"], output)
            total -= math.log(tree[256 + target] / tree[1])
        return total

    generator = np.random.default_rng(1)
    for layer in range(2):
        inputs = np.array([step["inputs"][layer] for step in net.steps])
        gradient = inputs.T @ deltas[layer]
        for _ in range(12):
            i, j = int(generator.integers(32 * (layer + 1))), int(generator.integers(96))
            old, small = net.recurrent[layer, i, j], 1e-5
            net.recurrent[layer, i, j] = old + small
            above = paid()
            net.recurrent[layer, i, j] = old - small
            slope = (above - paid()) / (2 * small)
            net.recurrent[layer, i, j] = old
            assert slope == pytest.approx(gradient[i, j], rel=2e-3, abs=2e-5)


def test_the_exponential_is_within_a_few_units_of_the_true_one() -> None:
    x = np.linspace(-79.9, 79.9, 4001).astype(np.float32)
    ours = Second(32, 1).exp(x).astype(np.float64)
    assert np.abs(ours / np.exp(x.astype(np.float64)) - 1).max() < 2e-5
    assert np.abs((ours / np.exp(x.astype(np.float64)) - 1)[np.abs(x) < 1]).max() < 1e-6


def test_sums_of_products_are_taken_in_the_written_order() -> None:
    generator = np.random.default_rng(2)
    for size in (32, 96, 256):
        a, b = generator.normal(size=(2, size)).astype(np.float32)
        assert np.float32(_dot(a, b)) == dot(a, b)


@compiled
def _dot(a: Floats, b: Floats) -> np.float32:
    return arithmetic_dot(a, b)


def test_items_are_taken_back_exactly_also_across_updates() -> None:
    model = FixedLstm(cells=32).after(ENGLISH[:515])
    before = arrays(model._net)
    items = [ENGLISH[1000 : 1000 + n] for n in (0, 1, 4, 5, 6, 25, 300)]
    each = model.bits_each(items)
    assert all(np.array_equal(paid, model.bits(item)) for item, paid in zip(items, each, strict=True))
    again = model.bits_each(items[::-1])[::-1]
    assert all(np.array_equal(a, b) for a, b in zip(each, again, strict=True))
    assert arrays(model._net) == before


def test_a_source_of_known_entropy_is_learned_and_never_beaten() -> None:
    generator = np.random.default_rng(3)
    data = bytes(generator.choice(list(b"abcd"), 6000, p=[0.5, 0.25, 0.125, 0.125]).tolist())
    paid = FixedLstm(cells=32, layers=1).bits(data)
    assert 1.70 < paid[3000:].mean() < 1.85  # H = 1.75


def test_what_repeats_at_a_distance_that_no_gate_sees_at_once_is_learned() -> None:
    period = bytes(np.random.default_rng(4).integers(97, 123, 13).tolist())
    paid = FixedLstm(cells=64, layers=1).bits(period * 300)
    assert paid[-400:].mean() < 0.05 < 4 < paid[:13].mean()


def test_options_outside_what_it_can_do_are_refused() -> None:
    for cells in (0, 33, 2048):
        with pytest.raises(OptionError, match="no multiple of 32"):
            FixedLstm(cells=cells)
    with pytest.raises(OptionError, match="outside 1 to 4"):
        FixedLstm(layers=5)


def test_a_process_that_flushes_small_numbers_is_refused() -> None:
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot flush small numbers to zero")
    try:
        with pytest.raises(CodecError, match="flushes small numbers"):
            FixedLstm(cells=32)
    finally:
        torch.set_flush_denormal(False)
    FixedLstm(cells=32)
