"""Information: what a result tells about its samples bounds, in expectation, how far it can be off.

    mutual information       |E gap| ≤ sqrt(2 σ² I(W;S) / n)                    Russo and Zou 2016, Xu and Raginsky 2017
    of single samples        |E gap| ≤ (1/n) Σ sqrt(2 σ² I(W;Z_i))              Bu, Zou and Veeravalli 2020
    conditional (CMI)        |E gap| ≤ sqrt(2 CMI / n)                          Steinke and Zakynthinou 2020
    Gibbs algorithm          E gap = I_SKL(W;S) / (n β), an identity            Aminian et al. 2021

Gap is risk minus training error, σ the sub-Gaussian parameter of the loss (1/2 for losses in [0, 1]). Information is in
bits here and turned into nats, as the formulas have it. Nothing follows for one sample: these are expectations.
"""

import math
from collections.abc import Sequence

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import IID, LOSS_01, above_zero, at_least, part, whole
from codelength.result.bounds import Bound
from codelength.units import bits_from_nats, nats_from_bits

_MEAN = "the training error is its mean over samples"
HALF = 0.5


def mutual_information(*, train_error: float, information_bits: float, n: int, sub_gaussian: float = HALF) -> Bound:
    """E R ≤ E R̂ + sqrt(2 σ² I(W;S) / n).

    >>> round(mutual_information(train_error=0.1, information_bits=100, n=10_000).value, 6)
    0.158871
    """
    _check(train_error, n, sub_gaussian)
    at_least(0, information_bits=information_bits)
    gap = math.sqrt(2 * sub_gaussian**2 * nats_from_bits(information_bits) / n)
    return Bound("mutual information", train_error + gap, None, _assumptions(sub_gaussian), "local", False)


def individual_information(
    *, train_error: float, information_bits_each: Sequence[float], sub_gaussian: float = HALF
) -> Bound:
    """E R ≤ E R̂ + (1/n) Σ sqrt(2 σ² I(W;Z_i)), one number of bits for each sample.

    >>> round(individual_information(train_error=0.1, information_bits_each=[0.01] * 10_000).value, 6)
    0.158871
    """
    _check(train_error, len(information_bits_each), sub_gaussian)
    for bits in information_bits_each:
        at_least(0, information_bits=bits)
    each = [math.sqrt(2 * sub_gaussian**2 * nats_from_bits(bits)) for bits in information_bits_each]
    value = train_error + math.fsum(each) / len(each)
    return Bound("mutual information, single samples", value, None, _assumptions(sub_gaussian), "local", False)


def conditional_mutual_information(*, train_error: float, information_bits: float, n: int) -> Bound:
    """E R ≤ E R̂ + sqrt(2 CMI / n): how well W tells which halves of n pairs it was trained on, n bits at most.

    >>> round(conditional_mutual_information(train_error=0.1, information_bits=100, n=10_000).value, 6)
    0.217741
    """
    _check(train_error, n, HALF)
    at_least(0, information_bits=information_bits)
    if information_bits > n:
        raise UsageError(f"information_bits is {information_bits}; n = {n} choices between two hold at most {n} bits")
    value = train_error + math.sqrt(2 * nats_from_bits(information_bits) / n)
    pairs = "the samples were drawn one from each of n independent pairs, by fair coins"
    return Bound("conditional mutual information", value, None, (IID, LOSS_01, pairs, _MEAN), "local", False)


def gibbs_gap(*, symmetrised_information_bits: float, n: int, inverse_temperature: float) -> float:
    """The expected gap of the Gibbs algorithm, exactly: I_SKL(W;S) / (n β), where W has density ∝ π exp(−n β R̂).

    I_SKL = I(W;S) + L(W;S), mutual and lautum information.

    >>> round(gibbs_gap(symmetrised_information_bits=1.0, n=10, inverse_temperature=1.0), 6)
    0.069315
    """
    at_least(0, symmetrised_information_bits=symmetrised_information_bits)
    whole(1, n=n)
    above_zero(inverse_temperature=inverse_temperature)
    return nats_from_bits(symmetrised_information_bits) / (n * inverse_temperature)


def gaussian_mean_information_bits(*, dimension: int, n: int) -> float:
    """I(W;Z_i) = (d/2) ln(n / (n−1)) of the mean of n Gaussian vectors with any one of them, in bits.

    >>> gaussian_mean_information_bits(dimension=2, n=2)
    1.0
    """
    whole(1, dimension=dimension)
    whole(2, n=n)
    return bits_from_nats(-dimension / 2 * math.log1p(-1 / n))


def _check(train_error: float, n: int, sub_gaussian: float) -> None:
    part(train_error=train_error)
    whole(1, n=n)
    above_zero(sub_gaussian=sub_gaussian)


def _assumptions(sub_gaussian: float) -> tuple[str, ...]:
    loss = LOSS_01 if sub_gaussian == HALF else f"the loss is sub-Gaussian with σ = {sub_gaussian:g}"
    return (IID, loss, _MEAN)
