"""Words matched without parallel text: the lexicon, what it saves in bits, and how much of it a dictionary confirms."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.result.match import Match

CANDIDATES, JUDGED = 10, 5


@dataclass(frozen=True, slots=True)
class WordPair:
    """A word of X, its likeliest words of Y with their probabilities, and whether the map holds it."""

    word: str
    candidates: tuple[str, ...]
    probabilities: tuple[float, ...]
    kept: bool

    @property
    def translation(self) -> str:
        """The likeliest word of Y."""
        return self.candidates[0]

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line(self.json_values())

    def json_values(self) -> dict[str, object]:
        """What `to_json` writes."""
        return {
            "x": self.word,
            "y": self.translation,
            "probability": self.probabilities[0],
            "kept": self.kept,
            "candidates": self.candidates,
            "probabilities": self.probabilities,
        }


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the words that a dictionary judges, the part whose translation stands first, or among the first five."""

    judged_words: int
    at_1: float
    at_5: float


@dataclass(frozen=True, slots=True)
class WordMatch:
    """The best map of words that was found.

    `learning` is the same map where the code also learns X's own pairs of words as it goes on, so that Y helps only
    with what X has not shown yet; None for word vectors. `totals` are the totals of all restarts, as they were tried.
    """

    match: Match
    learning: Match | None
    lexicon: tuple[WordPair, ...]
    seed: str
    totals: tuple[float, ...]  # of all starts, as they were tried
    precision: Precision | None = None
    start_precisions: tuple[float, ...] | None = None  # P@1 of each start

    @property
    def rows(self) -> tuple[Match, ...]:
        """What is shown as a table."""
        return (self.match,) if self.learning is None else (self.match, self.learning)

    def to_json(self) -> str:
        """One line of JSON: the keys of Match, and what is known of words."""
        judged = self.precision
        return json_line(
            {
                **self.match.json_values(),
                "seed": self.seed,
                "restart_bits": self.totals,
                "restart_precision_at_1": self.start_precisions,
                "learning_unmapped_bits": None if self.learning is None else self.learning.unmapped_bits,
                "learning_mapped_bits": None if self.learning is None else self.learning.mapped_bits,
                "judged_words": None if judged is None else judged.judged_words,
                "precision_at_1": None if judged is None else judged.at_1,
                "precision_at_5": None if judged is None else judged.at_5,
                "lexicon": [pair.json_values() for pair in self.lexicon],
            }
        )
