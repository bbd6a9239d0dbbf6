"""The verb matrix: all pairs of items, as numbers, trees and a picture."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from codelength.cli.progress import Progress
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.types import Codec


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(matrix)


def matrix(
    data: Annotated[
        list[str], typer.Argument(metavar="DATA", help="Files, folders, patterns or URLs; each file is an item.")
    ],
    name: Annotated[
        str, typer.Option("--with", metavar="NAME", help="crossing, or a model; see `codelength models`.")
    ] = "crossing",
    form: Annotated[
        Literal["distance", "shared", "given"],
        typer.Option("--as", help="What to print: distances (NCD), shared bits, or C(Y given X)."),
    ] = "distance",
    raw: Annotated[bool, typer.Option("--raw", help="Each order by itself, not the mean of both.")] = False,
    by_label: Annotated[
        bool, typer.Option("--by-label", help="DATA are lines 'label<tab>text'; each label is an item.")
    ] = False,
    tree: Annotated[
        Literal["average", "joining"],
        typer.Option("--tree", help="How trees are made: average linkage or neighbour joining."),
    ] = "average",
    newick: Annotated[str | None, typer.Option("--newick", metavar="FILE", help="Write the tree.")] = None,
    nexus: Annotated[
        str | None, typer.Option("--nexus", metavar="FILE", help="Write the distances and the tree.")
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw tree and heat map into a .png or .svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, one for each pair.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Tell what all pairs of items cost and share; rows are X, columns Y.

    Each X is read once and every Y scored from its state.
    """
    from codelength.data.items import load_items
    from codelength.measure.matrix import matrix as measured
    from codelength.measure.matrix import matrix_work
    from codelength.measure.trees import average_linkage, check_trees, neighbour_joining
    from codelength.report.matrix_files import matrix_nexus, matrix_tsv
    from codelength.report.matrix_plots import matrix_plot
    from codelength.report.plots import plot_format

    picture_format = "" if plot is None else plot_format(plot)
    targets = [path for path in (newick, nexus, plot) if path is not None]
    for path in targets:
        check_target(path, force=force)
    if targets and tree == "average":
        check_trees()
    codec = _created(name)
    items = load_items(data, by_label=by_label, notice=lambda line: typer.echo(line, err=True))
    with Progress(f"comparing {len(items)} items", total_bytes=matrix_work([len(item) for item in items])) as progress:
        found = measured(items, codec, progress=progress)
    typer.echo("\n".join(found.json_lines()) if as_json else matrix_tsv(found, form, raw=raw))
    typer.echo(str(found), err=True)
    if not targets:
        return
    grown = (average_linkage if tree == "average" else neighbour_joining)(found.distances, found.names)
    contents = {
        newick: lambda: (grown.newick() + "\n").encode(),
        nexus: lambda: matrix_nexus(found, grown).encode(),
        plot: lambda: matrix_plot(found, grown, form, picture_format, raw=raw),
    }
    for path in targets:
        with open_target(path, force=force) as target:
            target.write(contents[path]())
        typer.echo(f"{printable(path)} is written", err=True)


def _created(name: str) -> "Codec | None":
    from codelength.models.crossing import NAME
    from codelength.registry import create, split_names

    names = split_names(name)
    if len(names) != 1:
        raise UsageError(f"a matrix is made by one model, and --with names {len(names)}; run it once for each")
    return None if name == NAME else create(name)
