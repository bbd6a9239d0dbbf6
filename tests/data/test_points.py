"""Points from files: arrays and tables."""

from pathlib import Path

import numpy as np
import pytest

from codelength.data.points import from_table, load_points
from codelength.errors import FormatError, UsageError


def test_an_array_is_read_with_numbered_columns(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(6, dtype=np.int32).reshape(3, 2))
    points, columns = load_points(str(tmp_path / "a.npy"))
    assert points.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert columns == ("1", "2")


def test_a_row_of_numbers_is_one_column(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3.0))
    assert load_points(str(tmp_path / "a.npy"))[0].shape == (3, 1)


def test_columns_that_hold_no_numbers_are_left_out_and_said() -> None:
    said: list[str] = []
    points, columns = from_table("t", "M,1,2.5\nF,3,4\n", notice=said.append)
    assert (points.tolist(), columns) == ([[1, 2.5], [3, 4]], ("2", "3"))
    assert said == ["t: column 1 holds no numbers and is left out"]


def test_a_table_without_a_head_keeps_its_first_row(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\t2\n3\t4\n")
    points, columns = load_points(str(tmp_path / "t.tsv"))
    assert (points.tolist(), columns) == ([[1, 2], [3, 4]], ("1", "2"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "t is empty"),
        ("a,b\n1,2\n3\n", "row 3 has 1 cells, row 1 has 2"),
        ("a,b\nx,y\nz,w\n", "t has no column of numbers"),
        ("a\n1\n2\n3\nfive\n", "row 5: 'five' in column a is no number"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_the_row(text: str, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        from_table("t", text)


def test_what_is_no_array_of_numbers_is_refused(tmp_path: Path) -> None:
    for name, array in {"words": np.array(["a", "b"]), "cube": np.zeros((2, 2, 2)), "some": np.array([None])}.items():
        np.save(tmp_path / f"{name}.npy", array, allow_pickle=True)
        with pytest.raises(FormatError, match=r"points are numbers|can be read"):
            load_points(str(tmp_path / f"{name}.npy"))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "cube.npy").read_bytes()[:90])
    with pytest.raises(FormatError, match="no array that can be read"):
        load_points(str(tmp_path / "cut.npy"))
    with pytest.raises(UsageError, match=r"read from \.npy, \.csv or \.tsv"):
        load_points("a.txt")
