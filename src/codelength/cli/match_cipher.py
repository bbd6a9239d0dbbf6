"""The verbs `match cipher` and `match encipher`: the key that makes a ciphertext look like a language, and ciphers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from codelength.cli.progress import Progress
from codelength.data.files import STREAM, load
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.models.ciphers.ngrams import Ngrams
    from codelength.result.deciphered import Deciphered

LANGUAGE = "A text in the language, or the name of one that comes with the package: english, manx, spanish."
_SHOWN = 60  # letters of the best plaintext in the progress line


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(cipher)
    app.command()(encipher)


def cipher(
    ciphertext: Annotated[str, typer.Argument(metavar="CIPHERTEXT", help="A file, or - for standard input.")],
    language: Annotated[str, typer.Option("--language", metavar="TEXT_OR_NAME", help=LANGUAGE)] = "english",
    kind: Annotated[
        Literal["auto", "one-to-one", "homophonic"],
        typer.Option("--kind", help="auto: one-to-one where there are no more symbols than letters."),
    ] = "auto",
    symbols: Annotated[
        Literal["auto", "bytes", "characters", "tokens"],
        typer.Option("--symbols", help="What a symbol is; tokens stand between blanks or commas, such as numbers."),
    ] = "auto",
    spaces: Annotated[
        Literal["auto", "keep", "drop"],
        typer.Option("--spaces", help="Whether blanks part words; auto: where they look like it."),
    ] = "auto",
    transposition: Annotated[
        Literal["none", "reverse", "columns", "routes", "all"],
        typer.Option("--transposition", help="Orders to read it in: from its end, by columns, by routes."),
    ] = "none",
    time_budget: Annotated[
        float, typer.Option("--time-budget", metavar="SECONDS", help="Go on for so long; 0: until found again.", min=0)
    ] = 0.0,
    restarts: Annotated[int, typer.Option("--restarts", help="At most, without a time budget.", min=1)] = 24,
    workers: Annotated[int, typer.Option("--workers", help="Threads that search; 0: one for each core.", min=0)] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the search.", min=0)] = 0,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="Write the key: a symbol, a tab, its letter a line.")
    ] = None,
    no_null: Annotated[bool, typer.Option("--no-null", help="Leave out the search on shuffled symbols.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing key file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Find the key that makes a ciphertext look like a language.

    One-to-one or homophonic, by the bits of the key and of the text that it reads; the next best key, shuffled symbols
    and the unicity distance tell whether there was anything to find.
    """
    from codelength.data.ciphertexts import read_ciphertext
    from codelength.data.output import check_target, open_target
    from codelength.match.cipher import decipher
    from codelength.models.ciphers.search import Effort

    if key is not None:
        check_target(key, force=force)
    loaded = load(ciphertext)
    text = read_ciphertext(loaded.name, loaded.joined, symbols=symbols, blanks=spaces)
    effort = Effort(restarts, time_budget, workers or _cores(), seed)
    with Progress(f"learning {language}") as progress:
        model = _language(language, blanks=text.has_blanks)
        progress.stage(f"{text.name}: searching")
        found = decipher(
            text,
            model,
            kind=kind,
            transposition=transposition,
            effort=effort,
            null=not no_null,
            told=lambda bits, plain: progress.stage(f"{bits:,.0f} bits: {plain[:_SHOWN]}"),
        )
    if key is not None:
        with open_target(key, force=force) as target:
            target.write("".join(f"{symbol}\t{letter}\n" for symbol, letter in found.key.items()).encode())
    if as_json:
        typer.echo(found.to_json())
    else:
        _show(found)


def encipher(
    plaintext: Annotated[str, typer.Argument(metavar="PLAINTEXT", help="A text, or - for standard input.")],
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="TEXT_OR_NAME", help="Whose letters to encipher; those of the text itself."),
    ] = None,
    symbols: Annotated[
        int, typer.Option("--symbols", metavar="N", help="A homophonic key of so many symbols; 0: one a letter.", min=0)
    ] = 0,
    letters: Annotated[
        int, typer.Option("--letters", metavar="N", help="Only the first N letters and blanks; 0: all.", min=0)
    ] = 0,
    spaces: Annotated[bool, typer.Option("--spaces", help="Leave blanks between words (not with --symbols).")] = False,
    columns: Annotated[
        int, typer.Option("--columns", metavar="N", help="First write it in N columns and take those down.", min=0)
    ] = 0,
    reverse: Annotated[bool, typer.Option("--reverse", help="First turn it round.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the key and the homophones.", min=0)] = 0,
    key: Annotated[str | None, typer.Option("--key", metavar="FILE", help="Write the key here.")] = None,
    output: Annotated[str, typer.Option("-o", metavar="FILE", help="Where the ciphertext goes.")] = STREAM,
    force: Annotated[bool, typer.Option("--force", help="Replace existing files, or write to a terminal.")] = False,
) -> None:
    """Make a substitution cipher of a text, to try `match cipher` on."""
    import numpy as np

    from codelength.data.languages import language_text
    from codelength.data.output import check_target, open_target
    from codelength.models.ciphers.alphabet import alphabet_of
    from codelength.models.ciphers.enciphering import encipher_text

    for path in (output, key):
        if path is not None and path != STREAM:
            check_target(path, force=force)
    text = load(plaintext).joined.decode("utf-8", "replace")
    alphabet = alphabet_of(text if language is None else language_text(language)[1], blanks=spaces)
    if spaces and (symbols or columns or reverse):
        raise UsageError("--spaces goes with a one-to-one key alone: no --symbols, --columns, --reverse")
    made, secret = encipher_text(
        text,
        alphabet,
        np.random.default_rng(seed),
        symbols=symbols,
        columns=columns,
        reverse=reverse,
        most=letters,
    )
    if key is not None:
        with open_target(key, force=force) as target:
            target.write("".join(f"{symbol}\t{letter}\n" for symbol, letter in secret.items()).encode())
    with open_target(output, force=force or output == STREAM) as target:
        target.write(made.encode() + b"\n")


def _language(source: str, *, blanks: bool) -> "Ngrams":
    from codelength.data.languages import language_text
    from codelength.models.ciphers.alphabet import alphabet_of
    from codelength.models.ciphers.ngrams import learn

    name, text = language_text(source)
    return learn(Path(name).name, text, alphabet_of(text, blanks=blanks))


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _show(found: "Deciphered") -> None:
    from codelength.report.deciphered import doubt_lines, finding_sentence, key_lines, plaintext_lines
    from codelength.report.match_table import match_table

    typer.echo("\n".join(plaintext_lines(found)))
    typer.echo()
    typer.echo("\n".join(key_lines(found)))
    if found.transposition != "as it stands":
        typer.echo(f"read by: {found.transposition}")
    typer.echo()
    match_table([found.match]).write(sys.stdout)
    typer.echo()
    for line in doubt_lines(found):
        typer.echo(line)
    for warning in found.match.warnings:
        typer.echo(f"warning: {warning}")
    typer.echo(finding_sentence(found))
