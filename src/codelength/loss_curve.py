"""A loss curve: what a training log says of steps, losses and tokens, checked.

`loss_of` says what an entry's loss is:

    step        the mean loss of that step's own batch, before its update; steps between entries are interpolated
    interval    the mean over all steps since the entry before, as many trainers log it
    moment      an evaluation between two steps, such as a validation loss
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.errors import DataError, LimitError, OptionError

LossOf = Literal["step", "interval", "moment"]
LOSS_OF: tuple[LossOf, ...] = ("step", "interval", "moment")
MAX_STEPS = 50_000_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LossCurve:
    """Entries of a log in order: steps [k], losses in nats a token [k], tokens of each step [k].

    `epochs` is the largest epoch number that the log names. Raises DataError where a loss is negative or not finite, or
    steps do not rise.

    >>> curve = LossCurve("run", np.array([0, 1]), np.array([3.0, 2.0]), np.array([512.0, 512.0]))
    >>> len(curve), curve.first_unlogged
    (2, 0)
    >>> LossCurve("run", np.array([5, 5]), np.array([3.0, 2.0]), np.array([512.0, 512.0]))
    Traceback (most recent call last):
    ...
    codelength.errors.DataError: run: entry 2 has step 5 again; each step may stand there once
    """

    name: str
    steps: npt.NDArray[np.int64]
    losses_nats: Floats
    tokens: Floats
    loss_of: LossOf = "step"
    epochs: float | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.loss_of not in LOSS_OF:
            raise OptionError(f"{self.name}: loss_of={self.loss_of!r} is none of {', '.join(LOSS_OF)}")
        if not len(self.steps) == len(self.losses_nats) == len(self.tokens):
            raise DataError(f"{self.name}: steps, losses and tokens must be equally many")
        if len(self.steps) == 0:
            raise DataError(f"{self.name}: there is no entry with a step and a loss")
        if self.loss_of == "moment" and len(self.steps) < 2:
            raise DataError(f"{self.name}: one evaluation spans no tokens; two are needed at least")
        self._check_values()
        self._check_steps()

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def first_unlogged(self) -> int:
        """Steps before the first entry of which the log says nothing; logs may count from 0 or from 1."""
        first = int(self.steps[0])
        if self.loss_of == "interval" or (self.loss_of == "step" and first == 1):
            return 0
        return first

    def by_step(self) -> tuple[Floats, Floats]:
        """Tokens [n] and nats [n] of each step in order, those that the log leaves out filled in.

        Between two entries of single steps, losses are interpolated and tokens are those of the entry before; an
        interval's mean holds for all its steps; a step between two moments costs what lies half-way. Steps before the
        first entry are counted at its loss, which is too low where training began before.
        """
        gaps = np.diff(self.steps)
        if self.loss_of == "interval":
            first = int(self.steps[0])
            spans = np.concatenate([[max(first, 1)], gaps])
            tokens = np.repeat(self.tokens, spans)
            return tokens, tokens * np.repeat(self.losses_nats, spans)
        start = int(self.steps[0])
        if self.loss_of == "moment":
            places = np.arange(start, int(self.steps[-1])) + 0.5
            tokens = np.repeat(self.tokens[:-1], gaps)
        else:
            places = np.arange(start, int(self.steps[-1]) + 1, dtype=np.float64)
            tokens = np.repeat(self.tokens, np.append(gaps, 1))
        losses = np.interp(places, self.steps, self.losses_nats)
        before = self.first_unlogged
        tokens = np.concatenate([np.full(before, self.tokens[0]), tokens])
        return tokens, tokens * np.concatenate([np.full(before, self.losses_nats[0]), losses])

    def thinned(self, every: int) -> "LossCurve":
        """Every so many-th entry and the last, as a sparser log would have it; single steps and moments only."""
        if every < 1 or self.loss_of == "interval":
            raise OptionError(f"{self.name}: only entries of single steps or moments can be left out, every 1 or more")
        kept = np.arange(0, len(self), every)
        if kept[-1] != len(self) - 1:
            kept = np.append(kept, len(self) - 1)
        return self._with(kept)

    def _with(self, kept: npt.NDArray[np.int64]) -> "LossCurve":
        return LossCurve(
            self.name,
            self.steps[kept],
            self.losses_nats[kept],
            self.tokens[kept],
            loss_of=self.loss_of,
            epochs=self.epochs,
            sha256=self.sha256,
        )

    def _check_values(self) -> None:
        for what, values, wanted in (
            ("loss", self.losses_nats, np.isfinite(self.losses_nats) & (self.losses_nats >= 0)),
            ("number of tokens", self.tokens, np.isfinite(self.tokens) & (self.tokens > 0)),
        ):
            if not wanted.all():
                at = int(np.argmin(wanted))
                least = "at least 0" if what == "loss" else "above 0"
                raise DataError(
                    f"{self.name}: the {what} of entry {at + 1} (step {self.steps[at]}) is {values[at]:g}; "
                    f"it must be finite and {least}"
                )

    def _check_steps(self) -> None:
        if self.steps[0] < 0:
            raise DataError(f"{self.name}: step {self.steps[0]} is negative")
        rising = np.diff(self.steps) > 0
        if not rising.all():
            at = int(np.argmin(rising)) + 1
            step, before = int(self.steps[at]), int(self.steps[at - 1])
            if step == before:
                raise DataError(f"{self.name}: entry {at + 1} has step {step} again; each step may stand there once")
            raise DataError(
                f"{self.name}: entry {at + 1} goes back from step {before} to {step}, as after a resumed run; "
                "cut out what was trained twice"
            )
        if self.steps[-1] > MAX_STEPS:
            raise LimitError(f"{self.name}: {self.steps[-1]:,} steps; at most {MAX_STEPS:,} are summed")


def last_loss_nats(losses_nats: Floats) -> float:
    """The loss in the end: the mean of the last hundredth of losses [k], of the last one at least.

    >>> last_loss_nats(np.array([3.0, 2.0])), last_loss_nats(np.repeat([3.0, 2.0, 1.0], (198, 1, 1)))
    (2.0, 1.5)
    """
    return float(losses_nats[-max(len(losses_nats) // 100, 1) :].mean())
