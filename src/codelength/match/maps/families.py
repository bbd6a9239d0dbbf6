"""The maps among which a choice is made, each with whole numbers for parameters and a code that can be read back.

X [n, d] goes to z [n, d]: Y's space with Y's centre taken off and in units of Y's spread, both known to the reader.
With u = x / unit, where a unit is a power of two between half of X's spread and all of it, and whole numbers w, c, t:

    identity     z = (x − centre) / spread                              nothing to send
    scale        z_π(i) = 2^−p w_i (u_i − 2^−p c_i)                     the permutation π, 2d numbers
    orthogonal   z = R (x − 2^−p c · unit) / spread                     d (d − 1) / 2 angles, a mirror, d numbers
    affine       z = 2^−p W (u − 2^−p c)                                d² + d numbers
    monotone     z_π(i) runs through K + 1 levels of Y's margin where   π, K + 1 places for each column, and whether
                 u_i passes the places t_i0 < ... < t_iK, straight       it falls
                 in between and beyond

p is the precision of the numbers in bits after the point; it is sent as well. A map that bends no line has one
Jacobian, a monotone one has that of each piece.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from codelength.errors import DamagedError
from codelength.match.maps.codes import BitReader, among, natural, permutation, whole
from codelength.units import bits_from_nats

Points = npt.NDArray[np.float64]  # [n, d]
Whole = npt.NDArray[np.int64]
FAMILIES = ("identity", "scale", "orthogonal", "affine", "monotone")
STEPS = 256  # of X's grid in a unit
TURN_BITS = 3  # a full turn is 2^(p + 3) steps: about 2^−p each


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What the reader of a map knows: Y's centre, spread and margins, and the grid on which X is told.

    `levels` [k, d] are z at equal steps of Y's margins, for monotone maps; `unit` is X's, a power of two each.
    """

    centre: Points  # [d]
    spread: Points  # [d]
    unit: Points  # [d]
    levels: Points = field(default_factory=lambda: np.zeros((0, 0)))

    @property
    def columns(self) -> int:
        """d."""
        return len(self.unit)

    @property
    def step(self) -> Points:
        """The grid of X, [d]."""
        return self.unit / STEPS

    def standard(self, y: Points) -> Points:
        """Points of Y's space as z."""
        return np.asarray((y - self.centre) / self.spread, np.float64)

    def in_y(self, z: Points) -> Points:
        """z as points of Y's space."""
        return np.asarray(z * self.spread + self.centre, np.float64)

    def knots(self, pieces: int) -> Points:
        """K + 1 levels of each margin, from the middle of the first part to the middle of the last, [K + 1, d]."""
        last = len(self.levels) - 1
        parts = (np.arange(pieces + 1) + 0.5) / (pieces + 1)
        return np.asarray(self.levels[np.round(parts * last).astype(int)], np.float64)


class Map(Protocol):
    """A map with a description that can be sent."""

    @property
    def family(self) -> str:
        """Which of FAMILIES it is of."""

    @property
    def code(self) -> str:
        """Its description, as zeros and ones."""

    def standard(self, x: Points) -> Points:
        """Where X's points [n, d] go, as z [n, d]."""

    def stretch_bits(self, x: Points) -> Points:
        """log2 |det ∂z/∂x| at each point, [n]."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Every point stays where it is."""

    frame: Frame
    family: str = "identity"

    @property
    def code(self) -> str:
        """Which family."""
        return _head(self.family)

    def standard(self, x: Points) -> Points:
        """z = (x − centre) / spread."""
        return self.frame.standard(x)

    def stretch_bits(self, x: Points) -> Points:
        """The same everywhere."""
        return np.full(len(x), -float(np.log2(self.frame.spread).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """Columns in another order, each scaled and shifted: column i of X becomes column order[i] of Y."""

    frame: Frame
    precision: int
    order: tuple[int, ...]
    weights: Whole  # [d], none 0
    shifts: Whole  # [d]
    family: str = "scale"

    @property
    def code(self) -> str:
        """Precision, order, then each column's weight and shift."""
        numbers = zip(self.weights.tolist(), self.shifts.tolist(), strict=True)
        return (
            _head(self.family, self.precision)
            + permutation(self.order)
            + "".join(_weight(weight, self.precision) + _shift(shift, self.precision) for weight, shift in numbers)
        )

    @property
    def slopes(self) -> Points:
        """∂z/∂u of each column of X, [d]."""
        return np.asarray(self.weights * 2.0**-self.precision, np.float64)

    def standard(self, x: Points) -> Points:
        """z_π(i) = slope_i (u_i − shift_i)."""
        z = np.empty_like(x)
        z[:, self.order] = self.slopes * (x / self.frame.unit - self.shifts * 2.0**-self.precision)
        return z

    def stretch_bits(self, x: Points) -> Points:
        """The same everywhere."""
        return np.full(len(x), float(np.log2(np.abs(self.slopes) / self.frame.unit).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """Any linear map and a shift."""

    frame: Frame
    precision: int
    weights: Whole  # [d, d], Y's columns by X's
    shifts: Whole  # [d]
    family: str = "affine"

    @property
    def code(self) -> str:
        """Precision, then weights row by row, then shifts."""
        return (
            _head(self.family, self.precision)
            + "".join(_weight(weight, self.precision) for weight in self.weights.ravel().tolist())
            + "".join(_shift(shift, self.precision) for shift in self.shifts.tolist())
        )

    @property
    def matrix(self) -> Points:
        """∂z/∂u, [d, d]."""
        return np.asarray(self.weights * 2.0**-self.precision, np.float64)

    def standard(self, x: Points) -> Points:
        """z = W (u − shift)."""
        return (x / self.frame.unit - self.shifts * 2.0**-self.precision) @ self.matrix.T

    def stretch_bits(self, x: Points) -> Points:
        """The same everywhere; −inf where the matrix is singular."""
        return np.full(len(x), _log2_det(self.matrix) - float(np.log2(self.frame.unit).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Orthogonal:
    """A rotation, or a rotation and a mirror, and a shift: lengths and angles stay."""

    frame: Frame
    precision: int
    mirrored: bool
    angles: Whole  # [d (d − 1) / 2], steps of 2^−(p + 3) of a turn
    shifts: Whole  # [d]
    family: str = "orthogonal"

    @property
    def code(self) -> str:
        """Precision, mirror, angles, shifts."""
        turn = 1 << (self.precision + TURN_BITS)
        return (
            _head(self.family, self.precision)
            + among(int(self.mirrored), 2)
            + "".join(among(angle, turn) for angle in self.angles.tolist())
            + "".join(_shift(shift, self.precision) for shift in self.shifts.tolist())
        )

    @property
    def matrix(self) -> Points:
        """R, [d, d]."""
        angles = np.asarray(self.angles * turn_step(self.precision), np.float64)
        return rotation(angles, self.frame.columns, mirrored=self.mirrored)

    def standard(self, x: Points) -> Points:
        """z = R (x − shift) / spread."""
        return (x - self.shifts * 2.0**-self.precision * self.frame.unit) @ self.matrix.T / self.frame.spread

    def stretch_bits(self, x: Points) -> Points:
        """The same everywhere, that of Y's units."""
        return np.full(len(x), -float(np.log2(self.frame.spread).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Monotone:
    """Columns in another order, each bent by K straight pieces that rise, or fall."""

    frame: Frame
    precision: int
    order: tuple[int, ...]
    falling: tuple[bool, ...]
    places: Whole  # [d, K + 1], rising; those of −u where the column falls
    family: str = "monotone"

    @property
    def pieces(self) -> int:
        """K."""
        return int(self.places.shape[1]) - 1

    @property
    def code(self) -> str:
        """Precision, K, order, then for each column whether it falls, its first place, the gaps to the others."""
        bits = _head(self.family, self.precision) + natural(self.pieces - 1, 2) + permutation(self.order)
        for falls, row in zip(self.falling, self.places.tolist(), strict=True):
            bits += among(int(falls), 2) + _shift(row[0], self.precision)
            gap_order = _gap_order(self.precision, self.pieces)
            bits += "".join(natural(after - before - 1, gap_order) for before, after in itertools.pairwise(row))
        return bits

    def standard(self, x: Points) -> Points:
        """Each column along its pieces; the outer pieces go on without end."""
        z = np.empty_like(x)
        for column, (at, level, slope, u) in enumerate(self._pieces(x)):
            z[:, self.order[column]] = level + slope * (u - at)
        return z

    def stretch_bits(self, x: Points) -> Points:
        """Σ log2 of the pieces' slopes."""
        slopes = sum(np.log2(slope) for _, _, slope, _ in self._pieces(x))
        return np.asarray(slopes - float(np.log2(self.frame.unit).sum()), np.float64)

    def _pieces(self, x: Points) -> Iterator[tuple[Points, Points, Points, Points]]:
        levels = self.frame.knots(self.pieces)
        for column, falls in enumerate(self.falling):
            u = x[:, column] / self.frame.unit[column] * (-1 if falls else 1)
            at = self.places[column] * 2.0**-self.precision
            level = levels[:, self.order[column]]
            piece = np.clip(np.searchsorted(at, u, side="right") - 1, 0, self.pieces - 1)
            yield at[piece], level[piece], (np.diff(level) / np.diff(at))[piece], u


def scaled(frame: Frame, order: tuple[int, ...], slopes: Points, shifts: Points, precision: int) -> Scaled:
    """The map of real slopes and shifts [d], rounded; a slope becomes at least one step, whatever its sign."""
    weights = np.round(slopes * 2.0**precision).astype(np.int64)
    weights = np.where(weights == 0, np.where(slopes < 0, -1, 1), weights)
    return Scaled(frame, precision, order, weights, np.round(shifts * 2.0**precision).astype(np.int64))


def affine(frame: Frame, matrix: Points, shifts: Points, precision: int) -> Affine:
    """The map of a real matrix [d, d] and shifts [d], rounded."""
    weights, moved = (np.round(values * 2.0**precision).astype(np.int64) for values in (matrix, shifts))
    return Affine(frame, precision, weights, moved)


def orthogonal(frame: Frame, matrix: Points, shifts: Points, precision: int) -> Orthogonal:
    """The map of an orthogonal matrix [d, d] and shifts [d] in units, rounded in angles."""
    turns, mirrored = angles_of(matrix)
    angles = np.round(turns / turn_step(precision)).astype(np.int64) % (1 << (precision + TURN_BITS))
    return Orthogonal(frame, precision, mirrored, angles, np.round(shifts * 2.0**precision).astype(np.int64))


def monotone(
    frame: Frame, order: tuple[int, ...], falling: tuple[bool, ...], places: Points, precision: int
) -> Monotone:
    """The map of real places [d, K + 1] in units, rounded, at least a step apart."""
    steps = np.round(places * 2.0**precision).astype(np.int64)
    beyond = np.arange(steps.shape[1])
    steps = np.maximum.accumulate(steps - beyond, axis=1) + beyond
    return Monotone(frame, precision, order, falling, steps)


def decoded(code: str, frame: Frame) -> Map:
    """The map that wrote this code, read by who has the same frame; DamagedError where it is none.

    >>> frame = Frame(np.zeros(2), np.ones(2), np.ones(2))
    >>> sent = scaled(frame, (1, 0), np.array([0.5, -2.0]), np.array([10.25, 0.0]), 3)
    >>> came = decoded(sent.code, frame)
    >>> came.standard(np.array([[11.0, 3.0]])), came.code == sent.code, len(sent.code)
    (array([[-6.   ,  0.375]]), True, 36)
    """
    reader = BitReader(code)
    d, number = frame.columns, reader.among(len(FAMILIES))
    if number >= len(FAMILIES):
        raise DamagedError(f"there is no family {number} of maps")
    made = _read(FAMILIES[number], reader, frame, d)
    if reader.left:
        raise DamagedError(f"{reader.left} bits are left behind the map's description")
    return made


def rotation(angles: Points, d: int, *, mirrored: bool = False) -> Points:
    """The product of rotations in the planes (0, 1), (0, 2), ..., (d − 2, d − 1), and a mirror of the last axis.

    >>> rotation(np.array([math.pi / 2]), 2).round(3) + 0.0
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    matrix = np.eye(d)
    if mirrored and d:
        matrix[-1, -1] = -1
    planes = list(itertools.combinations(range(d), 2))
    for (i, j), angle in zip(reversed(planes), angles[::-1].tolist(), strict=True):
        cos, sin = math.cos(angle), math.sin(angle)
        matrix[i], matrix[j] = cos * matrix[i] - sin * matrix[j], sin * matrix[i] + cos * matrix[j]
    return matrix


def angles_of(matrix: Points) -> tuple[Points, bool]:
    """The angles [d (d − 1) / 2] in [0, 2π) and the mirror of which `rotation` makes an orthogonal matrix."""
    rest, angles = np.array(matrix, np.float64), []
    for i, j in itertools.combinations(range(len(rest)), 2):
        angle = math.atan2(rest[j, i], rest[i, i])
        cos, sin = math.cos(angle), math.sin(angle)
        rest[i], rest[j] = cos * rest[i] + sin * rest[j], cos * rest[j] - sin * rest[i]
        angles.append(angle % (2 * math.pi))
    return np.array(angles), bool(len(rest) and rest[-1, -1] < 0)


def turn_step(precision: int) -> float:
    """The step of an angle, in radians."""
    return math.ldexp(2 * math.pi, -(precision + TURN_BITS))


def _read(family: str, reader: BitReader, frame: Frame, d: int) -> Map:
    if family == "identity":
        return Identity(frame)
    p = reader.natural(3)
    if family == "scale":
        order = tuple(reader.permutation(d))
        pairs = np.array([(reader.whole(p + 1), reader.whole(p + 2)) for _ in range(d)], np.int64).reshape(d, 2)
        return Scaled(frame, p, order, pairs[:, 0], pairs[:, 1])
    if family == "affine":
        weights = np.array([reader.whole(p + 1) for _ in range(d * d)], np.int64).reshape(d, d)
        return Affine(frame, p, weights, np.array([reader.whole(p + 2) for _ in range(d)], np.int64))
    if family == "orthogonal":
        mirrored = bool(reader.among(2))
        angles = np.array([reader.among(1 << (p + TURN_BITS)) for _ in range(d * (d - 1) // 2)], np.int64)
        return Orthogonal(frame, p, mirrored, angles, np.array([reader.whole(p + 2) for _ in range(d)], np.int64))
    pieces = reader.natural(2) + 1
    order, falling, rows = tuple(reader.permutation(d)), [], []
    for _ in range(d):
        falling.append(bool(reader.among(2)))
        rows.append([reader.whole(p + 2)])
        for _ in range(pieces):
            rows[-1].append(rows[-1][-1] + 1 + reader.natural(_gap_order(p, pieces)))
    return Monotone(frame, p, order, tuple(falling), np.array(rows, np.int64))


def _head(family: str, precision: int | None = None) -> str:
    return among(FAMILIES.index(family), len(FAMILIES)) + ("" if precision is None else natural(precision, 3))


def _weight(value: int, precision: int) -> str:
    return whole(value, precision + 1)


def _shift(value: int, precision: int) -> str:
    return whole(value, precision + 2)


def _gap_order(precision: int, pieces: int) -> int:
    return max(0, precision + 1 - (pieces - 1).bit_length())


def _log2_det(matrix: Points) -> float:
    sign, logarithm = np.linalg.slogdet(matrix)
    return bits_from_nats(float(logarithm)) if sign else -math.inf
