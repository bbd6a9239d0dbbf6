"""The most explained passages as a table."""

from codelength.report.sentences import readable
from codelength.report.tables import ABSENT, Table, bits_text
from codelength.result.explanation import Explanation

_LETTERS = 48


def explanation_table(found: Explanation, top: int) -> Table:
    """The passages that X saves most of, the best first, with the best source of each."""
    rows = []
    for passage in found.best_first[:top]:
        source = passage.sources[0] if passage.sources else None
        rows.append(
            (
                f"{passage.start:,}",
                bits_text(passage.saved_bits),
                bits_text(passage.bits),
                ABSENT if source is None else f"{source.x_start:,}",
                ABSENT if source is None else f"{source.size:,}",
                ABSENT if source is None else bits_text(source.saved_bits),
                _excerpt(found.y_data[passage.start : passage.start + passage.size]),
            )
        )
    return Table(
        f"What X = {found.x} saves most of Y = {found.y}, in bits, and the best copy in X",
        ("at", "saved", "of", "copy at", "bytes", "saves", "passage"),
        tuple(rows),
        frozenset({"passage"}),
    )


def _excerpt(text: bytes) -> str:
    words = " ".join(readable(text).split())
    return words if len(words) <= _LETTERS else words[: _LETTERS - 1] + "…"
