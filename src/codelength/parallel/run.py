"""Batches of one job, in their order: work(state, batch) for each, wherever the layout has it done.

How batches are cut never depends on the layout, and each is computed from the same state by the same code: so the
results are the same bits here, in eight processes or on a hundred machines. A worker that dies costs its batches a
retry, and a batch that lost its worker `TRIES` times ends the run with LostProcessError. With a journal finished
batches are kept, and those that are there are not computed again.
"""

import collections
import contextlib
import importlib.metadata
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from codelength.errors import LostProcessError
from codelength.parallel.journal import Journal

TRIES = 3

State = TypeVar("State")
Batch = TypeVar("Batch")
Result = TypeVar("Result")


def array_bytes(array: npt.NDArray[Any]) -> bytes:
    """An array as bytes, for a journal."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def array_of(data: bytes) -> npt.NDArray[Any]:
    """And back."""
    return np.asarray(np.load(io.BytesIO(data), allow_pickle=False))


def release() -> str:
    """The release of codelength that runs here."""
    return importlib.metadata.version("codelength")


@dataclass(frozen=True, slots=True)
class Job(Generic[State, Batch, Result]):
    """What is done with each batch. `work` is a function of a module, which other processes can import.

    `state` is called once, and only where a batch is to be computed; `key` is what the results depend on, this release
    apart, and names them in a journal, where `dump` and `load` make them bytes and back. Without these nothing is kept.
    """

    work: Callable[[State, Batch], Result]
    state: Callable[[], State]
    key: bytes = b""
    dump: Callable[[Result], bytes] | None = None
    load: Callable[[bytes], Result] | None = None


class Pool(Protocol):
    """Workers that have the job's state."""

    width: int  # how many batches are computed at once
    lost: tuple[type[BaseException], ...]  # what a future raises whose worker has died

    def submit(self, batch: Any) -> "Future[Any]":
        """Begin a batch."""

    def renew(self) -> None:
        """Replace what has died."""


class Layout(Protocol):
    """Where batches are computed."""

    def opened(self, work: Callable[[Any, Any], Any], state: Any) -> AbstractContextManager[Pool]:
        """A pool that does this work from this state."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a job's batches are computed, and where finished ones are kept; as it stands, here and nowhere."""

    layout: Layout | None = None
    journal: Journal | None = None


@dataclass(slots=True)
class _Pending:
    number: int
    batch: Any
    future: "Future[Any] | None" = None  # None: `result` is there
    result: Any = None
    tries: int = 1


def run(job: Job[State, Batch, Result], batches: Iterable[Batch], spread: Spread | None = None) -> Iterator[Result]:
    """The batches' results, in their order.

    >>> job = Job(lambda state, batch: state + batch, lambda: np.ones(2), b"", array_bytes, array_of)
    >>> [result.tolist() for result in run(job, [np.array([1]), np.array([4])])]
    [[2.0, 2.0], [5.0, 5.0]]
    """
    spread = spread or Spread()
    key = release().encode() + b" " + job.key
    journal = None if job.dump is None or job.load is None else spread.journal
    with contextlib.ExitStack() as stack:
        pool: Pool | None = None
        waiting: collections.deque[_Pending] = collections.deque()

        def done(*, wait_for: int) -> Iterator[Result]:
            while len(waiting) > wait_for:
                pending = waiting[0]
                if pending.future is not None and pool is not None:
                    pending.result = _result(pool, waiting)
                    if journal is not None and job.dump is not None:
                        journal.keep(key, pending.number, job.dump(pending.result))
                waiting.popleft()
                yield pending.result

        for number, batch in enumerate(batches):
            known = None if journal is None else journal.find(key, number)
            if known is not None and job.load is not None:
                waiting.append(_Pending(number, None, None, job.load(known)))
            else:
                if pool is None:
                    layout: Layout = spread.layout or Here()
                    pool = stack.enter_context(layout.opened(job.work, job.state()))
                waiting.append(_Pending(number, batch, pool.submit(batch)))
            yield from done(wait_for=0 if pool is None else 2 * pool.width - 1)
        yield from done(wait_for=0)


def _result(pool: Pool, waiting: "collections.deque[_Pending]") -> Any:
    """The first batch's result, computed again where its worker died."""
    first = waiting[0]
    while True:
        assert first.future is not None
        try:
            return first.future.result()
        except pool.lost as error:
            first.tries += 1
            if first.tries > TRIES:
                raise LostProcessError(
                    f"batch {first.number + 1:,} lost its worker {TRIES} times ({type(error).__name__}: {error}); "
                    "if memory ran out, take fewer workers"
                ) from error
            pool.renew()
            for pending in waiting:
                future = pending.future
                if future is not None and (not future.done() or future.cancelled() or future.exception() is not None):
                    future.cancel()
                    pending.future = pool.submit(pending.batch)


class Here:
    """The layout of one process: this one."""

    @contextlib.contextmanager
    def opened(self, work: Callable[[Any, Any], Any], state: Any) -> Iterator[Pool]:
        """A pool that computes a batch when it is submitted."""
        yield _HerePool(work, state)


class _HerePool:
    lost: tuple[type[BaseException], ...] = ()

    def __init__(self, work: Callable[[Any, Any], Any], state: Any) -> None:
        self.width = 1
        self._work, self._state = work, state

    def submit(self, batch: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(self._work(self._state, batch))
        return future

    def renew(self) -> None:
        raise NotImplementedError
