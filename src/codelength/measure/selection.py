"""Choosing data: what knowing the target saves on each document of a pool, per byte of the document.

    score(d) = (C(d given the pool without d) − C(d given the target)) / bytes of d

Both lengths come from one fitted tally (models/tally.py): the pool is its background, the target the column that leans
on it, so that what every text of the pool shares cancels out and a small target does not pay for what it never saw.
Each length is the mean over orders 2, 3 and 4 of what an ideal code of that order would take.

The document is left out of the pool's state by taking its counts away before it is scored and putting them back after:
what is left is to the last count the state that never read it. Repeated documents are read into the state once, so
that no document stays in it by its copies. A pool larger than `fit_bytes` is sampled by the documents' hashes; whoever
is not in the sample needs no leaving out.

Scoring goes in batches, on other processes or machines where a `Spread` says so (parallel/run.py).

Copies are reported, never ranked: a document that the target holds already is leakage, not help. Moore and Lewis (2010)
choose by such a difference of two models; DSIR (Xie et al. 2023) by one of hashed bags of words.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.data.documents import Document
from codelength.errors import DataError
from codelength.models.passages import Passages
from codelength.models.tally import Tally
from codelength.parallel.run import Job, Spread, array_bytes, array_of, run
from codelength.result.selection import NONE, Selection
from codelength.types import Bits
from codelength.units import GIB, MIB

ORDERS = slice(2, 5)
FIT_BYTES = 64 * MIB
POOL, TARGET = 0, 1  # columns of the tally
BATCH_BYTES = 2 * MIB
_HASH_BITS = 64
_SURVEYED = np.dtype([("bytes", np.int64), ("hash", np.uint64), ("is_blank", np.bool_)])

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Take:
    """How much of the ranking is selected: so many documents, or whole documents while they fit into so many bytes."""

    documents: int | None = None
    budget_bytes: int | None = None

    def count(self, sizes: npt.NDArray[np.int64]) -> int:
        """How many of documents of these sizes, best first.

        >>> Take(budget_bytes=10).count(np.array([4, 5, 3, 1])), Take(documents=3).count(np.array([4, 5]))
        (2, 2)
        """
        most = len(sizes) if self.documents is None else min(self.documents, len(sizes))
        if self.budget_bytes is not None:
            most = min(most, int(np.searchsorted(sizes.cumsum(), self.budget_bytes, side="right")))
        return most


def select_documents(
    pool: Iterable[Document],
    target: Iterable[Document],
    *,
    take: Take | None = None,
    min_bytes: int = 1,
    fit_bytes: int = FIT_BYTES,
    spread: Spread | None = None,
    advance: Advance | None = None,
) -> Selection:
    """Rank a pool for a target, best first; both are read anew as often as needed, three times and once.

    `spread` says where documents are scored and where finished batches are kept; scores are the same bits anywhere.
    Documents of less than min_bytes are not ranked: per byte, what a few bytes save is mostly luck.

    Raises DataError for a target without a byte, or a pool with fewer than two different documents that are not the
    target's.

    >>> texts = [b"the cat sat on the mat", b"stocks fell by a tenth", b"a cat and a dog sat", b"bonds and stocks rose"]
    >>> pool = [Document(str(i), text) for i, text in enumerate(texts)]
    >>> found = select_documents(pool, [Document("t", b"my cat sat with your dog")])
    >>> [row.id for row in found.rows(2)]
    ['2', '0']
    """
    began = time.perf_counter()
    advance = advance or _quiet
    wanted = read_target(target, fit_bytes)
    survey = surveyed(pool, wanted, fit_bytes, advance, spread)
    ranked = np.flatnonzero(survey.fits & (survey.sizes >= min_bytes))
    if survey.fits.sum() < 2 or not len(ranked):
        raise DataError(
            f"the pool has {int(survey.fits.sum())} documents that are neither empty nor repeated nor the target's, "
            f"{len(ranked)} of them of {min_bytes:,} bytes or more; there is nothing to rank (--price tells what a "
            "dataset is worth as a whole)"
        )
    scores = _scored(pool, survey, wanted, spread, advance)
    saved = scores[:, POOL] - scores[:, TARGET]
    per_byte = saved[ranked] / survey.sizes[ranked]
    ranking = ranked[np.argsort(-per_byte, kind="stable")]
    return Selection(
        pool=str(getattr(pool, "name", "pool")),
        target=str(getattr(target, "name", "target")),
        ids=survey.ids,
        sizes=survey.sizes,
        pool_bits=scores[:, POOL],
        target_bits=scores[:, TARGET],
        overlaps=scores[:, 2],
        copies=survey.copies,
        target_copies=survey.target_copies,
        target_ids=wanted.ids,
        ranking=ranking,
        selected_documents=(take or Take()).count(survey.sizes[ranking]),
        target_bytes=wanted.raw_bytes,
        fitted_bytes=int(survey.sizes[survey.is_read].sum()),
        seconds=time.perf_counter() - began,
    )


@dataclass(frozen=True, slots=True)
class Target:
    """The target's different documents, as many as fit, and which of them has which hash."""

    ids: list[str]
    texts: list[bytes]
    places: dict[int, int]
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of the pool tells; arrays are [documents]."""

    ids: list[str]
    sizes: npt.NDArray[np.int64]
    copies: npt.NDArray[np.int64]
    target_copies: npt.NDArray[np.int64]
    fits: npt.NDArray[np.bool_]  # has text, repeats none before it and none of the target's
    is_read: npt.NDArray[np.bool_]  # into the pool's state
    fingerprint: bytes  # SHA-256 of all texts, of their order, and of the target's


def text_hash(text: bytes) -> int:
    """64 bits of a text's SHA-256, the same for texts that differ in white space only.

    >>> text_hash(b"a  b\\n") == text_hash(b" a b"), text_hash(b"ab") == text_hash(b"a b")
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(b" ".join(text.split())).digest()[:8], "little")


def fitted(wanted: Target, pool: Iterable[Document], survey: Survey, advance: Advance) -> Tally:
    """A tally whose background is the pool, or a sample of it, and whose column is the target."""
    tally = Tally(order=ORDERS.stop - 1, columns=2, memory_bytes=GIB)
    for place, document in _again(pool, survey, advance):
        if survey.is_read[place]:
            tally.read(document.text, POOL)
    for text in wanted.texts:
        tally.read(text, TARGET)
    return tally


def mean_costs(tally: Tally, text: bytes, *, left_out: bool) -> Bits:
    """Bits of a text by pool and target, the mean over the orders, float64 [2]."""
    costs = tally.costs_without(text, POOL) if left_out else tally.costs(text)
    return np.asarray(costs[:, ORDERS].mean(axis=1), np.float64)


def read_target(target: Iterable[Document], most_bytes: int = FIT_BYTES) -> Target:
    """The target's documents, none twice and none empty, until most_bytes are passed; DataError where there is none."""
    read = Target([], [], {}, 0)
    size = 0
    for document in target:
        key = text_hash(document.text)
        if not document.text.strip() or key in read.places or size > most_bytes:
            continue
        read.places[key] = len(read.ids)
        read.ids.append(document.id)
        read.texts.append(document.text)
        size += len(document.text)
    if not read.texts:
        raise DataError("the target holds no text; name a file, a folder or a pattern with the task's texts")
    return Target(read.ids, read.texts, read.places, size)


def surveyed(
    pool: Iterable[Document], wanted: Target, fit_bytes: int, advance: Advance, spread: Spread | None = None
) -> Survey:
    """Sizes, copies, and which documents the pool's state will read: all, or a sample by their hashes."""
    ids: list[str] = []
    job = Job(_survey_batch, lambda: None)
    tables = [np.zeros(0, _SURVEYED)]
    digest = hashlib.sha256()
    for text in wanted.texts:
        digest.update(_framed(text))
    for table, batch_digest in run(job, _text_batches(pool, ids), spread):
        digest.update(batch_digest)
        advance(int(table["bytes"].sum()))
        tables.append(table)
    table = np.concatenate(tables)
    _, first, inverse = np.unique(table["hash"], return_index=True, return_inverse=True)
    originals = first[inverse]
    is_empty = table["is_blank"]
    sizes = np.where(is_empty, 0, table["bytes"])
    copies = np.where((originals == np.arange(len(table))) | is_empty, NONE, originals)
    hashes = np.array(sorted(wanted.places), np.uint64)
    places = np.array([wanted.places[int(key)] for key in hashes], np.int64)
    near = np.minimum(hashes.searchsorted(table["hash"]), len(hashes) - 1)
    target_copies = np.where((hashes[near] == table["hash"]) & ~is_empty, places[near], NONE)
    fits = ~is_empty & (copies == NONE) & (target_copies == NONE)
    part = fit_bytes / max(int(sizes[fits].sum()), 1)
    is_read = fits & (table["hash"] * 2.0**-_HASH_BITS < part)
    return Survey(ids, sizes, copies, target_copies, fits, is_read, digest.digest())


def _text_batches(pool: Iterable[Document], ids: list[str]) -> Iterator[list[bytes]]:
    """Texts in batches of BATCH_BYTES; their identifiers go to ids."""
    batch: list[bytes] = []
    size = 0
    for document in pool:
        ids.append(document.id)
        batch.append(document.text)
        size += len(document.text)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _survey_batch(state: None, texts: list[bytes]) -> tuple[npt.NDArray[np.void], bytes]:
    rows = [(len(text), text_hash(text), not text.strip()) for text in texts]
    return np.array(rows, _SURVEYED), hashlib.sha256(b"".join(map(_framed, texts))).digest()


def _scored(pool: Iterable[Document], survey: Survey, wanted: Target, spread: Spread | None, advance: Advance) -> Bits:
    """Bits by the pool without it, bits by the target, overlap; float64 [documents, 3]."""
    key = repr(("select", ORDERS, BATCH_BYTES, int(survey.is_read.sum()))).encode()
    job = Job(
        _score_batch,
        lambda: (fitted(wanted, pool, survey, advance), Passages(wanted.texts)),
        key + survey.fingerprint,
        array_bytes,
        array_of,
    )
    scores = np.zeros((len(survey.ids), 3), np.float64)
    places = np.flatnonzero(survey.sizes)
    done = 0
    for found in run(job, _batches(pool, survey), spread):
        scores[places[done : done + len(found)]] = found
        advance(int(survey.sizes[places[done : done + len(found)]].sum()))
        done += len(found)
    return scores


def _batches(pool: Iterable[Document], survey: Survey) -> Iterator[list[tuple[bytes, bool]]]:
    """Texts, and whether each is in the pool's state; as many as make BATCH_BYTES, or one that is longer."""
    batch: list[tuple[bytes, bool]] = []
    size = 0
    for place, document in _again(pool, survey, _quiet):
        if survey.sizes[place]:
            batch.append((document.text, bool(survey.is_read[place])))
            size += len(document.text)
            if size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _score_batch(state: tuple[Tally, Passages], batch: list[tuple[bytes, bool]]) -> Bits:
    tally, passages = state
    rows = [(*mean_costs(tally, text, left_out=is_read), passages.share(text)) for text, is_read in batch]
    return np.array(rows, np.float64)


def _framed(text: bytes) -> bytes:
    return len(text).to_bytes(8, "little") + text


def _quiet(done_bytes: int) -> None:
    """Progress that nobody is told of."""


def _again(pool: Iterable[Document], survey: Survey, advance: Advance) -> Iterator[tuple[int, Document]]:
    """The pool once more, in the same order; DataError where it has changed meanwhile."""
    place = -1
    for place, document in enumerate(pool):
        advance(len(document.text))
        if place >= len(survey.ids) or (survey.sizes[place] not in (0, len(document.text))):
            raise DataError(f"the pool changed while it was read, at document {place + 1:,}; begin again")
        yield place, document
    if place + 1 < len(survey.ids):
        raise DataError(f"the pool changed while it was read: {place + 1:,} of {len(survey.ids):,} documents are left")
