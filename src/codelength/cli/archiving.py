"""The verb archive: data as a program that prints it, so an upper bound on its Kolmogorov complexity."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.files import STREAM, find, load
from codelength.data.output import check_target, open_target
from codelength.errors import ProgramError, UsageError

if TYPE_CHECKING:
    from codelength.coding.archive import Archive
    from codelength.dataset import Dataset


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(archive)


def archive(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, a URL, or - for standard input.")],
    given: Annotated[
        str | None,
        typer.Option("--given", metavar="X", help="Data that the program reads first: `python FILE.py X`."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="OUT", help="Where to write; FILE.py if not said.")
    ] = None,
    program: Annotated[
        str | None,
        typer.Option("--program", metavar="GEN.py", help="Check that this program prints FILE, and count its bytes."),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="least, stored, zlib, bz2, lzma or mixing; mixing unpacks 5 KB a second.")
    ] = "least",
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.01, help="How long a --program may run.")
    ] = 60.0,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on a line.")] = False,
) -> None:
    """Write the smallest Python program that prints FILE.

    It is run and what it prints compared; its size is an upper bound on K(X), decoder included.
    """
    from codelength.coding import archive as archives

    if program is not None and (output is not None or method != "least"):
        raise UsageError("--program checks a program that exists; leave out -o and --method")
    if STREAM in (given, program):
        raise UsageError("only FILE can be - (standard input); name files for --given and --program")
    place = None if program is not None else output or _program_name(file)
    if place == STREAM and as_json:
        raise UsageError("standard output takes either the program or JSON; name a file with -o")
    if place is not None:
        check_target(place, force=force, source=file)
    data = load(file)
    known = None if given is None else load(given).joined
    if program is not None:
        found = _checked(program, data, known, timeout)
    else:
        if method == "least" and not archives.mixing_fits(data.joined, known):
            seconds = archives.mixing_seconds(data.joined, known)
            typer.echo(f"mixing is left out: about {2 * seconds:,.0f} seconds; --method mixing takes them", err=True)
        with Progress(f"archiving {data.name}", total_bytes=data.raw_bytes) as progress:
            found = archives.archive(data.joined, given=known, method=method, progress=progress)
    if place is not None:
        with open_target(place, force=force) as target:
            target.write(found.program)
    if as_json:
        typer.echo(json.dumps(_fields(data, found)))
    else:
        where = program if place is None else place
        typer.echo(f"{where}: {found}, run and compared in {found.seconds:.1f} s", err=place == STREAM)


def _checked(program: str, data: "Dataset", known: bytes | None, timeout_seconds: float) -> "Archive":
    from codelength.coding.archive import check_program

    try:
        return check_program(load(program).joined, data.joined, given=known, timeout_seconds=timeout_seconds)
    except ProgramError as error:
        raise ProgramError(f"{program} is no program for {data.name}: {error}") from error


def _program_name(file: str) -> str:
    if file == STREAM or "://" in file:
        raise UsageError("say where to write the program with -o")
    paths = find(file).paths
    if len(paths) != 1 or Path(file).is_dir():
        raise UsageError(f"{file} is not one file; say where to write the program with -o")
    return paths[0] + ".py"


def _fields(data: "Dataset", found: "Archive") -> dict[str, object]:
    return {
        "data": data.name,
        "sha256": hashlib.sha256(data.joined).hexdigest(),
        "raw_bytes": found.raw_bytes,
        "given_bytes": found.given_bytes,
        "method": found.method,
        "total_bytes": found.total_bytes,
        "payload_bytes": found.payload_bytes,
        "decoder_bytes": found.decoder_bytes,
        "kind": "coded",
        "seconds": found.seconds,
    }
