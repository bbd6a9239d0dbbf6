"""The verb labels: its tables, its JSON, its picture and its errors."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from codelength.cli.main import run
from codelength.result.labels import LABELS_KEYS

TABLE = "size,colour,kind\n" + "".join(f"{i},{'red' if i % 3 else 'blue'},{'ab'[i % 3 > 0]}\n" for i in range(40))


class Shell:
    """Runs the verb in a folder that holds t.csv."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Standard output, seconds masked; standard error where the code is not 0."""
        assert run(("labels", *arguments)) == code
        output = self._capture.readouterr()
        return re.sub(r" +\d+\.\d\d$", " S", output.out, flags=re.MULTILINE) if code == 0 else output.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    return Shell(capsys)


def test_learners_come_best_first_with_their_kind(shell: Shell) -> None:
    lines = shell("t.csv", "--learner", "majority,knn:k=3,uniform").splitlines()
    assert lines[0] == "t.csv: 40 labels of 2 classes, online; 40.0 bits uniform, 40.4 by their frequencies"
    assert [line.split()[0] for line in lines[2:]] == ["knn:k=3", "uniform", "majority"]
    assert lines[3] == "uniform   40.0          1.0000       1.00x           1.01x              -  prequential S"


def test_json_has_the_documented_keys_one_object_a_line(shell: Shell) -> None:
    rows = [
        json.loads(line) for line in shell("t.csv", "--learner", "knn,uniform", "--seeds", "2", "--json").splitlines()
    ]
    assert [tuple(row) for row in rows] == [LABELS_KEYS] * 2
    assert rows[1]["seeds"] == [0, 1] and rows[1]["interval_bits"] == [40.0, 40.0]
    assert rows[1]["curve"][-1] == [40, 40.0] and rows[0]["kind"] == "prequential"


def test_a_feature_that_tells_the_label_is_worth_most(shell: Shell) -> None:
    lines = shell("t.csv", "--learner", "knn:k=1", "--ablate").splitlines()
    assert lines[4].startswith("What features are worth to knn:k=1")
    assert [line.split()[0] for line in lines[6:]] == ["colour", "size"]


def test_random_labels_are_paid_for_and_cost_less_than_the_net_that_has_them_by_heart(shell: Shell) -> None:
    numbers = np.random.default_rng(0).normal(size=(40, 12))
    lines = [",".join(f"{number:.3f}" for number in row) + f",{'ab'[int(row[0] > 0)]}" for row in numbers]
    Path("wide.csv").write_text("\n".join([",".join(f"c{i}" for i in range(12)) + ",kind", *lines]))
    arguments = ("wide.csv", "--learner", "logistic", "--random-labels", "--json")
    rows = [json.loads(line) for line in shell(*arguments).splitlines()]
    found = {(row["truth"], row["model_bits"] > 0): row for row in rows}
    assert found["true", False]["total_bits"] < 35 < found["random", False]["total_bits"]
    assert found["random", True]["total_bits"] > 1000
    assert {row["kind"] for row in rows} == {"prequential", "ideal"}


def test_blocks_are_dearer_than_learning_online(shell: Shell) -> None:
    bits = {
        protocol: json.loads(shell("sklearn:iris", "--learner", "knn", "--protocol", protocol, "--json"))["bits"]
        for protocol in ("online", "blocks", "voita-titov")
    }
    assert bits["online"] < bits["blocks"] < 238 and bits["online"] < bits["voita-titov"] < 238


def test_the_curves_are_drawn_and_not_replaced(shell: Shell) -> None:
    shell("t.csv", "--learner", "knn,uniform", "--plot", "curves.svg")
    assert Path("curves.svg").read_bytes().startswith(b"<?xml")
    assert "exists" in shell("t.csv", "--learner", "knn", "--plot", "curves.svg", code=2)


def test_the_learners_are_listed_with_their_options(shell: Shell) -> None:
    assert "  k=5  neighbours; 1 to 1000" in shell("t.csv", "--learner", "list")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("t.csv", "--learner", "kmn"), 2, "Error: there is no learner 'kmn'; did you mean knn?\n"),
        (
            ("t.csv", "--label", "sort", "--learner", "knn"),
            2,
            "Error: t.csv has no column 'sort'; it has size, colour, kind\n",
        ),
        (("absent.csv",), 1, "Error: absent.csv: No such file or directory\n"),
        (
            ("t.csv", "--ablate", "--random-labels"),
            2,
            "Error: --ablate and --random-labels are two questions; ask one at a time\n",
        ),
    ],
)
def test_errors_say_what_was_wrong(shell: Shell, arguments: tuple[str, ...], code: int, message: str) -> None:
    assert shell(*arguments, code=code) == message
