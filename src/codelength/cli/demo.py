"""The verb demo: the other verbs, one after the other, on the texts that come with the package."""

import shlex
import time
from pathlib import Path
from typing import Annotated

import typer

from codelength.errors import UsageError

X, Y, OTHER, UNRELATED = "pride_1.txt", "pride_2.txt", "war.txt", "genome.txt"
PART, BEHIND_PART = "part.txt", b"Chapter 34"


def demo(
    folder: Annotated[Path, typer.Option("--into", metavar="FOLDER", help="Where texts and results go.")] = Path(
        "demo-output"
    ),
) -> None:
    """Show on small texts what shared structure is.

    And what to do with it; a minute at most.
    """
    from codelength.data.bundled import BUNDLED, bundled
    from codelength.data.output import open_target

    started = time.monotonic()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UsageError(f"{folder} is not a folder; name another one with --into") from None
    for name in BUNDLED:
        with open_target(str(folder / name), force=True) as target:
            target.write(bundled(name).joined)
    with open_target(str(folder / PART), force=True) as target:
        target.write(bundled(Y).joined.partition(BEHIND_PART)[0])
    for heading, commands in _steps(folder):
        typer.secho(f"\n{heading}", bold=True)
        for command in commands:
            _run(command)
    typer.secho(
        f"\n\nThat took {time.monotonic() - started:.0f} seconds. What to try next, on data of your own:", bold=True
    )
    typer.echo(_NEXT)


def _steps(folder: Path) -> list[tuple[str, list[list[str]]]]:
    x, y, other, unrelated, part = (str(folder / name) for name in (X, Y, OTHER, UNRELATED, PART))
    plot = _plot(folder / "ladder.png")
    return [
        (
            "1. How many bits does a text cost? Y is six chapters from the middle of Pride and Prejudice.",
            [["measure", y]],
        ),
        (
            "2. How much does X know about Y? X begins the same novel: its words, people and manner return.",
            [["shared", x, y, *plot]],
        ),
        (
            "3. Another novel knows the language, but not the story; a genome knows next to nothing.",
            [["shared", other, y, "--brief"], ["shared", unrelated, y, "--brief"]],
        ),
        (
            "4. A code length is a file: compressed, decoded and compared; smaller for whoever has X.",
            [
                ["compress", y, "-o", f"{y}.cl", "--force"],
                ["compress", y, "--given", x, "-o", f"{y}.given.cl", "--force"],
                ["decompress", f"{y}.given.cl", "--given", x, "-o", f"{y}.again", "--force"],
            ],
        ),
        (
            "5. A program that prints three chapters, decoder included: an upper bound on their complexity K.",
            [["archive", part, "-o", f"{part}.py", "--force"]],
        ),
        (
            "6. A model that has read X can write on.",
            [["generate", "--with", "mixing", "--after", x, "-n", "300", "--temperature", "0.6"]],
        ),
    ]


def _plot(path: Path) -> list[str]:
    from codelength.report.plots import plot_format

    try:
        plot_format(path.name)
    except UsageError as error:
        typer.echo(f"No picture will be drawn: {error}")
        return []
    return ["--plot", str(path), "--force"]


def _run(arguments: list[str]) -> None:
    from codelength.cli.main import build_app

    typer.echo(f"\n$ codelength {shlex.join(arguments)}\n")
    build_app()(args=arguments, prog_name="codelength", standalone_mode=False)


_NEXT = """
  codelength shared OLD NEW                   what two files, folders or URLs share
  codelength shared X Y --null OTHER          whether X knows more about Y than OTHER does
  codelength measure 'logs/*.log' --with xz,mixing:level=max
  codelength compress FILE --given EARLIER    a small file for whoever has the earlier one
  codelength models                           every model, its options and what decoding takes
"""
