"""The verb fit: what is kept, resumed, plotted and refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from codelength.cli.main import run
from codelength.registry import create
from codelength.types import Model

NAME = "lstm:width=16,block=32,replay=1,orders=64KiB"
TEXT = b"Around the rugged rocks the ragged rascal ran. " * 200


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_bytes(TEXT)


def errors(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    assert run(arguments) == code
    return capsys.readouterr().err


def test_a_fitted_net_stands_where_a_model_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "x.txt", "-o", "x.safetensors", "--with", NAME, "--plot", "curve.png"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{NAME}: all of 9,400 bytes of x.txt read, ") and told.endswith("kept in x.safetensors\n")
    assert Path("curve.png").read_bytes().startswith(b"\x89PNG")
    kept, made = create("x.safetensors"), create(NAME)
    assert isinstance(kept, Model) and isinstance(made, Model)
    np.testing.assert_array_equal(kept.bits(TEXT[:99]), made.after(TEXT).bits(TEXT[:99]))
    assert run(["measure", "x.txt", "--with", "x.safetensors", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["model_bits"] == 8 * Path("x.safetensors").stat().st_size
    assert "checkpoint" in row["settings"]


def test_a_fit_that_was_stopped_goes_on_as_if_it_had_not_been(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "x.txt", "-o", "half.safetensors", "--with", NAME, "--time-budget", "0s", "--json"]) == 0
    half = json.loads(capsys.readouterr().out)
    assert (half["read_bytes"], half["raw_bytes"], half["kind"]) == (4096, 9400, "prequential")
    assert run(["fit", "x.txt", "-o", "whole.safetensors", "--resume", "half.safetensors", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert run(["fit", "x.txt", "-o", "once.safetensors", "--with", NAME, "--json"]) == 0
    once = json.loads(capsys.readouterr().out)
    assert (whole["bits"], whole["curve"]) == (once["bits"], once["curve"])
    resumed, direct = create("whole.safetensors"), create("once.safetensors")
    assert isinstance(resumed, Model) and isinstance(direct, Model)
    np.testing.assert_array_equal(resumed.bits(TEXT[:99]), direct.bits(TEXT[:99]))


def test_a_fit_is_resumed_only_in_the_data_that_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fit", "x.txt", "-o", "x.safetensors", "--with", NAME]) == 0
    Path("y.txt").write_bytes(TEXT[::-1] * 2)
    told = errors(capsys, "fit", "y.txt", "-o", "y.safetensors", "--resume", "x.safetensors", code=1)
    assert "x.safetensors has read 9,400 other bytes than X begins with" in told
    told = errors(capsys, "fit", "x.txt", "-o", "y.safetensors", "--resume", "x.safetensors", code=2)
    assert "nothing is left to read" in told
    assert not Path("y.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-o", "x.pt"], "must end in .safetensors"),
        (["-o", "x.safetensors", "--with", "xz"], "xz is no net that fit can keep; there are transformer, lstm"),
        (["-o", "x.safetensors", "--with", "mixing:level=fast,memory=8MiB"], "is no net"),
        (["-o", "x.safetensors", "--time-budget", "soon"], "--time-budget soon is no time; write 90s"),
        (["-o", "x.safetensors", "--resume", "x.txt"], "does not end in .safetensors"),
        (["-o", "x.safetensors", "--with", NAME, "--resume", "a.safetensors"], "leave --with out"),
        (["-o", "x.safetensors", "--with", NAME, "--distributed"], "not set: this is no process of torchrun"),
    ],
)
def test_a_request_that_makes_no_sense_is_met_with_what_to_do(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RANK", raising=False)
    assert told in errors(capsys, "fit", "x.txt", *arguments, code=2)
    assert not Path("x.safetensors").exists()


def test_an_existing_file_is_replaced_only_by_force(capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.safetensors").write_bytes(b"mine")
    assert "exists" in errors(capsys, "fit", "x.txt", "-o", "x.safetensors", "--with", NAME, code=2)
    assert Path("x.safetensors").read_bytes() == b"mine"
