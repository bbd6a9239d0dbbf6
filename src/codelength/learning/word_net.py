"""A representation of texts learnt by predicting each word from those before it.

Words are what stands between spaces, hashed into 2,047 columns, and the end of a text is one more. The net sees the sum
of the embeddings of all words so far, of the last four and of the last one, and predicts the next word's column; which
of a column's words it is, an adaptive dictionary says, new words being spelled at 8 bits a byte:

    bits of a text = Σ over words of  −log2 p(column | words before)  −log2 (n(word) or 1 if new) / (n(column) + 1)

plus the spelling of new words, a space behind each. So `read` gives the prequential length of the texts themselves, as
bytes. A text's features are the hidden states, averaged over its words; a net that has read nothing keeps its random
weights.
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.learning.prequential import Advance, silent
from codelength.learning.representation import Recipe, adam, begin_at_zero, update
from codelength.types import Inputs
from codelength.units import bits_from_bytes, bits_from_nats

COLUMNS = 2048
END = 0
NEAR = 4
MOST_WORDS = 256  # that the net sees back; a longer text is read in parts, and the first makes its features
TEXTS_AT_ONCE = 16
AT_ONCE = 64

Columns = npt.NDArray[np.int64]


class Words:
    """A net that predicts each word of a text.

    >>> net = Words(Recipe(width=8, layers=1), seed=0)
    >>> round(net.read([b"a"]), 6) == 2 * 11 + 8 * 2
    True
    >>> net.features([b"abc", b"d e"]).shape
    (2, 8)
    """

    def __init__(self, recipe: Recipe, *, seed: int) -> None:
        self._recipe = recipe
        self._random = np.random.default_rng(seed)
        width = recipe.width
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._embedding = nn.Embedding(COLUMNS, width)
            self._first = nn.Linear(3 * width, width)
            self._layers = nn.ModuleList(
                nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
                for _ in range(recipe.layers - 1)
            )
            self._head = nn.Linear(width, COLUMNS)
        begin_at_zero(self._head)
        self._optimizer = adam((self._embedding, self._first, self._layers, self._head), recipe)
        self._dictionary = Dictionary()

    def read(self, texts: Sequence[bytes], advance: Advance = silent) -> float:
        """Pay for texts, learn them; bits of the texts as bytes."""
        parts = [part for text in texts for part in _parts(columns(text))]
        nats = 0.0
        for start in range(0, len(parts), TEXTS_AT_ONCE):
            end = min(start + TEXTS_AT_ONCE, len(parts))
            nats += self._learn(parts[start:end])
            for _ in range(self._recipe.replays):
                self._learn([parts[i] for i in self._random.integers(0, end, end - start)])
            advance(sum(len(part) for part in parts[start:end]))
        return bits_from_nats(nats) + math.fsum(self._dictionary.pay(word) for text in texts for word in words(text))

    def features(self, texts: Sequence[bytes]) -> Inputs:
        """Hidden states averaged over the first 256 words of each text, [n, width]."""
        found = np.zeros((len(texts), self._recipe.width), np.float32)
        parts = [columns(text)[:MOST_WORDS] for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(parts[i]))  # alike lengths together
        with torch.no_grad():
            for start in range(0, len(order), AT_ONCE):
                chosen = order[start : start + AT_ONCE]
                x, inside = _padded([parts[i] for i in chosen])
                states = self._hidden(x) * inside[:, :, None]
                found[chosen] = (states.sum(dim=1) / inside.sum(dim=1, keepdim=True)).numpy()
        return found

    def _hidden(self, x: Tensor) -> Tensor:
        """States after each of x [batch, words], [batch, words, width]."""
        last = self._embedding(x)
        places = torch.arange(1, x.shape[1] + 1)[None, :, None]
        sums = last.cumsum(dim=1)
        near = sums - functional.pad(sums, (0, 0, NEAR, 0))[:, : x.shape[1]]
        hidden = functional.relu(self._first(torch.cat((sums / places.sqrt(), near / math.sqrt(NEAR), last), dim=2)))
        for layer in self._layers:
            hidden = hidden + layer(hidden)
        return hidden

    def _learn(self, parts: Sequence[Columns]) -> float:
        x, inside = _padded([np.concatenate(([END], part)) for part in parts])  # an end stands before everything
        known = inside[:, 1:]
        loss = functional.cross_entropy(self._head(self._hidden(x[:, :-1])[known]), x[:, 1:][known], reduction="sum")
        return update(self._optimizer, loss, int(known.sum()))


class Dictionary:
    """Which of a column's words it is: counts of those seen, and an escape before a new one's spelling.

    >>> words = Dictionary()
    >>> words.pay(b"ab"), words.pay(b"ab"), words.pay(b"ab") < 0.6
    (24.0, 1.0, True)
    """

    def __init__(self) -> None:
        self._words: Counter[bytes] = Counter()
        self._columns: Counter[int] = Counter()

    def pay(self, word: bytes) -> float:
        """Bits of a word given its column; it is counted."""
        column = column_of(word)
        seen, total = self._words[word], self._columns[column] + 1
        self._words[word] += 1
        self._columns[column] += 1
        return math.log2(total / (seen or 1)) + (0.0 if seen else bits_from_bytes(len(word) + 1))


def words(text: bytes) -> list[bytes]:
    """What stands between spaces; joined by spaces they are the text again.

    >>> words(b"to  be")
    [b'to', b'', b'be']
    """
    return text.split(b" ")


def column_of(word: bytes) -> int:
    """1 to 2,047, the same for capital and small letters of ASCII."""
    return 1 + zlib.crc32(word.lower()) % (COLUMNS - 1)


def columns(text: bytes) -> Columns:
    """The columns of a text's words, and the end, [words + 1]."""
    return np.array([*map(column_of, words(text)), END], np.int64)


def _parts(text: Columns) -> Iterator[Columns]:
    for start in range(0, len(text), MOST_WORDS):
        yield text[start : start + MOST_WORDS]


def _padded(parts: Sequence[Columns]) -> tuple[Tensor, Tensor]:
    """Rows [n, longest] and which places are filled."""
    x = np.zeros((len(parts), max(map(len, parts))), np.int64)
    inside = np.zeros(x.shape, bool)
    for row, part in enumerate(parts):
        x[row, : len(part)] = part
        inside[row, : len(part)] = True
    return torch.from_numpy(x), torch.from_numpy(inside)
