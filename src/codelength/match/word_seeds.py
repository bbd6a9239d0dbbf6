"""What may be said of two languages beforehand: words written alike, numerals, spelling, a dictionary.

Each is a number of nats added to the log-probability of a pair; none of it binds, so that a false friend is given up
where the relations say otherwise. All but `none` are weak supervision, and are named in what is reported.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from codelength.data.dictionaries import Dictionary
from codelength.errors import DataError, UsageError

Hint = Literal["none", "identical", "numerals", "spelling", "dictionary"]
HINTS: tuple[Hint, ...] = ("none", "identical", "numerals", "spelling")
_IDENTICAL_NATS, _GIVEN_NATS, _SPELLING_NATS = 6.0, 12.0, 10.0
_ALIKE = 0.4  # letter pairs in common below which spelling says nothing

Nats = npt.NDArray[np.float64]
Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Seed:
    """A hint, and for `dictionary` the pairs."""

    hint: Hint = "none"
    dictionary: Dictionary | None = None

    def __post_init__(self) -> None:
        if (self.hint == "dictionary") != (self.dictionary is not None):
            raise UsageError("a dictionary's pairs and the seed `dictionary` go together")


def seed_nats(x: tuple[str, ...], y: tuple[str, ...], seed: Seed) -> Nats:
    """What a seed says of every pair, [x, y]; DataError where it says nothing because no pair stands in both.

    >>> seed_nats(("dog", "taxi"), ("chien", "taxi"), Seed("identical")).tolist()
    [[0.0, 0.0], [0.0, 6.0]]
    """
    nats = np.zeros((len(x), len(y)))
    if seed.hint == "spelling":
        return _SPELLING_NATS * np.maximum(spelled_alike(x, y) - _ALIKE, 0.0)
    if seed.hint != "none":
        for i, j in seed_pairs(x, y, seed):
            nats[i, j] = _IDENTICAL_NATS if seed.dictionary is None else _GIVEN_NATS
    return nats


def seed_pairs(x: tuple[str, ...], y: tuple[str, ...], seed: Seed) -> Pairs:
    """The pairs of places that a seed of identical words, numerals or a dictionary names; DataError where none."""
    place = {word: j for j, word in enumerate(y)}
    if seed.dictionary is not None:
        given = seed.dictionary
        pairs = [
            (i, place[other]) for i, word in enumerate(x) for other in sorted(given.get(word, ())) if other in place
        ]
    else:
        alike = (word for word in x if seed.hint == "identical" or word.isnumeric())
        at = {word: i for i, word in enumerate(x)}
        pairs = [(at[word], place[word]) for word in alike if word in place]
    if not pairs:
        what = {"identical": "word is written alike in both", "numerals": "numeral stands in both"}.get(
            seed.hint, "pair of the dictionary stands in the two vocabularies"
        )
        raise DataError(f"no {what}: there is nothing to begin with; take --seed none, or another seed")
    return pairs


def spelled_alike(x: tuple[str, ...], y: tuple[str, ...]) -> Nats:
    """The part of letter pairs that two words have in common (Dice), ends of words included, [x, y].

    >>> spelled_alike(("nation",), ("nation", "notion")).round(2).tolist()
    [[1.0, 0.71]]
    """
    grams: dict[str, int] = {}
    both = [[grams.setdefault(g, len(grams)) for g in _letter_pairs(word)] for word in (*x, *y)]
    holds = np.zeros((len(both), len(grams)), np.float32)
    for row, columns in zip(holds, both, strict=True):
        row[columns] = 1
    sizes = holds.sum(1, dtype=np.float64)
    first, second = holds[: len(x)], holds[len(x) :]
    return np.asarray(2.0 * (first @ second.T) / (sizes[: len(x), None] + sizes[None, len(x) :]), np.float64)


def _letter_pairs(word: str) -> set[str]:
    edged = f" {word} "
    return {edged[i : i + 2] for i in range(len(edged) - 1)}
