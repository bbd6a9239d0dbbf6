"""What speaks against a log as a code length: facts that people state, and checks on the losses themselves.

    not valid   data seen before (epochs), smoothed losses, losses taken after the update
    doubtful    evaluations in place of losses, steps before the log begins, a first loss that is too good

Smoothing shows in the increments d_s = loss_s − loss_(s−1): independent batches give them a lag-1 autocorrelation of
−1/2, an exponential average of weight a one of −(1 − a)/2, a moving average one of 0. Trend is taken off first (a line
in log s over the last nine tenths).
"""

import math
from dataclasses import dataclass

import numpy as np

from codelength.errors import OptionError
from codelength.loss_curve import LossCurve
from codelength.result.training import DOUBTFUL, NOT_VALID
from codelength.units import nats_from_bits

RAW_LIMIT = -0.4  # between -1/2 and an average of weight 0.2
_LEAST_ENTRIES = 64  # below which nobody can tell smooth from lucky
_STANDARD_ERRORS = 3
_UNTRAINED = 0.9  # of ln(vocabulary)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the log does not say: raw bytes in all or a token, tokens of the data set, symbols of the vocabulary.

    `first_steps` leaves out the steps behind; `after_update` says that losses were taken after the weights had seen
    the batch.
    """

    raw_bytes: float | None = None
    bytes_per_token: float | None = None
    dataset_tokens: float | None = None
    vocabulary: int | None = None
    first_steps: int | None = None
    after_update: bool = False

    def __post_init__(self) -> None:
        if self.raw_bytes is not None and self.bytes_per_token is not None:
            raise OptionError("raw bytes and bytes a token say the same thing; give one of them")
        for what in ("raw_bytes", "bytes_per_token", "dataset_tokens", "vocabulary", "first_steps"):
            value = getattr(self, what)
            if value is not None and not 0 < value < math.inf:
                raise OptionError(f"{what.replace('_', ' ')}: {value:g} is not above 0")


def flags(curve: LossCurve, facts: RunFacts, tokens: float) -> tuple[str, ...]:
    """Everything that speaks against this curve of so many tokens, each as `not valid: ...` or `doubtful: ...`.

    >>> curve = LossCurve("log", np.arange(2), np.array([3.0, 2.0]), np.full(2, 100.0))
    >>> flags(curve, RunFacts(dataset_tokens=80), 200.0)
    ('not valid: repeated data: 200 tokens of a data set of 80 are 2.50 epochs; the first epoch alone counts',)
    """
    found = []
    if facts.after_update:
        found.append(f"{NOT_VALID}losses were taken after the update: the weights had seen what they pay for")
    if facts.dataset_tokens is not None and tokens > facts.dataset_tokens * (1 + 1e-9):
        found.append(
            f"{NOT_VALID}repeated data: {tokens:,.0f} tokens of a data set of {facts.dataset_tokens:,.0f} are "
            f"{tokens / facts.dataset_tokens:.2f} epochs; the first epoch alone counts"
        )
    elif curve.epochs is not None and curve.epochs > 1 and facts.dataset_tokens is None:
        found.append(
            f"{NOT_VALID}repeated data: the log counts to epoch {curve.epochs:g}; say how many tokens the data set has"
        )
    found += _smoothing_flags(curve)
    if curve.loss_of == "moment":
        found.append(f"{DOUBTFUL}evaluations stand in for the losses of the batches themselves: approximate")
    if curve.first_unlogged:
        found.append(
            f"{DOUBTFUL}the log begins at step {curve.steps[0]:,}; the steps before are counted at its first loss, "
            "which is too low"
        )
    if facts.vocabulary is not None and curve.steps[0] <= 1:
        found += _start_flags(float(curve.losses_nats[0]), facts.vocabulary)
    return tuple(found)


def increments_autocorrelation(losses_nats: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Lag-1 autocorrelation of the increments of losses [k], trend taken off; near −0.5 for raw batch losses.

    >>> noise = np.random.default_rng(0).normal(3, 0.1, 4000)
    >>> round(increments_autocorrelation(noise), 1)
    -0.5
    """
    kept = losses_nats[len(losses_nats) // 10 :]
    places = np.log(np.arange(len(losses_nats) - len(kept), len(losses_nats)) + 1.0)
    slope, level = np.polyfit(places, kept, 1)
    steps = np.diff(kept - slope * places - level)
    limit = 6 * float(np.median(np.abs(steps)))  # so that a few spikes do not decide
    steps = np.clip(steps, -limit, limit)
    power = float((steps * steps).sum())
    return float((steps[:-1] * steps[1:]).sum()) / power if power else 0.0


def _smoothing_flags(curve: LossCurve) -> list[str]:
    if curve.loss_of != "step" or len(curve) < _LEAST_ENTRIES:
        return []
    found = increments_autocorrelation(curve.losses_nats)
    if found - _STANDARD_ERRORS / math.sqrt(len(curve)) <= RAW_LIMIT:
        return []
    weight = min(max(1 + 2 * found, 0.0), 1.0)
    return [
        f"{NOT_VALID}the losses look smoothed: their increments have autocorrelation {found:+.2f}, those of single "
        f"batches have -0.50; an exponential average of weight {weight:.2f} would explain it (means over the steps "
        "since the last entry are said with --loss-of interval, evaluations with --loss-of moment)"
    ]


def _start_flags(first_nats: float, vocabulary: int) -> list[str]:
    untrained = nats_from_bits(math.log2(vocabulary))
    if first_nats >= _UNTRAINED * untrained:
        return []
    return [
        f"{DOUBTFUL}the first loss is {first_nats:.3f} nats where a model that knows nothing pays ln {vocabulary:,} = "
        f"{untrained:.3f}: weights from before (not charged here), smoothing, or a loss after the update"
    ]
