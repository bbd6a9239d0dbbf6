"""match words: what it prints, writes and translates, and what it refuses."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.data.bundled import bundled
from codelength.result.match import MATCH_KEYS

LINES = [line for line in bundled("pride_1.txt").joined.decode().lower().splitlines() if line.strip()]
TEXT = "\n".join(LINES)
QUICK = ["--restarts", "1", "--words", "60", "--no-null"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text(TEXT)
    Path("y.txt").write_text(TEXT.translate(str.maketrans("aeiouy", "äëïöüÿ")))
    Path("gold.txt").write_text("the thë\nof öf\nand änd\n")
    Path("lines.txt").write_text("\n".join(LINES[:3]) + "\n")


def test_it_prints_the_bits_the_lexicon_and_what_a_dictionary_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["match", "words", "x.txt", "y.txt", "--gold", "gold.txt", "--top", "3", "-o", "lexicon.tsv", *QUICK]) == 0
    )
    out = capsys.readouterr().out
    assert "as Y = y.txt sees it, in bits" in out
    assert "the 3 most frequent of 60 words" in out
    assert "P@1 100.0%, P@5 100.0% of 3 words that the dictionary judges" in out
    rows = [line.split("\t") for line in Path("lexicon.tsv").read_text().splitlines()]
    assert len(rows) == 60
    assert ["the", "thë"] in [row[:2] for row in rows]


def test_json_is_one_object_with_the_keys_of_a_match_and_the_lexicon(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["match", "words", "x.txt", "y.txt", "--json", "-o", "lexicon.jsonl", *QUICK]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[: len(MATCH_KEYS)] == list(MATCH_KEYS)
    assert set(found["lexicon"][0]) == {"x", "y", "probability", "kept", "candidates", "probabilities"}
    assert json.loads(Path("lexicon.jsonl").read_text().splitlines()[0]) == found["lexicon"][0]


def test_lines_are_translated_and_compared_with_a_reference(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Path("y.txt").read_text().splitlines()[:3]
    Path("right.txt").write_text("\n".join(lines) + "\n")
    arguments = ["--translate", "lines.txt", "--translated", "out.txt", "--reference", "right.txt", "--json"]
    assert run(["match", "words", "x.txt", "y.txt", *QUICK, *arguments]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[1])
    assert told["lines"] == 3
    assert told["bits"] > 0
    assert told["translation"] == Path("out.txt").read_text().splitlines()


def test_word_vectors_that_are_trained_or_read_are_matched(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["match", "words", "x.txt", "y.txt", "--vectors", "--json", *QUICK]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "points"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["x.txt", "nan.vec"], 1, "nan.vec: line 2: the vector of 'b' holds a number that is not finite"),
        (["good.vec", "wide.vec"], 1, "good.vec has 2 dimensions and wide.vec 3"),
        (["x.txt", "good.vec"], 2, "give two of one kind"),
        (["x.txt", "empty.txt"], 1, "empty.txt holds no words"),
        (["x.txt", "y.txt", "--seed", "numerals"], 1, "no numeral stands in both"),
        (["x.txt", "y.txt", "--words", "3"], 2, "words=3 is outside"),
        (["-", "-"], 2, "standard input can be read once"),
        (["x.txt", "y.txt", "--reference", "x.txt"], 2, "go with --translate"),
        (["x.txt", "y.txt", "-o", "y.txt"], 2, "y.txt exists"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    rows = [f"{word} 0.5 {i}" for i, word in enumerate("abcdefghijkl")]
    Path("good.vec").write_text("\n".join(rows))
    Path("wide.vec").write_text("\n".join(f"{row} 1" for row in rows))
    Path("nan.vec").write_text("a 0.5 1\nb nan 1\n")
    Path("empty.txt").write_text("")
    before = sorted(Path.cwd().iterdir())
    assert run(["match", "words", *arguments, *(QUICK[:2] if "--words" in arguments else QUICK)]) == code
    assert message in capsys.readouterr().err
    assert sorted(Path.cwd().iterdir()) == before
