"""Counts: adaptive order-k prediction by counting, the readable baseline.

Behind each context, the last o bytes, n bytes followed so far; c(s) of them were s, q of them were different. Then

    P_o(s) = (c_o(s) + w_o · P_{o−1}(s)) / (n_o + w_o),      P_{−1}(s) = 1 / 256,

is a mean of what this context saw and of what the next shorter one says. The weight w_o of the shorter context is

    w_0 = 256 α                 which makes order 0 the exact Bayes mixture under a symmetric Dirichlet(α) prior,
    w_o = q_o, o ≥ 1            the more different bytes followed, the likelier is a new one (escape C of PPM).

`estimator="blend"` goes up from order 0; a context that was never followed leaves the prediction as it is.
`estimator="dirichlet"` takes order k alone, (c(s) + α) / (n + 256 α): exact for a source with a Dirichlet(α) prior for
each context of k bytes. α = 1/2 is the estimator of Krichevsky and Trofimov.

Only + − × ÷ on float64 in written order and integers: whatever one machine codes, any other decodes.
Moffat (1990), "Implementing the PPM data compression scheme"; Krichevsky and Trofimov (1981).
"""

import copy
from collections.abc import Sequence
from typing import Literal, Self

import numpy as np

from codelength.coding.sequential import ByteReader, SequentialModel
from codelength.errors import OptionError
from codelength.models.contexts import ROW_BYTES, Contexts, distribution, pay, take_back
from codelength.types import Arithmetic, Bits, Probs, Unit
from codelength.units import GIB, MIB

MAX_ORDER = 16
_MIN_MEMORY_BYTES = 1 << 16
_BLOCK_BYTES = 1 << 14  # read between two looks at the room that is left
_JOURNAL_BYTES = 1 << 16  # longer items are read on a copy instead of being taken back


class Counts(SequentialModel):
    """Order-k byte counts, blended down to order 0 (`blend`) or of order k alone (`dirichlet`).

    `alpha` is the Dirichlet prior's parameter. Memory grows with what is read, by up to 40 · (order + 1) bytes a byte,
    and stays below `memory_bytes`, doubling included; when that is full, known strings are still counted and new ones
    are not. Raises OptionError for an order outside 0 to 16, an alpha that is not positive, an unknown estimator or
    less than 64 KiB of memory.

    After "ab", KT gives "a" 3/2 of 2 + 128 parts:

    >>> round(130 * float(Counts(order=0, alpha=0.5).after(b"ab").reader().predict()[ord("a")]), 12)
    1.5
    >>> model = Counts(order=2)
    >>> model.decode(model.encode(b"abracadabra"))
    b'abracadabra'
    """

    unit: Unit = "byte"
    arithmetic: Arithmetic = "fixed"
    window_bytes = None
    nominal_speed = 100_000

    def __init__(
        self,
        *,
        order: int = 2,
        estimator: Literal["blend", "dirichlet"] = "blend",
        alpha: float = 0.5,
        memory_bytes: int = GIB,
    ) -> None:
        if not 0 <= order <= MAX_ORDER:
            raise OptionError(f"order={order} is outside 0 to {MAX_ORDER}")
        if estimator not in ("blend", "dirichlet"):
            raise OptionError(f"estimator={estimator!r} is unknown; use blend or dirichlet")
        if not 1e-9 <= alpha <= 1e9:
            raise OptionError(f"alpha={alpha} is outside 1e-9 to 1e9; 0.5 is the KT estimator")
        if memory_bytes < _MIN_MEMORY_BYTES:
            raise OptionError(f"memory={memory_bytes} is too little; give at least {_MIN_MEMORY_BYTES} bytes")
        self.context_order = order
        self.estimator = estimator
        self.alpha = float(alpha)
        self.memory_bytes = memory_bytes
        self.name = _name(order, estimator, self.alpha, memory_bytes)
        self._contexts = Contexts.fresh(order)

    @property
    def row_limit(self) -> int:
        """The most strings that are counted: a power of two."""
        return 1 << min((self.memory_bytes // ROW_BYTES).bit_length() - 1, 30)

    def reader(self) -> "CountsReader":
        """A private state that starts here; nothing is copied before it learns."""
        return CountsReader(self, self._contexts)

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state; each is taken back after it was read, so that only its length costs time."""
        reader = self.reader()
        return [reader.trial(item) if len(item) <= _JOURNAL_BYTES else self.bits(item) for item in items]

    def holding(self, contexts: Contexts) -> Self:
        """This model with other counts, which nobody changes any more."""
        model = copy.copy(self)
        model._contexts = contexts
        return model


class CountsReader(ByteReader):
    """Reads into counts that it shares with models until it first changes them."""

    def __init__(self, model: Counts, contexts: Contexts) -> None:
        self._model = model
        self._contexts = contexts
        self._shared = True
        self._lowest = 0 if model.estimator == "blend" else model.context_order
        self._weight = 256 * model.alpha
        self._limit = model.row_limit
        self._journal = np.zeros(0, np.int64)

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]."""
        state = self._contexts
        probabilities = np.empty(256, np.float64)
        distribution(state.strings, state.slots, state.active, self._lowest, self._weight, probabilities)
        return probabilities

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        self.pay(bytes((byte,)))

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        self._tree = None
        paid = np.empty(len(data), np.float64)
        for start in range(0, len(data), _BLOCK_BYTES):
            part = slice(start, start + _BLOCK_BYTES)
            self._pay(data[part], paid[part], self._journal[:0])
        return paid

    def trial(self, item: bytes) -> Bits:
        """Pay for an item and then stand where this stood before it."""
        depth = self._model.context_order + 1
        if len(self._journal) < len(item) * depth:
            self._journal = np.zeros(len(item) * depth, np.int64)
        paid = np.empty(len(item), np.float64)
        active = self._contexts.active.copy()
        journalled = self._pay(item, paid, self._journal)
        state = self._contexts
        take_back(state.strings, state.slots, state.used, self._journal, journalled)
        state.active[:] = active
        return 0.0 - np.log2(paid)

    def freeze(self) -> Counts:
        """A model that starts where this reader stands; the counts are copied only when this goes on."""
        self._shared = True
        return self._model.holding(self._contexts)

    def _pay(self, data: bytes, paid: Probs, journal: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
        if self._shared:
            self._contexts, self._shared = self._contexts.copy(), False
        state = self._contexts
        state.reserve(len(data) * len(state.active), self._limit)
        octets = np.frombuffer(data, np.uint8)
        tables = (state.strings, state.slots, state.used, state.active)
        return pay(*tables, octets, self._lowest, self._weight, self._limit, paid, journal)


def _name(order: int, estimator: str, alpha: float, memory_bytes: int) -> str:
    name = f"counts:order={order}"
    if estimator != "blend":
        name += f",estimator={estimator}"
    if alpha != 0.5:
        name += f",alpha={alpha!r}"
    if memory_bytes != GIB:
        name += f",memory={memory_bytes // MIB}MiB" if memory_bytes % MIB == 0 else f",memory={memory_bytes}"
    return name
