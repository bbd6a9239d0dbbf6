"""Fitting: a model reads a text once, pays for each byte before it learns it, and is kept.

    bits = Σ −log2 p(byte | all bytes before)             prequential: the model is not sent, it was learned on the way

The sum so far, piece by piece, is the learning curve. A fit may end early, by a budget of time, and go on later: what
is read then costs and teaches what it would have without the pause.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from codelength.errors import UsageError
from codelength.result.training import Fitted
from codelength.types import Model

PIECE_BYTES = 4096
Curve = tuple[tuple[int, float], ...]  # bytes read so far and what they cost, in bits
Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Begun:
    """A fit so far: the model, and its curve."""

    model: Model
    curve: Curve = ()

    @property
    def read_bytes(self) -> int:
        """How much of the text was read."""
        return self.curve[-1][0] if self.curve else 0


def fit(
    data: bytes,
    begun: Begun,
    *,
    name: str = "data",
    budget_seconds: float = math.inf,
    advance: Advance | None = None,
    agree: Callable[[bool], bool] = bool,
) -> tuple[Begun, Fitted]:
    """Read on in data, of which `begun` has read the beginning, to its end or as long as the budget lasts.

    At least one piece is read; several processes agree on whether to read another. Raises UsageError where there is
    nothing left to read.

    >>> from codelength.models.counts import Counts
    >>> text = b"the same again; " * 600
    >>> half, _ = fit(text[:PIECE_BYTES], Begun(Counts()))
    >>> whole, fitted = fit(text, half)
    >>> fitted.read_bytes, fitted.kind, round(fitted.bits - float(Counts().bits(text).sum()), 6)
    (9600, 'prequential', 0.0)
    """
    start = begun.read_bytes
    if start >= len(data):
        raise UsageError(f"nothing is left to read: {start:,} bytes were read, and {name} has {len(data):,}")
    reader, curve = begun.model.reader(), list(begun.curve)
    began = time.perf_counter()
    at, bits = start, curve[-1][1] if curve else 0.0
    while at < len(data) and agree(at == start or time.perf_counter() - began < budget_seconds):
        piece = data[at : at + PIECE_BYTES - at % PIECE_BYTES]
        bits += math.fsum(reader.read(piece))
        at += len(piece)
        curve.append((at, bits))
        if advance is not None:
            advance(len(piece))
    ended = Begun(reader.freeze(), tuple(curve))
    return ended, Fitted(begun.model.name, name, len(data), at, bits, time.perf_counter() - began, tuple(curve))
