"""A lexicon as a table, and what a dictionary says of it."""

from codelength.report.tables import Table
from codelength.result.words import WordMatch


def words_table(found: WordMatch, top: int) -> Table:
    """The most frequent words of X with their likeliest words of Y."""
    return Table(
        f"the {min(top, len(found.lexicon)):,} most frequent of {len(found.lexicon):,} words",
        (found.match.x, found.match.y, "probability", "or else"),
        tuple(
            (pair.word, pair.translation, f"{pair.probabilities[0]:.3f}", ", ".join(pair.candidates[1:4]))
            for pair in found.lexicon[:top]
        ),
        left=frozenset({found.match.y, "or else"}),
    )


def words_lines(found: WordMatch) -> list[str]:
    """What is said below the tables, a line each."""
    told = [f"seed: {found.seed}"]
    kept = sum(pair.kept for pair in found.lexicon)
    if found.learning is not None:
        told.append(f"the map holds {kept:,} of {len(found.lexicon):,} words; the others are coded as one")
    if found.precision is not None:
        judged = found.precision
        told.append(
            f"P@1 {judged.at_1:.1%}, P@5 {judged.at_5:.1%} of {judged.judged_words:,} words that the dictionary judges"
        )
    return told + [f"note: {line}" for line in found.match.warnings]
