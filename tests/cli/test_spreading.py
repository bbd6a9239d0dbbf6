"""--workers, --cluster and --resume: the same results, what is refused, and a run that is interrupted."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

import codelength
from codelength.cli.main import run

WAR = codelength.bundled("war.txt").joined.decode(errors="replace")
PRIDE = codelength.bundled("pride_1.txt").joined.decode(errors="replace")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [text[start : start + 300].replace("\n", " ") for start in range(0, 9000, 300) for text in (WAR, PRIDE)]
    Path("pool.txt").write_text("\n".join(lines))
    Path("target.txt").write_text(PRIDE[20_000:21_000])
    Path("money.txt").write_text(WAR[20_000:22_000])
    Path("labelled.tsv").write_text("".join(f"{'war' if i % 2 == 0 else 'pride'}\t{x}\n" for i, x in enumerate(lines)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["select", "pool.txt", "--for", "target.txt", "--json"],
        ["matrix", "--by-label", "labelled.tsv"],
        ["classify", "labelled.tsv", "target.txt", "--json", "--explain", "2"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_workers_and_a_journal_print_the_same(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if arguments[0] == "classify":
        pytest.importorskip("sklearn", reason="needs scikit-learn: pip install 'codelength[learn]'")
    printed = []
    for options in ([], ["--workers", "2", "--resume", "done"], ["--resume", "done"]):
        assert run([*arguments, *options]) == 0
        printed.append([without_seconds(line) for line in capsys.readouterr().out.splitlines()])
    assert printed[0] == printed[1] == printed[2]
    assert list(Path("done").glob("*.batch"))


def without_seconds(line: str) -> object:
    try:
        row = json.loads(line)
    except ValueError:
        return line
    return {key: value for key, value in row.items() if "seconds" not in key}


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--workers", "0"], 2, "Error: workers=0 is outside 1 to 1,024\n"),
        (
            ["--workers", "2", "--cluster", "tcp://127.0.0.1:9"],
            2,
            "Error: workers are chosen for a local cluster only; a scheduler has those that it has\n",
        ),
        (["--resume", "pool.txt"], 2, "Error: pool.txt is no folder; name one for finished batches\n"),
        (["--resume", ""], 2, "Error: --resume names no folder; name one for finished batches\n"),
        (
            ["money.txt", "--greedy", "--workers", "2"],
            2,
            "Error: --greedy takes one dataset after another, here; leave --workers, --cluster and --resume out\n",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--cluster" in options and find_spec("distributed") is None:
        pytest.skip("needs Dask: pip install 'codelength[cluster]'")
    assert run(["select", "pool.txt", "--for", "target.txt", *options]) == code
    assert capsys.readouterr().err == message


def test_without_dask_a_cluster_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "distributed" else find_spec(name))
    assert run(["matrix", "pool.txt", "target.txt", "--cluster", "local"]) == 2
    assert capsys.readouterr().err == (
        "Error: --cluster needs Dask; pip install 'codelength[cluster]', or take --workers\n"
    )


@pytest.mark.slow
def test_an_interrupted_run_leaves_its_batches_and_goes_on() -> None:
    rows = [{"id": f"{n} {i}", "text": f"{n} {WAR[i : i + 2000]}"} for n in range(200) for i in range(0, 110_000, 2000)]
    Path("large.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "codelength", "select", "large.jsonl", "--for", "target.txt", "-o", "scores.jsonl"]
    options = ["--workers", "2", "--resume", "done"]
    started = subprocess.Popen([*command, *options], start_new_session=True, stderr=subprocess.PIPE)
    while started.poll() is None and len(list(Path().glob("done/*.batch"))) < 2:
        time.sleep(0.1)
    os.killpg(started.pid, signal.SIGINT)
    assert started.communicate()[1] == b""
    assert started.returncode == 130
    assert not Path("scores.jsonl").exists()
    written = {file.name for file in Path("done").iterdir()}
    assert all(name.endswith(".batch") for name in written)
    subprocess.run([*command, *options], check=True, capture_output=True)
    resumed = Path("scores.jsonl").read_bytes()
    assert written < {file.name for file in Path("done").iterdir()}
    subprocess.run([*command, "--force"], check=True, capture_output=True)
    assert Path("scores.jsonl").read_bytes() == resumed
