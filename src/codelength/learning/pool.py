"""Scores of several learners pooled into calibrated probabilities: a multinomial logistic regression of few weights.

    p(c | x) ∝ 2^(b_c + Σ_e w_e s_e(x, c)),      w_e ≥ 0

One weight for each learner's scores s_e [n, classes], one b for each class, fitted to the bits of labels that the
learners had not seen; a little Gaussian prior keeps b near the logarithms of the classes' frequencies.
"""

from dataclasses import dataclass

import numpy as np

from codelength.models.pieces import Floats
from codelength.types import Bits, Labels, Probs

MOST_NUMBERS = 1 << 23  # scores that a fit looks at; more texts than that are left out
PRIOR = 1e-3  # strength of the prior for each text, on scores of unit spread
ITERATIONS = 200


@dataclass(frozen=True, slots=True)
class Pool:
    """Weights [learners] and constants [classes], in bits."""

    weights: Floats
    constants: Floats

    @classmethod
    def fitted(cls, scores: Floats, y: Labels, *, most: int | None = None) -> "Pool":
        """The pool that pays the fewest bits for labels y [n] given scores [n, learners, classes].

        It looks at `most` of the texts, evenly spread, and at no more than memory allows.
        """
        from scipy.optimize import minimize

        n, learners, classes = scores.shape
        prior = log_frequencies(y, classes)
        kept = max(1, min(n, most or n, MOST_NUMBERS // (learners * classes)))
        if kept < n:
            chosen = np.linspace(0, n - 1, kept).astype(np.int64)
            scores, y, n = scores[chosen], y[chosen], kept
        spread = np.maximum((scores - scores.mean(axis=2, keepdims=True)).std(axis=(0, 2)), 1e-9)
        scaled = np.ascontiguousarray((scores / spread[:, None]).transpose(1, 0, 2))  # [learners, n, classes]
        rows = np.arange(n)

        def loss(parameters: Floats) -> tuple[float, Floats]:
            weights, moves = parameters[:learners], parameters[learners:]
            probabilities = softmax2(np.tensordot(weights, scaled, 1) + prior + moves)
            bits = -np.log2(np.maximum(probabilities[rows, y], 1e-300)).sum()
            probabilities[rows, y] -= 1
            gradient = np.concatenate(
                (
                    np.tensordot(scaled, probabilities, 2) + PRIOR * n * weights,
                    probabilities.sum(axis=0) + PRIOR * n * moves,
                )
            )
            return float(bits + PRIOR * n / 2 * (parameters @ parameters)), gradient

        start = np.concatenate((np.full(learners, 1 / learners), np.zeros(classes)))
        bounds = [(0, None)] * learners + [(None, None)] * classes
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": ITERATIONS}).x
        return cls(found[:learners] / spread, prior + found[learners:])

    @classmethod
    def plain(cls, codes: int, learners: int, y: Labels, classes: int) -> "Pool":
        """The mean of what the first learners, codes, save; for labels too few to weigh anything by."""
        weights = np.where(np.arange(learners) < codes, 1 / codes, 0.0)
        return cls(weights, log_frequencies(y, classes))

    def log_odds(self, scores: Floats) -> Floats:
        """Bits in favour of each class, up to a constant, [n, classes]."""
        return np.asarray(np.einsum("e,nec->nc", self.weights, scores) + self.constants, np.float64)

    def probabilities(self, scores: Floats) -> Probs:
        """Probabilities of the classes, [n, classes]."""
        return softmax2(self.log_odds(scores))

    def bits(self, scores: Floats, y: Labels) -> Bits:
        """What each label costs, [n]."""
        odds = self.log_odds(scores)
        top = odds.max(axis=1)
        costs = top + np.log2(np.exp2(odds - top[:, None]).sum(axis=1)) - odds[np.arange(len(y)), y]
        return np.asarray(np.maximum(costs, 0.0), np.float64)


def softmax2(log_odds: Floats) -> Probs:
    """2^odds, scaled to sum to 1 over the last axis.

    >>> softmax2(np.array([[0.0, 1.0]])).round(6).tolist()
    [[0.333333, 0.666667]]
    """
    powers = np.exp2(log_odds - log_odds.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float64)


def log_frequencies(y: Labels, classes: int) -> Floats:
    """log2 of the classes' frequencies, each with half a count more (KT)."""
    counts = np.bincount(y, minlength=classes) + 0.5
    return np.asarray(np.log2(counts / counts.sum()), np.float64)
