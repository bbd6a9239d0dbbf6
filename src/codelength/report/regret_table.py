"""Regret as a table, and what the envelope promises as a sentence."""

import math
from collections.abc import Sequence

from codelength.report.tables import ABSENT, Table, bits_text, percent_text
from codelength.result.regret import ENVELOPE, Regret


def regret_table(rows: Sequence[Regret]) -> Table:
    """One row a learner, as they come; rows must be of one piece of data."""
    first = rows[0]
    return Table(
        f"{first.data}: {first.raw_bytes:,} bytes" + ("" if first.given is None else f", given {first.given}"),
        ("learner", "bits", "bits per byte", "regret", "leads", "worst at", "bytes", "there", "kind", "seconds"),
        tuple(
            (
                row.model,
                bits_text(row.bits),
                f"{row.bits_per_byte:.4f}",
                bits_text(row.regret_bits),
                ABSENT if math.isnan(row.leads) else percent_text(row.leads),
                *(
                    (ABSENT,) * 3
                    if row.worst is None
                    else (f"{row.worst[0]:,}", f"{row.worst[1]:,}", bits_text(row.worst[2]))
                ),
                row.kind,
                f"{row.seconds:.2f}",
            )
            for row in rows
        ),
    )


def envelope_sentence(rows: Sequence[Regret], bound_bits: float) -> str:
    """What the envelope gains on the best learner whose bytes it knows; nothing where there is none."""
    found = {row.model: row for row in rows if row.curve or row.model == ENVELOPE}
    whole = found.pop(ENVELOPE, None)
    if whole is None or not found:
        return ""
    best = min(found.values(), key=lambda row: row.bits)
    less = best.bits - whole.bits
    side = f"{bits_text(less)} bits below" if less >= 0 else f"{bits_text(-less)} bits above"
    one_more = math.log2((len(found) + 1) / len(found))
    return (
        f"The envelope of {len(found)} learners pays {side} the best of them, {best.model}; it cannot pay more than "
        f"{bits_text(bound_bits)} above it, and one more learner cannot cost it more than {one_more:.3f} bits."
    )
