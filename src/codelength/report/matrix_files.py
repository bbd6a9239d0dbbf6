"""Matrices and trees as files that other programs read: TSV, Newick (tree.py), Nexus."""

import numpy as np

from codelength.result.matrix import Form, Matrix
from codelength.result.tree import Tree, label

ALONE = "(nothing)"
_DIGITS = {"distance": ".6f", "shared": ".1f", "given": ".1f"}


def matrix_tsv(found: Matrix, form: Form, *, raw: bool = False) -> str:
    """A head line of names and a line for each X; `given` begins with a line for what items cost alone.

    >>> alone, given = np.array([100.0, 80.0]), np.array([[1.0, 20.0], [50.0, 2.0]])
    >>> print(matrix_tsv(Matrix("m", ("x", "y"), (9, 9), alone, given, "ideal"), "given").expandtabs(12))
    given       x           y
    (nothing)   100.0       80.0
    x           1.0         20.0
    y           50.0        2.0
    """
    rows = list(zip(found.names, found.values(form, raw=raw).tolist(), strict=True))
    if form == "given":
        rows.insert(0, (ALONE, found.alone_bits.tolist()))
    lines = ["\t".join((form, *found.names))]
    lines += ["\t".join((name, *(format(value, _DIGITS[form]) for value in values))) for name, values in rows]
    return "\n".join(lines)


def matrix_nexus(found: Matrix, tree: Tree | None = None) -> str:
    """A Nexus file with the taxa, the symmetric distances, and the tree if there is one."""
    names = [label(name) for name in found.names]
    rows = ["    " + " ".join((name, *(f"{value:.6f}" for value in row))) for name, row in _rows(found, names)]
    parts = [
        "#NEXUS",
        f"[{found.model}, {found.kind} bits]".replace("]", ")", found.model.count("]")),
        "BEGIN TAXA;",
        f"  DIMENSIONS NTAX={len(names)};",
        f"  TAXLABELS {' '.join(names)};",
        "END;",
        "BEGIN DISTANCES;",
        "  FORMAT TRIANGLE=BOTH DIAGONAL LABELS;",
        "  MATRIX",
        *rows,
        "  ;",
        "END;",
    ]
    if tree is not None:
        parts += ["BEGIN TREES;", f"  TREE codelength = {tree.newick()}", "END;"]
    return "\n".join(parts) + "\n"


def _rows(found: Matrix, names: list[str]) -> list[tuple[str, list[float]]]:
    distances = found.distances.copy()
    np.fill_diagonal(distances, 0.0)  # programs that read it expect a metric
    return list(zip(names, distances.tolist(), strict=True))
