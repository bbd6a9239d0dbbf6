"""What a mixing model knows: its arrays, how large they are at each level, how they grow.

The large arrays grow by doubling when the number of bytes read reaches a power of two, whatever comes after, until the
level's memory is used. The lower half is copied to the upper, so that what was learned is found at either place. So a
short text costs little, and what a byte costs never depends on the bytes behind it.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from codelength.models.lstm.state import Net
from codelength.models.lstm.state import fresh as fresh_net
from codelength.models.mixing.places import LOOK_AT, PIXEL, POSITION, SCALARS
from codelength.models.mixing.tables import FIRST, SQUASH
from codelength.units import GIB, MIB

GROWS_FROM = 1 << 10  # bytes read when tables first double
_LINE = 64  # bytes of a line of the cache
NET_CELLS, NET_LAYERS = 192, 2
NET_ROWS = 16 * 256  # of weights chosen by what the net says
NET_REFINED = 2 * 65536  # rows of the maps that refine what it says
NET_SPEED = 6_000
NET_BYTES = 24 * MIB  # what it adds to a level's memory, with its maps
STEPS = 33  # places of a refinement map along the stretched probability


@dataclass(frozen=True, slots=True)
class Level:
    """A level's shape. `sets` are the numbers of rows that each selected set of weights has."""

    name: str
    number: int
    contexts: int
    inputs_each: int
    sets: tuple[int, ...]
    refined: tuple[int, ...]  # rows of each refinement map
    memory_bytes: int
    least_bytes: int
    slot_bytes: int
    slots_each: int  # bytes of slots for each byte read, until there are slot_bytes
    ring_bytes: int
    match_cells: int
    run_cells: int  # 0: no runs
    rate: int  # of the first layer's weights
    nominal_speed: int
    net_cells: int = 0  # of each of the net's two layers; 0: no net

    @property
    def net(self) -> Literal["none", "lstm"]:
        """Whether a net joins the mixer."""
        return "lstm" if self.net_cells else "none"

    @property
    def inputs(self) -> int:
        """Inputs of the mixer, padded to whole vectors."""
        used = (self.inputs_each + (self.run_cells > 0)) * self.contexts + 6 + 4 * (self.net_cells > 0)
        return -(-used // 16) * 16


LEVELS = {
    "fast": Level(
        name="fast",
        number=0,
        contexts=6,
        inputs_each=2,
        sets=(1536, 512),
        refined=(16384,),
        memory_bytes=32 * MIB,
        least_bytes=8 * MIB,
        slot_bytes=16 * MIB,
        slots_each=512,
        ring_bytes=4 * MIB,
        match_cells=1 << 20,
        run_cells=0,
        rate=5,
        nominal_speed=1_600_000,
    ),
    "default": Level(
        name="default",
        number=1,
        contexts=14,
        inputs_each=3,
        sets=(1536, 512, 1024, 2048),
        refined=(65536, 16384),
        memory_bytes=256 * MIB,
        least_bytes=16 * MIB,
        slot_bytes=128 * MIB,
        slots_each=1024,
        ring_bytes=64 * MIB,
        match_cells=1 << 23,
        run_cells=0,
        rate=3,
        nominal_speed=800_000,
    ),
    "max": Level(
        name="max",
        number=2,
        contexts=26,
        inputs_each=3,
        sets=(1536, 512, 1024, 2048, 2048, 512, 4096, 640),
        refined=(65536, 65536, 65536),
        memory_bytes=GIB,
        least_bytes=64 * MIB,
        slot_bytes=512 * MIB,
        slots_each=4096,
        ring_bytes=128 * MIB,
        match_cells=1 << 24,
        run_cells=1 << 24,
        rate=3,
        nominal_speed=200_000,
    ),
}


@cache
def shape_of(level: str, net: str) -> Level:
    """The shape of a level with a net or without (`none`)."""
    shape = LEVELS[level]
    if net == "none":
        return shape
    return replace(
        shape,
        sets=(*shape.sets, NET_ROWS),
        net_cells=NET_CELLS,
        nominal_speed=NET_SPEED,
        memory_bytes=shape.memory_bytes + NET_BYTES,
        least_bytes=shape.least_bytes + NET_BYTES,
    )


class State(NamedTuple):
    """The arrays that a kernel works on; everything else is derived from them."""

    scalars: npt.NDArray[np.int64]
    inputs: npt.NDArray[np.int16]
    hashes: npt.NDArray[np.uint32]  # of each context, [contexts]
    slot: npt.NDArray[np.int64]  # where each context's slot of 16 begins, [contexts]
    address: npt.NDArray[np.int64]  # hash that tells where each context's next slot will be, [contexts]
    chosen: npt.NDArray[np.int64]  # row of weights of each set, [sets]
    run: npt.NDArray[np.int64]  # place, check, byte and count, and cell of each context's run, [4 * contexts]
    voices: npt.NDArray[np.int32]  # what each set says, stretched, and as a probability, [2 * sets]
    chances: npt.NDArray[np.uint32]  # probability cells: 22 bits over a count of 10
    final: npt.NDArray[np.int32]  # weights of the second layer, [256, at least 8]
    weights: npt.NDArray[np.int16]  # of the first layer, [rows, inputs]
    refined: npt.NDArray[np.uint16]  # refinement maps, [rows * STEPS]
    slots: npt.NDArray[np.uint8]  # bit histories: buckets of 4 slots of a check and 15 nodes
    ring: npt.NDArray[np.uint8]  # the bytes read
    matches: npt.NDArray[np.uint32]  # where a hash was last seen
    matches2: npt.NDArray[np.uint32]
    runs: npt.NDArray[np.uint32]  # what came last in a context, and how often in a row
    indirect: npt.NDArray[np.uint32]  # what followed a byte, and two bytes, lately
    touched: npt.NDArray[np.int64]  # epoch in which each row of weights was written down, [rows]
    net: Net

    def copy(self) -> "State":
        """Every array anew."""
        return self._with_copies(self._fields[:-1])

    def with_small_copied(self) -> "State":
        """The small arrays and the net anew, the large ones as they are."""
        return self._with_copies(self._fields[:_SMALL])

    def _with_copies(self, names: tuple[str, ...]) -> "State":
        return self._replace(**{name: _aligned_copy(getattr(self, name)) for name in names}, net=self.net.copy())

    @property
    def size_bytes(self) -> int:
        """Memory of all arrays; a net that is absent takes none."""
        net = self.net if self.net.said.size else ()
        return sum(array.nbytes for array in (*self[:-1], *net))


Number = TypeVar("Number", np.uint8, np.uint32)

_SMALL = 10  # the first arrays of a State are small and are restored whole


def fresh(level: Level, memory_bytes: int) -> State:
    """The state before the first byte."""
    slots, ring, cells, run_cells = _sizes(level, memory_bytes, 0)
    return _fixed(level)._replace(
        slots=_aligned(slots, np.uint8),
        ring=np.zeros(ring, np.uint8),
        matches=np.zeros(cells, np.uint32),
        matches2=np.zeros(cells if level.number == 2 else 1, np.uint32),
        runs=np.zeros(run_cells, np.uint32),
    )


def grown(state: State, level: Level, memory_bytes: int) -> State:
    """The state with the sizes that belong to the bytes read so far."""
    slots, ring, cells, run_cells = _sizes(level, memory_bytes, int(state.scalars[POSITION]))
    return state._replace(
        slots=_doubled(state.slots, slots),
        ring=_doubled(state.ring, ring),
        matches=_doubled(state.matches, cells),
        matches2=_doubled(state.matches2, cells) if level.number == 2 else state.matches2,
        runs=_doubled(state.runs, run_cells),
    )


def window_bytes(level: Level, memory_bytes: int) -> int:
    """How far back the history reaches when the tables have grown to their end."""
    return _sizes(level, memory_bytes, 1 << 60)[1]


def next_growth(position: int) -> int:
    """The next number of bytes read at which tables double."""
    return max(GROWS_FROM, 1 << position.bit_length())


def _fixed(level: Level) -> State:
    """The arrays that never grow; those that do have one cell."""
    scalars = np.zeros(SCALARS, np.int64)
    scalars[[LOOK_AT, PIXEL]] = 3072, 1
    row = SQUASH[np.clip((np.arange(STEPS) - 16) * 128 + 2048, 1, 4095)].astype(np.uint16)
    rows = sum(level.sets)
    return State(
        scalars=scalars,
        inputs=np.zeros(level.inputs, np.int16),
        hashes=np.zeros(level.contexts, np.uint32),
        slot=np.zeros(level.contexts, np.int64),
        address=np.zeros(level.contexts, np.int64),
        chosen=np.zeros(len(level.sets), np.int64),
        run=np.zeros(4 * level.contexts, np.int64),
        voices=np.zeros(2 * len(level.sets), np.int32),
        chances=_chances(level),
        final=np.full((256, max(8, len(level.sets))), 65536 // len(level.sets), np.int32),
        weights=np.full((rows, level.inputs), 32768 // (level.contexts + 1), np.int16),
        refined=np.tile(row, sum(level.refined) + NET_REFINED * (level.net_cells > 0)),
        slots=np.zeros(1, np.uint8),
        ring=np.zeros(1, np.uint8),
        matches=np.zeros(1, np.uint32),
        matches2=np.zeros(1, np.uint32),
        runs=np.zeros(1, np.uint32),
        indirect=np.zeros(256 + 65536, np.uint32),
        touched=np.zeros(rows, np.int64),
        net=fresh_net(level.net_cells, NET_LAYERS if level.net_cells else 0),
    )


def _chances(level: Level) -> npt.NDArray[np.uint32]:
    """Probability cells: 256 histories of each context, two matches of 64 lengths, order 0, runs of 32 lengths."""
    histories = level.contexts * 256
    runs = 64 * level.contexts if level.run_cells else 0
    chances = np.full(histories + 512 + runs, 1 << 31, np.uint32)
    chances[:histories] = np.tile(FIRST, level.contexts)
    starts = [histories, histories + 128, *range(histories + 512, len(chances), 64)]
    for start, count in zip(starts, [64, 64] + [32] * (len(starts) - 2), strict=True):
        lengths = np.arange(count)  # of a match or a run: the odds of its bit are length + 1
        chances[start + 2 * lengths + 1] = ((lengths + 1) * (1 << 22) // (lengths + 2)) << 10
        chances[start + 2 * lengths] = ((1 << 22) // (lengths + 2)) << 10
    return chances


def _doubled(array: npt.NDArray[Number], size: int) -> npt.NDArray[Number]:
    if len(array) < size:
        known, array = array, _aligned(size, array.dtype)
        for start in range(0, size, len(known)):
            array[start : start + len(known)] = known
    return array


def _aligned(size: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Zeros that begin where a line of the cache does, so that no bucket lies in two of them."""
    octets = np.zeros(size * np.dtype(dtype).itemsize + _LINE, np.uint8)
    start = -octets.ctypes.data % _LINE
    return octets[start : len(octets) - _LINE + start].view(dtype)


def _aligned_copy(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    copy = _aligned(array.size, array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _sizes(level: Level, memory_bytes: int, position: int) -> tuple[int, int, int, int]:
    """Bytes of slots, bytes of history, cells of each match table and of runs after `position` bytes."""
    slots, ring, cells, run_cells = _full_sizes(level, memory_bytes)
    reached = 1 << max(position, GROWS_FROM // 2).bit_length()  # the next power of two
    return (
        min(slots, level.slots_each * reached),
        min(ring, reached),
        min(cells, reached),
        min(run_cells, 16 * reached),
    )


@cache
def _full_sizes(level: Level, memory_bytes: int) -> tuple[int, int, int, int]:
    """The sizes at which tables stop: their share of the memory, halved together until everything fits."""
    fixed, share = _fixed(level).size_bytes, min(memory_bytes, level.memory_bytes)
    while True:
        slots, ring, cells, run_cells = (
            _power_of_two(size * share // level.memory_bytes)
            for size in (level.slot_bytes, level.ring_bytes, level.match_cells, level.run_cells)
        )
        match_tables = 2 if level.number == 2 else 1
        run_cells = run_cells if level.run_cells else 1
        if fixed + slots + ring + 4 * (match_tables * cells + run_cells) <= memory_bytes or share < 1 << 20:
            return slots, ring, cells, run_cells
        share //= 2


def _power_of_two(size: int) -> int:
    return 1 << max(size.bit_length() - 1, 10)
