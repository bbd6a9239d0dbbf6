"""Two clouds and the map between them as a picture: X as it is, F(X) on Y, and the bits of each family's best map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from codelength.report.pictures import CURVES, GREY, as_picture, short
from codelength.report.tables import bits_text
from codelength.result.mapped import Mapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Points = npt.NDArray[np.float64]
MOST_POINTS = 1500


def map_plot(found: Mapped, x: Points, y: Points, mapped: Points, picture_format: str) -> bytes:
    """The picture as `png` or `svg`: x, y and mapped [points, columns]; of many columns the two of y's widest axes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(12, 4.2), layout="constrained")
        left, middle, right = figure.subplots(1, 3)
        names, axes_of_y = _view(y, found.y_columns)
        _, axes_of_x = _view(x, found.x_columns)
        _cloud(left, [(x @ axes_of_x, CURVES[1], "X as it is"), (y @ axes_of_y, GREY, "Y")], names)
        _cloud(middle, [(y @ axes_of_y, GREY, "Y"), (mapped @ axes_of_y, CURVES[0], "F(X)")], names)
        _bars(right, found)
        told = "told by the data" if found.identified else "not told by the data alone"
        figure.suptitle(
            f"{short(found.match.x)} to {short(found.match.y)}: {found.match.family}, {told}",
            fontweight="bold",
            fontsize=11,
        )
        return as_picture(figure, picture_format)


def _view(points: Points, columns: Sequence[str]) -> tuple[tuple[str, str], Points]:
    # Two columns as they are, one against nothing, of more the two principal axes.
    if len(columns) == 2:
        return (columns[0], columns[1]), np.eye(2)
    if len(columns) == 1:
        return (columns[0], ""), np.eye(1)
    return ("first principal axis of Y", "second"), np.linalg.eigh(np.cov(points.T))[1][:, :-3:-1]


def _cloud(axes: "Axes", clouds: Sequence[tuple[Points, str, str]], names: tuple[str, str]) -> None:
    for points, color, label in clouds:
        some = points[np.random.default_rng(0).permutation(len(points))[:MOST_POINTS]]
        if some.shape[1] == 1:
            axes.hist(some[:, 0], bins=40, density=True, color=color, alpha=0.5, label=label)
        else:
            axes.plot(some[:, 0], some[:, 1], "o", markersize=3, alpha=0.5, markeredgewidth=0, color=color, label=label)
    axes.set_xlabel(short(names[0]))
    axes.set_ylabel(short(names[1]) or "density")
    axes.legend(loc="best", frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)


def _bars(axes: "Axes", found: Mapped) -> None:
    rows = found.matches[::-1]
    places = range(len(rows))
    axes.plot([row.mapped_bits for row in rows], places, "o", color=CURVES[0], label="F(X) by Y's model")
    axes.plot([row.total_bits for row in rows], places, "|", markersize=16, color="black", label="with F's own bits")
    if found.alone_bits is not None:
        axes.axvline(found.alone_bits, color=GREY, linestyle="--", label="X by itself")
    for place, row in enumerate(rows):
        axes.annotate(
            f"{bits_text(row.total_bits)}",
            (row.total_bits, place),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    axes.set_yticks(list(places), [row.family for row in rows])
    axes.set_ylim(-0.5, len(rows) + 0.9)
    axes.margins(x=0.15)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel("bits")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="upper right", frameon=False, fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
