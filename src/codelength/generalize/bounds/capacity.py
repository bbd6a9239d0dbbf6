"""Capacity: bounds that hold for a whole class at once, by its VC dimension or its Rademacher complexity.

    VC            R ≤ R̂ + sqrt(8 (d ln(2en/d) + ln(4/δ)) / n)              Vapnik and Chervonenkis 1971
    Rademacher    R ≤ R̂ + 2 Rad^ + 3 sqrt(ln(2/δ) / 2n)                    Bartlett and Mendelson 2002
                  Rad^ = E_σ sup_f (1/n) Σ σ_i f(x_i),  σ_i = ±1 by fair coins

Rad^ is that of the losses. It is known exactly for few samples and linear classes, in closed form above them, and by
sampling σ for any class whose supremum can be computed: one draw is off by at most sqrt(ln(1/δ') / 2n) (McDiarmid).
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import (
    ERRORS,
    FIXED_CLASS,
    IID,
    LOSS_01,
    above_zero,
    at_least,
    inside,
    part,
    whole,
)
from codelength.result.bounds import Bound

Matrix = npt.NDArray[np.float64]
Signs = npt.NDArray[np.float64]
MOST_ENUMERATED = 16


def vc(*, train_error: float, vc_dimension: int, n: int, delta: float) -> Bound:
    """R ≤ R̂ + sqrt(8 (d ln(2en/d) + ln(4/δ)) / n), for d of at most n.

    >>> round(vc(train_error=0.06, vc_dimension=10, n=60_000, delta=0.05).value, 6)
    0.180171
    """
    part(train_error=train_error)
    inside(delta=delta)
    whole(1, vc_dimension=vc_dimension, n=n)
    if vc_dimension > n:
        raise UsageError(f"a VC dimension of {vc_dimension} is above n = {n}: the class fits any labels of the samples")
    growth = vc_dimension * math.log(2 * math.e * n / vc_dimension)
    value = train_error + math.sqrt(8 * (growth + math.log(4 / delta)) / n)
    return Bound("VC dimension", value, delta, (IID, FIXED_CLASS, ERRORS), "global", True)


def linear_vc_dimension(features: int) -> int:
    """Half-spaces with a threshold shatter features + 1 points and no more.

    >>> linear_vc_dimension(2)
    3
    """
    whole(1, features=features)
    return features + 1


def relu_vc_dimension(widths: Sequence[int]) -> int:
    """An upper bound on the VC dimension of ReLU nets with biases: inputs, hidden widths, one output.

    Given the signs of all units below, a unit of layer i is a polynomial of degree i in the W_i parameters so far, so
    that m inputs see at most Π_i 2 (2e m k_i i / W_i)^(W_i) patterns of signs (Warren 1968); m inputs are not shattered
    where that is below 2^m. It grows as W L log W, the right order (Bartlett, Harvey, Liaw and Mehrabian 2019).

    >>> relu_vc_dimension([2, 1]), relu_vc_dimension([784, 100, 100, 1])
    (15, 3314423)
    """
    if len(widths) < 2 or widths[-1] != 1:
        raise UsageError(f"widths are {list(widths)}; they begin with the inputs and end with one output")
    for width in widths:
        whole(1, width=width)
    sizes = list(itertools.accumulate((a + 1) * b for a, b in itertools.pairwise(widths)))

    def surplus(m: float) -> float:
        layers = enumerate(zip(sizes, widths[1:], strict=True), start=1)
        return m - math.fsum(1 + w * math.log2(2 * math.e * m * k * i / w) for i, (w, k) in layers)

    # Convex in m and below 0 at m = W, where there is at least one polynomial for each parameter: one root above it.
    low, high = sizes[-1], 2 * sizes[-1]
    while surplus(high) <= 0:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if surplus(middle) > 0 else (middle, high)
    return low


def rademacher(*, train_error: float, rademacher_complexity: float, n: int, delta: float) -> Bound:
    """R ≤ R̂ + 2 Rad^ + 3 sqrt(ln(2/δ) / 2n), Rad^ being that of the losses on the samples.

    >>> round(rademacher(train_error=0.06, rademacher_complexity=0.01, n=60_000, delta=0.05).value, 6)
    0.096633
    """
    part(train_error=train_error)
    at_least(0, rademacher_complexity=rademacher_complexity)
    inside(delta=delta)
    whole(1, n=n)
    value = train_error + 2 * rademacher_complexity + 3 * math.sqrt(math.log(2 / delta) / (2 * n))
    return Bound("Rademacher", value, delta, (IID, FIXED_CLASS, LOSS_01), "global", True)


def linear_rademacher(inputs: Matrix, *, weight_norm: float, norm: Literal["l2", "l1"] = "l2") -> float:
    """Rad^ of x → w·x with ‖w‖ ≤ weight_norm on inputs [n, d]: exact to 16 samples, an upper bound above.

    The supremum is weight_norm ‖Σ σ_i x_i‖ / n in the dual norm. For l2 its mean is at most weight_norm
    sqrt(Σ ‖x_i‖²) / n (Jensen), for l1 weight_norm max_j sqrt(Σ_i x_ij²) sqrt(2 ln 2d) / n (Massart).

    >>> linear_rademacher(np.array([[3.0, 4.0]]), weight_norm=2.0)
    10.0
    >>> round(linear_rademacher(np.ones((100, 1)), weight_norm=1.0), 3)
    0.1
    """
    inputs = _matrix(inputs)
    at_least(0, weight_norm=weight_norm)
    n, d = inputs.shape
    if n <= MOST_ENUMERATED:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=n)))
        sums = signs @ inputs
        lengths = np.linalg.norm(sums, axis=1) if norm == "l2" else np.abs(sums).max(axis=1)
        return float(weight_norm * lengths.mean() / n)
    if norm == "l2":
        return float(weight_norm * np.linalg.norm(inputs) / n)
    longest = np.linalg.norm(inputs, axis=0).max()
    return float(weight_norm * longest * math.sqrt(2 * math.log(2 * d)) / n)


def class_rademacher(losses: Matrix) -> Callable[[Signs], float]:
    """The supremum over a finite class: losses [hypotheses, n] to max_f (1/n) Σ σ_i f_i.

    >>> class_rademacher(np.array([[1.0, 0.0], [0.0, 1.0]]))(np.array([1.0, -1.0]))
    0.5
    """
    losses = _matrix(losses)
    return lambda signs: float((losses @ signs).max() / losses.shape[1])


def sampled_rademacher(
    supremum: Callable[[Signs], float],
    *,
    n: int,
    delta: float,
    ends: tuple[float, float] = (0.0, 1.0),
    draws: int = 20,
    seed: int = 0,
) -> float:
    """An upper bound on Rad^ that fails with probability δ' over m draws of signs: mean + span sqrt(ln(1/δ') / 2nm).

    `supremum(signs [n])` must be the true supremum of (1/n) Σ σ_i f(x_i), not what an optimiser found; `ends` are those
    of f. Functions are centred, which leaves Rad^ as it is: then one sign moves the supremum by span/n at most. δ' adds
    to the δ of the bound that the result is put into.

    >>> two = class_rademacher(np.array([[1.0] * 50, [0.0] * 50]))
    >>> 0.0561 < sampled_rademacher(two, n=50, delta=0.01, draws=400) < 0.08
    True
    """
    whole(1, n=n, draws=draws)
    inside(delta=delta)
    above_zero(span=ends[1] - ends[0])
    rng = np.random.default_rng(seed)
    drawn = rng.choice((-1.0, 1.0), (draws, n))
    found = [supremum(signs) - (ends[0] + ends[1]) / 2 * float(signs.mean()) for signs in drawn]
    if not all(math.isfinite(value) for value in found):
        raise UsageError("the supremum was not finite for some signs; the class must be bounded on the samples")
    return math.fsum(found) / draws + (ends[1] - ends[0]) * math.sqrt(math.log(1 / delta) / (2 * n * draws))


def _matrix(values: Matrix) -> Matrix:
    values = np.asarray(values, np.float64)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise UsageError(f"an array of shape {values.shape} was given; it must be [n, d], not empty and finite")
    return values
