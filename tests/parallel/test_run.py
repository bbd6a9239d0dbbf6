"""Batches in their order, from one process or several, with workers that die, and with a journal."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.parallel import work

from codelength.errors import FormatError, LostProcessError, OptionError, UsageError
from codelength.parallel.journal import Journal
from codelength.parallel.processes import Processes
from codelength.parallel.run import TRIES, Job, Spread, array_bytes, array_of, run

STATE = np.arange(40_000, dtype=np.float64)


def job(function: Callable[[Any, int], work.Numbers], state: Any = STATE, key: bytes = b"key") -> Job[Any, int, Any]:
    return Job(function, lambda: state, key, array_bytes, array_of)


@pytest.mark.parametrize("layout", [None, Processes(1), Processes(2)], ids=["here", "1", "2"])
@pytest.mark.parametrize("function", [work.scaled, work.written_to])
def test_results_come_in_order_and_are_the_same_anywhere(
    layout: Processes | None, function: Callable[[Any, int], work.Numbers]
) -> None:
    found = list(run(job(function), range(9), Spread(layout)))
    assert [array.tolist() for array in found] == [(STATE * batch).tolist() for batch in range(9)]


def test_two_processes_share_the_work() -> None:
    done_by = {int(found[0]) for found in run(job(work.process), range(40), Spread(Processes(2)))}
    assert os.getpid() not in done_by
    assert 1 <= len(done_by) <= 2


def test_no_more_batches_are_taken_than_are_under_way() -> None:
    taken: list[int] = []

    def batches() -> Iterator[int]:
        for batch in range(100):
            taken.append(batch)
            yield batch

    results = run(job(work.scaled), batches(), Spread(Processes(2)))
    next(results)
    assert len(taken) <= 5


def test_a_killed_process_costs_a_retry(tmp_path: Path) -> None:
    state = (str(tmp_path / "flag"), STATE)
    found = list(run(job(work.killed_once, state), range(8), Spread(Processes(2))))
    assert (tmp_path / "flag").exists()
    assert [array.tolist() for array in found] == [(STATE * batch).tolist() for batch in range(8)]


def test_a_batch_that_kills_every_worker_ends_the_run() -> None:
    with pytest.raises(LostProcessError, match=f"lost its worker {TRIES} times"):
        list(run(job(work.killed_always), range(8), Spread(Processes(1))))


def test_workers_end_with_their_parent_however_it_ends(tmp_path: Path) -> None:
    program = (
        "from codelength.parallel.processes import Processes\n"
        "from codelength.parallel.run import *\n"
        "from tests.parallel import work\n"
        "if __name__ == '__main__':\n"
        f"    job = Job(work.asleep, lambda: {str(tmp_path)!r}, b'', array_bytes, array_of)\n"
        "    list(run(job, range(2), Spread(Processes(2))))\n"
    )
    place = tmp_path.with_suffix(".py")
    place.write_text(program)
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    parent = subprocess.Popen([sys.executable, place], env={**os.environ, "PYTHONPATH": path})
    while len(workers := [int(file.name) for file in tmp_path.iterdir()]) < 2:
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    while any(Path(f"/proc/{worker}/cwd").exists() for worker in workers):  # a zombie has none
        time.sleep(0.05)


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    with pytest.raises(FormatError, match="batch 0 is of no use"):
        list(run(job(work.refused), range(3), Spread(Processes(2))))


def test_an_interrupted_run_goes_on_from_what_is_written(tmp_path: Path) -> None:
    spread = Spread(None, Journal(str(tmp_path / "done")))
    results = run(job(work.scaled), range(6), spread)
    before = [next(results) for _ in range(4)]
    del results
    computed: list[int] = []

    def counted(state: work.Numbers, batch: int) -> work.Numbers:
        computed.append(batch)
        return work.scaled(state, batch)

    after = list(run(job(counted), range(6), spread))
    assert computed == [4, 5]
    assert [array.tolist() for array in after] == [(STATE * batch).tolist() for batch in range(6)]
    assert [array.tolist() for array in before] == [array.tolist() for array in after[:4]]


def test_a_whole_journal_needs_no_state(tmp_path: Path) -> None:
    spread = Spread(None, Journal(str(tmp_path)))
    wanted = list(run(job(work.scaled), range(3), spread))

    def none() -> work.Numbers:
        raise AssertionError("the state was made")

    again = list(run(Job(work.scaled, none, b"key", array_bytes, array_of), range(3), spread))
    assert [array.tolist() for array in again] == [array.tolist() for array in wanted]


def test_another_key_and_a_damaged_file_are_computed_again(tmp_path: Path) -> None:
    spread = Spread(None, Journal(str(tmp_path)))
    list(run(job(work.scaled), range(2), spread))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    assert [array[1] for array in run(job(work.scaled), range(2), spread)] == [0.0, 1.0]
    assert [array[1] for array in run(job(work.scaled, 2 * STATE, b"other"), range(2), spread)] == [0.0, 2.0]


def test_a_journal_is_no_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("something")
    with pytest.raises(UsageError, match="is no folder"):
        Journal(str(place))
    assert place.read_text() == "something"


@pytest.mark.parametrize("workers", [0, -1, 5000])
def test_workers_are_counted(workers: int) -> None:
    with pytest.raises(OptionError, match="outside 1 to"):
        Processes(workers)


def test_a_state_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(UsageError, match="cannot be sent to other processes"):
        list(run(job(work.scaled, (lambda: 1)), range(2), Spread(Processes(1))))
