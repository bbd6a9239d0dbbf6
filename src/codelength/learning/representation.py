"""Representations learnt from unlabelled data by predicting its next symbol, and what they make of other items.

    pixels   images of at most 14 × 14 cells in 8 levels, row by row: a convolutional net that sees what is above and
    pixels   images of at most 14 × 14 cells in 8 levels, row by row: a convolutional net that sees what is above and
             to the left (van den Oord et al. 2016); features are its last layers, in 7 × 7 parts of the image

Both pay for each symbol before they learn it, in one pass, with replays of what was paid for: `code_bits` is the
prequential length of the unlabelled data as symbols. A net that has read nothing keeps its random weights.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.learning.prequential import Advance, silent
from codelength.types import Bits, Inputs
from codelength.units import bits_from_nats

LEVELS = 8
SIDE = 14
GRID = 7
IMAGES_AT_ONCE = 32
STREAMS, REACH = 32, 48  # texts are read as so many streams, so many bytes at once
READ_BYTES = 512  # of a text, for its features
AT_ONCE = 250

Symbols = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size of the net, how many of its last layers make features, how often what was paid for is trained on again."""

    width: int = 32
    layers: int = 3
    seen: int = 3
    rate: float = 2e-3
    replays: int = 1


class Pixels:
    """A net that predicts each cell of an image from those before it.

    >>> net = Pixels(Recipe(width=4, layers=1), seed=0)
    >>> round(net.read(np.zeros((2, 14, 14), np.uint8)), 1) == 2 * 14 * 14 * 3
    True
    >>> net.features(np.zeros((1, 14, 14), np.uint8)).shape
    (1, 196)
    """

    def __init__(self, recipe: Recipe, *, seed: int) -> None:
        self._recipe = recipe
        self._random = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            first = Masked(1 + LEVELS, recipe.width, 5, sees_itself=False)
            more = [Masked(recipe.width, recipe.width, 3, sees_itself=True) for _ in range(recipe.layers - 1)]
            self._layers = nn.ModuleList([first, *more])
            self._head = nn.Conv2d(recipe.width, LEVELS, 1)
        _begin_at_zero(self._head)
        parameters = [*self._layers.parameters(), *self._head.parameters()]
        self._optimizer = torch.optim.Adam(parameters, recipe.rate)

    def read(self, x: Symbols, advance: Advance = silent) -> float:
        """Pay for images [n, height, width] in levels, learn them; bits."""
        paid = 0.0
        images = torch.from_numpy(x.astype(np.int64))
        for start in range(0, len(images), IMAGES_AT_ONCE):
            batch = images[start : start + IMAGES_AT_ONCE]
            paid += self._learn(batch)
            for _ in range(self._recipe.replays):
                chosen = torch.randint(0, start + len(batch), (IMAGES_AT_ONCE,), generator=self._random)
                self._learn(images[chosen])
            advance(len(batch))
        return bits_from_nats(paid)

    def bits(self, x: Symbols) -> Bits:
        """What each image costs, [n], when nothing is learnt from it."""
        parts = []
        with torch.no_grad():
            for batch in torch.split(torch.from_numpy(x.astype(np.int64)), AT_ONCE):
                nats = functional.cross_entropy(self._head(self._hidden(batch)[-1]), batch, reduction="none")
                parts.append(nats.sum(dim=(1, 2)).numpy() * bits_from_nats(1.0))
        return np.asarray(np.concatenate(parts), np.float64)

    def features(self, x: Symbols) -> Inputs:
        """Averages of the last layers' channels over the parts of each image, [n, seen · width · 49].

        Each layer is scaled so that its mean square is 1 after centring.
        """
        parts = []
        with torch.no_grad():
            for batch in torch.split(torch.from_numpy(x.astype(np.int64)), AT_ONCE):
                hidden = self._hidden(batch)[-self._recipe.seen :]
                parts.append([functional.adaptive_avg_pool2d(layer, GRID).flatten(1).numpy() for layer in hidden])
        return np.concatenate([scaled(np.concatenate(layer)) for layer in zip(*parts, strict=True)], axis=1)

    def _hidden(self, x: Tensor) -> list[Tensor]:
        hidden = functional.one_hot(x, LEVELS).float().permute(0, 3, 1, 2)  # [batch, levels, height, width]
        hidden = torch.cat((torch.ones_like(hidden[:, :1]), hidden), dim=1)  # 1 inside the image
        found: list[Tensor] = []
        for layer in self._layers:
            out = functional.relu(layer(hidden))
            hidden = out + hidden if found else out
            found.append(hidden)
        return found

    def _learn(self, batch: Tensor) -> float:
        loss = functional.cross_entropy(self._head(self._hidden(batch)[-1]), batch, reduction="sum")
        return _update(self._optimizer, loss, batch.numel())


class Masked(nn.Conv2d):
    """A convolution that sees what stands before a cell, in reading order, and the cell itself if it may."""

    def __init__(self, size_in: int, size_out: int, kernel: int, *, sees_itself: bool) -> None:
        super().__init__(size_in, size_out, kernel, padding=kernel // 2)
        middle = kernel // 2
        self.mask = torch.zeros(kernel, kernel)
        self.mask[:middle] = 1
        self.mask[middle, : middle + sees_itself] = 1

    def forward(self, x: Tensor) -> Tensor:
        """x [batch, channels, height, width]."""
        return functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Bytes:
    """An LSTM that predicts each byte of a text.

    >>> net = Bytes(Recipe(width=8, layers=1), seed=0)
    >>> round(net.read([b"abc"]), 3), net.features([b"abc", b"d"]).shape
    (32.0, (2, 8))
    """

    def __init__(self, recipe: Recipe, *, seed: int) -> None:
        self._recipe = recipe
        self._random = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._embedding = nn.Embedding(256, recipe.width)
            self._lstm = nn.LSTM(recipe.width, recipe.width, recipe.layers, batch_first=True)
            self._head = nn.Linear(recipe.width, 256)
        _begin_at_zero(self._head)
        modules = (self._embedding, self._lstm, self._head)
        parameters = [parameter for module in modules for parameter in module.parameters()]
        self._optimizer = torch.optim.Adam(parameters, recipe.rate)

    def read(self, texts: Sequence[bytes], advance: Advance = silent) -> float:
        """Pay for texts, a newline behind each, and learn them; bits. They are read as 32 streams side by side."""
        data = np.frombuffer(b"".join(text + b"\n" for text in texts), np.uint8)
        if not len(data):
            return 0.0
        length = math.ceil(len(data) / STREAMS)
        padded = np.full(STREAMS * length, 10, np.int64)
        padded[: len(data)] = data
        streams = torch.from_numpy(padded.reshape(STREAMS, length))
        known = torch.from_numpy((np.arange(STREAMS * length) < len(data)).reshape(STREAMS, length))
        paid, state = 0.0, None
        for start in range(0, length, REACH):
            end = min(start + REACH, length)
            before = streams[:, start - 1 : end - 1] if start else _begun(streams[:, : end - 1])
            out, state = self._run(before, state)
            paid += self._learn(out, streams[:, start:end], known[:, start:end])
            state = (state[0].detach(), state[1].detach())
            for _ in range(self._recipe.replays if start else 0):
                places = torch.randint(0, start + 1, (STREAMS,), generator=self._random)[:, None] + torch.arange(
                    end - start
                )
                places = places.clamp(1, end - 1)
                rows = torch.arange(STREAMS)[:, None]
                out, _ = self._run(streams[rows, places - 1], None)
                self._learn(out, streams[rows, places], known[rows, places])
            advance(int(known[:, start:end].sum()))
        return bits_from_nats(paid)

    def features(self, texts: Sequence[bytes]) -> Inputs:
        """States averaged over the first 512 bytes of each text, [n, width]."""
        found = np.zeros((len(texts), self._recipe.width), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # alike lengths together
        with torch.no_grad():
            for start in range(0, len(order), AT_ONCE):
                chosen = order[start : start + AT_ONCE]
                items = [texts[i][:READ_BYTES] or b"\n" for i in chosen]
                longest = max(map(len, items))
                padded = np.zeros((len(items), longest), np.int64)
                inside = np.zeros((len(items), longest, 1), np.float32)
                for row, item in enumerate(items):
                    padded[row, : len(item)] = np.frombuffer(item, np.uint8)
                    inside[row, : len(item)] = 1 / len(item)
                out, _ = self._run(torch.from_numpy(padded), None)
                found[chosen] = (out * torch.from_numpy(inside)).sum(dim=1).numpy()
        return found

    def _run(self, x: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        out, state = self._lstm(self._embedding(x), state)
        return out, state

    def _learn(self, out: Tensor, y: Tensor, known: Tensor) -> float:
        loss = functional.cross_entropy(self._head(out[known]), y[known], reduction="sum")
        return _update(self._optimizer, loss, int(known.sum()))


def scaled(x: Inputs) -> Inputs:
    """Columns centred, and all of them divided by one number so that their mean square is 1.

    >>> scaled(np.array([[0.0, 5.0], [4.0, 5.0]], np.float32)).round(1).astype(str).tolist()
    [['-1.4', '0.0'], ['1.4', '0.0']]
    """
    centred = x - x.mean(axis=0)
    return np.asarray(centred / max(float(np.sqrt((centred**2).mean())), 1e-12), np.float32)


def cells(images: Inputs) -> Symbols:
    """Images [n, channels, height, width] in 0..1 as at most 14 × 14 cells of 8 levels: channels and blocks averaged.

    >>> cells(np.ones((1, 1, 28, 28), np.float32)).shape, int(cells(np.ones((1, 1, 8, 8), np.float32)).max())
    ((1, 14, 14), 7)
    """
    grey = images.mean(axis=1)
    block = max(1, math.ceil(max(grey.shape[1:]) / SIDE))
    high, wide = grey.shape[1] // block * block, grey.shape[2] // block * block
    blocks = grey[:, :high, :wide].reshape(len(grey), high // block, block, wide // block, block)
    return np.asarray(np.minimum(blocks.mean(axis=(2, 4)) * LEVELS, LEVELS - 1), np.uint8)


def _begun(x: Tensor) -> Tensor:
    return torch.cat((torch.full((len(x), 1), 10), x), dim=1)  # a newline stands before everything


def _begin_at_zero(head: nn.Conv2d | nn.Linear) -> None:
    nn.init.zeros_(head.weight)
    if head.bias is not None:
        nn.init.zeros_(head.bias)


def _update(optimizer: torch.optim.Optimizer, loss: Tensor, symbols: int) -> float:
    optimizer.zero_grad()
    torch.autograd.backward(loss / max(1, symbols))
    optimizer.step()
    return float(loss.detach())
