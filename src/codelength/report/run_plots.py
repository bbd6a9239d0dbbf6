"""Pictures of training runs (what a token costs as data come, and what all have cost) and of epiplexity's fronts."""

import io
from collections.abc import Sequence

import numpy as np

from codelength.loss_curve import Floats, LossCurve
from codelength.result.epiplexity import Epiplexity
from codelength.units import bits_from_nats, nearest_bytes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe and Ito
_LINES = ("-", "--", ":", "-.")
_POINTS = 400
_SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


def runs_plot(curves: Sequence[LossCurve], picture_format: str) -> bytes:
    """A picture (`png` or `svg`): left, bits a token over tokens on logarithmic axes; right, bytes so far over tokens.

    The area under a left curve is the right one; single losses are averaged over parts that are equal on the axis.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        rates, lengths = figure.subplots(1, 2)
        drawn = [_parts(curve) for curve in curves]
        token_scale, token_unit = _scale(max(float(part[0][-1]) for part in drawn))
        byte_scale, byte_unit = _scale(max(nearest_bytes(float(part[1][-1])) for part in drawn))
        for number, (curve, (tokens, bits)) in enumerate(zip(curves, drawn, strict=True)):
            look = {"color": COLOURS[number % len(COLOURS)], "linestyle": _LINES[number // len(COLOURS) % len(_LINES)]}
            rates.plot(tokens[1:], np.diff(bits) / np.diff(tokens), linewidth=1.4, **look)
            sizes = [nearest_bytes(float(value)) / byte_scale for value in bits]
            lengths.plot(tokens / token_scale, sizes, linewidth=1.6, label=_short(curve.name), **look)
        rates.set_xscale("log")
        rates.set_yscale("log")
        rates.yaxis.set_major_formatter("{x:g}")
        rates.yaxis.set_minor_formatter("{x:g}")
        rates.set_xlabel("tokens so far")
        rates.set_ylabel("bits a token, before the update")
        lengths.set_xlabel(f"tokens so far, {token_unit}tokens")
        lengths.set_ylabel(f"description length so far, {byte_unit}B")
        lengths.set_xlim(left=0)
        lengths.set_ylim(bottom=0)
        for axes in (rates, lengths):
            axes.grid(color="#DDDDDD", linewidth=0.6, which="both")
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        lengths.legend(frameon=False, fontsize=9)
        figure.suptitle("What training runs are worth, in bits", fontweight="bold")
        picture = io.BytesIO()
        metadata = {"Date": None} if picture_format == "svg" else None
        figure.savefig(picture, format=picture_format, dpi=160, metadata=metadata)
        return picture.getvalue()


def fronts_plot(rows: Sequence[Epiplexity], picture_format: str) -> bytes:
    """A picture (`png` or `svg`): total bits a byte over compute, left, and the structural part of them, right."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        totals, structures = figure.subplots(1, 2)
        data = list(dict.fromkeys(row.data for row in rows))
        for row in rows:
            colour = COLOURS[data.index(row.data) % len(COLOURS)]
            look = {"color": colour, "linestyle": "-" if row.estimator == "auc" else "--", "marker": "."}
            points = [point for point in row.front if point.flops > 0]
            compute = [point.flops for point in points]
            label = f"{_short(row.data)}, {row.estimator}"
            totals.plot(compute, [point.total_bits / row.raw_bytes for point in points], label=label, **look)
            structures.plot(compute, [point.structural_bits / row.raw_bytes for point in points], **look)
        totals.set_ylabel("two-part code, bits a byte")
        structures.set_ylabel("its structural part, bits a byte")
        for axes in (totals, structures):
            axes.set_xlabel("operations")
            axes.set_xscale("log")
            axes.grid(color="#DDDDDD", linewidth=0.6)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        totals.legend(frameon=False, fontsize=8)
        figure.suptitle("Structure and randomness for a bounded learner", fontweight="bold")
        picture = io.BytesIO()
        metadata = {"Date": None} if picture_format == "svg" else None
        figure.savefig(picture, format=picture_format, dpi=160, metadata=metadata)
        return picture.getvalue()


def _parts(curve: LossCurve) -> tuple[Floats, Floats]:
    # Tokens and bits so far, [points], at places that are about equally far apart on a logarithmic axis.
    tokens, nats = curve.by_step()
    ends = np.unique(np.geomspace(1, len(tokens), _POINTS).astype(int)) if len(tokens) > 1 else np.array([1])
    start = np.zeros(1)
    so_far = np.concatenate([start, np.cumsum(tokens)])
    bits = np.array([bits_from_nats(value) for value in np.concatenate([start, np.cumsum(nats)])[[0, *ends]]])
    return so_far[[0, *ends]], bits


def _scale(value: float) -> tuple[float, str]:
    return next(((size, name) for size, name in _SCALES if value >= size), _SCALES[-1])


def _short(name: str, limit: int = 40) -> str:
    name = name.replace("$", r"\$")  # matplotlib would read it as mathematics
    return name if len(name) <= limit else f"…{name[-limit + 1 :]}"
