"""A net with its orders as a Model: predict, pay, update, in file order.

`bits` runs whole blocks at once. A coder asks byte by byte: the same function of the same past, whose rounding differs
in the last bits, so nothing that a coder uses comes from a whole block, and what is learned from a block never depends
on how its bytes were paid: at its end the block is run whole at both ends, and gate and net learn from that run.

All runs use one thread and deterministic algorithms, whatever the process is set to.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch

from codelength.coding.sequential import ByteReader, SequentialModel
from codelength.models.nets import gate as gates
from codelength.models.nets.environment import environment
from codelength.models.nets.gate import Gate
from codelength.models.nets.modules import Net, sizes
from codelength.models.nets.orders import Inputs, Orders, collect, look
from codelength.models.nets.training import Learning, Pass, Recipe, Stepper, learn, run
from codelength.types import Arithmetic, Bits, Probs, Unit
from codelength.units import MIB, bits_from_bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """The file with whose state a model began (checkpoint.py), and what that had read."""

    fingerprint: str
    file_bytes: int
    read_bytes: int
    read_sha256: str  # of the bytes read, in hex
    curve: tuple[tuple[int, float], ...]  # bytes read so far and what they cost, in bits


@dataclass(slots=True)
class State:
    """Everything that was learned from whole blocks, and the bytes of the block in hand."""

    learning: Learning
    orders: Orders | None  # has counted the bytes in hand
    gate: Gate
    pending: bytes
    inputs: Inputs  # [8 P], of the bytes in hand

    def copy(self) -> Self:
        """The same in memory of its own."""
        orders = self.orders.copy() if self.orders is not None else None
        return type(self)(self.learning.copy(), orders, self.gate.copy(), self.pending, self.inputs.copy())


class NetModel(SequentialModel):
    """A transformer or LSTM over bytes that learns what it codes; `registry.create` makes it from a name."""

    unit: Unit = "byte"
    arithmetic: Arithmetic = "float"
    window_bytes = None

    def __init__(self, full_name: str, net: Net, recipe: Recipe, *, orders_bytes: int) -> None:
        self.name = self.full_name = full_name  # the second one keeps all options, whatever was typed
        self.net, self.recipe, self.orders_bytes = net, recipe, orders_bytes
        self.nominal_speed = 1000
        self.checkpoint: Origin | None = None
        # Weights with what their optimizer keeps, a block's activations, the orders and their inputs to the gate.
        counted = 2 * orders_bytes + 2_000 * net.block if orders_bytes else 0
        self.memory_bytes = 40 * self.parameters + net.working_bytes(recipe.replays) + counted + 64 * MIB
        self.state: State | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a decoder must share, to be recorded beside a code."""
        found = environment(self.recipe.seed, self.recipe.device)
        return {**found, "checkpoint": self.checkpoint.fingerprint} if self.checkpoint else found

    @property
    def model_bits(self) -> float:
        """What sending the state that it began with would cost: nothing for first weights that follow from the seed."""
        return bits_from_bytes(self.checkpoint.file_bytes if self.checkpoint else 0)

    @property
    def settings(self) -> dict[str, str | int | float | bool]:
        """What its numbers depend on besides the data."""
        return {"parameters": self.parameters, **self.environment}

    @property
    def parameters(self) -> int:
        """How many weights the net has, those of the gate not counted."""
        return sum(sizes(list(self.net.shapes().values())))

    def reader(self) -> "NetReader":
        """A private state that starts here; nothing is copied before it learns."""
        return NetReader(self, self.state or self.fresh(), shared=self.state is not None)

    def bits(self, data: bytes) -> Bits:
        """Ideal cost of each byte, float64 [n]."""
        return self.reader().read(data)

    def fresh(self) -> State:
        """Nothing read."""
        with alone():
            learning = Learning.fresh(self.net, self.recipe)
        orders = Orders.fresh(self.orders_bytes) if self.orders_bytes else None
        inputs = Inputs.room(8 * self.net.block if orders is not None else 0)
        return State(learning, orders, Gate.fresh(), b"", inputs)

    def holding(self, state: State) -> Self:
        """This model with another state, which nobody changes any more."""
        model = copy.copy(self)
        model.state = state
        return model


class NetReader(ByteReader):
    """Reads into a state that it shares with models until it first changes it."""

    def __init__(self, model: NetModel, state: State, *, shared: bool) -> None:
        self._model, self._net, self._recipe = model, model.net, model.recipe
        self._state = state
        self._shared = shared
        self._walk: _Walk | None = None
        self._shown: Probs | None = None

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]."""
        if self._shown is None:
            with alone():
                self._shown = self._stepping().predict(self._state)
        return self._shown.copy()

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        walk = self._walk
        self._take(bytes((byte,)))
        with alone():
            if len(self._state.pending) == self._net.block:
                self._end_block()
            elif walk is not None:
                walk.learn(self._state)

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        self._tree = None
        paid = np.empty(len(data), np.float64)
        shown = self._shown
        done = 0
        while done < len(data):
            before = len(self._state.pending)
            part = data[done : done + self._net.block - before]
            self._take(part)
            with alone():
                costs = self._end_block() if len(self._state.pending) == self._net.block else self._looked_at()
            paid[done : done + len(part)] = costs[before : before + len(part)]
            done += len(part)
        if shown is not None and data:
            paid[0] = shown[data[0]]
        return paid

    def freeze(self) -> NetModel:
        """A model that starts where this reader stands; the state is copied only when this goes on."""
        self._settle()
        self._shared = True
        return self._model.holding(self._state)

    def _stepping(self) -> "_Walk":
        if self._walk is None:
            self._own()
            self._walk = _Walk(self._net, self._recipe, self._state)
        return self._walk

    def _take(self, data: bytes) -> None:
        # Count bytes that lie in one block.
        self._own()
        state, start = self._state, len(self._state.pending)
        if state.orders is not None:
            into = state.inputs.part(start, start + len(data))
            collect(state.orders, np.frombuffer(data, np.uint8), into)
        state.pending += data
        self._shown = None

    def _end_block(self) -> Probs:
        # The block is complete: what its bytes cost, and everything learns.
        self._settle()
        state = self._state
        passed = run(self._net, self._recipe, state.learning, state.pending)
        costs = self._costs(passed)
        learn(self._net, self._recipe, state.learning, passed, state.pending)
        state.pending = b""
        return costs

    def _looked_at(self) -> Probs:
        # What the bytes in hand cost; nothing learns yet.
        self._settle()
        state = self._state
        passed = run(self._net, self._recipe, state.learning, state.pending)
        journal = np.empty((8 * len(state.pending), gates.JOURNAL_WIDTH), np.float32)
        costs = self._costs(passed, journal)
        if state.orders is not None:
            gates.take_back(state.gate, state.inputs, journal, len(state.pending))
        return costs

    def _costs(self, passed: Pass, journal: gates.Journal = gates.NO_JOURNAL) -> Probs:
        state, size = self._state, len(self._state.pending)
        came = np.frombuffer(state.pending, np.uint8)
        if state.orders is None:
            return passed.predictions[np.arange(size), came]
        return gates.pay(state.gate, state.inputs.part(0, size), passed.predictions[:size], came, journal)

    def _settle(self) -> None:
        # What a walk did to the gate is taken back.
        if self._walk is not None:
            self._walk.take_back(self._state)
            self._walk = None

    def _own(self) -> None:
        if self._shared:
            self._state, self._shared = self._state.copy(), False


class _Walk:
    """A block paid for byte by byte; the gate learns each byte, until that is taken back."""

    def __init__(self, net: Net, recipe: Recipe, state: State) -> None:
        self._stepper = Stepper(net, recipe, state.learning)
        self._journal = np.empty((8 * net.block if state.orders is not None else 0, gates.JOURNAL_WIDTH), np.float32)
        self._said: Probs | None = None
        self._learned = 0
        while self._learned < len(state.pending):
            self._said = self._stepper.predict(state.pending[: self._learned])
            self.learn(state)

    def predict(self, state: State) -> Probs:
        """Probabilities [256] of the byte behind those in hand."""
        if self._said is None:
            self._said = self._stepper.predict(state.pending)
        if state.orders is None:
            return self._said
        return gates.distribution(state.gate, look(state.orders), self._said)

    def learn(self, state: State) -> None:
        """The next byte in hand is what came."""
        at = self._learned
        if self._said is None:
            self._said = self._stepper.predict(state.pending[:at])
        if state.orders is not None:
            came = np.frombuffer(state.pending[at : at + 1], np.uint8)
            gates.pay(
                state.gate, state.inputs.part(at, at + 1), self._said[None], came, self._journal[8 * at : 8 * at + 8]
            )
        self._said = None
        self._learned = at + 1

    def take_back(self, state: State) -> None:
        """Let the gate be as it was at the start of the block."""
        if state.orders is not None:
            gates.take_back(state.gate, state.inputs, self._journal, self._learned)


@contextmanager
def alone() -> Iterator[None]:
    """One thread and deterministic algorithms, and then what it was before."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    if threads != 1:
        torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        if threads != 1:
            torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(strict, warn_only=warns)
