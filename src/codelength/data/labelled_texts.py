"""Texts with labels, as bytes: lines 'label<tab>text', or a folder of classes.

    FILE.txt, FILE.tsv     a text a line: label, tab, text
    FOLDER                 each folder in it is a class, each file of that a text; each file in it is a class, each of
                           its lines that is not blank a text

Bytes stay as they are: nothing is decoded but the labels.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from codelength.data.files import open_source
from codelength.data.names import printable
from codelength.errors import FormatError, SourceError


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Texts [n] and their labels [n]; no labels where they are not known.

    >>> LabelledTexts("t", (b"buy now",), ("spam",)).fingerprint[:8]
    'baa4e2a5'
    """

    name: str
    texts: tuple[bytes, ...]
    labels: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 over labels and texts."""
        digest = hashlib.sha256()
        for number, text in enumerate(self.texts):
            label = self.labels[number].encode() if self.labels else b""
            digest.update(b"%d %d " % (len(label), len(text)) + label + text)
        return digest.hexdigest()


def load_labelled_texts(source: str) -> LabelledTexts:
    """Labelled texts from a file of lines or a folder.

    Raises SourceError where it cannot be read, FormatError for a line without tab or label and where there is no text.
    """
    name = printable(source)
    path = Path(source)
    rows = _from_folder(path) if path.is_dir() else _from_lines(name, _read(source))
    if not rows:
        raise FormatError(f"{name}: there is no labelled text")
    return LabelledTexts(name, tuple(text for _, text in rows), tuple(label for label, _ in rows))


def load_texts(source: str) -> LabelledTexts:
    """Texts without labels, a line each; a blank line is an empty text."""
    lines = _read(source).split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise FormatError(f"{printable(source)}: there is no line")
    return LabelledTexts(printable(source), tuple(line.removesuffix(b"\r") for line in lines))


def _from_lines(name: str, data: bytes) -> list[tuple[str, bytes]]:
    rows = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        label, tab, text = line.removesuffix(b"\r").partition(b"\t")
        if not tab:
            raise FormatError(f"{name}: line {number:,} has no tab; a line is label, tab, text")
        if not label.strip():
            raise FormatError(f"{name}: line {number:,} has no label; leave unlabelled texts out")
        rows.append((label.strip().decode(errors="replace"), text))
    return rows


def _from_folder(path: Path) -> list[tuple[str, bytes]]:
    rows: list[tuple[str, bytes]] = []
    for place in sorted(path.iterdir()):
        if place.name.startswith("."):
            continue
        if place.is_dir():
            files = sorted(file for file in place.rglob("*") if file.is_file())
            rows += [(place.name, _read(str(file))) for file in files]
        else:
            lines = _read(str(place)).split(b"\n")
            rows += [(place.stem, line.removesuffix(b"\r")) for line in lines if line.strip()]
    if not rows:
        raise SourceError(f"{printable(str(path))}: no folder or file of a class is in this folder")
    return rows


def _read(source: str) -> bytes:
    with open_source(source) as stream:
        return bytes(stream.read())
