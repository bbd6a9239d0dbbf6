"""Trees from distances: known trees come back."""

import random

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.measure.trees import average_linkage, clusters, neighbour_joining
from codelength.result.tree import Tree
from codelength.types import Bits


def made(rng: random.Random, leaves: int) -> Tree:
    """A random tree of that many leaves with random lengths."""
    nodes = [Tree(f"leaf {i}") for i in range(leaves)]
    while len(nodes) > 1:
        pair = [nodes.pop(rng.randrange(len(nodes))) for _ in range(2)]
        nodes.append(Tree(branches=tuple((node, rng.uniform(0.1, 2)) for node in pair)))
    return nodes[0]


def distances(tree: Tree, names: list[str]) -> Bits:
    """Sums of lengths along the tree."""
    apart = np.zeros((len(names), len(names)))

    def walk(node: Tree) -> dict[str, float]:
        if not node.branches:
            return {node.name: 0.0}
        sides = [{name: far + length for name, far in walk(branch).items()} for branch, length in node.branches]
        for first, far in sides[0].items():
            for second, away in sides[1].items():
                i, j = names.index(first), names.index(second)
                apart[i, j] = apart[j, i] = far + away
        return sides[0] | sides[1]

    walk(tree)
    return apart


@pytest.mark.parametrize("leaves", [2, 3, 4, 9, 20])
def test_neighbour_joining_finds_the_tree_that_distances_are_sums_along(leaves: int) -> None:
    tree = made(random.Random(leaves), leaves)
    names = sorted(tree.leaves())
    apart = distances(tree, names)
    found = neighbour_joining(apart, names)
    assert found.splits() == tree.splits()
    assert distances(found, names) == pytest.approx(apart)


def test_average_linkage_finds_the_tree_whose_leaves_are_equally_far() -> None:
    apart = np.array([[0, 2, 6, 6], [2, 0, 6, 6], [6, 6, 0, 4], [6, 6, 4, 0]], float)
    assert average_linkage(apart, "abcd").newick() == "((a:1,b:1):2,(c:2,d:2):1);"
    assert distances(average_linkage(apart, "abcd"), list("abcd")) == pytest.approx(apart)
    assert clusters(apart, 2).tolist() in ([1, 1, 2, 2], [2, 2, 1, 1])


def test_distances_and_names_must_agree() -> None:
    with pytest.raises(UsageError, match="3 names"):
        neighbour_joining(np.zeros((2, 2)), "abc")


def test_splits_do_not_depend_on_the_root() -> None:
    a, b, c, d = map(Tree, "abcd")
    first = Tree(branches=((Tree(branches=((a, 1.0), (b, 1.0))), 1.0), (Tree(branches=((c, 1.0), (d, 1.0))), 1.0)))
    inner = Tree(branches=((b, 1.0), (Tree(branches=((c, 1.0), (d, 1.0))), 2.0)))
    assert first.splits() == Tree(branches=((a, 1.0), (inner, 0.0))).splits() == {frozenset("cd")}


def test_a_tree_as_deep_as_it_has_leaves_is_written_and_parted() -> None:
    tree = Tree("0")
    for i in range(1, 3000):
        tree = Tree(branches=((tree, 1.0), (Tree(str(i)), 1.0)))
    assert list(tree.leaves())[:2] == ["0", "1"]
    assert tree.newick().count("(") == 2999 and tree.newick().endswith(",2999:1);")
