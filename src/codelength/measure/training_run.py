"""What a training run is worth: the description length of its data by the learner that is trained on them.

Both ends start the same code from the same seed and train on what has been sent, so the weights never cross the wire
and step s costs its loss before the update:

    L = Σ_s loss_s · tokens_s / ln 2  +  the compressed code                                   (bits; Rae 2023)

It is a code length only where every batch is new and its loss was taken before the weights saw it. What is found to
speak against that is flagged: `not valid` (repeated data, smoothed losses, losses after the update) or `doubtful`.

Sparse logs are summed by the trapezoid rule. With w_i the steps that entry i stands for and r_i its distance from the
line between its neighbours, whose weights there are a and b, the error is bounded by noise and curvature together:

    1.96 · sqrt(Σ w_i (w_i − 1) σ_i²) + |trapezoid on every second entry − trapezoid| / 3
    σ_i² = r_i² / (1 + a² + b²),   the second term by Richardson's rule
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from codelength.dataset import Dataset
from codelength.errors import OptionError
from codelength.loss_curve import Floats, LossCurve, last_loss_nats
from codelength.measure.codelength import coded_bits
from codelength.measure.run_flags import RunFacts, flags
from codelength.registry import create
from codelength.result.training import DOUBTFUL, TrainingRun
from codelength.units import bits_from_nats

CODE_CODECS = ("xz", "bz2", "brotli", "ppmd", "mixing")
_ROUNDING = 1e-12
_INTERVAL = 1.96  # standard errors of a 95 % interval


@dataclass(frozen=True, slots=True)
class CodeSize:
    """The bits of the learner's source by the codec that makes them fewest."""

    bits: float = 0.0
    codec: str = ""


def training_run(curve: LossCurve, facts: RunFacts | None = None, *, code: CodeSize | None = None) -> TrainingRun:
    """The description length in bits of the data of one run, with an error where the log is sparse, and its flags.

    Raises OptionError where more steps are asked for than there are.

    >>> curve = LossCurve("log", np.arange(3), np.array([3.0, 2.0, 1.0]), np.full(3, math.log(2)))
    >>> round(training_run(curve).bits, 9)
    6.0
    """
    started = time.perf_counter()
    facts, code = facts or RunFacts(), code or CodeSize()
    tokens, nats = _steps(curve, facts)
    total = math.fsum(tokens)
    raw_bytes = facts.raw_bytes if facts.bytes_per_token is None else facts.bytes_per_token * total
    bits = bits_from_nats(math.fsum(nats))
    entries = _entries(curve, len(tokens))
    return TrainingRun(
        curve.name,
        curve.loss_of,
        len(tokens),
        entries,
        round(total),
        bits,
        error_bits=error_bits(curve, entries),
        raw_bytes=math.nan if raw_bytes is None else raw_bytes,
        code_bits=code.bits,
        code_codec=code.codec,
        last_loss_bits=bits_from_nats(last_loss_nats(curve.losses_nats[:entries]) * total),
        first_epoch_bits=first_bits(tokens, nats, min(facts.dataset_tokens or total, total)),
        equal_tokens=round(total),
        equal_bits=bits,
        flags=flags(curve, facts, total),
        sha256=curve.sha256,
        seconds=time.perf_counter() - started,
    )


def compare_runs(
    curves: Sequence[LossCurve], facts: RunFacts | None = None, *, code: CodeSize | None = None
) -> list[TrainingRun]:
    """Every run, and what each pays for the first tokens that all of them have; the fewest of those bits first.

    >>> short = LossCurve("short", np.arange(2), np.array([3.0, 2.0]), np.full(2, math.log(2)))
    >>> long = LossCurve("long", np.arange(3), np.array([2.0, 2.0, 2.0]), np.full(3, math.log(2)))
    >>> [(run.run, round(run.bits, 9), round(run.equal_bits, 9)) for run in compare_runs([short, long])]
    [('long', 6.0, 4.0), ('short', 5.0, 5.0)]
    """
    facts = facts or RunFacts()
    if facts.raw_bytes is not None and len(curves) > 1:
        raise OptionError("raw bytes are those of one run; for several say how many bytes a token has")
    runs = [training_run(curve, facts, code=code) for curve in curves]
    totals = [math.fsum(_steps(curve, facts)[0]) for curve in curves]
    shared = min(totals)
    found = [
        replace(run, equal_tokens=round(shared), equal_bits=first_bits(*_steps(curve, facts), shared))
        for run, curve in zip(runs, curves, strict=True)
    ]
    return sorted(found, key=lambda run: run.equal_bits + run.code_bits)


def from_mean_loss(name: str, tokens: float, mean_loss_nats: float, raw_bytes: float | None = None) -> TrainingRun:
    """The arithmetic of a mean loss that is given: tokens · loss / ln 2 bits; flagged, since no log was summed.

    LLaMA-65B in Rae's talk: 1.4e12 tokens of 5.6e12 bytes; 400 GB are a mean of 1.584 nats, from which they come.

    >>> run = from_mean_loss("LLaMA-65B", 1.4e12, 1.584, 5.6e12)
    >>> round(run.bytes / 1e9, 1), round(run.ratio, 1), round(run.bits_per_byte, 3)
    (399.9, 14.0, 0.571)
    """
    if not (tokens > 0 and mean_loss_nats >= 0 and math.isfinite(tokens) and math.isfinite(mean_loss_nats)):
        raise OptionError(f"{tokens:g} tokens at {mean_loss_nats:g} nats: tokens must be above 0, the loss at least 0")
    bits = bits_from_nats(tokens * mean_loss_nats)
    return TrainingRun(
        name,
        "mean",
        0,
        0,
        round(tokens),
        bits,
        error_bits=math.nan,
        raw_bytes=math.nan if raw_bytes is None else raw_bytes,
        equal_tokens=round(tokens),
        equal_bits=bits,
        flags=(f"{DOUBTFUL}arithmetic: the mean loss was given, no log was summed",),
    )


def code_size(source: Dataset, codecs: Sequence[str] = CODE_CODECS) -> CodeSize:
    """The least coded size of the learner's source files, names and sizes included, and by which codec.

    Coded means written, decoded and compared. Decoders are not counted: both ends have them, as they have Python.

    >>> size = code_size(Dataset("source", (b"print(1);" * 50,), item_names=("train.py",)), ("xz", "bz2"))
    >>> size.codec, size.bits % 8
    ('xz', 0.0)
    """
    names = source.item_names or tuple(map(str, range(len(source))))
    packed = b"".join(
        f"{name}\0{len(item)}\0".encode("utf-8", "surrogateescape") + item
        for name, item in zip(names, source.items, strict=True)
    )
    sizes = {name: coded_bits(create(name), packed) for name in codecs}
    best = min(sizes, key=lambda name: sizes[name])
    return CodeSize(sizes[best], best)


def error_bits(curve: LossCurve, entries: int | None = None) -> float:
    """What the steps that a log leaves out may change, in bits; about twice a standard error; 0 for a full log."""
    k = len(curve) if entries is None else entries
    if curve.loss_of == "interval" or k < 2:
        return 0.0
    steps, losses = curve.steps[:k].astype(np.float64), curve.losses_nats[:k]
    tokens = float(np.mean(curve.tokens[:k]))
    gaps = np.diff(steps)
    if curve.loss_of == "step" and (gaps == 1).all():
        return 0.0
    half = np.unique(np.append(np.arange(0, k, 2), k - 1))
    curvature = abs(_area(steps[half], losses[half]) - _area(steps, losses)) / 3
    before, behind = gaps[:-1], gaps[1:]
    a, b = behind / (before + behind), before / (before + behind)
    residue = losses[1:-1] - a * losses[:-2] - b * losses[2:]
    stands_for = (before + behind) / 2
    noise = math.sqrt(float((residue**2 / (1 + a**2 + b**2) * stands_for * (stands_for - 1)).sum()))
    return bits_from_nats((_INTERVAL * noise + curvature) * tokens)


def first_bits(tokens: Floats, nats: Floats, limit_tokens: float) -> float:
    """The bits of the first so many tokens; of the step in which they end, its part."""
    ends = np.cumsum(tokens)
    limit_tokens = min(limit_tokens * (1 + _ROUNDING), float(ends[-1]))  # a sum in another order may differ so much
    whole = int(np.searchsorted(ends, limit_tokens, side="right"))
    bits = bits_from_nats(math.fsum(nats[:whole]))
    if whole < len(tokens):
        left = limit_tokens - (float(ends[whole - 1]) if whole else 0.0)
        bits += bits_from_nats(float(nats[whole]) * left / float(tokens[whole]))
    return bits


def _steps(curve: LossCurve, facts: RunFacts) -> tuple[Floats, Floats]:
    tokens, nats = curve.by_step()
    steps = facts.first_steps or len(tokens)
    if steps > len(tokens):
        raise OptionError(f"{curve.name}: the first {steps:,} steps are asked for; there are {len(tokens):,}")
    return tokens[:steps], nats[:steps]


def _entries(curve: LossCurve, steps: int) -> int:
    counts_from_1 = curve.loss_of != "step" or int(curve.steps[0]) == 1
    return max(int(np.searchsorted(curve.steps, steps + counts_from_1)), 1)


def _area(steps: Floats, losses: Floats) -> float:
    return float((np.diff(steps) * (losses[1:] + losses[:-1])).sum() / 2)
