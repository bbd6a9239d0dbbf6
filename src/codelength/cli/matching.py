"""The verbs below `match`: maps F so that F(X) looks like Y, found by what they save. A file each."""

import importlib
import importlib.util

import typer

KIND_MODULES = (
    "codelength.cli.match_cipher",
    "codelength.cli.match_map",
    "codelength.cli.match_words",
)


def register(app: typer.Typer) -> None:
    """Add `match` and the verbs below it to the application."""
    below = typer.Typer(
        name="match",
        help="Find a map F so that F(X) looks like Y, and tell what it saves, F paid for.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for name in KIND_MODULES:
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).register(below)
    if below.registered_commands:
        app.add_typer(below)
