"""What nets that learn representations by predicting the next symbol have in common: their recipe, updates, scales."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from codelength.types import Inputs


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size of the net, how many of its last layers make features, how often what was paid for is trained on again.

    `epsilon` is Adam's: a large one leaves weights alone whose gradients are small, so that a net that reads noise
    keeps its random features, where a small one would make steps of full length out of nothing.
    """

    width: int = 32
    layers: int = 3
    seen: int = 3
    rate: float = 2e-3
    replays: int = 1
    epsilon: float = 1e-8


def adam(modules: Sequence[nn.Module], recipe: Recipe) -> torch.optim.Optimizer:
    """Adam over all weights of some modules."""
    parameters = [parameter for module in modules for parameter in module.parameters()]
    return torch.optim.Adam(parameters, recipe.rate, eps=recipe.epsilon)


def begin_at_zero(head: nn.Conv2d | nn.Linear) -> None:
    """Make the first prediction uniform."""
    nn.init.zeros_(head.weight)
    if head.bias is not None:
        nn.init.zeros_(head.bias)


def update(optimizer: torch.optim.Optimizer, loss: Tensor, symbols: int) -> float:
    """One step on a loss in nats that is summed over symbols; the loss before it."""
    optimizer.zero_grad()
    torch.autograd.backward(loss / max(1, symbols))
    optimizer.step()
    return float(loss.detach())


def scaled(x: Inputs) -> Inputs:
    """Columns centred, and all of them divided by one number so that their mean square is 1.

    >>> scaled(np.array([[0.0, 5.0], [4.0, 5.0]], np.float32)).round(1).astype(str).tolist()
    [['-1.4', '0.0'], ['1.4', '0.0']]
    """
    centred = x - x.mean(axis=0)
    return np.asarray(centred / max(float(np.sqrt((centred**2).mean())), 1e-12), np.float32)
