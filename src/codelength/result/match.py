"""What the best map F from X to Y saves, F paid for: bits(F) + bits(F(X) given a model of Y)."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind

MATCH_KEYS = (
    *("family", "x", "y", "model", "x_symbols", "unmapped_bits", "mapped_bits", "map_bits", "total_bits", "saved_bits"),
    *("runner_up_bits", "margin_bits", "null_bits", "null_unmapped_bits", "null_saved_bits", "kind", "warnings"),
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Match:
    """X as Y's model sees it, without a map and with the best one that was found, the map itself paid for.

    `x_symbols` are coded (letters, points or words). `unmapped_bits` is None where X has no meaning for Y's model.
    `runner_up_bits` is the total of the next best map, None where there is none; `null_bits` and `null_unmapped_bits`
    are those of shuffled data, for which a map was searched in the same way. `warnings` say what cannot be identified.

    >>> found = Match("substitution", "x", "y", "5-gram", 100, 200.0, 88.0, unmapped_bits=470.0, runner_up_bits=310.0)
    >>> found.total_bits, found.saved_bits, found.margin_bits
    (288.0, 182.0, 22.0)
    >>> print(found)
    substitution: X = x costs 470.0 bits as it is, 200.0 mapped to y and 88.0 for the map: 182.0 saved (ideal)
    """

    family: str
    x: str
    y: str
    model: str
    x_symbols: int
    mapped_bits: float
    map_bits: float
    unmapped_bits: float | None = None
    runner_up_bits: float | None = None
    null_bits: float | None = None
    null_unmapped_bits: float | None = None
    kind: Kind = "ideal"
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def total_bits(self) -> float:
        """The two-part code of X: the map, and X mapped."""
        return self.map_bits + self.mapped_bits

    @property
    def saved_bits(self) -> float | None:
        """What the map saves, itself paid for: the structure that X and Y share but for the map; may be negative."""
        return None if self.unmapped_bits is None else self.unmapped_bits - self.total_bits

    @property
    def margin_bits(self) -> float | None:
        """By how much the next best map is longer."""
        return None if self.runner_up_bits is None else self.runner_up_bits - self.total_bits

    @property
    def null_saved_bits(self) -> float | None:
        """What the best map of shuffled data seems to save."""
        if self.null_bits is None or self.null_unmapped_bits is None:
            return None
        return self.null_unmapped_bits - self.null_bits

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line(self.json_values())

    def json_values(self) -> dict[str, object]:
        """What `to_json` writes, for a result that holds a Match and adds keys of its own."""
        return {key: getattr(self, key) for key in MATCH_KEYS}

    def __str__(self) -> str:
        mapped = f"{self.mapped_bits:,.1f} mapped to {self.y} and {self.map_bits:,.1f} for the map"
        if self.unmapped_bits is None:
            return f"{self.family}: X = {self.x} costs {mapped} ({self.kind})"
        return (
            f"{self.family}: X = {self.x} costs {self.unmapped_bits:,.1f} bits as it is, {mapped}: "
            f"{self.saved_bits:,.1f} saved ({self.kind})"
        )
