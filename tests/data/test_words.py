"""Words, word vectors and dictionaries are read as they are written, and what is none of them is said with its line."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from codelength.data.dictionaries import read_dictionary
from codelength.data.word_vectors import is_vectors, read_vectors, unpacked
from codelength.data.words import LINE_WORDS, read_words
from codelength.errors import CodelengthError, DataError, FormatError

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "embeddings" / "en-sample.txt.gz"
ROWS = "dog 1 0.5 -2e-1\nbig cat 0 1 0\n"
HEAD = f"2 3\n{ROWS}"


@pytest.mark.parametrize("text", [HEAD, ROWS, HEAD.replace(" 1 0.5 ", "\t1\t0.5\t").replace("big cat", "big_cat")])
def test_all_formats_of_word_vectors_give_the_same_numbers(text: str) -> None:
    found = read_vectors(text.encode(), "toy")
    assert [word.replace("_", " ") for word in found.words] == ["dog", "big cat"]
    assert found.vectors.tolist() == [[1, 0.5, -0.2], [0, 1, 0]]
    assert is_vectors(text.encode())


def test_only_so_many_words_are_read_as_are_asked_for() -> None:
    assert read_vectors(HEAD.encode(), "toy", most=1).words == ("dog",)


def test_a_word_that_stands_twice_has_its_first_vector() -> None:
    assert read_vectors(b"a 1 2\nb 3 4\na 5 6\n", "toy").vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dog 1 0.5 1\ncat nan 1 0\n", "line 2: the vector of 'cat' holds a number that is not finite"),
        ("2 2\ndog 1 inf\n", "line 2: the vector of 'dog' holds a number that is not finite"),
        ("dog 1 0.5\ncat 1\n", "line 2 holds 1 numbers, 2 were expected"),
        ("dog 1 0.5\ncat 1 x\n", "line 2: could not convert string to float: 'x'"),
        ("dog 1 0.5\ncat 0 0\n", "line 2: the vector of 'cat' is zero"),
        ("9 2\ndog 1 1\n", "the head line promises 9 words, there are 1"),
        ("2 2\n", "toy holds no words"),
        ("dog\n", "line 1 holds 0 numbers"),
    ],
)
def test_a_malformed_file_of_vectors_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_vectors(text.encode(), "toy")


def test_gzip_is_unpacked_and_cut_gzip_is_an_error() -> None:
    packed = gzip.compress(HEAD.encode())
    assert unpacked(packed, "toy") == HEAD.encode()
    with pytest.raises(FormatError, match="toy: damaged gzip data"):
        unpacked(packed[:-5], "toy")


@pytest.mark.parametrize("text", ["A dog runs.\n", "10 20 30 men\n", "the year 1998 was 0.5 good\n"])
def test_plain_text_is_no_file_of_vectors(text: str) -> None:
    assert not is_vectors(text.encode())


def test_words_are_numbered_by_frequency_and_long_lines_are_cut() -> None:
    words = read_words(("b a " * LINE_WORDS + "\n\nc C c a\n").encode(), "toy")
    assert words.vocabulary == ("a", "b", "c")
    assert words.counts.tolist() == [LINE_WORDS + 1, LINE_WORDS, 3]
    assert np.diff(words.starts).tolist() == [LINE_WORDS, LINE_WORDS, 4]
    assert words.lines[-1] == 2


def test_shuffled_words_are_the_same_words_in_the_same_lines() -> None:
    words = read_words(b"a b c d e f g\nh i\n", "toy")
    shuffled = words.shuffled(0)
    assert sorted(shuffled.ids) == sorted(words.ids)
    assert shuffled.ids.tolist() != words.ids.tolist()
    assert np.array_equal(shuffled.starts, words.starts)


@pytest.mark.parametrize(("data", "kind"), [(b"", DataError), (b" \n\n", DataError), (b"caf\xe9", FormatError)])
def test_a_text_without_words_or_in_another_encoding_is_an_error(data: bytes, kind: type[CodelengthError]) -> None:
    with pytest.raises(kind, match="toy"):
        read_words(data, "toy")


@pytest.mark.parametrize(
    ("data", "message"), [(b"dog\n", "line 1"), (b"a\tb\nx y z\n", "line 2"), (b"# \n", "no pairs")]
)
def test_a_dictionary_without_pairs_is_an_error(data: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_dictionary(data, "toy")


@pytest.mark.skipif(not SAMPLE.exists(), reason="../shared/data/embeddings is absent")
def test_ten_thousand_real_vectors_are_read() -> None:
    found = read_vectors(unpacked(SAMPLE.read_bytes(), "sample"), "sample")
    assert found.vectors.shape == (10_000, 40)
    assert len(set(found.words)) == 10_000
