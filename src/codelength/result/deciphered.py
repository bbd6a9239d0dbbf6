"""What a ciphertext was read as, by which key, and how sure that is."""

from dataclasses import dataclass
from typing import Literal

from codelength.result.json_line import json_line
from codelength.result.match import Match

Verdict = Literal["found", "uncertain", "nothing found"]
DECIPHERED_KEYS = (
    *("plaintext", "key", "bits", "margin_bits", "verdict", "transposition", "choice_bits", "unicity_symbols"),
    *("symbols", "doubts", "restarts", "best_hits", "evaluations"),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What another letter for one symbol would cost: nothing that tells the two apart where that is little."""

    symbol: str
    letter: str
    other: str
    bits: float


@dataclass(frozen=True, slots=True)
class Deciphered:
    """A plaintext, the key that reads it, and what both cost beside other keys and shuffled text (`match`).

    `choice_bits` is the part of the mapped bits that say which of its letter's symbols came; below `unicity_symbols`
    the language does not determine a key. The best was met by `best_hits` of `restarts`.

    >>> match = Match("one-to-one", "x", "english", "8-gram", 4, 20.0, 12.0, runner_up_bits=33.0)
    >>> Deciphered(match, "xqqx", "noon", {"x": "n", "q": "o"}).bits
    32.0
    """

    match: Match
    ciphertext: str
    plaintext: str
    key: dict[str, str]
    verdict: Verdict = "uncertain"
    transposition: str = "as it stands"
    choice_bits: float = 0.0
    unicity_symbols: float = float("nan")
    doubts: tuple[Doubt, ...] = ()
    restarts: int = 0
    best_hits: int = 0
    evaluations: int = 0

    @property
    def bits(self) -> float:
        """Key and message."""
        return self.match.total_bits

    @property
    def margin_bits(self) -> float | None:
        """By how much the next best key is longer."""
        return self.match.margin_bits

    @property
    def symbols(self) -> int:
        """Different symbols."""
        return len(self.key)

    def to_json(self) -> str:
        """One line of JSON: these keys, then those of the match; they are stable."""
        own = {key: getattr(self, key) for key in DECIPHERED_KEYS}
        own["doubts"] = [[doubt.symbol, doubt.letter, doubt.other, doubt.bits] for doubt in self.doubts]
        return json_line({**own, **self.match.json_values()})

    def __str__(self) -> str:
        return f"{self.verdict}: {self.plaintext} ({self.bits:,.1f} bits, {self.match.kind})"
