"""The verbs that tell how many bits: measure, shared, models, generate, demo."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from codelength.cli.demo import demo
from codelength.cli.progress import Progress
from codelength.data.files import STREAM, load
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.dataset import Dataset
    from codelength.registry import Entry
    from codelength.types import Codec

SOURCE = "a file, a folder (joined by path), a pattern, a URL, or - for standard input"
Names = Annotated[
    str | None,
    typer.Option("--with", metavar="NAMES", help="Models, separated by commas; see `codelength models`."),
]
_UNKNOWN_UNTIL_NAMED = "predicts; what it sees and takes depends on which one: codelength models hf:PATH"
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, the best first.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(measure)
    app.command()(shared)
    app.command()(models)
    app.command()(generate)
    app.command()(demo)


def measure(
    data: Annotated[list[str], typer.Argument(metavar="DATA", help=f"Each is {SOURCE}.", show_default=False)],
    names: Names = None,
    given: Annotated[
        str | None, typer.Option("--given", metavar="X", help="What both ends have read before; a source like DATA.")
    ] = None,
    coded: Annotated[bool, typer.Option("--coded", help="Encode, decode and compare, models too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell how many bits data costs, for each model."""
    from codelength.measure.codelength import measure_ladder, measure_work
    from codelength.measure.pair import window_warnings
    from codelength.report.tables import measure_table

    _check_streams(*data, given or "")
    codecs = _create(names)
    before = None if given is None else _load(given)
    with Progress("measuring") as progress:
        for number, source in enumerate(data):
            loaded = _load(source)
            sizes = (loaded.raw_bytes, None if before is None else before.raw_bytes)
            progress.stage(
                f"measuring {loaded.name}",
                total_bytes=measure_work(sizes[0], codecs, given_bytes=sizes[1], coded=coded),
            )
            rows = measure_ladder(loaded, codecs, given=before, coded=coded, progress=progress)
            if as_json:
                for row in rows:
                    typer.echo(row.to_json())
                continue
            if number:
                typer.echo()
            measure_table(rows, given=None if before is None else before.name).write(sys.stdout)
            for row in rows:
                if row.settings:
                    typer.echo(f"{row.model}: {', '.join(f'{key} {value}' for key, value in row.settings.items())}")
            for codec in codecs if before is not None else ():
                _warn(window_warnings(codec, sizes[1] or 0, sizes[0]))


def shared(
    x: Annotated[str, typer.Argument(metavar="X", help=f"What is read first: {SOURCE}.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="What X may know something about; a source like X.")],
    names: Names = None,
    as_json: AsJson = False,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw the ladder into a .png or .svg.")
    ] = None,
    null: Annotated[
        list[str] | None,
        typer.Option("--null", metavar="FILE", help="Other data in X's place, which X must beat; may be repeated."),
    ] = None,
    no_null: Annotated[bool, typer.Option("--no-null", help="Leave out the shuffled X and the noise.")] = False,
    joint: Annotated[
        Literal["auto", "coded", "ideal", "none"],
        typer.Option("--joint", help="How models find joint lengths; auto: coded, ideal where that takes over 5 s."),
    ] = "auto",
    brief: Annotated[bool, typer.Option("--brief", help="The first table and the finding; no joint lengths.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plot.")] = False,
) -> None:
    """Tell how much X knows about Y: C(Y) - C(Y given X).

    The best model comes first; nulls, an interval and a verdict tell a saving from luck.
    """
    from codelength.measure.nulls import standard_nulls
    from codelength.measure.shared import shared_ladder, shared_work
    from codelength.report.plots import plot_format, shared_plot
    from codelength.report.sentences import finding
    from codelength.report.tables import shared_tables

    _check_streams(x, y, *(null or ()))
    picture_format = ""
    if plot is not None:
        picture_format = plot_format(plot)
        check_target(plot, force=force)
    joint = "none" if brief else joint
    codecs = _create(names)
    first, second = _load(x), _load(y)
    nulls = {} if no_null else standard_nulls(first.joined)
    for source in null or ():
        nulls[printable(source)] = _load(source).joined
    work = shared_work(first.raw_bytes, second.raw_bytes, codecs, nulls=nulls, joint=joint)
    with Progress(f"comparing {first.name} and {second.name}", total_bytes=work) as progress:
        rows = shared_ladder(first, second, codecs, nulls=nulls, joint=joint, progress=progress)
    if as_json:
        for row in rows:
            typer.echo(row.to_json())
    else:
        for table in shared_tables(rows)[: 1 if brief else None]:
            table.write(sys.stdout)
            typer.echo()
        for row in rows:
            _warn(row.warnings)
        typer.echo(finding(rows[0]))
    if plot is not None:
        with open_target(plot, force=force) as target:
            target.write(shared_plot(rows, picture_format))
        typer.echo(f"{printable(plot)}: the ladder as a picture", err=True)


def models(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One of them; all if not said.")] = None,
) -> None:
    """List the models, their options, what decoding takes."""
    from codelength.registry import LADDER, create, entries

    table = entries()
    codec = None
    if name is not None and name not in table:
        codec = create(name)  # says what was meant, or is a full name
        name = name.partition(":")[0].partition("(")[0]
    for entry in table.values():
        if name in (None, entry.name):
            typer.echo(entry.describe())
            if not entry.is_installed:
                typer.echo(f"  needs {entry.needs}: pip install 'codelength[{entry.extra}]'")
            elif entry.is_complete or entry.members[0]:
                typer.echo(f"  {_abilities(create(_example(entry)))}")
            elif codec is not None:
                typer.echo(f"  {_abilities(codec)}")
            else:
                typer.echo(f"  {_UNKNOWN_UNTIL_NAMED}")
    if name is None:
        typer.echo(f"The default ladder: {','.join(LADDER)}")


def generate(
    model_name: Annotated[
        str, typer.Option("--with", metavar="NAME", help="The model; a plain codec becomes from_codec(NAME).")
    ],
    after: Annotated[str | None, typer.Option("--after", metavar="FILE", help="What the model reads first.")] = None,
    n: Annotated[int, typer.Option("-n", metavar="BYTES", help="How many bytes.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same text.", min=0)] = 0,
    temperature: Annotated[float, typer.Option("--temperature", help="Below 1 is safer, above 1 is wilder.")] = 1.0,
) -> None:
    """Write on: draw bytes from what a model predicts."""
    import numpy as np

    from codelength.measure.generate import generate as draw
    from codelength.registry import create
    from codelength.report.sentences import readable
    from codelength.types import Model

    codec = create(model_name)
    if not isinstance(codec, Model):
        codec = create(f"from_codec({model_name})")
    if not isinstance(codec, Model):
        raise UsageError(f"{model_name} does not predict; take one that `codelength models` says predicts")
    before = b"" if after is None else _load(after).joined
    with Progress(f"{codec.name} writes", total_bytes=n) as progress:
        text = draw(codec, before, n, np.random.default_rng(seed), temperature=temperature, progress=progress)
    if sys.stdout.isatty():
        typer.echo(readable(text))
    else:
        sys.stdout.buffer.write(text)


def _create(names: str | None) -> "list[Codec]":
    from codelength.naming import split_names
    from codelength.registry import LADDER, create

    return [create(name) for name in (LADDER if names is None else split_names(names))]


def _load(source: str) -> "Dataset":
    return load(source, lambda line: typer.echo(line, err=True))


def _check_streams(*sources: str) -> None:
    if sources.count(STREAM) > 1:
        raise UsageError("standard input can be read once; name - once")


def _warn(warnings: tuple[str, ...]) -> None:
    for line in warnings:
        typer.echo(f"warning: {line}")


def _example(entry: "Entry") -> str:
    # What is made of other codecs needs some: those of its first law.
    return entry.law_names[0].rpartition(")")[0] + ")" if entry.members[0] else entry.name


def _abilities(codec: "Codec") -> str:
    from codelength.types import Conditional, Model
    from codelength.units import format_size

    if isinstance(codec, Model):
        ability = "predicts"
        machine = "this kind of machine" if codec.arithmetic == "float" else "any machine"
    else:
        ability = "reads a text before" if isinstance(codec, Conditional) else "codes"
        machine = "any machine"
    reach = "all that it has read" if codec.window_bytes is None else f"{format_size(codec.window_bytes)} back"
    return f"{ability}; sees {reach}; decodes on {machine} in up to {format_size(codec.memory_bytes)}"
