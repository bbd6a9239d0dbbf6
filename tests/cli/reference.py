"""docs/cli.md, made from what every verb says of itself with --help.

python -m tests.cli.reference            check
python -m tests.cli.reference --write    write it anew: after a change of a verb or an option
"""

import contextlib
import io
import os
import sys
from pathlib import Path
from unittest import mock

import typer

import codelength.cli.main as shell

FILE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
_COLUMNS = "80"  # whatever the terminal is
_HEAD = """# The command line

Made from `--help` by `python -m tests.cli.reference --write`; do not edit. Results go to standard output, progress and
messages to standard error. Exit codes: 0, 1 (the data), 2 (the request), 130 (Ctrl-C).
"""


def reference() -> str:
    """The page as it should be."""
    app = shell.build_app()
    parts = [_HEAD, _block("--help")]
    parts += [f"## {verb}\n\n{_block(verb, '--help')}" for verb in _verbs(app)]
    for group in app.registered_groups:
        below = group.typer_instance
        assert below is not None
        name = str(below.info.name)
        parts.append(f"## {name}\n\n{_block(name, '--help')}")
        parts += [f"### {name} {verb}\n\n{_block(name, verb, '--help')}" for verb in _verbs(below)]
    return "\n".join(parts)


def _verbs(app: typer.Typer) -> list[str]:
    return [
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
        if command.callback
    ]


def _block(*arguments: str) -> str:
    output = io.StringIO()
    with mock.patch.dict(os.environ, {"COLUMNS": _COLUMNS}), contextlib.redirect_stdout(output):
        code = shell.run(arguments)
    if code:
        raise SystemExit(f"codelength {' '.join(arguments)} left with {code}")
    return f"```text\n$ codelength {' '.join(arguments)}\n{output.getvalue().strip()}\n```\n"


def main() -> None:
    """Check, or write with --write."""
    page = reference()
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(page)
    elif FILE.read_text() != page:
        sys.exit(f"{FILE.name} is out of date; python -m tests.cli.reference --write")


if __name__ == "__main__":
    main()
