"""The mixing model and its reader: context mixing of bits, after Mahoney's PAQ family.

No arithmetic lives here: a reader owns a `State`, cuts data where the tables grow, and hands it to the one kernel.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from codelength.coding.sequential import SequentialModel
from codelength.errors import OptionError, UsageError
from codelength.models.lstm.model import check_processor
from codelength.models.mixing.kernel import chances_of, costs, kernel
from codelength.models.mixing.places import BITS, EPOCH, P1, POSITION, Halves, Octets, Words
from codelength.models.mixing.state import LEVELS, Level, State, fresh, grown, next_growth, shape_of, window_bytes
from codelength.types import Arithmetic, Bits, Decoder, Encoder, Probs, Unit
from codelength.units import format_size

_PART = 1 << 16  # bytes handed to the kernel at once
_JOURNALED = 1 << 15  # items up to so many bytes are taken back by the journal; longer ones run on a copy
_BATCH = 1 << 12  # items handed to the kernel at once
_LOG = logging.getLogger("codelength")
_NO_LOG = np.zeros(0, np.int64)
_NOTHING = np.zeros(0, np.float64)


class Mixing(SequentialModel):
    """Bitwise context mixing at one of three levels; decodes on any machine.

    `memory_bytes` bounds the tables (default: the level's 32 MiB, 256 MiB or 1 GiB); they start small and double as
    data is read. History reaches back `window_bytes`. Raises OptionError for an unknown level or too little memory.

    >>> model = Mixing("fast")
    >>> text = b"to be or not to be, " * 20
    >>> model.decode(model.encode(text)) == text
    True
    >>> bool(model.after(text).bits(b"to be").sum() < model.bits(b"to be").sum())
    True
    """

    unit: Unit = "bit"

    def __init__(
        self,
        level: str = "default",
        memory_bytes: int | None = None,
        *,
        net: Literal["none", "lstm"] = "none",
        name: str | None = None,
    ) -> None:
        if level not in LEVELS:
            raise OptionError(f"mixing has no level {level!r}; choose one of {', '.join(LEVELS)}")
        if net not in ("none", "lstm"):
            raise OptionError(f"mixing has no net {net!r}; choose none or lstm")
        shape = shape_of(level, net)
        memory = shape.memory_bytes if memory_bytes is None else memory_bytes
        if not shape.least_bytes <= memory <= shape.memory_bytes:
            raise OptionError(
                f"mixing:level={level} uses between {format_size(shape.least_bytes)} and "
                f"{format_size(shape.memory_bytes)} of memory, not {format_size(memory)}"
            )
        if net == "lstm":
            check_processor()
        self.level = level
        self._shape = shape
        self.memory_bytes = memory
        self.net = net
        self.arithmetic: Arithmetic = "integer" if net == "none" else "fixed"
        self.name = name or _name(level, net)
        self.window_bytes = window_bytes(shape, memory)
        self.nominal_speed = shape.nominal_speed
        self._state: State | None = None
        self._lock = threading.Lock()

    def reader(self) -> "MixingReader":
        """A private state that starts here."""
        with self._lock:
            return MixingReader(self._shape, self.memory_bytes, self.name, self._started().copy())

    def bits_each(self, items: Sequence[bytes]) -> list[Bits]:
        """Every item from this state, at the cost of the items: what one changes is taken back before the next."""
        with self._lock:
            return _costs_each(self._shape, self.memory_bytes, self._grown(), items)

    def _started(self) -> State:
        if self._state is None:
            self._state = _primed(self._shape, self.memory_bytes)
        return self._state

    def _grown(self) -> State:
        self._state = grown(self._started(), self._shape, self.memory_bytes)
        return self._state

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.level, self.net, self.memory_bytes, self.name, self._state)

    def __repr__(self) -> str:
        read = 0 if self._state is None else int(self._state.scalars[POSITION])
        return f"Mixing({self.name!r}, read {format_size(read)})"


class MixingReader:
    """A private state of a mixing model, with one pending prediction."""

    def __init__(self, level: Level, memory_bytes: int, name: str, state: State) -> None:
        self._level = level
        self._memory_bytes = memory_bytes
        self._name = name
        self._state = state

    def read(self, data: bytes) -> Bits:
        """Pay for data and learn it; the cost of each byte, float64 [n]."""
        paid = np.empty(len(data), np.float64)
        for start, part in self._parts(data):
            paid[start : start + len(part)] = costs(part, self._run(part))
        return paid

    def pay(self, data: bytes) -> Probs:
        """Learn data; the probability that each byte had, float64 [n]."""
        had = np.empty(len(data), np.float64)
        for start, part in self._parts(data):
            had[start : start + len(part)] = chances_of(part, self._run(part))
        return had

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256], by 256 items of one byte."""
        self._between_bytes()
        self._grow()
        each = _costs_each(self._level, self._memory_bytes, self._state, [bytes([c]) for c in range(256)])
        return np.exp2(-np.concatenate(each))

    def p1(self) -> int:
        """16-bit probability that the next bit is 1."""
        return int(self._state.scalars[P1])

    def put(self, bit: int) -> None:
        """The next bit is this: learn it."""
        self._grow()
        _call(self._level, self._state, np.array([0, 1], np.int64), np.array([bit << 7], np.uint8))

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        """Code data and learn it."""
        for _, part in self._parts(data):
            coder.bits(np.unpackbits(part), self._run(part))

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        """Decode so many bytes and learn them."""
        pieces = []
        for _, part in self._parts(bytes(size)):
            self._run(part, coder)
            pieces.append(part.tobytes())
        return b"".join(pieces)

    def freeze(self) -> Mixing:
        """A model that starts where this reader stands."""
        self._between_bytes()
        return _rebuilt(self._level.name, self._level.net, self._memory_bytes, self._name, self._state.copy())

    def _parts(self, data: bytes) -> Iterator[tuple[int, Octets]]:
        """Pieces that end where tables grow, each with its start; the state has grown when a piece is given."""
        self._between_bytes()
        whole = np.frombuffer(bytearray(data), np.uint8)
        start = 0
        while start < len(whole):
            self._grow()
            position = int(self._state.scalars[POSITION])
            end = min(len(whole), start + _PART, start + next_growth(position) - position)
            yield start, whole[start:end]
            start = end

    def _run(self, part: Octets, coder: Decoder | None = None) -> Halves:
        return _call(self._level, self._state, np.array([0, 8 * len(part)], np.int64), part, coder=coder)

    def _grow(self) -> None:
        self._state = grown(self._state, self._level, self._memory_bytes)

    def _between_bytes(self) -> None:
        if self._state.scalars[BITS]:
            raise UsageError("a byte is unfinished; put its remaining bits first")


def _rebuilt(level: str, net: Literal["none", "lstm"], memory_bytes: int, name: str, state: State | None) -> Mixing:
    model = Mixing(level, memory_bytes, net=net, name=name)
    model._state = state
    return model


def _name(level: str, net: str) -> str:
    options = [f"level={level}"] * (level != "default") + [f"net={net}"] * (net != "none")
    return "mixing" + (":" + ",".join(options) if options else "")


def _call(
    level: Level,
    state: State,
    starts: Words,
    data: Octets,
    *,
    coder: Decoder | None = None,
    kept: State | None = None,
    log: Words | None = None,
) -> Halves:
    """Run the kernel over items that lie between `starts`, in bits; the probability of each bit."""
    p1 = np.empty(int(starts[-1]), np.uint16)
    decoding = coder is not None
    pull, code = (coder.state, coder.code) if coder is not None else (np.zeros(3, np.int64), np.zeros(1, np.uint8))
    run = kernel(level)
    run(decoding, starts, data, p1, pull, code, state, kept or state, _NO_LOG if log is None else log)
    return p1


def _primed(level: Level, memory_bytes: int) -> State:
    """A fresh state with its first prediction; says so while the kernel compiles."""
    told = threading.Timer(1.0, _LOG.info, ["compiling the mixing kernel: 5 to 20 seconds, once on this machine"])
    told.daemon = True
    told.start()
    state = fresh(level, memory_bytes)
    _call(level, state, np.zeros(2, np.int64), np.zeros(1, np.uint8))
    told.cancel()
    return state


def _costs_each(level: Level, memory_bytes: int, state: State, items: Sequence[bytes]) -> list[Bits]:
    """What each item costs from this state, which is as it was afterwards."""
    position = int(state.scalars[POSITION])
    room = min(_JOURNALED, next_growth(position) - position)
    paid: list[Bits] = [_NOTHING] * len(items)
    short = [i for i, item in enumerate(items) if 0 < len(item) <= room]
    log = np.empty(_journal_words(level, max((len(items[i]) for i in short), default=0)), np.int64)
    state.scalars[EPOCH] += 1  # no row of weights has been written down in this epoch
    kept = state.with_small_copied()
    for first in range(0, len(short), _BATCH):
        batch = short[first : first + _BATCH]
        data = np.frombuffer(bytearray(b"".join(items[i] for i in batch)), np.uint8)
        ends = np.cumsum([0, *(len(items[i]) for i in batch)]).astype(np.int64)
        each = costs(data, _call(level, state, 8 * ends, data, kept=kept, log=log))
        for k, i in enumerate(batch):
            paid[i] = each[ends[k] : ends[k + 1]].copy()
    for i, item in enumerate(items):
        if len(item) > room:
            paid[i] = MixingReader(level, memory_bytes, "", state.copy()).read(item)
    return paid


def _journal_words(level: Level, size: int) -> int:
    """The most that an item of so many bytes writes down."""
    rows = min(8 * len(level.sets) * size, sum(level.sets))
    each = 2 * level.contexts * (17 if level.run_cells else 16) + 8 * len(level.refined) * 2 + 12
    return each * size + rows * (level.inputs // 4 + 2) + 4 * level.contexts
