"""The nets: a block at once and byte by byte are one function, and nothing looks ahead."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from codelength.models.nets.model import alone
from codelength.models.nets.modules import Lstm, Net, Transformer, forget
from codelength.models.nets.optimizer import Optimizer, orthogonalised
from codelength.models.nets.training import Learning, Recipe, Stepper, calibrated, learn, run

TEXT = b"She sells sea shells by the sea shore; the shells she sells are sea shells, I am sure. " * 12
NETS: dict[str, Callable[[], Net]] = {
    "lstm": lambda: Lstm(1, 16, 1, 12),
    "lstm in rows": lambda: Lstm(2, 8, 3, 8),
    "transformer": lambda: Transformer(2, 16, 1, 8, 5),
    "transformer in rows": lambda: Transformer(2, 32, 3, 4, 9),
}


def recipe(net: Net, *, replays: int = 2, average: float = 0.0, muon: bool = False) -> Recipe:
    return Recipe(Optimizer(tuple(net.shapes().values()), 0.03, muon), replays, average, True, 7, "cpu")


def trained(net: Net, how: Recipe, blocks: int) -> Learning:
    learning = Learning.fresh(net, how)
    for number in range(blocks):
        block = TEXT[number * net.block : (number + 1) * net.block]
        learn(net, how, learning, run(net, how, learning, block), block)
    return learning


@pytest.mark.parametrize("average", [0.0, 0.8])
@pytest.mark.parametrize("kind", NETS)
def test_stepping_says_what_a_whole_block_says(kind: str, average: float) -> None:
    net = NETS[kind]()
    how = recipe(net, average=average)
    with alone():
        learning = trained(net, how, 30)
        block = TEXT[30 * net.block : 31 * net.block]
        whole = run(net, how, learning, block).predictions
        stepper = Stepper(net, how, learning)
        steps = [stepper.predict(block[:at]) for at in range(net.block)]
    np.testing.assert_allclose(np.log2(steps), np.log2(whole), atol=2e-5)
    assert whole.max() > 0.03  # it has learned something that could differ


@pytest.mark.parametrize("kind", NETS)
def test_a_prediction_depends_on_nothing_behind_it_to_the_last_bit(kind: str) -> None:
    net = NETS[kind]()
    how = recipe(net)
    with alone():
        learning = trained(net, how, 3)
        block = TEXT[3 * net.block : 4 * net.block]
        whole = run(net, how, learning, block).predictions
        for at in (0, 1, net.block // 2, net.block - 1):
            np.testing.assert_array_equal(run(net, how, learning, block[:at]).predictions[: at + 1], whole[: at + 1])


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_transformer_says_the_same_however_its_block_is_cut_into_rows(rows: int) -> None:
    whole, cut = Transformer(2, 16, 1, 16, 6), Transformer(2, 16, rows, 16 // rows, 6)
    with alone():
        a, b = (trained(net, recipe(net), 6) for net in (whole, cut))
    np.testing.assert_allclose(a.weights, b.weights, atol=2e-3)


def test_a_transformer_sees_exactly_its_window() -> None:
    net = Transformer(1, 16, 1, 16, 4)
    generator = torch.Generator().manual_seed(1)
    weights = {name: torch.randn(shape.size, generator=generator) for name, shape in net.shapes().items()}
    before = torch.arange(16)
    changed = before.clone()
    changed[3] = 99
    none = torch.zeros(0, 16, dtype=torch.int64)
    one, other = (net.forward(weights, fresh, none, net.carry(0))[0] for fresh in (before, changed))
    differs = (one != other).any(1)
    assert differs.tolist() == [3 <= position <= 7 for position in range(16)]


def test_replays_run_through_the_past_and_are_forgotten_when_they_jump() -> None:
    net = Lstm(1, 8, 1, 4)
    how = recipe(net, replays=3)
    with alone():
        learning = Learning.fresh(net, how)
        places = []
        for number in range(40):
            block = TEXT[number * 4 : number * 4 + 4]
            learn(net, how, learning, run(net, how, learning, block), block)
            places.append(learning.places.copy())
    moved = np.diff(np.array(places), axis=0)
    assert (np.array(places) >= 0).all() and (np.array(places).max(1) <= 4 * np.arange(40)).all()
    assert (moved == 4).mean() > 0.5
    forget(net, learning.carry, 1)
    assert (learning.carry[0][:, 2] == 0).all() and (learning.carry[0][:, 1] != 0).any()


def test_replays_teach() -> None:
    costs = {}
    for replays in (0, 4):
        net = Lstm(1, 24, 1, 8)
        how = recipe(net, replays=replays)
        with alone():
            learning, paid = Learning.fresh(net, how), 0.0
            for start in range(0, 640, 8):
                block = TEXT[start : start + 8]
                passed = run(net, how, learning, block)
                paid -= np.log2(passed.predictions[np.arange(8), list(block)]).sum()
                learn(net, how, learning, passed, block)
        costs[replays] = paid
    assert costs[4] < costs[0]


def test_the_temperature_follows_what_was_paid() -> None:
    # Logits that are right but far too bold are cooled down: their coldness falls, and rises where they are too shy.
    rng = np.random.default_rng(1)
    for boldness, wanted in ((4.0, 0.25), (0.5, 2.0)):
        coldness = 1.0
        for _ in range(1500):
            truth = rng.normal(size=(8, 256)) * 2
            odds = np.exp(truth) / np.exp(truth).sum(1, keepdims=True)
            came = torch.tensor([rng.choice(256, p=row) for row in odds])
            coldness = calibrated(torch.tensor(truth * boldness), came, coldness)
        assert abs(np.log(coldness / wanted)) < 0.35


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    matrices = torch.randn(3, 12, 40, generator=torch.Generator().manual_seed(2))
    for each in (matrices, matrices.transpose(1, 2)):
        values = torch.linalg.svdvals(orthogonalised(each))
        assert float(values.min()) > 0.6 and float(values.max()) < 1.3


def test_adam_makes_its_first_step_as_the_formula_says() -> None:
    net = Lstm(1, 8, 1, 8)
    optimizer = Optimizer(tuple(net.shapes().values()), 0.3, muon=False)
    size = Learning.fresh(net, recipe(net)).weights.numel()
    weights, moments = torch.zeros(size), torch.zeros(2, size)
    gradient = torch.full((size,), 1e-3)
    optimizer.update(weights, gradient, moments, 1)
    # m̂ / √v̂ is the sign of the gradient; the first of 30 warm-up steps has a thirtieth of the rate.
    np.testing.assert_allclose(weights, -0.01, rtol=1e-3)
