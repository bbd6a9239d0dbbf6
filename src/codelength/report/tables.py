"""Tables: aligned plain text for files and pipes, Rich on a terminal. Rows come sorted; a number's kind is shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from codelength.result.codelength import Codelength
from codelength.result.labels import FeatureWorth, LabelCode, LabelFit, Unsupervised
from codelength.result.shared import Shared
from codelength.units import bytes_from_bits

ABSENT = "-"
_GAP = 3  # between two columns on a terminal


@dataclass(frozen=True, slots=True)
class Table:
    """A title, column heads and rows of text; the first column and those named `left` begin at the left.

    >>> print(Table("Fruit", ("name", "size"), (("apple", "9"), ("fig", "10"))).plain())
    Fruit
    name   size
    apple     9
    fig      10
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[str] = frozenset({"kind", "verdict"})

    def plain(self) -> str:
        """Aligned text, without a newline at the end."""
        grid = (self.columns, *self.rows)
        widths = [max(len(row[i]) for row in grid) for i in range(len(self.columns))]
        lines = [self.title] if self.title else []
        for row in grid:
            cells = [
                cell.ljust(width) if self._is_left(i) else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def write(self, stream: TextIO) -> None:
        """To a terminal with Rich, to anything else as plain text; a newline at the end."""
        if not stream.isatty():
            stream.write(self.plain() + "\n")
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        console = Console(file=stream, highlight=False)
        for part in self.parts(console.width):
            rich = RichTable(title=Text(part.title), box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
            for i, name in enumerate(part.columns):
                rich.add_column(Text(name), justify="left" if part._is_left(i) else "right", overflow="fold")
            for number, row in enumerate(part.rows):
                rich.add_row(*map(Text, row), style="bold" if number == 0 and len(part.rows) > 1 else "")
            console.print(rich)

    def parts(self, width: int) -> list["Table"]:
        """Tables that fit a width where that is possible: further columns stand below, each with the first one.

        >>> wide = Table("", ("model", "bits", "bytes"), (("xz", "1" * 20, "2" * 20),))
        >>> [part.columns for part in wide.parts(40)]
        [('model', 'bits'), ('model', 'bytes')]
        """
        widths = [max(map(len, column)) + _GAP for column in zip(self.columns, *self.rows, strict=True)]
        groups: list[list[int]] = [[]]
        for i in range(1, len(widths)):
            if groups[-1] and widths[0] + sum(widths[j] for j in groups[-1]) + widths[i] > width:
                groups.append([])
            groups[-1].append(i)
        return [
            Table(
                "" if number else self.title,
                tuple(self.columns[i] for i in (0, *group)),
                tuple(tuple(row[i] for i in (0, *group)) for row in self.rows),
                self.left,
            )
            for number, group in enumerate(groups)
        ]

    def _is_left(self, column: int) -> bool:
        return column == 0 or self.columns[column] in self.left


def measure_table(rows: Sequence[Codelength], *, given: str | None = None) -> Table:
    """One row a model, as they come, under the name and size of the data; rows must be of one piece of data.

    Where some model would have to be sent too, two columns show what that takes and the total.
    """
    first = rows[0]
    two_parts = any(row.model_bits for row in rows)
    return Table(
        f"{first.data}: {first.raw_bytes:,} bytes" + (f", given {given}" if given else ""),
        (
            *("model", "bits", "bytes", "bits per byte", "ratio", "kind"),
            *(("model bits", "total bits") if two_parts else ()),
            "seconds",
        ),
        tuple(
            (
                row.model,
                bits_text(row.bits),
                f"{bytes_from_bits(row.bits):,}",
                _number(row.bits_per_byte, ".4f"),
                _number(row.ratio, ".3f"),
                row.kind,
                *((bits_text(row.model_bits), bits_text(row.total_bits)) if two_parts else ()),
                f"{row.seconds:.2f}",
            )
            for row in rows
        ),
    )


def shared_tables(rows: Sequence[Shared]) -> list[Table]:
    """What X tells about Y, what its nulls save, the other way round, the joint lengths; rows of one pair."""
    tables = [_forward(rows)]
    if rows[0].null_shared_bits:
        tables.append(_nulls(rows))
    tables.append(_reverse(rows))
    if any(not math.isnan(row.interleaved_bits) for row in rows):
        tables.append(_joint(rows))
    return tables


def labels_table(rows: Sequence[LabelCode]) -> Table:
    """One row a learner, as they come; rows must be of the same labels."""
    first = rows[0]
    return Table(
        f"{first.data}: {first.labels:,} labels of {first.classes} classes, {first.protocol}; "
        f"{bits_text(first.uniform_bits)} bits uniform, {bits_text(first.entropy_bits)} by their frequencies",
        ("learner", "bits", "bits per label", "of uniform", "of frequencies", "95 % interval", "kind", "seconds"),
        tuple(
            (
                row.learner,
                bits_text(row.bits),
                f"{row.bits_per_label:.4f}",
                f"{row.compression:.2f}x",
                f"{row.compression_entropy:.2f}x",
                interval_text(row.interval_bits),
                row.kind,
                f"{row.seconds:.2f}",
            )
            for row in rows
        ),
    )


def worth_table(rows: Sequence[FeatureWorth]) -> Table:
    """What each group of features is worth, as the rows come."""
    first = rows[0]
    return Table(
        f"What features are worth to {first.learner}, which pays {bits_text(first.bits)} bits with all of them",
        ("without", "bits", "worth", "95 % interval", "kind"),
        tuple(
            (
                row.group,
                bits_text(row.without_bits),
                bits_text(row.worth_bits),
                interval_text(row.interval_bits),
                row.kind,
            )
            for row in rows
        ),
    )


def fits_table(rows: Sequence[LabelFit]) -> Table:
    """True and random labels by each way to send them, the fewest bits in all first."""
    first = rows[0]
    return Table(
        f"True and random labels, {first.labels:,} of them: paid for as they come, or by a net that has memorised them",
        ("labels", "how", "bits", "model bits", "total", "bits per label", "p > 1/2", "kind"),
        tuple(
            (
                row.truth,
                row.how,
                bits_text(row.bits),
                bits_text(row.model_bits),
                bits_text(row.total_bits),
                f"{row.total_bits / row.labels:.3f}",
                percent_text(row.likely),
                row.kind,
            )
            for row in sorted(rows, key=lambda row: (row.truth != "true", row.total_bits))
        ),
        left=frozenset({"how", "kind"}),
    )


def unsupervised_tables(rows: Sequence[Unsupervised]) -> list[Table]:
    """What the labels cost after each reading, at the most labels; and what X saves, by its size and the labels."""
    most = max(row.labels for row in rows)
    at_most = [row for row in rows if row.labels == most]
    first = Table(
        f"{most:,} labels of {rows[0].task}, in bits, by what the learner has read before; mean of "
        f"{len(rows[0].seeds)} seeds",
        ("read before", "items", "labels", "saved", "95 % interval", "what was read", "all with source", "kind"),
        tuple(
            (
                row.reading,
                f"{row.x_items:,}",
                bits_text(row.bits),
                bits_text(row.saving_bits),
                interval_text(row.interval_bits),
                bits_text(row.x_bits),
                bits_text(row.charged_bits),
                row.kind,
            )
            for row in at_most
        ),
    )
    sizes = sorted({row.x_items for row in rows if row.reading == "X"})
    counts = sorted({row.labels for row in rows})
    found = {(row.x_items, row.labels): row for row in rows if row.reading == "X"}
    second = Table(
        "What X saves, in bits, with its 95 % interval",
        ("items of X", *(f"{count:,} labels" for count in counts)),
        tuple((f"{size:,}", *(_saved(found[size, count]) for count in counts)) for size in sizes),
    )
    return [first, second]


def _saved(row: Unsupervised) -> str:
    interval = "" if row.interval_bits is None else f" ({interval_text(row.interval_bits)})"
    return bits_text(row.saving_bits) + interval


def bits_text(bits: float) -> str:
    """Bits for a table: whole from 100 on, one decimal below; a dash for nan.

    >>> bits_text(123456.7), bits_text(-12.34), bits_text(float("nan"))
    ('123,457', '-12.3', '-')
    """
    if math.isnan(bits):
        return ABSENT
    text = f"{bits:,.0f}" if abs(bits) >= 100 else f"{bits:,.1f}"
    return "0.0" if text == "-0.0" else text


def interval_text(interval: tuple[float, float] | None) -> str:
    """Both ends of an interval in bits; a dash where there is none.

    >>> interval_text((-3.0, 2500.2))
    '-3.0 to 2,500'
    """
    return ABSENT if interval is None else f"{bits_text(interval[0])} to {bits_text(interval[1])}"


def percent_text(fraction: float) -> str:
    """A part as per cent; a dash for nan.

    >>> percent_text(-0.0123)
    '-1.23 %'
    """
    return ABSENT if math.isnan(fraction) else f"{fraction:.2%}".replace("%", " %").replace("-0.00 ", "0.00 ")


def _forward(rows: Sequence[Shared]) -> Table:
    first = rows[0]
    return Table(
        f"What X = {first.x} ({first.x_bytes:,} bytes) tells about Y = {first.y} ({first.y_bytes:,} bytes), in bits",
        ("model", "C(Y)", "C(Y given X)", "shared", "of C(Y)", "verdict", "95 % interval", "regret", "kind"),
        tuple(
            (
                row.model,
                bits_text(row.y_bits),
                bits_text(row.y_given_x_bits),
                bits_text(row.shared_bits),
                percent_text(row.shared_fraction),
                row.verdict,
                interval_text(row.interval_bits),
                bits_text(row.regret_bits),
                row.kind,
            )
            for row in rows
        ),
    )


def _nulls(rows: Sequence[Shared]) -> Table:
    names = tuple(rows[0].null_shared_bits)
    return Table(
        "What stands in for X saves, in bits",
        ("model", "X itself", *(_null_name(name) for name in names)),
        tuple(
            (row.model, bits_text(row.shared_bits), *(bits_text(row.null_shared_bits[name]) for name in names))
            for row in rows
        ),
    )


def _reverse(rows: Sequence[Shared]) -> Table:
    return Table(
        "The other way round: what Y tells about X, in bits",
        ("model", "C(X)", "C(X given Y)", "shared", "of C(X)", "symmetry gap"),
        tuple(
            (
                row.model,
                bits_text(row.x_bits),
                bits_text(row.x_given_y_bits),
                bits_text(row.shared_bits_reverse),
                percent_text(row.shared_fraction_reverse),
                bits_text(row.symmetry_gap_bits),
            )
            for row in rows
        ),
    )


def _joint(rows: Sequence[Shared]) -> Table:
    return Table(
        "Both together, measured on the joined bytes, in bits",
        ("model", "X then Y", "Y then X", "interleaved", "chain-rule gap", "kind"),
        tuple(
            (
                row.model,
                bits_text(row.xy_bits),
                bits_text(row.yx_bits),
                bits_text(row.interleaved_bits),
                "by definition" if row.kind == "difference" else bits_text(row.chain_gap_bits),
                row.joint_kind or ABSENT,
            )
            for row in rows
        ),
    )


def _null_name(name: str) -> str:
    return {"shuffled": "X shuffled", "noise": "noise of its size"}.get(name, name)


def _number(value: float, form: str) -> str:
    return ABSENT if math.isnan(value) else format(value, form)
