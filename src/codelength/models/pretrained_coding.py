"""Symbols of a pretrained model to code and back, a token a call, and the cost of a symbol spread over its bytes.

A symbol is coded in two steps, its group of 256 and its place there, each of 2^24 parts: in one step of 2^24, rounding
256,000 tokens up to one part each would take 1.5 % of all probability from the likely ones.
"""

import math

import numpy as np

from codelength.coding.rounding import integer_counts
from codelength.models.pretrained_net import Net, Steps
from codelength.models.pretrained_state import Escapes, Look, Parts
from codelength.models.pretrained_vocabulary import Vocabulary
from codelength.types import Bits, Decoder, Encoder, Probs

_GROUP = 256  # symbols that share a first code


class Stepper:
    """Probabilities of one symbol after the other, in the calls that both ends make."""

    def __init__(self, net: Net, parts: Parts, look: Look) -> None:
        self._net, self._parts, self._look = net, parts, look
        self._ids = list(look.ids)
        self._pushed = 0
        self._steps: Steps | None = None
        self._new: tuple[int, ...] = ()

    def probabilities(self) -> Probs:
        """Of all symbols, [size], or [size + 256] where bytes may escape."""
        parts, escapes = self._parts, self._look.escapes
        if self._pushed % parts.reading.stride_tokens == 0:
            self._steps, self._new = self._net.steps(), parts.window(self._ids)
        entries = parts.softmax(self._steps.feed(self._new)) if self._steps and self._new else parts.uniform
        if parts.vocabulary.is_complete:
            return entries
        return np.concatenate(((1 - escapes.share) * entries, escapes.share * escapes.bytes()))

    def push(self, symbol: int) -> None:
        """This symbol came."""
        token = self._parts.id_of(symbol)
        self._look.escapes.learn(symbol - self._parts.vocabulary.size)
        self._ids.append(token)
        self._new = (token,)
        self._pushed += 1


def spread(vocabulary: Vocabulary, entries: Probs, escapes: Escapes, symbol: int) -> Bits:
    """The cost of each byte of a symbol, [length]; they sum to that of the symbol."""
    share = 0.0 if vocabulary.is_complete else escapes.share
    if symbol >= vocabulary.size:
        return np.array([-math.log2(share * escapes.bytes()[symbol - vocabulary.size])])
    cost = math.log2(max((1 - share) * float(entries[symbol]), 5e-324))
    lows, highs = vocabulary.prefix_ranges(symbol)
    if not len(lows):
        return np.array([0.0 - cost])
    sums = np.concatenate(([0.0], entries.cumsum()))
    masses = (1 - share) * (sums[highs] - sums[lows])
    if share:
        masses[0] += share * escapes.bytes()[vocabulary.spelling(symbol)[0]]
    # log2 of what is left after each byte: 0 before the first, never rising, never below the symbol's own.
    left = np.minimum.accumulate(np.clip(np.log2(np.maximum(masses, 5e-324)), cost, 0.0))
    steps: Bits = -np.diff(np.concatenate(([0.0], left, [cost])))
    return 0.0 + steps


def encode_symbol(coder: Encoder, probabilities: Probs, symbol: int) -> None:
    """Code a symbol in two steps, its group and its place there, so that rounding loses nothing in large alphabets."""
    group = symbol // _GROUP
    masses, inner = _grouped(probabilities, group)
    _put(coder, masses, group)
    _put(coder, inner, symbol % _GROUP)


def decode_symbol(coder: Decoder, probabilities: Probs) -> int:
    masses, _ = _grouped(probabilities, 0)
    group = _take(coder, masses)
    _, inner = _grouped(probabilities, group)
    return group * _GROUP + _take(coder, inner)


def _grouped(probabilities: Probs, group: int) -> tuple[Probs, Probs]:
    """Probabilities of the groups, and of the places in one of them."""
    masses = np.add.reduceat(probabilities, np.arange(0, len(probabilities), _GROUP))
    inner = probabilities[group * _GROUP : (group + 1) * _GROUP]
    total = float(inner.sum())
    # A group without mass can only be reached by a damaged code.
    return masses / masses.sum(), inner / total if total > 0 else np.full(len(inner), 1 / len(inner))


def _put(coder: Encoder, probabilities: Probs, place: int) -> None:
    counts = integer_counts(probabilities)
    coder.symbol(int(counts[:place].sum()), int(counts[place]))


def _take(coder: Decoder, probabilities: Probs) -> int:
    ends = integer_counts(probabilities).cumsum()
    place = int(ends.searchsorted(coder.target(), side="right"))
    low = int(ends[place - 1]) if place else 0
    coder.symbol(low, int(ends[place]) - low)
    return place
