"""The verb that trains a net on data and keeps it: fit."""

import contextlib
import hashlib
import math
import re
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.files import load
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import GivenError, UsageError

if TYPE_CHECKING:
    from codelength.measure.fit import Begun
    from codelength.models.nets.model import NetModel
    from codelength.types import Codec

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(fit)


def fit(
    data: Annotated[str, typer.Argument(metavar="X", help="What to read: a file, folder, pattern or URL.")],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="Where to keep the net: a .safetensors file.")
    ],
    model_name: Annotated[
        str | None, typer.Option("--with", metavar="NAME", help="The net; transformer if not said.", show_default=False)
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="FILE", help="Go on from a file that fit wrote, in the same X.")
    ] = None,
    time_budget: Annotated[
        str | None, typer.Option("--time-budget", metavar="TIME", help="Stop after this: 90s, 5m, 2h.")
    ] = None,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="A picture of the learning curve, PNG or SVG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on a line.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="This is one of the processes that torchrun started.")
    ] = False,
    patience: Annotated[
        float, typer.Option("--patience", metavar="SECONDS", help="How long to wait for a process that is late.", min=1)
    ] = 60,
) -> None:
    """Train a net on data, and keep it.

    Each byte is paid for before it is learned. The file can then stand wherever a model is named.
    """
    from codelength.measure.fit import Begun
    from codelength.measure.fit import fit as fit_model

    budget_seconds = math.inf if time_budget is None else _seconds(time_budget)
    if not output.endswith(".safetensors"):
        raise UsageError(f"{printable(output)} must end in .safetensors, so that it can be named as a model")
    check_target(output, force=force)
    picture_format = _picture_format(plot, force)
    dataset = load(data, lambda line: typer.echo(line, err=True))
    text = dataset.joined
    begun = _begun(model_name, resume, text)
    net = _net(begun.model)
    share = None
    with contextlib.ExitStack() as stack:
        if distributed:
            from codelength.models.nets.sharing import joined

            share = stack.enter_context(joined(patience))
            begun = Begun(share.of(net), begun.curve)
        with Progress(f"{net.name} reads {dataset.name}", total_bytes=len(text) - begun.read_bytes) as progress:
            agree = bool if share is None else share.agree
            ended, fitted = fit_model(
                text, begun, name=dataset.name, budget_seconds=budget_seconds, advance=progress, agree=agree
            )
        kept = _net(ended.model)
        kept = kept if share is None else share.gathered(kept)
    if share is not None and share.rank:
        return
    from codelength.models.nets.checkpoint import dump

    with open_target(output, force=force) as target:
        target.write(dump(kept, ended.curve))
    if plot is not None and picture_format is not None:
        from codelength.report.fit_plots import fit_plot

        with open_target(plot, force=force) as target:
            target.write(fit_plot([fitted], picture_format))
    typer.echo(fitted.to_json() if as_json else f"{fitted}; kept in {printable(output)}")


def _begun(model_name: str | None, resume: str | None, text: bytes) -> "Begun":
    """A net that has read nothing, or one that has read the beginning of the text."""
    from codelength.measure.fit import Begun
    from codelength.registry import create

    if resume is None:
        return Begun(_net(create(model_name or "transformer")))
    if model_name is not None:
        raise UsageError("--resume names the net that goes on; leave --with out")
    if not resume.endswith(".safetensors"):
        raise UsageError(f"{printable(resume)} does not end in .safetensors; name a file that fit wrote")
    net = _net(create(resume))
    checkpoint = net.checkpoint
    if checkpoint is None:
        raise UsageError(f"{printable(resume)} says not what was read")
    size = checkpoint.read_bytes
    if hashlib.sha256(text[:size]).hexdigest() != checkpoint.read_sha256:
        raise GivenError(
            f"{printable(resume)} has read {size:,} other bytes than X begins with; give the X it was fitted to, or "
            "name the file with --with to go on in other data"
        )
    return Begun(net, checkpoint.curve)


def _net(model: "Codec") -> "NetModel":
    from codelength.registry import entries

    nets = ", ".join(name for name, entry in entries().items() if entry.needs == "torch")
    if hasattr(model, "full_name"):
        from codelength.models.nets.model import NetModel

        if isinstance(model, NetModel):
            return model
    raise UsageError(f"{model.name} is no net that fit can keep; there are {nets}")


def _seconds(text: str) -> float:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *([smh]?)", text)
    if match is None:
        raise UsageError(f"--time-budget {text} is no time; write 90s, 5m or 2h")
    return float(match[1]) * _SECONDS[match[2]]


def _picture_format(plot: str | None, force: bool) -> str | None:
    if plot is None:
        return None
    from codelength.report.plots import plot_format

    check_target(plot, force=force)
    return plot_format(plot)
