"""Trees from distances [n, n]: average linkage (by SciPy) and neighbour joining.

Neighbour joining (Saitou and Nei 1987; the sums of Studier and Keppler 1988) joins the two of m nodes that have least

    (m − 2) d(i, j) − Σ_k d(i, k) − Σ_k d(j, k)

and finds the tree exactly where the distances are sums along one. It has no root of its own; a branch that comes out
shorter than 0 has length 0.
"""

import importlib.util
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codelength.errors import UsageError
from codelength.result.tree import Tree
from codelength.types import Bits


def neighbour_joining(distances: Bits, names: Sequence[str]) -> Tree:
    """The tree of at least two leaves whose root is the last join; distances [n, n] are symmetric.

    >>> four = np.array([[0, 3, 6, 7], [3, 0, 7, 8], [6, 7, 0, 7], [7, 8, 7, 0]], float)
    >>> neighbour_joining(four, "abcd").newick()
    '((a:1,b:2):2,(c:3,d:4):0);'
    """
    nodes = [Tree(name) for name in names]
    apart = _checked(distances, names)
    while len(nodes) > 2:
        m, sums = len(nodes), apart.sum(axis=0)
        scores = (m - 2) * apart - sums[:, None] - sums[None, :]
        np.fill_diagonal(scores, np.inf)
        i, j = sorted(int(place) for place in np.unravel_index(int(scores.argmin()), scores.shape))
        lean = (sums[i] - sums[j]) / (m - 2)
        to_i, to_j = (apart[i, j] + lean) / 2, (apart[i, j] - lean) / 2
        joined = Tree(branches=((nodes[i], max(0.0, float(to_i))), (nodes[j], max(0.0, float(to_j)))))
        to_others = (apart[i] + apart[j] - apart[i, j]) / 2
        kept = [k for k in range(m) if k not in (i, j)]
        grown = np.zeros((m - 1, m - 1))
        grown[:-1, :-1] = apart[np.ix_(kept, kept)]
        grown[-1, :-1] = grown[:-1, -1] = to_others[kept]
        nodes, apart = [*(nodes[k] for k in kept), joined], grown
    length = max(0.0, float(apart[0, 1]))
    return Tree(branches=((nodes[0], length), (nodes[1], 0.0)))


def average_linkage(distances: Bits, names: Sequence[str]) -> Tree:
    """The tree that joins what is nearest on average (UPGMA), each leaf as far from the root as every other."""
    joins = _linkage(distances, names)
    nodes = [(Tree(name), 0.0) for name in names]
    for first, second, apart, _ in joins.tolist():
        half = apart / 2
        branches = ((nodes[int(k)][0], max(0.0, half - nodes[int(k)][1])) for k in (first, second))
        nodes.append((Tree(branches=tuple(branches)), half))
    return nodes[-1][0]


def clusters(distances: Bits, count: int) -> npt.NDArray[np.int64]:
    """The group of each item, [n], where average linkage is cut into so many groups."""
    from scipy.cluster.hierarchy import fcluster

    joins = _linkage(distances, [str(i) for i in range(len(distances))])
    return np.asarray(fcluster(joins, count, criterion="maxclust"), np.int64)


def check_trees() -> None:
    """UsageError where what average linkage needs is not installed."""
    if importlib.util.find_spec("scipy") is None:
        raise UsageError("average linkage needs SciPy, which is not installed; pip install 'codelength[learn]'")


def _linkage(distances: Bits, names: Sequence[str]) -> Bits:
    check_trees()
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    return np.asarray(linkage(squareform(_checked(distances, names), checks=False), "average"), np.float64)


def _checked(distances: Bits, names: Sequence[str]) -> Bits:
    if distances.shape != (len(names), len(names)) or len(names) < 2:
        raise UsageError(f"distances of shape {distances.shape} and {len(names)} names; give [n, n] and n, at least 2")
    apart = np.maximum((distances + distances.T) / 2, 0.0)
    np.fill_diagonal(apart, 0.0)
    return apart
