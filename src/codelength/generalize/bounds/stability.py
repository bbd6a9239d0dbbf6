"""Stability: an algorithm that one sample hardly moves generalises, whatever its class.

    uniform stability β: leaving out one sample moves the loss at any point by at most β
    R ≤ R̂ + 2β + (4nβ + M) sqrt(ln(1/δ) / 2n),   E R ≤ E R̂ + 2β          (Bousquet and Elisseeff 2002)

β must fall as 1/n for this to say anything. M bounds the loss.
"""

import math

from codelength.generalize.bounds.arguments import IID, above_zero, at_least, inside, whole
from codelength.result.bounds import Bound

_STABLE = "the algorithm has that uniform stability and treats samples alike, in any order"


def uniform_stability(
    *, train_error: float, stability: float, n: int, delta: float, largest_loss: float = 1.0
) -> Bound:
    """R ≤ R̂ + 2β + (4nβ + M) sqrt(ln(1/δ) / 2n) for the algorithm's own result.

    >>> round(uniform_stability(train_error=0.1, stability=1e-4, n=10_000, delta=0.05).value, 6)
    0.161394
    """
    _check(train_error, stability, n, largest_loss)
    inside(delta=delta)
    spread = (4 * n * stability + largest_loss) * math.sqrt(math.log(1 / delta) / (2 * n))
    value = train_error + 2 * stability + spread
    return Bound(
        "uniform stability", value, delta, (IID, _STABLE, _loss(largest_loss)), "local", False, trivial=largest_loss
    )


def expected_stability(*, train_error: float, stability: float, n: int, largest_loss: float = 1.0) -> Bound:
    """E R ≤ E R̂ + 2β, where `train_error` stands for its expectation over samples.

    >>> round(expected_stability(train_error=0.1, stability=1e-4, n=10_000).value, 6)
    0.1002
    """
    _check(train_error, stability, n, largest_loss)
    mean = "the training error is its mean over samples"
    assumptions = (IID, _STABLE, _loss(largest_loss), mean)
    value = train_error + 2 * stability
    return Bound("uniform stability, expected", value, None, assumptions, "local", False, trivial=largest_loss)


def ridge_stability(*, n: int, penalty: float, lipschitz: float, kernel: float) -> float:
    """β ≤ σ² κ² / (2 λ n): minimisers of the mean loss + λ ‖f‖² in an RKHS, the loss σ-Lipschitz in f(x), k(x, x) ≤ κ².

    `kernel` is κ, the largest norm of an input for linear functions.

    >>> ridge_stability(n=1000, penalty=0.1, lipschitz=1.0, kernel=2.0)
    0.02
    """
    whole(1, n=n)
    above_zero(penalty=penalty, lipschitz=lipschitz, kernel=kernel)
    return lipschitz**2 * kernel**2 / (2 * penalty * n)


def _check(train_error: float, stability: float, n: int, largest_loss: float) -> None:
    above_zero(largest_loss=largest_loss)
    at_least(0, stability=stability, train_error=train_error)
    at_least(0, room_below_the_largest_loss=largest_loss - train_error)
    whole(1, n=n)


def _loss(largest_loss: float) -> str:
    return f"the loss lies in [0, {largest_loss:g}]"
