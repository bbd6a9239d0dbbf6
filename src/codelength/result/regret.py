"""What learners pay for Y above the best that is known, in all and on the way."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind
from codelength.units import bits_per_byte

REGRET_KEYS = (
    *("model", "data", "given", "raw_bytes", "bits", "bits_per_byte", "regret_bits", "leads"),
    *("worst_start", "worst_bytes", "worst_regret_bits", "kind", "seconds", "curve"),
)
ENVELOPE = "envelope"


@dataclass(frozen=True, slots=True)
class Regret:
    """One learner on Y: its bits, those above the best row, and where it pays them.

    `leads` is the part of Y's blocks on which it is the cheapest learner (nan for the envelope, and for codecs that do
    not tell what a byte costs). Against the best row that tells what a byte costs, `worst` is the block with most
    regret (where it begins, its bytes, its bits) and `curve` holds (bytes, regret for them).

    >>> row = Regret("counts", "y", "x", 10, 30.0, 5.0, 0.5, (0, 5, 4.0), ((5, 4.0), (10, 5.0)))
    >>> print(row)
    counts: 30.0 bits of y given x, 5.0 above the best, 4.0 of them at bytes 0 to 5
    """

    model: str
    data: str
    given: str | None
    raw_bytes: int
    bits: float
    regret_bits: float
    leads: float = float("nan")
    worst: tuple[int, int, float] | None = None
    curve: tuple[tuple[int, float], ...] = ()
    kind: Kind = "ideal"
    seconds: float = 0.0

    @property
    def bits_per_byte(self) -> float:
        """Bits for each raw byte; nan where there are none."""
        return bits_per_byte(self.bits, self.raw_bytes)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        start, size, bits = self.worst or (None, None, None)
        own = {"worst_start": start, "worst_bytes": size, "worst_regret_bits": bits}
        return json_line({key: own[key] if key in own else getattr(self, key) for key in REGRET_KEYS})

    def __str__(self) -> str:
        after = "" if self.given is None else f" given {self.given}"
        worst = ""
        if self.worst is not None:
            start, size, bits = self.worst
            worst = f", {bits:,.1f} of them at bytes {start:,} to {start + size:,}"
        return (
            f"{self.model}: {self.bits:,.1f} bits of {self.data}{after}, {self.regret_bits:,.1f} above the best{worst}"
        )
