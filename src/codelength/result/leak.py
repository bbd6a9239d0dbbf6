"""Which items of a test stand in the training texts."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind

LEAK_KEYS = (
    *("id", "bytes", "leaked", "explained", "threshold", "bits", "given_train_bits", "saved_bits", "source"),
    *("kind",),
)


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One item of the test: its bits without the training text that it resembles most, and with it.

    `given_train_bits` is the lesser of the two, what it takes to name the training text included; an item too short to
    tell has nan bits and is not leaked.
    """

    id: str
    bytes: int
    bits: float
    given_train_bits: float
    source: str | None
    threshold: float
    kind: Kind = "ideal"

    @property
    def saved_bits(self) -> float:
        """What the training text saves."""
        return self.bits - self.given_train_bits

    @property
    def explained(self) -> float:
        """The part of its bits that the training text saves; nan for an item too short."""
        return self.saved_bits / self.bits if self.bits else float("nan")

    @property
    def leaked(self) -> bool:
        """Whether that is more than the threshold."""
        return self.explained > self.threshold

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in LEAK_KEYS})


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """A whole test against a training set, most explained first, and where the threshold comes from."""

    train: str
    test: str
    items: tuple[CheckedItem, ...]
    threshold: float
    train_documents: int
    train_bytes: int
    calibrated_on: int  # pieces of training texts that were compared with the others
    repeated: int  # of these repeat another one, and were not used
    false_positive_rate: float
    seconds: float

    @property
    def leaked_items(self) -> int:
        """How many stand in the training texts."""
        return sum(item.leaked for item in self.items)

    @property
    def short_items(self) -> int:
        """How many are too short to tell."""
        return sum(item.explained != item.explained for item in self.items)
