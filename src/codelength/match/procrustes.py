"""Word vectors of two languages in one space: orthogonal Procrustes, CSLS, and self-learning between the two.

    W      = U Vᵀ, where U S Vᵀ = Xᵀ Y over the pairs: the rotation that brings x nearest to y (Schönemann 1966)
    CSLS   = 2 cos(x W, y) − mean cosine of x W to its 10 nearest y − the same of y to x (Conneau et al. 2018)

Self-learning takes the pairs that are mutually nearest by CSLS, finds W from them, and so on; at first only a random
part of all pairs may be taken, which shakes it out of poor lexicons (Artetxe, Labaka and Agirre 2018). The objective is
the mean cosine to the nearest, over both sides.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NEIGHBOURS = 10
_KEPT = 0.1  # of all pairs, at first
_STALE_STEPS, _MOST_STEPS = 8, 300
_LEAST_GAIN = 1e-4

Points = npt.NDArray[np.float64]  # vectors of unit length, [words, dimensions]
Rotation = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float64]  # [words of x, words of y]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A rotation from X's space to Y's, and how near it brings the words."""

    rotation: Rotation
    objective: float


def unit(vectors: Points) -> Points:
    """Vectors scaled to length 1, centred and scaled again, as in vecmap; a vector at the centre stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = vectors / np.maximum(lengths, 1e-12)
    centred = scaled - scaled.mean(0)
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12), np.float64)


def rotation(x: Points, y: Points) -> Rotation:
    """The orthogonal matrix W that makes Σ |x W − y|² least over pairs of rows.

    >>> turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> x = np.eye(2)
    >>> bool(np.allclose(rotation(x, x @ turn), turn))
    True
    """
    left, _, right = np.linalg.svd(x.T @ y)
    return np.asarray(left @ right, np.float64)


def csls(x: Points, y: Points, neighbours: int = NEIGHBOURS) -> Scores:
    """Cosines with the hubs' advantage taken off, [words of x, words of y]."""
    return without_hubs(x @ y.T, neighbours)


def without_hubs(similarity: Scores, neighbours: int = NEIGHBOURS) -> Scores:
    """2 s − the mean of each row's nearest − the mean of each column's nearest."""
    rows = min(neighbours, similarity.shape[1])
    columns = min(neighbours, similarity.shape[0])
    of_row = np.partition(similarity, -rows, axis=1)[:, -rows:].mean(1)
    of_column = np.partition(similarity, -columns, axis=0)[-columns:].mean(0)
    return np.asarray(2 * similarity - of_row[:, None] - of_column, np.float64)


def self_learned(x: Points, y: Points, start: Rotation, *, seed: int = 0, kept: float = _KEPT) -> Aligned:
    """The best rotation met from a start on; `kept` is the part of all pairs that may be taken at first."""
    rng = np.random.default_rng(seed)
    best, turn, stale = Aligned(start, objective(x @ start, y)), start, 0
    for _ in range(_MOST_STEPS):
        scores = csls(x @ turn, y)
        if kept < 1:
            scores[rng.random(scores.shape) >= kept] = -np.inf
        forth, back = scores.argmax(1), scores.argmax(0)
        rows = np.concatenate([np.arange(len(x)), back])
        columns = np.concatenate([forth, np.arange(len(y))])
        turn = rotation(x[rows], y[columns])
        reached = objective(x @ turn, y)
        if reached > best.objective + _LEAST_GAIN:
            best, stale = Aligned(turn, reached), 0
            continue
        stale += 1
        if stale == _STALE_STEPS:
            if kept >= 1:
                break
            kept, stale = min(2 * kept, 1.0), 0
    return best


def objective(x: Points, y: Points) -> float:
    """The mean cosine to the nearest word of the other language, over both."""
    cosines = x @ y.T
    return float((cosines.max(1).mean() + cosines.max(0).mean()) / 2)
