"""Two sets as rows of one table."""

from pathlib import Path

import numpy as np
import pytest

from codelength.data.pooled import load_pooled
from codelength.errors import FormatError


def table(path: Path, rows: list[tuple[float, str]]) -> str:
    path.write_text("size,kind\n" + "".join(f"{size},{kind}\n" for size, kind in rows))
    return str(path)


def test_tables_are_scaled_together_and_keep_their_shift(tmp_path: Path) -> None:
    one = table(tmp_path / "a.csv", [(0, "x"), (2, "y")])
    other = table(tmp_path / "b.csv", [(10, "x"), (12, "z"), (12, "z")])
    first, second = load_pooled(one, other)
    assert (first.shape, second.shape) == ((2, 4), (3, 4))
    assert first[:, 0].max() < second[:, 0].min()
    assert np.concatenate((first, second))[:, 1:].tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]


def test_other_columns_are_refused(tmp_path: Path) -> None:
    one = table(tmp_path / "a.csv", [(0, "x"), (2, "y")])
    other = tmp_path / "b.csv"
    other.write_text("height,kind\n1,x\n")
    with pytest.raises(FormatError, match="have other head lines"):
        load_pooled(one, str(other))
    with pytest.raises(FormatError, match=r"items of shape \(4,\), sklearn:wine of \(13,\)"):
        load_pooled("sklearn:iris", "sklearn:wine")
