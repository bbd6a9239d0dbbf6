"""Nets that predict the next symbol: they see only what came before, and pay what is due."""

import math

import numpy as np
import pytest
import torch

from codelength.learning.pixel_net import Pixels, cells
from codelength.learning.probing import control, mixed_bits, principal, read, reduced, source_bits
from codelength.learning.representation import Recipe, scaled

SMALL = Recipe(width=6, layers=3, rate=2e-2)


def images(n: int, *, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A bright square at a random place."""
    rng = np.random.default_rng(seed)
    found = np.zeros((n, 8, 8), np.uint8)
    for image, (row, column) in zip(found, rng.integers(0, 5, (n, 2)), strict=True):
        image[row : row + 3, column : column + 3] = 7
    return found


def logits(net: Pixels, x: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = net._head(net._hidden(torch.from_numpy(x.astype(np.int64)))[-1])
    return found


def test_a_cell_is_predicted_from_those_before_it_only() -> None:
    net = Pixels(SMALL, seed=0)
    net.read(images(64))
    x = images(1, seed=1)
    whole = logits(net, x)
    for row, column in ((0, 0), (3, 4), (7, 7)):
        changed = x.copy()
        changed[0].reshape(-1)[row * 8 + column :] ^= 5
        flat, other = whole.reshape(8, -1), logits(net, changed).reshape(8, -1)
        place = row * 8 + column
        assert torch.allclose(flat[:, : place + 1], other[:, : place + 1], atol=1e-5)
        if place < 63:
            assert not torch.allclose(flat[:, place + 1 :], other[:, place + 1 :], atol=1e-5)


def test_the_first_images_cost_three_bits_a_cell_and_later_ones_less() -> None:
    assert Pixels(SMALL, seed=0).read(images(32)) == pytest.approx(32 * 64 * 3, abs=0.1)
    assert Pixels(SMALL, seed=0).read(images(640)) < 0.5 * 640 * 64 * 3


def test_noise_costs_its_entropy_at_least() -> None:
    noise = control(images(300), "noise", seed=1)
    assert Pixels(SMALL, seed=0).read(np.asarray(noise)) > 0.995 * 300 * 64 * 3


def test_shuffled_symbols_are_the_same_symbols_and_cost_more() -> None:
    x = np.zeros((400, 8, 8), np.uint8)
    x[:, :, 4:] = 7
    shuffled = np.asarray(control(x, "shuffled", seed=1))
    assert (np.sort(shuffled.reshape(400, -1)) == np.sort(x.reshape(400, -1))).all()
    recipe = Recipe(width=16, layers=2, rate=5e-3, replays=3)
    ordered_bits, shuffled_bits = (Pixels(recipe, seed=0).read(symbols) for symbols in (x, shuffled))
    assert shuffled_bits > max(400 * 64 * 0.99, 1.15 * ordered_bits)  # a bit a cell is all that shuffling leaves


def test_features_of_one_net_are_the_same_twice_and_differ_after_reading() -> None:
    x = images(20)
    first, second = Pixels(SMALL, seed=0).features(x), Pixels(SMALL, seed=0).features(x)
    net = Pixels(SMALL, seed=0)
    net.read(images(64))
    assert (first == second).all() and not np.allclose(first, net.features(x))
    assert first.shape == (20, 3 * 6 * 49)


def test_large_images_become_cells_of_eight_levels() -> None:
    x = np.random.default_rng(0).random((2, 3, 28, 20)).astype(np.float32)
    found = cells(x)
    assert found.shape == (2, 14, 10) and found.max() <= 7
    assert found[0, 0, 0] == int(x[0, :, :2, :2].mean() * 8)


def test_components_keep_distances_up_to_a_scale() -> None:
    x = np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32)
    found = reduced(x)
    before, after = (np.linalg.norm(y[:, None] - y[None], axis=2) for y in (scaled(x), found))
    ratio = after[np.triu_indices(30, 1)] / before[np.triu_indices(30, 1)]
    assert ratio.std() < 1e-3 * ratio.mean()
    assert principal(images(50), images(10)).shape[0] == 10


def test_members_are_mixed_as_bayes_would() -> None:
    members = [np.array([1.0, 3.0]), np.array([2.0, 1.0])]
    exact = -math.log2((2**-4 + 2**-3) / 2)
    assert float(mixed_bits(members).sum()) == pytest.approx(exact, abs=1e-9)


def test_reading_nothing_leaves_random_weights_that_cost_nothing() -> None:
    found = read(images(0), images(5), seed=3)
    assert found.code_bits == 0 and np.isfinite(found.features).all()


def test_the_learner_s_source_is_a_few_kilobytes() -> None:
    assert 8 * 2_000 < source_bits() < 8 * 40_000
