"""Training on the union, one after the other, and alone: the same items are paid for in all three."""

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.measure.everything import compress_everything


def test_what_is_the_same_saves_and_the_arms_are_paired() -> None:
    x = np.zeros((64, 8, 8), np.uint8)
    x[:, :, 4:] = 7
    found = compress_everything(x, x[:32], seeds=(0, 1))
    assert found.then_saving[0] == pytest.approx(found.alone_bits - found.then_bits)
    assert found.gap_bits[0] == pytest.approx(found.then_bits - found.union_bits)
    assert found.then_bits < found.alone_bits == pytest.approx(32 * 64 * 3, rel=1e-3)
    assert found.then_bits < found.union_bits < found.alone_bits


def test_images_of_other_sizes_are_refused() -> None:
    with pytest.raises(UsageError, match="one size"):
        compress_everything(np.zeros((1, 8, 8), np.uint8), np.zeros((1, 7, 8), np.uint8))
