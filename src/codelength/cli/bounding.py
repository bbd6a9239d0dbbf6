"""The verbs bounds and exchangeable: what a training error and bits promise of data to come, and whether they may."""

import sys
from typing import Annotated

import typer

from codelength.cli.progress import Progress
from codelength.data.documents import TEXT_FIELD
from codelength.data.names import printable
from codelength.errors import UsageError

Number = float | None
Count = int | None


def register(app: typer.Typer) -> None:
    """Add the verbs to the application."""
    app.command()(bounds)
    app.command()(exchangeable)


def bounds(
    train_error: Annotated[Number, typer.Option("--train-error", help="Part of the n samples that are wrong.")] = None,
    bits: Annotated[
        Number, typer.Option("--bits", help="What naming the hypothesis takes, by a prefix code fixed before.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="--bits is the length of a file that does not say its length: add that.")
    ] = False,
    n: Annotated[Count, typer.Option("--n", help="How many independent training samples.")] = None,
    delta: Annotated[float, typer.Option("--delta", help="How often a bound may fail.")] = 0.05,
    n_prior: Annotated[
        int, typer.Option("--n-prior", help="So many of n made the prior; --train-error is that of the others.")
    ] = 0,
    class_bits: Annotated[Number, typer.Option("--class-bits", help="log2 of the size of a finite class.")] = None,
    vc_dimension: Annotated[Count, typer.Option("--vc-dimension", help="Of the class.")] = None,
    rademacher_complexity: Annotated[
        Number, typer.Option("--rademacher-complexity", help="Of the losses on the samples.")
    ] = None,
    margin: Annotated[Number, typer.Option("--margin", help="A margin of scores w x; needs the next three.")] = None,
    margin_error: Annotated[Number, typer.Option("--margin-error", help="Part of samples with less margin.")] = None,
    weight_norm: Annotated[Number, typer.Option("--weight-norm", help="The largest norm of w in the class.")] = None,
    input_norm: Annotated[Number, typer.Option("--input-norm", help="The largest norm of an input x.")] = None,
    stability: Annotated[Number, typer.Option("--stability", help="Of the algorithm, for one sample left out.")] = None,
    information_bits: Annotated[
        Number, typer.Option("--information-bits", help="Mutual information of result and samples.")
    ] = None,
    conditional_information_bits: Annotated[
        Number, typer.Option("--conditional-information-bits", help="The same given both halves of n pairs.")
    ] = None,
    kl_bits: Annotated[
        Number, typer.Option("--kl-bits", help="KL of posterior and prior; --bits where it is not said.")
    ] = None,
    log_ratio_bits: Annotated[
        Number, typer.Option("--log-ratio-bits", help="log2 dQ/dP of the one hypothesis drawn from Q.")
    ] = None,
    draws: Annotated[
        Count, typer.Option("--draws", help="--train-error is the mean of so many draws of a stochastic net.")
    ] = None,
    constant: Annotated[Number, typer.Option("--constant", help="Catoni's C, fixed before.")] = None,
    test_error: Annotated[Number, typer.Option("--test-error", help="On held-out samples.")] = None,
    test_n: Annotated[Count, typer.Option("--test-n", help="How many held-out samples.")] = None,
    train_bits: Annotated[Number, typer.Option("--train-bits", help="A language model's bits per token.")] = None,
    vocabulary: Annotated[Count, typer.Option("--vocabulary", help="How many tokens there are.")] = None,
    smoothing: Annotated[Number, typer.Option("--smoothing", help="The part of 1/V in its predictions.")] = None,
    tokens: Annotated[Count, typer.Option("--tokens", help="It was trained on.")] = None,
    documents: Annotated[Count, typer.Option("--documents", help="It was trained on.")] = None,
    measured: Annotated[
        Count, typer.Option("--measured", help="--train-bits is of so many of them, drawn at random.")
    ] = None,
    loss_variation_bits: Annotated[
        Number, typer.Option("--loss-variation-bits", help="How far losses are from what could be foreseen.")
    ] = None,
    for_error: Annotated[
        Number, typer.Option("--for-error", metavar="EPS", help="How many samples each bound needs for that error.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, the tightest first.")] = False,
) -> None:
    """Set all bounds on the error beyond the sample side by side.

    The tightest comes first; what a bound needs and was not given is said. Bits, not nats.
    """
    from codelength.generalize.bounds.beside import bounds_beside, samples_beside
    from codelength.generalize.bounds.finite import self_delimiting_bits
    from codelength.report.bounds_table import assumption_lines, bounds_table, sample_sizes_table, unavailable_table
    from codelength.result.bounds import Bound, Unavailable

    if plain:
        if bits is None or bits != int(bits):
            raise UsageError("--plain needs --bits, the whole number of bits of a file")
        bits = self_delimiting_bits(int(bits))
    given = {
        "train_error": train_error,
        "bits": bits,
        "n": n,
        "delta": delta,
        "n_prior": n_prior,
        "class_bits": class_bits,
        "vc_dimension": vc_dimension,
        "rademacher_complexity": rademacher_complexity,
        "margin": margin,
        "margin_error": margin_error,
        "weight_norm": weight_norm,
        "input_norm": input_norm,
        "stability": stability,
        "information_bits": information_bits,
        "conditional_information_bits": conditional_information_bits,
        "kl_bits": kl_bits,
        "log_ratio_bits": log_ratio_bits,
        "draws": draws,
        "constant": constant,
        "test_error": test_error,
        "test_n": test_n,
        "train_bits": train_bits,
        "vocabulary": vocabulary,
        "smoothing": smoothing,
        "tokens": tokens,
        "documents": documents,
        "measured": measured,
        "loss_variation_bits": loss_variation_bits,
    }
    known = {name: value for name, value in given.items() if value is not None}
    rows = bounds_beside(**known)
    found = [row for row in rows if isinstance(row, Bound)]
    lacking = [row for row in rows if isinstance(row, Unavailable)]
    sizes = [] if for_error is None else samples_beside(for_error, **known)
    if not found and not sizes:
        raise UsageError("no bound can be computed; give at least --train-error, --bits and --n")
    if as_json:
        lines = [row.to_json() for row in found] + [row.to_json() for row in sizes]
        typer.echo("\n".join(lines + [row.to_json() for row in lacking]))
        return
    for unit, title in (("error", "The risk, by what is known"), ("bits per token", "The loss of a language model")):
        of_unit = [row for row in found if row.unit == unit]
        if of_unit:
            bounds_table(of_unit, title).write(sys.stdout)
            typer.echo("\n".join(assumption_lines(of_unit)) + "\n")
    if sizes:
        sample_sizes_table(sizes).write(sys.stdout)
        typer.echo()
    if lacking:
        unavailable_table(lacking).write(sys.stdout)


def exchangeable(
    train: Annotated[
        str, typer.Argument(metavar="TRAIN", help="A folder (an item a file), .jsonl or .parquet, or a file of lines.")
    ],
    test: Annotated[str, typer.Argument(metavar="TEST", help="Items that should be draws of the same distribution.")],
    name: Annotated[
        str | None,
        typer.Option("--with", metavar="NAME", help="The model that tells apart; mixing:level=fast if not said."),
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option("--learner", metavar="NAME", help="For labelled data, as `labels` takes them: a learner of it."),
    ] = None,
    alpha: Annotated[float, typer.Option("--alpha", help="How often it may err where nothing differs.")] = 0.05,
    seed: Annotated[int, typer.Option("--seed", help="Of the items' random order.", min=0)] = 0,
    stop: Annotated[bool, typer.Option("--stop", help="Leave as soon as the sets are told apart.")] = False,
    text_field: Annotated[
        str,
        typer.Option("--text-field", metavar="NAME", help="The field of JSON lines or Parquet that holds the text."),
    ] = TEXT_FIELD,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Test by code length whether a compressor can tell TRAIN from TEST.

    Bounds rest on its not being able to. Bits saved on which item is of which set make an e-value, valid whenever one
    stops. Items are put in random order; they must be whole samples (documents, not the lines of one).
    """
    from codelength.generalize.bounds.two_sample import exchangeable as tested
    from codelength.generalize.bounds.two_sample import exchangeable_inputs
    from codelength.report.bounds_table import exchangeability_table

    if name is not None and learner is not None:
        raise UsageError("--with names a model for texts, --learner one for labelled data; take one of them")
    if learner is not None:
        from codelength.data.pooled import load_pooled
        from codelength.learning.catalogue import check_learner

        check_learner(learner)
        one, other = load_pooled(train, test)
        names = (printable(train), printable(test))
        with Progress(f"telling {names[0]} from {names[1]}", total_bytes=len(one) + len(other)) as progress:
            found = exchangeable_inputs(
                one, other, learner, names=names, seed=seed, alpha=alpha, stop=stop, advance=progress
            )
    else:
        from codelength.data.documents import documents
        from codelength.registry import create
        from codelength.types import Model

        model = create(name or "mixing:level=fast")
        if not isinstance(model, Model):
            raise UsageError(
                f"{name} does not say what each byte costs; take one that `codelength models` says predicts"
            )
        sources = [documents(source, text_field=text_field) for source in (train, test)]
        items = [[document.text for document in source] for source in sources]
        names = (sources[0].name, sources[1].name)
        with Progress(f"telling {names[0]} from {names[1]}", total_bytes=len(items[0]) + len(items[1])) as progress:
            found = tested(items[0], items[1], model, names=names, seed=seed, alpha=alpha, stop=stop, advance=progress)
    if as_json:
        typer.echo(found.to_json())
        return
    exchangeability_table(found).write(sys.stdout)
    typer.echo()
    typer.echo(str(found))
