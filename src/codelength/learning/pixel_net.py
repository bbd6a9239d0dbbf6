"""A representation of images learnt by predicting each cell from those before it.

Images of at most 14 × 14 cells in 8 levels, row by row: a convolutional net that sees what is above and to the left
(van den Oord et al. 2016). It pays for each cell before it learns it, in one pass with replays of what was paid for, so
that `read` gives the prequential length of the images as symbols. Features are its last layers, in 7 × 7 parts of the
image; a net that has read nothing keeps its random weights.
"""

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.learning.prequential import Advance, silent
from codelength.learning.representation import Recipe, adam, begin_at_zero, scaled, update
from codelength.types import Bits, Inputs
from codelength.units import bits_from_nats

LEVELS = 8
SIDE = 14
GRID = 7
IMAGES_AT_ONCE = 32
AT_ONCE = 250

Symbols = npt.NDArray[np.uint8]


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
        begin_at_zero(self._head)
        self._optimizer = adam((self._layers, self._head), recipe)

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
        return update(self._optimizer, loss, batch.numel())


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
