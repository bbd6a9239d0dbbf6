"""Tables of chosen documents, priced datasets and leaked items."""

from collections.abc import Sequence

from codelength.report.tables import ABSENT, Table, bits_text, interval_text, percent_text
from codelength.result.leak import LeakCheck
from codelength.result.selection import PricedDataset, Selection

_SHORT_BYTES = 20  # of a document; per byte, what it saves is mostly luck


def selection_table(found: Selection, most: int) -> Table:
    """The best documents of a pool, so many rows."""
    return Table(
        f"{found.pool} for {found.target}: {len(found.ranking):,} documents ranked, best first",
        (
            "id",
            "rank",
            "bytes",
            "bits saved per byte",
            "given the pool",
            "given the target",
            "overlap",
            "taken",
            "kind",
        ),
        tuple(
            (
                row.id,
                str(row.rank),
                f"{row.bytes:,}",
                f"{row.score_bits_per_byte:.4f}",
                bits_text(row.pool_bits),
                bits_text(row.target_bits),
                percent_text(row.overlap),
                "yes" if row.selected else "no",
                row.kind,
            )
            for row in found.rows(most)
        ),
    )


def selection_lines(found: Selection) -> list[str]:
    """What was read, taken and left out, a line each."""
    lines = [
        f"pool: {len(found):,} documents, {found.raw_bytes:,} bytes, {found.fitted_bytes:,} of them in its state; "
        f"target: {len(found.target_ids):,} documents, {found.target_bytes:,} bytes",
        f"taken: {found.selected_documents:,} documents, {found.selected_bytes:,} bytes",
    ]
    left_out = (
        (found.leaked_documents, "are copies of the target's: leakage, not help"),
        (found.repeated_documents, "repeat another of the pool"),
        (found.short_documents, "are too short"),
        (found.empty_documents, "hold no text"),
    )
    lines += [f"not ranked: {count:,} that {what}" for count, what in left_out if count]
    if found.selected_bytes < _SHORT_BYTES * found.selected_documents:
        lines.append(f"what is taken is short, and wins by luck: --min-bytes {_SHORT_BYTES} leaves such documents out")
    return lines


def leak_table(found: LeakCheck, most: int) -> Table:
    """The items that the training texts explain best, so many rows."""
    return Table(
        f"{found.test} in {found.train}: {found.leaked_items:,} of {len(found.items):,} items leaked, "
        "the most explained first",
        ("id", "bytes", "explained", "leaked", "source", "bits", "given the training texts", "kind"),
        tuple(
            (
                item.id,
                f"{item.bytes:,}",
                percent_text(item.explained),
                "yes" if item.leaked else "no",
                ABSENT if item.source is None else item.source,
                bits_text(item.bits),
                bits_text(item.given_train_bits),
                item.kind,
            )
            for item in found.items[:most]
        ),
    )


def leak_lines(found: LeakCheck) -> list[str]:
    """Where the threshold comes from, and what could not be judged."""
    lines = [f"training texts: {found.train_documents:,} different documents, {found.train_bytes:,} bytes"]
    if found.calibrated_on:
        lines.append(
            f"threshold: {percent_text(found.threshold)} of an item's bits, calibrated on {found.calibrated_on:,} "
            f"pieces of training texts for {percent_text(found.false_positive_rate)} false positives"
        )
    else:
        lines.append(f"threshold: {percent_text(found.threshold)} of an item's bits, as given")
    if found.repeated:
        lines.append(f"of these pieces {found.repeated:,} nearly repeat others; they were set aside")
    if found.short_items:
        lines.append(f"not judged: {found.short_items:,} items of too few words")
    return lines


def priced_tables(rows: Sequence[PricedDataset], *, greedy: bool) -> list[Table]:
    """What datasets save, and how that grows with their size."""
    tables = [_prices(rows, greedy=greedy)]
    if not greedy:
        tables.append(_curves(rows))
    return tables


def _prices(rows: Sequence[PricedDataset], *, greedy: bool) -> Table:
    first = rows[0]
    order = "in the order in which to take them, each given those above" if greedy else "best first"
    return Table(
        f"What datasets save of the {bits_text(first.y_bits)} bits of {first.target} "
        f"({first.y_bytes:,} bytes, {first.model}), {order}",
        ("dataset", "bytes", "saved", "95 % interval", "per byte", "overlap", "copies left out", "kind", "seconds"),
        tuple(
            (
                row.dataset,
                f"{row.x_bytes:,}",
                bits_text(row.saved_bits),
                interval_text(row.interval_bits),
                f"{row.saved_bits_per_x_byte:.4f}",
                percent_text(row.overlap),
                f"{row.target_copies:,}",
                row.kind,
                f"{row.seconds:.2f}",
            )
            for row in rows
        ),
    )


def _curves(rows: Sequence[PricedDataset]) -> Table:
    parts = max(len(row.curve) for row in rows)
    names = ("an eighth", "a quarter", "a half", "all")[-parts:]
    return Table(
        "Bits saved by a part of each dataset, and by twice as much if it goes on like this",
        ("dataset", *names, "twice", "kind"),
        tuple(
            (
                row.dataset,
                *(ABSENT,) * (parts - len(row.curve)),
                *(bits_text(bits) for _, bits in row.curve),
                bits_text(row.doubled_saved_bits),
                row.kind,
            )
            for row in rows
        ),
    )
