"""The net's kernel: it pays for a byte, learns it, and says what may come next.

One layer at step t, from the byte b, its own last word h and the word below u (Hochreiter and Schmidhuber 1997; the
gates for keeping and for taking in are one, Greff et al. 2015):

    f, g, o = σ(z_f), tanh(z_g), σ(z_o),     z = B_b + R h + U u
    c ← f c + (1 − f) g,     h ← o tanh(c)

The next byte has probabilities softmax(V [h_1 ... h_L 1]). V learns from every byte, the rest from every 20, by errors
that go back through these 20 (Williams and Zipser 1995). A weight w with gradient g moves by

    s ← s + ρ (g² − s),     w ← w − η clip(g / (√s + ε), ±80)        (Tieleman and Hinton 2012)

s starts at 0 and is not corrected for it, so that steps begin large and shrink with the root of the time.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from codelength.compiled import bare, compiled, inlined, source_digest
from codelength.models.lstm import arithmetic, state
from codelength.models.lstm.arithmetic import Floats, Whole, add_products, dot, exponentials
from codelength.models.lstm.state import PAD, SPAN, STEP, UPDATES, Net
from codelength.types import Probs

ETA = np.float32(7e-4)
RHO = np.float32(1e-5)
EPSILON = np.float32(3e-6)
LONGEST = np.float32(80)  # step; a gradient after many zeros would give 316
CLIP = np.float32(2)
FLOOR = np.float32(1e-6)  # of a byte's probability before they are made to sum to 1
WARM = 100  # updates until steps are as long as they will be

Pay = Callable[[Net, npt.NDArray[np.uint8], Probs, Probs], int]


@cache
def payer() -> Pay:
    """Compile what pays for bytes and learns them: `paid` is what each had, as `predict` gives it; `leaves` is room."""
    DIGEST = source_digest(__file__, *(module.__file__ or "" for module in (arithmetic, state)))

    @compiled
    def pay(net: Net, data: npt.NDArray[np.uint8], paid: Probs, leaves: Probs) -> int:
        for i in range(data.shape[0]):
            for j in range(256):
                leaves[j] = np.float64(net.tree[256 + j])
            mine, size = leaves[data[i]], 256
            while size > 1:
                size //= 2
                for j in range(size):
                    leaves[j] = leaves[2 * j] + leaves[2 * j + 1]
            paid[i] = mine / leaves[0]
            advance(net, np.int64(data[i]))
        return DIGEST

    return pay


@bare
def advance(net: Net, byte: Whole) -> None:
    """The next byte is this: learn it, and fill `tree` for the one after it."""
    numbers = net.numbers
    step = numbers[STEP]
    if step:
        _learn_output(net, byte, step - 1)
    if step == SPAN:
        _learn_recurrent(net)
        step = np.int64(0)
    net.seen[step] = byte
    for layer in range(net.said.shape[0]):
        _step(net, layer, step, byte)
    _say(net, step)
    numbers[STEP] = step + 1


@bare
def put_back(net: Net, kept: Net) -> None:
    """Make the net what it was when it was kept."""
    if net.numbers[UPDATES] != kept.numbers[UPDATES]:
        _copy(kept.bytes_in, net.bytes_in)
        _copy(kept.bytes_in_squares, net.bytes_in_squares)
        _copy(kept.recurrent, net.recurrent)
        _copy(kept.recurrent_squares, net.recurrent_squares)
    _copy(kept.output, net.output)
    _copy(kept.output_squares, net.output_squares)
    _copy(kept.inputs, net.inputs)
    _copy(kept.gates, net.gates)
    _copy(kept.cells, net.cells)
    _copy(kept.squashed, net.squashed)
    _copy(kept.hidden, net.hidden)
    _copy(kept.blame, net.blame)
    _copy(kept.said, net.said)
    for node in range(net.tree.shape[0]):
        net.tree[node] = kept.tree[node]
    for step in range(SPAN):
        net.seen[step] = kept.seen[step]
    for k in range(net.numbers.shape[0]):
        net.numbers[k] = kept.numbers[k]


@inlined
def _copy(kept: Floats, array: Floats) -> None:
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            array[i, j] = kept[i, j]


@bare
def _step(net: Net, layer: Whole, step: Whole, byte: Whole) -> None:
    """What one layer's cells keep, and what they say."""
    size = net.said.shape[1]
    at = layer * SPAN + step
    inputs, gates, squashed, hidden = net.inputs[at], net.gates[at], net.squashed[at], net.hidden[step]
    before, after = net.cells[layer * (SPAN + 1) + step], net.cells[layer * (SPAN + 1) + step + 1]
    said, sums = net.said[layer], net.line[: 3 * size]
    for j in range(size):
        inputs[j] = said[j]
    count = size
    if layer > 0:
        count = 2 * size
        for j in range(size):
            inputs[size + j] = net.said[layer - 1, j]
    row = net.bytes_in[layer * 256 + byte]
    for j in range(3 * size):
        sums[j] = row[j]
    add_products(net.recurrent[2 * size * layer : 2 * size * (layer + 1)], inputs, count, sums)
    for j in range(size):
        sums[j] = -sums[j]
        sums[size + j] = np.float32(-2) * sums[size + j]
        sums[2 * size + j] = -sums[2 * size + j]
    powers = net.powers.view(np.int32)
    exponentials(sums, net.line2, net.powers, powers, 3 * size)
    for j in range(size):
        f = np.float32(1) / (np.float32(1) + net.line2[j])
        g = np.float32(2) / (np.float32(1) + net.line2[size + j]) - np.float32(1)
        o = np.float32(1) / (np.float32(1) + net.line2[2 * size + j])
        gates[j], gates[size + j], gates[2 * size + j] = f, g, o
        after[j] = f * before[j] + (np.float32(1) - f) * g
        sums[j] = np.float32(-2) * after[j]
    exponentials(sums, net.line2, net.powers, powers, size)
    for j in range(size):
        squashed[j] = np.float32(2) / (np.float32(1) + net.line2[j]) - np.float32(1)
        said[j] = gates[2 * size + j] * squashed[j]
        hidden[layer * size + j] = said[j]


@bare
def _say(net: Net, step: Whole) -> None:
    """Probabilities of the next byte, and of its first bits: tree[i] = tree[2 i] + tree[2 i + 1], leaves at 256."""
    hidden, sums, tree = net.hidden[step], net.line[:256], net.tree
    hidden[net.output.shape[0] - PAD] = np.float32(1)
    for j in range(256):
        sums[j] = np.float32(0)
    add_products(net.output, hidden, net.output.shape[0], sums)
    most = sums[0]
    for j in range(256):
        most = max(most, sums[j])
    for j in range(256):
        sums[j] -= most
    exponentials(sums, net.line2, net.powers, net.powers.view(np.int32), 256)
    _sum_tree(net.line2, tree)
    scale = np.float32(1) / tree[1]
    for j in range(256):
        net.line2[j] = net.line2[j] * scale + FLOOR
    _sum_tree(net.line2, tree)


@inlined
def _sum_tree(leaves: Floats, tree: Floats) -> None:
    for j in range(256):
        tree[256 + j] = leaves[j]
    for node in range(255, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]


@bare
def _learn_output(net: Net, byte: Whole, step: Whole) -> None:
    """Move the output's weights, and remember what its error says of each cell."""
    error, hidden, blame = net.line[:256], net.hidden[step], net.blame[step]
    for j in range(256):
        error[j] = net.tree[256 + j]
    error[byte] -= np.float32(1)
    for i in range(blame.shape[0]):
        blame[i] = dot(net.output[i], error)
    change = net.line2[:256]
    for i in range(blame.shape[0] + 1):
        said = hidden[i]
        for j in range(256):
            change[j] = said * error[j]
        _move(net.output[i], net.output_squares[i], change, ETA)


@bare
def _learn_recurrent(net: Net) -> None:
    """Send the errors of the last steps back through them, then move all weights but the output's."""
    layers, size = net.said.shape
    net.numbers[UPDATES] += 1
    eta = ETA * np.float32(min(net.numbers[UPDATES], WARM)) / np.float32(WARM)
    for j in range(2 * layers):
        for k in range(size):
            net.back[j, k] = np.float32(0)
    for step in range(SPAN - 1, -1, -1):
        for layer in range(layers - 1, -1, -1):
            _blame_gates(net, layer, step)
    for layer in range(layers):
        for i in range(size if layer == 0 else 2 * size):
            _learn_row(net, layer, i, eta)
        for step in range(SPAN):
            row = layer * 256 + net.seen[step]
            _move(net.bytes_in[row], net.bytes_in_squares[row], net.deltas[layer * SPAN + step], eta)
        first = net.cells[layer * (SPAN + 1)]
        last = net.cells[layer * (SPAN + 1) + SPAN]
        for j in range(size):
            first[j] = last[j]


@bare
def _blame_gates(net: Net, layer: Whole, step: Whole) -> None:
    """The error of one layer's gates at one step, and what it says of the step before and of the layer below."""
    size = net.said.shape[1]
    at = layer * SPAN + step
    gates, squashed, deltas = net.gates[at], net.squashed[at], net.deltas[at]
    before = net.cells[layer * (SPAN + 1) + step]
    said_back, cell_back = net.back[2 * layer], net.back[2 * layer + 1]
    one = np.float32(1)
    for j in range(size):
        d = net.blame[step, layer * size + j] + said_back[j]
        f, g, o, t = gates[j], gates[size + j], gates[2 * size + j], squashed[j]
        cell = cell_back[j] + d * o * (one - t * t)
        deltas[j] = _clipped(cell * (before[j] - g) * f * (one - f))
        deltas[size + j] = _clipped(cell * (one - f) * (one - g * g))
        deltas[2 * size + j] = _clipped(d * t * o * (one - o))
        cell_back[j] = cell * f
    first = 2 * size * layer
    for i in range(size):
        said_back[i] = dot(net.recurrent[first + i], deltas)
    if layer > 0:
        below = net.blame[step]
        for i in range(size):
            below[(layer - 1) * size + i] += dot(net.recurrent[first + size + i], deltas)


@inlined
def _clipped(x: np.float32) -> np.float32:
    return min(max(x, -CLIP), CLIP)


@bare
def _learn_row(net: Net, layer: Whole, i: Whole, eta: np.float32) -> None:
    """Move the weights of one input of a layer by what it was at each step, times the error of the gates there."""
    row = 2 * net.said.shape[1] * layer + i
    change = net.line[: net.gates.shape[1]]
    for j in range(change.shape[0]):
        change[j] = np.float32(0)
    for step in range(0, SPAN, 4):
        at = layer * SPAN + step
        a, b, c, d = net.inputs[at, i], net.inputs[at + 1, i], net.inputs[at + 2, i], net.inputs[at + 3, i]
        da, db, dc, dd = net.deltas[at], net.deltas[at + 1], net.deltas[at + 2], net.deltas[at + 3]
        for j in range(change.shape[0]):
            change[j] = (((change[j] + a * da[j]) + b * db[j]) + c * dc[j]) + d * dd[j]
    _move(net.recurrent[row], net.recurrent_squares[row], change, eta)


@bare
def _move(weights: Floats, squares: Floats, gradient: Floats, eta: np.float32) -> None:
    for j in range(gradient.shape[0]):
        squares[j] += RHO * (gradient[j] * gradient[j] - squares[j])
        step = gradient[j] / (np.sqrt(squares[j]) + EPSILON)
        weights[j] -= eta * min(max(step, -LONGEST), LONGEST)
