"""Pictures of results with matplotlib (extra `plot`), as PNG or SVG by the name of the file.

Colours are Okabe and Ito's, which colour-blind readers tell apart; markers differ in shape as well.
"""

import importlib.util
import io
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from codelength.errors import UsageError
from codelength.report.tables import percent_text
from codelength.result.labels import NOTHING, LabelCode, Unsupervised
from codelength.result.shared import Shared

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
SUFFIXES = (".png", ".svg")
_DODGE = 1.04
_SCALES = ((1e9, "Gbit"), (1e6, "Mbit"), (1e3, "kbit"), (1.0, "bits"))
_CURVES = (BLUE, ORANGE, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "black")
_DASHES = ("-", "--", ":", "-.")
_NULL_MARKERS = {"shuffled": ("D", "X shuffled"), "noise": ("x", "noise of X's size")}


class Style(TypedDict):
    """How a curve is drawn."""

    color: str
    linestyle: str


def plot_format(name: str) -> str:
    """`png` or `svg` by the name of a file; raises now rather than after the work.

    Raises UsageError for another suffix, or without matplotlib.

    >>> plot_format("ladder.SVG")
    'svg'
    """
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"a plot is written as .png or .svg, not as {name!r}; name it so")
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError("plots need matplotlib, which is not installed; pip install 'codelength[plot]'")
    return suffix[1:]


def shared_plot(rows: Sequence[Shared], picture_format: str) -> bytes:
    """A picture of C(Y) and C(Y given X) of each model, and beside them what is shared with its interval and nulls.

    The strongest model (the least C(Y)) stands at the top; the format is `png` or `svg`.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    ladder = sorted(rows, key=lambda row: -row.y_bits)
    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(11, 1.8 + 0.42 * len(rows)), layout="constrained")
        lengths, savings = figure.subplots(1, 2, sharey=True, width_ratios=(1.1, 1))
        _draw_lengths(lengths, ladder)
        _draw_savings(savings, ladder)
        handles = [handle for axes in (lengths, savings) for handle in axes.get_legend_handles_labels()[0]]
        figure.legend(
            loc="outside lower center",
            ncols=len(handles) if len(handles) <= 6 else 4,
            handles=handles,
            frameon=False,
            fontsize=9,
        )
        first = ladder[0]
        figure.suptitle(f"What X = {_short(first.x)} tells about Y = {_short(first.y)}", fontweight="bold")
        return _picture(figure, picture_format)


def labels_plot(rows: Sequence[LabelCode], picture_format: str) -> bytes:
    """Learning curves: bits for the first n labels, and bits for a label at n, by learner; the format is png or svg."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        sums, rates = figure.subplots(1, 2)
        for number, row in enumerate(rows):
            style: Style = {"color": _CURVES[number % len(_CURVES)], "linestyle": _DASHES[number // len(_CURVES) % 4]}
            places = [place for place, _ in row.curve]
            sums.plot(places, [bits for _, bits in row.curve], label=_short(row.learner), **style)
            pairs = list(itertools.pairwise(((0, 0.0), *row.curve)))
            rates.plot(places, [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs], **style)
        first = rows[0]
        places = [place for place, _ in first.curve]
        uniform = first.uniform_bits / first.labels
        sums.plot(places, [uniform * place for place in places], color=GREY, linewidth=1, label="uniform")
        rates.axhline(uniform, color=GREY, linewidth=1)
        for axes, label in ((sums, "bits for the first n labels"), (rates, "bits for a label at n")):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_ylabel(label)
            _finish(axes, "labels n")
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9)
        figure.suptitle(f"Labels of {_short(first.data)}, {first.protocol}", fontweight="bold")
        return _picture(figure, picture_format)


def unsupervised_plot(rows: Sequence[Unsupervised], picture_format: str) -> bytes:
    """Bits saved by each reading against labels, and by X's size; the bars are 95 % intervals."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    largest = max(row.x_items for row in rows)
    groups: dict[tuple[str, int], list[Unsupervised]] = {}
    for row in sorted(rows, key=lambda row: row.labels):
        groups.setdefault((row.reading, row.x_items), []).append(row)
    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        readings, sizes = figure.subplots(1, 2, sharey=True)
        # What read nothing is the line at 0.
        here = [key for key in groups if key[0] != NOTHING and (key[0] != "X" or key[1] == largest)]
        here.sort(key=lambda key: -groups[key][-1].saving_bits)
        counts = sorted({row.labels for row in rows})
        for axes, chosen in ((readings, here), (sizes, sorted(key for key in groups if key[0] == "X"))):
            for number, (name, size) in enumerate(chosen):
                mine = groups[name, size]
                style: Style = {"color": _CURVES[number % len(_CURVES)], "linestyle": _DASHES[number // len(_CURVES)]}
                ends = [row.interval_bits or (row.saving_bits, row.saving_bits) for row in mine]
                spread = [
                    [row.saving_bits - low for row, (low, _) in zip(mine, ends, strict=True)],
                    [high - row.saving_bits for row, (_, high) in zip(mine, ends, strict=True)],
                ]
                saved = [row.saving_bits for row in mine]
                label = f"{size:,} items of X" if axes is sizes else _short(name)
                beside = _DODGE ** (number - (len(chosen) - 1) / 2)  # so that bars do not cover each other
                places = [beside * row.labels for row in mine]
                axes.errorbar(places, saved, yerr=spread, capsize=2, linewidth=1.2, label=label, **style)
            axes.set_xscale("log")
            axes.set_xticks(counts, [f"{count:,}" for count in counts])
            axes.minorticks_off()
            axes.axhline(0, color="black", linewidth=0.8)
            axes.legend(frameon=False, fontsize=8)
            axes.set_ylabel("bits saved over random weights")
            _finish(axes, "labels")
        figure.suptitle(f"What unlabelled data are worth for {_short(rows[0].task)}", fontweight="bold")
        return _picture(figure, picture_format)


def _picture(figure: "Figure", picture_format: str) -> bytes:
    picture = io.BytesIO()
    metadata = {"Date": None} if picture_format == "svg" else None
    figure.savefig(picture, format=picture_format, dpi=160, metadata=metadata)
    return picture.getvalue()


def _draw_lengths(axes: "Axes", ladder: Sequence[Shared]) -> None:
    scale, unit = _scale(max(row.y_bits for row in ladder))
    places = range(len(ladder))
    alone = [row.y_bits / scale for row in ladder]
    given = [row.y_given_x_bits / scale for row in ladder]
    axes.hlines(places, given, alone, color=GREY, linewidth=2, zorder=1)
    axes.scatter(alone, places, color=BLUE, s=60, zorder=2, label="C(Y)")
    axes.scatter(given, places, color=ORANGE, s=52, marker="s", zorder=3, label="C(Y given X)")
    axes.set_yticks(places, [_short(row.model) for row in ladder])
    axes.set_ylim(-0.6, len(ladder) - 0.4)
    axes.set_xlim(min(0.0, 1.05 * min(given)), 1.06 * max(*alone, *given, 1e-9))
    _finish(axes, f"length of Y, {unit}")


def _draw_savings(axes: "Axes", ladder: Sequence[Shared]) -> None:
    extremes = [0.0]
    for row in ladder:
        extremes += [row.shared_bits, *row.null_shared_bits.values(), *(row.interval_bits or ())]
    scale, unit = _scale(max(map(abs, extremes)))
    low, high = min(extremes) / scale, max(extremes) / scale
    span = (high - low) or 1.0
    axes.barh(range(len(ladder)), [row.shared_bits / scale for row in ladder], 0.62, color=GREEN, label="shared")
    for place, row in enumerate(ladder):
        ends = (row.shared_bits, *(row.interval_bits or ()), *row.null_shared_bits.values(), 0.0)
        axes.text(max(ends) / scale + 0.03 * span, place, percent_text(row.shared_fraction), va="center", fontsize=9)
    with_interval = [(place, row) for place, row in enumerate(ladder) if row.interval_bits is not None]
    if with_interval:
        spreads = [
            [(row.shared_bits - row.interval_bits[0]) / scale for _, row in with_interval if row.interval_bits],
            [(row.interval_bits[1] - row.shared_bits) / scale for _, row in with_interval if row.interval_bits],
        ]
        centres = [row.shared_bits / scale for _, row in with_interval]
        places = [place for place, _ in with_interval]
        axes.errorbar(centres, places, xerr=spreads, fmt="none", ecolor="black", capsize=4, label="95 % interval")
    below = [place - 0.17 for place in range(len(ladder))]  # so that no marker hides an interval
    for number, name in enumerate(ladder[0].null_shared_bits, start=2):
        marker, label = _NULL_MARKERS.get(name, ("^v<>"[number % 4], f"instead of X: {_short(name)}"))
        values = [row.null_shared_bits[name] / scale for row in ladder]
        axes.plot(values, below, marker, color="black", markerfacecolor="white", zorder=4, label=label)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlim(low - 0.05 * span, high + 0.2 * span)
    axes.tick_params(axis="y", left=False)
    _finish(axes, f"shared = C(Y) − C(Y given X), {unit}; in % of C(Y)")


def _finish(axes: "Axes", label: str) -> None:
    axes.set_xlabel(label)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _scale(bits: float) -> tuple[float, str]:
    return next(((size, name) for size, name in _SCALES if bits >= size), _SCALES[-1])


def _short(name: str, limit: int = 34) -> str:
    name = name.replace("$", r"\$")  # matplotlib would read it as mathematics
    return name if len(name) <= limit else f"{name[: limit // 2 - 1]}…{name[-limit // 2 + 1 :]}"
