"""The verbs that choose and check data: select, leak."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.progress import Progress
from codelength.cli.spreading import ClusterAddress, Resume, Workers, spread
from codelength.data.documents import TEXT_FIELD
from codelength.data.names import printable
from codelength.data.output import check_target
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.data.documents import Documents
    from codelength.parallel.run import Spread
    from codelength.result.selection import Selection
    from codelength.types import Model

DOCUMENTS = "a folder (a document a file), .jsonl or .parquet (a document a row), or a text file (a document a line)"
TextField = Annotated[
    str, typer.Option("--text-field", metavar="NAME", help="The field of JSON lines or Parquet that holds the text.")
]
IdField = Annotated[
    str | None,
    typer.Option("--id-field", metavar="NAME", help="The field that names a document; else `id`, or its number."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, the best first.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing output.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(select)
    app.command()(leak)


def select(
    pool: Annotated[
        list[str], typer.Argument(metavar="POOL", help=f"{DOCUMENTS}; several are priced.", show_default=False)
    ],
    target: Annotated[str, typer.Option("--for", metavar="TARGET", help="The task's texts; a source like POOL.")],
    text_field: TextField = TEXT_FIELD,
    id_field: IdField = None,
    top: Annotated[int, typer.Option("--top", metavar="N", help="Show, and take, so many documents.", min=1)] = 10,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="SIZE", help="Take whole documents, best first, up to a size.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Every document's score: .jsonl or .parquet, pool's order."
        ),
    ] = None,
    min_size: Annotated[str, typer.Option("--min-bytes", metavar="SIZE", help="Do not rank shorter documents.")] = "1",
    price: Annotated[bool, typer.Option("--price", help="Price POOL as a whole, with a learning curve.")] = False,
    greedy: Annotated[bool, typer.Option("--greedy", help="In which order to take datasets; what each adds.")] = False,
    name: Annotated[
        str, typer.Option("--with", metavar="NAME", help="The model that prices datasets.")
    ] = "mixing:level=fast",
    fit_size: Annotated[
        str,
        typer.Option("--fit", metavar="SIZE", help="Read at most so much of the pool, and of the target, as a sample."),
    ] = "64MiB",
    workers: Workers = None,
    cluster: ClusterAddress = None,
    resume: Resume = None,
    as_json: AsJson = False,
    force: Force = False,
) -> None:
    """Rank documents by the bits that they save for a task.

    Documents of POOL, for the texts of TARGET. One POOL is ranked document by document; several, or --price, are priced
    as datasets.
    """
    from codelength.data.documents import documents
    from codelength.data.rows import check_rows_name
    from codelength.measure.selection import Take, select_documents
    from codelength.parallel.run import Spread

    if output is not None:
        check_rows_name(output)
        check_target(output, force=force)
    fit_bytes = _size(fit_size)
    where = spread(workers, cluster, resume)
    if greedy and where != Spread():
        raise UsageError("--greedy takes one dataset after another, here; leave --workers, --cluster and --resume out")
    wanted = documents(target, text_field=text_field, id_field=id_field)
    pools = [documents(source, text_field=text_field, id_field=id_field) for source in pool]
    if price or greedy or len(pools) > 1:
        if output is not None or budget is not None:
            raise UsageError("-o and --budget are for ranking the documents of one POOL; leave them out when pricing")
        _price(pools, wanted, _model(name), fit_bytes, where, greedy=greedy, as_json=as_json)
        return
    take = Take(documents=top) if budget is None else Take(budget_bytes=_size(budget))
    with Progress(f"ranking {pools[0].name}") as progress:
        found = select_documents(
            pools[0],
            wanted,
            take=take,
            min_bytes=_size(min_size),
            fit_bytes=fit_bytes,
            spread=where,
            advance=progress,
        )
    _show(found, top, output, as_json=as_json, force=force)


def leak(
    train: Annotated[str, typer.Argument(metavar="TRAIN", help=f"The training texts: {DOCUMENTS}.")],
    test: Annotated[str, typer.Argument(metavar="TEST", help="The items that should not be among them; like TRAIN.")],
    text_field: TextField = TEXT_FIELD,
    id_field: IdField = None,
    false_positives: Annotated[
        float,
        typer.Option("--false-positives", metavar="PART", help="Of training texts, how many others may seem to hold."),
    ] = 0.01,
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", metavar="PART", help="Of an item's bits; calibrated on TRAIN if not said."),
    ] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", help="Show so many items.", min=1)] = 10,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Every item: .jsonl or .parquet, best first.")
    ] = None,
    as_json: AsJson = False,
    force: Force = False,
) -> None:
    """Tell which test items stand in training texts.

    Items of TEST that are contained, or nearly, in TRAIN. Typing mistakes, other case and punctuation, and lines in
    another order do not hide an item.
    """
    from codelength.data.documents import documents
    from codelength.data.rows import check_rows_name, write_rows
    from codelength.measure.leak import leaks
    from codelength.report.selection_tables import leak_lines, leak_table

    if output is not None:
        check_rows_name(output)
        check_target(output, force=force)
    texts, items = (documents(source, text_field=text_field, id_field=id_field) for source in (train, test))
    with Progress(f"reading {texts.name}") as progress:
        found = leaks(texts, items, false_positives=false_positives, threshold=threshold, advance=progress)
    if output is not None:
        write_rows(output, (item.to_json() for item in found.items), force=force)
    if as_json:
        for item in found.items[:top]:
            typer.echo(item.to_json())
    else:
        leak_table(found, top).write(sys.stdout)
        for line in leak_lines(found):
            typer.echo(line)
    if output is not None:
        typer.echo(f"{printable(output)}: {len(found.items):,} items", err=True)


def _show(found: "Selection", top: int, output: str | None, *, as_json: bool, force: bool) -> None:
    from codelength.data.rows import write_rows
    from codelength.report.selection_tables import selection_lines, selection_table

    if output is not None:
        write_rows(output, (row.to_json() for row in found.in_order()), force=force)
    if as_json:
        for row in found.rows(top):
            typer.echo(row.to_json())
    else:
        selection_table(found, top).write(sys.stdout)
        for line in selection_lines(found):
            typer.echo(line)
    if output is not None:
        typer.echo(f"{printable(output)}: scores of {len(found):,} documents", err=True)


def _price(
    pools: "list[Documents]",
    target: "Documents",
    model: "Model",
    fit_bytes: int,
    where: "Spread",
    *,
    greedy: bool,
    as_json: bool,
) -> None:
    from codelength.measure.pricing import greedy_prices, price_datasets
    from codelength.report.selection_tables import priced_tables

    with Progress(f"pricing for {target.name}") as progress:
        if greedy:
            rows = greedy_prices(pools, target, model, fit_bytes=fit_bytes, advance=progress)
        else:
            rows = price_datasets(pools, target, model, fit_bytes=fit_bytes, spread=where, advance=progress)
    if as_json:
        for row in rows:
            typer.echo(row.to_json())
        return
    for number, table in enumerate(priced_tables(rows, greedy=greedy)):
        if number:
            typer.echo()
        table.write(sys.stdout)


def _model(name: str) -> "Model":
    from codelength.registry import create
    from codelength.types import Model

    codec = create(name)
    if not isinstance(codec, Model):
        raise UsageError(f"{name} does not say what each byte costs; take one that `codelength models` says predicts")
    return codec


def _size(text: str) -> int:
    from codelength.units import parse_size

    try:
        return parse_size(text)
    except ValueError as error:
        raise UsageError(str(error)) from error
