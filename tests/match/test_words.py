"""A language made by renaming the words of another is matched to it, from texts and from vectors; bad input is said."""

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.data.word_vectors import WordVectors
from codelength.data.words import Words, numbered, split_words
from codelength.errors import CodelengthError, DataError, OptionError, UsageError
from codelength.match.ppmi import ppmi_vectors
from codelength.match.procrustes import csls, rotation, self_learned, unit
from codelength.match.word_seeds import Seed, seed_pairs
from codelength.match.words import WordSearch, match_words, precision

LINES = [split_words(line) for line in bundled("pride_1.txt").joined.decode().splitlines() if line.strip()]
RNG = np.random.default_rng(0)
NAMES = {word: f"{word[::-1]}_" for line in LINES for word in line}
GOLD = {word: frozenset({other}) for word, other in NAMES.items()}
QUICK = WordSearch(words=150, restarts=1, null=False)


def renamed(lines: list[list[str]]) -> Words:
    return numbered("renamed", [[NAMES[word] for word in line] for line in lines])


@pytest.fixture(scope="module")
def text() -> Words:
    return numbered("english", LINES)


@pytest.fixture(scope="module")
def vectors(text: Words) -> WordVectors:
    return ppmi_vectors(text, 150)


def turned(vectors: WordVectors, noise: float) -> WordVectors:
    turn = np.linalg.qr(RNG.normal(size=(50, 50)))[0]
    words = tuple(NAMES[word] for word in vectors.words)
    spread = noise * vectors.vectors.std() * RNG.normal(size=vectors.vectors.shape)
    return WordVectors("turned", words, (vectors.vectors + spread) @ turn)


def test_a_text_and_itself_with_other_words_in_another_order_of_lines_are_matched_wholly(text: Words) -> None:
    lines = [LINES[i] for i in RNG.permutation(len(LINES))]
    found = match_words(text, renamed(lines), search=QUICK, gold=GOLD)
    assert found.precision is not None
    assert found.precision.at_1 > 0.95
    assert found.match.saved_bits is not None
    assert found.match.saved_bits > 0.05 * (found.match.unmapped_bits or 0)


def test_shuffled_words_save_nothing_and_the_map_of_the_text_does(text: Words) -> None:
    search = WordSearch(words=150, restarts=2)
    half = len(LINES) // 2
    found = match_words(numbered("first", LINES[:half]), renamed(LINES[half:]), search=search).match
    assert found.null_saved_bits is not None
    assert found.saved_bits is not None
    assert found.null_saved_bits < 0 < found.saved_bits
    assert not found.warnings
    shuffled = match_words(text.shuffled(3), renamed(LINES), search=QUICK)
    assert "the map saves nothing" in shuffled.match.warnings[0]


def test_turned_vectors_are_matched_and_their_rotation_pays_for_itself(vectors: WordVectors) -> None:
    found = match_words(vectors, turned(vectors, 0.2), search=WordSearch(words=150, restarts=2), gold=GOLD)
    assert found.precision is not None
    assert found.precision.at_1 > 0.9
    assert (found.match.null_saved_bits or 0) < 0 < (found.match.saved_bits or 0)


def test_the_same_search_gives_the_same_lexicon_and_the_same_bits(vectors: WordVectors) -> None:
    other = turned(vectors, 0.5)
    first, second = (match_words(vectors, other, search=QUICK) for _ in range(2))
    assert first.lexicon == second.lexicon
    assert first.match.total_bits == second.match.total_bits


def test_a_seed_of_a_dictionary_counts_as_weak_supervision_and_says_so(text: Words) -> None:
    given = {word: GOLD[word] for word in text.top(20)}
    found = match_words(text, renamed(LINES), hint=Seed("dictionary", given), search=QUICK, gold=GOLD)
    assert found.seed == "dictionary"
    assert any("weak supervision" in line for line in found.match.warnings)
    assert found.lexicon[0].translation == NAMES[text.vocabulary[0]]


def test_self_learning_finds_a_rotation_from_a_few_pairs_and_never_worsens_its_objective(vectors: WordVectors) -> None:
    x, y = unit(vectors.vectors), unit(turned(vectors, 0.2).vectors)
    start = rotation(x[:30], y[:30])
    found = self_learned(x, y, start, kept=1.0)
    right = (csls(x @ found.rotation, y).argmax(1) == np.arange(len(x))).mean()
    assert right > 0.95
    assert np.allclose(found.rotation @ found.rotation.T, np.eye(50))


@pytest.mark.slow
def test_more_words_than_the_core_are_matched_by_how_they_relate_to_it(text: Words) -> None:
    found = match_words(text, renamed(LINES), search=WordSearch(words=900, restarts=1, null=False), gold=GOLD)
    assert len(found.lexicon) == 900
    assert found.precision is not None
    assert found.precision.at_1 > 0.8


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (numbered("few", [["a", "b"]]), renamed(LINES), DataError, "few holds 2 different words"),
        (WordVectors("v", tuple("abcdefghijkl"), np.eye(12)), renamed(LINES), UsageError, "give two of one kind"),
    ],
)
def test_what_cannot_be_matched_is_said(
    x: Words | WordVectors, y: Words, error: type[CodelengthError], message: str
) -> None:
    with pytest.raises(error, match=message):
        match_words(x, y)


def test_vectors_of_different_dimensions_are_an_error() -> None:
    words = tuple("abcdefghijkl")
    with pytest.raises(DataError, match=r"12 dimensions.* 3"):
        match_words(WordVectors("v", words, np.eye(12)), WordVectors("w", words, RNG.normal(size=(12, 3))))


@pytest.mark.parametrize("seed", [Seed("identical"), Seed("numerals"), Seed("dictionary", {"x": frozenset("y")})])
def test_a_seed_without_any_pair_is_an_error(seed: Seed) -> None:
    with pytest.raises(DataError, match="there is nothing to begin with"):
        seed_pairs(("dog", "2"), ("chien", "3"), seed)


def test_a_seed_file_and_its_name_go_together() -> None:
    with pytest.raises(UsageError, match="go together"):
        Seed("dictionary")
    with pytest.raises(OptionError, match="words=5 is outside"):
        WordSearch(words=5)


def test_a_dictionary_that_judges_no_word_is_an_error(text: Words) -> None:
    found = match_words(text, renamed(LINES), search=QUICK)
    with pytest.raises(DataError, match="nothing can be judged"):
        precision(found.lexicon, {"xyz": frozenset({"abc"})}, ["abc"])
