"""Labelled data from files: what is read, and what is refused with what was found."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from codelength.data.labelled import Labelled, from_csv, from_lines, load_labelled, patches
from codelength.errors import CodelengthError, FormatError, SourceError, UsageError


def idx(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return b"\0\0\x08" + bytes([array.ndim]) + sizes + array.tobytes()


def test_images_and_labels_are_found_in_a_folder(tmp_path: Path) -> None:
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.array([1, 0], np.uint8))))
    data = load_labelled(str(tmp_path))
    assert data.shape == (1, 4, 4) and data.y.tolist() == [1, 0] and data.kind == "images"
    assert data.x[1, 0, 3, 3] == pytest.approx(31 / 255)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\0\x08\x01" + bytes(4), "is no IDX file of bytes with 3 axes"),
        (idx(np.zeros((2, 4, 4), np.uint8))[:-1], "its head promises 2 x 4 x 4 bytes, it has 31"),
        (b"\x1f\x8b\x08 cut", "damaged gzip data"),
    ],
)
def test_damaged_images_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(FormatError, match=message):
        load_labelled(str(tmp_path))


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no"):
        load_labelled(str(tmp_path))


def test_a_table_is_standardised_and_its_words_become_columns() -> None:
    data = from_csv("t", "a,b,y\n1,u,no\n2,v,yes\n3,w,no\n")
    assert data.x[:, 0].mean() == pytest.approx(0) and data.x[:, 0].std() == pytest.approx(1)
    assert data.x[:, 1:].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert data.classes == ("no", "yes") and dict(data.groups) == {"a": (0,), "b": (1, 2, 3)}


def test_the_column_of_labels_goes_by_name_or_number() -> None:
    text = "kind,size\nx,1\ny,2\n"
    assert from_csv("t", text, label="kind").classes == from_csv("t", text, label="0").classes == ("x", "y")
    with pytest.raises(UsageError, match="has no column 'sort'; it has kind, size"):
        from_csv("t", text, label="sort")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "needs a line of names and at least one row"),
        ("a,b\n1,2,3\n", "row 2 has 3 cells where the head has 2"),
        ("y\n1\n", "no column besides the labels"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_csv("t", text)


def test_a_column_of_many_words_keeps_the_most_frequent() -> None:
    rows = "".join(f"v{i % 100 if i < 300 else 7},{i % 2}\n" for i in range(400))
    data = from_csv("t", "word,y\n" + rows)
    assert data.x.shape == (400, 64)
    assert data.x[399].sum() == 1


def test_lines_of_text_need_a_tab() -> None:
    with pytest.raises(FormatError, match="line 2 has no tab"):
        from_lines("t", "a\tb\nc d\n")


def test_the_same_words_make_the_same_columns_and_unit_length() -> None:
    data = from_lines("t", "a\tone two two\nb\ttwo one two\nb\tthree\n")
    assert (data.x[0] == data.x[1]).all() and not (data.x[0] == data.x[2]).all()
    assert np.linalg.norm(data.x, axis=1) == pytest.approx(np.ones(3))


def test_a_group_that_is_left_out_tells_nothing() -> None:
    data = load_labelled("sklearn:digits")
    without = data.without("patch 1,1")
    assert (without.x[:, 0, 2:4, 2:4] == 0).all() and (without.x[:, 0, :2] == data.x[:, 0, :2]).all()
    assert sorted(place for group in data.groups.values() for place in group) == list(range(64))
    assert len(patches((3, 4, 4))["patch 0,0"]) == 3


def test_a_shuffle_keeps_items_with_their_labels_and_changes_the_fingerprint() -> None:
    data = load_labelled("sklearn:digits")
    mixed = data.shuffled(1)
    assert mixed.fingerprint != data.fingerprint and mixed.fingerprint == data.shuffled(1).fingerprint
    at = np.random.default_rng(1).permutation(len(data))[0]
    assert mixed.y[0] == data.y[at] and (mixed.x[0] == data.x[at]).all()


@pytest.mark.parametrize("source", ["sklearn:digit", "a.parquet", "absent.csv"])
def test_what_is_no_labelled_data_is_refused(source: str) -> None:
    with pytest.raises(CodelengthError):
        load_labelled(source)


def test_inputs_that_are_not_finite_and_labels_out_of_range_are_refused() -> None:
    x = np.zeros((1, 1), np.float32)
    with pytest.raises(FormatError, match="not finite"):
        Labelled("t", x + np.float32(np.nan), np.array([0]), ("a",), {})
    with pytest.raises(FormatError, match=r"range\(1\)"):
        Labelled("t", x, np.array([1]), ("a",), {})
