"""Texts told apart: what one text was taken for, why, and how well a labelled set was told apart."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Bits, Kind

TOLD_KEYS = (
    *("text", "label", "probability", "runner_up", "margin_bits", "truth", "label_bits", "bits_per_byte", "kind"),
    "words",
)
TOLD_APART_KEYS = (
    *("train", "sha256", "trained_on", "classes", "train_label_bits", "train_frequency_bits", "asked", "right"),
    *("accuracy", "interval", "label_bits", "bits_per_label", "kind", "fit_seconds", "predict_seconds"),
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What speaks for the class of a text against the runner-up, in bits for each byte.

    `bits` [n] and `prior_bits` sum to `margin_bits`, the logarithm of how many times likelier the class is.

    >>> import numpy as np
    >>> why = Explanation(b"a goal", "sport", "trade", 0.75, 1.5, 0.5, np.array([0.0, 0.0, 0.5, 0.5, 0.0, 0.0]))
    >>> why.words
    (('goal', 2, 1.0), ('a', 0, 0.0))
    """

    text: bytes
    label: str
    runner_up: str
    probability: float
    margin_bits: float
    prior_bits: float
    bits: Bits

    @property
    def words(self) -> tuple[tuple[str, int, float], ...]:
        """(word, first byte, bits) of what stands between blanks, what speaks most for the class first."""
        found, start = [], 0
        for word in self.text.split():
            at = self.text.index(word, start)
            start = at + len(word)
            found.append((word.decode(errors="replace"), at, float(self.bits[at:start].sum())))
        return tuple(sorted(found, key=lambda row: -row[2]))

    def __str__(self) -> str:
        most = ", ".join(f"{word} {bits:+.1f}" for word, _, bits in self.words[:5])
        return f"{self.label} rather than {self.runner_up}, {self.margin_bits:.1f} bits: {most}"


@dataclass(frozen=True, slots=True)
class Told:
    """What one text was taken for; `label_bits` is what its true label costs, where there is one.

    `bits_per_byte` is what the text itself costs the class that takes the fewest bits for it: high for what is foreign.
    """

    text: int
    label: str
    probability: float
    runner_up: str
    margin_bits: float
    bits_per_byte: float
    truth: str | None = None
    label_bits: float | None = None
    words: tuple[tuple[str, float], ...] = ()
    kind: Kind = "ideal"

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in TOLD_KEYS})


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How a labelled set was told apart by what another taught; `train_label_bits` are prequential.

    >>> row = ToldApart("t", "ab", 10, 2, 4.0, 11.5, 8, 6, (0.41, 0.93), 5.0)
    >>> row.accuracy, row.bits_per_label
    (0.75, 0.625)
    """

    train: str
    sha256: str
    trained_on: int
    classes: int
    train_label_bits: float
    train_frequency_bits: float
    asked: int = 0
    right: int = 0
    interval: tuple[float, float] | None = None
    label_bits: float | None = None
    kind: Kind = "prequential"
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0

    @property
    def accuracy(self) -> float | None:
        """The share of labels that were right; None where there were none to check."""
        return self.right / self.asked if self.asked else None

    @property
    def bits_per_label(self) -> float | None:
        """What a true label costs on average."""
        return self.label_bits / self.asked if self.label_bits is not None and self.asked else None

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in TOLD_APART_KEYS})
