"""Leaks that were planted are found, others are not, and copying is a code."""

import math
import random
from collections.abc import Callable

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.data.documents import Document
from codelength.errors import DataError, UsageError
from codelength.measure.leak import LEAST_BYTES, as_words, leaks
from codelength.models.copying import copied_bits

BOOK = [text.encode() for text in bundled("pride_1.txt").joined.decode().split("\n\n") if len(text) > 150]
OTHER = [text.encode() for text in bundled("war.txt").joined.decode().split("\n\n") if len(text) > 150]
TRAIN = [Document(str(i), text) for i, text in enumerate(BOOK)]


def mistyped(text: bytes, rng: random.Random) -> bytes:
    letters = [
        (rng.choice("aeiou"), "", 2 * chr(c), chr(c))[rng.randrange(3) if rng.random() < 0.05 else 3] for c in text
    ]
    return "".join(letters).encode("latin-1")


def reordered(text: bytes, rng: random.Random) -> bytes:
    words = text.split()
    lines = [b" ".join(words[i : i + 10]) for i in range(0, len(words), 10)]
    rng.shuffle(lines)
    return b"\n".join(lines)


def test_planted_leaks_are_found_with_their_source_and_others_are_not() -> None:
    rng = random.Random(0)
    ways: dict[str, Callable[[bytes], bytes]] = {
        "verbatim": lambda text: text,
        "typos": lambda text: mistyped(text, rng),
        "capitals": lambda text: text.upper().replace(b",", b"").replace(b".", b"!"),
        "order": lambda text: reordered(text, rng),
    }
    test = [Document(f"clean {i}", text) for i, text in enumerate(OTHER[:60])]
    for way, change in ways.items():
        test += [Document(f"{way} {i}", change(BOOK[i])) for i in rng.sample(range(len(BOOK)), 15)]
    found = leaks(TRAIN, test)
    leaked = {item.id: item.source for item in found.items if item.leaked}
    assert not [name for name in leaked if name.startswith("clean")]
    for way in ways:
        rightly = [name for name, source in leaked.items() if name == f"{way} {source}"]
        assert len(rightly) >= (13 if way == "typos" else 15), way
    explained = [item.explained for item in found.items]
    assert explained == sorted(explained, reverse=True)
    assert 0.1 <= found.threshold <= 0.5


def test_a_passage_within_a_long_training_text_is_found() -> None:
    long = b"\n\n".join(OTHER[:40]) + b"\n\n" + BOOK[7] + b"\n\n" + b"\n\n".join(OTHER[40:80])
    found = leaks([Document("long", long)], [Document("x", BOOK[7]), Document("y", BOOK[8])])
    assert [(item.id, item.leaked) for item in found.items] == [("x", True), ("y", False)]
    assert found.items[0].explained > 0.8


def test_short_items_are_not_judged() -> None:
    found = leaks(TRAIN, [Document("a", b"Mr. Darcy"), Document("b", BOOK[0]), Document("c", b" -- ")])
    assert [item.id for item in found.items] == ["b", "a", "c"]
    assert math.isnan(found.items[1].explained)
    assert not found.items[1].leaked
    assert found.short_items == 2
    assert '"explained": null' in found.items[2].to_json()


def test_repeated_training_texts_do_not_raise_the_threshold_above_a_half() -> None:
    near = [Document(f"near {i}", text + b" And so on.") for i, text in enumerate(BOOK)]
    found = leaks(TRAIN + near, [Document("x", BOOK[3])])
    assert found.repeated > found.calibrated_on / 2
    assert found.threshold <= 0.5
    assert found.items[0].leaked


def test_a_threshold_can_be_given() -> None:
    found = leaks(TRAIN, [Document("x", BOOK[3])], threshold=0.999)
    assert (found.leaked_items, found.calibrated_on, found.threshold) == (0, 0, 0.999)


def test_bytes_that_are_no_utf8_are_latin_1() -> None:
    assert as_words("Café au lait".encode("latin-1")) == as_words("CAFÉ, au lait!".encode()) == b"cafe au lait"


@pytest.mark.parametrize(("train", "test"), [([], TRAIN), ([Document("a", b"...")], TRAIN), (TRAIN, [])])
def test_nothing_to_compare_is_refused(train: list[Document], test: list[Document]) -> None:
    with pytest.raises(DataError, match=r"hold no words|holds no items"):
        leaks(train, test)


@pytest.mark.parametrize(("false_positives", "threshold"), [(0.0, None), (0.6, None), (0.01, 1.5)])
def test_rates_out_of_range_are_refused(false_positives: float, threshold: float | None) -> None:
    with pytest.raises(UsageError, match="outside 0 to"):
        leaks(TRAIN, TRAIN, false_positives=false_positives, threshold=threshold)


def test_copying_never_costs_less_than_the_best_code_could() -> None:
    # Over all texts of two bytes the lengths must satisfy Kraft's inequality, whatever the source.
    source = as_words(BOOK[0])[:200]
    prefix = source[20:40]
    for known in (prefix, b"q" * 20):
        flat = np.full(len(known) + 1, 1 / 256)
        before = copied_bits(known, source, flat[:-1])
        after = [copied_bits(known + bytes((byte,)), source, flat) for byte in range(256)]
        assert sum(2 ** -(bits - before) for bits in after) == pytest.approx(1, abs=1e-9)


def test_copying_follows_a_source_through_mistakes_and_to_its_end() -> None:
    source = as_words(BOOK[1])[:300]
    flat = np.full(2_000, 1 / 32)
    whole = copied_bits(source, source, flat)
    assert whole < 70
    for changed in (
        source[:150] + b"#" + source[151:],
        source[:150] + source[151:],
        source[:150] + b"##" + source[150:],
    ):
        assert copied_bits(changed, source, flat) < whole + 70
    assert copied_bits(source[150:] + source[:150], source, flat) < whole + 60
    assert copied_bits(b"", source, flat) == 0
    assert LEAST_BYTES > 12
