"""Epiplexity in closed form, for learners whose loss obeys a scaling law (Finzi et al. 2026).

    loss(N, T) = (T / T0)^−β + (N / N0)^−α + E        nats a token, N parameters, T tokens trained on
    α = gamma / delta,    β = gamma / (1 − delta),    T0 = C*/6 · N0^(α/β) · (β/α)^(−1/β)

with gamma and delta the exponents of loss and of the best N over compute, and C* its constant. A learner that is
trained on T tokens and prices D of them takes C = 2 N (3 T + D) operations. Its two-part code is least where

    T0^β β (D − T) T^(−β−1) = 3 α D N0^α 2^α C^−α (3 T + D)^(α−1)

and then S = β/(1 − β) · T0^β T^(1−β) / ln 2 is what it knows, H = D · loss(N, T) / ln 2 what stays random to it.
"""

import math
from dataclasses import dataclass

from codelength.errors import OptionError
from codelength.result.epiplexity import TwoPart
from codelength.units import bits_from_nats

PETAFLOP_DAY = 8.64e19  # operations
_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class ScalingLaw:
    """gamma, delta, N0, the irreducible loss E in nats a token, and C* in petaflop-days.

    >>> law = ScalingLaw(0.1, 0.5, 1e6, 1.5, 1e-12)
    >>> law.alpha, law.beta
    (0.2, 0.2)
    """

    gamma: float
    delta: float
    parameters: float
    least_nats: float
    petaflop_days: float

    def __post_init__(self) -> None:
        if not (0 < self.delta < 1 and 0 < self.gamma < 1 - self.delta):
            raise OptionError(f"gamma={self.gamma}, delta={self.delta}: need 0 < delta < 1 and 0 < gamma < 1 - delta")
        if min(self.parameters, self.petaflop_days) <= 0 or self.least_nats < 0:
            raise OptionError("a scaling law has positive constants and a least loss of at least 0")

    @property
    def alpha(self) -> float:
        """The exponent of the parameters."""
        return self.gamma / self.delta

    @property
    def beta(self) -> float:
        """The exponent of the tokens."""
        return self.gamma / (1 - self.delta)

    @property
    def tokens(self) -> float:
        """T0."""
        alpha, beta = self.alpha, self.beta
        scale: float = self.parameters ** (alpha / beta) * (beta / alpha) ** (-1 / beta)
        return self.petaflop_days * PETAFLOP_DAY / 6 * scale


def scaling_epiplexity(law: ScalingLaw, flops: float, tokens: float) -> TwoPart:
    """The least two-part code of so many tokens within so many operations, by a learner that obeys the law.

    Chinchilla's law at 1e25 operations on 1e12 tokens: 8e10 bits are structure, 3 % of all.

    >>> law = ScalingLaw(0.1548439, 0.4564974, 49146303.5, 1.6934, 3.90618e-20)
    >>> code = scaling_epiplexity(law, 1e25, 1e12)
    >>> f"{code.structural_bits:.3g} {code.random_bits:.3g}"
    '7.95e+10 2.72e+12'
    """
    if not (flops > 0 and tokens > 0 and math.isfinite(flops) and math.isfinite(tokens)):
        raise OptionError(f"{flops:g} operations on {tokens:g} tokens: both must be above 0 and finite")
    alpha, beta = law.alpha, law.beta

    def more_pays(trained: float) -> bool:
        # The logarithm of both sides of the condition.
        gain = beta * math.log(law.tokens) + math.log(beta * (tokens - trained)) - (beta + 1) * math.log(trained)
        price = math.log(3 * alpha * tokens) + alpha * math.log(2 * law.parameters / flops)
        return gain > price + (alpha - 1) * math.log(3 * trained + tokens)

    low, high = 1e-9 * tokens, tokens * (1 - 1e-12)
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if more_pays(middle) else (low, middle)
    trained = low
    parameters = flops / (2 * (3 * trained + tokens))
    loss = (trained / law.tokens) ** -beta + (parameters / law.parameters) ** -alpha + law.least_nats
    known = beta / (1 - beta) * law.tokens**beta * trained ** (1 - beta)
    return TwoPart(0, round(parameters), 0, round(trained), flops, bits_from_nats(known), bits_from_nats(tokens * loss))
