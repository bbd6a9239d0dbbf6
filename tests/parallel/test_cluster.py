"""A real Dask cluster on this machine: two worker processes, one of them killed midway."""

import importlib.metadata
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.parallel import work

from codelength.data.documents import Document
from codelength.errors import OptionError, SourceError, UsageError
from codelength.measure.selection import select_documents
from codelength.parallel.cluster import Cluster
from codelength.parallel.run import Job, Spread, array_bytes, array_of, run

distributed: Any = pytest.importorskip("distributed", reason="needs Dask: pip install 'codelength[cluster]'")
pytestmark = pytest.mark.filterwarnings("ignore")  # what Dask and its event loop warn of is theirs

STATE = np.arange(40_000, dtype=np.float64)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


def test_the_state_is_sent_and_results_come_in_order(scheduler: Any) -> None:
    job = Job(work.written_to, lambda: STATE, b"", array_bytes, array_of)
    found = list(run(job, range(9), Spread(Cluster(scheduler.scheduler_address))))
    assert [array.tolist() for array in found] == [(STATE * batch).tolist() for batch in range(9)]


def test_a_worker_that_dies_costs_a_retry(scheduler: Any, tmp_path: Path) -> None:
    job = Job(work.killed_once, lambda: (str(tmp_path / "flag"), STATE), b"", array_bytes, array_of)
    found = list(run(job, range(8), Spread(Cluster(scheduler.scheduler_address))))
    assert (tmp_path / "flag").exists()
    assert [array.tolist() for array in found] == [(STATE * batch).tolist() for batch in range(8)]


class Pool:
    """Documents; where a scheduler is named one of its workers is killed when most were given to be scored."""

    def __init__(self, scheduler: Any) -> None:
        self.scheduler, self.readings, self.killed = scheduler, 0, 0

    def __iter__(self) -> Iterator[Document]:
        self.readings += 1
        is_scored = self.readings == 2  # the first reading surveys, the third makes the state
        draw = np.random.default_rng(5)
        for number in range(400):
            if self.scheduler is not None and is_scored and number == 300:
                with distributed.Client(self.scheduler, set_as_default=False) as client:
                    self.killed = min(client.run(os.getpid).values())
                os.kill(self.killed, signal.SIGKILL)
            words = draw.integers(0, 30, 200 + number % 7) + 50 * (number % 3)
            yield Document(str(number), " ".join(map(str, words)).encode())


def test_scores_are_the_same_bits_although_a_worker_was_killed_midway(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["codelength.measure.selection"], "BATCH_BYTES", 1 << 12)
    target = [Document("t", b"51 52 53 55 57 60 61 " * 40)]
    wanted = select_documents(Pool(None), target)
    pool = Pool(scheduler)
    found = select_documents(pool, target, spread=Spread(Cluster(scheduler.scheduler_address)))
    assert pool.killed
    assert np.array_equal(found.pool_bits, wanted.pool_bits)
    assert np.array_equal(found.target_bits, wanted.target_bits)
    assert np.array_equal(found.ranking, wanted.ranking)


def test_no_scheduler_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["codelength.parallel.cluster"], "CONNECT_SECONDS", 1)
    job = Job(work.scaled, lambda: STATE, b"", array_bytes, array_of)
    with pytest.raises(SourceError, match="no Dask scheduler answers"):
        list(run(job, range(2), Spread(Cluster("tcp://127.0.0.1:9"))))


def test_workers_of_another_release_are_refused(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "9.9")
    job = Job(work.scaled, lambda: STATE, b"", array_bytes, array_of)
    with pytest.raises(UsageError, match="install the same release"):
        list(run(job, range(2), Spread(Cluster(scheduler.scheduler_address))))


def test_a_scheduler_has_the_workers_that_it_has() -> None:
    with pytest.raises(OptionError, match="local cluster only"):
        Cluster("tcp://127.0.0.1:9", 2)
