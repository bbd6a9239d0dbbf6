"""The verbs bounds and exchangeable: tables, JSON and what they refuse."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.data.bundled import bundled
from codelength.result.bounds import BOUND_KEYS
from codelength.result.exchangeability import EXCHANGEABILITY_KEYS

GIVEN = ("bounds", "--train-error", "0.06", "--bits", "2500", "--n", "60000")


def test_the_tightest_comes_first_and_assumptions_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(GIVEN) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[:4] == ["Occam,", "binomial", "0.133986", "with"]
    assert "a: the samples are independent draws of one distribution" in lines
    assert any(line.endswith(" --vc-dimension") for line in lines)


def test_json_has_an_object_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert run((*GIVEN, "--delta", "0.01", "--for-error", "0.1", "--json")) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(tuple(row) == BOUND_KEYS for row in rows)
    computed = [row for row in rows if row["needs"] is None and row["n_for_error"] is None]
    assert [row["value"] for row in computed] == sorted(row["value"] for row in computed)
    assert computed[0]["delta"] == 0.01
    assert any(row["n_for_error"] and row["value"] == 0.1 for row in rows)
    assert any(row["needs"] == "vc_dimension" and row["value"] is None for row in rows)


def test_a_plain_file_pays_for_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    assert run((*GIVEN, "--plain", "--json")) == 0
    longer = json.loads(capsys.readouterr().out.splitlines()[0])["value"]
    assert 0.133986 < longer < 0.1345


def test_sample_sizes_have_their_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("bounds", "--train-error", "0", "--bits", "1000", "--for-error", "0.01")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Samples until a bound on the error is at most 0.01, all else as given"
    assert lines[2].split() == ["Occam,", "kl", "69,266", "with", "0.95"]


def test_a_language_model_has_a_table_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--train-bits", "3", "--bits", "1e6", "--tokens", "10000000", "--vocabulary", "1000")
    assert run(("bounds", *arguments, "--smoothing", "0.1")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The loss of a language model"
    assert lines[1].split()[:2] == ["bound", "bits"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no bound can be computed; give at least --train-error, --bits and --n"),
        (("--train-error", "1.5", "--bits", "1", "--n", "10"), "train_error is 1.5; it must lie between 0 and 1"),
        (("--plain",), "--plain needs --bits, the whole number of bits of a file"),
        (("--train-error", "0.1", "--bits", "10", "--for-error", "0"), "error is 0.0; it must lie between 0 and 1"),
    ],
)
def test_errors_say_what_was_wrong(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(("bounds", *arguments)) == 2
    assert capsys.readouterr().err.startswith(f"Error: {message}")


def test_lines_of_two_books_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = []
    for name in ("pride_2.txt", "war.txt"):
        path = tmp_path / name
        path.write_bytes(b"\n".join(bundled(name).joined.split(b"\n")[:400]))
        sources.append(str(path))
    assert run(("exchangeable", *sources, "--with", "counts:order=2")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["items", "read", "bits", "saved", "e-value", "kind"]
    assert lines[-1].endswith("told apart: no draws of one distribution at alpha = 0.05")
    assert run(("exchangeable", *sources, "--with", "counts:order=2", "--stop", "--json")) == 0
    row = json.loads(capsys.readouterr().out)
    assert tuple(row) == EXCHANGEABILITY_KEYS
    assert row["told_apart"]
    assert row["items_read"] < row["train_items"] + row["test_items"]


def test_labelled_data_are_told_apart_by_a_learner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, shift in (("a.csv", 0), ("b.csv", 3)):
        (tmp_path / name).write_text("v,kind\n" + "".join(f"{i * 7 % 5 + shift},{i % 2}\n" for i in range(80)))
    sources = (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert run(("exchangeable", *sources, "--learner", "knn", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["told_apart"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--with", "counts", "--learner", "knn"), "--with names a model for texts, --learner one for labelled data"),
        (("--with", "bz2"), "bz2 does not say what each byte costs"),
        (("--learner", "kmn"), "there is no learner 'kmn'"),
        (("--with", "counts", "--alpha", "2"), "alpha is 2.0"),
    ],
)
def test_exchangeable_says_what_was_wrong(
    options: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    assert run(("exchangeable", str(path), str(path), *options)) == 2
    assert capsys.readouterr().err.startswith(f"Error: {message}")
