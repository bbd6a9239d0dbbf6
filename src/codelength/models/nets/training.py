"""One net as it learns: a block is paid for, then learned together with replays of the past.

The weights stand still within a block of P bytes, so each byte of it is predicted by a net that learned all blocks
before. When the block is complete one update follows, from the fresh bytes and from K replays, streams that run
through the past from random places (Bornschein, Li and Hutter 2022). The temperature of the predictions follows the
gradient of what was paid, before the update (forward calibration). With `average` the predictions are those of weights
averaged over updates. What is known after a block depends on the data alone, never on how it was paid for.
"""

import copy
import math
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from codelength.models.nets.modules import START, Carry, Net, Weights, forget, initial, sizes
from codelength.models.nets.optimizer import Optimizer

_CALIBRATION_RATE = 0.02
_JUMP_BYTES = 4096  # a replay jumps elsewhere after so many bytes, on average
_FLOOR = 1e-6  # of each prediction is uniform

Octets = npt.NDArray[np.uint8]
Doubles = npt.NDArray[np.float64]


class Sharing(Protocol):
    """How several processes train one net (sharing.py)."""

    rank: int

    def part(self, replays: int) -> range:
        """Which replays are this process's."""

    def summed(self, tensor: Tensor) -> Tensor:
        """The sum of everyone's tensor."""

    def from_first(self, tensor: Tensor) -> Tensor:
        """Process 0's tensor."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a net learns; all but the net itself."""

    optimizer: Optimizer
    replays: int
    average: float  # weight of the averaged weights in the next average, 0 for none
    calibrates: bool
    seed: int
    device: str
    share: Sharing | None = None

    @property
    def part(self) -> range:
        """Which replays this process runs."""
        return range(self.replays) if self.share is None else self.share.part(self.replays)


@dataclass(slots=True)
class Learning:
    """All that a net knows after whole blocks."""

    weights: Tensor  # [n], all of them
    moments: Tensor  # [2, n] of the optimizer
    averaged: Tensor  # [n], none where nothing is averaged
    carry: Carry
    averaged_carry: Carry
    places: npt.NDArray[np.int64]  # [replays] where in the past each goes on, -1 for nowhere
    coldness: float  # what logits are multiplied by
    blocks: int
    past: bytearray

    @classmethod
    def fresh(cls, net: Net, recipe: Recipe) -> Self:
        """Nothing read; the first weights follow from the seed."""
        generator = torch.Generator().manual_seed(recipe.seed)
        weights = torch.cat([part.flatten() for part in initial(net.shapes(), generator)]).to(recipe.device)
        averaged = weights.clone() if recipe.average else weights[:0]
        carry = tuple(part.to(recipe.device) for part in net.carry(recipe.replays))
        places = np.full(recipe.replays, -1, np.int64)
        moments = torch.zeros(2, len(weights), device=recipe.device)
        return cls(weights, moments, averaged, carry, copy.deepcopy(carry), places, 1.0, 0, bytearray())

    def copy(self) -> Self:
        """The same in tensors of its own."""
        return replace(
            self,
            weights=self.weights.clone(),
            moments=self.moments.clone(),
            averaged=self.averaged.clone(),
            carry=tuple(part.clone() for part in self.carry),
            averaged_carry=tuple(part.clone() for part in self.averaged_carry),
            places=self.places.copy(),
            past=self.past.copy(),
        )


@dataclass(slots=True)
class Pass:
    """One run of a net over a block: what it says, and what learning needs."""

    predictions: Doubles  # [P, 256]
    logits: Tensor  # [P + K R, 256], with their gradients
    paid_logits: Tensor  # [P, 256], those of the predictions
    parameters: list[Tensor]
    carry: Carry
    averaged_carry: Carry
    replayed: Tensor  # [K R], the bytes that came in the replays


def run(net: Net, recipe: Recipe, learning: Learning, data: bytes) -> Pass:
    """Predictions of a block; of one that is not complete the rest is ignored, and changes nothing before it."""
    fresh = _before(learning.past, data + bytes(net.block - len(data)), net, len(learning.past))
    places = [int(place) for place in learning.places[list(recipe.part)] if place >= 0]
    rows = [_before(learning.past, b"", net, place) for place in places]
    rows += [np.full(net.reach + net.replayed, START, np.int64)] * (len(recipe.part) - len(rows))
    replays = torch.from_numpy(np.stack(rows)) if rows else torch.zeros(0, net.reach + net.replayed, dtype=torch.int64)
    inputs = torch.from_numpy(fresh[: net.reach + net.block]).to(recipe.device), replays.to(recipe.device)
    weights, parameters = _named(net, learning.weights, learns=True)
    logits, carry = net.forward(weights, *inputs, learning.carry)
    paid, averaged_carry = logits[: net.block].detach(), carry
    if recipe.average:
        with torch.no_grad():
            steady, _ = _named(net, learning.averaged, learns=False)
            said, averaged_carry = net.forward(steady, *inputs, learning.averaged_carry)
            paid = said[: net.block]
    if recipe.share is not None:
        paid = recipe.share.from_first(paid.clone())
    replayed = [_bytes(learning.past, place, net.replayed) for place in places]
    return Pass(
        probabilities(paid, learning.coldness),
        logits,
        paid,
        parameters,
        carry,
        averaged_carry,
        torch.from_numpy(np.concatenate(replayed).astype(np.int64) if replayed else np.zeros(0, np.int64)),
    )


def learn(net: Net, recipe: Recipe, learning: Learning, passed: Pass, data: bytes) -> None:
    """The block was this: calibrate, update, and choose what is replayed next; `learning` changes in place."""
    came = torch.from_numpy(np.frombuffer(data, np.uint8).astype(np.int64)).to(recipe.device)
    if recipe.calibrates:
        learning.coldness = calibrated(passed.paid_logits, came, learning.coldness)
    count = len(came) + net.replayed * int((learning.places >= 0).sum())
    wanted = torch.cat([came, passed.replayed.to(recipe.device)])
    pays = 0 if recipe.share is None or recipe.share.rank == 0 else len(came)  # where what is learned from begins
    loss = functional.cross_entropy(passed.logits[pays : len(wanted)], wanted[pays:], reduction="sum") / count
    slopes = torch.autograd.grad(loss, passed.parameters)
    gradient = torch.cat([slope.flatten() for slope in slopes])
    if recipe.share is not None:
        gradient = recipe.share.summed(gradient)
    learning.blocks += 1
    recipe.optimizer.update(learning.weights, gradient, learning.moments, learning.blocks)
    if recipe.average:
        learning.averaged.lerp_(learning.weights, 1 - min(recipe.average, 1 - 1 / (learning.blocks + 1)))
    learning.carry, learning.averaged_carry = passed.carry, passed.averaged_carry
    learning.past += data
    _choose(net, recipe, learning)


class Stepper:
    """Predictions of a block byte by byte, as decoding needs them."""

    def __init__(self, net: Net, recipe: Recipe, learning: Learning) -> None:
        self._net, self._recipe, self._learning = net, recipe, learning
        source, carry = (
            (learning.averaged, learning.averaged_carry) if recipe.average else (learning.weights, learning.carry)
        )
        self._weights = _named(net, source, learns=False)[0]
        self._cache = net.cache(carry)
        self.steps = 0

    def predict(self, data: bytes) -> Doubles:
        """Probabilities [256] of the byte behind `data`, the block so far; call it once for each byte of a block."""
        net, learning = self._net, self._learning
        last = _before(learning.past, data + b"\0", net, len(learning.past))[len(data) : len(data) + net.reach + 1]
        with torch.inference_mode():
            before = torch.from_numpy(last).to(self._recipe.device)
            logits, self._cache = net.step(self._weights, before, self._cache, self.steps)
            self.steps += 1
            said: Doubles = probabilities(logits[None], learning.coldness)[0]
            return said


def probabilities(logits: Tensor, coldness: float) -> Doubles:
    """Softmax of logits [n, 256] times a coldness, in float64, none of it 0."""
    said = torch.softmax(logits.detach().to("cpu", torch.float64) * coldness, 1)
    out: Doubles = np.empty((len(said), 256), np.float64)
    np.add(said.numpy() * (1 - _FLOOR), _FLOOR / 256, out=out)
    return out


def calibrated(logits: Tensor, came: Tensor, coldness: float) -> float:
    """A coldness one step down the gradient, in its logarithm, of the mean cost of what came [n] by logits [n, 256]."""
    said = torch.softmax(logits * coldness, 1)
    slope = ((said * logits).sum(1) - logits.gather(1, came[:, None])[:, 0]).mean()
    return min(max(coldness * math.exp(-_CALIBRATION_RATE * coldness * float(slope)), 0.2), 5.0)


def _named(net: Net, flat: Tensor, *, learns: bool) -> tuple[Weights, list[Tensor]]:
    shapes = net.shapes()
    parts = torch.split(flat, sizes(list(shapes.values())))
    named = {
        name: part.detach().view(shape.size).requires_grad_(learns)
        for (name, shape), part in zip(shapes.items(), parts, strict=True)
    }
    return named, list(named.values())


def _before(past: bytearray, block: bytes, net: Net, start: int) -> npt.NDArray[np.int64]:
    # What stands before each byte from `start - reach` on, in the past and the block behind it.
    count = net.reach + (len(block) or net.replayed)
    first = start - net.reach - 1
    known = bytes(past[max(first, 0) : first + count]) if first + count > 0 else b""
    known += block[: count - len(known) - max(-first, 0)]
    out = np.full(count, START, np.int64)
    out[count - len(known) :] = np.frombuffer(known, np.uint8)
    return out


def _bytes(past: bytearray, start: int, count: int) -> Octets:
    return np.frombuffer(bytes(past[start : start + count]), np.uint8)


def _choose(net: Net, recipe: Recipe, learning: Learning) -> None:
    # Replays go on, or jump; the first begin when there is a past to replay.
    last = len(learning.past) - net.replayed
    if last < 0 or not recipe.replays:
        return
    random = np.random.default_rng((recipe.seed, learning.blocks))
    jumps = random.random(recipe.replays) < net.replayed / _JUMP_BYTES
    jumped = random.integers(0, last + 1, recipe.replays)
    for k in range(recipe.replays):
        learning.places[k] += net.replayed if learning.places[k] >= 0 else 0
        if jumps[k] or not 0 <= learning.places[k] <= last:
            learning.places[k] = jumped[k]
            if k in recipe.part:
                forget(net, learning.carry, recipe.part.index(k))
                forget(net, learning.averaged_carry, recipe.part.index(k))
