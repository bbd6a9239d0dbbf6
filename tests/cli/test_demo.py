"""The demonstration: every command in it works as it is shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.data.bundled import bundled
from codelength.dataset import Dataset

FOLDER = Path("demo-output")


@pytest.mark.slow
def test_the_demo_finds_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["demo"]) == 0
    output = capsys.readouterr().out
    assert "\nuseful: demo-output/pride_1.txt saves " in output
    assert "\nuseful: demo-output/war.txt saves " in output
    assert "\nuseful: demo-output/genome.txt saves " not in output
    sizes = [(FOLDER / name).stat().st_size for name in ("pride_2.txt.given.cl", "pride_2.txt.cl", "pride_2.txt")]
    assert sizes[0] < 0.9 * sizes[1] < 0.3 * sizes[2]


def test_every_command_of_the_demo_works_and_leaves_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def beginning(name: str) -> Dataset:
        return Dataset(name, (bundled(name).joined[:2000],))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("codelength.data.bundled.bundled", beginning)
    assert run(["demo"]) == 0
    text = (FOLDER / "pride_2.txt").read_bytes()
    assert len(text) == 2000
    assert (FOLDER / "ladder.png").read_bytes().startswith(b"\x89PNG")
    assert (FOLDER / "pride_2.txt.again").read_bytes() == text
    printed = subprocess.run([sys.executable, FOLDER / "part.txt.py"], capture_output=True, check=True).stdout
    assert printed == (FOLDER / "part.txt").read_bytes() == text
    assert capsys.readouterr().out.count("$ codelength ") == 9


def test_the_demo_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"")
    assert run(["demo", "--into", str(place)]) == 2
    assert capsys.readouterr().err == f"Error: {place} is not a folder; name another one with --into\n"
