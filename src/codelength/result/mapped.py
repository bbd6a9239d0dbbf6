"""The map that was chosen between two point clouds, what it costs, and what the data leave open."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.result.match import MATCH_KEYS, Match

MAPPED_KEYS = (
    *MATCH_KEYS,
    *("columns", "precision_bits", "alone_bits", "identified", "open", "pairs", "matrix", "offset"),
)


@dataclass(frozen=True, slots=True)
class Open:
    """What the data do not tell: another map, by how much worse it codes X, and how far that is from chance.

    `noise_bits` is the standard error of `evidence_bits`, over other points of X and of Y; `longer_bits` is what the
    other map's description takes beyond that of the best.
    """

    what: str
    evidence_bits: float
    noise_bits: float
    longer_bits: float

    def __str__(self) -> str:
        side = "more" if self.evidence_bits >= 0 else "fewer"
        bits = f"{abs(self.evidence_bits):,.1f} bits {side}"
        longer = f"; saying it takes {self.longer_bits:,.0f} bits more" if self.longer_bits >= 1 else ""
        return f"the data leave open {self.what}: X costs {bits} with it, give or take {self.noise_bits:,.1f}{longer}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Column `x` of X stands for `y` of Y: y is about `slope` · x + `offset`; both nan where the line is bent."""

    x: str
    y: str
    slope: float
    offset: float


@dataclass(frozen=True, slots=True)
class Mapped:
    """The best map of each family, the best first, and what is known of the first one.

    `alone_bits` is what X costs without Y, on the same grid; `open` are maps that differ and that the data do not
    exclude. `pairs` are its columns where it keeps them apart; `matrix` [d][d] and `offset` [d] give y = matrix · x +
    offset where it bends no line. `code` is its description, as zeros and ones.
    """

    matches: tuple[Match, ...]
    x_columns: tuple[str, ...]
    y_columns: tuple[str, ...]
    code: str
    precision_bits: int | None
    alone_bits: float | None = None
    open: tuple[Open, ...] = ()
    pairs: tuple[Pair, ...] = ()
    matrix: tuple[tuple[float, ...], ...] | None = None
    offset: tuple[float, ...] | None = None

    @property
    def match(self) -> Match:
        """The best."""
        return self.matches[0]

    @property
    def identified(self) -> bool:
        """Whether no map that differs is left open."""
        return not self.open

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        own: dict[str, object] = {
            "columns": len(self.x_columns),
            "precision_bits": self.precision_bits,
            "alone_bits": self.alone_bits,
            "identified": self.identified,
            "open": [
                {
                    "what": one.what,
                    "evidence_bits": one.evidence_bits,
                    "noise_bits": one.noise_bits,
                    "longer_bits": one.longer_bits,
                }
                for one in self.open
            ],
            "pairs": [
                {"x": pair.x, "y": pair.y, **({"slope": pair.slope, "offset": pair.offset} if self.matrix else {})}
                for pair in self.pairs
            ],
            "matrix": self.matrix,
            "offset": self.offset,
        }
        return json_line({**self.match.json_values(), **own})
