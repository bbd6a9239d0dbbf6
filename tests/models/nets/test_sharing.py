"""Several processes train one net: what they know is what one process would, and a lost one is reported."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.models.nets.checkpoint import load
from codelength.models.nets.model import NetModel
from codelength.models.nets.sharing import Share, joined
from codelength.registry import create

NAME = "lstm:width=16,block=16,replay=5,orders=64KiB"
TEXT = (
    b"The rain in Spain stays mainly in the plain; in Hertford, Hereford and Hampshire hurricanes hardly happen. " * 90
)
TOLERANCE = 2e-3  # of weights, after 600 updates: gradients are summed in another order


def processes(folder: Path, world: int, arguments: list[str]) -> list[subprocess.Popen[str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    started = []
    for rank in range(world):
        environment = {**os.environ, "RANK": str(rank), "WORLD_SIZE": str(world), "MASTER_PORT": port}
        environment |= {"MASTER_ADDR": "127.0.0.1", "LOCAL_RANK": str(rank), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "codelength", "fit", "x.txt", "--distributed", *arguments]
        started.append(
            subprocess.Popen(
                command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
    return started


@pytest.mark.slow
def test_two_processes_under_torchrun_learn_what_one_learns(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "codelength"]
    shared = [*torchrun, "fit", "x.txt", "-o", "two.safetensors", "--with", NAME, "--distributed"]
    alone = [sys.executable, "-m", "codelength", "fit", "x.txt", "-o", "one.safetensors", "--with", NAME]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for command in (shared, alone):
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        assert run.stdout.count("kept in") == 1
    one, two = (load(str(tmp_path / f"{name}.safetensors"), create) for name in ("one", "two"))
    assert one.checkpoint is not None and two.checkpoint is not None and one.state is not None and two.state is not None
    np.testing.assert_allclose(two.state.learning.weights, one.state.learning.weights, atol=TOLERANCE)
    for a, b in zip(two.state.learning.carry, one.state.learning.carry, strict=True):
        np.testing.assert_allclose(a, b, atol=20 * TOLERANCE)
    (size, bits), (other_size, other_bits) = two.checkpoint.curve[-1], one.checkpoint.curve[-1]
    assert size == other_size == len(TEXT) and abs(bits / other_bits - 1) < 1e-3
    np.testing.assert_allclose(two.bits(TEXT[:500]), one.bits(TEXT[:500]), atol=0.1)


@pytest.mark.slow
def test_a_process_that_is_lost_is_reported_and_not_hung_on(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT * 40)
    first, second = processes(tmp_path, 2, ["-o", "y.safetensors", "--with", NAME, "--patience", "20"])
    try:
        time.sleep(15)
        assert first.poll() is None and second.poll() is None
        second.kill()
        second.communicate()
        _, errors = first.communicate(timeout=60)
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()
    assert first.returncode == 1
    assert "Error: process 0 of 2: another is lost" in errors
    assert not (tmp_path / "y.safetensors").exists()


def test_a_process_that_torchrun_did_not_start_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANK", raising=False)
    with pytest.raises(UsageError, match=r"RANK.*torchrun --nproc-per-node"), joined(5):
        pass


def test_replays_are_dealt_out_and_each_belongs_to_one_process() -> None:
    parts = [list(Share(rank, 3, 1).part(8)) for rank in range(3)]
    assert sorted(replay for part in parts for replay in part) == list(range(8))
    model = create("lstm:width=8,replay=2")
    assert isinstance(model, NetModel)
    with pytest.raises(UsageError, match="2 replays for 3 processes"):
        Share(0, 3, 1).of(model)


def test_a_process_holds_what_its_own_replays_carry() -> None:
    model = create(NAME)
    assert isinstance(model, NetModel)
    model = model.after(TEXT[:400])
    assert model.state is not None
    for rank in range(2):
        state = Share(rank, 2, 1).of(model).state
        assert state is not None
        for mine, whole in zip(state.learning.carry, model.state.learning.carry, strict=True):
            rows = [0, *(1 + replay for replay in range(rank, 5, 2))]
            np.testing.assert_array_equal(mine, whole[:, rows])
