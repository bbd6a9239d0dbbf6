"""compress, decompress, info: exactly what they print, what they leave, and with what code they end."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codelength.cli.main import run

PROGRAM = [sys.executable, "-c", "from codelength.cli.main import main; main()"]
TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40
DIGEST = hashlib.sha256(TEXT).hexdigest()[:32]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_bytes(TEXT)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def piped(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *arguments], input=data, capture_output=True, check=False, timeout=60)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_compress_and_decompress_say_what_they_did_and_keep_sources(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "compress", "a.txt", "--with", "xz")
    size = Path("a.txt.cl").stat().st_size
    assert (code, err) == (0, "")
    assert out == f"a.txt: 3,160 → {size} bytes ({100 * size / 3160:.1f} %), xz, verified\n"
    Path("a.txt").rename("original")
    assert told(capsys, "decompress", "a.txt.cl") == (0, f"a.txt.cl: {size} → 3,160 bytes, xz, checked\n", "")
    assert Path("a.txt").read_bytes() == TEXT
    assert names() == ["a.txt", "a.txt.cl", "original"]


def test_an_empty_file_has_no_percentage(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").write_bytes(b"")
    assert told(capsys, "compress", "empty", "--with", "xz") == (0, "empty: 0 → 33 bytes, xz, verified\n", "")
    assert told(capsys, "decompress", "empty.cl", "-o", "back") == (0, "empty.cl: 33 → 0 bytes, xz, checked\n", "")
    assert Path("back").read_bytes() == b""


def test_a_model_compresses_given_another_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.txt").write_bytes(TEXT[10:1000])
    code, out, _ = told(capsys, "compress", "b.txt", "--with", "counts:order=2", "--given", "a.txt")
    assert code == 0 and out.endswith("counts:order=2 given a.txt, verified\n")
    code, out, err = told(capsys, "decompress", "b.txt.cl", "-o", "back")
    assert (code, out) == (1, "")
    assert err == (
        "Error: b.txt.cl: this file can only be decoded with the data it was compressed with "
        f"(3,160 bytes, SHA-256 {DIGEST}...); add --given\n"
    )
    code, out, err = told(capsys, "decompress", "b.txt.cl", "-o", "back", "--given", "b.txt")
    assert (code, out) == (1, "") and "is not what the file was compressed with" in err
    assert names() == ["a.txt", "b.txt", "b.txt.cl"]
    code, out, _ = told(capsys, "decompress", "b.txt.cl", "-o", "back", "--given", "a.txt")
    assert code == 0 and Path("back").read_bytes() == TEXT[10:1000]


def test_info_tells_what_is_inside_and_what_decoding_costs(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "compress", "a.txt", "--with", "counts:order=1,memory=16MiB")
    size = Path("a.txt.cl").stat().st_size
    code, out, err = told(capsys, "info", "a.txt.cl")
    assert (code, err) == (0, "")
    assert (
        out
        == f"""a.txt.cl
  format    codelength container, version 1
  codec     counts:order=1,memory=16MiB
  size      3,160 → {size} bytes ({100 * size / 3160:.1f} %)
  original  SHA-256 {DIGEST}...
  given     nothing
  chunks    1 of at most 1 MiB, one model through all
  checks    all agree
  decoding  about 1 s and up to 17 MiB of memory
"""
    )


def test_info_has_json_with_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "compress", "a.txt", "--with", "gzip", "--given", "a.txt")
    fields = json.loads(told(capsys, "info", "a.txt.cl", "--json")[1])
    assert fields.pop("decode_seconds") < 1
    assert fields.pop("decode_memory_bytes") == 1 << 20
    assert fields == {
        "file": "a.txt.cl",
        "version": 1,
        "model": "gzip",
        "raw_bytes": 3160,
        "file_bytes": Path("a.txt.cl").stat().st_size,
        "sha256_start": DIGEST,
        "given_bytes": 3160,
        "given_sha256_start": DIGEST,
        "chunk_bytes": 4 << 20,
        "chunks": 1,
        "stored_chunks": 0,
        "carried": False,
        "environment": None,
    }


def test_streams_go_through_pipes() -> None:
    packed = piped("compress", "-", "--with", "gzip", data=TEXT)
    assert packed.returncode == 0
    assert packed.stderr.decode().startswith("standard input: 3,160 → ")
    assert packed.stderr.decode().endswith("gzip, verified\n")
    unpacked = piped("decompress", "-", data=packed.stdout)
    assert (unpacked.returncode, unpacked.stdout) == (0, TEXT)
    assert unpacked.stderr.decode().endswith("→ 3,160 bytes, gzip, checked\n")
    told_of = piped("info", "-", data=packed.stdout)
    assert told_of.stdout.decode().startswith("standard input\n  format ")


FOREIGN = "a.txt: this is not a codelength file: it begins with 49 74 20, not c5 43 4c"
MISSING = "No such file or directory"


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("compress none", 1, f"none: {MISSING}"),
        ("compress a.txt --with xy", 2, "there is no model 'xy'; did you mean xz?"),
        ("compress a.txt --with xz -o a.txt", 2, "a.txt is the input itself; name another output with -o"),
        (
            "compress a.txt --with bz2 --given a.txt",
            2,
            "bz2 cannot read given data first; take zstd, gzip or a model such as mixing",
        ),
        ("compress a.txt --with xz -o no/where", 1, f"no/where: {MISSING}"),
        ("compress a.txt --with xz --given none", 1, f"none: {MISSING}"),
        ("compress memory://x", 2, "memory://x is remote; name a local output with -o, or - for standard output"),
        (
            "compress .",
            2,
            ". is a folder or a pattern, and compress takes one file; pack it first: "
            "tar cf - FOLDER | codelength compress - -o FOLDER.tar.cl",
        ),
        ("decompress a.txt", 2, "a.txt does not end in .cl, or is remote; name the output with -o"),
        ("decompress a.txt -o b", 1, FOREIGN),
        ("decompress a.txt -o b --limit much", 2, "'much' is no size; write it as 4096, 10kB or 64MiB"),
        ("info a.txt", 1, FOREIGN),
        ("info none", 1, f"none: {MISSING}"),
    ],
)
def test_errors_say_what_was_wrong_and_leave_nothing(
    capsys: pytest.CaptureFixture[str], line: str, code: int, message: str
) -> None:
    assert told(capsys, *line.split()) == (code, "", f"Error: {message}\n")
    assert names() == ["a.txt"]


def test_existing_outputs_are_replaced_only_by_force(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt.cl").write_bytes(b"mine")
    message = "Error: a.txt.cl exists; pass --force to replace it\n"
    assert told(capsys, "compress", "a.txt", "--with", "xz") == (2, "", message)
    assert Path("a.txt.cl").read_bytes() == b"mine"
    assert told(capsys, "compress", "a.txt", "--with", "xz", "--force")[0] == 0
    message = "Error: a.txt exists; pass --force to replace it\n"
    assert told(capsys, "decompress", "a.txt.cl") == (2, "", message)
    assert told(capsys, "decompress", "a.txt.cl", "--force")[0] == 0


def test_damage_is_told_with_the_file_and_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "compress", "a.txt", "--with", "xz")
    whole = Path("a.txt.cl").read_bytes()
    Path("cut.cl").write_bytes(whole[:-30])
    code, out, err = told(capsys, "decompress", "cut.cl")
    assert (code, out) == (1, "")
    assert err == (
        f"Error: cut.cl: the file ends at byte {len(whole) - 30} inside chunk 0 (from byte 14); it is cut, or a size "
        "in it is damaged\n"
    )
    assert names() == ["a.txt", "a.txt.cl", "cut.cl"]


def test_limits_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "compress", "a.txt", "--with", "xz")
    code, _, err = told(capsys, "decompress", "a.txt.cl", "-o", "b", "--limit", "3000")
    assert (code, err) == (
        1,
        "Error: a.txt.cl: the data has over 3,000 bytes, the limit; raise it if you trust the file\n",
    )
    code, _, err = told(capsys, "decompress", "a.txt.cl", "-o", "b", "--memory-limit", "64MiB")
    assert code == 1 and "over the limit of 64 MiB; raise the limit if you trust the file" in err
    assert names() == ["a.txt", "a.txt.cl"]


def test_what_does_not_decode_is_not_kept(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from codelength.models.libraries import Gzip

    right = Gzip.decode

    def wrong(self: Gzip, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return right(self, code, limit_bytes=limit_bytes)[::-1]

    monkeypatch.setattr(Gzip, "decode", wrong)
    code, out, err = told(capsys, "compress", "a.txt", "--with", "gzip")
    assert (code, out) == (1, "")
    assert err.startswith("Error: what gzip wrote does not decode; nothing is kept: ")
    assert names() == ["a.txt"]


def test_binary_is_not_written_to_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    screen = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Terminal(screen))
    assert run(["compress", "a.txt", "--with", "xz", "-o", "-"]) == 2
    assert screen.getvalue() == b""
    assert "standard output is a terminal" in capsys.readouterr().err


def test_names_in_any_encoding_are_compressed_and_shown_escaped() -> None:
    name = b"caf\xe9\n.txt"
    Path(os.fsdecode(name)).write_bytes(TEXT)
    done = subprocess.run([*PROGRAM, "compress", name, "--with", "xz"], capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"caf\\xe9\\x0a.txt: 3,160 ")
    assert Path(os.fsdecode(name + b".cl")).exists()


def test_output_in_another_encoding_is_escaped_not_a_traceback() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [*PROGRAM, "compress", "a.txt", "--with", "xz"], capture_output=True, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"a.txt: 3,160 \\u2192 ")


def test_a_disk_that_fills_up_is_said_and_leaves_nothing() -> None:
    Path("noise").write_bytes(os.urandom(400_000))
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); " + PROGRAM[-1]
    )
    arguments = [sys.executable, "-c", program, "compress", "noise", "--with", "gzip"]
    done = subprocess.run(arguments, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"Error: noise.cl: File too large\n"
    assert names() == ["a.txt", "noise"]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("name", ["gzip", "counts:order=1"])
def test_an_interrupt_ends_quietly_and_leaves_nothing(sent: signal.Signals, code: int, name: str) -> None:
    if signal.getsignal(sent) == signal.SIG_IGN:
        pytest.skip(f"{sent.name} is ignored here and so by what the test starts, as in a shell's background")
    arguments = [*PROGRAM, "compress", "-", "-o", "out.cl", "--with", name]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(TEXT * 340)  # a chunk and a bit: gzip waits for more, the model is at work for seconds
        process.stdin.flush()
        ends = time.monotonic() + 30
        while not any(each.endswith(".part") for each in names()) and time.monotonic() < ends:
            time.sleep(0.01)
        assert names() != ["a.txt"]
        time.sleep(0.3)
        process.send_signal(sent)
        assert process.wait(timeout=30) == code
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert names() == ["a.txt"]


def test_a_reader_that_leaves_early_is_no_error_message() -> None:
    Path("zeros").write_bytes(bytes(1 << 22))
    assert run(["compress", "zeros", "--with", "gzip"]) == 0
    # One chunk is more than a pipe holds, so the verb is still writing when its reader leaves.
    with subprocess.Popen(
        [*PROGRAM, "decompress", "zeros.cl", "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 1
