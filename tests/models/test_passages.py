"""Windows that two texts have in common."""

import numpy as np
import pytest

from codelength.errors import OptionError
from codelength.models.passages import Passages

RNG = np.random.default_rng(0)
TEXTS = [RNG.integers(97, 123, 3_000, np.uint8).tobytes() for _ in range(5)]


def test_windows_are_those_that_sets_of_slices_find() -> None:
    passages = Passages(TEXTS, window_bytes=6)
    asked = TEXTS[1][50:200] + b"0123456789" + TEXTS[3][:40]
    known = {text[i : i + 6] for text in TEXTS for i in range(len(text) - 5)}
    found = [asked[i : i + 6] in known for i in range(len(asked) - 5)]
    assert passages.share(asked) == pytest.approx(sum(found) / len(found))


def test_a_sample_of_windows_says_about_the_same() -> None:
    passages = Passages(TEXTS, window_bytes=16, most_windows=2_000)
    assert passages.sample > 1
    half = TEXTS[0][:1500] + RNG.integers(97, 123, 1500, np.uint8).tobytes()
    assert passages.share(half) == pytest.approx(0.5, abs=0.08)
    assert passages.share(TEXTS[2]) == 1


def test_texts_shorter_than_a_window_share_nothing() -> None:
    assert Passages([b"short", b""]).share(b"short") == 0
    assert Passages([]).share(b"a" * 100) == 0


def test_sources_are_the_texts_with_most_of_the_windows() -> None:
    passages = Passages(TEXTS, window_bytes=12)
    asked = TEXTS[4][:600] + TEXTS[2][:200]
    assert passages.sources(asked) == [4, 2]
    assert passages.sources(asked, without=4) == [2]
    assert passages.sources(b"?" * 50) == []


def test_windows_of_three_bytes_are_refused() -> None:
    with pytest.raises(OptionError, match="at least 4"):
        Passages([], window_bytes=3)
