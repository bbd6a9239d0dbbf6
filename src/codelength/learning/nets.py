"""Nets as learners of labels: linear, MLP and a small CNN, trained while they pay (Bornschein, Li and Hutter 2022).

After n labels a net has made S(n) = steps · n^0.65 updates in all, so that a new label brings many updates early and
few late. A batch holds the new examples in their turn, once each, and replay streams fill it up: each walks through
what was paid for in order and begins anew at a random place when it comes to the present. Images are moved, turned and
stretched a little at every visit, which uses nothing that was not paid for. Predictions come from an average of the
weights over the last tenth of the updates, and are averaged over a few nets that differ in their seed.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from codelength.types import Inputs, Labels, Probs

Kind = Literal["linear", "mlp", "cnn"]
GROWTH = 0.65  # of the updates with the labels
AVERAGED = 0.1  # the part of the updates over which weights are averaged
PREDICTED_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a net is built and trained; `replay` streams fill a batch, `members` nets are averaged."""

    kind: Kind
    width: int = 16
    members: int = 1
    replay: int = 63
    steps: float = 50.0
    rate: float = 2e-3
    decay: float = 1e-3
    augment: float = 0.0
    fast: bool = False  # bfloat16 where the processor has it: other numbers, same law


class NetLearner:
    """A net that pays for labels: inputs [n, features] for linear and mlp, [n, channels, height, width] for cnn.

    >>> learner = NetLearner((2,), 3, Recipe("linear"), seed=0)
    >>> learner.predict(np.zeros((1, 2), np.float32)).round(3).tolist()
    [[0.333, 0.333, 0.333]]
    """

    def __init__(self, shape: Sequence[int], classes: int, recipe: Recipe, *, seed: int) -> None:
        self.recipe = recipe
        self._members = [_Member(tuple(shape), classes, recipe, seed=seed + 1000 * i) for i in range(recipe.members)]
        self._past = _Past()

    @property
    def parameters(self) -> int:
        """How many numbers the nets hold."""
        return sum(parameter.numel() for member in self._members for parameter in member.net.parameters())

    def predict(self, x: Inputs) -> Probs:
        """Probabilities [n, classes], the mean over the nets."""
        each = [member.predict(torch.from_numpy(np.ascontiguousarray(x))) for member in self._members]
        return np.asarray(np.mean(each, axis=0), np.float64)

    def learn(self, x: Inputs, y: Labels) -> None:
        """The labels of x [n, ...] are y [n]."""
        new = range(self._past.size, self._past.size + len(y))
        self._past.add(torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(y))
        for member in self._members:
            member.train(self._past, new)

    def study(self, updates: int) -> None:
        """Go on with what was learnt, for so many updates of each net."""
        for member in self._members:
            member.study(self._past, updates)

    def rounded(self) -> bytes:
        """Round the averaged weights to float16, in which they could be sent; their bytes."""
        return b"".join(member.rounded() for member in self._members)


class _Past:
    """All that was paid for, in tensors that grow by doubling."""

    def __init__(self) -> None:
        self.size = 0
        self.x, self.y = torch.empty(0), torch.empty(0, dtype=torch.int64)

    def add(self, x: Tensor, y: Tensor) -> None:
        wanted = self.size + len(y)
        if wanted > len(self.y):
            room = max(64, 2 * wanted)
            held_x, held_y = self.x[: self.size], self.y[: self.size]
            self.x, self.y = torch.empty(room, *x.shape[1:]), torch.empty(room, dtype=torch.int64)
            if self.size:
                self.x[: self.size], self.y[: self.size] = held_x, held_y
        self.x[self.size : wanted], self.y[self.size : wanted] = x, y
        self.size = wanted


class _Member:
    def __init__(self, shape: tuple[int, ...], classes: int, recipe: Recipe, *, seed: int) -> None:
        self._recipe = recipe
        self._random = torch.Generator().manual_seed(seed)
        self.net = build(shape, classes, recipe, seed=seed)
        self._average = copy.deepcopy(self.net).eval()
        self._pairs = [
            (ours, theirs)
            for ours, theirs in zip(self._average.state_dict().values(), self.net.state_dict().values(), strict=True)
            if ours.is_floating_point()
        ]
        self._optimizer = torch.optim.AdamW(
            self.net.parameters(), recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.99)
        )
        self._streams = torch.zeros(recipe.replay, dtype=torch.int64)
        self._made = 0

    def predict(self, x: Tensor) -> npt.NDArray[np.float32]:
        parts = []
        with torch.no_grad(), self._precision():
            for part in torch.split(x, PREDICTED_AT_ONCE):
                parts.append(functional.softmax(self._average(self._laid(part)).float(), dim=1))
        return np.asarray(torch.cat(parts).numpy())

    def train(self, past: _Past, new: range) -> None:
        steps = math.ceil(self._recipe.steps * past.size**GROWTH) - self._made
        self.net.train()
        for step in range(steps):
            start, end = (new.start + len(new) * (step + i) // steps for i in (0, 1))
            self._update(past, torch.cat((torch.arange(start, end), self._replayed(past.size))))

    def study(self, past: _Past, updates: int) -> None:
        self.net.train()
        for _ in range(updates):
            self._update(past, self._replayed(past.size))

    def rounded(self) -> bytes:
        parts = []
        for value in self._average.state_dict().values():
            if value.is_floating_point():
                value.copy_(value.half())
                parts.append(value.half().contiguous().numpy().tobytes())
        return b"".join(parts)

    def _update(self, past: _Past, chosen: Tensor) -> None:
        x = past.x[chosen]
        if self._recipe.augment:
            x = moved(x, self._recipe.augment, self._random)
        with self._precision():
            loss = functional.cross_entropy(self.net(self._laid(x)).float(), past.y[chosen])
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        self._optimizer.step()
        self._made += 1
        self._put_into_average()

    def _replayed(self, size: int) -> Tensor:
        self._streams += 1
        at_end = self._streams >= size
        begins = torch.randint(0, size, (len(self._streams),), generator=self._random)
        self._streams = torch.where(at_end, begins, self._streams)
        return self._streams

    def _put_into_average(self) -> None:
        share = 1.0 / (1.0 + AVERAGED * self._made)
        ours, theirs = zip(*self._pairs, strict=True)
        torch._foreach_lerp_(ours, theirs, share)

    def _laid(self, x: Tensor) -> Tensor:
        return x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x

    def _precision(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self._recipe.fast)


def build(shape: tuple[int, ...], classes: int, recipe: Recipe, *, seed: int) -> nn.Module:
    """The net: its last layer begins at 0, so that it first predicts each class alike."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        body, features = _cnn(shape, recipe.width) if recipe.kind == "cnn" else _dense(shape, recipe)
        head = nn.Linear(features, classes)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    net = nn.Sequential(body, head)
    for parameter in net.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return net


def moved(x: Tensor, strength: float, random: torch.Generator) -> Tensor:
    """Images x [n, channels, height, width], each turned, stretched, sheared and shifted at random: at strength 1 by
    up to 0.2 radians, 12 %, 15 % and 5 % of the side.
    """
    turn, wide, high, shear, right, down = (strength * (2 * torch.rand(6, len(x), generator=random) - 1)).unbind()
    cosine, sine = torch.cos(0.2 * turn), torch.sin(0.2 * turn)
    wide, high = torch.exp(0.12 * wide), torch.exp(0.12 * high)
    first = torch.stack((cosine * wide, -sine * wide + 0.15 * shear, 0.1 * right), dim=1)
    second = torch.stack((sine * high, cosine * high, 0.1 * down), dim=1)
    grid = functional.affine_grid(torch.stack((first, second), dim=1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)


def _dense(shape: tuple[int, ...], recipe: Recipe) -> tuple[nn.Module, int]:
    features = math.prod(shape)
    if recipe.kind == "linear":
        return nn.Flatten(), features
    layers: list[nn.Module] = [nn.Flatten()]
    for size_in in (features, recipe.width):
        layers += [nn.Linear(size_in, recipe.width), nn.ReLU()]
    return nn.Sequential(*layers), recipe.width


def _cnn(shape: tuple[int, ...], width: int) -> tuple[nn.Module, int]:
    """Two convolutions, pooled where the image is large enough, and a dense layer, each with batch norm."""
    kernel = 5 if min(shape[1:]) >= 20 else 3
    layers: list[nn.Module] = []
    channels = shape[0]
    for size_out in (width, 2 * width):
        layers += [nn.Conv2d(channels, size_out, kernel, bias=False, padding=0 if kernel == 5 else 1), nn.MaxPool2d(2)]
        layers += [nn.BatchNorm2d(size_out), nn.ReLU()]
        channels = size_out
    convolutions = nn.Sequential(*layers, nn.Flatten())
    with torch.no_grad():
        flat = convolutions.eval()(torch.zeros(1, *shape)).shape[1]
    convolutions.train()
    hidden = 8 * width
    dense = [nn.Linear(flat, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU()]
    return nn.Sequential(convolutions, *dense), hidden
