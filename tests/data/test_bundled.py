"""The texts that come with the package."""

import pytest

from codelength.data.bundled import BUNDLED, bundled
from codelength.errors import UnknownNameError


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_texts_hold_no_words_of_their_publishers(name: str) -> None:
    text = bundled(name).joined.decode("utf-8")
    assert 50_000 < len(text) < 150_000
    assert "gutenberg" not in text.lower()
    assert "\r" not in text


def test_the_two_parts_of_the_novel_do_not_overlap() -> None:
    first, second = bundled("pride_1.txt").joined, bundled("pride_2.txt").joined
    assert not any(second[start : start + 100] in first for start in range(0, len(second) - 100, 50))


def test_unknown_texts_are_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="no bundled text is called 'alice'; there are genome"):
        bundled("alice")
