"""What was found, in a sentence or two."""

from collections.abc import Sequence

from codelength.report.tables import bits_text, interval_text, percent_text
from codelength.result.labels import Unsupervised
from codelength.result.shared import Shared


def finding(row: Shared) -> str:
    """The verdict on X for Y by one model, with the figures that it rests on.

    >>> row = Shared("xz", "a", "b", 10, 10, 90.0, 80.0, 20.0, 30.0, 110.0, 110.0, 120.0, "coded", verdict="useful")
    >>> print(finding(row))
    useful: a saves 60.0 of the 80.0 bits of b (75.00 %; no interval; xz, coded).
    """
    interval = "no interval" if row.interval_bits is None else f"95 % interval {interval_text(row.interval_bits)}"
    saving = (
        f"{row.verdict}: {row.x} saves {bits_text(row.shared_bits)} of the {bits_text(row.y_bits)} bits of {row.y} "
        f"({percent_text(row.shared_fraction)}; {interval}; {row.model}, {row.kind})."
    )
    nulls = [f"{_null_name(name)} {bits_text(bits)}" for name, bits in row.null_shared_bits.items()]
    return f"{saving} Instead of X, {', '.join(nulls)}." if nulls else saving


def worth_of_reading(rows: Sequence[Unsupervised], verdict: str, name: str) -> str:
    """The verdict on unlabelled data for a task, with the figures that it rests on: most labels, largest X."""
    most = max(row.labels for row in rows)
    size = max(row.x_items for row in rows if row.reading == "X")
    here = {row.reading: row for row in rows if row.labels == most and row.x_items in (0, size)}
    row, nothing = here["X"], here["nothing (random weights)"]
    others = ", ".join(
        f"{reading} {bits_text(other.saving_bits)}" for reading, other in here.items() if other not in (row, nothing)
    )
    return (
        f"{verdict}: {size:,} items of {name} save {bits_text(row.saving_bits)} of the {bits_text(nothing.bits)} bits "
        f"of {most:,} labels of {row.task} (95 % interval {interval_text(row.interval_bits)}, {row.kind}). "
        f"Instead of X: {others}."
    )


def readable(text: bytes) -> str:
    r"""Bytes as they can be shown on a terminal: lines and tabs stay, what is no printable UTF-8 is escaped.

    >>> print(readable(b"caf\xe9\x1b[1m"))
    caf\xe9\x1b[1m
    """
    letters = text.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in letters)


def _null_name(name: str) -> str:
    return {"shuffled": "its pieces in random order save", "noise": "noise of its size saves"}.get(
        name, f"{name} saves"
    )
