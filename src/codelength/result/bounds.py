"""Bounds on what will be seen beyond the sample: a value, what it holds for, and what it rests on."""

from dataclasses import dataclass
from typing import Literal

from codelength.result.json_line import json_line

BOUND_KEYS = (
    *("bound", "value", "delta", "assumptions", "unit", "scope", "uniform", "holds", "vacuous", "needs"),
    *("n_for_error",),
)
Unit = Literal["error", "bits per token"]


@dataclass(frozen=True, slots=True)
class Bound:
    """An upper bound on a risk: an error (or another loss in [0, 1]), or bits per token.

    `scope`: a global bound is the same for all hypotheses of the class, whatever their complexity, a local one depends
    on the hypothesis found or on how it was found. `uniform`: it holds for all hypotheses at once, so that one may
    choose among them by the same sample. `holds`: with probability 1 − delta over samples, or in expectation (delta is
    None). From `trivial` on it says nothing.

    >>> row = Bound("Occam", 1.2, 0.05, ("independent samples",), "local", True)
    >>> row.vacuous, row.holds
    (True, 'probability')
    """

    name: str
    value: float
    delta: float | None
    assumptions: tuple[str, ...]
    scope: Literal["global", "local"]
    uniform: bool
    unit: Unit = "error"
    trivial: float = 1.0

    @property
    def holds(self) -> Literal["probability", "expectation"]:
        """With probability 1 − delta, or in expectation."""
        return "expectation" if self.delta is None else "probability"

    @property
    def vacuous(self) -> bool:
        """Whether whoever guesses without data does as well."""
        return not self.value < self.trivial

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        own = {"bound": self.name, "needs": None, "n_for_error": None}
        return json_line({key: own[key] if key in own else getattr(self, key) for key in BOUND_KEYS})

    def __str__(self) -> str:
        how = "in expectation" if self.delta is None else f"with probability {1 - self.delta:g}"
        return f"{self.name}: {self.unit} at most {self.value:.6g} {how}" + (", vacuous" if self.vacuous else "")


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A bound that was not computed, and what it needs or why it refuses."""

    name: str
    needs: str
    unit: Unit = "error"

    def to_json(self) -> str:
        """One line of JSON with the keys of a bound."""
        own = {"bound": self.name, "needs": self.needs, "unit": self.unit}
        return json_line({key: own.get(key) for key in BOUND_KEYS})


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many samples a bound needs before it promises an error; n is None where no number does."""

    name: str
    error: float
    n: int | None
    delta: float | None
    assumptions: tuple[str, ...]

    def to_json(self) -> str:
        """One line of JSON with the keys of a bound, `value` being the error asked for."""
        own = {
            "bound": self.name,
            "value": self.error,
            "delta": self.delta,
            "assumptions": self.assumptions,
            "unit": "error",
            "n_for_error": self.n,
        }
        return json_line({key: own.get(key) for key in BOUND_KEYS})
