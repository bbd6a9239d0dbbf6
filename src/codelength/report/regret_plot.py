"""Cumulative regret over Y as a picture: where learners fall behind the best row, and where they gain on it."""

import itertools
from collections.abc import Sequence

from codelength.report.pictures import CURVES, DASHES, as_picture, short
from codelength.result.regret import ENVELOPE, Regret

_SCALES = ((1e6, "Mbit"), (1e3, "kbit"), (1.0, "bits"))


def regret_plot(rows: Sequence[Regret], picture_format: str) -> bytes:
    """The picture as `png` or `svg`: bits above the best row so far, over bytes of Y; the best itself lies at 0."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    drawn = [row for row in rows if row.curve]
    beside = next((row.model for row in drawn if row.worst is None), rows[0].model)
    most = max((abs(bits) for row in drawn for _, bits in row.curve), default=1.0)
    scale, unit = next(((size, name) for size, name in _SCALES if most >= size), _SCALES[-1])
    styles = itertools.product(DASHES, CURVES)
    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(10, 5.2), layout="constrained")
        axes = figure.subplots()
        for row in drawn:
            dash, color = ("-", "black") if row.model == ENVELOPE else next(styles)
            places, bits = zip((0, 0.0), *row.curve, strict=True)
            axes.plot(places, [value / scale for value in bits], dash, color=color, label=short(row.model))
        axes.set_xlabel(f"bytes of {short(rows[0].data)}")
        axes.set_ylabel(f"regret so far, {unit}")
        axes.grid(color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="upper left", frameon=False, fontsize=9)
        after = "" if rows[0].given is None else f" given {short(rows[0].given)}"
        axes.xaxis.set_major_formatter("{x:,.0f}")
        figure.suptitle(f"Regret beside {short(beside)}\n{short(rows[0].data)}{after}", fontweight="bold", fontsize=11)
        return as_picture(figure, picture_format)
