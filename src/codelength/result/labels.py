"""What labels cost: a learner's bits, a feature's worth, random labels, what unlabelled data save."""

import math
from dataclasses import dataclass
from typing import Literal

from codelength.result.json_line import json_line
from codelength.types import Kind

NOTHING = "nothing (random weights)"  # what `Unsupervised` counts savings from
LABELS_KEYS = (
    *("learner", "data", "sha256", "protocol", "labels", "classes", "seeds", "bits", "bits_per_label", "interval_bits"),
    *("uniform_bits", "entropy_bits", "compression", "compression_entropy", "kind", "model_bits", "seconds", "curve"),
)
UNSUPERVISED_KEYS = (
    *("reading", "task", "x_items", "labels", "seeds", "bits", "bits_each", "saving_bits", "interval_bits"),
    *("x_bits", "source_bits", "charged_bits", "kind", "seconds"),
)


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
        return json_line({key: getattr(self, key) for key in LABELS_KEYS})

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
        return json_line({key: getattr(self, key) for key in keys})


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
        return json_line({key: getattr(self, key) for key in keys})


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
        return json_line({key: getattr(self, key) for key in UNSUPERVISED_KEYS})
