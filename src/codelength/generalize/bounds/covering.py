"""Covering numbers, and Dudley's integral, which makes a Rademacher complexity of them.

    N(ε)    how many functions it takes to have one within ε of each of the class, in the mean square over the samples
    Rad^ ≤ inf_a 4a + (12 / sqrt(n)) ∫_a^r sqrt(ln N(ε)) dε,   r = the largest root mean square of a function

The integrand falls, so that sums with each piece's left end are above the integral: the value is a bound whatever the
grid. Logarithms of covering numbers are in nats here, as the formulas have them.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import above_zero, at_least, whole

_PIECES = 4000
_LEAST_PART = 1e-6  # of the radius; below it 4a is cheaper than any integral


def dudley(covering_nats: Callable[[float], float], *, n: int, radius: float) -> float:
    """Rad^ by the entropy integral of ln N(ε), for a class whose functions have a root mean square of at most `radius`.

    >>> one_function = dudley(lambda scale: 0.0, n=100, radius=1.0)
    >>> round(one_function, 5)
    0.0
    """
    whole(1, n=n)
    above_zero(radius=radius)
    scales = radius * np.geomspace(_LEAST_PART, 1.0, _PIECES + 1)
    logs = np.array([covering_nats(float(scale)) for scale in scales[:-1]])
    if np.isnan(logs).any() or (logs < 0).any():
        raise UsageError("a covering number is nan or below 1; ln N must be at least 0 for every scale")
    if (np.diff(logs) > 1e-9 * np.abs(logs[1:]) + 1e-12).any():
        raise UsageError("ln N rises with the scale; fewer functions cover at a larger one")
    tails = np.append(np.cumsum((np.sqrt(logs) * np.diff(scales))[::-1])[::-1], 0.0)
    return float((4 * scales + 12 / math.sqrt(n) * tails).min())


def parametric_covering_nats(scale: float, *, parameters: int, radius: float, lipschitz: float = 1.0) -> float:
    """d ln(1 + 2 L B / ε): functions that move by at most L times their d parameters, which lie in a ball of radius B.

    >>> round(parametric_covering_nats(0.5, parameters=3, radius=1.0), 6)
    4.828314
    """
    whole(1, parameters=parameters)
    above_zero(scale=scale, radius=radius, lipschitz=lipschitz)
    return parameters * math.log1p(2 * lipschitz * radius / scale)


def linear_covering_nats(scale: float, *, weight_norm: float, input_norm: float, features: int) -> float:
    """⌈(B X / ε)²⌉ ln 2d: x → w·x with ‖w‖₂ ≤ B on inputs of root mean square norm X (Maurey; Zhang 2002).

    >>> round(linear_covering_nats(0.5, weight_norm=1.0, input_norm=1.0, features=10), 6)
    11.982929
    """
    whole(1, features=features)
    above_zero(scale=scale)
    at_least(0, weight_norm=weight_norm, input_norm=input_norm)
    return math.ceil((weight_norm * input_norm / scale) ** 2) * math.log(2 * features)


def spectral_covering_nats(
    scale: float,
    *,
    spectral_norms: Sequence[float],
    distances: Sequence[float],
    input_norm: float,
    width: int,
    lipschitz: float = 1.0,
) -> float:
    """X² ln(2W²)/ε² Π_j s_j² ρ_j² (Σ_i (b_i/s_i)^(2/3))³ for nets of L layers (Bartlett, Foster and Telgarsky 2017).

    s_i bounds layer i's spectral norm, b_i the (2,1) norm of its transposed weights less those of a reference that was
    fixed beforehand; X is the inputs' root mean square norm, W the largest width or number of inputs; the
    nonlinearities map 0 to 0 and are ρ-Lipschitz.

    >>> arguments = dict(distances=[1.0], input_norm=1.0, width=2)
    >>> round(spectral_covering_nats(1.0, spectral_norms=[1.0], **arguments), 6)
    2.079442
    """
    if len(spectral_norms) != len(distances) or not spectral_norms:
        raise UsageError(f"{len(spectral_norms)} spectral norms and {len(distances)} distances; give one each a layer")
    whole(1, width=width)
    above_zero(scale=scale, lipschitz=lipschitz, **{f"spectral norm {i}": s for i, s in enumerate(spectral_norms)})
    at_least(0, input_norm=input_norm, **{f"distance {i}": b for i, b in enumerate(distances)})
    product = math.prod((s * lipschitz) ** 2 for s in spectral_norms)
    spread = math.fsum((b / s) ** (2 / 3) for b, s in zip(distances, spectral_norms, strict=True)) ** 3
    return input_norm**2 * math.log(2 * width**2) / scale**2 * product * spread
