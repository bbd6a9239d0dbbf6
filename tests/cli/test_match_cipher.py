"""The verbs match cipher and match encipher, one after the other, and their errors."""

import json
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.data.bundled import bundled

PLAIN = bundled("pride_2.txt").joined.decode()[2_000:2_500]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("plain.txt").write_text(PLAIN)
    Path("austen.txt").write_bytes(bundled("pride_1.txt").joined)
    return tmp_path


def shown(capture: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(("match", *arguments)) == code
    output = capture.readouterr()
    return output.err if code else output.out


def test_what_encipher_writes_cipher_reads(capsys: pytest.CaptureFixture[str]) -> None:
    shown(capsys, "encipher", "plain.txt", "--language", "austen.txt", "-o", "c.txt", "--key", "true.tsv")
    out = shown(
        *(capsys, "cipher", "c.txt", "--language", "austen.txt", "--no-null", "--restarts", "6", "--workers", "1"),
        *("--key", "found.tsv"),
    )
    letters = "".join(sign for sign in PLAIN.lower() if sign.isalpha())
    assert letters[:80] in out
    assert "unmapped  mapped  the map" in out and "one-to-one" in out
    truth = dict(line.split("\t") for line in Path("true.tsv").read_text().splitlines())
    found = dict(line.split("\t") for line in Path("found.tsv").read_text().splitlines())
    assert sum(found[symbol] == letter for symbol, letter in truth.items()) >= len(truth) - 3


def test_words_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    shown(capsys, "encipher", "plain.txt", "--language", "austen.txt", "--spaces", "-o", "c.txt")
    out = shown(
        *(capsys, "cipher", "c.txt", "--language", "austen.txt", "--restarts", "3", "--workers", "1", "--json"),
    )
    values = json.loads(out)
    assert " ".join(PLAIN.split()[1:4]).lower() in values["plaintext"]
    assert values["verdict"] == "found" and values["margin_bits"] is not None and values["bits"] > 0
    assert values["y"] == "austen.txt" and values["null_bits"] > values["bits"]


def test_homophones_are_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, "encipher", "plain.txt", "--symbols", "40", "--columns", "5")
    assert 30 < len(set(out.split())) <= 40


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("cipher", "absent.txt"), 1, "absent.txt"),
        (("cipher", "plain.txt", "--language", "klingon"), 1, "english, manx, spanish"),
        (("cipher", "empty.txt", "--language", "austen.txt"), 1, "has no symbols"),
        (("cipher", "plain.txt", "--key", "austen.txt"), 2, "exists; pass --force"),
        (("encipher", "plain.txt", "--symbols", "3"), 2, "cannot stand for"),
        (("encipher", "plain.txt", "--spaces", "--columns", "3"), 2, "--spaces goes with"),
        (("encipher", "empty.txt", "--language", "austen.txt"), 1, "nothing to encipher"),
        (("cipher", "plain.txt", "--language", "empty.txt"), 1, "different letters"),
    ],
)
def test_errors_say_what_is_wrong(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("empty.txt").write_text("")
    assert said in shown(capsys, *arguments, code=code)
    assert sorted(path.name for path in Path().iterdir()) == ["austen.txt", "empty.txt", "plain.txt"]
