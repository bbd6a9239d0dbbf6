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
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self

import numpy as np

from codelength.coding.sequential import ByteReader, SequentialModel
from codelength.errors import DamagedError
from codelength.models.pretrained_coding import Stepper, decode_symbol, encode_symbol, spread
from codelength.models.pretrained_net import Loading, Net, Source, one_thread
from codelength.models.pretrained_state import DEFAULT_BLOCK_BYTES, KEPT_BYTES, Escapes, Look, Parts, Past, Reading
from codelength.types import Arithmetic, Bits, Decoder, Encoder, Order, Probs, Unit

_UNSETTLED_BYTES = 16  # in which a token may end elsewhere than in the tokenizer's cut
TOKEN_BYTES = 4  # of English, about: only for what the window is said to hold


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
        self.memory_bytes = (1 + 2 * reading.adapt) * weights_bytes + logits_bytes + KEPT_BYTES * DEFAULT_BLOCK_BYTES
        self.nominal_speed = max(1, TOKEN_BYTES * 10**10 // (weights_bytes + 10**7))
        self._parts = Parts(self._source, self.reading)
        self._past = Past()

    @property
    def parameters(self) -> int:
        """How many weights it has, shared ones counted once."""
        return self._source.parameters

    @property
    def model_bits(self) -> float:
        """What both ends hold besides: the weights at their stored precision and the tokenizer, by xz."""
        return float(self.parameters * self._source.stored_bits) + self._parts.tokenizer_bits

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

    @property
    def environment(self) -> Mapping[str, str]:
        """What a decoder must have alike: versions, processor, device; `checkpoint` is of weights and tokenizer."""
        return self._parts.environment

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

    def holding(self, past: "Past") -> Self:
        """This model further on."""
        model = copy.copy(self)
        model._past = past
        return model


class PretrainedReader(ByteReader):
    """Reads by tokens; `predict` and `put` step by bytes.

    What is read at once is cut as one, so that reading in steps costs a little more than reading at once, unless the
    steps end where blocks do. The next byte is predicted over all ways in which tokens may divide the last bytes.
    """

    def __init__(self, model: Pretrained, parts: "Parts", past: "Past") -> None:
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
        """Probabilities of the next byte, float64 [256]; they sum over where tokens may end in the last bytes."""
        vocabulary, look = self._parts.vocabulary, Look(self._parts, self.past)
        spellings = [vocabulary.spelling(symbol) for symbol in look.symbols]
        settled = len(spellings)
        while settled and sum(map(len, spellings[settled:])) < _UNSETTLED_BYTES:
            if look.symbols[settled - 1] >= vocabulary.size:  # an escaped byte, where a token must have ended
                break
            settled -= 1
        data = b"".join(spellings[settled:])
        # At each place where a token may end: the probability that the data up to it came in whole tokens, and the ids
        # of the likeliest such tokens.
        ends: dict[int, tuple[float, list[int]]] = {0: (1.0, look.ids[: len(look.ids) - len(spellings) + settled])}
        following, best = np.zeros(256, np.float64), np.zeros(len(data) + 1, np.float64)
        for place in range(len(data) + 1):
            if place not in ends:
                continue
            weight, ids = ends[place]
            if place == len(data):
                following += weight * self._first_bytes(ids, look.escapes)
                continue
            entries = self._entries(ids)
            following += weight * self._next_bytes(entries, data[place:])
            for entry, size in vocabulary.beginnings_of(data[place:]):
                end, came = place + size, weight * float(entries[entry])
                before = ends.get(end, (0.0, []))
                likelier = came > best[end]
                best[end] = max(best[end], came)
                ends[end] = (before[0] + came, [*ids, self._parts.id_of(entry)] if likelier else before[1])
        total = float(following.sum())
        return following / total if following.min() > 0 else self._first_bytes(look.ids, look.escapes)

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
                look, symbols = Look(self._parts, self.past), self._parts.vocabulary.cut(piece)
                stepper = Stepper(self._net, self._parts, look)
                for symbol in symbols:
                    encode_symbol(coder, stepper.probabilities(), symbol)
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
                stepper = Stepper(self._net, self._parts, Look(self._parts, self.past))
                piece, symbols = bytearray(), list[int]()
                while len(piece) < wanted:
                    symbols.append(decode_symbol(coder, stepper.probabilities()))
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
        parts, look, net = self._parts, Look(self._parts, self.past), self._net
        symbols = parts.vocabulary.cut(piece)
        costs: list[Bits] = []
        for context, run in look.runs(symbols):
            ids = [parts.id_of(symbol) for symbol in run]
            known = [*context, *ids][:-1]
            rows = iter(net.logits(known, len(known) - len(context) + bool(context)) if known else ())
            for place, symbol in enumerate(run):
                has_row = bool(context) or place > 0
                entries = parts.softmax(next(rows)) if has_row else parts.uniform
                costs.append(spread(parts.vocabulary, entries, look.escapes, symbol))
                look.escapes.learn(symbol - parts.vocabulary.size)
        self._advance(piece)
        return np.concatenate(costs)

    def _advance(self, piece: bytes) -> None:
        net = self.past.net
        self.past = self.past.advanced(piece, self._parts)
        if self.past.net is not net:
            self._seen = []

    def _entries(self, ids: Sequence[int]) -> Probs:
        """Probabilities of the entries behind all of these ids, [size]."""
        parts = self._parts
        context = parts.window(ids)
        for known, probabilities in self._seen:
            if known == context:
                return probabilities
        probabilities = parts.softmax(self._net.logits(context, 1)[0]) if context else parts.uniform
        self._seen = [*self._seen[-31:], (context, probabilities)]
        return probabilities

    def _next_bytes(self, entries: Probs, prefix: bytes) -> Probs:
        """Probabilities that an entry begins with a prefix and then goes on with each byte, [256]."""
        vocabulary = self._parts.vocabulary
        low, high = vocabulary.beginning(prefix)
        following = np.zeros(256, np.float64)
        for entry in range(low, high):
            spelling = vocabulary.spelling(entry)
            if len(spelling) > len(prefix):
                following[spelling[len(prefix)]] += entries[entry]
        return following

    def _first_bytes(self, ids: Sequence[int], escapes: "Escapes") -> Probs:
        """Probabilities of the byte with which the next symbol begins, [256]."""
        sums = np.concatenate(([0.0], self._entries(ids).cumsum()))
        begins = self._parts.vocabulary.begins
        masses = np.maximum(sums[begins[1:]] - sums[begins[:-1]], 0.0)
        if not self._parts.vocabulary.is_complete:
            masses = (1 - escapes.share) * masses + escapes.share * escapes.bytes()
        masses = np.maximum(masses, 1e-300)
        probabilities: Probs = masses / masses.sum()
        return probabilities
