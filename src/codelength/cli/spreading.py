"""The options that say where a verb's batches are computed, and where finished ones are kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.parallel.run import Spread

Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Work in so many processes; the results are the same.")
]
ClusterAddress = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Work on a Dask cluster: a scheduler's address, or `local`."),
]
Resume = Annotated[
    str | None,
    typer.Option("--resume", metavar="FOLDER", help="Keep finished batches there, and go on from those that are."),
]


def spread(workers: int | None, cluster: str | None, resume: str | None) -> "Spread":
    """The layout and the journal that the options ask for.

    Raises OptionError and UsageError for options that make no sense, here or together.
    """
    from codelength.parallel.cluster import Cluster
    from codelength.parallel.journal import Journal
    from codelength.parallel.processes import Processes
    from codelength.parallel.run import Spread

    if resume is not None and not resume:
        raise UsageError("--resume names no folder; name one for finished batches")
    journal = None if resume is None else Journal(resume)
    if cluster is not None:
        return Spread(Cluster(cluster, workers), journal)
    return Spread(None if workers is None else Processes(workers), journal)
