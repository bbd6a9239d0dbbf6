"""What maps from X to Y save, as a table like that of `shared`."""

from collections.abc import Sequence

from codelength.report.tables import ABSENT, Table, bits_text, percent_text
from codelength.result.match import Match


def match_table(rows: Sequence[Match]) -> Table:
    """One row a map, as they come: X without it and with it, in bits; rows must be of one X and one Y.

    >>> found = Match("affine", "x", "y", "gauss", 9, 200.0, 88.0, unmapped_bits=470.0, runner_up_bits=310.0)
    >>> print(match_table([found]).plain())
    X = x (9 symbols) as Y = y sees it, in bits
    map     model  unmapped  mapped  the map  in all  saved  of unmapped  runner-up  null saves  kind
    affine  gauss       470     200     88.0     288    182      38.72 %      +22.0           -  ideal
    """
    first = rows[0]
    return Table(
        f"X = {first.x} ({first.x_symbols:,} symbols) as Y = {first.y} sees it, in bits",
        (
            *("map", "model", "unmapped", "mapped", "the map", "in all", "saved", "of unmapped", "runner-up"),
            *("null saves", "kind"),
        ),
        tuple(
            (
                row.family,
                row.model,
                _bits(row.unmapped_bits),
                bits_text(row.mapped_bits),
                bits_text(row.map_bits),
                bits_text(row.total_bits),
                _bits(row.saved_bits),
                _part(row),
                _margin(row.margin_bits),
                _bits(row.null_saved_bits),
                row.kind,
            )
            for row in rows
        ),
        left=frozenset({"model", "kind"}),
    )


def _bits(bits: float | None) -> str:
    return ABSENT if bits is None else bits_text(bits)


def _part(row: Match) -> str:
    if row.saved_bits is None or not row.unmapped_bits:
        return ABSENT
    return percent_text(row.saved_bits / row.unmapped_bits)


def _margin(bits: float | None) -> str:
    return ABSENT if bits is None else ("+" if bits >= 0 else "") + bits_text(bits)
