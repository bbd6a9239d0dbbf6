"""Word for word translation is the shortest code of all that the lexicon allows, and BLEU is what its formula says."""

import itertools
import math

import numpy as np
import pytest

from codelength.data.words import numbered
from codelength.errors import DataError
from codelength.match.translation import bleu, translated, translator
from codelength.models.word_beam import SWAPPED, decoded, word_trigrams
from codelength.result.words import WordPair

Y_LINES = [line.split() for line in ("le chien noir", "le chat noir dort", "un chien dort", "la voiture noire")]
Y = numbered("y", Y_LINES)
LEXICON = [
    WordPair("the", ("le", "la"), (0.6, 0.4), True),
    WordPair("black", ("noir", "noire"), (0.5, 0.5), True),
    WordPair("dog", ("chien",), (1.0,), True),
    WordPair("car", ("voiture",), (1.0,), True),
    WordPair("sleeps", ("dort",), (1.0,), True),
]


def test_gender_and_order_are_chosen_by_the_words_in_a_row() -> None:
    lines = [line.split() for line in ("the black car", "the black dog sleeps", "the Rex sleeps")]
    found = translated(translator(LEXICON, Y), lines)
    assert [" ".join(line) for line in found.lines] == ["la voiture noire", "le chien noir dort", "le Rex dort"]
    assert (found.bits > 0).all()


def test_the_beam_finds_the_shortest_of_all_orders_and_candidates() -> None:
    rng = np.random.default_rng(0)
    size = 6
    model = word_trigrams(np.append(rng.integers(0, size - 1, 80), size - 1), size)
    candidates, costs = rng.integers(0, size - 1, (4, 2)), rng.random((4, 2)) * 5
    candidates[:, 1] = (candidates[:, 0] + 1) % (size - 1)
    sentence = np.array([0, 1, 2, 3])
    words, places, bits = decoded(sentence, candidates, costs, model, beam=200)

    def swaps(order: tuple[int, ...]) -> float | None:
        paid, at = 0.0, 0
        while at < 4:
            if order[at] == at:
                paid -= math.log2(1 - SWAPPED) if at < 3 else 0
                at += 1
            elif at < 3 and order[at] == at + 1 and order[at + 1] == at:
                paid -= math.log2(SWAPPED)
                at += 2
            else:
                return None
        return paid

    def whole(order: tuple[int, ...], choice: tuple[int, ...]) -> float:
        paid = swaps(order)
        if paid is None:
            return math.inf
        chosen = [int(candidates[sentence[at], choice[at]]) for at in order]
        paid += sum(float(costs[sentence[at], choice[at]]) for at in order)
        end = size - 1
        for i, word in enumerate([*chosen, end]):
            one = chosen[i - 1] if i else end
            two = chosen[i - 2] if i > 1 else end
            paid -= math.log2(chance(two, one, word))
        return paid

    def chance(two: int, one: int, word: int) -> float:
        p = (model.singles[word] + 0.5) / (model.singles.sum() + 0.5 * size)
        for keys, counts, context in ((model.pairs, model.pair_counts, one), (model.triples, model.triple_counts, -1)):
            behind = context if context >= 0 else two * size + one
            if context < 0 and behind not in model.pairs:
                continue  # before the first word of a line there are no two
            inside = keys // size == behind
            n, q = counts[inside].sum(), inside.sum()
            seen = counts[keys == behind * size + word].sum()
            p = (seen + q * p) / (n + q) if n else p
        return float(p)

    every = {
        (order, choice): whole(order, choice)
        for order in itertools.permutations(range(4))
        for choice in itertools.product(range(2), repeat=4)
    }
    assert bits == pytest.approx(min(every.values()), abs=1e-9)
    assert sorted(places) == [0, 1, 2, 3]
    assert all(word in candidates[sentence[at]] for word, at in zip(words, places, strict=True))


def test_a_channel_learned_from_sentences_makes_them_shorter() -> None:
    lines = [line.split() for line in ("the black dog", "the dog sleeps", "the black car", "a dog")] * 5
    lexicon = [*LEXICON, WordPair("a", ("un", "le"), (0.5, 0.5), True)]
    before, after = (translated(translator(lexicon, Y, sentences=lines, rounds=n), lines) for n in (0, 3))
    assert after.bits.sum() < before.bits.sum()


def test_an_empty_line_costs_its_end_only_and_stays_empty() -> None:
    found = translated(translator(LEXICON, Y), [[]])
    assert found.lines == ((),)
    assert found.bits[0] > 0


def test_bleu_is_one_for_the_reference_and_zero_without_a_common_run() -> None:
    line = list("abcdef")
    assert bleu([line], [line]) == 1
    assert bleu([line[::-1]], [line]) == 0
    # 5 of 6, 4 of 5, 3 of 4 and 2 of 3 runs are right, and the length is
    assert bleu([list("abcdex")], [line]) == pytest.approx((5 / 6 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25)
    assert bleu([line[:5]], [line]) == pytest.approx(math.exp(1 - 6 / 5))


def test_lines_without_a_reference_and_an_empty_lexicon_are_errors() -> None:
    with pytest.raises(DataError, match="there must be as many"):
        bleu([["a"]], [])
    with pytest.raises(DataError, match="a lexicon without words"):
        translator([], Y)
