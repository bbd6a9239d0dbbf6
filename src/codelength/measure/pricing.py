"""Pricing datasets: C(Y) − C(Y given X), a learning curve over the size of X, an interval over Y's documents.

X's documents are read in a random order, so that its first part is like the whole, and Y is coded from the state after
an eighth, a quarter, a half and all of X. Documents of X that Y holds too are not read: what they save is leakage. The
interval is a bootstrap over what Y's documents save (measure/interval.py).

`greedy_prices` takes the dataset that saves most, then the one that saves most after that one, and so on: what the next
dataset adds to those taken already, C(Y given taken) − C(Y given taken, X), which falls where datasets repeat each
other.
"""

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from codelength.data.documents import Document
from codelength.errors import DataError
from codelength.measure.interval import block_edges, sum_interval
from codelength.measure.selection import FIT_BYTES, Target, read_target, text_hash
from codelength.models.passages import Passages
from codelength.parallel.run import Job, Spread, run
from codelength.result.selection import PricedDataset
from codelength.types import Bits, Model

PARTS = (1 / 8, 1 / 4, 1 / 2, 1.0)
_MIN_BLOCKS = 8
_END = b"\n"  # behind each document

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset in the order in which it will be read, without what the target holds too."""

    name: str
    texts: tuple[bytes, ...]
    overlap: float
    target_copies: int

    @property
    def raw_bytes(self) -> int:
        """Of what will be read, ends of documents included."""
        return sum(len(text) + len(_END) for text in self.texts)


def price_datasets(
    datasets: Sequence[Iterable[Document]],
    target: Iterable[Document],
    model: Model,
    *,
    fit_bytes: int = FIT_BYTES,
    spread: Spread | None = None,
    advance: Advance | None = None,
) -> list[PricedDataset]:
    """What each dataset saves on the target, the best first; at most fit_bytes of each are read.

    `spread` says where datasets are priced, one a batch, and where finished ones are kept, by the model's name. Raises
    DataError for a target or a dataset without text.
    """
    wanted = read_target(target, fit_bytes)
    candidates = [_candidate(dataset, wanted, fit_bytes) for dataset in datasets]
    advance = advance or (lambda size: None)
    name = str(getattr(target, "name", "target"))

    def state() -> Start:
        return Start(name, wanted, model, _document_bits(model, wanted, _quiet))

    digest = hashlib.sha256(repr((model.name, name, PARTS, [candidate.name for candidate in candidates])).encode())
    for text in (*wanted.texts, *(text for candidate in candidates for text in candidate.texts)):
        digest.update(len(text).to_bytes(8, "little") + text)
    job = Job(_price, state, b"price" + digest.digest(), _dumped, _loaded)
    rows = []
    for candidate, row in zip(candidates, run(job, candidates, spread), strict=True):
        advance(candidate.raw_bytes)
        rows.append(row)
    return sorted(rows, key=lambda row: -row.saved_bits)


def greedy_prices(
    datasets: Sequence[Iterable[Document]],
    target: Iterable[Document],
    model: Model,
    *,
    fit_bytes: int = FIT_BYTES,
    advance: Advance | None = None,
) -> list[PricedDataset]:
    """The datasets in the order in which they are worth taking; each row's y_bits are those given the ones before."""
    wanted = read_target(target, fit_bytes)
    left = [_candidate(dataset, wanted, fit_bytes) for dataset in datasets]
    advance = advance or (lambda size: None)
    name = str(getattr(target, "name", "target"))
    rows: list[PricedDataset] = []
    before = _document_bits(model, wanted, advance)
    while left:
        given = tuple(row.dataset for row in rows)
        start = Start(name, wanted, model, before)
        tried = (_priced(start, candidate, given, PARTS[-1:], advance) for candidate in left)
        # One state is kept beside the one that is tried: they can be large.
        best, (row, model, before) = max(enumerate(tried), key=lambda found: found[1][0].saved_bits)
        rows.append(row)
        del left[best]
    return rows


def _candidate(dataset: Iterable[Document], wanted: Target, fit_bytes: int) -> Candidate:
    name = str(getattr(dataset, "name", "dataset"))
    texts: list[bytes] = []
    seen: set[int] = set()
    size = copies = 0
    for document in dataset:
        key = text_hash(document.text)
        copies += key in wanted.places
        if not document.text.strip() or key in wanted.places or key in seen or size > fit_bytes:
            continue
        seen.add(key)
        size += len(document.text)
        texts.append(document.text)
    if not texts:
        raise DataError(f"{name} holds no text that the target does not hold; there is nothing to price")
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    shuffled = tuple(texts[i] for i in order)
    return Candidate(name, shuffled, Passages(shuffled).share(_END.join(wanted.texts)), copies)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a dataset's reading begins: the target, a model, and the target's bits by it."""

    target: str
    wanted: Target
    model: Model
    before: Bits


def _price(start: Start, candidate: Candidate) -> PricedDataset:
    return _priced(start, candidate, (), PARTS, _quiet)[0]


def _priced(
    start: Start, candidate: Candidate, given: tuple[str, ...], parts: Sequence[float], advance: Advance
) -> tuple[PricedDataset, Model, Bits]:
    """Its price after what the model has read, the model that has read it too, and Y's bits by that one."""
    began = time.perf_counter()
    curve: list[tuple[int, float]] = []
    wanted, model, before = start.wanted, start.model, start.before
    read, after = 0, before
    for part in parts:
        stop = max(int(len(candidate.texts) * part), 1)
        piece = b"".join(text + _END for text in candidate.texts[read:stop])
        if curve and not piece:
            continue
        model = model.after(piece)
        advance(len(piece))
        after = _document_bits(model, wanted, advance)
        curve.append(((curve[-1][0] if curve else 0) + len(piece), float(before.sum() - after.sum())))
        read = stop
    row = PricedDataset(
        dataset=candidate.name,
        target=start.target,
        model=model.name,
        x_bytes=candidate.raw_bytes,
        y_bytes=wanted.raw_bytes,
        y_bits=float(before.sum()),
        y_given_x_bits=float(after.sum()),
        interval_bits=sum_interval(before - after),
        curve=tuple(curve),
        overlap=candidate.overlap,
        target_copies=candidate.target_copies,
        seconds=time.perf_counter() - began,
        given=given,
    )
    return row, model, after


def _document_bits(model: Model, wanted: Target, advance: Advance) -> Bits:
    """Bits of each of Y's documents, one after the other, float64 [documents]; of blocks where there are few."""
    y = b"".join(text + _END for text in wanted.texts)
    bits = model.bits(y)
    advance(len(y))
    edges = np.cumsum([0] + [len(text) + len(_END) for text in wanted.texts])
    if len(edges) <= _MIN_BLOCKS:
        edges = np.array(block_edges(len(y)))
    return np.add.reduceat(bits, edges[:-1])


def _dumped(row: PricedDataset) -> bytes:
    return json.dumps(dataclasses.asdict(row)).encode()


def _loaded(data: bytes) -> PricedDataset:
    row = json.loads(data)
    lists = {"curve": tuple(map(tuple, row["curve"])), "given": tuple(row["given"])}
    interval = None if row["interval_bits"] is None else tuple(row["interval_bits"])
    return PricedDataset(**{**row, **lists, "interval_bits": interval})


def _quiet(done_bytes: int) -> None:
    """Progress that nobody is told of."""
