"""Muon on the matrices, Adam on everything else, over one flat vector of weights.

    Adam   m ← β1 m + (1 − β1) g,  v ← β2 v + (1 − β2) g²,  w ← w − rate · m̂ / (√v̂ + ε)
    Muon   m ← 0.95 m + g,  w ← w − rate · √max(1, rows / columns) · orthogonalised(g + 0.95 m)

Orthogonalised: five steps of a quintic Newton-Schulz iteration, which brings all singular values near 1. Gradients are
clipped to norm 1, rates warm up over 30 steps and then stay: a prequential code pays all along its way, so a late decay
would come too late.

Kingma and Ba (2015); Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks".
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from codelength.models.nets.modules import Shape, sizes

MUON_RATE = 0.02
_WARM_UP_STEPS = 30
_BETAS = 0.9, 0.999
_EPSILON = 1e-9
_MOMENTUM = 0.95
_NEWTON_SCHULZ = 3.4445, -4.7750, 2.0315


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Which weights are moved how; the moments are the caller's, [2, weights]."""

    shapes: tuple[Shape, ...]
    rate: float  # of Adam
    muon: bool

    def update(self, weights: Tensor, gradient: Tensor, moments: Tensor, step: int) -> None:
        """Move weights [n] along gradient [n] and change moments [2, n], all in place; step counts from 1."""
        gradient = gradient / max(1.0, float(gradient.norm()))
        warmth = min(1.0, step / _WARM_UP_STEPS)
        first, second = moments
        mean = first.lerp(gradient, 1 - _BETAS[0])
        square = torch.lerp(second, gradient.square(), 1 - _BETAS[1])
        scale = self.rate * warmth / (1 - _BETAS[0] ** step)
        move = mean * scale / (square.sqrt() / math.sqrt(1 - _BETAS[1] ** step) + _EPSILON)
        if self.muon:
            self._muon(gradient, first, mean, move, MUON_RATE * warmth)
        weights -= move
        first.copy_(mean)
        second.copy_(square)

    def _muon(self, gradient: Tensor, first: Tensor, mean: Tensor, move: Tensor, rate: float) -> None:
        # The matrices' parts of mean and move become Muon's; matrices of one shape go together.
        groups: dict[tuple[int, ...], list[slice]] = {}
        start = 0
        for shape, size in zip(self.shapes, sizes(self.shapes), strict=True):
            if shape.is_matrix:
                groups.setdefault(shape.size, []).append(slice(start, start + size))
            start += size
        for (rows, columns), spans in groups.items():
            slopes = torch.stack([gradient[span] for span in spans])
            momenta = torch.stack([first[span] for span in spans]) * _MOMENTUM + slopes
            wanted = (slopes + _MOMENTUM * momenta).view(-1, rows, columns)
            moves = orthogonalised(wanted).reshape(len(spans), -1) * (rate * math.sqrt(max(1.0, rows / columns)))
            for span, momentum, step in zip(spans, momenta, moves, strict=True):
                mean[span] = momentum
                move[span] = step


def orthogonalised(matrices: Tensor) -> Tensor:
    """Matrices [n, rows, columns] with their singular values brought near 1.

    >>> values = torch.linalg.svdvals(orthogonalised(torch.diag(torch.tensor([3.0, 1.0, 0.1]))[None]))
    >>> bool(((values > 0.6) & (values < 1.3)).all())
    True
    """
    a, b, c = _NEWTON_SCHULZ
    is_tall = matrices.shape[1] > matrices.shape[2]
    x: Tensor = matrices.transpose(1, 2) if is_tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.transpose(1, 2)
        x = a * x + torch.baddbmm(b * gram, gram, gram, alpha=c) @ x
    return x.transpose(1, 2) if is_tall else x
