"""Mixtures of models, byte by byte: `Bayes` finds the best member, `Switching` the best sequence of members.

Members i with weights w_i, at first 1/n each, predict together

    P(s) = Σ_i w_i P_i(s) / Σ_i w_i,        and then        w_i ← w_i P_i(s) for the byte s that came.

In `Bayes` the weight of a member is its prior times its probability of all that was read, so the mixture costs at most
log2 n more than the best member. `Switching` then moves a part a of each weight to the other members (fixed share,
Herbster and Warmuth 1998): w_i ← (1 − a) w_i + a / (n − 1) · Σ_{j≠i} w_j, the weights summing to 1, which makes it the
Bayes mixture over all sequences of members, a sequence being as likely as its switches.

Where all members predict bytes, the mixture does. Where one predicts bits, they meet in the bit: each member says what
it gives to the bytes that begin with the bits so far, and the mixture of those, for a 1 over both, is p(next bit is 1).
By the chain rule the bits of a byte cost what the byte costs in the mixture, up to the rounding of each p to 16 bits.

Weights (`weights.py`) never become 0 and are the same on every machine.
"""

import copy
import math
from collections.abc import Sequence
from typing import Protocol, Self, runtime_checkable

import numpy as np

from codelength.coding.sequential import ByteReader, SequentialModel, clip_p1
from codelength.errors import OptionError
from codelength.models.weights import DECREASING, STATIC, Weights
from codelength.types import Arithmetic, Bits, Decoder, Encoder, MachineBound, Model, Probs, Reader, Unit

_ORDER_CHECK = 4096  # positions over which members must be in file order


class Mixture(SequentialModel):
    """What both mixtures are: members, and weights that only a reader changes."""

    unit: Unit
    arithmetic: Arithmetic

    def __init__(self, verb: str, members: Sequence[Model], rate: float) -> None:
        self.members = tuple(members)
        if not self.members:
            raise OptionError(f"{verb}() has no members; name at least one model")
        for member in self.members:
            _require_mixable(verb, member)
        self.name = f"{verb}({','.join(member.name for member in self.members)})"
        self.unit = "byte" if all(member.unit == "byte" for member in self.members) else "bit"
        self.arithmetic = "float" if any(member.arithmetic == "float" for member in self.members) else "fixed"
        windows = [member.window_bytes for member in self.members if member.window_bytes is not None]
        self.window_bytes = max(windows) if len(windows) == len(self.members) else None
        self.memory_bytes = sum(member.memory_bytes for member in self.members)
        slowest = 40_000 if self.unit == "byte" else 8_000  # of the mixing itself
        self.nominal_speed = max(1, int(1 / (1 / slowest + sum(1 / member.nominal_speed for member in self.members))))
        self._weights = Weights.uniform(len(self.members), rate)

    @property
    def environment(self) -> dict[str, str]:
        """What the members' arithmetic depends on, each line with its member's number where several have one."""
        bound = [(i, dict(m.environment)) for i, m in enumerate(self.members) if isinstance(m, MachineBound)]
        bound = [(i, found) for i, found in bound if found]
        if len(bound) == 1:
            return bound[0][1]
        return {f"{i} {key}": value for i, found in bound for key, value in found.items()}

    def reader(self) -> "ByteMixtureReader | BitMixtureReader":
        """A private state that starts here."""
        readers = [member.reader() for member in self.members]
        if self.unit == "byte":
            return ByteMixtureReader(self, [_byte_reader(reader) for reader in readers], self._weights.copy())
        return BitMixtureReader(self, [_voice(reader) for reader in readers], self._weights.copy())

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state, as fast as the members do it."""
        costs = [member.bits_each(items) for member in self.members]
        return [0.0 - np.log2(self._weights.copy().pay(np.exp2(-np.stack(each)))) for each in zip(*costs, strict=True)]

    def holding(self, members: Sequence[Model], weights: Weights) -> Self:
        """This mixture with its members and weights further on."""
        mixture = copy.copy(self)
        mixture.members, mixture._weights = tuple(members), weights
        return mixture


class Bayes(Mixture):
    """The Bayes mixture of models: costs at most what the best member costs, and `bound_bits` = log2 n.

    Raises OptionError for no members, and for members of tokens or of another order than the file's.

    >>> from codelength.models.counts import Counts
    >>> members = (Counts(order=0), Counts(order=2))
    >>> data = b"to be or not to be " * 20
    >>> bool(Bayes(members).bits(data).sum() <= min(member.bits(data).sum() for member in members) + 1)
    True
    """

    def __init__(self, members: Sequence[Model]) -> None:
        super().__init__("bayes", members, STATIC)

    @property
    def bound_bits(self) -> float:
        """The most that this costs above its best member, from the start: log2 n."""
        return math.log2(len(self.members))


class Switching(Mixture):
    """The mixture of all sequences of members: costs at most what the best costs, and `bound_bits`.

    `rate` is the part a of each weight that is moved after a byte; None, the default, stands for 1 / (t + 1) after t
    bytes, which needs no tuning. Raises OptionError for a rate outside 0 to 1, and as Bayes does.

    >>> from codelength.models.counts import Counts
    >>> model = Switching((Counts(order=0), Counts(order=2)), rate=0.25)
    >>> model.bound_bits(3, switches=1)  # which first: 1 bit; a switch at 1/4: 2 bits; none at 3/4: 0.415 bits
    3.415037499278844
    >>> model.decode(model.encode(b"abracadabra"))
    b'abracadabra'
    """

    def __init__(self, members: Sequence[Model], *, rate: float | None = None) -> None:
        if rate is not None and not 0 < rate < 1:
            raise OptionError(f"rate={rate} is outside 0 to 1; leave it out for 1 / (t + 1)")
        super().__init__("switching", members, DECREASING if rate is None else float(rate))
        self.rate = rate
        if rate is not None:
            self.name += f":rate={rate!r}"

    def bound_bits(self, size: int, switches: int = 0) -> float:
        """The most that `size` bytes cost, from the start, above any sequence of members with so many switches.

        With N bytes, n members and m switches: log2 n + m log2((n − 1) / a) + (N − 1 − m) log2(1 / (1 − a)) for a
        fixed rate a; log2 n + log2 N + m log2((n − 1)(N − 1)) for 1 / (t + 1).
        """
        others, steps = len(self.members) - 1, size - 1
        if not 0 <= switches <= max(steps, 0) or (switches and not others):
            raise OptionError(f"{size} bytes and {others + 1} members have no sequence with {switches} switches")
        first = math.log2(others + 1)
        if steps < 1 or not others:
            return first
        if self.rate is None:
            return first + math.log2(size) + (switches * math.log2(others * steps) if switches else 0.0)
        return first + switches * math.log2(others / self.rate) - (steps - switches) * math.log2(1 - self.rate)


@runtime_checkable
class Voice(Protocol):
    """A reader as a member among bits: what it gives to bytes, exactly; ByteReader and BitMixtureReader are such."""

    def predict(self) -> Probs:
        """Probabilities of the next byte, [256]."""

    def mass(self, bit: int) -> float:
        """Probability that the next byte begins with the bits that were put and then this one."""

    def put(self, bit: int) -> None:
        """The next bit is this."""

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, as `mass` at its last bit would give it, [n]."""

    def freeze(self) -> Model:
        """A model that starts where this reader stands."""


@runtime_checkable
class Paying(Protocol):
    """A reader of bits that pays for many bytes at once: for each the product of p/65536, first bit first."""

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, [n]."""


class ByteMixtureReader(ByteReader):
    """Reads members that predict bytes."""

    def __init__(self, model: Mixture, readers: Sequence[ByteReader], weights: Weights) -> None:
        self._model, self._readers, self._weights = model, readers, weights
        self._predictions: list[Probs] = []  # of the members for the next byte, where they were asked

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]."""
        self._predictions = [reader.predict() for reader in self._readers]
        return _mixed(self._weights.scaled(), self._predictions)

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        if not self._predictions:
            self._predictions = [reader.predict() for reader in self._readers]
        self._weights.pay(np.array([[prediction[byte]] for prediction in self._predictions]))
        self._predictions = []
        for reader in self._readers:
            reader.learn(byte)

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        self._tree = None
        self._predictions = []
        return self._weights.pay(np.stack([reader.pay(data) for reader in self._readers]))

    def freeze(self) -> Mixture:
        """A mixture that starts where this reader stands."""
        return self._model.holding([reader.freeze() for reader in self._readers], self._weights.copy())


class BitMixtureReader:
    """Reads members of which at least one predicts bits."""

    def __init__(self, model: Mixture, voices: Sequence[Voice], weights: Weights) -> None:
        self._model, self._voices, self._weights = model, voices, weights
        self._scaled = weights.scaled()
        self._put = 0  # bits of the byte in hand

    def read(self, data: bytes) -> Bits:
        """Pay for data and learn it; the cost of each byte before rounding, float64 [n]."""
        costs: Bits = 0.0 - np.log2(self.pay(data))
        return costs

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        return self._learn(np.stack([voice.pay(data) for voice in self._voices]))

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]; only between bytes."""
        return _mixed(self._scaled, [voice.predict() for voice in self._voices])

    def mass(self, bit: int) -> float:
        """Probability that the next byte begins with the bits that were put and then this one."""
        mass = total = 0.0
        for weight, voice in zip(self._scaled, self._voices, strict=True):
            total += weight
            mass += weight * voice.mass(bit)
        return mass / total

    def p1_exact(self) -> float:
        """Probability that the next bit is 1, before rounding."""
        zero, one = self.mass(0), self.mass(1)
        return one / (zero + one)

    def p1(self) -> int:
        """16-bit probability that the next bit is 1."""
        return clip_p1(self.p1_exact())

    def put(self, bit: int) -> None:
        """The next bit is this."""
        ends = self._put == 7
        paid = [voice.mass(bit) for voice in self._voices] if ends else []
        for voice in self._voices:
            voice.put(bit)
        self._put = (self._put + 1) % 8
        if ends:
            self._learn(np.array([[probability] for probability in paid]))

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        """Code data and learn it."""
        for byte in data:
            for place in range(7, -1, -1):
                bit = byte >> place & 1
                coder.bit(bit, self.p1())
                self.put(bit)

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        """Decode so many bytes and learn them."""
        data = bytearray()
        for _ in range(size):
            byte = 0
            for _ in range(8):
                bit = coder.bit(self.p1())
                self.put(bit)
                byte = byte << 1 | bit
            data.append(byte)
        return bytes(data)

    def freeze(self) -> Mixture:
        """A mixture that starts where this reader stands."""
        return self._model.holding([voice.freeze() for voice in self._voices], self._weights.copy())

    def _learn(self, paid: Probs) -> Probs:
        mixed = self._weights.pay(paid)
        self._scaled = self._weights.scaled()
        return mixed


class _Steps:
    """A reader that gives 16-bit probabilities of bits, as a Voice: the mass of a prefix is their product."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._prefix_mass = 1.0
        self._put = 0
        self._p1: float | None = None  # asked once a bit

    def predict(self) -> Probs:
        return self._reader.predict()

    def mass(self, bit: int) -> float:
        if self._p1 is None:
            self._p1 = self._reader.p1() / 65536
        return self._prefix_mass * (self._p1 if bit else 1.0 - self._p1)

    def put(self, bit: int) -> None:
        self._put = (self._put + 1) % 8
        self._prefix_mass = self.mass(bit) if self._put else 1.0
        self._p1 = None
        self._reader.put(bit)

    def pay(self, data: bytes) -> Probs:
        self._p1 = None
        if isinstance(self._reader, Paying):
            return self._reader.pay(data)
        paid = np.empty(len(data), np.float64)
        for i, byte in enumerate(data):
            for place in range(7, 0, -1):
                self.put(byte >> place & 1)
            paid[i] = self.mass(byte & 1)
            self.put(byte & 1)
        return paid

    def freeze(self) -> Model:
        return self._reader.freeze()


def _voice(reader: Reader) -> Voice:
    return reader if isinstance(reader, Voice) else _Steps(reader)


def _byte_reader(reader: Reader) -> ByteReader:
    if not isinstance(reader, ByteReader):
        raise OptionError(f"{type(reader).__name__} predicts bytes but is no ByteReader; it cannot be mixed")
    return reader


def _require_mixable(verb: str, member: Model) -> None:
    if member.unit == "token":
        raise OptionError(f"{member.name} predicts tokens; {verb} mixes models of bytes and bits")
    if not (member.order(_ORDER_CHECK) == np.arange(_ORDER_CHECK)).all():
        raise OptionError(f"{member.name} does not code in file order; {verb} mixes models that do")


def _mixed(weights: list[float], predictions: Sequence[Probs]) -> Probs:
    # The order of operations of `_pay`, for all 256 bytes at once.
    mixed = np.zeros(256, np.float64)
    total = 0.0
    for weight, prediction in zip(weights, predictions, strict=True):
        total += weight
        mixed += weight * prediction
    mixed /= total
    return mixed
