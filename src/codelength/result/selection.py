"""What documents and datasets are worth for a target, and which items of a test stand in the training texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.result.json_line import json_line
from codelength.types import Bits, Kind
from codelength.units import bits_per_byte

DOCUMENT_KEYS = (
    *("rank", "id", "bytes", "score_bits_per_byte", "saved_bits", "pool_bits", "target_bits", "overlap"),
    *("copy_of", "target_copy_of", "selected", "kind"),
)
PRICED_KEYS = (
    *("dataset", "target", "model", "x_bytes", "y_bytes", "y_bits", "y_given_x_bits", "saved_bits", "interval_bits"),
    *("saved_bits_per_x_byte", "given", "curve", "doubled_saved_bits", "overlap", "target_copies", "kind", "seconds"),
)

NONE = -1  # no rank, no copy


@dataclass(frozen=True, slots=True)
class ScoredDocument:
    """One document of a pool: what its bytes cost by the pool's state without it, and by the target's.

    `rank` is None for what is not ranked: copies of documents before it or of the target's, empty and short documents.
    """

    rank: int | None
    id: str
    bytes: int
    pool_bits: float
    target_bits: float
    overlap: float  # the part of its windows of 32 bytes that stand in the target
    copy_of: str | None  # the document of the pool that it repeats
    target_copy_of: str | None  # the target's document that it repeats
    selected: bool
    kind: Kind = "ideal"

    @property
    def saved_bits(self) -> float:
        """C(document given the pool) − C(document given the target)."""
        return self.pool_bits - self.target_bits

    @property
    def score_bits_per_byte(self) -> float:
        """Bits saved per byte of its own; nan for an empty document."""
        return bits_per_byte(self.saved_bits, self.bytes)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in DOCUMENT_KEYS})


@dataclass(frozen=True, slots=True)
class Selection:
    """A ranked pool, a few numbers for each document: about 50 bytes and the identifier.

    `ranking` lists the ranked documents, best first; the first `selected_documents` of them are taken.
    """

    pool: str
    target: str
    ids: Sequence[str]
    sizes: npt.NDArray[np.int64]
    pool_bits: Bits
    target_bits: Bits
    overlaps: npt.NDArray[np.float64]
    copies: npt.NDArray[np.int64]  # the document of the pool that this one repeats, −1 for none
    target_copies: npt.NDArray[np.int64]
    target_ids: Sequence[str]
    ranking: npt.NDArray[np.int64]
    selected_documents: int
    target_bytes: int
    fitted_bytes: int  # of the pool, in its state
    seconds: float
    kind: Kind = "ideal"

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def raw_bytes(self) -> int:
        """Of the pool."""
        return int(self.sizes.sum())

    @property
    def selected_bytes(self) -> int:
        """Of what was taken."""
        return int(self.sizes[self.ranking[: self.selected_documents]].sum())

    @property
    def empty_documents(self) -> int:
        """How many have no bytes."""
        return int((self.sizes == 0).sum())

    @property
    def repeated_documents(self) -> int:
        """How many repeat one before them in the pool."""
        return int((self.copies != NONE).sum())

    @property
    def leaked_documents(self) -> int:
        """How many repeat one of the target."""
        return int((self.target_copies != NONE).sum())

    @property
    def short_documents(self) -> int:
        """How many are shorter than what was asked for, and neither empty nor a copy."""
        fits = (self.sizes > 0) & (self.copies == NONE) & (self.target_copies == NONE)
        return int(fits.sum()) - len(self.ranking)

    def rows(self, most: int | None = None) -> Iterator[ScoredDocument]:
        """The ranked documents, best first."""
        for rank, place in enumerate(self.ranking[:most].tolist()):
            yield self._row(place, rank)

    def in_order(self) -> Iterator[ScoredDocument]:
        """All documents in the pool's order."""
        ranks = np.full(len(self), NONE, np.int64)
        ranks[self.ranking] = np.arange(len(self.ranking))
        for place, rank in enumerate(ranks.tolist()):
            yield self._row(place, rank)

    def _row(self, place: int, rank: int) -> ScoredDocument:
        copy, target_copy = int(self.copies[place]), int(self.target_copies[place])
        return ScoredDocument(
            rank=None if rank == NONE else rank + 1,
            id=self.ids[place],
            bytes=int(self.sizes[place]),
            pool_bits=float(self.pool_bits[place]),
            target_bits=float(self.target_bits[place]),
            overlap=float(self.overlaps[place]),
            copy_of=None if copy == NONE else self.ids[copy],
            target_copy_of=None if target_copy == NONE else self.target_ids[target_copy],
            selected=NONE < rank < self.selected_documents,
        )


@dataclass(frozen=True, slots=True)
class PricedDataset:
    """What a whole dataset X saves on a target Y: C(Y) − C(Y given X), after what was `given` before.

    `curve` holds (bytes of X read, bits saved); `doubled_saved_bits` continues it to twice the size, by a guess: each
    doubling saves as much of the one before as the last one did. `interval_bits` is a bootstrap over Y's documents.
    """

    dataset: str
    target: str
    model: str
    x_bytes: int
    y_bytes: int
    y_bits: float
    y_given_x_bits: float
    interval_bits: tuple[float, float] | None
    curve: tuple[tuple[int, float], ...]
    overlap: float  # the part of Y's windows of 32 bytes that stand in X
    target_copies: int  # documents of Y that X held too; they were not read
    seconds: float
    given: tuple[str, ...] = ()
    kind: Kind = "ideal"

    @property
    def saved_bits(self) -> float:
        """C(Y) − C(Y given X); may be negative."""
        return self.y_bits - self.y_given_x_bits

    @property
    def saved_bits_per_x_byte(self) -> float:
        """Bits saved for each byte of X."""
        return bits_per_byte(self.saved_bits, self.x_bytes)

    @property
    def doubled_saved_bits(self) -> float:
        """What twice as much of X might save; nan where the curve does not say.

        >>> priced = PricedDataset("x", "y", "m", 4, 9, 99.0, 60.0, None, ((1, 20.0), (2, 32.0), (4, 39.0)), 0.0, 0, 1)
        >>> round(priced.doubled_saved_bits, 2)
        43.08
        """
        if len(self.curve) < 3:
            return float("nan")
        first, second, third = (bits for _, bits in self.curve[-3:])
        if not second > first or not third > second:
            return float("nan")
        return third + (third - second) * min((third - second) / (second - first), 1.0)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in PRICED_KEYS})
