"""What a model is: a value that can send data, and a reader, the one thing that changes.

    Codec        encode, decode                      every library codec
    Conditional  + after                             both ends may have read something before
    Model        + bits, bits_each, cost, reader     can say what each unit costs

Laws and measures select by these protocols and by the declared fields, never by lists of names.
Code lengths are float64 bits; bytes are counted on the raw input.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.float64]  # cost of each byte, in bits, [n]
Probs = npt.NDArray[np.float64]  # probability of each symbol, [256] for bytes; sums to 1
Inputs = npt.NDArray[np.float32]  # what both ends know of n items, [n, ...]
Labels = npt.NDArray[np.int64]  # classes of n items, [n]
Order = npt.NDArray[np.int64]  # step at which each position is coded, [n]; equal steps are coded together
Unit = Literal["bit", "byte", "token"]
Arithmetic = Literal["integer", "fixed", "float"]
Kind = Literal["coded", "ideal", "prequential", "difference"]


class Encoder(Protocol):
    """Takes probabilities and what happened; gives bytes at the end."""

    def bit(self, bit: int, p1: int) -> None:
        """Code one bit whose 16-bit probability of being 1 is p1 / 65536, 0 < p1 < 65536."""

    def bits(self, bits: npt.NDArray[np.uint8], p1: npt.NDArray[np.uint16]) -> None:
        """Code bits [n] whose 16-bit probabilities of being 1 are p1 [n]."""

    def symbol(self, low: int, size: int) -> None:
        """Code a symbol that holds [low, low + size) of 2^24 equal parts."""

    def finish(self) -> bytes:
        """All the code; the encoder cannot be used after it."""


class Decoder(Protocol):
    """The other end of an Encoder. Its fields let a compiled kernel pull bits by itself."""

    state: npt.NDArray[np.int64]
    code: npt.NDArray[np.uint8]

    def bit(self, p1: int) -> int:
        """The next bit, whose 16-bit probability of being 1 is p1 / 65536."""

    def target(self) -> int:
        """Where in 2^24 parts the next symbol lies; `symbol` must follow."""

    def symbol(self, low: int, size: int) -> None:
        """Take the symbol that holds [low, low + size) of 2^24 parts."""


@runtime_checkable
class Codec(Protocol):
    """Can send data: every library codec."""

    @property
    def name(self) -> str:
        """What the user typed: ``xz``, ``mixing:level=max``."""

    @property
    def window_bytes(self) -> int | None:
        """How far back it can see; None where nothing but memory bounds it."""

    @property
    def memory_bytes(self) -> int:
        """What decoding needs at most, about."""

    @property
    def nominal_speed(self) -> int:
        """Bytes decoded in a second on a present machine: an order of magnitude, for forecasts."""

    def encode(self, data: bytes) -> bytes:
        """Code that `decode` turns back into data."""

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        """The data that was encoded.

        Raises DamagedError where the code is not one that `encode` makes, LimitError where the data would be
        longer than limit_bytes; a hostile code costs no more memory than that.
        """


@runtime_checkable
class Conditional(Codec, Protocol):
    """Both ends may have read something before: zstd, gzip, every Model."""

    def after(self, data: bytes) -> Self:
        """A new value that has read data; this one stays as it was."""


@runtime_checkable
class MachineBound(Protocol):
    """A codec whose float arithmetic must be repeated to the last bit by whoever decodes."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What that depends on here: versions, processor, device; recorded beside a code. Empty where on nothing."""


class Reader(Protocol):
    """A private state of a model: mutable, cheap to step."""

    def read(self, data: bytes) -> Bits:
        """Pay for data and learn it; the cost of each byte, float64 [n]."""

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]; only between bytes."""

    def p1(self) -> int:
        """16-bit probability that the next bit (most significant first) is 1, between 1 and 65535."""

    def put(self, bit: int) -> None:
        """The next bit is this: learn it."""

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        """Code data and learn it."""

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        """Decode so many bytes and learn them."""

    def freeze(self) -> "Model":
        """A model that starts where this reader stands."""


@runtime_checkable
class Model(Conditional, Protocol):
    """Can also say what each unit costs."""

    @property
    def unit(self) -> Unit:
        """What it predicts."""

    @property
    def arithmetic(self) -> Arithmetic:
        """Who can decode: anyone (integer, fixed), or only this kind of machine (float)."""

    def order(self, n: int) -> Order:
        """The step at which each of n positions is coded, int64 [n]."""

    def bits(self, data: bytes) -> Bits:
        """Ideal cost of each byte, float64 [n]."""

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state, as `[bits(item) for item in items]` would give it."""

    def cost(self, chunks: Iterable[bytes]) -> float:
        """Total bits of chunks read one after the other, in memory that does not grow with them."""

    def reader(self) -> Reader:
        """A private state that starts here."""


@runtime_checkable
@runtime_checkable
class Equipped(Protocol):
    """A codec both of whose ends hold more than this library: weights that would have to be sent besides."""

    @property
    def model_bits(self) -> float:
        """What sending it would cost."""

    @property
    def settings(self) -> Mapping[str, str | int | float | bool]:
        """What its code lengths depend on besides the data: windows, start token, ..."""


class Learner(Protocol):
    """Pays for labels as they come: what a label costs was predicted before it was learnt."""

    def predict(self, x: Inputs) -> Probs:
        """Probabilities of the labels of x [n, ...], each alone, by what was learnt so far: float64 [n, classes]."""

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x [n, ...] are y [n]."""


@runtime_checkable
class PayingLearner(Learner, Protocol):
    """Learns from each label before the next one of the same chunk: mixtures and calibration, which cost little."""

    def pay(self, x: Inputs, y: Labels) -> Probs:
        """The probability that each label had, given those before it, [n]; learn them all."""
