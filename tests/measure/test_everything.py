"""Training on the union, one after the other, and alone: the same items, as many updates."""

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.measure.everything import ALONE, THEN, UNION, compress_everything


def stripes(n: int, *, bright: slice) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    x = np.zeros((n, 8, 8), np.uint8)
    x[:, :, bright] = 7
    return x


def test_differences_are_paired_and_a_length_of_one_batch_is_uniform() -> None:
    x, y = stripes(16, bright=slice(0, 4)), stripes(16, bright=slice(4, 8))
    found = compress_everything(x, y, y[:4], seeds=(0, 1))
    assert found.trained_bits[UNION] == pytest.approx(32 * 64 * 3, rel=1e-3)  # one batch, paid before any update
    assert found.trained_bits[ALONE] == pytest.approx(16 * 64 * 3, rel=1e-3)
    assert found.over_alone[0] == pytest.approx(found.more_bits[ALONE] - found.more_bits[UNION])
    assert found.joint[0] == pytest.approx(found.trained_bits[THEN] - found.trained_bits[UNION])
    assert found.joint[1] is not None


def test_images_of_other_sizes_are_refused() -> None:
    x = np.zeros((1, 8, 8), np.uint8)
    with pytest.raises(UsageError, match="one size"):
        compress_everything(x, np.zeros((1, 7, 8), np.uint8), x)
    with pytest.raises(UsageError, match="one size"):
        compress_everything(x, x, x[:0])
