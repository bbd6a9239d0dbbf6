"""Matching two graphs whose nodes are words: which node of Y is which of X, from their relations alone.

Sought is the permutation P that brings Y's relations B nearest to X's, A: the least Σ_r |A_r − P B_r Pᵀ|². With P
relaxed to a matrix of probabilities whose rows and columns sum to 1, what it saves to make x the word y is, up to what
is the same for every y, the agreement

    G(x, y) = Σ_uv P_uv (2 A_xu B_yv − B_yv²) / 2n, the mean over all relations A of X, B of Y,

and P is drawn towards exp(β G + prior), made doubly stochastic by Sinkhorn's iteration, while β rises from vague to
sharp. So frequent and peculiar words are settled first, by their profiles, and words that stand beside them follow.
Graduated assignment: Gold and Rangarajan (1996). The same objective is that of Gromov-Wasserstein transport.
"""

import numpy as np
import numpy.typing as npt

from codelength.match.word_relations import Matrix, Relations

VAGUE, SHARP = 20.0, 800.0  # β at the beginning and at the end
STEPS, SHORT_STEPS = 45, 15
_SINKHORN_STEPS = 20
_STEADINESS = 0.5  # how much of P stays in a step
_PRIOR_ALONE = 0.5  # the weight of the prior where nothing else is known
_TINY = np.float32(1e-30)

Prior = npt.NDArray[np.float64]  # log-probabilities in nats up to a constant, [words of x, words of y]


def matched(
    x: Relations, y: Relations, prior: Prior, *, start: Matrix | None = None, vague: float = VAGUE, steps: int = STEPS
) -> Matrix:
    """Probabilities that a word of X is a word of Y, float32 [words of x, words of y].

    `start` are probabilities to begin with; by the prior if not said. A graph and the same with its nodes renumbered:

    >>> rng = np.random.default_rng(0)
    >>> a = rng.normal(size=(30, 30)).astype(np.float32)
    >>> order = rng.permutation(30)
    >>> b = a[np.ix_(order, order)]
    >>> no = np.zeros((30, 0))
    >>> x, y = Relations((a, a.T), no, no, no[0]), Relations((b, b.T), no, no, no[0])
    >>> hint = np.where(np.arange(30) < 6, 4.0, 0.0)[:, None] * (order == np.arange(30)[:, None])
    >>> bool((order[matched(x, y, hint).argmax(1)] == np.arange(30)).all())
    True
    """
    weak = prior.astype(np.float32)
    found = doubly_stochastic(np.float32(_PRIOR_ALONE) * weak) if start is None else start
    for beta in np.geomspace(vague, SHARP, steps):
        drawn = doubly_stochastic(np.float32(beta) * agreement(x, y, found) + weak)
        found = np.float32(_STEADINESS) * found + np.float32(1 - _STEADINESS) * drawn
    return found


def grown(x: Relations, y: Relations, prior: Prior, known: Matrix) -> Matrix:
    """Probabilities for more words than `known` has, by how they relate to those: the start of a larger match."""
    rows, columns = known.shape
    near = agreement(x.towards(rows), y.towards(columns), known)
    return doubly_stochastic(np.float32(SHARP / 2) * near + prior.astype(np.float32))


def agreement(x: Relations, y: Relations, found: Matrix) -> Matrix:
    """G at P, [words of x, words of y]; P may be of the first words only, where the relations are towards those."""
    mass = found.sum(0)
    total = np.zeros((len(x), len(y)), np.float32)
    for a, b in zip(x.matrices, y.matrices, strict=True):
        total += a @ found @ b.T - (b * b) @ mass / np.float32(2)
    return total / np.float32(len(found) * len(x.matrices))


def doubly_stochastic(nats: Matrix) -> Matrix:
    """exp(nats) with rows scaled to sum to 1 and columns to sum to rows / columns; Sinkhorn (1964)."""
    kernel = np.exp(nats - nats.max(1, keepdims=True))
    share = np.float32(kernel.shape[0] / kernel.shape[1])
    of_column = np.ones(kernel.shape[1], np.float32)
    of_row = np.ones(kernel.shape[0], np.float32)
    for _ in range(_SINKHORN_STEPS):
        of_column = share / (kernel.T @ of_row + _TINY)
        of_row = np.float32(1) / (kernel @ of_column + _TINY)
    scaled: Matrix = of_row[:, None] * kernel * of_column
    return scaled
