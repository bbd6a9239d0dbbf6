"""Dataset: what joined, split and the fingerprint cover."""

import hashlib
import pickle

import pytest

from codelength.dataset import Dataset, sha256_of
from codelength.errors import UsageError

PAIR = Dataset("pair", (b"ab", b"", b"c"), labels=(0, 1, 0), item_names=("x", "y", "z"))


def test_items_are_joined_in_their_order() -> None:
    assert PAIR.joined == b"abc"
    assert list(PAIR) == [b"ab", b"", b"c"]
    assert (len(PAIR), PAIR.raw_bytes) == (3, 3)
    assert Dataset("none", ()).joined == b""


def test_splitting_keeps_labels_and_names_with_their_items() -> None:
    first, rest = PAIR.split(1)
    assert (first.items, first.labels, first.item_names) == ((b"ab",), (0,), ("x",))
    assert (rest.items, rest.labels, rest.item_names) == ((b"", b"c"), (1, 0), ("y", "z"))
    assert first.joined + rest.joined == PAIR.joined


@pytest.mark.parametrize(
    "other",
    [
        Dataset("pair", (b"a", b"b", b"c"), labels=(0, 1, 0)),
        Dataset("pair", (b"abc",)),
        Dataset("pair", (b"c", b"", b"ab"), labels=(0, 1, 0)),
        Dataset("pair", (b"ab", b"", b"c"), labels=(0, 1, 1)),
        Dataset("pair", (b"ab", b"", b"c")),
    ],
)
def test_the_fingerprint_tells_other_items_orders_and_labels(other: Dataset) -> None:
    assert other.fingerprint != PAIR.fingerprint


def test_the_fingerprint_is_of_content_and_not_of_names() -> None:
    assert Dataset("other", PAIR.items, PAIR.labels).fingerprint == PAIR.fingerprint


def test_the_fingerprint_of_one_item_by_hand() -> None:
    assert Dataset("a", (b"a",)).fingerprint == hashlib.sha256(b"\1" + bytes(7) + b"a").hexdigest()


def test_labels_and_names_are_one_for_each_item() -> None:
    with pytest.raises(UsageError, match="1 labels for 2 items; give one each"):
        Dataset("bad", (b"a", b"b"), labels=(1,))
    with pytest.raises(UsageError, match="1 item names for 2 items; give one each"):
        Dataset("bad", (b"a", b"b"), item_names=("x",))


def test_a_dataset_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(PAIR)) == PAIR
    assert hash(PAIR) == hash(Dataset("pair", *(PAIR.items, PAIR.labels, PAIR.item_names)))


def test_the_hash_of_abc_is_the_published_one() -> None:
    assert sha256_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
