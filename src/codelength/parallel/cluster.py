"""Batches on the workers of a Dask cluster (dask.distributed), each of which gets the state once.

`local` starts a cluster on this machine for the time of the job; any other address is a scheduler's. Its workers need
the same release of codelength as this process. What a lost worker had begun is done by another; the state goes to
workers that join later from those that have it.
"""

import contextlib
import importlib.util
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

from codelength.errors import LostProcessError, OptionError, SourceError, UsageError
from codelength.parallel.broadcast import Sent
from codelength.parallel.run import Pool, release

LOCAL = "local"
CONNECT_SECONDS = 30


class Cluster:
    """A Dask cluster: a scheduler's address such as tcp://10.0.0.1:8786, or `local` with so many workers."""

    def __init__(self, address: str, workers: int | None = None) -> None:
        if importlib.util.find_spec("distributed") is None:
            raise UsageError("--cluster needs Dask; pip install 'codelength[cluster]', or take --workers")
        if address != LOCAL and workers is not None:
            raise OptionError("workers are chosen for a local cluster only; a scheduler has those that it has")
        self.address, self.workers = address, workers

    @contextlib.contextmanager
    def opened(self, work: Callable[[Any, Any], Any], state: Any) -> Iterator[Pool]:
        """A pool of the cluster's workers."""
        distributed = importlib.import_module("distributed")
        with contextlib.ExitStack() as stack:
            if self.address == LOCAL:
                address: Any = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=self.workers, threads_per_worker=1, processes=True, dashboard_address=None
                    )
                )
            else:
                address = self.address
            try:
                client = stack.enter_context(distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False))
            except (OSError, ValueError) as error:
                raise SourceError(
                    f"{self.address}: no Dask scheduler answers ({error}); start one (`dask scheduler`) or take `local`"
                ) from error
            yield _ClusterPool(client, self.address, work, Sent.of(state))


class _ClusterPool:
    def __init__(self, client: Any, address: str, work: Callable[[Any, Any], Any], state: Sent) -> None:
        from distributed.scheduler import KilledWorker

        self.lost: tuple[type[BaseException], ...] = (CancelledError, KilledWorker)
        self._client, self._work, self._state = client, work, state
        self._executor = client.get_executor(pure=False)
        _check_workers(client, address)
        self.width = max(sum(client.nthreads().values()), 1)
        self._remote = self._sent()

    def submit(self, batch: Any) -> "Future[Any]":
        future: Future[Any] = self._executor.submit(_done, self._work, self._remote, batch)
        return future

    def renew(self) -> None:
        self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        self._remote = self._sent()

    def _sent(self) -> Any:
        return self._client.scatter(self._state, broadcast=True, hash=False)


def _check_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise LostProcessError(
            f"{address}: the scheduler has no worker; start one with `dask worker {address}`"
        ) from None
    for worker, found in client.run(release, on_error="return").items():
        if found != release():
            raise UsageError(
                f"{worker} has codelength {found}, and here is {release()}; install the same release there"
            )


def _done(work: Callable[[Any, Any], Any], state: Sent, batch: Any) -> Any:
    with state.lock:
        return work(state.value, batch)
