"""Tables in Markdown for docs/benchmarks.md."""

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown.

    >>> print(table(["a", "b"], [["1", "2"]]), end="")
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, *rows]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([text[0], "|---" * len(head) + "|", *text[1:]]) + "\n"


def number(value: float | None) -> str:
    """A whole number with thousands apart, or nothing."""
    return "" if value is None else f"{value:,.0f}".replace("-", "−")
