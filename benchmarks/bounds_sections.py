"""The section of docs/benchmarks.md on bounds and the two-sample test."""

from collections.abc import Sequence

from benchmarks.tables import Result, number, table

_BOUNDS = (
    "Occam, binomial",
    "Occam, kl",
    "PAC-Bayes, kl",
    "PAC-Bayes, Catoni",
    "Occam, Hoeffding",
    "PAC-Bayes, quadratic",
)


def bounds_section(rows: Sequence[Result]) -> str:
    """How often bounds fail, what they say of coded classifiers, and what tells two sets apart."""
    covered = [
        [row["bound"], row["bits"], number(row["samples"]), f"{row['failed']:.4f}"]
        for row in rows
        if row["what"] == "coverage"
    ]
    coded = [
        [
            f"{row['features']}, {row['levels']}",
            number(row["bits"]),
            f"{row['train_error']:.4f}",
            f"{row['test_error']:.4f}",
            *(f"{row[name]:.4f}" for name in _BOUNDS),
        ]
        for row in rows
        if row["what"] == "classifier"
    ]
    told = [
        [
            row["test"],
            row["model"],
            number(row["items"]),
            f"{row['e_bits']:.1f}",
            f"{row['null_bits']:.0f}",
            "yes" if row["told_apart"] else "no",
            f"{row['cpu_seconds']:.1f}",
        ]
        for row in rows
        if row["what"] == "e-value"
    ]
    null = next(row for row in rows if row["what"] == "null")
    return "\n".join(
        [
            "## Bounds\n",
            "65 thresholds whose risks are known, 40 samples, δ = 0.2: how often a bound lies below any risk.\n",
            table(["bound", "bits", "samples", "fails"], covered),
            "Linear classifiers of Fashion-MNIST on random features, least squares, weights rounded to few levels and "
            "coded, decoded and compared; n = 60,000, δ = 0.05.\n",
            table(["features, levels", "bits", "training error", "test error", *_BOUNDS], coded),
            "Lines of books told apart by code length (`exchangeable`): bits saved of those that the labels cost.\n",
            table(["test set", "model", "items", "saved", "of", "told apart at 0.05", "CPU s"], told),
            f"Under the null, {null['runs']} times 200 lines of one book at random: told apart {null['rejected']:.1%} "
            f"of the times at α = 0.05, mean e-value {null['mean_e']:.2f}.\n",
        ]
    )
