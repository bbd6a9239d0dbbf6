"""What a pretrained model's state is: bytes that were read, seen as tokens, ids, contexts and counts of escapes.

    Parts     what all states share: net, vocabulary, start token
    Past      a state: position, the last bytes, the escapes and the adapted net behind the last whole block
    Look      a state seen as tokens

A state is a function of the bytes that were read, not of the steps in which they were: the block that has begun is cut
anew whenever it is looked at, and counts and gradients are taken from whole blocks as they are cut alone.
"""

import copy
import hashlib
import lzma
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version

import numpy as np

from codelength.errors import OptionError
from codelength.models.nets.environment import environment
from codelength.models.pretrained_net import Logits, Net, Source
from codelength.models.pretrained_vocabulary import HuggingFaceTokenizer, Vocabulary, tokenizer_bytes, vocabulary_of
from codelength.types import Probs
from codelength.units import KIB, bits_from_bytes

DEFAULT_CONTEXT_TOKENS = 1024
DEFAULT_BLOCK_BYTES = 4 * KIB
DEFAULT_RATE = 0.05
KEPT_BYTES = 16  # kept for each token of context


@dataclass(frozen=True, slots=True)
class Reading:
    """How data is read: 0 tokens stand for the model's own, at most 1,024, and for half of that.

    Raises OptionError for a stride that leaves no context, or an empty block.
    """

    context_tokens: int = 0
    stride_tokens: int = 0
    block_bytes: int = DEFAULT_BLOCK_BYTES
    start: bool = True
    adapt: bool = False
    rate: float = DEFAULT_RATE

    def __post_init__(self) -> None:
        if self.block_bytes < 1:
            raise OptionError(f"hf: block={self.block_bytes} is no size; give at least 1 byte")

    def within(self, positions: int | None) -> "Reading":
        """This with its numbers filled in, for a net that takes so many tokens."""
        context = self.context_tokens or min(positions or DEFAULT_CONTEXT_TOKENS, DEFAULT_CONTEXT_TOKENS)
        if positions is not None and context > positions:
            raise OptionError(f"hf: context={context} is over the {positions} tokens that this model takes")
        stride = self.stride_tokens or max(1, context // 2)
        if not 1 <= stride < context:
            raise OptionError(f"hf: stride={stride} is outside 1 to {context - 1}, one less than the context")
        return replace(self, context_tokens=context, stride_tokens=stride)


class Parts:
    """What all states of a model share: net, vocabulary, start token; each is loaded when it is first asked for."""

    def __init__(self, source: Source, reading: Reading) -> None:
        self.reading, self._source = reading, source

    @cached_property
    def net(self) -> Net:
        """The net before it has adapted."""
        return self._source.net()

    @cached_property
    def tokenizer(self) -> HuggingFaceTokenizer:
        """The tokenizer as transformers has it."""
        return self._source.tokenizer()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What its tokens spell."""
        return vocabulary_of(self.tokenizer, self._source.width)

    @cached_property
    def tokenizer_bits(self) -> float:
        """What sending the tokenizer takes, by xz."""
        return bits_from_bytes(len(lzma.compress(tokenizer_bytes(self.tokenizer))))

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """What the arithmetic depends on, and the SHA-256 of weights and tokenizer."""
        found = environment(0, self._source.loading.device)
        found.pop("seed")
        found |= {package: version(package) for package in ("transformers", "tokenizers")}
        digest = hashlib.sha256(self.net.fingerprint().encode() + tokenizer_bytes(self.tokenizer))
        return found | {"checkpoint": digest.hexdigest()[:16]}

    @property
    def start(self) -> int | None:
        return self._source.start_token(self.tokenizer) if self.reading.start else None

    @property
    def start_text(self) -> str:
        names = {token: text for text, token in self.tokenizer.get_vocab().items()}
        return f"{names.get(self.start or 0, '')} ({self.start})".strip()

    @property
    def uniform(self) -> Probs:
        return np.full(self.vocabulary.size, 1 / self.vocabulary.size)

    def id_of(self, symbol: int) -> int:
        """The id that the net reads for a symbol; an escaped byte is an unknown token to it."""
        if symbol < self.vocabulary.size:
            return int(self.vocabulary.ids[symbol])
        unknown = self.tokenizer.unk_token_id
        if unknown is not None and 0 <= unknown < self._source.width:
            return int(unknown)
        return int(self.vocabulary.ids[0])

    def window(self, ids: Sequence[int]) -> tuple[int, ...]:
        """What a run sees of the ids before it: the start token, if there is one, and the last ids."""
        start = () if self.start is None else (self.start,)
        room = self.reading.context_tokens - self.reading.stride_tokens - len(start)
        return (*start, *ids[len(ids) - min(room, len(ids)) :])

    def softmax(self, logits: Logits) -> Probs:
        """Probabilities of the entries, float64 [size], from logits [width]."""
        chosen = logits[self.vocabulary.ids].astype(np.float64)
        weights = np.exp(chosen - chosen.max())
        probabilities: Probs = weights / weights.sum()
        return probabilities


class Escapes:
    """KT counters of whether a symbol escapes, behind a token and behind an escape, and of the bytes that do."""

    def __init__(self) -> None:
        self._symbols = [[0, 0], [0, 0]]  # [behind an escape][is an escape]
        self._bytes = np.zeros(256, np.int64)
        self._behind = 0

    @property
    def share(self) -> float:
        """Probability that the next symbol escapes."""
        tokens, escapes = self._symbols[self._behind]
        return (escapes + 0.5) / (tokens + escapes + 1)

    def bytes(self) -> Probs:
        """Probabilities of the byte that escapes, [256]."""
        probabilities: Probs = (self._bytes + 0.5) / (self._bytes.sum() + 128)
        return probabilities

    def learn(self, byte: int) -> None:
        """A symbol came: this byte escaped, or, below 0, a token."""
        self._symbols[self._behind][byte >= 0] += 1
        self._behind = int(byte >= 0)
        if byte >= 0:
            self._bytes[byte] += 1

    def copy(self) -> "Escapes":
        return copy.deepcopy(self)


@dataclass(frozen=True)
class Past:
    """All that a state is: a function of the bytes that were read, and of nothing else.

    `tail` begins where a block does; `escapes` and `net` are those behind the last whole block.
    """

    position: int = 0
    tail: bytes = b""
    escapes: Escapes = field(default_factory=Escapes)
    net: Net | None = None  # where it has adapted

    def begun(self, reading: Reading) -> bytes:
        """The bytes of the block that has begun."""
        size = self.position % reading.block_bytes
        return self.tail[len(self.tail) - size :]

    def advanced(self, piece: bytes, parts: Parts) -> "Past":
        """Behind a piece that ends in this block, or with it."""
        reading = parts.reading
        grown = replace(self, position=self.position + len(piece), tail=self.tail + piece)
        if grown.position % reading.block_bytes:
            return grown
        # A block is whole: count its escapes, learn it, forget what is out of reach.
        before, block = grown.tail[: -reading.block_bytes], grown.tail[-reading.block_bytes :]
        whole = replace(self, position=grown.position - len(block), tail=before)
        escapes, net = self.escapes, self.net
        if reading.adapt or not parts.vocabulary.is_complete:
            symbols, look = parts.vocabulary.cut(block), Look(parts, whole)
            escapes = escapes.copy()
            for symbol in symbols:
                escapes.learn(symbol - parts.vocabulary.size)
            if reading.adapt:
                runs = [(context, [parts.id_of(symbol) for symbol in run]) for context, run in look.runs(symbols)]
                net = (net or parts.net).trained(runs, reading.rate)
        blocks = -(-KEPT_BYTES * reading.context_tokens // reading.block_bytes)
        return replace(grown, tail=grown.tail[-blocks * reading.block_bytes :], escapes=escapes, net=net)


class Look:
    """A state seen as tokens: the last ids, and the symbols and escapes of the block that has begun."""

    def __init__(self, parts: Parts, past: Past) -> None:
        self._parts = parts
        vocabulary, block = parts.vocabulary, parts.reading.block_bytes
        begun = past.begun(parts.reading)
        self.symbols = vocabulary.cut(begun)
        self.escapes = past.escapes.copy()
        for symbol in self.symbols:
            self.escapes.learn(symbol - vocabulary.size)
        self.ids = [parts.id_of(symbol) for symbol in self.symbols]
        end = len(past.tail) - len(begun)
        while end and len(self.ids) < parts.reading.context_tokens:
            cut = vocabulary.cut(past.tail[end - block : end])
            self.ids, end = [parts.id_of(symbol) for symbol in cut] + self.ids, end - block

    def runs(self, symbols: Sequence[int]) -> Iterator[tuple[tuple[int, ...], Sequence[int]]]:
        """Runs of at most `stride` symbols, each with the ids that stand before it."""
        reading, parts = self._parts.reading, self._parts
        ids = [*self.ids, *(parts.id_of(symbol) for symbol in symbols)]
        for start in range(0, len(symbols), reading.stride_tokens):
            yield parts.window(ids[: len(self.ids) + start]), symbols[start : start + reading.stride_tokens]
