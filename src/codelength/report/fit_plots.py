"""The learning curve of a fit: what a byte costs as bytes come, and the mean so far."""

import io
from collections.abc import Sequence

import numpy as np

from codelength.report.plots import BLUE, ORANGE
from codelength.result.training import Fitted

_POINTS = 200


def fit_plot(fits: Sequence[Fitted], picture_format: str) -> bytes:
    """A picture (`png` or `svg`): bits per byte over bytes read, piece by piece and as the mean of all so far."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.subplots()
        for fitted in fits:
            read, bits = (np.array((0, *column), np.float64) for column in zip(*fitted.curve, strict=True))
            ends = np.unique(np.linspace(0, len(read) - 1, _POINTS + 1).astype(int))
            read, bits = read[ends], bits[ends]
            axes.plot(read[1:], np.diff(bits) / np.diff(read), color=BLUE, linewidth=1, label="here")
            axes.plot(read[1:], bits[1:] / read[1:], color=ORANGE, linewidth=1.8, label="mean so far")
        axes.set_xlabel("bytes read")
        axes.set_ylabel("bits per byte, before the update")
        axes.set_xlim(left=0)
        axes.grid(color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        axes.set_title(f"{fits[0].model} on {fits[0].data}", fontsize=10)
        picture = io.BytesIO()
        figure.savefig(
            picture, format=picture_format, dpi=160, metadata={"Date": None} if picture_format == "svg" else None
        )
        return picture.getvalue()
