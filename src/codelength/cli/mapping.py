"""The verbs that show where shared bits lie: matrix (between which items), explain (at which bytes,
and from where), regret (where each learner loses)."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from codelength.cli.progress import Progress
from codelength.cli.spreading import ClusterAddress, Resume, Workers, spread
from codelength.data.files import STREAM, load
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.types import Codec


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(matrix)
    app.command()(explain)
    app.command()(regret)


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
    workers: Workers = None,
    cluster: ClusterAddress = None,
    resume: Resume = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, one for each pair.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Tell what all pairs of items cost and share.

    Rows are X, columns Y. Each X is read once and every Y scored from its state.
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
    where = spread(workers, cluster, resume)
    items = load_items(data, by_label=by_label, notice=lambda line: typer.echo(line, err=True))
    with Progress(f"comparing {len(items)} items", total_bytes=matrix_work([len(item) for item in items])) as progress:
        found = measured(items, codec, spread=where, progress=progress)
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


def explain(
    x: Annotated[str, typer.Argument(metavar="X", help="What is read first: a file, a folder, a pattern, a URL or -.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="What is explained; a source like X.")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="PAGE.html", help="Write a page to look at in a browser.")
    ] = None,
    name: Annotated[
        str, typer.Option("--with", metavar="NAME", help="A model that tells what each byte costs.")
    ] = "mixing",
    top: Annotated[int, typer.Option("--top", metavar="N", help="How many passages the table shows.", min=1)] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, one for each passage, all of them.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing page.")] = False,
) -> None:
    """Tell which bytes of Y X explains, and from where.

    For each byte the bits that X saves of it, and where in X it comes from.
    """
    from codelength.measure.explanation import explain as explained
    from codelength.measure.explanation import explain_work
    from codelength.registry import create
    from codelength.report.explanation_page import explanation_page
    from codelength.report.explanation_table import explanation_table

    if (x, y).count(STREAM) > 1:
        raise UsageError("standard input can be read once; name - once")
    if output == STREAM and as_json:
        raise UsageError("the page and the JSON cannot both go to standard output; name a file with -o")
    if output is not None:
        check_target(output, force=force)
    codec = create(name)
    first, second = (load(source, lambda line: typer.echo(line, err=True)) for source in (x, y))
    work = explain_work(first.raw_bytes, second.raw_bytes)
    with Progress(f"explaining {second.name}", total_bytes=work) as progress:
        found = explained(first, second, codec, progress=progress)
    if output is not None:
        with open_target(output, force=force) as target:
            target.write(explanation_page(found))
        typer.echo(f"{printable(output)} is written", err=True)
    if as_json:
        for line in found.json_lines():
            typer.echo(line)
    elif output != STREAM:
        explanation_table(found, top).write(sys.stdout)
        typer.echo()
        typer.echo(str(found))


def regret(
    y: Annotated[str, typer.Argument(metavar="Y", help="What is paid for: a file, a folder, a pattern, a URL or -.")],
    given: Annotated[
        str | None, typer.Option("--given", metavar="X", help="What every learner has read before; a source like Y.")
    ] = None,
    names: Annotated[
        str | None, typer.Option("--with", metavar="NAMES", help="Learners, separated by commas, weak ones first.")
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw cumulative regret into a .png or .svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the best first.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell what each learner pays above the best known.

    And where in Y. The envelope switches between learners; another learner never costs it more than a bit.
    """
    from codelength.measure.regret import LEARNERS, envelope_bound_bits, regret_work
    from codelength.measure.regret import regret as measured
    from codelength.naming import split_names
    from codelength.registry import create
    from codelength.report.plots import plot_format
    from codelength.report.regret_plot import regret_plot
    from codelength.report.regret_table import envelope_sentence, regret_table
    from codelength.types import Model

    if (y, given).count(STREAM) > 1:
        raise UsageError("standard input can be read once; name - once")
    picture_format = "" if plot is None else plot_format(plot)
    if plot is not None:
        check_target(plot, force=force)
    codecs = [create(name) for name in (LEARNERS if names is None else split_names(names))]
    data = load(y, lambda line: typer.echo(line, err=True))
    before = None if given is None else load(given, lambda line: typer.echo(line, err=True))
    work = regret_work(data.raw_bytes, codecs, given_bytes=None if before is None else before.raw_bytes)
    with Progress(f"paying for {data.name}", total_bytes=work) as progress:
        rows = measured(data, codecs, given=before, progress=progress)
    if as_json:
        typer.echo("\n".join(row.to_json() for row in rows))
    else:
        regret_table(rows).write(sys.stdout)
        learners = sum(isinstance(codec, Model) for codec in codecs)
        if learners > 1:
            typer.echo()
            typer.echo(envelope_sentence(rows, envelope_bound_bits(learners, data.raw_bytes)))
    if plot is not None:
        with open_target(plot, force=force) as target:
            target.write(regret_plot(rows, picture_format))
        typer.echo(f"{printable(plot)}: cumulative regret as a picture", err=True)


def _created(name: str) -> "Codec | None":
    from codelength.models.crossing import NAME
    from codelength.naming import split_names
    from codelength.registry import create

    names = split_names(name)
    if len(names) != 1:
        raise UsageError(f"a matrix is made by one model, and --with names {len(names)}; run it once for each")
    return None if name == NAME else create(name)
