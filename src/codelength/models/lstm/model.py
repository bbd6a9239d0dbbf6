"""The net as a model of its own: `fixed_lstm`, which learns from each byte and which any machine decodes.

No arithmetic lives here: a reader owns a `Net` and hands bytes to its kernel.
"""

import copy
from collections.abc import Sequence
from typing import Self

import numpy as np

from codelength.coding.sequential import ByteReader, SequentialModel, ordered_sum
from codelength.errors import CodecError, OptionError
from codelength.models.lstm.arithmetic import flushes
from codelength.models.lstm.kernel import payer, put_back
from codelength.models.lstm.state import LANE_CELLS, Net, fresh
from codelength.types import Arithmetic, Bits, Probs, Unit

MAX_CELLS, MAX_LAYERS = 1024, 4
_JOURNALED = 1 << 15  # longer items are read on a copy instead of being taken back


class FixedLstm(SequentialModel):
    """A long short-term memory over bytes, trained as it reads, in float32 of a written order.

    `layers` layers of `cells` cells; every byte costs about 6 · layers · cells² + 1,500 · cells multiplications. Raises
    OptionError for cells that are no multiple of 32 up to 1024 or layers outside 1 to 4, CodecError where the process
    flushes small numbers to zero, which would make its codes its own.

    >>> model = FixedLstm(cells=32, layers=1)
    >>> model.decode(model.encode(b"to be or not to be"))
    b'to be or not to be'
    >>> read = model.after(b"ab" * 300)
    >>> bool(read.bits(b"abab").sum() < 0.1 * model.bits(b"abab").sum())
    True
    """

    unit: Unit = "byte"
    arithmetic: Arithmetic = "fixed"
    window_bytes = None

    def __init__(self, *, cells: int = 128, layers: int = 2) -> None:
        if cells % LANE_CELLS or not 0 < cells <= MAX_CELLS:
            raise OptionError(f"cells={cells} is no multiple of {LANE_CELLS} from {LANE_CELLS} to {MAX_CELLS}")
        if not 1 <= layers <= MAX_LAYERS:
            raise OptionError(f"layers={layers} is outside 1 to {MAX_LAYERS}")
        check_processor()
        self.cells, self.layers = cells, layers
        self.name = f"fixed_lstm:cells={cells},layers={layers}"
        self._net = fresh(cells, layers)
        self.memory_bytes = sum(array.nbytes for array in self._net)
        self.nominal_speed = max(100, 1_500_000_000 // (6 * layers * cells * cells + 1_500 * cells))

    def reader(self) -> "FixedLstmReader":
        """A private state that starts here; nothing is copied before it learns."""
        return FixedLstmReader(self, self._net)

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state; each is taken back after it was read."""
        net = self._net.copy()
        costs = []
        for item in items:
            if len(item) > _JOURNALED:
                costs.append(self.bits(item))
                continue
            costs.append(0.0 - np.log2(_paid(net, item)))
            put_back(net, self._net)
        return costs

    def holding(self, net: Net) -> Self:
        """This model with another net, which nobody changes any more."""
        model = copy.copy(self)
        model._net = net
        return model


class FixedLstmReader(ByteReader):
    """Reads into a net that it shares with models until it first learns."""

    def __init__(self, model: FixedLstm, net: Net) -> None:
        self._model = model
        self._net = net
        self._shared = True

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]."""
        leaves = self._net.tree[256:].astype(np.float64)
        return leaves / ordered_sum(leaves)

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        self.pay(bytes((byte,)))

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        self._tree = None
        if data and self._shared:
            self._net, self._shared = self._net.copy(), False
        return _paid(self._net, data)

    def freeze(self) -> FixedLstm:
        """A model that starts where this reader stands; the net is copied only when this goes on."""
        self._shared = True
        return self._model.holding(self._net)


def check_processor() -> None:
    """Raise CodecError where this process takes the smallest numbers for zero."""
    if flushes(np.array([np.finfo(np.float32).tiny])):
        raise CodecError(
            "this process flushes small numbers to zero, and the net would compute other numbers than elsewhere; "
            "switch that off, in PyTorch by torch.set_flush_denormal(False)"
        )


def _paid(net: Net, data: bytes) -> Probs:
    paid = np.empty(len(data), np.float64)
    payer()(net, np.frombuffer(data, np.uint8), paid, np.empty(256, np.float64))
    return paid
