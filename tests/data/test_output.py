"""Outputs: whole or not at all, and never over something by accident."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from codelength.data.output import Target, check_target, open_target
from codelength.errors import CodecError, SourceError, UsageError


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, data: bytes, *, force: bool = False) -> None:
    with open_target(str(path), force=force) as target:
        target.write(data)


def test_an_output_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with open_target(str(path)) as target:
        target.write(b"abc")
        assert not path.exists()
    assert path.read_bytes() == b"abc"
    assert names_in(tmp_path) == ["out"]


def test_an_output_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write(tmp_path / "out", b"")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_after_an_error(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), open_target(str(tmp_path / "out")) as target:
        target.write(b"half")
        raise error
    assert names_in(tmp_path) == []


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="out exists; pass --force"):
        write(path, b"new")
    with pytest.raises(ValueError), open_target(str(path), force=True) as target:
        target.write(b"new")
        raise ValueError
    assert path.read_bytes() == b"old"
    write(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert names_in(tmp_path) == ["out"]


def test_a_file_that_comes_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with pytest.raises(UsageError, match="exists"), open_target(str(path)) as target:
        target.write(b"ours")
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert names_in(tmp_path) == ["out"]


def test_what_was_written_is_verified_before_it_appears(tmp_path: Path) -> None:
    path, seen = tmp_path / "out", []

    def verify(file: BinaryIO) -> None:
        seen.append((file.read(), path.exists()))
        if len(seen) > 1:
            raise CodecError("no")

    with open_target(str(path), verify=verify) as target:
        target.write(b"abc")
    with pytest.raises(CodecError), open_target(str(path), force=True, verify=verify) as target:
        target.write(b"xyz")
    assert (seen, path.read_bytes(), names_in(tmp_path)) == ([(b"abc", False), (b"xyz", True)], b"abc", ["out"])


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", b"new", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_devices_are_written_in_place() -> None:
    write(Path(os.devnull), b"gone")
    assert not Path(os.devnull).is_file()


def test_a_full_device_is_named() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(SourceError, match=r"^/dev/full: No space left on device$"):
        write(Path("/dev/full"), b"x" * 100_000)
    with pytest.raises(SourceError, match=r"^/dev/full: No space left on device$"):
        write(Path("/dev/full"), b"x")


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\nfrom codelength.data.output import open_target\n"
        "from codelength.errors import SourceError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n    with open_target(sys.argv[1]) as target:\n"
        "        for _ in range(100):\n            target.write(bytes(1000))\n"
        "except SourceError as error:\n    print(error)\n"
    )
    path = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path}: File too large\n"
    assert names_in(tmp_path) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none/out: No such file or directory"):
        write(tmp_path / "none" / "out", b"x")


def test_standard_output_takes_binary_unless_it_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, screen = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(pipe))
    write(Path("-"), b"\x00\xff")
    assert pipe.getvalue() == b"\x00\xff"
    monkeypatch.setattr("sys.stdout", Terminal(screen))
    with pytest.raises(UsageError, match="standard output is a terminal"):
        write(Path("-"), b"\x00\xff")
    assert screen.getvalue() == b""
    write(Path("-"), b"\x00\xff", force=True)
    assert screen.getvalue() == b"\x00\xff"


def test_standard_output_sees_nothing_that_was_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(pipe))

    def verify(file: BinaryIO) -> None:
        if file.read() != b"good":
            raise CodecError("no")

    with pytest.raises(CodecError), open_target("-", verify=verify) as target:
        target.write(b"bad")
    assert pipe.getvalue() == b""
    with open_target("-", verify=verify) as target:
        target.write(b"good")
    assert pipe.getvalue() == b"good"


def test_an_output_that_takes_a_part_at_a_time_gets_all() -> None:
    class Slow:
        def __init__(self, most: int) -> None:
            self.most, self.taken = most, b""

        def write(self, data: memoryview, /) -> int:
            self.taken += bytes(data[: self.most])
            return min(len(data), self.most)

    slow = Slow(7)
    assert Target(slow, "slow").write(bytes(range(100))) == 100
    assert slow.taken == bytes(range(100))
    with pytest.raises(SourceError, match="full: it takes no data"):
        Target(Slow(0), "full").write(b"x")


def test_the_source_is_never_its_own_output(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    (tmp_path / "link").symlink_to("a")
    for place in (path, tmp_path / "link"):
        with pytest.raises(UsageError, match="is the input itself"):
            check_target(str(place), force=True, source=str(path))


@pytest.mark.parametrize("name", ["", "."])
def test_a_folder_is_no_output(name: str) -> None:
    with pytest.raises(UsageError, match="is no file"):
        check_target(name, force=True)
