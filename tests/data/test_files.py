"""Sources: every kind of argument, in a stated order, with errors that name what could not be read."""

import io
import os
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from codelength.data.files import chunks, find, load, open_source
from codelength.data.names import printable
from codelength.errors import SourceError, UsageError


def test_a_file_is_one_item_under_the_name_that_was_given(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    data = load(str(path))
    assert (data.name, data.items, data.item_names) == (str(path), (b"abc",), (str(path),))


def test_a_folder_is_joined_in_the_order_of_its_relative_paths_bytes(tmp_path: Path) -> None:
    names = ["b", "a/z", "a.txt", "a-b", "B", ".hidden", "é", "a/é/deep", "z\udcff"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name) + b";")
    data = load(str(tmp_path))
    expected = sorted(map(os.fsencode, names))
    assert data.joined == b"".join(name + b";" for name in expected)
    assert data.item_names == (".hidden", "B", "a-b", "a.txt", "a/z", "a/é/deep", "b", "z\\xff", "é")


def test_what_is_skipped_in_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    (tmp_path / "link").symlink_to("kept")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    lines: list[str] = []
    assert load(str(tmp_path), lines.append).items == (b"kept",)
    assert lines == [
        f"{tmp_path}: skipped link: a symbolic link",
        f"{tmp_path}: skipped loop: a symbolic link",
        f"{tmp_path}: skipped pipe: not a regular file",
    ]


def test_a_link_that_is_named_itself_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    (tmp_path / "link").symlink_to("kept")
    assert load(str(tmp_path / "link")).joined == b"kept"


def test_a_folder_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no file in this folder"):
        load(str(tmp_path))


def test_a_file_that_vanishes_between_listing_and_reading_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x")
    found = find(str(tmp_path))
    (tmp_path / "b").unlink()
    monkeypatch.setattr("codelength.data.files.find", lambda argument: found)
    for read in (lambda: load(str(tmp_path)), lambda: b"".join(chunks(str(tmp_path)))):
        with pytest.raises(SourceError, match="b: No such file or directory"):
            read()


def test_a_file_or_folder_without_permission_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "outer" / "closed"
    closed.mkdir(parents=True)
    (tmp_path / "outer" / "a").write_bytes(b"a")
    secret = tmp_path / "secret"
    secret.write_bytes(b"s")
    secret.chmod(0)
    closed.chmod(0)
    try:
        if os.geteuid() != 0:
            with pytest.raises(SourceError, match="secret: Permission denied"):
                load(str(secret))
            with pytest.raises(SourceError, match="closed: Permission denied"):
                load(str(tmp_path / "outer"))
        else:  # permissions do not bind root, so a process that gives root up asks; its imports come first
            program = (
                "import os, sys\nfrom codelength.data.files import load\nfrom codelength.errors import SourceError\n"
                "os.setgid(65534)\nos.setuid(65534)\n"
                "for name in sys.argv[1:]:\n"
                "    try:\n        load(name)\n    except SourceError as error:\n        print(error)\n"
            )
            tmp_path.chmod(0o755)
            arguments = [sys.executable, "-c", program, "secret", "outer"]  # relative: the folders above stay closed
            done = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=tmp_path)
            assert done.stdout.splitlines() == ["secret: Permission denied", "outer/closed: Permission denied"]
    finally:
        closed.chmod(0o755)


def test_an_error_while_reading_is_named() -> None:
    if not Path("/proc/self/mem").exists():
        pytest.skip("there is no file here whose reading fails (/proc/self/mem)")
    with pytest.raises(SourceError, match=r"^/proc/self/mem: Input/output error$"):
        load("/proc/self/mem")


def test_globs_take_files_in_order_and_say_what_they_skip(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.bin", "deep/d.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "folder.txt").mkdir()
    lines: list[str] = []
    assert load(str(tmp_path / "*.txt"), lines.append).items == (b"a.txt", b"b.txt")
    assert lines == [f"{tmp_path}/*.txt: skipped {tmp_path}/folder.txt: not a regular file"]
    assert load(str(tmp_path / "**" / "*.txt")).items == (b"a.txt", b"b.txt", b"deep/d.txt")
    with pytest.raises(SourceError, match="no file matches"):
        find(str(tmp_path / "*.nothing"))


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_bytes(b"brackets")
    (tmp_path / "a1.txt").write_bytes(b"plain")
    assert load(str(tmp_path / "a[1].txt")).joined == b"brackets"


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"piped \xff")))
    data = load("-")
    assert (data.name, data.joined) == ("standard input", b"piped \xff")


def test_urls_are_read_through_fsspec(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for name in ("b", "a", "c/d"):
        memory.pipe(f"/codelength-test/{name}", name.encode())
    assert load("memory://codelength-test/a").joined == b"a"
    assert load("memory://codelength-test").items == (b"a", b"b", b"c/d")
    assert load("memory://codelength-test/*").items == (b"a", b"b")
    (tmp_path / "f").write_bytes(b"local")
    assert load(f"file://{tmp_path}/f").joined == b"local"
    assert b"".join(chunks(f"file://{tmp_path}", chunk_bytes=2)) == b"local"
    with open_source("memory://codelength-test/c/d") as source:
        assert (source.size(), source.read(1), source.size()) == (3, b"c", 2)


@pytest.mark.parametrize(
    "url", ["memory://codelength-test/none", "nosuchscheme://x", "memory://codelength-test/*.none"]
)
def test_urls_that_lead_nowhere_are_named(url: str) -> None:
    with pytest.raises(SourceError, match=url.partition("//")[2].replace("*", r"\*")):
        load(url)


@pytest.mark.parametrize("name", ["nothing-here", "nothing-here/deep", "x" * 300])
def test_files_that_are_not_there_are_named(name: str) -> None:
    with pytest.raises(SourceError, match=f"^{name}: "):
        load(name)


def test_an_empty_name_is_no_folder() -> None:
    with pytest.raises(UsageError, match="is empty"):
        load("")


def test_big_files_come_in_pieces(tmp_path: Path) -> None:
    for name, size in (("a", 10), ("b", 0), ("c", 7)):
        (tmp_path / name).write_bytes(bytes([size]) * size)
    pieces = list(chunks(str(tmp_path), chunk_bytes=4))
    assert [len(piece) for piece in pieces] == [4, 4, 2, 4, 3]
    assert b"".join(pieces) == load(str(tmp_path)).joined


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain é 文.txt", "plain é 文.txt"),
        ("latin-\udce9", "latin-\\xe9"),
        ("two\nlines\t", "two\\x0alines\\x09"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
    ],
)
def test_names_cannot_write_to_the_terminal_what_they_like(name: str, shown: str) -> None:
    assert printable(name) == shown
