"""matrix, explain and regret: what they print and write."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.result.explanation import EXPLANATION_KEYS
from codelength.result.matrix import MATRIX_KEYS
from codelength.result.regret import REGRET_KEYS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("texts").mkdir()
    for name, text in {
        "cat": b"the cat sat on the mat; ",
        "dog": b"the dog sat on the mat; ",
        "sum": b"1+1=2 ",
    }.items():
        Path("texts", name).write_bytes(text * 9)
    Path("lines.txt").write_bytes(b"a\tthe cat\nb\t1+1\na\tthe dog\n")


def test_each_file_of_a_folder_is_an_item_and_distances_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["matrix", "texts", "--with", "bz2"]) == 0
    output = capsys.readouterr()
    rows = [line.split("\t") for line in output.out.splitlines()]
    assert rows[0] == ["distance", "cat", "dog", "sum"]
    assert rows[1][2] == rows[2][1] < rows[1][3]
    assert output.err.startswith("bz2: 3 items, difference; self-distance ")


def test_raw_bits_have_a_line_for_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["matrix", "texts/cat", "texts/dog", "--as", "given", "--with", "bz2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "given\ttexts/cat\ttexts/dog"
    assert lines[1].startswith("(nothing)\t")
    assert len(lines) == 4


def test_json_has_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["matrix", "texts", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [tuple(row) for row in rows] == [MATRIX_KEYS] * 9
    assert {row["model"] for row in rows} == {"crossing"}


def test_lines_are_gathered_by_their_label(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["matrix", "lines.txt", "--by-label", "--json"]) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[1])
    assert (row["x"], row["x_bytes"], row["y"], row["y_bytes"]) == ("a", 16, "b", 4)


@pytest.mark.parametrize("tree", ["average", "joining"])
def test_trees_and_pictures_are_written_and_not_replaced(tree: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["matrix", "texts", "--tree", tree, "--newick", "t.nwk", "--nexus", "t.nex", "--plot", "t.svg"]
    assert run(command) == 0
    assert Path("t.nwk").read_text().endswith(");\n")
    nexus = Path("t.nex").read_text()
    assert nexus.startswith("#NEXUS\n") and "NTAX=3" in nexus and Path("t.nwk").read_text().strip() in nexus
    assert Path("t.svg").read_bytes().startswith(b"<?xml")
    capsys.readouterr()
    assert run(command) == 2
    assert capsys.readouterr().err == "Error: t.nwk exists; pass --force to replace it\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["texts/cat"], 2, "Error: texts/cat holds 1 item; a matrix is made of two or more\n"),
        (["absent"], 1, "Error: absent: No such file or directory\n"),
        (["texts", "--with", "bz2,xz"], 2, "Error: a matrix is made by one model, and --with names 2; run it once for"),
        (["texts/cat", "--by-label"], 1, "Error: texts/cat, line 1: there is no label; lines are 'label<tab>text'\n"),
        (["texts", "--plot", "a.pdf"], 2, "Error: a plot is written as .png or .svg, not as 'a.pdf'; name it so\n"),
    ],
)
def test_errors_say_what_was_wrong(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["matrix", *arguments]) == code
    assert message in capsys.readouterr().err


def test_items_of_one_name_in_two_folders_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other").mkdir()
    Path("other", "cat").write_bytes(b"der Hund")
    assert run(["matrix", "texts", "other", "--with", "bz2"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "distance\ttexts/cat\tdog\tsum\tother/cat"


def test_explain_prints_the_most_explained_passages_and_the_sum(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "texts/cat", "texts/dog", "--with", "counts:order=3", "--top", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "What X = texts/cat saves most of Y = texts/dog, in bits, and the best copy in X"
    assert lines[1].split()[:3] == ["at", "saved", "of"]
    assert lines[2].split()[0] == "0" and lines[3] == "" and len(lines) == 5
    assert lines[4].startswith("counts:order=3: texts/cat saves ")


def test_explain_writes_a_page_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["explain", "texts/cat", "texts/dog", "--with", "counts:order=3", "-o", "page.html", "--json"]
    assert run(command) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[0])
    assert tuple(row) == EXPLANATION_KEYS and row["sources"][0]["bytes"] > 6
    assert Path("page.html").read_bytes().startswith(b"<!doctype html>")
    assert run(command) == 2
    assert capsys.readouterr().err == "Error: page.html exists; pass --force to replace it\n"


def test_the_page_and_json_do_not_both_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "texts/cat", "texts/dog", "-o", "-", "--json"]) == 2
    assert "cannot both go to standard output" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["texts/cat", "texts/dog", "--with", "bz2"], "Error: bz2 does not tell what each byte costs; take a model"),
        (["-", "-"], "Error: standard input can be read once; name - once"),
    ],
)
def test_what_cannot_be_explained_is_refused_before_a_file_is_made(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", *arguments, "-o", "page.html"]) == 2
    assert message in capsys.readouterr().err
    assert not Path("page.html").exists()


def test_regret_prints_a_row_for_each_learner_and_the_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    names = "counts:order=1,counts:order=3,bz2"
    assert run(["regret", "texts/dog", "--given", "texts/cat", "--with", names, "--plot", "r.svg"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "texts/dog: 216 bytes, given texts/cat"
    assert sorted(line.split()[0] for line in lines[2:6]) == ["bz2", "counts:order=1", "counts:order=3", "envelope"]
    assert lines[7].startswith("The envelope of 2 learners pays ") and lines[7].endswith("more than 0.585 bits.")
    assert Path("r.svg").read_bytes().startswith(b"<?xml")


def test_regret_json_has_stable_keys_the_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regret", "texts/dog", "--with", "counts:order=1,bz2", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [tuple(row) for row in rows] == [REGRET_KEYS] * 2
    assert rows[0]["regret_bits"] == 0 < rows[1]["regret_bits"]
