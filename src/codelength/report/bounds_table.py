"""Bounds side by side as tables, their assumptions by letters with a line each below."""

from collections.abc import Sequence

from codelength.report.tables import Table, bits_text
from codelength.result.bounds import Bound, SampleSize, Unavailable
from codelength.result.exchangeability import Exchangeability

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def bounds_table(rows: Sequence[Bound], title: str) -> Table:
    """One row a bound, as they come; rows of one unit."""
    letters = _letters(rows)
    return Table(
        title,
        ("bound", f"{rows[0].unit} at most", "holds", "scope", "uniform", "vacuous", "assumes"),
        tuple(
            (
                row.name,
                f"{row.value:.6f}",
                "in the mean" if row.delta is None else f"with {1 - row.delta:.4g}",
                row.scope,
                "yes" if row.uniform else "no",
                "vacuous" if row.vacuous else "no",
                " ".join(letters[assumption] for assumption in row.assumptions),
            )
            for row in rows
        ),
        left=frozenset({"holds", "scope", "uniform", "vacuous", "assumes"}),
    )


def assumption_lines(rows: Sequence[Bound]) -> list[str]:
    """What each letter of the table stands for.

    >>> row = Bound("Occam", 0.2, 0.05, ("independent samples",), "local", True)
    >>> assumption_lines([row])
    ['a: independent samples']
    """
    return [f"{letter}: {assumption}" for assumption, letter in _letters(rows).items()]


def unavailable_table(rows: Sequence[Unavailable]) -> Table:
    """What was not computed, and what it needs, in the words of the command line."""
    return Table(
        "Not computed",
        ("bound", "needs"),
        tuple((row.name, _as_options(row.needs)) for row in rows),
        left=frozenset({"needs"}),
    )


def sample_sizes_table(rows: Sequence[SampleSize]) -> Table:
    """How many samples each bound needs, as the rows come."""
    return Table(
        f"Samples until a bound on the error is at most {rows[0].error:g}, all else as given",
        ("bound", "samples", "holds"),
        tuple(
            (
                row.name,
                "no number" if row.n is None else f"{row.n:,}",
                "in the mean" if row.delta is None else f"with {1 - row.delta:.4g}",
            )
            for row in rows
        ),
        left=frozenset({"holds"}),
    )


def exchangeability_table(found: Exchangeability, *, steps: int = 5) -> Table:
    """What was saved on the way, at a few numbers of items read."""
    shown = [found.curve[round(i * (len(found.curve) - 1) / steps)] for i in range(1, steps + 1)]
    return Table(
        f"{found.train} ({found.train_items:,} items) against {found.test} ({found.test_items:,}), by {found.teller}",
        ("items read", "bits saved", "e-value", "kind"),
        tuple(
            (f"{n:,}", bits_text(bits), f"{2.0**bits:.3g}" if bits < 1000 else f"2^{bits:,.0f}", found.kind)
            for n, bits in dict.fromkeys(shown)
        ),
    )


def _letters(rows: Sequence[Bound]) -> dict[str, str]:
    found = list(dict.fromkeys(assumption for row in rows for assumption in row.assumptions))
    return {assumption: _letter(number) for number, assumption in enumerate(found)}


def _letter(number: int) -> str:
    first, last = divmod(number, len(_LETTERS))
    return (_LETTERS[first - 1] if first else "") + _LETTERS[last]


def _as_options(needs: str) -> str:
    names = needs.split(", ")
    if all(name.isidentifier() for name in names):
        return ", ".join(f"--{name.replace('_', '-')}" for name in names)
    return needs
