"""All pairs: the law that an entry is C(Y given X), forms of it, and what is refused."""

import json

import numpy as np
import pytest

from codelength.dataset import Dataset
from codelength.errors import FormatError, UsageError
from codelength.measure.matrix import matrix, matrix_work
from codelength.registry import create
from codelength.result.matrix import MATRIX_KEYS, Matrix
from codelength.types import Codec, Conditional, Model

TEXTS = (b"the cat sat on the mat; " * 30, b"the cat sat on a log; " * 30, bytes(range(256)) * 3)
DATA = Dataset("three", TEXTS, item_names=("mat", "log", "bytes"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("counts:order=2", "ideal"), ("mixing:level=fast,memory=8MiB", "ideal"), ("zstd", "coded"), ("bz2", "difference")],
)
def test_an_entry_is_what_y_costs_after_x(name: str, kind: str) -> None:
    codec = create(name)
    found = matrix(DATA, codec)
    assert found.kind == kind
    for x, before in enumerate(TEXTS):
        for y, item in enumerate(TEXTS):
            assert found.given_bits[x, y] == pytest.approx(given(codec, before, item), abs=1e-6)


def given(codec: Codec, before: bytes, item: bytes) -> float:
    if isinstance(codec, Model):
        return float(codec.after(before).bits(item).sum())
    if isinstance(codec, Conditional):
        return 8.0 * len(codec.after(before).encode(item))
    return 8.0 * (len(codec.encode(before + item)) - len(codec.encode(before)))


def test_each_x_is_read_once_and_no_copy_of_its_state_is_kept() -> None:
    read: list[bytes] = []

    class Watched:
        def __init__(self, model: Model) -> None:
            self.model = model

        def __getattr__(self, name: str) -> object:
            return getattr(self.model, name)

        def after(self, data: bytes) -> "Watched":
            read.append(data)
            return Watched(self.model.after(data))

    model = create("counts:order=1")
    assert isinstance(model, Model)
    watched = Watched(model)
    assert isinstance(watched, Model)
    matrix(DATA, watched)
    assert read == [b"", *TEXTS]


def test_crossing_is_near_zero_on_the_diagonal_and_finds_the_like() -> None:
    found = matrix(DATA)
    assert found.distances.diagonal().max() < 0.04
    assert found.distances[0, 1] < 0.6 < 1 < found.distances[0, 2]
    assert found.model == "crossing"


def test_raw_forms_keep_the_order_and_symmetric_ones_do_not() -> None:
    found = matrix(DATA)
    for form in ("distance", "shared"):
        assert (found.values(form, raw=False) == found.values(form, raw=False).T).all()
        assert (found.values(form, raw=True) != found.values(form, raw=True).T).any()
    assert (found.values("given", raw=False) == found.given_bits).all()
    assert found.symmetry_gap_bits == pytest.approx(-found.symmetry_gap_bits.T)


def test_the_distance_of_the_symmetric_is_that_of_the_books() -> None:
    # C(X) = 100, C(Y) = 80, C(X, Y) = 120 in both orders: (120 − 80) / 100.
    found = Matrix("m", ("x", "y"), (9, 9), np.array([100.0, 80.0]), np.array([[0.0, 20.0], [40.0, 0.0]]), "coded")
    assert found.distances.tolist() == [[0.0, 0.4], [0.4, 0.0]]


def test_json_has_a_line_for_each_ordered_pair() -> None:
    lines = [json.loads(line) for line in matrix(DATA).json_lines()]
    assert [tuple(line) for line in lines] == [MATRIX_KEYS] * 9
    assert [(line["x"], line["y"]) for line in lines[:2]] == [("mat", "mat"), ("mat", "log")]


def test_progress_ends_where_it_was_said_to() -> None:
    done: list[int] = []
    matrix(DATA, create("bz2"), progress=done.append)
    assert sum(done) == matrix_work([len(text) for text in TEXTS])


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        (Dataset("d", (b"a",)), UsageError, "d holds 1 item; a matrix is made of two or more"),
        (Dataset("d", (b"a", b"")), FormatError, "2 is empty"),
        (Dataset("d", (b"a", b"b"), item_names=("s", "s")), UsageError, "two items have one name"),
    ],
)
def test_what_makes_no_matrix_is_refused(items: Dataset, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        matrix(items)
