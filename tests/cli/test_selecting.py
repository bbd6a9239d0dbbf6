"""select, leak: what they print, what they write, what they refuse."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.result.leak import LEAK_KEYS
from codelength.result.selection import DOCUMENT_KEYS, PRICED_KEYS

CATS = ["the cat sat on the mat", "a cat and a dog sat on a mat", "the dog and the cat ran to the mat"]
MONEY = ["stocks fell by a tenth of their price", "bonds and stocks rose in price", "the price of bonds fell again"]
TARGET = ["my cat sat with your dog", "the dog sat on my cat"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pool.txt").write_text("\n".join([*MONEY, *CATS, MONEY[0], TARGET[0], "ox"]))
    Path("target.txt").write_text("\n".join(TARGET))
    for name, texts in (("cats.txt", CATS), ("money.txt", MONEY)):
        Path(name).write_text("\n".join(texts))


def test_select_ranks_and_says_what_it_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["select", "pool.txt", "--for", "target.txt", "--top", "2", "--min-bytes", "10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "pool.txt for target.txt: 6 documents ranked, best first"
    assert {line.split()[0] for line in lines[2:4]} < {"4", "5", "6"}
    assert lines[4:] == [
        "pool: 9 documents, 243 bytes, 182 of them in its state; target: 2 documents, 45 bytes",
        f"taken: 2 documents, {sum(len(CATS[int(line.split()[0]) - 4]) for line in lines[2:4])} bytes",
        "not ranked: 1 that are copies of the target's: leakage, not help",
        "not ranked: 1 that repeat another of the pool",
        "not ranked: 1 that are too short",
    ]


def test_a_choice_of_short_documents_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    Path("short.txt").write_text("a cat\nan ox\nstocks\n")
    assert run(["select", "short.txt", "--for", "target.txt", "--top", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "what is taken is short, and wins by luck: --min-bytes 20 leaves such documents out"
    )


@pytest.mark.parametrize("name", ["scores.jsonl", "scores.parquet"])
def test_scores_are_written_beside_every_document_s_identifier(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["select", "pool.txt", "--for", "target.txt", "-o", name, "--json", "--budget", "60"]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    if name.endswith("parquet"):
        parquet = pytest.importorskip("pyarrow.parquet")
        rows = parquet.read_table(name).to_pylist()
    else:
        rows = [json.loads(line) for line in Path(name).read_text().splitlines()]
    assert [row["id"] for row in rows] == [str(i) for i in range(1, 10)]
    assert all(tuple(row) == DOCUMENT_KEYS for row in [*rows, *shown])
    assert [row for row in rows if row["rank"] == 1] == shown[:1]
    assert 0 < sum(row["bytes"] for row in rows if row["selected"]) <= 60
    assert rows[6]["copy_of"] == "1"
    assert rows[7]["target_copy_of"] == "1"


def test_several_pools_are_priced_and_greed_takes_them_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--for", "target.txt", "--with", "counts:order=2"]
    assert run(["select", "money.txt", "cats.txt", *options, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["dataset"] for row in rows] == ["cats.txt", "money.txt"]
    assert tuple(rows[0]) == PRICED_KEYS
    assert rows[0]["saved_bits"] == pytest.approx(rows[0]["y_bits"] - rows[0]["y_given_x_bits"])
    assert run(["select", "money.txt", "cats.txt", *options, "--greedy"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "in the order in which to take them" in lines[0]
    assert [line.split()[0] for line in lines[2:4]] == ["cats.txt", "money.txt"]
    assert run(["select", "cats.txt", *options, "--price"]) == 0
    assert "by a part of each dataset" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["-o", "scores.csv"], 2, "scores.csv: rows are written as .jsonl, .ndjson or .parquet"),
        (["-o", "target.jsonl"], 2, "target.jsonl exists; pass --force"),
        (["--budget", "much"], 2, "'much' is no size"),
        (["--price", "--budget", "9"], 2, "-o and --budget are for ranking the documents of one POOL"),
        (["--price", "--with", "xz"], 2, "xz does not say what each byte costs"),
        (["--min-bytes", "1kB"], 1, "there is nothing to rank"),
        (["--text-field", "body"], 1, None),
    ],
)
def test_what_select_refuses(
    arguments: list[str], code: int, told: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("target.jsonl").write_text('{"text": "kept"}\n')
    target = "target.txt" if told else "target.jsonl"
    told = told or "target.jsonl, line 1: there is no field 'body'; it has text; name one by --text-field"
    assert run(["select", "pool.txt", "--for", target, *arguments]) == code
    assert told in capsys.readouterr().err
    assert Path("target.jsonl").read_text() == '{"text": "kept"}\n'
    assert not [place for place in Path().iterdir() if place.name.startswith(".")]


LEAKED = "The quick brown fox jumps over the lazy dog, and the dog does not mind at all."


def test_leak_names_the_source_of_what_leaked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("train.txt").write_text("\n".join([*CATS, *MONEY, LEAKED]))
    Path("test.txt").write_text(
        "\n".join([LEAKED.upper().replace(",", ""), "Nothing of this sentence was ever seen before.", "ox"])
    )
    assert run(["leak", "train.txt", "test.txt", "-o", "found.jsonl"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "test.txt in train.txt: 1 of 3 items leaked, the most explained first"
    assert lines[2].split()[:2] == ["1", "77"]
    assert lines[2].split()[4:6] == ["yes", "7"]
    assert lines[-1] == "not judged: 1 items of too few words"
    rows = [json.loads(line) for line in Path("found.jsonl").read_text().splitlines()]
    assert all(tuple(row) == LEAK_KEYS for row in rows)
    assert (rows[0]["id"], rows[0]["leaked"], rows[0]["source"]) == ("1", True, "7")
    assert run(["leak", "train.txt", "test.txt", "--json", "--top", "2", "--threshold", "0.99"]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["leaked"] for row in shown] == [False, False]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--threshold", "2"], 2, "a threshold of 2.0 is outside 0 to 1"),
        (["--false-positives", "0"], 2, "false positives of 0.0 are outside"),
        (["-o", "found.txt"], 2, "rows are written as .jsonl"),
    ],
)
def test_what_leak_refuses(arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["leak", "pool.txt", "target.txt", *arguments]) == code
    assert told in capsys.readouterr().err
