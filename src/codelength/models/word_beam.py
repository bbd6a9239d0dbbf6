"""Word for word into another language: the words of Y that make a sentence of X shortest to code, by beam search.

    bits = −log2 P(y) − log2 P(x | y)

P(y) is Y's model of three words, each length falling back on the shorter one as far as it saw different words follow
(escape C: P_k = (c + q P_{k−1}) / (n + q)); P(x | y) is the lexicon's channel, and says besides whether a word and the
next one change places (p = 0.1). Hypotheses that end in the same two words are one; the best `beam` go on.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled, inlined

SWAPPED = 0.1
_KEEP_BITS, _SWAP_BITS = float(-np.log2(1 - SWAPPED)), float(-np.log2(SWAPPED))

Symbols = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordTrigrams:
    """Counts of one, two and three words of a text below `size` symbols; the last symbol ends lines."""

    size: int
    singles: Floats
    pairs: Symbols  # first · size + second, sorted
    pair_counts: Floats
    triples: Symbols  # (first · size + second) · size + third, sorted
    triple_counts: Floats
    after_one: Floats  # [size, 2]: how many followed a word, and how many different ones
    after_two: Floats  # [pairs, 2]


def word_trigrams(symbols: Symbols, size: int) -> WordTrigrams:
    """The counts of a text whose lines end in the symbol size − 1.

    >>> model = word_trigrams(np.array([0, 1, 2, 0, 1, 2]), 3)
    >>> model.pairs.tolist(), model.pair_counts.tolist()
    ([1, 5, 6], [2.0, 2.0, 2.0])
    """
    end = size - 1
    one = np.concatenate([[end], symbols])[: len(symbols)]
    two = np.where(one == end, end, np.concatenate([[end], one])[: len(symbols)])
    pairs, of_pair = np.unique(one * size + symbols, return_counts=True)
    triples, of_triple = np.unique((two * size + one) * size + symbols, return_counts=True)
    pair_counts, triple_counts = of_pair.astype(np.float64), of_triple.astype(np.float64)
    contexts = np.searchsorted(pairs, triples // size)  # two words at the beginning of a line may not be a pair
    known = pairs[np.minimum(contexts, len(pairs) - 1)] == triples // size
    return WordTrigrams(
        size,
        np.bincount(symbols, minlength=size).astype(np.float64),
        pairs,
        pair_counts,
        triples,
        triple_counts,
        _followers(pairs // size, pair_counts, size),
        _followers(contexts[known], triple_counts[known], len(pairs)),
    )


def _followers(contexts: Symbols, counts: Floats, size: int) -> Floats:
    """How many words followed each context, and how many different ones, [size, 2]."""
    many = np.bincount(contexts, counts, size)
    return np.stack([many, np.bincount(contexts, minlength=size)], 1).astype(np.float64)


def decoded(
    sentence: Symbols, candidates: Symbols, costs: Floats, model: WordTrigrams, *, beam: int = 30
) -> tuple[Symbols, Symbols, float]:
    """The best words of Y, the place in X that each came from, and the bits, the end of the line included.

    `candidates` and their `costs` −log2 P(x | y) are [words of X, most]; a candidate below 0 is none.
    """
    words = np.zeros(len(sentence), np.int64)
    places = np.zeros(len(sentence), np.int64)
    tables = (model.singles, model.pairs, model.pair_counts, model.triples, model.triple_counts)
    bits = _decode(sentence, candidates, costs, *tables, model.after_one, model.after_two, beam, words, places)
    return words, places, bits


@inlined
def _find(keys: Symbols, key: int) -> int:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1


@compiled
def _cost(
    two: int,
    one: int,
    word: int,
    total: float,
    singles: Floats,
    pairs: Symbols,
    pair_counts: Floats,
    triples: Symbols,
    triple_counts: Floats,
    after_one: Floats,
    after_two: Floats,
) -> float:
    size = len(singles)
    p = (singles[word] + 0.5) / (total + 0.5 * size)
    if after_one[one, 0] > 0:
        at = _find(pairs, one * size + word)
        seen = pair_counts[at] if at >= 0 else 0.0
        p = (seen + after_one[one, 1] * p) / (after_one[one, 0] + after_one[one, 1])
        context = _find(pairs, two * size + one)
        if context >= 0 and after_two[context, 0] > 0:
            at = _find(triples, (two * size + one) * size + word)
            seen = triple_counts[at] if at >= 0 else 0.0
            p = (seen + after_two[context, 1] * p) / (after_two[context, 0] + after_two[context, 1])
    return float(-np.log2(p))


@compiled
def _decode(
    sentence: Symbols,
    candidates: Symbols,
    costs: Floats,
    singles: Floats,
    pairs: Symbols,
    pair_counts: Floats,
    triples: Symbols,
    triple_counts: Floats,
    after_one: Floats,
    after_two: Floats,
    beam: int,
    words: Symbols,
    places: Symbols,
) -> float:
    length, size, total = len(sentence), len(singles), singles.sum()
    end = size - 1
    score = np.full((length + 1, beam), np.inf)
    last, before = np.full((length + 1, beam), end), np.full((length + 1, beam), end)
    waiting = np.zeros((length + 1, beam), np.int64)  # 1 where the word before was passed over
    back, place = np.zeros((length + 1, beam), np.int64), np.zeros((length + 1, beam), np.int64)
    held = np.zeros(length + 2, np.int64)
    score[0, 0], held[0] = 0.0, 1
    for done in range(length):
        to = done + 1
        for b in range(held[done]):
            for way in range(2):  # the next word in order, or the one behind it first
                at = done - 1 if waiting[done, b] else done + way
                if at >= length or (waiting[done, b] and way):
                    continue
                order = 0.0
                if not waiting[done, b] and done + 1 < length:
                    order = _SWAP_BITS if way else _KEEP_BITS
                x = sentence[at]
                for k in range(candidates.shape[1]):
                    y = candidates[x, k]
                    if y < 0:
                        continue
                    paid = score[done, b] + order + costs[x, k]
                    paid += _cost(
                        *(before[done, b], last[done, b], y, total, singles, pairs, pair_counts, triples),
                        *(triple_counts, after_one, after_two),
                    )
                    slot, worst = -1, 0
                    for c in range(held[to]):
                        if last[to, c] == y and before[to, c] == last[done, b] and waiting[to, c] == way:
                            slot = c
                        if score[to, c] > score[to, worst]:
                            worst = c
                    if slot < 0 and held[to] < beam:
                        slot = held[to]
                        held[to] += 1
                    elif slot < 0:
                        slot = worst
                    if paid < score[to, slot]:
                        score[to, slot], last[to, slot], before[to, slot] = paid, y, last[done, b]
                        waiting[to, slot], back[to, slot], place[to, slot] = way, b, at
    best, found = np.inf, 0
    for b in range(held[length]):
        if waiting[length, b] == 0:
            paid = score[length, b] + _cost(
                *(before[length, b], last[length, b], end, total, singles, pairs, pair_counts, triples),
                *(triple_counts, after_one, after_two),
            )
            if paid < best:
                best, found = paid, b
    for done in range(length, 0, -1):
        words[done - 1], places[done - 1] = last[done, found], place[done, found]
        found = back[done, found]
    return best
