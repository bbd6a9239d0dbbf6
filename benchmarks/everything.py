"""Just compress everything? Images of X and Y in one net: shuffled together, one after the other, and Y alone.

At equal compute, five seeds. Run: python -m benchmarks.everything [--quick]
"""

import sys

from benchmarks.record import SHARED_DATA, Row, record
from codelength.data.labelled import load_labelled
from codelength.learning.pixel_net import Symbols, cells
from codelength.measure.everything import compress_everything
from codelength.measure.interval import Interval

X_ITEMS, Y_ITEMS, MORE_ITEMS = 1000, 500, 500
PAIRS = (("fashion_mnist", "mnist"), ("mnist", "mnist"))


def measure(x_name: str, y_name: str, *, seeds: tuple[int, ...], part: int = 1) -> list[Row]:
    """One row a way of training, and the gaps with their intervals."""
    y_all = symbols(y_name, (Y_ITEMS + MORE_ITEMS + X_ITEMS) // part)
    y, more = y_all[: Y_ITEMS // part], y_all[Y_ITEMS // part : (Y_ITEMS + MORE_ITEMS) // part]
    x = y_all[-(X_ITEMS // part) :] if x_name == y_name else symbols(x_name, X_ITEMS // part)
    found = compress_everything(x, y, more, seeds=seeds)
    rows: list[Row] = [
        {
            "x": x_name,
            "y": y_name,
            "what": way,
            "trained_bits": round(bits, 1),
            "more_of_y_bits": round(found.more_bits[way], 1),
            "seeds": len(seeds),
            "kind": "prequential, then ideal",
        }
        for way, bits in found.trained_bits.items()
    ]
    gaps = {
        "union saves over alone, more of Y": found.over_alone,
        "union saves over X then Y, more of Y": found.over_then,
        "union saves over X then Y, X and Y themselves": found.joint,
    }
    return rows + [gap(x_name, y_name, what, *each) for what, each in gaps.items()]


def gap(x_name: str, y_name: str, what: str, bits: float, interval: Interval | None) -> Row:
    """One difference with its interval."""
    low, high = interval or (None, None)
    ends = {"low": low if low is None else round(low, 1), "high": high if high is None else round(high, 1)}
    return {"x": x_name, "y": y_name, "what": what, "saving_bits": round(bits, 1), **ends, "kind": "difference"}


def symbols(name: str, n: int) -> Symbols:
    """The first n images of a random order, as cells in levels."""
    return cells(load_labelled(str(SHARED_DATA / name)).shuffled(0).first(n).x)


def main(*, quick: bool) -> None:
    """Measure and record; quick: a tenth of the images, two seeds, nothing written."""
    seeds = (0, 1) if quick else (0, 1, 2, 3, 4)
    rows = [row for x, y in PAIRS for row in measure(x, y, seeds=seeds, part=10 if quick else 1)]
    print(*rows, sep="\n")
    if not quick:
        record("everything", rows, keys=["x", "y", "what"])


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
