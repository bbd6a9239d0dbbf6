"""Ciphertexts in all their writings, and texts that teach languages."""

from pathlib import Path

import numpy as np
import pytest

from codelength.data.ciphertexts import MOST_SYMBOLS, read_ciphertext
from codelength.data.languages import LANGUAGES, language_text
from codelength.errors import DataError, SourceError


@pytest.mark.parametrize(
    ("data", "symbols", "codes"),
    [
        (b"ABCA\nBAC\n", ("A", "B", "C"), [0, 1, 2, 0, 1, 0, 2]),
        (b"12 7,12;\r\n7 30 12 7 30 12", ("12", "7", "30"), [0, 1, 0, 1, 2, 0, 1, 2, 0]),
        ("ДЖДЖ".encode(), ("Д", "Ж"), [0, 1, 0, 1]),
        (b"\xba\xcb\xba", ("º", "Ë"), [0, 1, 0]),
        ("A\u00a0A".encode(), ("A", "\u00a0"), [0, 1, 0]),
        (b"#CATALOG NAME: 7\nXYX", ("X", "Y"), [0, 1, 0]),
        (b"^a b7 ^a oo b7 ^a oo ^a b7", ("^a", "b7", "oo"), [0, 1, 0, 2, 1, 0, 2, 0, 1]),
    ],
)
def test_symbols_are_told_apart(data: bytes, symbols: tuple[str, ...], codes: list[int]) -> None:
    text = read_ciphertext("c", data)
    assert (text.symbols, text.codes.tolist(), text.has_blanks) == (symbols, codes, False)


def test_words_are_kept_apart_where_they_look_like_words() -> None:
    text = read_ciphertext("c", b"UIF RVJDL CSPXO\nGPY KVNQT PW")
    assert text.has_blanks and int((text.codes < 0).sum()) == 5
    assert text.written() == "UIF RVJDL CSPXO GPY KVNQT PW"
    assert not read_ciphertext("c", b"UIF RVJDL CSPXO GPY", blanks="drop").has_blanks
    assert not read_ciphertext("c", b"ABCDE FGHIJ KLMNO PQRST").has_blanks  # groups of five are no words


def test_lines_of_one_length_are_known() -> None:
    assert read_ciphertext("c", b"ABCD\nABCD\nAB\n").line_symbols == 4
    assert read_ciphertext("c", b"ABCD\nABC\nAB\n").line_symbols == 0


def test_bytes_are_symbols_whatever_they_encode() -> None:
    assert len(read_ciphertext("c", "Д".encode() * 3, symbols="bytes").symbols) == 2


@pytest.mark.parametrize("data", [b"", b" \n\t "])
def test_nothing_is_no_ciphertext(data: bytes) -> None:
    with pytest.raises(DataError, match="has no symbols"):
        read_ciphertext("c", data)


def test_every_token_another_is_no_substitution_cipher() -> None:
    with pytest.raises(DataError, match="no substitution cipher"):
        read_ciphertext("c", " ".join(map(str, range(MOST_SYMBOLS + 1))).encode())


def test_what_is_no_text_must_be_taken_as_bytes() -> None:
    with pytest.raises(DataError, match="--symbols bytes"):
        read_ciphertext("c", b"\xff\xfe\xfd", symbols="characters")


@pytest.mark.parametrize("name", LANGUAGES)
def test_languages_hold_no_words_of_their_publishers(name: str) -> None:
    got, text = language_text(name)
    assert got == name and len(text) > 400_000
    assert "gutenberg" not in text
    assert set(np.unique(list(text))) - set("abcdefghijklmnopqrstuvwxyz ") < set("áéíóúüñçèàâêîôûöäëïæœ")


def test_a_language_may_be_a_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("own words")
    assert language_text(str(tmp_path / "own.txt"))[1] == "own words"
    with pytest.raises(SourceError, match="english, manx, spanish"):
        language_text("klingon")
    (tmp_path / "bad.txt").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match="not UTF-8 text"):
        language_text(str(tmp_path / "bad.txt"))
