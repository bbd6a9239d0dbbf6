"""What all pairs of items cost and share: raw bits, and distances made of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from codelength.result.json_line import json_line
from codelength.types import Bits, Kind

MATRIX_KEYS = (
    *("model", "x", "y", "x_bytes", "y_bytes", "x_bits", "y_bits", "y_given_x_bits", "shared_bits"),
    *("symmetry_gap_bits", "distance", "distance_raw", "kind"),
)
Form = Literal["distance", "shared", "given"]


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """C of each item alone, [n], and given each other one, [n, n]: in row x and column y what Y costs after X.

    >>> alone, given = np.array([100.0, 80.0]), np.array([[1.0, 20.0], [50.0, 2.0]])
    >>> pair = Matrix("m", ("x", "y"), (9, 9), alone, given, "ideal")
    >>> pair.shared_bits[0, 1], pair.symmetry_gap_bits[0, 1], pair.distances_raw[0, 1], pair.distances[0, 1]
    (np.float64(60.0), np.float64(10.0), np.float64(0.4), np.float64(0.45))
    >>> pair.distances.diagonal()
    array([0.01 , 0.025])
    """

    model: str
    names: tuple[str, ...]
    raw_bytes: tuple[int, ...]
    alone_bits: Bits
    given_bits: Bits
    kind: Kind
    seconds: float = 0.0

    @property
    def shared_bits(self) -> Bits:
        """C(Y) − C(Y given X), [n, n]."""
        return self.alone_bits[None, :] - self.given_bits

    @property
    def shared_bits_symmetric(self) -> Bits:
        """The mean of both orders, [n, n]."""
        return (self.shared_bits + self.shared_bits.T) / 2

    @property
    def symmetry_gap_bits(self) -> Bits:
        """What X tells of Y minus what Y tells of X, [n, n]: 0 for Kolmogorov complexity, up to a logarithm."""
        return self.shared_bits - self.shared_bits.T

    @property
    def distances_raw(self) -> Bits:
        """(C(X) + C(Y given X) − min) / max of C(X) and C(Y), [n, n]: the normalised compression distance, X first."""
        joint = self.alone_bits[:, None] + self.given_bits
        lesser = np.minimum(self.alone_bits[:, None], self.alone_bits[None, :])
        return (joint - lesser) / np.maximum(self.alone_bits[:, None], self.alone_bits[None, :])

    @property
    def distances(self) -> Bits:
        """The mean of the raw distances of both orders, [n, n]; on the diagonal what is left of X given X."""
        return (self.distances_raw + self.distances_raw.T) / 2

    @property
    def off_diagonal(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """True where X and Y are two items, [n, n]."""
        return ~np.eye(len(self.names), dtype=bool)

    def values(self, form: Form, *, raw: bool) -> Bits:
        """What is asked for, [n, n]; `given` has one form only."""
        if form == "given":
            return self.given_bits
        if form == "shared":
            return self.shared_bits if raw else self.shared_bits_symmetric
        return self.distances_raw if raw else self.distances

    def json_lines(self) -> Iterator[str]:
        """A line of JSON for each ordered pair; these keys are stable."""
        shared, gaps, distances, raw = self.shared_bits, self.symmetry_gap_bits, self.distances, self.distances_raw
        for x, x_name in enumerate(self.names):
            for y, y_name in enumerate(self.names):
                values = (self.model, x_name, y_name, self.raw_bytes[x], self.raw_bytes[y])
                numbers = (self.alone_bits[x], self.alone_bits[y], self.given_bits[x, y], shared[x, y], gaps[x, y])
                line = (*values, *map(float, (*numbers, distances[x, y], raw[x, y])), self.kind)
                yield json_line(dict(zip(MATRIX_KEYS, line, strict=True)))

    def __str__(self) -> str:
        gap = np.abs(self.symmetry_gap_bits)
        joint = self.alone_bits[:, None] + self.given_bits
        own, parts = self.distances.diagonal(), gap / joint
        return (
            f"{self.model}: {len(self.names)} items, {self.kind}; self-distance {own.mean():.4f} on average, "
            f"{own.max():.4f} at most ({self.names[int(own.argmax())]}); symmetry gap "
            f"{parts[self.off_diagonal].mean():.2%} of C(X, Y) on average, {parts.max():.2%} at most"
        )
