"""The shell around the verbs: help, version, mistakes, and what an exception becomes."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from codelength.cli import main
from codelength.errors import DamagedError, OptionError

PROGRAM = [sys.executable, "-c", "from codelength.cli.main import main; main()"]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    code = main.run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "--version") == (0, f"codelength {version('codelength')}\n", "")


def test_help_names_every_verb_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "--help")
    assert (code, err) == (0, "")
    for verb, sentence in (
        ("compress", "Compress a file"),
        ("decompress", "Decompress a .cl file"),
        ("info", "Tell what is inside"),
        ("measure", ""),
        ("shared", ""),
    ):
        assert any(line.split()[:1] == [verb] and sentence in line for line in out.splitlines())


def test_a_wrong_verb_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "compres")
    assert (code, out) == (2, "")
    assert err == (
        "Usage: codelength [OPTIONS] COMMAND [ARGS]...\nTry 'codelength -h' for help.\n\n"
        "Error: No such command 'compres'. Did you mean 'compress', 'decompress'?\n"
    )


def test_a_missing_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "info")
    assert (code, out) == (2, "")
    assert err.endswith("Error: Missing argument 'FILE'.\n")


def run_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def build() -> typer.Typer:
        app = typer.Typer(pretty_exceptions_enable=False)

        @app.command()
        def verb() -> None:
            raise error

        return app

    monkeypatch.setattr(main, "build_app", build)
    return main.run([])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DamagedError("cut"), 1, "Error: cut\n"),
        (OptionError("bad"), 2, "Error: bad\n"),
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "f"), 1, "Error: [Errno 13] Permission denied: 'f'\n"),
        (SystemExit(143), 143, ""),
    ],
)
def test_exceptions_become_exit_codes(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    message: str,
) -> None:
    assert run_raising(monkeypatch, error) == code
    assert capsys.readouterr() == ("", message)


def test_running_out_of_memory_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_raising(monkeypatch, MemoryError()) == 1
    assert "take a model with less state" in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        run_raising(monkeypatch, ZeroDivisionError())


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from codelength.cli.main import run; code = run(['--help']); "
        "print([name for name in ('numba', 'numpy', 'torch', 'fsspec', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_standard_output_that_is_full_is_said() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*PROGRAM, "--version"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr and b"Traceback" not in done.stderr
