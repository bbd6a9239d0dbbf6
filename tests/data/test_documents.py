"""Documents from folders, JSON lines, Parquet and lines; what is wrong is said with its place."""

import json
import sys
from pathlib import Path

import pytest

from codelength.data.documents import Document, documents
from codelength.data.rows import write_rows
from codelength.errors import FormatError, SourceError, UsageError


def test_a_folder_holds_a_document_a_file_and_its_json_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"two\nlines\n")
    (tmp_path / "b.jsonl").write_text('{"text": "x"}\n\n{"text": "y", "id": 7}\n')
    assert list(documents(str(tmp_path))) == [
        Document("a.txt", b"two\nlines\n"),
        Document("b.jsonl:1", b"x"),
        Document("7", b"y"),
    ]


def test_a_folder_of_one_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"two\nlines\n")
    assert [document.text for document in documents(str(tmp_path))] == [b"two\nlines\n"]


def test_a_text_file_holds_a_document_a_line_whatever_its_bytes(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_bytes(b"caf\xe9\r\n  \n\nlast")
    assert list(documents(str(place))) == [Document("1", b"caf\xe9"), Document("4", b"last")]


def test_a_line_longer_than_what_is_read_at_once_is_one_document(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_bytes(b"a" * 2_500_000 + b"\nb")
    assert [len(document.text) for document in documents(str(place))] == [2_500_000, 1]


def test_documents_can_be_read_again(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_bytes(b"one\ntwo\n")
    found = documents(str(place))
    assert list(found) == list(found)


def test_parquet_is_read_as_json_lines_are_and_rows_come_back(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    place = tmp_path / "a.parquet"
    write_rows(str(place), [json.dumps({"id": "a", "body": "one"}), json.dumps({"id": None, "body": "two"})])
    found = list(documents(str(place), text_field="body"))
    assert found == [Document("a", b"one"), Document("2", b"two")]
    with pytest.raises(FormatError, match="no field 'text'; it has body, id; name one by --text-field"):
        list(documents(str(place)))


def test_what_is_no_parquet_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    place = tmp_path / "a.parquet"
    place.write_bytes(b"PAR1 is not enough")
    with pytest.raises(SourceError, match=r"a\.parquet"):
        list(documents(str(place)))


def test_parquet_without_pyarrow_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.parquet"
    place.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'codelength\[parquet\]'"):
        list(documents(str(place)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"[1]", "line 2: list where an object"),
        (b"{", "line 2: no JSON"),
        (b'{"text": "\xe9"}', "line 2: not UTF-8"),
        (b'{"body": "x"}', "line 2: there is no field 'text'; it has body"),
        (b'{"text": 3}', "line 2: field 'text' holds int"),
        (b'{"text": null}', "line 2: field 'text' holds NoneType"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: bytes, told: str) -> None:
    place = tmp_path / "a.jsonl"
    place.write_bytes(b'{"text": "good"}\n' + line + b"\n")
    with pytest.raises(FormatError, match=told):
        list(documents(str(place)))


def test_a_field_for_identifiers_that_is_missing_is_named(tmp_path: Path) -> None:
    place = tmp_path / "a.jsonl"
    place.write_text('{"text": "good"}\n')
    with pytest.raises(FormatError, match="no field 'key'; it has text; name one by --id-field"):
        list(documents(str(place), id_field="key"))


def test_half_of_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "a.jsonl"
    place.write_text('{"text": "\\ud83d"}\n')
    assert next(iter(documents(str(place)))).text == b"\xed\xa0\xbd"
