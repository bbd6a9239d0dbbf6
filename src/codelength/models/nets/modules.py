"""The nets: logits of the next byte from the bytes before, as functions of named weights.

A net takes a block of P fresh bytes and K replays of R bytes of the past at once, and carries a state for each:

    forward(weights, bytes before, bytes before replays, carry) → logits [P + K R, 256], carry      a whole block
    step(weights, bytes before, cache, place) → logits [256], cache                                 one fresh byte

Both are the same function of the same past, up to rounding. Symbol 256 stands before the first byte.

Transformer: rotary positions, normalised queries and keys, RMS norm without weights, squared ReLU, output projections
and head at zero. Each position sees exactly the last `window` positions and itself, so that it does not matter how a
block is cut into rows. Keys and values of the window are kept from before, without gradient (Dai et al. 2019).
LSTM: fused by torch. With several rows a row begins with the state in which it ended a block ago and reads the `WARM`
bytes just before itself.

Vaswani et al. (2017); Su et al. (2021), rotary positions; So et al. (2021), squared ReLU; Hochreiter and Schmidhuber
(1997).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

SYMBOLS = 256
START = 256  # what stands before the first byte
WARM = 16  # bytes that a row of an LSTM reads before it pays
_HEAD_SIZE = 32

Weights = dict[str, Tensor]
Carry = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One weight: its shape, its first scale (0 for zeros), and whether it is a matrix that maps width to width."""

    size: tuple[int, ...]
    scale: float
    is_matrix: bool = False


class Net(Protocol):
    """A shape of net: how many bytes a block has, and the two ways to run it."""

    block: int  # P, bytes of a block
    replayed: int  # R, bytes of a replay in a block
    reach: int  # bytes that `forward` must be given before those that stand before the bytes paid
    fresh_rows: int  # of a carry, before those of the replays
    carry_axes: tuple[int, ...]  # along which each part of a carry has its rows

    def shapes(self) -> dict[str, Shape]:
        """The weights by name, in a fixed order."""

    def working_bytes(self, replays: int) -> int:
        """Memory of what is carried and of a block with so many replays, about."""

    def carry(self, replays: int) -> Carry:
        """What the fresh bytes and so many replays carry before their first."""

    def forward(self, weights: Weights, fresh: Tensor, replays: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """Logits [P + K R, 256], by the bytes before, [reach + P] and [K, reach + R]; the carry behind them."""

    def cache(self, carry: Carry) -> Carry:
        """What `step` begins with, from the fresh sequence's carry."""

    def step(self, weights: Weights, before: Tensor, cache: Carry, at: int) -> tuple[Tensor, Carry]:
        """Logits [256] of byte `at` of the block; `before` [reach + 1] ends in the byte before it."""


class Transformer:
    """`layers` blocks of `width`, in `rows` of `length` bytes, each byte seeing `window` bytes back."""

    reach = 0
    fresh_rows = 1
    carry_axes: tuple[int, ...] = (2, 0)

    def __init__(self, layers: int, width: int, rows: int, length: int, window: int) -> None:
        self.layers, self.width, self.rows, self.length, self.window = layers, width, rows, length, window
        self.block = self.replayed = rows * length
        # As many heads as there can be of at least so many numbers, an even number of them.
        self.heads = max(h for h in range(1, width) if width % (2 * h) == 0 and (h == 1 or width // h >= _HEAD_SIZE))

    @cached_property
    def _rotations(self) -> tuple[Tensor, Tensor]:
        # Cosines and sines, [window + length, half a head]; made when they are first needed.
        half = self.width // self.heads // 2
        with torch.inference_mode(False):  # whoever asks first, a training pass can use them
            rates = torch.tensor([10_000.0 ** (-i / half) for i in range(half)], dtype=torch.float64)
            angles = torch.arange(self.window + self.length, dtype=torch.float64)[:, None] * rates
            return angles.cos().float(), angles.sin().float()

    def working_bytes(self, replays: int) -> int:
        """Keys and values of the window and of a block, and what a layer keeps of a block for its gradient."""
        span = 1 + self.window / self.length
        a_block = self.block * (self.layers * self.width * (64 + 16 * span) + 16 * SYMBOLS)
        return int((1 + replays) * (a_block + 16 * self.layers * self.window * self.width))

    def shapes(self) -> dict[str, Shape]:
        """Embedding, four projections and two of the feed-forward part a layer, head."""
        d = self.width
        shapes = {"embed": Shape((SYMBOLS + 1, d), 1.0)}
        for layer in range(self.layers):
            for name in ("query", "key", "value"):
                shapes[f"{layer}.{name}"] = Shape((d, d), d**-0.5, is_matrix=True)
            shapes[f"{layer}.out"] = Shape((d, d), 0.0, is_matrix=True)
            shapes[f"{layer}.up"] = Shape((4 * d, d), d**-0.5, is_matrix=True)
            shapes[f"{layer}.down"] = Shape((d, 4 * d), 0.0, is_matrix=True)
        shapes["head"] = Shape((SYMBOLS, d), 0.0)
        return shapes

    def carry(self, replays: int) -> Carry:
        """Keys and values [layers, 2, S, window, heads, size] and how many of them are there [S], S = 1 + replays."""
        size = self.width // self.heads
        return (
            torch.zeros(self.layers, 2, 1 + replays, self.window, self.heads, size),
            torch.zeros(1 + replays, dtype=torch.int64),
        )

    def forward(self, weights: Weights, fresh: Tensor, replays: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """Attention in rows: each row's keys are the window before it and its own."""
        before = torch.cat([fresh[None], replays])  # [S, P]
        sequences, count = before.shape
        kept, there = carry
        mask = self._mask(there, count)
        x = _norm(functional.embedding(before, weights["embed"]))  # [S, P, d]
        memory = []
        for layer in range(self.layers):
            h = _norm(x)
            q, k, v = (self._heads(h, weights[f"{layer}.{name}"]) for name in ("query", "key", "value"))
            q, k = _norm(q), _norm(k)  # [S, P, heads, size]
            keys, values = torch.cat([kept[layer, 0], k], 1), torch.cat([kept[layer, 1], v], 1)
            memory.append(torch.stack([keys[:, -self.window :], values[:, -self.window :]]).detach())
            mixed = self._attend(q, keys, values, mask)
            x = x + functional.linear(mixed.reshape(sequences, count, self.width), weights[f"{layer}.out"])
            x = x + self._feed(weights, layer, x)
        logits = functional.linear(_norm(x), weights["head"])
        return logits.flatten(0, 1), (torch.stack(memory), torch.clamp(there + count, max=self.window))

    def cache(self, carry: Carry) -> Carry:
        """The fresh sequence's window, [layers, 2, window, heads, size], and how much of it is there."""
        return carry[0][:, :, 0].clone(), carry[1][:1].clone()

    def step(self, weights: Weights, before: Tensor, cache: Carry, at: int) -> tuple[Tensor, Carry]:
        """One position over the keys that are kept."""
        kept, there = cache
        x = _norm(functional.embedding(before[-1:], weights["embed"]))  # [1, d]
        absent = self.window - int(there)
        longer = kept.new_empty(self.layers, 2, self.window + 1, *kept.shape[3:])
        longer[:, :, :-1] = kept
        for layer in range(self.layers):
            h = _norm(x)
            q, k, v = (self._heads(h, weights[f"{layer}.{name}"]) for name in ("query", "key", "value"))
            longer[layer, 0, -1], longer[layer, 1, -1] = _norm(k)[0], v[0]
            keys = self._rotate(longer[layer, 0], 0)[absent:]  # [keys, heads, size]
            query = self._rotate(_norm(q), self.window)
            scores = torch.einsum("qhs,khs->hk", query, keys) / math.sqrt(keys.shape[2])
            mixed = torch.einsum("hk,khs->hs", scores.softmax(1), longer[layer, 1, absent:])
            x = x + functional.linear(mixed.reshape(1, self.width), weights[f"{layer}.out"])
            x = x + self._feed(weights, layer, x)
        logits = functional.linear(_norm(x), weights["head"])[0]
        return logits, (longer[:, :, 1:], torch.clamp(there + 1, max=self.window))

    def _heads(self, h: Tensor, weight: Tensor) -> Tensor:
        return functional.linear(h, weight).view(*h.shape[:-1], self.heads, -1)

    def _feed(self, weights: Weights, layer: int, x: Tensor) -> Tensor:
        return functional.linear(
            functional.relu(functional.linear(_norm(x), weights[f"{layer}.up"])).square(), weights[f"{layer}.down"]
        )

    def _attend(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        sequences, count = q.shape[:2]
        rows = count // self.length
        span = self.window + self.length
        # [S · rows, heads, ..., size]
        q = self._rotate(q.reshape(sequences * rows, self.length, self.heads, -1), self.window).transpose(1, 2)
        keys = keys.unfold(1, span, self.length).permute(0, 1, 4, 2, 3).reshape(sequences * rows, span, self.heads, -1)
        values = values.unfold(1, span, self.length).permute(0, 1, 2, 4, 3)
        values = values.reshape(sequences * rows, self.heads, span, -1)
        keys = self._rotate(keys, 0).transpose(1, 2)
        return functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask).transpose(1, 2)

    def _rotate(self, x: Tensor, first: int) -> Tensor:
        # x [..., positions, heads, size], its positions counted from `first`.
        here = slice(first, first + x.shape[-3])
        cosine, sine = (part[here, None].to(x.device) for part in self._rotations)
        a, b = x.chunk(2, -1)
        return torch.cat([a * cosine - b * sine, a * sine + b * cosine], -1)

    def _mask(self, there: Tensor, count: int) -> Tensor:
        # [S · rows, 1, length, span], whether a query sees a key.
        rows, span = count // self.length, self.window + self.length
        query = torch.arange(self.length, device=there.device)[:, None]
        key = torch.arange(span, device=there.device)[None, :]
        near = (key >= query) & (key <= query + self.window)
        place = key + torch.arange(rows, device=there.device)[:, None, None] * self.length - self.window
        known = place[None] >= -there[:, None, None, None]
        return (near & known).reshape(-1, 1, self.length, span)


class Lstm:
    """`layers` of `width`, in `rows` of `length` bytes."""

    carry_axes: tuple[int, ...] = (1, 1)

    def __init__(self, layers: int, width: int, rows: int, length: int) -> None:
        self.layers, self.width, self.rows, self.length = layers, width, rows, length
        self.block, self.replayed, self.fresh_rows = rows * length, length, rows
        self.reach = WARM if rows > 1 else 0

    def shapes(self) -> dict[str, Shape]:
        """Embedding, the layers' input and recurrent weights and biases, head."""
        d = self.width
        shapes = {"embed": Shape((SYMBOLS + 1, d), 1.0)}
        for layer in range(self.layers):
            shapes[f"{layer}.input"] = Shape((4 * d, d), d**-0.5, is_matrix=True)
            shapes[f"{layer}.state"] = Shape((4 * d, d), d**-0.5, is_matrix=True)
            shapes[f"{layer}.input_bias"] = Shape((4 * d,), 0.0)
            shapes[f"{layer}.state_bias"] = Shape((4 * d,), 0.0)
        shapes["head"] = Shape((SYMBOLS, d), 0.0)
        return shapes

    def working_bytes(self, replays: int) -> int:
        """States, and what a layer keeps of a block for its gradient."""
        positions = (self.rows + replays) * (self.reach + self.length)
        return positions * (self.layers * self.width * 64 + 16 * SYMBOLS)

    def carry(self, replays: int) -> Carry:
        """Hidden state and cell, each [layers, rows + replays, width]."""
        size = (self.layers, self.rows + replays, self.width)
        return torch.zeros(size), torch.zeros(size)

    def forward(self, weights: Weights, fresh: Tensor, replays: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """The fresh block cut into rows, and a row for each replay."""
        rows = torch.cat([fresh.unfold(0, self.reach + self.length, self.length), replays])
        output, *after = torch.lstm(
            functional.embedding(rows, weights["embed"]),
            carry,
            _flat(weights, self.layers),
            True,
            self.layers,
            0.0,
            False,
            False,
            True,
        )
        logits = functional.linear(output[:, self.reach :], weights["head"])  # [rows + replays, length, 256]
        return logits.flatten(0, 1), tuple(part.detach() for part in after)

    def cache(self, carry: Carry) -> Carry:
        """The carry of all rows; `step` takes a row's at its start, and then keeps the one in hand behind them."""
        hidden, cell = (part[:, : self.rows] for part in carry)
        return hidden, cell, hidden[:, :1], cell[:, :1]

    def step(self, weights: Weights, before: Tensor, cache: Carry, at: int) -> tuple[Tensor, Carry]:
        """One byte; a row's first reads what is just before the row."""
        hidden, cell, *state = cache
        steps = before[-1:]
        if at % self.length == 0:
            row = at // self.length
            state, steps = [hidden[:, row : row + 1], cell[:, row : row + 1]], before
        flat = _flat(weights, self.layers)
        embedded = functional.embedding(steps[None], weights["embed"])
        output, *state = torch.lstm(embedded, state, flat, True, self.layers, 0.0, False, False, True)
        return functional.linear(output[0, -1], weights["head"]), (hidden, cell, *state)


def forget(net: Net, carry: Carry, replay: int) -> None:
    """Let a replay carry nothing, in place."""
    for part, axis in zip(carry, net.carry_axes, strict=True):
        part.select(axis, net.fresh_rows + replay).zero_()


def _flat(weights: Weights, layers: int) -> list[Tensor]:
    names = ("input", "state", "input_bias", "state_bias")
    return [weights[f"{layer}.{name}"] for layer in range(layers) for name in names]


def _norm(x: Tensor) -> Tensor:
    return functional.rms_norm(x, (x.shape[-1],), eps=1e-6)


def initial(shapes: dict[str, Shape], generator: torch.Generator) -> list[Tensor]:
    """First weights, normal with their scales."""
    return [torch.randn(shape.size, generator=generator) * shape.scale for shape in shapes.values()]


def sizes(shapes: Sequence[Shape]) -> list[int]:
    """How many numbers each weight has."""
    return [math.prod(shape.size) for shape in shapes]
