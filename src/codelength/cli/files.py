"""The verbs on files: compress, decompress, info."""

import typer


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(info)


def info(file: str) -> None:
    """Tell what is inside a .cl file."""
