"""The verb archive: what it prints, what it leaves, and with what code it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from codelength.cli.main import run

TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes(TEXT)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    code = run(("archive", *arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_an_archive_is_written_beside_the_file_and_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "a.txt", "--method", "zlib")
    size = Path("a.txt.py").stat().st_size
    assert (code, err) == (0, "")
    assert out.startswith(f"a.txt.py: K(X) ≤ {size} bytes for Python (zlib: ")
    assert subprocess.run([sys.executable, "-I", "a.txt.py"], capture_output=True, check=True).stdout == TEXT


def test_an_existing_program_is_kept_unless_forced(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt.py").write_text("precious")
    code, _, err = told(capsys, "a.txt", "--method", "bz2")
    assert (code, err) == (2, "Error: a.txt.py exists; pass --force to replace it\n")
    assert Path("a.txt.py").read_text() == "precious"
    assert told(capsys, "a.txt", "--method", "bz2", "--force")[0] == 0


def test_json_has_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "a.txt", "--method", "lzma", "--json", "-o", "b.py")
    row = json.loads(out)
    assert (code, row["raw_bytes"], row["kind"], row["method"]) == (0, len(TEXT), "coded", "lzma")
    assert row["total_bytes"] == Path("b.py").stat().st_size == row["payload_bytes"] + row["decoder_bytes"]


def test_a_given_text_is_the_first_argument(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_bytes(bytes(range(256)))
    Path("x").write_bytes(bytes(range(256)) + b"!")
    assert told(capsys, "a.txt", "--given", "x", "--method", "zlib", "-o", "b.py")[1].startswith(
        "b.py: K(X given Y) ≤ "
    )
    assert subprocess.run([sys.executable, "-I", "b.py", "x"], capture_output=True, check=True).stdout[:3] == b"\0\1\2"
    assert subprocess.run([sys.executable, "-I", "b.py", "a.txt"], capture_output=True, check=False).stdout == b""


def test_a_right_program_is_counted_and_a_wrong_one_refused(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = TEXT[:79].decode()
    Path("gen.py").write_text(f"print(end={sentence!r}*40)")
    size = Path("gen.py").stat().st_size
    code, out, err = told(capsys, "a.txt", "--program", "gen.py")
    assert (code, err) == (0, "")
    assert out.startswith(
        f"gen.py: K(X) ≤ {size} bytes for Python (program: 0 bytes of payload, {size} bytes of decoder)"
    )
    Path("gen.py").write_text(f"print(end={sentence!r}*39)")
    code, out, err = told(capsys, "a.txt", "--program", "gen.py")
    assert (code, out) == (1, "")
    assert err == (
        "Error: gen.py is no program for a.txt: the program prints 3,081 bytes, all right, but the data has 3,160\n"
    )


def test_data_too_large_for_mixing_say_what_it_would_take(capsys: pytest.CaptureFixture[str]) -> None:
    Path("zeros").write_bytes(bytes(600_000))
    code, _, err = told(capsys, "zeros")
    assert (code, err) == (0, "mixing is left out: about 240 seconds; --method mixing takes them\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("a.txt", "--method", "rar"), "no method is called 'rar'"),
        (("a.txt", "--program", "a.txt", "-o", "b.py"), "--program checks a program that exists"),
        (("a.txt", "--given", "-"), "only FILE can be -"),
        (("-",), "say where to write the program with -o"),
        ((".",), "is not one file"),
        (("a.txt", "-o", "-", "--json"), "either the program or JSON"),
    ],
)
def test_requests_that_make_no_sense_are_refused(
    arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = told(capsys, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
