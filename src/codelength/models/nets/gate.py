"""The learned gate: what the orders and the net say of a bit, mixed by weights that follow the data.

    s_j = Σ_i w_j[row_j][c_i] x_i,   p_j = 1 / (1 + exp(−s_j))         one sum for each of S sets of weights
    s   = Σ_j v[partial][j] s_j,     p = 1 / (1 + exp(−s))
    w_j ← w_j + rate (bit − p_j) x                                     online gradient of the bits paid, per set

x are the inputs of the orders (orders.py), which choose their weights c by confidence, and the net's own stretch of
this bit, ln(p / (1 − p)), from its softmax over bytes summed by prefix. Then a map of s, chosen by the bits of the byte
so far and the byte before, corrects what is left. Within a byte no weight serves twice, so the 255 nodes of a byte can
be asked at once.

Mahoney (2013), "Data compression explained", 4.3; Veness et al. (2021), "Gated linear networks".
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from codelength.compiled import compiled
from codelength.models.nets.orders import INPUTS, MAP_ROWS, SET_ROWS, SETS, WEIGHTS, Inputs

NET_WEIGHTS = 3  # of the net's stretch, of its distance from a half, of a constant
_COLUMNS = WEIGHTS + NET_WEIGHTS
JOURNAL_WIDTH = SETS * (_COLUMNS + 1) + 2
_STEPS = 33  # places of a map along s, from -8 to 8 nats
_MOST = 12.0  # nats
_LEAST = 1.0 / (1 << 20)
_LEAST_RATE, _FIRST_RATE = 0.002, 0.02
_FINAL_RATE = 0.0005
_MAP_RATE = 0.02

Floats = npt.NDArray[np.float32]
Shorts = npt.NDArray[np.int16]
Rows = npt.NDArray[np.int32]
Octets = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]


@dataclass(slots=True)
class Gate:
    """Weights of the sets, of their mixture, the map behind it, and how many bits were learned."""

    weights: Floats  # [SET_ROWS, columns]
    final: Floats  # [256, SETS]
    map: Floats  # [MAP_ROWS, _STEPS]
    seen: npt.NDArray[np.int64]  # [1]

    @classmethod
    def fresh(cls) -> Self:
        """Every input trusted a little, the map leaving s as it is."""
        weights = np.zeros((SET_ROWS, _COLUMNS), np.float32)
        weights[:, :WEIGHTS] = 0.25
        weights[:, WEIGHTS] = 0.2
        s = np.linspace(-8, 8, _STEPS)
        maps = np.tile((1 / (1 + np.exp(-s))).astype(np.float32), (MAP_ROWS, 1))
        return cls(weights, np.full((256, SETS), 1 / SETS, np.float32), maps, np.zeros(1, np.int64))

    def copy(self) -> Self:
        """The same weights in arrays of their own."""
        return type(self)(*(getattr(self, field.name).copy() for field in fields(self)))

    def arrays(self) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int64]]:
        """What the kernels take."""
        return self.weights, self.final, self.map, self.seen


Journal = Floats  # [bits, what one bit changes]
NO_JOURNAL: Journal = np.zeros((0, JOURNAL_WIDTH), np.float32)


def pay(gate: Gate, inputs: Inputs, predictions: Doubles, data: Octets, journal: Journal = NO_JOURNAL) -> Doubles:
    """Probability of each byte of data [n] where the net gave predictions [n, 256]; learn them.

    A journal of 8 n rows makes `take_back` possible.
    """
    paid = np.empty(len(data), np.float64)
    _pay(*gate.arrays(), *inputs.arrays(), predictions, data, journal, paid)
    return paid


def distribution(gate: Gate, inputs: Inputs, prediction: Doubles) -> Doubles:
    """Probabilities [256] of the next byte, with inputs at all its nodes, as `pay` would pay."""
    out = np.empty(256, np.float64)
    _distribution(*gate.arrays(), *inputs.arrays(), prediction, out)
    return out


def take_back(gate: Gate, inputs: Inputs, journal: Journal, size: int) -> None:
    """Undo what `pay` journalled of so many bytes."""
    _take_back(*gate.arrays(), inputs.rows, journal, 8 * size)


@compiled
def _tree(prediction: Doubles, tree: Doubles) -> None:
    # What bytes that begin with a prefix hold together, by prefix behind a leading 1.
    tree[256:] = prediction
    for i in range(255, 0, -1):
        tree[i] = tree[2 * i] + tree[2 * i + 1]


@compiled
def _sums(
    weights: Floats,
    final: Floats,
    map: Floats,
    values: Floats,
    chosen: Shorts,
    rows: Rows,
    q: float,
    extra: Doubles,
    sums: Doubles,
) -> tuple[float, float, int, float]:
    # p before the map, p behind it, and the place in the map: its step and how far into it.
    q = min(max(q, _LEAST), 1.0 - _LEAST)
    extra[0] = np.log(q / (1.0 - q))
    extra[1] = 2.0 * q - 1.0
    extra[2] = 0.3
    s = 0.0
    for j in range(SETS):
        row = rows[j]
        total = 0.0
        for c in range(INPUTS):
            total += weights[row, chosen[c]] * values[c]
        for c in range(NET_WEIGHTS):
            total += weights[row, WEIGHTS + c] * extra[c]
        sums[j] = min(max(total, -_MOST), _MOST)
        s += final[rows[0], j] * sums[j]
    s = min(max(s, -_MOST), _MOST)
    p = 1.0 / (1.0 + np.exp(-s))
    u = (min(max(s, -7.999), 7.999) + 8.0) * ((_STEPS - 1) / 16.0)
    low = int(u)
    part = u - low
    row = rows[SETS]
    r = map[row, low] * (1.0 - part) + map[row, low + 1] * part
    return p, min(max(0.5 * (p + r), _LEAST), 1.0 - _LEAST), low, part


@compiled
def _pay(
    weights: Floats,
    final: Floats,
    map: Floats,
    seen: npt.NDArray[np.int64],
    values: Floats,
    chosen: Shorts,
    rows: Rows,
    predictions: Doubles,
    data: Octets,
    journal: Floats,
    paid: Doubles,
) -> None:
    tree = np.zeros(512, np.float64)
    sums = np.zeros(SETS, np.float64)
    extra = np.zeros(NET_WEIGHTS, np.float64)
    for n in range(data.shape[0]):
        _tree(predictions[n], tree)
        byte = np.int64(data[n])
        paid[n] = 1.0
        partial = np.int64(1)
        rate = _LEAST_RATE + _FIRST_RATE / (1.0 + seen[0] / 8192.0)
        for place in range(8):
            i = 8 * n + place
            bit = (byte >> (7 - place)) & 1
            q = tree[2 * partial + 1] / tree[partial]
            p, mixed, low, part = _sums(weights, final, map, values[i], chosen[i], rows[i], q, extra, sums)
            near = low if part < 0.5 else low + 1
            if journal.shape[0] > 0:
                _note(weights, final, map, rows[i], near, journal[i])
            paid[n] *= mixed if bit == 1 else 1.0 - mixed
            for j in range(SETS):
                row = rows[i, j]
                step = rate * (bit - 1.0 / (1.0 + np.exp(-sums[j])))
                for c in range(INPUTS):
                    weights[row, chosen[i, c]] += step * values[i, c]
                for c in range(NET_WEIGHTS):
                    weights[row, WEIGHTS + c] += step * extra[c]
                final[partial, j] += _FINAL_RATE * (bit - p) * sums[j]
            row = rows[i, SETS]
            map[row, near] += (bit - map[row, near]) * _MAP_RATE
            partial = (partial << 1) | bit
        seen[0] += 8


@compiled
def _note(weights: Floats, final: Floats, map: Floats, rows: Rows, near: int, note: Floats) -> None:
    for j in range(SETS):
        note[j * _COLUMNS : (j + 1) * _COLUMNS] = weights[rows[j]]
        note[SETS * _COLUMNS + j] = final[rows[0], j]
    note[SETS * (_COLUMNS + 1)] = near
    note[SETS * (_COLUMNS + 1) + 1] = map[rows[SETS], near]


@compiled
def _take_back(
    weights: Floats,
    final: Floats,
    map: Floats,
    seen: npt.NDArray[np.int64],
    rows: Rows,
    journal: Floats,
    bits: int,
) -> None:
    for i in range(bits - 1, -1, -1):
        note = journal[i]
        for j in range(SETS):
            weights[rows[i, j]] = note[j * _COLUMNS : (j + 1) * _COLUMNS]
            final[rows[i, 0], j] = note[SETS * _COLUMNS + j]
        map[rows[i, SETS], int(note[SETS * (_COLUMNS + 1)])] = note[SETS * (_COLUMNS + 1) + 1]
    seen[0] -= bits


@compiled
def _distribution(
    weights: Floats,
    final: Floats,
    map: Floats,
    seen: npt.NDArray[np.int64],
    values: Floats,
    chosen: Shorts,
    rows: Rows,
    prediction: Doubles,
    out: Doubles,
) -> None:
    tree = np.zeros(512, np.float64)
    said = np.ones(512, np.float64)
    sums = np.zeros(SETS, np.float64)
    extra = np.zeros(NET_WEIGHTS, np.float64)
    _tree(prediction, tree)
    for i in range(1, 256):
        q = tree[2 * i + 1] / tree[i]
        _, mixed, _, _ = _sums(weights, final, map, values[i], chosen[i], rows[i], q, extra, sums)
        said[2 * i] = said[i] * (1.0 - mixed)
        said[2 * i + 1] = said[i] * mixed
    out[:] = said[256:]
