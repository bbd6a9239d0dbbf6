"""Training runs as tables (what each is worth, all at equal data, what speaks against them), and epiplexity."""

import math
from collections.abc import Sequence

from codelength.report.tables import ABSENT, Table, bits_text, percent_text
from codelength.result.epiplexity import Epiplexity, TwoPart
from codelength.result.training import NOT_VALID, TrainingRun
from codelength.units import nearest_bytes

_STEP = 0.01  # of the total, below which a point of a front is not shown


def run_tables(runs: Sequence[TrainingRun]) -> list[Table]:
    """The runs as logged, and where there are several, what each pays for the tokens that all of them have."""
    tables = [_lengths(runs)]
    if len(runs) > 1:
        tables.append(_equal(runs))
    return tables


def flag_lines(runs: Sequence[TrainingRun]) -> list[str]:
    """A line for every flag, with the run's name, and the part that the first epoch has."""
    lines = []
    for run in runs:
        lines += [f"{run.run}: {flag}" for flag in run.flags]
        if run.first_epoch_bits < run.bits:
            lines.append(f"{run.run}: the first epoch takes {bytes_text(run.first_epoch_bits)} bytes")
    return lines


def epiplexity_table(rows: Sequence[Epiplexity]) -> Table:
    """Structural and random bits of each piece of data by each estimator, as they come."""
    return Table(
        "Structure and randomness for the best net, in bits",
        (
            *("data", "bytes", "by", "structural", "±", "random", "random a byte", "structural part", "alphabet"),
            *("width", "steps", "kind"),
        ),
        tuple(
            (
                row.data,
                f"{row.raw_bytes:,}",
                row.estimator,
                bits_text(row.best.structural_bits),
                bits_text(row.best.error_bits),
                bits_text(row.best.random_bits),
                f"{row.random_bits_per_byte:.4f}",
                percent_text(row.structural_share),
                bits_text(row.alphabet_bits),
                f"{row.best.width:,}",
                f"{row.best.steps:,}",
                row.kind,
            )
            for row in rows
        ),
    )


def front_table(row: Epiplexity) -> Table:
    """The front of total code length over compute: what more computing buys, in steps of a hundredth or more."""
    shown: list[TwoPart] = []
    for point in row.front:
        if not shown or point.total_bits < (1 - _STEP) * shown[-1].total_bits or point is row.front[-1]:
            shown.append(point)
    return Table(
        f"{row.data}, {row.estimator}: least total by compute",
        ("operations", "width", "steps", "structural", "random", "total", "kind"),
        tuple(
            (
                f"{point.flops:.2e}",
                f"{point.width:,}",
                f"{point.steps:,}",
                bits_text(point.structural_bits),
                bits_text(point.random_bits),
                bits_text(point.total_bits),
                row.kind,
            )
            for point in shown
        ),
    )


def bytes_text(bits: float) -> str:
    """Bits as bytes for a table, rounded to the nearest one; a dash for nan.

    >>> bytes_text(80_001.0), bytes_text(math.nan)
    ('10,000', '-')
    """
    return ABSENT if math.isnan(bits) else f"{nearest_bytes(bits):,}"


def _lengths(runs: Sequence[TrainingRun]) -> Table:
    columns: dict[str, list[str]] = {
        "run": [run.run for run in runs],
        "steps": [f"{run.steps:,}" if run.steps else ABSENT for run in runs],
        "logged": [f"{run.entries:,}" if run.steps else ABSENT for run in runs],
        "tokens": [f"{run.tokens:,}" for run in runs],
        "bytes": [f"{run.bytes:,}" for run in runs],
        "±": [bytes_text(run.error_bits) for run in runs],
        "code": [f"{bytes_text(run.code_bits)} ({run.code_codec})" if run.code_codec else ABSENT for run in runs],
        "bits a token": [f"{run.bits_per_token:.4f}" for run in runs],
        "bits a byte": [_number(run.bits_per_byte, ".4f") for run in runs],
        "ratio": [_number(run.ratio, ".3f") for run in runs],
        "last loss × tokens": [bytes_text(run.last_loss_bits) for run in runs],
        "kind": [str(run.kind) for run in runs],
        "verdict": [_verdict(run) for run in runs],
    }
    shown = {name: cells for name, cells in columns.items() if any(cell != ABSENT for cell in cells)}
    return Table(
        "Description length of the training data, learner's code included",
        tuple(shown),
        tuple(zip(*shown.values(), strict=True)),
    )


def _equal(runs: Sequence[TrainingRun]) -> Table:
    best = runs[0].equal_bits + runs[0].code_bits
    return Table(
        f"At equal data: the first {runs[0].equal_tokens:,} tokens of each",
        ("run", "bytes", "over the best", "bits a token", "kind"),
        tuple(
            (
                run.run,
                bytes_text(run.equal_bits + run.code_bits),
                bytes_text(run.equal_bits + run.code_bits - best),
                f"{run.equal_bits / run.equal_tokens:.4f}" if run.equal_tokens else bits_text(math.nan),
                run.kind,
            )
            for run in runs
        ),
    )


def _verdict(run: TrainingRun) -> str:
    if not run.flags:
        return "valid"
    return "doubtful" if run.valid else NOT_VALID.rstrip(": ")


def _number(value: float, form: str) -> str:
    return ABSENT if math.isnan(value) else format(value, form)
