"""The verb unsupervised: what unlabelled data are worth for a supervised task, in bits."""

import sys
from typing import Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(unsupervised)


def unsupervised(
    x: Annotated[
        str,
        typer.Option("--unlabelled", metavar="X", help="Images or texts; the same as Y for what Y's labels leave."),
    ],
    y: Annotated[str, typer.Option("--task", metavar="Y", help="Labelled images or texts, as `labels` takes them.")],
    z: Annotated[
        str | None, typer.Option("--other", metavar="Z", help="Another domain, to stand in for X as a control.")
    ] = None,
    labels: Annotated[int, typer.Option("--labels", metavar="N", help="How many labels, at most.", min=2)] = 1000,
    sizes: Annotated[
        str, typer.Option("--sizes", metavar="N,N", help="How many items of X, rising; the last for the controls.")
    ] = "400,1300,4000",
    seed: Annotated[int, typer.Option("--seed", help="The first seed.", min=0)] = 0,
    seeds: Annotated[int, typer.Option("--seeds", help="How many seeds; an interval needs two.", min=1, max=100)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the savings into a .png or .svg.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell what unlabelled data X are worth for task Y, in bits.

    The bits of Y's labels after predicting X's next symbol, beside reading nothing, noise, shuffled symbols.
    """
    from codelength.data.labelled import load_labelled, load_unlabelled
    from codelength.learning.catalogue import check_learner
    from codelength.report.plots import plot_format, unsupervised_plot
    from codelength.report.sentences import worth_of_reading
    from codelength.report.tables import unsupervised_tables

    picture_format = ""
    if plot is not None:
        picture_format = plot_format(plot)
        check_target(plot, force=force)
    numbers = _numbers(sizes)
    check_learner("linear")
    from codelength.measure.unsupervised import Plan, measure_unsupervised, verdict_on

    task = load_labelled(y)
    if task.kind == "table":
        raise UsageError(f"{printable(y)} is a table: next symbols are predicted in images and texts")
    unlabelled = load_unlabelled(x, task.kind)
    other = None if z is None else load_unlabelled(z, task.kind)
    plan = Plan(labels, numbers, tuple(range(seed, seed + seeds)))
    steps = seeds * (len(numbers) + (4 if other is None else 5))
    with Progress(f"{printable(x)} for {task.name}", total_bytes=steps) as progress:
        rows = measure_unsupervised(unlabelled, task, other=other, plan=plan, same_source=x == y, advance=progress)
    if as_json:
        typer.echo("\n".join(row.to_json() for row in rows))
    else:
        for table in unsupervised_tables(rows):
            table.write(sys.stdout)
            typer.echo()
        typer.echo(worth_of_reading(rows, verdict_on(rows), printable(x)))
    if plot is not None:
        with open_target(plot, force=force) as target:
            target.write(unsupervised_plot(rows, picture_format))
        typer.echo(f"{printable(plot)}: the savings as a picture", err=True)


def _numbers(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise UsageError(f"--sizes {text} is no list of numbers of items; write it as 400,1300,4000")
    return tuple(sorted({int(part) for part in parts}))
