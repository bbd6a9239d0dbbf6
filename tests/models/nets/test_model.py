"""The nets as models: what coders get is repeatable, and what is learned does not depend on how it was paid for."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from codelength.coding.container import read_container, read_header, write_container
from codelength.errors import MachineError, OptionError
from codelength.models.nets.model import NetModel
from codelength.registry import create
from codelength.types import Equipped, MachineBound

TEXT = (b"Peter Piper picked a peck of pickled peppers; a peck of pickled peppers Peter Piper picked. " * 12)[:900]
HYBRID = "lstm:width=16,block=16,replay=2,orders=64KiB"
ROWS = "transformer:width=16,layers=1,streams=2,block=8,window=6,replay=1,orders=64KiB,average=0.5"
BARE = "transformer:width=16,layers=1,block=16,window=12,orders=0"


def net(name: str) -> NetModel:
    model = create(name)
    assert isinstance(model, NetModel)
    return model


def weights(model: NetModel) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    assert model.state is not None
    found: np.ndarray[tuple[int], np.dtype[np.float32]] = model.state.learning.weights.numpy()
    return found


@pytest.mark.parametrize("name", [HYBRID, ROWS, BARE])
def test_what_was_learned_does_not_depend_on_how_it_was_paid_for(name: str) -> None:
    model, data = net(name), TEXT[:150]
    read, looked, coded = model.reader(), model.reader(), model.reader()
    read.read(data)
    for byte in data:
        looked.predict()
        looked.read(bytes((byte,)))
    for byte in data:
        coded.predict()
        coded.learn(byte)
    states = [reader.freeze() for reader in (read, looked, coded)]
    for other in states[1:]:
        np.testing.assert_array_equal(weights(states[0]), weights(other))
        np.testing.assert_array_equal(states[0].bits(TEXT[:60]), other.bits(TEXT[:60]))


@pytest.mark.parametrize("name", [HYBRID, BARE])
def test_threads_of_the_process_change_no_code_and_are_left_as_they_were(name: str) -> None:
    model = net(name)
    code = model.encode(TEXT[:300])
    before = torch.get_num_threads()
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            assert model.encode(TEXT[:300]) == code
            assert model.decode(code) == TEXT[:300]
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert not torch.are_deterministic_algorithms_enabled()


def test_another_process_decodes() -> None:
    code = net(HYBRID).encode(TEXT[:300])
    program = (
        f"import sys\nfrom codelength.registry import create\n"
        f"sys.stdout.buffer.write(create({HYBRID!r}).decode(bytes.fromhex({code.hex()!r})))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)
    assert run.stdout == TEXT[:300]


@pytest.mark.slow
def test_another_instruction_set_decodes_or_says_that_it_is_another(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT)
    command = [sys.executable, "-m", "codelength"]
    subprocess.run([*command, "compress", "x.txt", "--with", HYBRID], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "x.txt").unlink()
    elsewhere = {**os.environ, "ATEN_CPU_CAPABILITY": "default"}
    run = subprocess.run(
        [*command, "decompress", "x.txt.cl"], cwd=tmp_path, env=elsewhere, capture_output=True, text=True
    )
    if run.returncode:
        assert "makes other data of it; floating point rounds otherwise here" in run.stderr
        assert run.stderr.strip().endswith("here DEFAULT")
        assert not (tmp_path / "x.txt").exists()
    else:
        assert (tmp_path / "x.txt").read_bytes() == TEXT


def test_a_net_that_goes_off_stops_with_what_differs_and_writes_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    write_container(io.BytesIO(TEXT), target, net(HYBRID), chunk_bytes=256)
    assert dict(read_header(io.BytesIO(target.getvalue())).environment)["torch"] == torch.__version__
    off = net(HYBRID)
    state = off.fresh()
    state.learning.weights *= 1.001
    off = off.holding(state)
    monkeypatch.setattr(torch, "__version__", "2.0.0")
    back = io.BytesIO()
    with pytest.raises(MachineError, match=r"chunk \d.*torch .*, here 2\.0\.0"):
        read_container(io.BytesIO(target.getvalue()), back, off)
    assert TEXT.startswith(back.getvalue())


def test_the_seed_is_part_of_the_name_and_of_what_is_recorded() -> None:
    one, other = net("lstm:width=16,block=16,orders=0"), net("lstm:width=16,block=16,orders=0,seed=5")
    assert isinstance(one, MachineBound) and isinstance(one, Equipped)
    assert (one.environment["seed"], other.environment["seed"]) == ("0", "5")
    assert not (one.after(TEXT).bits(TEXT) == other.after(TEXT).bits(TEXT)).all()
    assert (one.bits(TEXT) == net("lstm:width=16,block=16,orders=0").bits(TEXT)).all()
    assert one.model_bits == 0


def test_learning_pays() -> None:
    for name in (HYBRID, ROWS, "lstm:width=32,block=8,orders=0,rate=0.01"):
        costs = net(name).bits(TEXT)
        assert costs[-200:].mean() < 0.6 * costs[:200].mean(), name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("transformer:width=20", "not a multiple of 8"),
        ("lstm:device=cuda", "no GPU here"),
        ("lstm:optimizer=sgd", "adam or muon"),
        ("transformer:streems=2", "did you mean streams"),
    ],
)
def test_options_that_cannot_be_are_refused(name: str, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(OptionError, match=hint):
        create(name)
