"""Results: frozen values that print themselves and give JSON with stable keys.

A code length says of what kind it is: `coded` (that many bytes were written, decoded and compared), `ideal` (the sum of
−log2 p), `prequential` (paid while learning, model not sent) or `difference` (two coded sizes subtracted).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from codelength.types import Kind
from codelength.units import bits_from_bytes, bits_per_byte, nearest_bytes

Verdict = Literal["useful", "useless", "undecided"]

CODELENGTH_KEYS = (
    *("model", "data", "sha256", "raw_bytes", "bits", "bits_per_byte", "ratio", "kind", "model_bits", "seconds"),
    *("total_bits", "settings"),
)
SHARED_KEYS = (
    *("model", "x", "y", "x_bits", "y_bits", "y_given_x_bits", "x_given_y_bits", "xy_bits", "yx_bits"),
    *("interleaved_bits", "shared_bits", "shared_fraction", "shared_bits_reverse", "shared_fraction_reverse"),
    *("symmetry_gap_bits", "chain_gap_bits", "interval_bits", "null_shared_bits", "kind", "warnings", "seconds"),
    *("x_bytes", "y_bytes", "over_null_bits", "regret_bits", "joint_kind", "verdict"),
)
TRAINING_RUN_KEYS = (
    *("run", "sha256", "kind", "loss_of", "steps", "entries", "tokens", "bits", "error_bits", "bytes"),
    *("code_bits", "code_codec", "total_bits", "raw_bytes", "bits_per_token", "bits_per_byte", "ratio"),
    *("last_loss_bits", "first_epoch_bits", "equal_tokens", "equal_bits", "valid", "flags", "seconds"),
)
EPIPLEXITY_KEYS = (
    *("data", "sha256", "raw_bytes", "alphabet", "alphabet_bits", "estimator", "kind", "width", "parameters", "steps"),
    *("symbols", "flops", "structural_bits", "error_bits", "random_bits", "total_bits", "random_bits_per_byte"),
    *("structural_share", "front", "seconds"),
)
NOT_VALID, DOUBTFUL = "not valid: ", "doubtful: "
FITTED_KEYS = ("model", "data", "raw_bytes", "read_bytes", "bits", "bits_per_byte", "kind", "seconds", "curve")
UNSUPERVISED_KEYS = (
    *("reading", "task", "x_items", "labels", "seeds", "bits", "bits_each", "saving_bits", "interval_bits"),
    *("x_bits", "source_bits", "charged_bits", "kind", "seconds"),
)
LABELS_KEYS = (
    *("learner", "data", "sha256", "protocol", "labels", "classes", "seeds", "bits", "bits_per_label", "interval_bits"),
    *("uniform_bits", "entropy_bits", "compression", "compression_entropy", "kind", "model_bits", "seconds", "curve"),
)


@dataclass(frozen=True, slots=True)
class Codelength:
    """What one model pays for one piece of data.

    `model_bits` is what sending the model itself would cost, 0 where it is a part of this library; `settings` say what
    the bits depend on besides the data.

    >>> print(Codelength("xz", "a.txt", "ab12", raw_bytes=100, bits=200.0, kind="coded"))
    xz: a.txt 100 bytes, 200.0 bits coded, 2.0000 bits per byte
    """

    model: str
    data: str
    sha256: str
    raw_bytes: int
    bits: float
    kind: Kind
    model_bits: float = 0.0
    seconds: float = 0.0
    settings: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    @property
    def total_bits(self) -> float:
        """The two-part code: the data's bits and the model's."""
        return self.bits + self.model_bits

    @property
    def bits_per_byte(self) -> float:
        """Bits for each raw byte; nan where there are none."""
        return bits_per_byte(self.bits, self.raw_bytes)

    @property
    def ratio(self) -> float:
        """Raw size by code size; nan where there is nothing."""
        return bits_from_bytes(self.raw_bytes) / self.bits if self.bits else float("nan")

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in CODELENGTH_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.model}: {self.data} {self.raw_bytes:,} bytes, {self.bits:,.1f} bits {self.kind}, "
            f"{self.bits_per_byte:.4f} bits per byte"
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """What X and Y share for one model: C(Y) − C(Y given X), with the other order beside it; may be negative.

    `null_shared_bits` names what X's substitutes (shuffled blocks, noise, other data) seem to share with Y;
    `interval_bits` is the 95 % interval of the shared bits, `over_null_bits` those of the advantage over each
    substitute; `regret_bits` is C(Y given X) minus the least that a list of models reached. Joint lengths that were
    not asked for are nan; `joint_kind` says of what kind they are.
    """

    model: str
    x: str
    y: str
    x_bytes: int
    y_bytes: int
    x_bits: float
    y_bits: float
    y_given_x_bits: float
    x_given_y_bits: float
    xy_bits: float
    yx_bits: float
    interleaved_bits: float
    kind: Kind
    interval_bits: tuple[float, float] | None = None
    null_shared_bits: dict[str, float] = field(default_factory=dict)
    over_null_bits: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    verdict: Verdict = "undecided"
    regret_bits: float = 0.0
    joint_kind: Kind | None = "coded"
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def shared_bits(self) -> float:
        """C(Y) − C(Y given X)."""
        return self.y_bits - self.y_given_x_bits

    @property
    def shared_fraction(self) -> float:
        """The part of C(Y) that X saves; nan where C(Y) is 0."""
        return self.shared_bits / self.y_bits if self.y_bits else float("nan")

    @property
    def shared_bits_reverse(self) -> float:
        """C(X) − C(X given Y)."""
        return self.x_bits - self.x_given_y_bits

    @property
    def shared_fraction_reverse(self) -> float:
        """The part of C(X) that Y saves; nan where C(X) is 0."""
        return self.shared_bits_reverse / self.x_bits if self.x_bits else float("nan")

    @property
    def symmetry_gap_bits(self) -> float:
        """Shared bits of this order minus those of the other; 0 for Kolmogorov complexity, up to a logarithm."""
        return self.shared_bits - self.shared_bits_reverse

    @property
    def chain_gap_bits(self) -> float:
        """C(X, Y) as coded, X first, minus C(X) + C(Y given X)."""
        return self.xy_bits - (self.x_bits + self.y_given_x_bits)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in SHARED_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.model}: {self.x} saves {self.shared_bits:,.1f} of {self.y_bits:,.1f} bits of {self.y} "
            f"({self.shared_fraction:.2%}, {self.kind})"
        )


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a training run says its data cost: the sum of its losses before each update, and the code beside it.

    `error_bits` bounds what a sparse log leaves open (0 where every step is logged); `last_loss_bits` is the mean of
    the last hundredth of losses times all tokens, which is often quoted and too low; `first_epoch_bits` is the part
    before the data repeat; `equal_bits` is the cost of the first `equal_tokens`, which all runs have; `flags` begin
    with `not valid: ` or `doubtful: `.

    >>> run = TrainingRun("a.log", "step", 10, 10, 1000, bits=4000.0, raw_bytes=4000.0, code_bits=80.0)
    >>> print(run)
    a.log: 1,000 tokens in 10 steps, 4,080.0 bits prequential with 80.0 of code, 1.0200 bits per byte, 7.84 times
    """

    run: str
    loss_of: str
    steps: int
    entries: int
    tokens: int
    bits: float
    error_bits: float = 0.0
    raw_bytes: float = float("nan")
    code_bits: float = 0.0
    code_codec: str = ""
    last_loss_bits: float = float("nan")
    first_epoch_bits: float = float("nan")
    equal_tokens: int = 0
    equal_bits: float = float("nan")
    flags: tuple[str, ...] = ()
    sha256: str = ""
    seconds: float = 0.0
    kind: Kind = "prequential"

    @property
    def total_bits(self) -> float:
        """The data and the code that learns them."""
        return self.bits + self.code_bits

    @property
    def bytes(self) -> int:
        """The total in bytes, to the nearest one."""
        return nearest_bytes(self.total_bits)

    @property
    def bits_per_token(self) -> float:
        """The data's bits by their tokens."""
        return self.bits / self.tokens if self.tokens else float("nan")

    @property
    def bits_per_byte(self) -> float:
        """The total by the raw bytes; nan where these are not known."""
        return self.total_bits / self.raw_bytes if self.raw_bytes else float("nan")

    @property
    def ratio(self) -> float:
        """Raw size by total; nan where the raw size is not known."""
        return bits_from_bytes(1) * self.raw_bytes / self.total_bits if self.total_bits else float("nan")

    @property
    def valid(self) -> bool:
        """Whether nothing was found that makes the sum no code length."""
        return not any(flag.startswith(NOT_VALID) for flag in self.flags)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in TRAINING_RUN_KEYS})

    def __str__(self) -> str:
        code = f" with {self.code_bits:,.1f} of code" if self.code_bits else ""
        known = f", {self.bits_per_byte:.4f} bits per byte, {self.ratio:.2f} times" if self.raw_bytes > 0 else ""
        steps = f" in {self.steps:,} steps" if self.steps else ""
        return f"{self.run}: {self.tokens:,} tokens{steps}, {self.total_bits:,.1f} bits {self.kind}{code}{known}"


@dataclass(frozen=True, slots=True)
class LabelCode:
    """What one learner pays for the labels of data whose inputs are known, the mean over seeds.

    `entropy_bits` are those of the adaptive code that sees no input (KT); `curve` holds (labels, mean bits for them).

    >>> row = LabelCode("knn", "digits", "ab12", "online", 10, 4, (0, 1), (8.0, 12.0), 16.0, interval_bits=(4.0, 16.0))
    >>> row.bits, row.uniform_bits, row.compression
    (10.0, 20.0, 2.0)
    """

    learner: str
    data: str
    sha256: str
    protocol: str
    labels: int
    classes: int
    seeds: tuple[int, ...]
    bits_each: tuple[float, ...]
    entropy_bits: float
    interval_bits: tuple[float, float] | None = None
    curve: tuple[tuple[int, float], ...] = ()
    kind: Kind = "prequential"
    model_bits: float = 0.0
    seconds: float = 0.0

    @property
    def bits(self) -> float:
        """The mean over seeds."""
        return math.fsum(self.bits_each) / len(self.bits_each)

    @property
    def bits_per_label(self) -> float:
        """Bits for each label."""
        return self.bits / self.labels

    @property
    def uniform_bits(self) -> float:
        """What log2 K bits a label come to."""
        return self.labels * math.log2(self.classes)

    @property
    def compression(self) -> float:
        """The uniform code's bits by these."""
        return self.uniform_bits / self.bits if self.bits else float("nan")

    @property
    def compression_entropy(self) -> float:
        """The bits of the labels' frequencies by these."""
        return self.entropy_bits / self.bits if self.bits else float("nan")

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in LABELS_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.learner}: {self.labels:,} labels of {self.data}, {self.bits:,.1f} bits {self.kind}, "
            f"{self.bits_per_label:.4f} bits per label"
        )


@dataclass(frozen=True, slots=True)
class FeatureWorth:
    """What a group of features is worth to a learner: the bits that the labels cost more without it."""

    group: str
    learner: str
    bits: float
    without_bits: float
    interval_bits: tuple[float, float] | None = None
    kind: Kind = "prequential"

    @property
    def worth_bits(self) -> float:
        """Bits without the group minus bits with it; negative where it misleads."""
        return self.without_bits - self.bits

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        keys = ("group", "learner", "bits", "without_bits", "worth_bits", "interval_bits", "kind")
        return _line({key: getattr(self, key) for key in keys})


@dataclass(frozen=True, slots=True)
class LabelFit:
    """One way to send true or random labels: what the labels cost, what the shipped model costs.

    `likely` is the part of the labels that were given more than half of the probability.
    """

    how: str
    truth: Literal["true", "random"]
    labels: int
    bits: float
    model_bits: float
    likely: float
    kind: Kind

    @property
    def total_bits(self) -> float:
        """Labels and model."""
        return self.bits + self.model_bits

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        keys = ("how", "truth", "labels", "bits", "model_bits", "total_bits", "likely", "kind")
        return _line({key: getattr(self, key) for key in keys})


@dataclass(frozen=True, slots=True)
class TwoPart:
    """A learner of some width after some steps as a two-part code of all the data: what it knows, and what is left.

    `structural_bits` describe the trained learner, `random_bits` the data given it; `error_bits` is two standard errors
    of the first from the held-out part; `flops` are 6 · parameters · symbols trained on + 2 · parameters · all symbols.
    """

    width: int
    parameters: int
    steps: int
    symbols: int
    flops: float
    structural_bits: float
    random_bits: float
    error_bits: float = 0.0

    @property
    def total_bits(self) -> float:
        """Both parts."""
        return self.structural_bits + self.random_bits


@dataclass(frozen=True, slots=True)
class Epiplexity:
    """Structure and randomness in data for a bounded learner: the parts of its least two-part code.

    `front` has the points that no other undercuts in both compute and total, the cheapest first; the best is its last.
    `estimator` is `auc` or `req`; `alphabet_bits` say which bytes occur and are in neither part.

    >>> found = Epiplexity("d", 100, "auc", TwoPart(16, 50, 3, 60, 1e4, 40.0, 160.0), alphabet=4, alphabet_bits=30.0)
    >>> print(found)
    d: 100 bytes, 40.0 structural and 160.0 random bits by auc, 1.6000 random bits a byte
    """

    data: str
    raw_bytes: int
    estimator: str
    best: TwoPart
    front: tuple[TwoPart, ...] = ()
    alphabet: int = 256
    alphabet_bits: float = 0.0
    sha256: str = ""
    seconds: float = 0.0
    kind: Kind = "prequential"

    @property
    def total_bits(self) -> float:
        """Alphabet, structure and what is left."""
        return self.alphabet_bits + self.best.total_bits

    @property
    def random_bits_per_byte(self) -> float:
        """Time-bounded entropy by raw bytes."""
        return bits_per_byte(self.best.random_bits, self.raw_bytes)

    @property
    def structural_share(self) -> float:
        """Structural bits by both; nan where there is neither."""
        return self.best.structural_bits / self.best.total_bits if self.best.total_bits else float("nan")

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        own = {key: getattr(self, key) for key in EPIPLEXITY_KEYS if hasattr(self, key)}
        values = {**{key: getattr(self.best, key) for key in EPIPLEXITY_KEYS if hasattr(self.best, key)}, **own}
        values["front"] = [[point.flops, point.structural_bits, point.random_bits] for point in self.front]
        return _line({key: values[key] for key in EPIPLEXITY_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.data}: {self.raw_bytes:,} bytes, {self.best.structural_bits:,.1f} structural and "
            f"{self.best.random_bits:,.1f} random bits by {self.estimator}, "
            f"{self.random_bits_per_byte:.4f} random bits a byte"
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a model paid for a text while it learned it: prequential bits, the model not sent.

    >>> print(Fitted("lstm", "a.txt", raw_bytes=8192, read_bytes=4096, bits=8192.0, seconds=2.0))
    lstm: 4,096 of 8,192 bytes of a.txt read, 8,192.0 bits prequential, 2.0000 bits per byte
    """

    model: str
    data: str
    raw_bytes: int
    read_bytes: int
    bits: float
    seconds: float  # of this run
    curve: tuple[tuple[int, float], ...] = ()  # bytes read so far and what they cost, in bits
    kind: Kind = "prequential"

    @property
    def bits_per_byte(self) -> float:
        """Bits per byte read."""
        return bits_per_byte(self.bits, self.read_bytes)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in FITTED_KEYS})

    def __str__(self) -> str:
        read = "all" if self.read_bytes == self.raw_bytes else f"{self.read_bytes:,}"
        return (
            f"{self.model}: {read} of {self.raw_bytes:,} bytes of {self.data} read, {self.bits:,.1f} bits {self.kind}, "
            f"{self.bits_per_byte:.4f} bits per byte"
        )


@dataclass(frozen=True, slots=True)
class Unsupervised:
    """What labels cost a learner that has read something before, and what that reading saves: the mean over seeds.

    `saving_bits` are those of the same learner that has read nothing minus these, with Student's interval of the paired
    differences; `x_bits` is what the reading itself cost as a code, `source_bits` the learner's compressed source.
    """

    reading: str
    task: str
    x_items: int
    labels: int
    seeds: tuple[int, ...]
    bits_each: tuple[float, ...]
    saving_bits: float
    interval_bits: tuple[float, float] | None
    x_bits: float
    source_bits: float
    kind: Kind = "prequential"
    seconds: float = 0.0

    @property
    def bits(self) -> float:
        """The mean over seeds."""
        return math.fsum(self.bits_each) / len(self.bits_each)

    @property
    def charged_bits(self) -> float:
        """The labels, what was read and the learner's source together: what the sum of all messages comes to."""
        return self.bits + self.x_bits + self.source_bits

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return _line({key: getattr(self, key) for key in UNSUPERVISED_KEYS})


def _line(values: dict[str, Any]) -> str:
    clean = {
        key: None if isinstance(value, float) and not abs(value) < float("inf") else value
        for key, value in values.items()
    }
    return json.dumps(clean, ensure_ascii=False)
