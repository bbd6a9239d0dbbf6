"""What X saved of each byte of Y, and where in X the passages of Y come from."""

from collections.abc import Iterator
from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Bits, Kind

EXPLANATION_KEYS = (
    *("model", "x", "y", "start", "bytes", "bits", "given_bits", "saved_bits", "sources", "saved_bits_each", "kind"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A part of X that stands in Y too, or nearly: where it begins in both, and what its bytes were saved in Y."""

    x_start: int
    y_start: int
    size: int
    saved_bits: float


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of Y: what it costs alone and given X, and the parts of X that it came from, the best first.

    >>> passage = Passage(0, 5, 40.0, 10.0, (Source(7, 0, 5, 30.0),))
    >>> passage.saved_bits
    30.0
    """

    start: int
    size: int
    bits: float
    given_bits: float
    sources: tuple[Source, ...] = ()

    @property
    def saved_bits(self) -> float:
        """What X saves of it; may be negative."""
        return self.bits - self.given_bits


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The cost of each byte of Y alone and given X, [n], and its passages in their order.

    >>> import numpy as np
    >>> found = Explanation("m", "x", "y", b"abc", b"ab", np.array([8.0, 8.0]), np.array([1.0, 2.0]), ())
    >>> found.saved_bits_each, found.saved_bits
    (array([7., 6.]), 13.0)
    """

    model: str
    x: str
    y: str
    x_data: bytes
    y_data: bytes
    bits: Bits
    given_bits: Bits
    passages: tuple[Passage, ...]
    kind: Kind = "ideal"
    seconds: float = 0.0

    @property
    def saved_bits_each(self) -> Bits:
        """What X saved of each byte, [n]."""
        return self.bits - self.given_bits

    @property
    def saved_bits(self) -> float:
        """C(Y) − C(Y given X)."""
        return float(self.bits.sum() - self.given_bits.sum())

    @property
    def best_first(self) -> list[Passage]:
        """The passages by what X saved of them."""
        return sorted(self.passages, key=lambda passage: -passage.saved_bits)

    def json_lines(self) -> Iterator[str]:
        """A line of JSON for each passage, the most saved first; these keys are stable."""
        each = self.saved_bits_each
        for passage in self.best_first:
            sources = [
                {"x_start": s.x_start, "y_start": s.y_start, "bytes": s.size, "saved_bits": s.saved_bits}
                for s in passage.sources
            ]
            part = [round(bits, 3) for bits in each[passage.start : passage.start + passage.size].tolist()]
            costs = (passage.bits, passage.given_bits, passage.saved_bits)
            values = (self.model, self.x, self.y, passage.start, passage.size, *costs, sources, part, self.kind)
            yield json_line(dict(zip(EXPLANATION_KEYS, values, strict=True)))

    def __str__(self) -> str:
        whole = float(self.bits.sum())
        copied = sum(source.saved_bits for passage in self.passages for source in passage.sources)
        part = f"{self.saved_bits / whole:.2%}" if whole else "-"
        return (
            f"{self.model}: {self.x} saves {self.saved_bits:,.1f} of {whole:,.1f} bits of {self.y} "
            f"({part}, {self.kind}): {copied:,.1f} in the copies named, {self.saved_bits - copied:,.1f} elsewhere"
        )
