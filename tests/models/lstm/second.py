"""A second implementation of the net in NumPy, after docs/format.md; float32 gives its bits, float64 their limit.

Nothing is shared with the kernel but the constants' values.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SPAN = 20


def draws(count: int) -> npt.NDArray[np.float32]:
    """SplitMix64 of 1, 2, ...: the upper 24 bits of each, in [−1/2, 1/2)."""
    out, mask = np.empty(count, np.float32), (1 << 64) - 1
    for i in range(count):
        z = (i + 1) * 0x9E3779B97F4A7C15 & mask
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        z ^= z >> 31
        out[i] = ((z >> 40) - (1 << 23)) / (1 << 24)
    return out


def halves(values: Array) -> Any:
    """Lanes of 16 summed by halves."""
    while len(values) > 1:
        half = len(values) // 2
        values = values[:half] + values[half:]
    return values[0]


def dot(a: Array, b: Array) -> Any:
    """Σ a b: even and odd blocks of 16 lanes apart, each from left to right."""
    blocks = (a * b).reshape(-1, 2, 16)
    sums = np.zeros_like(blocks[0])
    for block in blocks:
        sums = sums + block
    return halves(sums[0] + sums[1])


class Second:
    """A net of `layers` layers of `cells` cells in arithmetic of the given type."""

    def __init__(self, cells: int, layers: int, dtype: npt.DTypeLike = np.float32) -> None:
        self.cells, self.layers, self.dtype = cells, layers, dtype
        self.number: Any = np.dtype(dtype).type
        gates = 3 * cells
        every = draws(layers * (256 + 2 * cells) * gates).reshape(layers * (256 + 2 * cells), gates)
        self.bytes_in = (every[: 256 * layers] * np.float32(0.5)).reshape(layers, 256, gates)
        self.bytes_in[:, :, :cells] += np.float32(1)
        self.recurrent = (every[256 * layers :] * np.sqrt(np.float32(6 / cells))).reshape(layers, 2 * cells, gates)
        self.bytes_in, self.recurrent = self.bytes_in.astype(dtype), self.recurrent.astype(dtype)
        self.output = np.zeros((layers * cells + 8, 256), dtype)
        self.squares = {name: np.zeros_like(getattr(self, name)) for name in ("bytes_in", "recurrent", "output")}
        self.said, self.kept = np.zeros((layers, cells), dtype), np.zeros((layers, cells), dtype)
        self.tree = np.array([0.0] + [2.0 ** -(node.bit_length() - 1) for node in range(1, 512)], dtype)
        self.steps: list[dict[str, Array]] = []
        self.seen: list[int] = []
        self.updates = 0

    def advance(self, byte: int) -> None:
        """The next byte is this."""
        if self.steps:
            self._learn_output(byte)
        if len(self.steps) == SPAN:
            self._learn_recurrent()
            self.steps, self.seen = [], []
        self.seen.append(byte)
        self.steps.append(self.forward(byte))
        self.tree = self.spread(self.steps[-1]["hidden"], self.output)

    def forward(self, byte: int) -> dict[str, Array]:
        """One step of all layers; what errors will need."""
        one, two, size = self.number(1), self.number(2), self.cells
        step: dict[str, Array] = {"before": self.kept.copy()}
        inputs, gates, squashed = [], [], []
        for layer in range(self.layers):
            x = self.said[layer] if layer == 0 else np.concatenate([self.said[layer], self.said[layer - 1]])
            z = self.bytes_in[layer, byte].copy()
            for i, value in enumerate(x):
                z = z + value * self.recurrent[layer, i]
            f = one / (one + self.exp(-z[:size]))
            g = two / (one + self.exp(-two * z[size : 2 * size])) - one
            o = one / (one + self.exp(-z[2 * size :]))
            self.kept[layer] = f * self.kept[layer] + (one - f) * g
            squashed.append(two / (one + self.exp(-two * self.kept[layer])) - one)
            inputs.append(np.concatenate([x, np.zeros(2 * size - len(x), self.dtype)]))
            gates.append(np.concatenate([f, g, o]))
            self.said[layer] = o * squashed[-1]
        last = np.concatenate([self.said.reshape(-1), [one], np.zeros(7, self.dtype)]).astype(self.dtype)
        return {
            **step,
            "inputs": np.array(inputs),
            "gates": np.array(gates),
            "squashed": np.array(squashed),
            "hidden": last,
        }

    def spread(self, hidden: Array, output: Array) -> Array:
        """Probabilities of the next byte's beginnings."""
        sums = np.zeros(256, self.dtype)
        for i, value in enumerate(hidden):
            sums = sums + value * output[i]
        leaves = self.exp(sums - sums.max())
        leaves = leaves * (self.number(1) / tree_of(leaves)[1]) + self.number(np.float32(1e-6))
        return tree_of(leaves)

    def exp(self, x: Array) -> Array:
        """e^x by a series around the nearest power of two; NumPy's own in float64."""
        if self.dtype is np.float64:
            exact: Array = np.exp(np.clip(x, -80, 80))
            return exact
        f = np.float32
        v = np.clip(x, f(-80), f(80)) * f(1.4426950408889634)
        k = (v + f(128.5)).astype(np.int32) - 128
        r = (v - k.astype(f)) * f(0.6931471805599453)
        series = f(1 / 120) + r * f(1 / 720)
        series = f(1 / 6) + r * (f(1 / 24) + r * series)
        power = ((k + 127) << 23).astype(np.int32).view(f)
        found: Array = (f(1) + r * (f(1) + r * (f(0.5) + r * series))) * power
        return found

    def _learn_output(self, byte: int) -> None:
        error = self.tree[256:].copy()
        error[byte] -= self.number(1)
        step, count = self.steps[-1], self.layers * self.cells
        step["blame"] = np.array([dot(row, error) for row in self.output[:count]], self.dtype)
        step["output"] = self.output.copy()
        gradient = np.outer(step["hidden"][: count + 1], error)
        self._move("output", slice(0, count + 1), gradient, self.number(np.float32(7e-4)))

    def _learn_recurrent(self) -> None:
        self.updates += 1
        eta = self.number(np.float32(7e-4)) * self.number(min(self.updates, 100)) / self.number(100)
        deltas = self.deltas()
        for layer in range(self.layers):
            count = self.cells if layer == 0 else 2 * self.cells
            gradient = np.zeros((count, 3 * self.cells), self.dtype)
            for step, delta in zip(self.steps, deltas[layer], strict=True):
                gradient = gradient + step["inputs"][layer, :count, None] * delta[None, :]
            self._move("recurrent", (layer, slice(0, count)), gradient, eta)
            for byte, delta in zip(self.seen, deltas[layer], strict=True):
                self._move("bytes_in", (layer, byte), delta, eta)

    def deltas(self) -> Array:
        """Errors of the gates, [layers, SPAN, 3 cells]."""
        one, size, clip = self.number(1), self.cells, self.number(2)
        out = np.zeros((self.layers, SPAN, 3 * size), self.dtype)
        said_back, cell_back = np.zeros((2, self.layers, size), self.dtype)
        blame = [step["blame"].reshape(self.layers, size).copy() for step in self.steps]
        for t in range(SPAN - 1, -1, -1):
            step = self.steps[t]
            for layer in range(self.layers - 1, -1, -1):
                d = blame[t][layer] + said_back[layer]
                f, g, o = step["gates"][layer].reshape(3, size)
                th = step["squashed"][layer]
                cell = cell_back[layer] + d * o * (one - th * th)
                parts = (
                    cell * (step["before"][layer] - g) * f * (one - f),
                    cell * (one - f) * (one - g * g),
                    d * th * o * (one - o),
                )
                delta = np.clip(np.concatenate(parts), -clip, clip)
                cell_back[layer] = cell * f
                said_back[layer] = [dot(row, delta) for row in self.recurrent[layer, :size]]
                if layer > 0:
                    below = [dot(row, delta) for row in self.recurrent[layer, size:]]
                    blame[t][layer - 1] += np.array(below, self.dtype)
                out[layer, t] = delta
        return out

    def _move(self, name: str, where: Any, gradient: Array, eta: Any) -> None:
        rho, epsilon = self.number(np.float32(1e-5)), self.number(np.float32(3e-6))
        weights, squares = getattr(self, name), self.squares[name]
        squares[where] = squares[where] + rho * (gradient * gradient - squares[where])
        step = np.clip(gradient / (np.sqrt(squares[where]) + epsilon), self.number(-80), self.number(80))
        weights[where] = weights[where] - eta * step


def tree_of(leaves: Array) -> Array:
    tree = np.zeros(512, leaves.dtype)
    tree[256:] = leaves
    for node in range(255, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]
    return tree
