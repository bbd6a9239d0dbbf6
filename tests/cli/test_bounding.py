"""The verb bounds: its tables, its JSON and what it refuses."""

import json

import pytest

from codelength.cli.main import run
from codelength.result.bounds import BOUND_KEYS

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
