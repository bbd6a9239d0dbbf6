"""Pretrained language models (Hugging Face) as models of bytes: `hf:NAME_OR_PATH`.

    C(data) = Σ over tokens t of −log2 p(t | the tokens before it)                     ideal bits, bytes charged

All that is read is divided at multiples of `block` bytes; each block is cut into tokens that spell it
(`pretrained_vocabulary`), in runs of `stride`. A run is predicted from the start token, which both ends know and which
is free, and the last tokens, `context − stride` in all; so each token sees the last context − stride to context − 1
tokens, as far as there are any. Without a start token the very first token costs log2 of the number of entries.

Tokens that spell nothing (special ones, padding of the vocabulary) cannot come: the softmax runs over the others.
Where some byte value has no token of its own, each step may escape instead: with the share e that a KT counter gives,
one for what follows a token and one for what follows an escape, times a KT probability of the byte.

A token's cost is spread over its bytes by the chain rule, so that it sums exactly: byte i of t costs
log2 of (mass of the tokens that begin as t does up to i − 1) / (mass of those up to i), the last byte the rest.

State is bytes: `after(a).after(b)` is `after(a + b)`, because tokens, contexts and counts are functions of what was
read and of where the blocks lie. `adapt=true` is dynamic evaluation (Krause et al. 2018): behind each whole block the
net takes a step of gradient descent a run, at both ends.

The weights are outside information, unknown to the two-part code unless `model_bits` is added.
"""

import copy
import lzma
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from codelength.coding.rounding import integer_counts
from codelength.coding.sequential import ByteReader, SequentialModel
from codelength.errors import DamagedError, OptionError
from codelength.models.pretrained_net import Loading, Logits, Net, Source, Steps, one_thread
from codelength.models.pretrained_vocabulary import HuggingFaceTokenizer, Vocabulary, tokenizer_bytes, vocabulary_of
from codelength.types import Arithmetic, Bits, Decoder, Encoder, Order, Probs, Unit
from codelength.units import KIB, bits_from_bytes

DEFAULT_CONTEXT_TOKENS = 1024
DEFAULT_BLOCK_BYTES = 4 * KIB
DEFAULT_RATE = 0.05
TOKEN_BYTES = 4  # of English, about: only for what the window is said to hold
_KEPT_BYTES = 16  # kept for each token of context
_GROUP = 256  # symbols that share a first code


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


class Pretrained(SequentialModel):
    """A causal language model of transformers, by name or path; its weights are loaded when they are first needed.

    Raises UnknownNameError where it is not there, UsageError where it is no such model, OptionError for windows that do
    not fit, SourceError, when first used, for damaged weights.
    """

    unit: Unit = "token"
    arithmetic: Arithmetic = "float"

    def __init__(self, path: str, *, reading: Reading | None = None, loading: Loading | None = None) -> None:
        reading, loading = reading or Reading(), loading or Loading()
        self._source = Source(path, loading)
        self.reading = reading.within(self._source.positions)
        self.name = f"hf:{path}"
        self.window_bytes = None if reading.adapt else TOKEN_BYTES * self.reading.context_tokens
        used_bytes = 4 if loading.dtype == "float32" else 2
        weights_bytes = used_bytes * self._source.parameters
        logits_bytes = 8 * self.reading.stride_tokens * self._source.width
        self.memory_bytes = (1 + 2 * reading.adapt) * weights_bytes + logits_bytes + _KEPT_BYTES * DEFAULT_BLOCK_BYTES
        self.nominal_speed = max(1, TOKEN_BYTES * 10**10 // (weights_bytes + 10**7))
        self._parts = _Parts(self._source, self.reading)
        self._past = _Past()

    @property
    def parameters(self) -> int:
        """How many weights it has, shared ones counted once."""
        return self._source.parameters

    @property
    def model_bits(self) -> float:
        """What both ends hold besides: the weights at their stored precision and the tokenizer, by xz."""
        return float(self.parameters * self._source.stored_bits) + bits_from_bytes(self._parts.tokenizer_bytes)

    @property
    def settings(self) -> Mapping[str, str | int | float | bool]:
        """What a code length depends on besides the data: window, start token, vocabulary."""
        reading, parts = self.reading, self._parts
        shown: dict[str, str | int | float | bool] = {
            "context_tokens": reading.context_tokens,
            "stride_tokens": reading.stride_tokens,
            "block_bytes": reading.block_bytes,
            "start_token": "none" if parts.start is None else parts.start_text,
            "escape": "never" if parts.vocabulary.is_complete else "adaptive",
            "parameters": self.parameters,
            "dtype": self._source.loading.dtype,
            "adapt": reading.adapt,
        }
        return shown | ({"rate": reading.rate} if reading.adapt else {})

    def order(self, n: int) -> Order:
        """The block of each position: a token may be chosen by what comes later in its block."""
        block = self.reading.block_bytes
        start = self._past.position
        return (start + np.arange(n, dtype=np.int64)) // block - start // block

    def reader(self) -> "PretrainedReader":
        """A private state that starts here."""
        return PretrainedReader(self, self._parts, self._past)

    def after(self, data: bytes) -> Self:
        """A model that has read data; nothing is priced."""
        reader = self.reader()
        reader.learn_all(data)
        return self.holding(reader.past)

    def cost(self, chunks: Iterable[bytes]) -> float:
        """Total bits of chunks read one after the other, as `bits` of all of them, in memory of a block."""
        reader, waiting, total = self.reader(), b"", []
        for chunk in chunks:
            waiting += chunk
            room = reader.room
            while len(waiting) >= room:
                total.append(math.fsum(reader.read(waiting[:room])))
                waiting, room = waiting[room:], reader.room
        return math.fsum([*total, *reader.read(waiting)])

    def holding(self, past: "_Past") -> Self:
        """This model further on."""
        model = copy.copy(self)
        model._past = past
        return model


class PretrainedReader(ByteReader):
    """Reads by tokens; `predict` and `put` step by bytes.

    What is read at once is cut as one, so that reading in steps costs a little more than reading at once, unless the
    steps end where blocks do. The next byte is predicted over both ways in which the last token may stand: ended, or
    the beginning of a longer one.
    """

    def __init__(self, model: Pretrained, parts: "_Parts", past: "_Past") -> None:
        self._model, self._parts, self.past = model, parts, past
        self._seen: list[tuple[tuple[int, ...], Probs]] = []  # entries' probabilities behind the contexts asked last

    @property
    def room(self) -> int:
        """Bytes until the block ends."""
        return self._parts.reading.block_bytes - len(self.past.begun(self._parts.reading))

    def read(self, data: bytes) -> Bits:
        """Pay for data and learn it; the cost of each byte, float64 [n]."""
        costs = [self._price(piece) for piece in self._pieces(data)]
        return np.concatenate(costs) if costs else np.zeros(0, np.float64)

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        return np.exp2(-self.read(data))

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]; they sum the tokens that go on with it."""
        look = _Look(self._parts, self.past)
        if not look.symbols or look.symbols[-1] >= self._parts.vocabulary.size:
            return self._first_bytes(look.ids, look.escapes)
        # The last token is taken back: it may be the beginning of a longer one.
        spelling = self._parts.vocabulary.spelling(look.symbols[-1])
        probabilities = self._entries(look.ids[:-1])
        low, high = self._parts.vocabulary.beginning(spelling)
        following = np.zeros(256, np.float64)
        ended = 0.0
        for entry in range(low, high):
            longer = self._parts.vocabulary.spelling(entry)
            if len(longer) > len(spelling):
                following[longer[len(spelling)]] += probabilities[entry]
            else:
                ended += float(probabilities[entry])
        following += ended * self._first_bytes(look.ids, look.escapes)
        total = float(following.sum())
        return following / total if ended > 0 else self._first_bytes(look.ids, look.escapes)

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        self.learn_all(bytes((byte,)))

    def learn_all(self, data: bytes) -> None:
        """The next bytes are these; nothing is priced."""
        for piece in self._pieces(data):
            self._advance(piece)

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        """Code data and learn it, a token a step."""
        with one_thread():
            for piece in self._pieces(data):
                look, symbols = _Look(self._parts, self.past), self._parts.vocabulary.cut(piece)
                stepper = _Stepper(self._net, self._parts, look)
                for symbol in symbols:
                    _encode(coder, stepper.probabilities(), symbol)
                    stepper.push(symbol)
                self._advance(piece)

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        """Decode so many bytes and learn them.

        Raises DamagedError where the tokens that come out are not those that an encoder would have chosen.
        """
        data = bytearray()
        with one_thread():
            while len(data) < size:
                wanted = min(self.room, size - len(data))
                stepper = _Stepper(self._net, self._parts, _Look(self._parts, self.past))
                piece, symbols = bytearray(), list[int]()
                while len(piece) < wanted:
                    symbols.append(_decode(coder, stepper.probabilities()))
                    stepper.push(symbols[-1])
                    piece += self._parts.vocabulary.spelling(symbols[-1])
                if len(piece) > wanted or self._parts.vocabulary.cut(bytes(piece)) != symbols:
                    raise DamagedError(
                        f"{self._model.name} decodes tokens that it would not have sent; the code is damaged, or was "
                        "made with other weights, another tokenizer or on another machine"
                    )
                self._advance(bytes(piece))
                data += piece
        return bytes(data)

    def freeze(self) -> Pretrained:
        """A model that starts where this reader stands."""
        return self._model.holding(self.past)

    @property
    def _net(self) -> Net:
        return self.past.net or self._parts.net

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """Data up to the end of each block; who takes a piece advances by it before the next."""
        self._tree = None
        start = 0
        while start < len(data):
            stop = min(start + self.room, len(data))
            yield data[start:stop]
            start = stop

    def _price(self, piece: bytes) -> Bits:
        parts, look, net = self._parts, _Look(self._parts, self.past), self._net
        symbols = parts.vocabulary.cut(piece)
        costs: list[Bits] = []
        for context, run in look.runs(symbols):
            ids = [parts.id_of(symbol) for symbol in run]
            known = [*context, *ids][:-1]
            rows = iter(net.logits(known, len(known) - len(context) + bool(context)) if known else ())
            for place, symbol in enumerate(run):
                has_row = bool(context) or place > 0
                entries = parts.softmax(next(rows)) if has_row else parts.uniform
                costs.append(_spread(parts.vocabulary, entries, look.escapes, symbol))
                look.escapes.learn(symbol - parts.vocabulary.size)
        self._advance(piece)
        return np.concatenate(costs)

    def _advance(self, piece: bytes) -> None:
        self._seen = []
        self.past = self.past.advanced(piece, self._parts)

    def _entries(self, ids: Sequence[int]) -> Probs:
        """Probabilities of the entries behind all of these ids, [size]."""
        parts = self._parts
        context = parts.window(ids)
        for known, probabilities in self._seen:
            if known == context:
                return probabilities
        probabilities = parts.softmax(self._net.logits(context, 1)[0]) if context else parts.uniform
        self._seen = [*self._seen[-2:], (context, probabilities)]
        return probabilities

    def _first_bytes(self, ids: Sequence[int], escapes: "_Escapes") -> Probs:
        """Probabilities of the byte with which the next symbol begins, [256]."""
        sums = np.concatenate(([0.0], self._entries(ids).cumsum()))
        begins = self._parts.vocabulary.begins
        masses = np.maximum(sums[begins[1:]] - sums[begins[:-1]], 0.0)
        if not self._parts.vocabulary.is_complete:
            masses = (1 - escapes.share) * masses + escapes.share * escapes.bytes()
        masses = np.maximum(masses, 1e-300)
        probabilities: Probs = masses / masses.sum()
        return probabilities


class _Parts:
    """What all states of a model share: net, vocabulary, start token; each is loaded when it is first asked for."""

    def __init__(self, source: Source, reading: Reading) -> None:
        self.reading, self._source = reading, source
        self._net: Net | None = None
        self._tokenizer: HuggingFaceTokenizer | None = None
        self._vocabulary: Vocabulary | None = None

    @property
    def net(self) -> Net:
        if self._net is None:
            self._net = self._source.net()
        return self._net

    @property
    def tokenizer(self) -> HuggingFaceTokenizer:
        if self._tokenizer is None:
            self._tokenizer = self._source.tokenizer()
        return self._tokenizer

    @property
    def vocabulary(self) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = vocabulary_of(self.tokenizer, self._source.width)
        return self._vocabulary

    @property
    def tokenizer_bytes(self) -> int:
        return len(lzma.compress(tokenizer_bytes(self.tokenizer)))

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


class _Escapes:
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

    def copy(self) -> "_Escapes":
        return copy.deepcopy(self)


@dataclass(frozen=True)
class _Past:
    """All that a state is: a function of the bytes that were read, and of nothing else.

    `tail` begins where a block does; `escapes` and `net` are those behind the last whole block.
    """

    position: int = 0
    tail: bytes = b""
    escapes: _Escapes = field(default_factory=_Escapes)
    net: Net | None = None  # where it has adapted

    def begun(self, reading: Reading) -> bytes:
        """The bytes of the block that has begun."""
        size = self.position % reading.block_bytes
        return self.tail[len(self.tail) - size :]

    def advanced(self, piece: bytes, parts: _Parts) -> "_Past":
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
            symbols, look = parts.vocabulary.cut(block), _Look(parts, whole)
            escapes = escapes.copy()
            for symbol in symbols:
                escapes.learn(symbol - parts.vocabulary.size)
            if reading.adapt:
                runs = [(context, [parts.id_of(symbol) for symbol in run]) for context, run in look.runs(symbols)]
                net = (net or parts.net).trained(runs, reading.rate)
        blocks = -(-_KEPT_BYTES * reading.context_tokens // reading.block_bytes)
        return replace(grown, tail=grown.tail[-blocks * reading.block_bytes :], escapes=escapes, net=net)


class _Look:
    """A state seen as tokens: the last ids, and the symbols and escapes of the block that has begun."""

    def __init__(self, parts: _Parts, past: _Past) -> None:
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


class _Stepper:
    """Probabilities of one symbol after the other, in the calls that both ends make."""

    def __init__(self, net: Net, parts: _Parts, look: _Look) -> None:
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


def _spread(vocabulary: Vocabulary, entries: Probs, escapes: _Escapes, symbol: int) -> Bits:
    """The cost of each byte of a symbol, [length]; they sum to that of the symbol."""
    share = 0.0 if vocabulary.is_complete else escapes.share
    if symbol >= vocabulary.size:
        return np.array([-math.log2(share * escapes.bytes()[symbol - vocabulary.size])])
    lows, highs = vocabulary.prefix_ranges(symbol)
    sums = np.concatenate(([0.0], entries.cumsum()))
    masses = (1 - share) * (sums[highs] - sums[lows])
    if share and len(masses):
        masses[0] += share * escapes.bytes()[vocabulary.spelling(symbol)[0]]
    cost = math.log2(max((1 - share) * float(entries[symbol]), 5e-324))
    # log2 of what is left after each byte: 0 before the first, never rising, never below the symbol's own.
    left = np.log2(np.maximum(masses, 5e-324))
    left = np.minimum.accumulate(np.clip(left, cost, 0.0)) if len(left) else left
    steps: Bits = -np.diff(np.concatenate(([0.0], left, [cost])))
    return 0.0 + steps


def _encode(coder: Encoder, probabilities: Probs, symbol: int) -> None:
    """Code a symbol in two steps, its group and its place there, so that rounding loses nothing in large alphabets."""
    group = symbol // _GROUP
    masses, inner = _grouped(probabilities, group)
    _put(coder, masses, group)
    _put(coder, inner, symbol % _GROUP)


def _decode(coder: Decoder, probabilities: Probs) -> int:
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
