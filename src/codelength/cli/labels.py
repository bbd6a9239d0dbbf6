"""The verb labels: how many bits labels cost, given their inputs."""

import sys
from typing import Annotated, Literal

import typer

from codelength.cli.progress import Progress
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError

LABELLED = (
    "A folder with IDX files, a .csv, a .txt or .tsv of lines 'label<tab>text', or sklearn:digits, iris, wine, "
    "breast_cancer."
)


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(labels)


def labels(
    data: Annotated[str, typer.Argument(metavar="DATA", help=LABELLED, show_default=False)],
    names: Annotated[
        str | None,
        typer.Option("--learner", metavar="NAMES", help="Learners, separated by commas; `--learner list` shows them."),
    ] = None,
    protocol: Annotated[
        Literal["online", "blocks", "voita-titov"],
        typer.Option("--protocol", help="Learn from every label, or anew before each block."),
    ] = "online",
    seed: Annotated[int, typer.Option("--seed", help="Of the order of the labels and of the learner.", min=0)] = 0,
    seeds: Annotated[int, typer.Option("--seeds", help="How many seeds, from that one on.", min=1, max=1000)] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="The first N labels of a random order (seed 0).", min=1)
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", metavar="COLUMN", help="A table's column of labels; the last if not said.")
    ] = None,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="What each feature (or patch of pixels) is worth to the best learner.")
    ] = False,
    random_labels: Annotated[
        bool, typer.Option("--random-labels", help="Set random labels beside the true ones, and a net that memorises.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the best first.")] = False,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the learning curves into a .png or .svg.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell how many bits labels cost, given their inputs.

    Each label is paid for before it is learnt; no weights are sent.
    """
    from codelength.data.labelled import load_labelled
    from codelength.learning.catalogue import DEFAULTS, check_learner, learner_entries
    from codelength.measure.labels import feature_worth, label_ladder, random_label_fits
    from codelength.naming import split_names
    from codelength.report.plots import labels_plot, plot_format
    from codelength.report.tables import fits_table, labels_table, worth_table

    if names == "list":
        typer.echo("\n".join(entry.describe() for entry in learner_entries().values()))
        return
    if ablate and random_labels:
        raise UsageError("--ablate and --random-labels are two questions; ask one at a time")
    if random_labels and (plot is not None or protocol != "online" or seeds > 1):
        raise UsageError("--random-labels learns online with one seed and draws nothing; leave the other options out")
    picture_format = ""
    if plot is not None:
        picture_format = plot_format(plot)
        check_target(plot, force=force)
    wanted = [] if names is None else split_names(names)
    for name in wanted:
        check_learner(name)
    loaded = load_labelled(data, label=label)
    if limit is not None:
        loaded = loaded.shuffled(0).first(limit)
    wanted = wanted or list(DEFAULTS[loaded.kind])
    numbers = range(seed, seed + seeds)
    total = None if ablate or random_labels else len(loaded) * len(wanted) * seeds
    with Progress(f"labels of {loaded.name}", total_bytes=total) as progress:
        if random_labels:
            fits = random_label_fits(loaded, wanted, seed=seed, advance=progress)
        else:
            rows = label_ladder(loaded, wanted, protocol=protocol, seeds=numbers, advance=progress)
            worth = (
                feature_worth(loaded, rows[0].learner, protocol=protocol, seeds=numbers, advance=progress)
                if ablate
                else []
            )
    if random_labels:
        lines, tables = [fit.to_json() for fit in fits], [fits_table(fits)]
    else:
        lines = [*(row.to_json() for row in rows), *(row.to_json() for row in worth)]
        tables = [labels_table(rows), *([worth_table(worth)] if worth else [])]
    if as_json:
        typer.echo("\n".join(lines))
    else:
        for number, table in enumerate(tables):
            if number:
                typer.echo()
            table.write(sys.stdout)
    if plot is not None and not random_labels:
        with open_target(plot, force=force) as target:
            target.write(labels_plot(rows, picture_format))
        typer.echo(f"{printable(plot)}: the learning curves as a picture", err=True)
