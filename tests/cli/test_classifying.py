"""The verb classify: its tables, its JSON, folders of classes and its errors."""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from codelength.cli.main import run
from codelength.result.classification import TOLD_APART_KEYS, TOLD_KEYS

SPORT = ("the team won the match", "a late goal won it", "the coach and the team", "match lost by a goal")
MONEY = ("shares of the bank fell", "the bank lent more", "profit and shares rose", "a loan from the bank")
LINES = "".join(
    f"sport\t{text} {i}\nmoney\t{other} {i}\n" for i in range(5) for text, other in zip(SPORT, MONEY, strict=True)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("train.tsv").write_text(LINES)
    Path("texts.txt").write_bytes(b"the goal of the match\nshares and profit\n\n")
    Path("test.tsv").write_bytes(b"sport\tthe goal of the match\nmoney\tshares of a bank\r\nweather\train\n")
    return tmp_path


def shown(capture: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(("classify", *arguments)) == code
    output = capture.readouterr()
    return output.err if code else output.out


def test_each_text_gets_its_label_and_the_training_labels_their_bits(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "train.tsv", "texts.txt").splitlines()
    assert lines[0].startswith("texts.txt: 3 texts; bits for the label against the runner-up")
    assert lines[1].split() == ["text", "label", "probability", "runner-up", "bits", "bits", "per", "byte"]
    assert [line.split()[1] for line in lines[2:4]] == ["sport", "money"]
    assert lines[6] == "2 classes learnt from train.tsv"
    assert lines[8].startswith("labels of TRAIN      40") and lines[8].endswith("prequential")


def test_true_labels_are_checked_and_cost_bits(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, "train.tsv", "test.tsv", "--labelled", "--explain", "2", "--json").splitlines()
    rows = [json.loads(line) for line in out]
    assert [tuple(row) for row in rows[:3]] == [TOLD_KEYS] * 3 and tuple(rows[3]) == TOLD_APART_KEYS
    assert [row["label"] for row in rows[:2]] == ["sport", "money"]
    assert {row["kind"] for row in rows} == {"ideal", "prequential"}
    assert rows[0]["words"][0][0] in ("goal", "match") and len(rows[0]["words"]) == 2
    assert rows[0]["label_bits"] < 1 and rows[2]["truth"] == "weather" and rows[2]["label_bits"] is None
    assert (rows[3]["asked"], rows[3]["right"], rows[3]["label_bits"]) == (3, 2, None)
    assert rows[3]["train_label_bits"] < rows[3]["train_frequency_bits"]
    low, high = rows[3]["interval"]
    assert low < rows[3]["accuracy"] < high


def test_brief_shows_the_summary_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "train.tsv", "test.tsv", "--labelled", "--brief").startswith("2 classes learnt from train.tsv")
    assert len(shown(capsys, "train.tsv", "--json").splitlines()) == 1


def test_a_folder_holds_a_folder_or_a_file_of_lines_for_each_class(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "classes" / "sport").mkdir(parents=True)
    for number, text in enumerate(SPORT * 3):
        (folder / "classes" / "sport" / f"{number}.txt").write_text(text)
    (folder / "classes" / "money.txt").write_text("\n\n".join(MONEY * 3) + "\n")
    rows = [json.loads(line) for line in shown(capsys, "classes", "texts.txt", "--json").splitlines()]
    assert [row["label"] for row in rows[:2]] == ["sport", "money"]
    assert (rows[3]["trained_on"], rows[3]["classes"]) == (24, 2)


def test_texts_come_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"a goal by the coach"), isatty=lambda: False))
    rows = [json.loads(line) for line in shown(capsys, "train.tsv", "-", "--json").splitlines()]
    assert [row.get("label") for row in rows] == ["sport", None]


def test_texts_that_are_no_utf8_are_texts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "odd.tsv").write_bytes(b"a\t\xff\xfe\xff\xfe\nb\t\x80\x81\x80\x81\n" * 4)
    (folder / "odd.txt").write_bytes(b"\xff\xfe\n\x80\x81\n")
    rows = [json.loads(line) for line in shown(capsys, "odd.tsv", "odd.txt", "--json").splitlines()]
    assert [row["label"] for row in rows[:2]] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "arguments", "code", "message"),
    [
        (b"no tab\n", ("bad.tsv",), 1, "Error: bad.tsv: line 1 has no tab; a line is label, tab, text\n"),
        (b"a\tb\n \tc\n", ("bad.tsv",), 1, "Error: bad.tsv: line 2 has no label; leave unlabelled texts out\n"),
        (b"\n\n", ("bad.tsv",), 1, "Error: bad.tsv: there is no labelled text\n"),
        (b"", ("train.tsv", "bad.tsv"), 1, "Error: bad.tsv: there is no line\n"),
        (b"", ("absent.tsv",), 1, "Error: absent.tsv: No such file or directory\n"),
        (
            b"",
            ("train.tsv", "--labelled"),
            2,
            "Error: --labelled, --explain, --workers, --cluster and --resume are about TEXTS; name them\n",
        ),
    ],
)
def test_errors_say_what_was_wrong(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    arguments: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    (folder / "bad.tsv").write_bytes(content)
    assert shown(capsys, *arguments, code=code) == message


def test_one_class_is_told_without_a_runner_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "one.tsv").write_text("x\ta text\nx\tanother\n")
    row = json.loads(shown(capsys, "one.tsv", "texts.txt", "--explain", "3", "--json").splitlines()[0])
    assert (row["label"], row["probability"], row["margin_bits"], row["words"]) == ("x", 1.0, 0.0, [])
