"""Bounds on a language model's loss, in bits per token, by the bits that its weights take.

Losses −log2 p(token) have no largest value, so predictions are smoothed: (1 − a) p + a/V over V tokens, whose losses
lie in an interval of D = log2(1 + (1 − a) V / a) bits. R̂ and R are those of the smoothed model.

    documents, tokens   R ≤ R̂ + D (sqrt((ln 1/P − ln rδ) / 2n) + sqrt(−ln((1−r)δ) / 2m)),  r = m/(m+n)
                        n independent documents (Lotfi et al. 2023), or n tokens by Azuma's inequality (2024); m of them
                        were measured, at random; where all were, r = 1 and there is no second term
    compute-optimal     R ≤ R̂ + C log2(1 + V/C) + Σ sqrt(C) + log2(1 + C),  C = (bits ln 2 + ln(|K|/δ)) / tokens
                        with R̂ of the model as it is, and a = C/(1+C)             (after Finzi et al. 2025)

The last is a martingale bound that profits from losses that vary little around what could be foreseen. For X_k the loss
of token k, Y_k any forecast of it from the tokens before, Δ an interval that holds both, s in (0, 1):

    Π_k (1 + s (Y_k − X_k)/Δ) exp(−s E[Y_k − X_k | past]/Δ)

is a supermartingale, since (1 + s x) e^(−s E x) has a mean of at most 1. So with probability 1 − δ, v(x) = x − ln(1+x),

    mean E[X_k | past] ≤ mean X_k + ΔC/s + (Δ/s) mean v(s (Y_k − X_k)/Δ)     for all s in a grid K,

which is mean X_k + ΔC + Σ sqrt(C) with Σ by its best s. Published with C ln V + sqrt(2C), in nats, in place of
C ln(1 + V/C) + ln(1 + C), which is less.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.errors import UsageError
from codelength.generalize.bounds.arguments import IID, UNSEEN_PRIOR, at_least, inside, whole
from codelength.result.bounds import Bound
from codelength.types import Bits
from codelength.units import nats_from_bits

GRID = 1000  # |K|
_FUTURE = (
    "tokens come one after the other; the risk is the mean over the samples' own contexts of what was to come there"
)


def smoothed_bits(token_bits: Bits, *, smoothing: float, vocabulary: int) -> Bits:
    """Losses of (1 − a) p + a/V from those of p, [n].

    >>> smoothed_bits(np.array([1.0, np.inf]), smoothing=0.5, vocabulary=4).tolist()
    [1.415037499278844, 3.0]
    """
    inside(smoothing=smoothing)
    whole(2, vocabulary=vocabulary)
    bits = np.asarray(token_bits, np.float64)
    if bits.ndim != 1 or not bits.size or np.isnan(bits).any() or (bits < 0).any():
        raise UsageError("token_bits must be a row of at least one loss, none of them nan or below 0")
    return np.asarray(-np.log2((1 - smoothing) * np.exp2(-bits) + smoothing / vocabulary), np.float64)


def smoothed_span_bits(*, smoothing: float, vocabulary: int) -> float:
    """D = log2(1 + (1 − a) V / a).

    >>> smoothed_span_bits(smoothing=0.5, vocabulary=7)
    3.0
    """
    inside(smoothing=smoothing)
    whole(2, vocabulary=vocabulary)
    return math.log2(1 + (1 - smoothing) * vocabulary / smoothing)


def document_level(
    *,
    train_bits: float,
    bits: float,
    documents: int,
    delta: float,
    vocabulary: int,
    smoothing: float,
    measured: int | None = None,
) -> Bound:
    """Bits per token of new documents: `train_bits` is the mean over documents of the smoothed model's mean loss.

    >>> row = document_level(train_bits=4, bits=1e6, documents=8_000_000, delta=0.05, vocabulary=50_257, smoothing=0.1)
    >>> round(row.value, 4), row.vacuous
    (7.9103, False)
    """
    value = _azuma(train_bits, bits, documents, delta, vocabulary, smoothing, measured)
    assumptions = (IID.replace("samples", "documents"), UNSEEN_PRIOR, _of_smoothed(smoothing))
    return _bound("language model, documents", value, delta, assumptions, vocabulary)


def token_level(
    *,
    train_bits: float,
    bits: float,
    tokens: int,
    delta: float,
    vocabulary: int,
    smoothing: float,
    measured: int | None = None,
) -> Bound:
    """Bits per token, by Azuma's inequality: tokens need not be independent.

    >>> row = token_level(train_bits=4, bits=1e9, tokens=10**10, delta=0.05, vocabulary=50_257, smoothing=0.1)
    >>> round(row.value, 4)
    7.4975
    """
    value = _azuma(train_bits, bits, tokens, delta, vocabulary, smoothing, measured)
    assumptions = (_FUTURE, UNSEEN_PRIOR, _of_smoothed(smoothing))
    return _bound("language model, tokens", value, delta, assumptions, vocabulary)


def compute_optimal(
    *, train_bits: float, bits: float, tokens: int, delta: float, vocabulary: int, loss_variation_bits: float
) -> Bound:
    """R ≤ R̂ + C log2(1 + V/C) + Σ sqrt(C) + log2(1 + C): `train_bits` of the quantised, unsmoothed model, Σ in bits.

    >>> row = compute_optimal(train_bits=3, bits=1e9, tokens=10**10, delta=0.05, vocabulary=50_257,
    ...                       loss_variation_bits=0.2)
    >>> round(row.value, 4)
    4.4987
    """
    at_least(0, train_bits=train_bits, loss_variation_bits=loss_variation_bits)
    whole(2, vocabulary=vocabulary)
    complexity = complexity_per_token(bits=bits, tokens=tokens, delta=delta)
    value = train_bits + complexity * math.log2(1 + vocabulary / complexity)
    value += loss_variation_bits * math.sqrt(complexity) + math.log2(1 + complexity)
    varied = f"the loss variation is that of the smoothed model by its best s of {GRID:,}"
    smoothed = _of_smoothed(complexity / (1 + complexity))
    return _bound(
        "language model, compute-optimal", value, delta, (_FUTURE, UNSEEN_PRIOR, varied, smoothed), vocabulary
    )


def token_martingale(
    *, token_bits: Bits, bits: float, delta: float, vocabulary: int, forecast_bits: Bits | None = None
) -> Bound:
    """The compute-optimal bound from the losses of all tokens themselves, those of the model as it is, [n].

    `forecast_bits` [n] says what the loss of each token was expected to be by what stood before it, such as the entropy
    of the smoothed prediction; the mean of the losses before it where nothing is said.

    >>> losses = np.full(100_000, 2.0)
    >>> round(token_martingale(token_bits=losses, bits=1000, delta=0.05, vocabulary=256).value, 4)
    2.1166
    """
    whole(2, vocabulary=vocabulary)
    complexity = complexity_per_token(bits=bits, tokens=len(token_bits), delta=delta)
    smoothing = complexity / (1 + complexity)
    losses = smoothed_bits(token_bits, smoothing=smoothing, vocabulary=vocabulary)
    span = smoothed_span_bits(smoothing=smoothing, vocabulary=vocabulary)
    variation = loss_variation_bits(
        losses, complexity=complexity, smoothing=smoothing, vocabulary=vocabulary, forecast_bits=forecast_bits
    )
    value = float(losses.mean()) + span * complexity + variation * math.sqrt(complexity)
    assumptions = (_FUTURE, UNSEEN_PRIOR, _of_smoothed(smoothing))
    return _bound("language model, martingale", value, delta, assumptions, vocabulary)


def complexity_per_token(*, bits: float, tokens: int, delta: float) -> float:
    """C = (bits ln 2 + ln(|K|/δ)) / tokens, in nats per token.

    >>> round(complexity_per_token(bits=1e9, tokens=10**10, delta=0.05), 6)
    0.069315
    """
    at_least(0, bits=bits)
    inside(delta=delta)
    whole(1, tokens=tokens)
    return (nats_from_bits(bits) + math.log(GRID / delta)) / tokens


def loss_variation_bits(
    losses: Bits, *, complexity: float, smoothing: float, vocabulary: int, forecast_bits: Bits | None = None
) -> float:
    """Σ of smoothed losses [n]: min over s in K of Δ sqrt(C) (1−s)/s + Δ/(s sqrt(C)) mean v(s (Y − X)/Δ), in bits.

    >>> arguments = dict(complexity=0.01, smoothing=0.01, vocabulary=4)
    >>> round(loss_variation_bits(np.full(100, 1.0), forecast_bits=np.full(100, 1.0), **arguments), 6)
    0.000863
    """
    span = smoothed_span_bits(smoothing=smoothing, vocabulary=vocabulary)
    low = -math.log2(1 - smoothing + smoothing / vocabulary)
    losses = np.asarray(losses, np.float64)
    forecast = _means_before(losses, low + span / 2) if forecast_bits is None else np.asarray(forecast_bits, np.float64)
    if forecast.shape != losses.shape or not np.isfinite(forecast).all():
        raise UsageError("forecast_bits must hold one finite number for each token")
    if losses.min() < low - 1e-9 or losses.max() > low + span + 1e-9:
        raise UsageError("these are no losses of the smoothed model; smooth them by `smoothed_bits` first")
    off = (np.clip(forecast, low, low + span) - losses) / span  # [n], from −1 to 1
    values, counts = _binned(off)
    best = math.inf
    for s in ((np.arange(GRID) + 1) / (GRID + 1)).tolist():
        mean = float(counts @ (s * values - np.log1p(s * values))) / len(off)
        best = min(best, span * (complexity * (1 - s) + mean) / s)
    return best / math.sqrt(complexity)


def _binned(off: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Values and how often they come; many are rounded away from 0, where v is larger."""
    if len(off) > 4096:
        off = np.where(off < 0, np.maximum(np.floor(off * 8192) / 8192, -1.0), np.ceil(off * 8192) / 8192)
    values, counts = np.unique(off, return_counts=True)
    return values, counts.astype(np.float64)


def _means_before(losses: Bits, first: float) -> Bits:
    before = np.cumsum(losses) - losses
    return np.asarray((before + first) / (np.arange(len(losses)) + 1.0), np.float64)


def _azuma(
    train_bits: float, bits: float, n: int, delta: float, vocabulary: int, smoothing: float, measured: int | None
) -> float:
    at_least(0, train_bits=train_bits, bits=bits)
    inside(delta=delta)
    whole(1, n=n)
    span = smoothed_span_bits(smoothing=smoothing, vocabulary=vocabulary)
    share, sampling = 1.0, 0.0
    if measured is not None:
        whole(1, measured=measured)
        if measured > n:
            raise UsageError(f"measured is {measured}, more than all {n}")
        share = measured / (measured + n)
        sampling = math.sqrt(-math.log((1 - share) * delta) / (2 * measured))
    return train_bits + span * (math.sqrt((nats_from_bits(bits) - math.log(share * delta)) / (2 * n)) + sampling)


def _of_smoothed(smoothing: float) -> str:
    return f"the risk is that of the smoothed model, a = {smoothing:.3g}, chosen before the samples or paid for in bits"


def _bound(name: str, value: float, delta: float, assumptions: tuple[str, ...], vocabulary: int) -> Bound:
    return Bound(name, value, delta, assumptions, "local", True, "bits per token", math.log2(vocabulary))
