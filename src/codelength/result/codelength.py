"""What one model pays for one piece of data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from codelength.result.json_line import json_line
from codelength.types import Kind
from codelength.units import bits_from_bytes, bits_per_byte

CODELENGTH_KEYS = (
    *("model", "data", "sha256", "raw_bytes", "bits", "bits_per_byte", "ratio", "kind", "model_bits", "seconds"),
    *("total_bits", "settings"),
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
        return json_line({key: getattr(self, key) for key in CODELENGTH_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.model}: {self.data} {self.raw_bytes:,} bytes, {self.bits:,.1f} bits {self.kind}, "
            f"{self.bits_per_byte:.4f} bits per byte"
        )
