"""Structure and randomness in data, as a bounded learner sees them."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind
from codelength.units import bits_per_byte

EPIPLEXITY_KEYS = (
    *("data", "sha256", "raw_bytes", "alphabet", "alphabet_bits", "estimator", "kind", "width", "parameters", "steps"),
    *("symbols", "flops", "structural_bits", "error_bits", "random_bits", "total_bits", "random_bits_per_byte"),
    *("structural_share", "front", "seconds"),
)


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
        return json_line({key: values[key] for key in EPIPLEXITY_KEYS})

    def __str__(self) -> str:
        return (
            f"{self.data}: {self.raw_bytes:,} bytes, {self.best.structural_bits:,.1f} structural and "
            f"{self.best.random_bits:,.1f} random bits by {self.estimator}, "
            f"{self.random_bits_per_byte:.4f} random bits a byte"
        )
