"""match map: what it prints and writes."""

import json
from pathlib import Path

import numpy as np
import pytest

from codelength.cli.main import run
from codelength.match.maps.saving import applied
from codelength.result.mapped import MAPPED_KEYS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x, y = (np.column_stack([rng.gamma(1, size=300), rng.random(300) ** 4]) + rng.gamma(1, size=(300, 1)) for _ in "xy")
    np.save("x.npy", x[:, ::-1] * 10)
    Path("y.csv").write_text("width,height\n" + "".join(f"{a},{b}\n" for a, b in y.tolist()))


def test_it_prints_what_each_family_takes_and_which_column_is_which(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["match", "map", "x.npy", "y.csv", "--family", "scale,identity", "--no-null"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "X = x.npy (300 symbols) as Y = y.csv sees it, in bits"
    assert [line.split()[0] for line in lines[2:4]] == ["scale", "identity"]
    assert [line.split()[:2] for line in lines[7:9]] == [["1", "height"], ["2", "width"]]
    assert lines[-1].startswith("The map is told by the data: ")


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["match", "map", "x.npy", "y.csv", "--family", "scale", "--no-null", "--json"]) == 0
    assert tuple(json.loads(capsys.readouterr().out)) == MAPPED_KEYS


def test_map_points_and_picture_are_written_and_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["match", "map", "x.npy", "y.csv", "--family", "affine", "--no-null"]
    command += ["-o", "map.json", "--points", "z.npy", "--plot", "a.svg"]
    assert run(command) == 0
    assert np.array_equal(applied(Path("map.json").read_text(), np.load("x.npy")), np.load("z.npy"))
    assert b"</svg>" in Path("a.svg").read_bytes()
    assert "Y's columns from X's" in capsys.readouterr().out
    assert run(command) == 2
    assert "map.json exists; pass --force" in capsys.readouterr().err


def test_bad_input_is_said_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    np.save("three.npy", np.random.default_rng(0).normal(size=(50, 3)))
    Path("holes.csv").write_text("a,b\n" + "1,2\n3,4\n" * 20 + "?,1\n")
    for y, code, told in (
        ("three.npy", 1, "x.npy has 2 columns and three.npy 3"),
        ("holes.csv", 1, "holes.csv holds nan at point 41, column a"),
        ("absent.npy", 1, "absent.npy: No such file"),
        ("y.txt", 2, "points are read from .npy, .csv or .tsv"),
    ):
        assert run(["match", "map", "x.npy", y, "-o", "map.json"]) == code
        assert told in capsys.readouterr().err
    assert run(["match", "map", "x.npy", "y.csv", "--points", "z.csv"]) == 2
    assert "mapped points are written as .npy" in capsys.readouterr().err
    assert not Path("map.json").exists()
