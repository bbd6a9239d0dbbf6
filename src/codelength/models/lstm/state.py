"""What the net knows: its weights, their mean squared gradients, what it did since it last learned.

Per layer C cells see C numbers of their own past and, above the first layer, C of the layer below; a byte enters as a
row of its own. Gates stand side by side: forget, new, out.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from codelength.models.lstm.arithmetic import Floats

SPAN = 20  # bytes between two updates of the recurrent weights, and how far back an error goes
STEP, UPDATES = range(2)  # bytes since the recurrent weights moved; how often they did
LANE_CELLS = 32  # cells come in multiples of this, which sums by lanes need
PAD = 8  # rows of the output weights beyond the cells; the first is the bias


class Net(NamedTuple):
    """The arrays of a net of `layers` layers of C cells; G = 3 C."""

    numbers: npt.NDArray[np.int64]
    bytes_in: Floats  # [layers * 256, G]
    recurrent: Floats  # [layers * 2 C, G]
    output: Floats  # [layers * C + 8, 256]
    bytes_in_squares: Floats
    recurrent_squares: Floats
    output_squares: Floats
    seen: npt.NDArray[np.int64]  # bytes that came in, [SPAN]
    inputs: Floats  # [layers * SPAN, 2 C]
    gates: Floats  # [layers * SPAN, G]
    cells: Floats  # before and after each step, [layers * (SPAN + 1), C]
    squashed: Floats  # tanh of the cells, [layers * SPAN, C]
    hidden: Floats  # what the cells say, [SPAN, layers * C + 8]
    blame: Floats  # error that came from the output, [SPAN, layers * C]
    deltas: Floats  # error of the gates, [layers * SPAN, G]
    said: Floats  # what the cells said last, [layers, C]
    tree: Floats  # probability of each beginning of the next byte, [512]
    line: Floats  # room for sums, [max(G, 256)]
    line2: Floats
    powers: Floats
    back: Floats  # [2 * layers, C]

    def copy(self) -> "Net":
        """Every array anew."""
        return self._replace(**{name: getattr(self, name).copy() for name in self._fields})


def fresh(cells: int, layers: int) -> Net:
    """The net before the first byte: the same small weights on every machine."""
    gates, width = 3 * cells, max(3 * cells, 256)
    rows = layers * (256 + 2 * cells)
    draw = _draws(rows * gates).reshape(rows, gates)
    bytes_in = draw[: layers * 256] * np.float32(0.5)
    bytes_in[:, :cells] += np.float32(1)  # what is remembered stays at first
    recurrent = draw[layers * 256 :] * np.float32(_root(6 / max(cells, 1)))

    def zeros(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    tree = zeros(512)
    for node in range(1, 512):
        tree[node] = 2.0 ** -(node.bit_length() - 1)
    said = layers * cells + PAD
    return Net(
        numbers=np.zeros(2, np.int64),
        bytes_in=bytes_in,
        recurrent=recurrent,
        output=zeros(said, 256),
        bytes_in_squares=zeros(*bytes_in.shape),
        recurrent_squares=zeros(*recurrent.shape),
        output_squares=zeros(said, 256),
        seen=np.zeros(SPAN, np.int64),
        inputs=zeros(layers * SPAN, 2 * cells),
        gates=zeros(layers * SPAN, gates),
        cells=zeros(layers * (SPAN + 1), cells),
        squashed=zeros(layers * SPAN, cells),
        hidden=zeros(SPAN, said),
        blame=zeros(SPAN, layers * cells),
        deltas=zeros(layers * SPAN, gates),
        said=zeros(layers, cells),
        tree=tree,
        line=zeros(width),
        line2=zeros(width),
        powers=zeros(width),
        back=zeros(2 * layers, cells),
    )


def _draws(count: int) -> Floats:
    """Numbers in [−1/2, 1/2) from a counter, by integer hashing (Steele, Lea and Flood 2014, SplitMix64)."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(40)).astype(np.float32) - np.float32(1 << 23)) * np.float32(2.0**-24)


def _root(x: float) -> float:
    return float(np.sqrt(np.float32(x)))
