"""The map that was found, after the table of what it saves: which column is which, or its matrix; what is open."""

from codelength.report.tables import ABSENT, Table, bits_text
from codelength.result.mapped import Mapped

_WIDEST = 8  # columns of a matrix that is shown


def pairs_table(found: Mapped) -> Table | None:
    """Which column of X is which of Y, where the map keeps columns apart; None where it does not."""
    if not found.pairs:
        return None
    bent = found.matrix is None
    return Table(
        "Which column of X is which of Y" + (", bent" if bent else ", and Y's units: y = slope · x + offset"),
        ("X", "Y") if bent else ("X", "Y", "slope", "offset"),
        tuple(
            (pair.x, pair.y) if bent else (pair.x, pair.y, _number(pair.slope), _number(pair.offset))
            for pair in found.pairs
        ),
        left=frozenset({"X", "Y"}),
    )


def matrix_table(found: Mapped) -> Table | None:
    """y = matrix · x + offset, a row for each column of Y; None where columns are kept apart, or are too many."""
    if found.pairs or found.matrix is None or found.offset is None or len(found.x_columns) > _WIDEST:
        return None
    return Table(
        "Y's columns from X's",
        ("Y", *found.x_columns, "offset"),
        tuple(
            (name, *map(_number, row), _number(offset))
            for name, row, offset in zip(found.y_columns, found.matrix, found.offset, strict=True)
        ),
    )


def map_sentence(found: Mapped) -> str:
    """Whether the map is told by the data, and what X costs by itself.

    >>> from codelength.result.match import Match
    >>> best = Match("scale", "x", "y", "1 gaussian", 99, 500.0, 30.0, unmapped_bits=900.0, runner_up_bits=700.0)
    >>> print(map_sentence(Mapped((best,), ("a",), ("b",), "1", 4, alone_bits=610.0)))
    The map is told by the data: the next best that differs takes 170 bits more. X by itself costs 610 bits.
    """
    match = found.match
    if not found.identified:
        first = "The map is not told by the data alone: see the warnings."
    elif match.margin_bits is None:
        first = "No other map that differs was found."
    else:
        first = (
            f"The map is told by the data: the next best that differs takes {bits_text(match.margin_bits)} bits more."
        )
    alone = ABSENT if found.alone_bits is None else bits_text(found.alone_bits)
    return f"{first} X by itself costs {alone} bits."


def _number(value: float) -> str:
    return f"{value:.4g}"
