"""Tables of texts told apart."""

from collections.abc import Sequence

from codelength.report.tables import ABSENT, Table, bits_text, percent_text
from codelength.result.classification import Told, ToldApart


def told_table(rows: Sequence[Told], name: str) -> Table:
    """One row a text, as they come; true labels and words where they are known."""
    truth = any(row.truth is not None for row in rows)
    words = any(row.words for row in rows)
    return Table(
        f"{name}: {len(rows):,} texts; bits for the label against the runner-up, and of the text for each of its bytes",
        (
            *("text", "label", "probability", "runner-up", "bits", "bits per byte"),
            *(("truth", "label costs") if truth else ()),
            *(("words",) if words else ()),
        ),
        tuple(
            (
                f"{row.text + 1}",
                row.label,
                f"{row.probability:.4f}",
                row.runner_up,
                f"{row.margin_bits:.2f}",
                f"{row.bits_per_byte:.3f}",
                *(
                    (row.truth or ABSENT, f"{row.label_bits:.3f}" if row.label_bits is not None else "")
                    if truth
                    else ()
                ),
                *((", ".join(f"{word} {bits:+.1f}" for word, bits in row.words),) if words else ()),
            )
            for row in rows
        ),
        left=frozenset({"label", "runner-up", "truth", "words"}),
    )


def told_apart_table(row: ToldApart) -> Table:
    """The summary: what labels cost, and how many were right."""
    lines = [
        (
            "labels of TRAIN",
            f"{row.trained_on:,}",
            bits_text(row.train_label_bits),
            f"{row.train_label_bits / row.trained_on:.4f}",
            bits_text(row.train_frequency_bits),
            ABSENT,
            ABSENT,
            "prequential",
        )
    ]
    if row.asked and row.label_bits is not None and row.interval is not None and row.bits_per_label is not None:
        low, high = row.interval
        lines.append(
            (
                "labels of TEXTS",
                f"{row.asked:,}",
                bits_text(row.label_bits),
                f"{row.bits_per_label:.4f}",
                ABSENT,
                percent_text(row.right / row.asked),
                f"{100 * low:.1f} to {100 * high:.1f} %",
                "ideal",
            )
        )
    return Table(
        f"{row.classes} classes learnt from {row.train}",
        ("of", "labels", "bits", "bits per label", "by frequencies", "right", "95 % interval", "kind"),
        tuple(lines),
    )
