"""The descent of linear learners against a plain loop over classes, one multiplication after the other."""

import numpy as np
import pytest

from codelength.learning.descent import ENOUGH, LANES, LONGEST_REST, STILL, descend
from codelength.models.pieces import Floats32, Ints, Rows

ROUNDS = 300


def made(texts: int, columns: int, classes: int) -> tuple[Ints, Rows, Floats32, Floats32, Ints]:
    draw = np.random.default_rng(classes)
    sizes = draw.integers(0, 12, texts)
    ends = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    of_text = [draw.choice(columns, size, replace=False) for size in sizes]
    values = draw.random(ends[-1]).astype(np.float32)
    signs = np.where(np.arange(classes) == draw.integers(0, classes, (texts, 1)), 1, -1).astype(np.float32)
    order = draw.permuted(np.tile(np.arange(texts), (ROUNDS, 1)), axis=1)
    return ends, np.concatenate(of_text).astype(np.int32), values, signs, order


def plain(
    ends: Ints, columns: Rows, values: Floats32, signs: Floats32, order: Ints, softness: np.float32
) -> tuple[Floats32, Floats32, int]:
    """Duals and weights, and how many rounds it took."""
    one, zero = np.float32(1), np.float32(0)
    texts, classes = signs.shape
    duals, weights = np.zeros((texts, classes), np.float32), np.zeros((30 + 1, classes), np.float32)
    rests, lengths = [0] * texts, [0] * texts
    for number, turn in enumerate(order):
        worst, rested = zero, False
        for i in turn:
            if rests[i]:
                rests[i], rested = rests[i] - 1, True
                continue
            margin, square = weights[-1].copy(), one
            row = range(ends[i], ends[i + 1])
            for place in row:
                margin = margin + values[place] * weights[columns[place]]
                square = square + values[place] * values[place]
            gradient = signs[i] * margin - one + softness * duals[i]
            gradient = np.where((duals[i] == 0) & (gradient > 0), zero, gradient)
            worst = max(worst, abs(gradient).max())
            new = np.maximum(duals[i] - gradient / (square + softness), zero)
            step = (new - duals[i]) * signs[i]
            if (abs(gradient) > np.float32(STILL)).any():
                duals[i], lengths[i] = new, 0
                weights[-1] += step
                for place in row:
                    weights[columns[place]] += values[place] * step
            else:
                duals[i] = new - step * signs[i]
                lengths[i] = rests[i] = min(2 * lengths[i] + 1, LONGEST_REST)
        if worst < np.float32(ENOUGH):
            if not rested:
                return duals, weights, number + 1
            rests = [0] * texts
    return duals, weights, ROUNDS


@pytest.mark.parametrize("classes", [1, 2, 7, 8, 9, 17])
def test_eight_classes_at_a_time_get_the_bits_of_one_after_the_other(classes: int) -> None:
    ends, columns, values, signs, order = made(60, 30, classes)
    softness = np.float32(0.5)
    duals = np.zeros((60, classes), np.float32)
    weights = np.zeros((31, -(-classes // LANES) * LANES), np.float32)
    descend(ends, columns, values, signs, order, softness, duals, weights)
    expected_duals, expected_weights, rounds = plain(ends, columns, values, signs, order, softness)
    assert 2 < rounds < ROUNDS and len(np.unique(duals)) > 10, "nothing was to be done, or it was not brought to an end"
    assert (duals == expected_duals).all() and (weights[:, :classes] == expected_weights).all()
    assert not weights[:, classes:].any(), "a class that is only room was moved"


def test_it_ends_where_no_gradient_is_left_and_the_weights_are_the_sum_over_texts() -> None:
    ends, columns, values, signs, order = made(60, 30, 3)
    duals, weights = np.zeros((60, 3), np.float32), np.zeros((31, LANES), np.float32)
    descend(ends, columns, values, signs, order, np.float32(0.5), duals, weights)
    x = np.zeros((60, 31))
    x[np.repeat(np.arange(60), np.diff(ends)), columns] = values
    x[:, -1] = 1
    np.testing.assert_allclose(weights[:, :3], x.T @ (duals * signs), atol=1e-5)
    gradient = signs * (x @ weights[:, :3]) - 1 + 0.5 * duals
    assert (duals >= 0).all() and np.where(duals > 0, abs(gradient), -gradient).max() < 2 * ENOUGH
