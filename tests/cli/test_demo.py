"""The demonstration: every command in it works as it is shown."""

import time
from pathlib import Path

import pytest

from codelength.cli.main import run


def test_the_demo_leaves_a_picture_containers_that_decode_and_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    started = time.monotonic()
    assert run(["demo"]) == 0
    assert time.monotonic() - started < 60
    output = capsys.readouterr().out
    assert "\nuseful: demo-output/pride_1.txt saves " in output
    assert "\nuseful: demo-output/war.txt saves " in output
    assert "\nuseful: demo-output/genome.txt saves " not in output
    folder = Path("demo-output")
    text = (folder / "pride_2.txt").read_bytes()
    assert (folder / "ladder.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "pride_2.txt.again").read_bytes() == text
    sizes = [(folder / name).stat().st_size for name in ("pride_2.txt.given.cl", "pride_2.txt.cl", "pride_2.txt.py")]
    assert sizes == sorted(sizes)
    assert sizes[-1] < len(text) / 2


def test_the_demo_needs_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"")
    assert run(["demo", "--into", str(place)]) == 2
    assert capsys.readouterr().err == f"Error: {place} is not a folder; name another one with --into\n"
