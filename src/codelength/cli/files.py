"""The verbs on files: compress, decompress, info."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from codelength.cli.progress import Progress
from codelength.data.files import STREAM, STREAM_NAME, Source, find, load, open_source
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import CodecError, DataError, SourceError, UsageError
from codelength.units import format_size, parse_size

if TYPE_CHECKING:
    from codelength.coding.container import Contents, Forecast

SUFFIX = ".cl"

Force = Annotated[bool, typer.Option("--force", help="Replace an existing output; write binary to a terminal.")]
Given = Annotated[
    str | None, typer.Option("--given", metavar="X", help="Data that both ends have: a file, folder, pattern or URL.")
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(compress)
    app.command()(decompress)
    app.command()(info)


def compress(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file, a URL, or - for standard input.")],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="OUT", help="Where to write; FILE.cl if not said, - is stdout."),
    ] = None,
    codec_name: Annotated[str, typer.Option("--with", metavar="NAME", help="The model or codec.")] = "mixing",
    given: Given = None,
    force: Force = False,
) -> None:
    """Compress a file; it is kept once it decodes."""
    from codelength.coding.container import Contents, read_container, write_container
    from codelength.registry import create

    name = _name(file)
    place = output if output is not None else _compressed_name(file)
    path = _one_path(file)
    check_target(place, force=force, source=path)
    codec = create(codec_name)
    given_data = _load_given(given)
    written: list[Contents] = []
    with Progress(f"compressing {name}") as progress:

        def verify(code: BinaryIO) -> None:
            progress.stage(f"verifying {name}", total_bytes=written[0].raw_bytes)
            try:
                read = read_container(code, None, codec, given=given_data, progress=progress)
            except DataError as error:
                raise CodecError(f"what {codec.name} wrote does not decode; nothing is kept: {error}") from error
            if read != written[0]:
                raise CodecError(f"what {codec.name} wrote decodes to other data; nothing is kept")

        with open_source(path) as source, open_target(place, force=force, verify=verify) as target:
            progress.total_bytes = source.size()
            written.append(write_container(source, target, codec, given=given_data, progress=progress))
    typer.echo(f"{name}: {written[0].sizes}, {codec.name}{_after(given)}, verified", err=place == STREAM)


def decompress(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A .cl file, a URL, or - for standard input.")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Where to write; FILE without .cl if not said, - is stdout."
        ),
    ] = None,
    given: Given = None,
    force: Force = False,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="SIZE", help="Refuse data that is larger than this, such as 10GB.")
    ] = None,
    memory_limit: Annotated[
        str, typer.Option("--memory-limit", metavar="SIZE", help="Refuse codecs that need more memory.")
    ] = "4GiB",
) -> None:
    """Decompress a .cl file; every byte is checked."""
    from codelength.coding.container import Limits, read_container
    from codelength.registry import create

    name = _name(file)
    place = output if output is not None else _original_name(file)
    check_target(place, force=force, source=file)
    limits = Limits(None if limit is None else _size(limit), _size(memory_limit))
    given_data = _load_given(given)
    with Progress(f"decompressing {name}") as progress, open_source(file) as source, _errors_about(name):
        progress.total_bytes = _size_told(source)
        with open_target(place, force=force) as target:
            read = read_container(source, target, create, given=given_data, limits=limits, progress=progress)
    typer.echo(
        f"{name}: {read.file_bytes:,} → {read.raw_bytes:,} bytes, {read.header.codec_name}{_after(given)}, checked",
        err=place == STREAM,
    )


def info(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A .cl file, a URL, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on a line.")] = False,
) -> None:
    """Tell what is inside a .cl file, without decoding.

    And what decoding will cost in time and memory, on a machine of these days.
    """
    from codelength.coding.container import forecast, scan_container
    from codelength.registry import create

    name = _name(file)
    with Progress(f"reading {name}"), open_source(file) as source, _errors_about(name):
        contents = scan_container(source)
    try:
        decoding = forecast(contents, create(contents.header.codec_name))
    except UsageError:
        decoding = None
    if as_json:
        typer.echo(json.dumps(_info_fields(name, contents, decoding)))
    else:
        typer.echo(_info_text(name, contents, decoding))


def _info_fields(name: str, contents: "Contents", decoding: "Forecast | None") -> dict[str, object]:
    header = contents.header
    return {
        "file": name,
        "version": header.version,
        "model": header.codec_name,
        "raw_bytes": contents.raw_bytes,
        "file_bytes": contents.file_bytes,
        "sha256_start": contents.sha256,
        "given_bytes": header.given_bytes,
        "given_sha256_start": header.given_digest,
        "chunk_bytes": header.chunk_bytes,
        "chunks": contents.chunks,
        "stored_chunks": contents.stored_chunks,
        "carried": header.carried,
        "environment": dict(header.environment) or None,
        "decode_seconds": None if decoding is None else decoding.seconds,
        "decode_memory_bytes": None if decoding is None else decoding.memory_bytes,
    }


def _info_text(name: str, contents: "Contents", decoding: "Forecast | None") -> str:
    header = contents.header
    given = "nothing"
    if header.given_bytes is not None:
        given = f"{header.given_bytes:,} bytes, SHA-256 {header.given_digest}... (decoding needs them)"
    cost = "unknown: this release cannot make that codec" if decoding is None else str(decoding)
    how = "one model through all" if header.carried else "each alone"
    if contents.stored_chunks:
        how += f", {contents.stored_chunks:,} stored as they are"
    rows = [
        ("format", f"codelength container, version {header.version}"),
        ("codec", header.codec_name),
        ("size", contents.sizes),
        ("original", f"SHA-256 {contents.sha256}..."),
        ("given", given),
        ("chunks", f"{contents.chunks:,} of at most {format_size(header.chunk_bytes)}, {how}"),
        ("checks", "all agree"),
        ("decoding", cost),
    ]
    if header.environment:
        computed = ", ".join(f"{key} {value}" for key, value in header.environment)
        rows.append(("computed", f"in floating point with {computed}; decodes where that rounds alike"))
    return "\n".join([name, *(f"  {key:<10}{value}" for key, value in rows)])


@contextmanager
def _errors_about(name: str) -> Iterator[None]:
    """What is wrong with a container is said with its name."""
    try:
        yield
    except SourceError:  # has its name
        raise
    except DataError as error:
        raise type(error)(f"{name}: {error}") from error


def _name(file: str) -> str:
    return STREAM_NAME if file == STREAM else printable(file)


def _after(given: str | None) -> str:
    return "" if given is None else f" given {printable(given)}"


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _size_told(source: Source) -> int | None:
    from codelength.coding.container import read_header

    if not source.seekable():
        return None
    start = source.tell()
    header = read_header(source)
    source.seek(start)
    return header.total_bytes


def _load_given(given: str | None) -> bytes | None:
    return None if given is None else load(given, lambda line: typer.echo(line, err=True)).joined


def _one_path(file: str) -> str:
    found = find(file)
    remote = found.filesystem is not None and len(found.paths) == 1
    if found.paths != (file,) and not remote:
        raise UsageError(
            f"{found.name} is a folder or a pattern, and compress takes one file; pack it first: "
            "tar cf - FOLDER | codelength compress - -o FOLDER.tar.cl"
        )
    return file


def _compressed_name(file: str) -> str:
    if "://" in file:
        raise UsageError(f"{printable(file)} is remote; name a local output with -o, or - for standard output")
    return file if file == STREAM else file + SUFFIX


def _original_name(file: str) -> str:
    if file == STREAM:
        return STREAM
    if "://" in file or not file.endswith(SUFFIX) or file == SUFFIX:
        raise UsageError(f"{printable(file)} does not end in {SUFFIX}, or is remote; name the output with -o")
    return file.removesuffix(SUFFIX)
