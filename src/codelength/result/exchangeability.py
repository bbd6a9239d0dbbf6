"""Whether two sets of items can be told apart, in bits saved on which set each is of."""

import math
from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind

EXCHANGEABILITY_KEYS = (
    *("train", "test", "teller", "train_items", "test_items", "items_read", "label_bits", "null_bits"),
    *("e_bits", "e_value", "most_e_bits", "p_value", "alpha", "told_apart", "seed", "kind", "seconds", "curve"),
)


@dataclass(frozen=True, slots=True)
class Exchangeability:
    """What a teller saves of the bits of the labels train and test, items being in random order.

    If the items are exchangeable, the chance that 2^`most_e_bits` reaches 1/alpha is at most alpha. `null_bits` are
    those of the labels by themselves, their numbers being known; `curve` holds (items read, bits saved by then).

    >>> row = Exchangeability("a", "b", "knn", 10, 10, 20, 17.5, 7.5, 8.0, 0.05)
    >>> row.label_bits, row.told_apart, row.p_value
    (10.0, True, 0.00390625)
    """

    train: str
    test: str
    teller: str
    train_items: int
    test_items: int
    items_read: int
    null_bits: float
    e_bits: float
    most_e_bits: float
    alpha: float
    seed: int = 0
    kind: Kind = "prequential"
    seconds: float = 0.0
    curve: tuple[tuple[int, float], ...] = ()

    @property
    def label_bits(self) -> float:
        """What the teller pays for the labels of the items read."""
        return self.null_bits - self.e_bits

    @property
    def e_value(self) -> float:
        """2^e_bits: 1 in the mean, whenever one stops, if the items are exchangeable; infinite beyond any float."""
        return math.exp2(self.e_bits) if self.e_bits < 1024 else math.inf

    @property
    def p_value(self) -> float:
        """2^−most_e_bits, at most 1: valid although it was looked at all the time (Ville)."""
        return min(1.0, math.exp2(-self.most_e_bits))

    @property
    def told_apart(self) -> bool:
        """Whether that is at most alpha."""
        return self.p_value <= self.alpha

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in EXCHANGEABILITY_KEYS})

    def __str__(self) -> str:
        verdict = "told apart: no draws of one distribution" if self.told_apart else "not told apart"
        chance = f"p = {self.p_value:.2g}" if self.p_value > 1e-300 else "p below 1e-300"
        items = f"which of {self.items_read:,} items are of {self.train} and which of {self.test}"
        saved = f"saves {self.e_bits:,.1f} of {self.null_bits:,.1f} bits"
        most = f"at most {self.most_e_bits:,.1f} on the way, {chance}"
        return f"{self.teller} {saved} of {items} ({most}): {verdict} at alpha = {self.alpha:g}"
