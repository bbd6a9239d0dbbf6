"""The verbs about what training tells of data: training-run, of a log; epiplexity, of small nets trained here."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from codelength.cli.progress import Progress
from codelength.data.files import STREAM, load
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import OptionError, UsageError

if TYPE_CHECKING:
    from codelength.data.loss_logs import LogForm
    from codelength.loss_curve import LossCurve
    from codelength.measure.training_run import CodeSize


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(training_run)
    app.command()(epiplexity)


def training_run(
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="LOG", help="CSV, JSON lines, TensorBoard events or text; .gz too.", show_default=False),
    ] = None,
    tokens_per_step: Annotated[
        str | None,
        typer.Option("--tokens-per-step", metavar="N[,N]", help="Tokens of each step, one number or one for each LOG."),
    ] = None,
    step: Annotated[
        str | None, typer.Option("--step", metavar="COLUMN", help="The step; `row` counts the entries.")
    ] = None,
    loss: Annotated[str | None, typer.Option("--loss", metavar="COLUMN", help="The loss, nats a token.")] = None,
    tokens: Annotated[
        str | None, typer.Option("--tokens", metavar="COLUMN", help="Tokens of each step, where they vary.")
    ] = None,
    seen: Annotated[str | None, typer.Option("--tokens-seen", metavar="COLUMN", help="All tokens so far.")] = None,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", metavar="REGEX", help="Lines of text: groups step and loss (and tokens)."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="COLUMN=TEXT", help="Only these entries; * and ? stand for any letters."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN", help="A run for each value of a column.")] = None,
    loss_of: Annotated[
        Literal["auto", "step", "interval", "moment"],
        typer.Option("--loss-of", help="A step's batch, the mean since the last entry, or an evaluation."),
    ] = "auto",
    loss_in_bits: Annotated[bool, typer.Option("--loss-in-bits", help="Losses are in bits, not in nats.")] = False,
    first_steps: Annotated[
        int | None, typer.Option("--first-steps", metavar="N", help="Leave out the steps behind.", min=1)
    ] = None,
    every: Annotated[
        int, typer.Option("--every", metavar="N", help="Use every Nth entry: what a sparser log would say.", min=1)
    ] = 1,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="FILE", help="The learner's source, compressed and counted; may be repeated."),
    ] = None,
    code_codec: Annotated[
        str | None, typer.Option("--code-codec", metavar="NAME", help="Compress it with this; the least if not said.")
    ] = None,
    raw_bytes: Annotated[
        float | None, typer.Option("--raw-bytes", metavar="N", help="Raw bytes of the data of the one run.")
    ] = None,
    bytes_per_token: Annotated[
        float | None, typer.Option("--bytes-per-token", metavar="X", help="Raw bytes of a token, on average.")
    ] = None,
    dataset_tokens: Annotated[
        float | None,
        typer.Option("--dataset-tokens", metavar="N", help="Tokens of the data set: more of them are repeats."),
    ] = None,
    vocabulary: Annotated[
        int | None, typer.Option("--vocabulary", metavar="N", help="Symbols, to check the first loss.", min=2)
    ] = None,
    after_update: Annotated[
        bool, typer.Option("--after-update", help="Losses were taken after the update: flagged as not valid.")
    ] = False,
    mean_loss: Annotated[
        float | None,
        typer.Option("--mean-loss", metavar="NATS", help="No LOG: the arithmetic of a mean loss and --all-tokens."),
    ] = None,
    all_tokens: Annotated[
        float | None, typer.Option("--all-tokens", metavar="N", help="Tokens in all, for --mean-loss.")
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the curves into a .png or .svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the best first.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell how many bits a training run's data cost.

    The sum of its losses before each update, in bits, and the learner's compressed code; several runs at equal data.
    """
    from codelength.data.loss_logs import LogForm
    from codelength.measure.run_flags import RunFacts
    from codelength.measure.training_run import compare_runs, from_mean_loss
    from codelength.report.plots import plot_format
    from codelength.report.run_plots import runs_plot
    from codelength.report.run_tables import flag_lines, run_tables

    if (mean_loss is None) == (not logs) or (mean_loss is None) != (all_tokens is None):
        raise UsageError("name a LOG, or give --mean-loss and --all-tokens for the arithmetic without one")
    picture_format = ""
    if plot is not None:
        if mean_loss is not None:
            raise UsageError("a mean loss has no curve to --plot")
        picture_format = plot_format(plot)
        check_target(plot, force=force)
    facts = RunFacts(raw_bytes, bytes_per_token, dataset_tokens, vocabulary, first_steps, after_update)
    curves: list[LossCurve] = []
    if mean_loss is not None and all_tokens is not None:
        raw = raw_bytes if bytes_per_token is None else bytes_per_token * all_tokens
        runs = [from_mean_loss("arithmetic", all_tokens, mean_loss, raw)]
    else:
        form = LogForm(
            step=step,
            loss=loss,
            tokens=tokens,
            seen=seen,
            pattern=pattern,
            loss_of=None if loss_of == "auto" else loss_of,
            loss_in_bits=loss_in_bits,
            where=tuple(map(_condition, where or ())),
            by=by,
        )
        curves = [curve.thinned(every) if every > 1 else curve for curve in _curves(logs or [], form, tokens_per_step)]
        runs = compare_runs(curves, facts, code=_code(code or [], code_codec))
    if as_json:
        for run in runs:
            typer.echo(run.to_json())
    else:
        for number, table in enumerate(run_tables(runs)):
            if number:
                typer.echo()
            table.write(sys.stdout)
        for line in flag_lines(runs):
            typer.echo(line)
    if plot is not None:
        with open_target(plot, force=force) as target:
            target.write(runs_plot(curves, picture_format))
        typer.echo(f"{printable(plot)}: the curves as a picture", err=True)


def epiplexity(
    data: Annotated[
        list[str], typer.Argument(metavar="DATA", help="Files, folders, patterns, URLs or -.", show_default=False)
    ],
    widths: Annotated[str, typer.Option("--widths", metavar="N,N", help="Hidden units of each net.")] = "16,64,256",
    context: Annotated[int, typer.Option("--context", metavar="N", help="Bytes that a net sees back.", min=1)] = 32,
    sequence: Annotated[
        int, typer.Option("--sequence", metavar="N", help="The data are cut into pieces of N bytes for nets.", min=1)
    ] = 256,
    batch: Annotated[int, typer.Option("--batch", metavar="N", help="Bytes of a training step.", min=1)] = 128,
    size: Annotated[
        str, typer.Option("--size", metavar="SIZE", help="Use the first so many bytes of each DATA.")
    ] = "500kB",
    estimator: Annotated[
        Literal["both", "auc", "req"],
        typer.Option("--estimator", help="Prequential (auc), requential (req, twice the time), or both."),
    ] = "both",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same nets.", min=0)] = 0,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the fronts into a .png or .svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as they come.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell structure from randomness, for small nets that learn.

    Structural bits describe the best net that fits the compute; random bits are what the data still cost it.
    """
    from codelength.dataset import Dataset
    from codelength.measure.epiplexity import ESTIMATORS
    from codelength.measure.epiplexity import epiplexity as measured
    from codelength.report.plots import plot_format
    from codelength.report.run_plots import fronts_plot
    from codelength.report.run_tables import epiplexity_table, front_table
    from codelength.units import parse_size

    if data.count(STREAM) > 1:
        raise UsageError("standard input can be read once; name - once")
    try:
        net_widths = tuple(int(part) for part in widths.split(","))
        limit = parse_size(size)
    except ValueError as error:
        raise OptionError(f"--widths {widths!r}, --size {size!r}: {error}") from None
    picture_format = ""
    if plot is not None:
        picture_format = plot_format(plot)
        check_target(plot, force=force)
    found = []
    with Progress("learning") as progress:
        for source in data:
            loaded = load(source)
            kept = Dataset(loaded.name, (loaded.joined[:limit],))
            progress.stage(f"learning {kept.name}", total_bytes=kept.raw_bytes * len(net_widths))
            found += measured(
                kept,
                widths=net_widths,
                context=context,
                sequence=sequence,
                batch=batch,
                seed=seed,
                estimators=ESTIMATORS if estimator == "both" else (estimator,),
                progress=progress,
            )
    if as_json:
        for one in found:
            typer.echo(one.to_json())
    else:
        epiplexity_table(found).write(sys.stdout)
        for one in found:
            typer.echo()
            front_table(one).write(sys.stdout)
    if plot is not None:
        with open_target(plot, force=force) as target:
            target.write(fronts_plot(found, picture_format))
        typer.echo(f"{printable(plot)}: the fronts as a picture", err=True)


def _curves(logs: list[str], form: "LogForm", tokens_per_step: str | None) -> "list[LossCurve]":
    from dataclasses import replace

    from codelength.data.loss_logs import read_loss_curves

    if logs.count(STREAM) > 1:
        raise UsageError("standard input can be read once; name - once")
    sizes = _sizes(tokens_per_step, len(logs))
    curves = []
    for log, size in zip(logs, sizes, strict=True):
        data = load(log)
        curves += read_loss_curves(data.joined, data.name, replace(form, tokens_per_step=size))
    return curves


def _sizes(text: str | None, logs: int) -> list[float | None]:
    if text is None:
        return [None] * logs
    try:
        sizes: list[float | None] = [float(part) for part in text.split(",")]
    except ValueError:
        raise OptionError(f"--tokens-per-step {text!r} is no number, nor numbers with commas between") from None
    if len(sizes) not in (1, logs):
        raise OptionError(f"--tokens-per-step has {len(sizes)} numbers for {logs} logs; give one, or one for each")
    return sizes if len(sizes) == logs else sizes * logs


def _condition(text: str) -> tuple[str, str]:
    column, sign, wanted = text.partition("=")
    if not sign:
        raise OptionError(f"--where {text!r} is no COLUMN=TEXT")
    return column, wanted


def _code(files: list[str], codec: str | None) -> "CodeSize | None":
    from codelength.dataset import Dataset
    from codelength.measure.training_run import CODE_CODECS, code_size

    if not files:
        return None
    loaded = [load(name) for name in files]
    items = tuple(item for data in loaded for item in data.items)
    names = tuple(name for data in loaded for name in data.item_names or ())
    with Progress("compressing the code"):
        return code_size(Dataset("code", items, item_names=names), (codec,) if codec else CODE_CODECS)
