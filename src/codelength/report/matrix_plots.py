"""A matrix as a picture: its tree, and beside it a heat map in the tree's order."""

import itertools
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
    low, high = np.quantile(others, (0.01, 0.99)).tolist()  # a few near copies would leave the rest one colour
    side = min(15.0, max(4.5, 0.16 * len(order)))
    letters = min(9.0, max(3.0, 0.72 * 72 * side / len(order)))
    with rc_context({"font.size": 10, "svg.hashsalt": "codelength", "svg.fonttype": "none"}):
        figure = Figure(figsize=(1.4 * side + 1.2, side + 1.4), layout="constrained")
        branches, cells = figure.subplots(1, 2, width_ratios=(0.3, 1))
        _draw_tree(branches, tree)
        picture = cells.imshow(values, cmap="cividis", vmin=low, vmax=high, interpolation="nearest")
        cells.set_yticks(range(len(order)) if named else [], [short(name) for name in leaves] if named else [])
        cells.set_xticks(range(len(order)) if named else [], [short(name) for name in leaves] if named else [])
        cells.tick_params(axis="x", rotation=90)
        cells.tick_params(length=0, labelsize=letters)
        cells.yaxis.tick_right()
        cells.set_xlabel("Y")
        cells.set_ylabel("X")
        figure.colorbar(picture, ax=cells, location="top", shrink=0.6, aspect=45, extend="both", label=_TITLES[form])
        figure.suptitle(f"{len(order)} items by {short(found.model)}", fontweight="bold")
        return as_picture(figure, picture_format)


def _draw_tree(axes: "Axes", tree: Tree) -> None:
    from matplotlib.collections import LineCollection

    # A leaf's place is its row; an inner node stands between its branches, as far right as it is from the root.
    far, rows = {id(tree): 0.0}, itertools.count()
    places: dict[int, float] = {}
    for node in reversed(list(tree.nodes())):
        far.update((id(branch), far[id(node)] + length) for branch, length in node.branches)
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for node in tree.nodes():
        ends = [places[id(branch)] for branch, _ in node.branches]
        places[id(node)] = (ends[0] + ends[-1]) / 2 if ends else float(next(rows))
        here = far[id(node)]
        lines += [((here, end), (far[id(branch)], end)) for end, (branch, _) in zip(ends, node.branches, strict=True)]
        lines += [((here, ends[0]), (here, ends[-1]))] if ends else []
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=1))
    axes.autoscale_view()
    axes.set_ylim(len(list(tree.leaves())) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.margins(x=0)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_xlabel("from the root")
