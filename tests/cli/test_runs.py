"""training-run: what it prints, to the letter, and what it refuses."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.result.training import TRAINING_RUN_KEYS

LOG = "step,loss\n" + "".join(f"{i},{8 - i}.0\n" for i in range(5))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(LOG)
    Path("b.log").write_text("".join(f"step:{i}/3 train_loss:4.0\n" for i in range(1, 4)))
    Path("train.py").write_bytes(b"x = 1\n" * 100)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(("training-run", *arguments)) == code
    output = capsys.readouterr()
    return output.out if code == 0 else output.err


def test_a_run_is_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "a.csv", "--tokens-per-step", "1000") == (
        "Description length of the training data, learner's code included\n"
        "run    steps  logged  tokens  bytes  ±  bits a token  last loss × tokens  kind         verdict\n"
        "a.csv      5       5   5,000  5,410  0        8.6562               3,607  prequential  valid\n"
    )


def test_several_runs_are_compared_at_equal_data_the_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "a.csv", "b.log", "--tokens-per-step", "1000,1000", "--bytes-per-token", "4").splitlines()
    assert lines[5:] == [
        "At equal data: the first 3,000 tokens of each",
        "run    bytes  over the best  bits a token  kind",
        "b.log  2,164              0        5.7708  prequential",
        "a.csv  3,787          1,623       10.0989  prequential",
    ]


def test_code_is_compressed_counted_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("a.csv", "--tokens-per-step", "1", "--code", "train.py", "--code-codec", "bz2", "--json")
    row = json.loads(told(capsys, *arguments))
    assert row["code_codec"] == "bz2" and row["code_bits"] % 8 == 0 and row["code_bits"] > 100
    assert row["total_bits"] == pytest.approx(row["bits"] + row["code_bits"])
    assert tuple(row) == TRAINING_RUN_KEYS


def test_flags_stand_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "a.csv", "--tokens-per-step", "1000", "--dataset-tokens", "2000").splitlines()
    assert lines[2].endswith("not valid")
    assert lines[3:] == [
        "a.csv: not valid: repeated data: 5,000 tokens of a data set of 2,000 are 2.50 epochs; "
        "the first epoch alone counts",
        "a.csv: the first epoch takes 2,705 bytes",
    ]


def test_the_arithmetic_of_a_mean_loss_needs_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "--mean-loss", "1.584", "--all-tokens", "1.4e12", "--raw-bytes", "5.6e12")
    assert "399,915,065,334" in text and "14.003" in text
    assert text.endswith("arithmetic: the mean loss was given, no log was summed\n")


def test_curves_are_drawn_and_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("a.csv", "b.log", "--tokens-per-step", "10", "--plot", "curves.svg")
    told(capsys, *arguments)
    assert Path("curves.svg").read_bytes().startswith(b"<?xml")
    assert told(capsys, *arguments, code=2) == "Error: curves.svg exists; pass --force to replace it\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "name a LOG, or give --mean-loss and --all-tokens"),
        (("a.csv", "--mean-loss", "1"), 2, "name a LOG, or give --mean-loss and --all-tokens"),
        (("a.csv",), 1, "a.csv: how many tokens has a step? Say it with --tokens-per-step"),
        (("a.csv", "--tokens-per-step", "x"), 2, "--tokens-per-step 'x' is no number"),
        (("a.csv", "--tokens-per-step", "1,2"), 2, "--tokens-per-step has 2 numbers for 1 logs"),
        (("absent", "--tokens-per-step", "1"), 1, "absent: No such file or directory"),
        (("a.csv", "--tokens-per-step", "1", "--where", "x"), 2, "--where 'x' is no COLUMN=TEXT"),
        (("a.csv", "--tokens-per-step", "1", "--plot", "a.pdf"), 2, "a plot is written as .png or .svg"),
        (("--mean-loss", "1", "--all-tokens", "1", "--plot", "a.png"), 2, "a mean loss has no curve to --plot"),
        (("-", "-", "--tokens-per-step", "1"), 2, "standard input can be read once"),
    ],
)
def test_errors_say_what_was_wrong(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    error = told(capsys, *arguments, code=code)
    assert error.startswith("Error: ") and message in error


def told_epiplexity(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(("epiplexity", *arguments)) == code
    output = capsys.readouterr()
    return output.out if code == 0 else output.err


def test_epiplexity_of_a_constant_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("z").write_bytes(b"z" * 1000)
    assert told_epiplexity(capsys, "z", "--estimator", "auc") == (
        "Structure and randomness for the best net, in bits\n"
        "data  bytes   by  structural    ±  random  random a byte  structural part  alphabet  width  steps  kind\n"
        "z     1,000  auc         0.0  0.0     0.0         0.0000                -      16.0      0      0  "
        "prequential\n"
        "\n"
        "z, auc: least total by compute\n"
        "operations  width  steps  structural  random  total  kind\n"
        "0.00e+00        0      0         0.0     0.0    0.0  prequential\n"
    )


def test_epiplexity_has_a_row_for_each_estimator_and_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    Path("ab").write_bytes(b"ab" * 3000)
    arguments = ("ab", "--widths", "4", "--batch", "32", "--size", "3kB", "--json", "--plot", "fronts.svg")
    rows = [json.loads(line) for line in told_epiplexity(capsys, *arguments).splitlines()]
    assert [(row["estimator"], row["raw_bytes"], row["alphabet"]) for row in rows] == [
        ("auc", 3000, 2),
        ("req", 3000, 2),
    ]
    assert Path("fronts.svg").read_bytes().startswith(b"<?xml")


def test_epiplexity_refuses_what_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--widths 'x'" in told_epiplexity(capsys, "a.csv", "--widths", "x", code=2)
    assert "--size 'y'" in told_epiplexity(capsys, "a.csv", "--size", "y", code=2)
    assert "No such file" in told_epiplexity(capsys, "absent", code=1)
