"""The command line: verbs to functions, errors to messages and exit codes. No arithmetic lives here.

Exit codes: 0, 1 (the data), 2 (the request), 130 (Ctrl-C), 143 (terminated). A verb module has `register(app)`, imports
nothing heavy at its top and raises CodelengthError; `main` does the rest.
"""

import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, NoReturn, TextIO

import typer

from codelength.cli.progress import show_notes
from codelength.errors import CodelengthError, UsageError

VERB_MODULES = (
    "codelength.cli.measures",
    "codelength.cli.mapping",
    "codelength.cli.files",
    "codelength.cli.archiving",
    "codelength.cli.fitting",
    "codelength.cli.labels",
    "codelength.cli.unsupervised",
    "codelength.cli.runs",
    "codelength.cli.selecting",
    "codelength.cli.classifying",
    "codelength.cli.matching",
    "codelength.cli.bounding",
)
INTERRUPTED = 128 + signal.SIGINT


def build_app() -> typer.Typer:
    """The application with all its verbs.

    >>> any(command.callback.__name__ == "info" for command in build_app().registered_commands if command.callback)
    True
    """
    app = typer.Typer(
        name="codelength",
        help="How many bits is it, and how much does X know about Y.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in VERB_MODULES:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    _unwind_when_terminated()
    for stream in (sys.stdout, sys.stderr):
        # Typer's test runner and others put plain streams here.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    show_notes()
    try:
        build_app()(args=arguments, prog_name="codelength", standalone_mode=True)
    except UsageError as error:
        return _fail(str(error), 2)
    except CodelengthError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return INTERRUPTED
    except MemoryError:
        return _fail("out of memory; take a model with less state (memory=64MiB) or a smaller level", 1)
    except BrokenPipeError:
        return _hush(sys.stdout)
    except OSError as error:
        return _fail(str(error), 1)
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
        return _flushed(code)
    return _flushed(0)


def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=lambda on: _tell(on)),
    ] = False,
) -> None:
    """How many bits is it, and how much does X know about Y."""


def _tell(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"codelength {version('codelength')}")
        raise typer.Exit


def _fail(message: str, code: int) -> int:
    typer.echo(f"Error: {message}", err=True)
    return _flushed(code)


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _hush(sys.stdout)
    except OSError as error:
        _hush(sys.stdout)
        typer.echo(f"Error: standard output: {error.strerror}", err=True)
        return code or 1
    return code


def _hush(stream: TextIO) -> int:
    # Whoever read us has left: what is still buffered goes nowhere, so that the interpreter's last flush is quiet.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return 1


def _unwind_when_terminated() -> None:
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    # Leaving by an exception lets every open output remove its temporary file.
    sys.exit(128 + number)
