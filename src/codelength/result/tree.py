"""A tree of named leaves with lengths of branches, and its Newick text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN = re.compile(r"[^\s()\[\]{}/\\,;:=*'\"`+<>]+")


@dataclass(frozen=True, slots=True)
class Tree:
    """A leaf with a name, or a node with branches, each a tree and how far away it is.

    >>> tree = Tree(branches=((Tree("a"), 0.25), (Tree(branches=((Tree("b"), 1.0), (Tree("it's c"), 2.0))), 0.5)))
    >>> tree.newick()
    "(a:0.25,(b:1,'it''s c':2):0.5);"
    >>> list(tree.leaves())
    ['a', 'b', "it's c"]
    """

    name: str = ""
    branches: tuple[tuple["Tree", float], ...] = ()

    def leaves(self) -> Iterator[str]:
        """The names of its leaves, from first to last."""
        return (node.name for node in self.nodes() if not node.branches)

    def nodes(self) -> Iterator["Tree"]:
        """All its nodes, each behind its branches, the root last; of any depth."""
        waiting = [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done or not node.branches:
                yield node
            else:
                waiting.append((node, True))
                waiting.extend((branch, False) for branch, _ in reversed(node.branches))

    def newick(self) -> str:
        """As Newick text, with six digits of each length."""
        texts: dict[int, str] = {}
        for node in self.nodes():
            inner = ",".join(f"{texts[id(branch)]}:{length:.6g}" for branch, length in node.branches)
            texts[id(node)] = f"({inner})" if node.branches else label(node.name)
        return texts[id(self)] + ";"

    def splits(self) -> frozenset[frozenset[str]]:
        """What its inner branches part: of both sides the one without the leaf of the least name; at least two each.

        Two trees of the same leaves have the same splits where they are the same, wherever their roots are.
        """
        names = frozenset(self.leaves())
        least = min(names)
        sides: dict[int, frozenset[str]] = {}
        for node in self.nodes():
            inner = (sides[id(branch)] for branch, _ in node.branches)
            sides[id(node)] = frozenset().union(*inner) if node.branches else frozenset({node.name})
        parts = (names - side if least in side else side for side in sides.values())
        return frozenset(part for part in parts if 2 <= len(part) <= len(names) - 2)


def label(name: str) -> str:
    """A name as Newick and Nexus write it: in single quotes where it holds more than plain characters.

    >>> label("Gorilla"), label("Homo sapiens")
    ('Gorilla', "'Homo sapiens'")
    """
    # An underscore outside quotes stands for a blank in both formats, so it is quoted as well.
    plain = _PLAIN.fullmatch(name) and "_" not in name and "-" not in name
    return name if plain else "'" + name.replace("'", "''") + "'"
