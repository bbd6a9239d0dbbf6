"""The verb classify: texts told apart by what labelled ones teach."""

import sys
import time
from typing import Annotated

import typer

from codelength.cli.progress import Progress
from codelength.cli.spreading import ClusterAddress, Resume, Workers, spread

TRAIN = (
    "Labelled texts: a .txt or .tsv of lines 'label<tab>text', or a folder with a folder of texts (or a file of lines) "
    "for each class."
)


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(classify)


def classify(
    train: Annotated[str, typer.Argument(metavar="TRAIN", help=TRAIN, show_default=False)],
    texts: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXTS]",
            help="Texts to tell apart, a line each; `-` is standard input. Without it only what TRAIN's labels cost.",
            show_default=False,
        ),
    ] = None,
    labelled: Annotated[
        bool, typer.Option("--labelled", help="TEXTS is as TRAIN is: check the labels and tell what they cost.")
    ] = False,
    explain: Annotated[
        int, typer.Option("--explain", metavar="N", help="The N words that speak most for each label.", min=0, max=1000)
    ] = 0,
    brief: Annotated[bool, typer.Option("--brief", help="Leave out the single texts.")] = False,
    order: Annotated[int, typer.Option("--order", help="The longest context, in bytes.", min=0, max=7)] = 4,
    seed: Annotated[int, typer.Option("--seed", help="Of the order in which TRAIN is learnt.", min=0)] = 0,
    workers: Workers = None,
    cluster: ClusterAddress = None,
    resume: Resume = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the summary last.")] = False,
) -> None:
    """Tell texts apart by a state for each class.

    States lean on a common background, and everything that is set is set by the bits that TRAIN's labels cost before
    they are learnt.
    """
    from codelength.data.labelled_texts import load_labelled_texts, load_texts
    from codelength.errors import UsageError
    from codelength.measure.classification import CodelengthClassifier
    from codelength.measure.told_apart import tell, told_apart
    from codelength.report.told import told_apart_table, told_table

    if texts is None and (labelled or explain or workers or cluster or resume):
        raise UsageError("--labelled, --explain, --workers, --cluster and --resume are about TEXTS; name them")
    where = spread(workers, cluster, resume)
    taught = load_labelled_texts(train)
    asked = None
    if texts is not None:
        asked = load_labelled_texts(texts) if labelled else load_texts(texts)
    with Progress(f"learning {taught.name}") as progress:
        began = time.perf_counter()
        model = CodelengthClassifier(order=order, random_state=seed).fit(taught.texts, taught.labels)
        fitted = time.perf_counter()
        rows = []
        if asked is not None:
            progress.stage(f"telling {asked.name}", total_bytes=sum(map(len, asked.texts)))
            rows = tell(model, asked, words=explain, spread=where, advance=progress)
        summary = told_apart(
            model, taught, rows, fit_seconds=fitted - began, predict_seconds=time.perf_counter() - fitted
        )
    if as_json:
        shown = [] if brief else [row.to_json() for row in rows]
        typer.echo("\n".join([*shown, summary.to_json()]))
        return
    if rows and not brief:
        told_table(rows, asked.name if asked else "").write(sys.stdout)
        typer.echo()
    told_apart_table(summary).write(sys.stdout)
