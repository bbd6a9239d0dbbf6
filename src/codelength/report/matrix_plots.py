"""A matrix as a picture: its tree, and beside it a heat map in the tree's order."""

from typing import TYPE_CHECKING

import numpy as np

from codelength.report.pictures import GREY, as_picture, short
from codelength.result.matrix import Form, Matrix
from codelength.result.tree import Tree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMES = 160
_TITLES = {
    "distance": "distance, 0 where X tells all of Y",
    "shared": "shared bits: C(Y) − C(Y given X)",
    "given": "C(Y given X), bits",
}


def matrix_plot(found: Matrix, tree: Tree, form: Form, picture_format: str, *, raw: bool = False) -> bytes:
    """The picture as `png` or `svg`; rows are X, columns Y, both from the tree's first leaf to its last."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    leaves = list(tree.leaves())
    order = [found.names.index(name) for name in leaves]
    values = found.values(form, raw=raw)[np.ix_(order, order)]
    others = values[~np.eye(len(order), dtype=bool)]
    named = len(order) <= _MOST_NAMES
    side = min(24.0, max(4.5, 0.19 * len(order)))
    letters = max(4, min(9, round(620 / max(len(order), 60))))
    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(1.55 * side + 1.5, side + 1.2), layout="constrained")
        branches, cells = figure.subplots(1, 2, width_ratios=(0.3, 1))
        _draw_tree(branches, tree)
        picture = cells.imshow(
            values, cmap="cividis", vmin=float(others.min()), vmax=float(others.max()), interpolation="nearest"
        )
        cells.set_yticks(range(len(order)) if named else [], [short(name) for name in leaves] if named else [])
        cells.set_xticks(range(len(order)) if named else [], [short(name) for name in leaves] if named else [])
        cells.tick_params(axis="x", rotation=90)
        cells.tick_params(length=0, labelsize=letters)
        cells.yaxis.tick_right()
        cells.set_xlabel("Y")
        cells.set_ylabel("X")
        figure.colorbar(picture, ax=cells, location="top", shrink=0.6, label=_TITLES[form])
        figure.suptitle(f"{len(order)} items by {short(found.model)}", fontweight="bold")
        return as_picture(figure, picture_format)


def _draw_tree(axes: "Axes", tree: Tree) -> None:
    # A leaf's place is its row; an inner node stands between its branches, as far right as it is from the root.
    rows = iter(range(len(list(tree.leaves()))))

    def draw(node: Tree, far: float) -> float:
        if not node.branches:
            return float(next(rows))
        places = [(draw(branch, far + length), length) for branch, length in node.branches]
        for place, length in places:
            axes.plot((far, far + length), (place, place), color=GREY, linewidth=1)
        axes.plot((far, far), (places[0][0], places[-1][0]), color=GREY, linewidth=1)
        return (places[0][0] + places[-1][0]) / 2

    draw(tree, 0.0)
    axes.set_ylim(len(list(tree.leaves())) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.margins(x=0)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel("from the root")
