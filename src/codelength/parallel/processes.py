"""Batches in other processes of this machine, which share the state through a file that they map."""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from codelength.errors import OptionError
from codelength.parallel.broadcast import Mapped, write_broadcast
from codelength.parallel.run import Pool

MOST_WORKERS = 1024


class Processes:
    """So many worker processes on this machine."""

    def __init__(self, workers: int) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise OptionError(f"workers={workers} is outside 1 to {MOST_WORKERS:,}")
        self.workers = workers

    @contextlib.contextmanager
    def opened(self, work: Callable[[Any, Any], Any], state: Any) -> Iterator[Pool]:
        """A pool of processes; they end with the block, or with this process, however it ends."""
        with tempfile.TemporaryDirectory(prefix="codelength-") as folder:
            path = Path(folder, "state")
            write_broadcast(path, state)
            pool = _ProcessPool(work, Mapped(str(path)), self.workers)
            try:
                yield pool
            finally:
                pool.close()


class _ProcessPool:
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, work: Callable[[Any, Any], Any], state: Mapped, workers: int) -> None:
        self.width = workers
        self._work, self._state = work, state
        self._executor = self._fresh()

    def submit(self, batch: Any) -> "Future[Any]":
        try:
            return self._executor.submit(_done, self._work, self._state, batch)
        except BrokenExecutor as error:  # it is renewed when this batch's result is asked for
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def renew(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._fresh()

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _fresh(self) -> ProcessPoolExecutor:
        # Spawned, not forked: threads of this process may hold locks.
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.width, mp_context=spawn, initializer=_begin)


def _begin() -> None:
    """Of a worker: an interrupt is its parent's business, and without the parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _done(work: Callable[[Any, Any], Any], state: Mapped, batch: Any) -> Any:
    return work(state.value, batch)
