"""The verb unsupervised: what it prints, and what it refuses."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.learning.word_net import Dictionary

SMALL = ("--labels", "12", "--sizes", "6", "--seeds", "2")


def test_tables_a_verdict_and_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "savings.svg"
    arguments = ("--unlabelled", "sklearn:digits", "--task", "sklearn:digits", *SMALL, "--plot", str(picture))
    assert run(("unsupervised", *arguments)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "12 labels of sklearn:digits, in bits, by what the learner has read before; mean of 2 seeds"
    assert any(line.startswith("nothing (random weights)") for line in lines)
    assert "What X saves, in bits, with its 95 % interval" in lines
    assert lines[-1].split(":")[0] in ("useful", "useless", "undecided")
    assert picture.read_bytes().startswith(b"<?xml")


def test_texts_are_read_word_by_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    y, x = tmp_path / "y.tsv", tmp_path / "x.txt"
    y.write_text("".join(f"{'ab'[i % 2]}\t{'red green' if i % 2 else 'one two three'} {i}\n" for i in range(14)))
    x.write_bytes((b"one two three four five " * 60)[:1000])
    assert (
        run(
            (
                "unsupervised",
                "--unlabelled",
                str(x),
                "--task",
                str(y),
                *SMALL[:2],
                "--sizes",
                "2",
                "--seeds",
                "1",
                "--json",
            )
        )
        == 0
    )
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["reading"] for row in rows} >= {"X", "from scratch", "uniform noise"}
    assert all(row["interval_bits"] is None for row in rows)
    read = {row["reading"]: row["x_bits"] for row in rows}
    dictionary, pieces = Dictionary(), [x.read_bytes()[:512], x.read_bytes()[512:]]
    spelled = sum(dictionary.pay(word) for piece in pieces for word in piece.split(b" "))
    columns = sum(len(piece.split(b" ")) + 1 for piece in pieces)  # and an end behind each
    assert read["X"] == pytest.approx(11 * columns + spelled)  # both pieces are paid for before anything is learnt


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--unlabelled", "sklearn:iris", "--task", "sklearn:iris"), 2, "Error: sklearn:iris is a table"),
        (("--unlabelled", "sklearn:iris", "--task", "sklearn:digits"), 2, "Error: sklearn:iris holds table"),
        (
            ("--unlabelled", "sklearn:digits", "--task", "sklearn:digits", "--sizes", "3,x"),
            2,
            "Error: --sizes 3,x is no list of numbers of items; write it as 400,1300,4000",
        ),
    ],
)
def test_errors_say_what_was_wrong(
    arguments: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(("unsupervised", *arguments)) == code
    assert capsys.readouterr().err.startswith(message)
