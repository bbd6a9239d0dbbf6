"""What two pieces of data share for one model."""

from dataclasses import dataclass, field
from typing import Literal

from codelength.result.json_line import json_line
from codelength.types import Kind

Verdict = Literal["useful", "useless", "undecided"]
SHARED_KEYS = (
    *("model", "x", "y", "x_bits", "y_bits", "y_given_x_bits", "x_given_y_bits", "xy_bits", "yx_bits"),
    *("interleaved_bits", "shared_bits", "shared_fraction", "shared_bits_reverse", "shared_fraction_reverse"),
    *("symmetry_gap_bits", "chain_gap_bits", "interval_bits", "null_shared_bits", "kind", "warnings", "seconds"),
    *("x_bytes", "y_bytes", "over_null_bits", "regret_bits", "joint_kind", "verdict"),
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
        return json_line({key: getattr(self, key) for key in SHARED_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.model}: {self.x} saves {self.shared_bits:,.1f} of {self.y_bits:,.1f} bits of {self.y} "
            f"({self.shared_fraction:.2%}, {self.kind})"
        )
