"""The verb on words: match words."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.files import STREAM, load
from codelength.data.names import printable
from codelength.data.output import check_target, open_target
from codelength.errors import UsageError

if TYPE_CHECKING:
    from codelength.data.dictionaries import Dictionary
    from codelength.data.word_vectors import WordVectors
    from codelength.data.words import Words
    from codelength.match.word_seeds import Seed
    from codelength.result.words import WordMatch

SOURCE = (
    "word vectors (word2vec, fastText .vec or GloVe text) or a plain text in UTF-8, a line a sentence; also gzipped"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command()(words)


def words(
    x: Annotated[str, typer.Argument(metavar="X", help=f"One language: {SOURCE}.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="The other language, in the same form.")],
    size: Annotated[int, typer.Option("--words", metavar="N", help="Match the N most frequent words of each.")] = 800,
    seed: Annotated[
        str,
        typer.Option("--seed", metavar="SEED", help="none, identical, numerals, spelling, or a dictionary's FILE."),
    ] = "none",
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Train word vectors from two texts, and use those.")
    ] = False,
    restarts: Annotated[int, typer.Option("--restarts", metavar="N", help="Starts; the shortest code wins.")] = 2,
    random_seed: Annotated[int, typer.Option("--random-seed", metavar="N", help="Of the starts and the null.")] = 0,
    no_null: Annotated[bool, typer.Option("--no-null", help="Leave out the search on shuffled data.")] = False,
    gold: Annotated[
        str | None, typer.Option("--gold", metavar="FILE", help="A dictionary that judges the lexicon: P@1, P@5.")
    ] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", help="Show so many words.", min=0)] = 20,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="The lexicon: .jsonl, or else x, y, probability."),
    ] = None,
    translate: Annotated[
        str | None,
        typer.Option("--translate", metavar="FILE", help="Lines of X's language to translate word for word."),
    ] = None,
    translated: Annotated[
        str | None,
        typer.Option("--translated", metavar="FILE", help="Where the translation goes; the screen if not said."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="FILE", help="A right translation, for BLEU.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on a line.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output.")] = False,
) -> None:
    """Find which words translate each other, without parallel text.

    The map of words whose two-part code is shortest: bits(F) + bits(F(X) given Y).
    """
    from codelength.match.words import WordSearch, match_words
    from codelength.report.match_table import match_table
    from codelength.report.words_table import words_lines, words_table

    if [x, y].count(STREAM) > 1:
        raise UsageError("standard input can be read once; name a file for one of the two")
    if translate is None and (translated is not None or reference is not None):
        raise UsageError("--translated and --reference go with --translate FILE")
    for place in (output, translated):
        if place is not None:
            check_target(place, force=force)
    search = WordSearch(words=size, restarts=restarts, seed=random_seed, null=not no_null)
    hint, judge = _seed(seed), None if gold is None else _dictionary(gold)
    first, second = _read(x, vectors, size), _read(y, vectors, size)
    with Progress(f"matching {first.name} and {second.name}") as progress:
        found = match_words(first, second, hint=hint, search=search, gold=judge, tell=progress.note)
    if output is not None:
        _write(found, output, force=force)
    if as_json:
        typer.echo(found.to_json())
    else:
        match_table(found.rows).write(sys.stdout)
        typer.echo()
        if top:
            words_table(found, top).write(sys.stdout)
            typer.echo()
        for line in words_lines(found):
            typer.echo(line)
    if output is not None:
        typer.echo(f"{printable(output)}: {len(found.lexicon):,} words", err=True)
    if translate is not None:
        _translate(found, (first, second), (translate, translated, reference), as_json=as_json, force=force)


def _translate(
    found: "WordMatch",
    sides: "tuple[Words | WordVectors, Words | WordVectors]",
    files: tuple[str, str | None, str | None],
    *,
    as_json: bool,
    force: bool,
) -> None:
    from codelength.data.words import Words
    from codelength.match.translation import bleu, translated, translator
    from codelength.result.json_line import json_line

    x, y = sides
    if not isinstance(x, Words) or not isinstance(y, Words):
        raise UsageError("--translate needs two texts: what Y's words in a row are is not told by word vectors")
    source, target, reference = files
    lines = _lines(source)
    right = None if reference is None else _lines(reference)
    if right is not None and len(right) != len(lines):
        raise UsageError(f"{source} has {len(lines):,} lines and {reference} {len(right):,}; BLEU needs as many")
    done = translated(translator(found.lexicon, y, sentences=x.some_lines()), lines)
    text = "".join(" ".join(line) + "\n" for line in done.lines)
    if target is not None:
        with open_target(target, force=force) as place:
            place.write(text.encode())
    score = None if right is None else bleu(done.lines, right)
    if as_json:
        told = {"translated": source, "lines": len(lines), "bits": float(done.bits.sum()), "bleu": score}
        typer.echo(json_line({**told, "kind": "ideal", "translation": [" ".join(line) for line in done.lines]}))
        return
    if target is None:
        typer.echo()
        typer.echo(text, nl=False)
    told_score = "" if score is None else f", BLEU {100 * score:.2f} (4-grams of words in one case, one reference)"
    typer.echo(f"{printable(source)}: {len(lines):,} lines, {done.bits.sum():,.0f} bits (ideal){told_score}", err=True)


def _lines(source: str) -> list[list[str]]:
    from codelength.data.word_vectors import unpacked
    from codelength.data.words import decoded_lines, split_words

    loaded = load(source)
    return [split_words(line) for line in decoded_lines(unpacked(loaded.joined, loaded.name), loaded.name)]


def _read(source: str, train: bool, size: int) -> "Words | WordVectors":
    from codelength.data.word_vectors import is_vectors, read_vectors, unpacked
    from codelength.data.words import read_words
    from codelength.match.ppmi import ppmi_vectors

    loaded = load(source)
    data = unpacked(loaded.joined, loaded.name)
    if is_vectors(data):
        return read_vectors(data, loaded.name, most=size)
    text = read_words(data, loaded.name)
    return ppmi_vectors(text, size) if train else text


def _seed(name: str) -> "Seed":
    from codelength.match.word_seeds import HINTS, Seed

    for hint in HINTS:
        if name == hint:
            return Seed(hint)
    return Seed("dictionary", _dictionary(name))


def _dictionary(source: str) -> "Dictionary":
    from codelength.data.dictionaries import read_dictionary
    from codelength.data.word_vectors import unpacked

    loaded = load(source)
    return read_dictionary(unpacked(loaded.joined, loaded.name), loaded.name)


def _write(found: "WordMatch", output: str, *, force: bool) -> None:
    lines = (
        [pair.to_json() for pair in found.lexicon]
        if output.endswith((".jsonl", ".json"))
        else [f"{pair.word}\t{pair.translation}\t{pair.probabilities[0]:.4f}" for pair in found.lexicon]
    )
    with open_target(output, force=force) as target:
        target.write(("\n".join(lines) + "\n").encode())
