"""A net that predicts words: it pays for texts as bytes, sees only what came before, and finds what texts are about."""

import math

import numpy as np
import pytest
import torch

from codelength.learning.probing import Items, control, read
from codelength.learning.representation import Recipe
from codelength.learning.word_net import (
    AT_ONCE,
    COLUMNS,
    MOST_WORDS,
    NEAR,
    TEXTS_AT_ONCE,
    Dictionary,
    Words,
    columns,
    words,
)

SMALL = Recipe(width=16, layers=2, rate=1e-2, replays=3)


def texts_of(items: Items) -> tuple[bytes, ...]:
    assert isinstance(items, tuple)
    return items


def test_a_text_that_nothing_was_read_before_costs_11_bits_a_word_and_8_a_byte() -> None:
    net = Words(SMALL, seed=0)
    assert net.read([]) == 0
    assert net.read([b"abcd ef"]) == pytest.approx(3 * math.log2(COLUMNS) + 8 * (5 + 3), abs=1e-3)


def test_words_joined_are_the_text_again() -> None:
    for text in (b"", b" ", b"a  b ", b"tab\tand\nline"):
        assert b" ".join(words(text)) == text
        assert len(columns(text)) == len(words(text)) + 1


def test_a_dictionary_s_probabilities_sum_to_one_or_less() -> None:
    """The words of one column and the escape share what there is; capitals and small letters share a column."""
    seen = Dictionary()
    forms = [b"word", b"Word", b"WORD"]
    assert len({columns(form)[0] for form in forms}) == 1
    for form in (*forms, b"word", b"word"):
        seen.pay(form)
    known = 0.0
    for form in forms:
        copy = Dictionary()
        for each in (*forms, b"word", b"word"):
            copy.pay(each)
        known += 2 ** -copy.pay(form)
    fresh = seen.pay(b"wOrd") - 8 * 5
    assert known + 2**-fresh == pytest.approx(1)


def test_a_word_is_predicted_from_those_before_it_only() -> None:
    net = Words(SMALL, seed=0)
    net.read([b"one two three four five six seven eight nine"] * 8)
    x = torch.arange(1, 40)[None]
    changed = x.clone()
    changed[0, 20:] += 100
    with torch.no_grad():
        whole, other = net._hidden(x), net._hidden(changed)
    assert torch.equal(whole[:, :20], other[:, :20])
    assert not torch.allclose(whole[:, 20:], other[:, 20:])


def test_the_state_is_made_of_all_words_the_last_four_and_the_last() -> None:
    net = Words(Recipe(width=4, layers=1), seed=0)
    x = torch.tensor([[7, 9, 7, 30, 2, 11]])
    with torch.no_grad():
        found = net._hidden(x)[0, -1]
        each = net._embedding(x)[0]
        parts = torch.cat((each.sum(0) / math.sqrt(6), each[-NEAR:].sum(0) / math.sqrt(NEAR), each[-1]))
        wanted = torch.relu(net._first(parts))
    assert torch.allclose(found, wanted, atol=1e-5)


def test_texts_that_repeat_cost_less_and_noise_costs_its_bytes() -> None:
    repeated = [b"the cat sat on the mat and the dog did not"] * 160
    noise = texts_of(control(tuple(repeated), "noise", seed=0))
    sizes = 8 * sum(len(text) for text in noise)
    assert Words(SMALL, seed=0).read(noise) > sizes
    assert Words(SMALL, seed=0).read(repeated) < 0.25 * sizes


def test_a_long_text_is_read_whole_and_its_first_words_make_its_features() -> None:
    net = Words(SMALL, seed=0)
    long = b" ".join(b"w%d" % (i % 50) for i in range(MOST_WORDS + 100))
    told: list[int] = []
    assert net.read([long], told.append) > 0
    assert sum(told) == len(columns(long))
    first = b" ".join(words(long)[:MOST_WORDS])
    assert net.features([long]) == pytest.approx(net.features([first + b" x"]), abs=1e-6)


def test_features_of_a_text_do_not_depend_on_its_neighbours() -> None:
    net = Words(SMALL, seed=0)
    texts = [b"a", b"some words", b"", b"other words that are longer", b"\xff\x00 \x80"]
    together = net.features(texts)
    for row, text in zip(together, texts, strict=True):
        assert row == pytest.approx(net.features([text])[0], abs=1e-6)
    assert len(net.features([b"x"] * (AT_ONCE + TEXTS_AT_ONCE))) == AT_ONCE + TEXTS_AT_ONCE


def test_topics_that_were_read_lie_apart_though_no_word_is_shared() -> None:
    """Each text has two of a topic's twenty words: only who read others knows that they belong together."""
    rng = np.random.default_rng(0)
    topics = [[b"w%d" % (20 * topic + i) for i in range(20)] for topic in range(2)]

    def text(topic: int, size: int) -> bytes:
        return b" ".join(topics[topic][i] for i in rng.choice(20, size, replace=False))

    unlabelled = tuple(text(i % 2, 8) for i in range(600))
    task = tuple(text(i % 2, 2) for i in range(60))
    labels = np.arange(60) % 2

    def apart(x: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
        """How many of the items lie nearer to the mean of their own topic, half of them not being in the means."""
        means = np.stack([x[:30][labels[:30] == topic].mean(axis=0) for topic in range(2)])
        found = np.linalg.norm(x[30:, None] - means, axis=2).argmin(axis=1)
        return float((found == labels[30:]).mean())

    random, taught = read((), task, seed=1), read(unlabelled, task, seed=1)
    assert apart(taught.features) > 0.95
    assert apart(taught.features) > apart(random.features) + 0.1
    assert random.code_bits == 0 < taught.code_bits
