"""A map between two clouds of points without pairs: y = x against y = 2x, and what nobody can tell.

    python examples/07_a_map_without_pairs.py

It needs scikit-learn, SciPy and POT: pip install 'codelength[learn,match]'; for the pictures matplotlib ('[plot]').
"""

import importlib.util
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength.match.maps.choice import cloud, match_maps
from codelength.match.maps.codes import BitReader

rng = np.random.default_rng(0)


def points_on_a_line(slope: float, *, skewed: bool) -> npt.NDArray[np.float64]:
    """1,000 points about y = slope · x; where they lie along it is skewed or symmetric."""
    along = rng.gamma(2, size=(1000, 1)) if skewed else rng.normal(2, 1, size=(1000, 1))
    return np.asarray((along + 0.1 * rng.normal(size=(1000, 2))) * [1, slope], np.float64)


for skewed in (True, False):
    x, y = points_on_a_line(1, skewed=skewed), points_on_a_line(2, skewed=skewed)
    found = match_maps(cloud(x, "y = x"), cloud(y, "y = 2x"), families=("identity", "scale", "orthogonal"))
    best = found.mapped.match
    print(f"{'skewed' if skewed else 'symmetric'} along the line")
    print(f"  X by Y's model as it is {best.unmapped_bits:7,.0f} bits, by itself {found.mapped.alone_bits:,.0f}")
    print(f"  mapped, {best.family:16}{best.mapped_bits:7,.0f} bits, and {best.map_bits:.0f} for the map")
    for pair in found.mapped.pairs:
        print(f"  column {pair.y} of Y = {pair.slope:.2f} · column {pair.x} of X {pair.offset:+.2f}")
    print("  told by the data" if found.mapped.identified else f"  open: {found.mapped.open[0].what}")

    # The map is what these bits say, nothing else: its family is one of five, and comes first.
    print(f"  the map as sent: {found.mapped.code}, family {BitReader(found.mapped.code).among(5)}")

    if importlib.util.find_spec("matplotlib") is not None:
        from codelength.report.map_plot import map_plot

        name = f"map_{'skewed' if skewed else 'symmetric'}.svg"
        Path(name).write_bytes(map_plot(found.mapped, x, y, found.apply(x), "svg"))
        print(f"  {name} is written")
