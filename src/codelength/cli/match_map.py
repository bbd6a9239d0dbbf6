"""The verb `match map`: a map between two clouds of points without pairs."""

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.names import printable
from codelength.data.output import STREAM, check_target, open_target
from codelength.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("map")(match_map)


def match_map(
    x: Annotated[str, typer.Argument(metavar="X", help="Points to be mapped: .npy, .csv or .tsv, a row each.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="Points that they should look like; no row stands for a row.")],
    families: Annotated[
        str | None,
        typer.Option("--family", metavar="NAMES", help="Only these: identity, scale, orthogonal, affine, monotone."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="MAP.json", help="Write the map, to be read back.")
    ] = None,
    points: Annotated[
        str | None, typer.Option("--points", metavar="FILE.npy", help="Write F(X), in Y's units.")
    ] = None,
    null: Annotated[bool, typer.Option("--null/--no-null", help="Search the same for X with columns shuffled.")] = True,
    seed: Annotated[int, typer.Option("--seed", help="Of samples and starts.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="The best map as one JSON object.")] = False,
    plot: Annotated[
        str | None, typer.Option("--plot", metavar="FILE", help="Draw both clouds and the bits into a .png or .svg.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Find a map of points X that makes them look like points Y.

    Columns permuted and scaled, a rotation, any affine map, or a monotone one for each column: what takes fewest bits
    for the map and for X mapped, by a model of Y. What the data cannot tell is said.
    """
    from codelength.data.points import load_points
    from codelength.report.plots import plot_format

    picture_format = "" if plot is None else plot_format(plot)
    if points is not None and not points.endswith(".npy"):
        raise UsageError(f"{printable(points)}: mapped points are written as .npy; name such a file")
    if (output, points).count(STREAM) and as_json:
        raise UsageError("a file and the JSON cannot both go to standard output; name a file")
    for path in (output, points, plot):
        if path is not None:
            check_target(path, force=force)
    os.environ.setdefault("POT_BACKEND_DISABLE_PYTORCH", "1")  # else POT loads torch where it is installed
    from codelength.match.maps.choice import Cloud, match_maps
    from codelength.match.maps.families import FAMILIES
    from codelength.match.maps.saving import as_npy, saved
    from codelength.report.map_plot import map_plot
    from codelength.report.map_table import map_sentence, matrix_table, pairs_table
    from codelength.report.match_table import match_table

    wanted = FAMILIES if families is None else tuple(name.strip() for name in families.split(","))
    clouds = [
        Cloud(printable(source), *load_points(source, lambda line: typer.echo(line, err=True))) for source in (x, y)
    ]
    steps = len(wanted) * (2 if null else 1)
    with Progress(f"matching {clouds[0].name} to {clouds[1].name}", total_bytes=steps) as progress:
        found = match_maps(*clouds, families=wanted, seed=seed, null=null, advance=progress)
    if as_json:
        typer.echo(found.mapped.to_json())
    else:
        match_table(found.mapped.matches).write(sys.stdout)
        for table in (pairs_table(found.mapped), matrix_table(found.mapped)):
            if table is not None:
                typer.echo()
                table.write(sys.stdout)
        typer.echo()
        for warning in found.mapped.match.warnings:
            typer.echo(f"warning: {warning}")
        typer.echo(map_sentence(found.mapped))
    sent = found.apply(clouds[0].points)
    kept = clouds[0].points[:, found.x_kept], clouds[1].points[:, found.y_kept]
    contents: dict[str | None, Callable[[], bytes]] = {
        output: lambda: saved(found).encode() + b"\n",
        points: lambda: as_npy(sent),
        plot: lambda: map_plot(found.mapped, *kept, sent, picture_format),
    }
    for path, content in contents.items():
        if path is not None:
            with open_target(path, force=force) as target:
                target.write(content())
            typer.echo(f"{printable(path)} is written", err=True)
