"""Thirty real pairs X, Y from the shared data: languages, books, code, tables, logs, a genome and seismic data.

A source is `path` or `archive!member`; XML loses its tags, JSON its syntax, Project Gutenberg's files their heading.
`path#2` is the second half of the data: X and Y of one source never overlap.
"""

import gzip
import io
import json
import re
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

X_BYTES, Y_BYTES = 200_000, 100_000


class Pair(NamedTuple):
    """Two sources and what they are to each other."""

    kind: str
    x: str
    y: str


CALGARY, CANTERBURY = "corpora_canterbury_calgary/calgary", "corpora_canterbury_calgary/canterbury"
BIBLE = "corpora_canterbury_calgary/large/bible.txt"
UDHR = "udhr/udhr_xml.tar.gz!udhr/udhr"
PAIRS = (
    Pair("language", "multi30k/train.en.gz", "multi30k/train.fr.gz"),
    Pair("language", "multi30k/train.en.gz", "multi30k/train.de.gz"),
    Pair("language", BIBLE, "bible_full_json/es_rvr.json"),
    Pair("language", "bible_nt_xml/Swahili-NT.xml", "bible_nt_xml/Zulu-NT.xml"),
    Pair("language", "bible_nt_xml/Latvian-NT.xml", "bible_nt_xml/Estonian-PART.xml"),
    Pair("language", "bible_nt_xml/Manx-PART.xml", "bible_nt_xml/Wolof-NT.xml"),
    Pair("language", f"{UDHR}_spa.xml", f"{UDHR}_por_PT.xml"),
    Pair("language", f"{UDHR}_dan.xml", f"{UDHR}_nob.xml"),
    Pair("book", "gutenberg/pg1342.txt", "gutenberg/pg1342.txt#2"),
    Pair("book", "gutenberg/pg2600.txt", "gutenberg/pg2600.txt#2"),
    Pair("book", "gutenberg/pg1184.txt", "gutenberg/pg1342.txt"),
    Pair("book", "gutenberg/pg2600.txt", f"{CANTERBURY}/alice29.txt"),
    Pair("book", f"{CALGARY}/book1", f"{CANTERBURY}/asyoulik.txt"),
    Pair("book", "silesia/dickens.zip!dickens", f"{CALGARY}/book1"),
    Pair("book", BIBLE, f"{BIBLE}#2"),
    Pair("book", "wikitext2/wiki.valid.tokens", f"{CANTERBURY}/lcet10.txt"),
    Pair("code", f"{CALGARY}/progc", f"{CANTERBURY}/fields.c"),
    Pair("code", f"{CALGARY}/progc", f"{CALGARY}/progl"),
    Pair("code", f"{CALGARY}/paper1", f"{CALGARY}/paper3"),
    Pair("code", "silesia/xml.zip!xml", "silesia/xml.zip!xml#2"),
    Pair("table", "tabular/adult-train.csv", "tabular/adult-train.csv#2"),
    Pair("table", "tabular/winequality-white.csv", "tabular/winequality-white.csv#2"),
    Pair("table", "tabular/abalone.csv", "tabular/abalone.csv#2"),
    Pair("table", "tabular/phoneme.csv", "tabular/sonar.csv"),
    Pair("table", f"{CANTERBURY}/kennedy.xls", f"{CANTERBURY}/kennedy.xls#2"),
    Pair("log", "loghub/Linux_2k.log", "loghub/OpenSSH_2k.log"),
    Pair("log", "loghub/HDFS_2k.log", "loghub/Spark_2k.log"),
    Pair("log", "loghub/Android_2k.log", "loghub/Android_2k.log#2"),
    Pair("other", "dna/ecoli_first_half.txt", "dna/ecoli_first_half.txt#2"),
    Pair("other", f"{CALGARY}/geo", f"{CALGARY}/geo#2"),
)


def read_pair(folder: Path, pair: Pair) -> tuple[bytes, bytes]:
    """X, at most 200,000 bytes, and Y, at most 100,000 bytes."""
    return read_source(folder, pair.x)[:X_BYTES], read_source(folder, pair.y)[:Y_BYTES]


def read_source(folder: Path, source: str) -> bytes:
    """The bytes that a source stands for; of a source with halves, one half."""
    place, _, half = source.partition("#")
    path, _, member = place.partition("!")
    data = _plain(place, _bytes(folder / path, member))
    if not half:
        return data[: len(data) // 2] if any(source + "#2" in (pair.x, pair.y) for pair in PAIRS) else data
    return data[len(data) // 2 :]


def _bytes(path: Path, member: str) -> bytes:
    data = path.read_bytes()
    if path.name.endswith(".tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            file = archive.extractfile(member)
            return file.read() if file else b""
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return packed.read(member)
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _plain(place: str, data: bytes) -> bytes:
    if place.endswith(".xml"):
        data = data[data.find(b"<text") :] if b"<text" in data else data
        return re.sub(rb"\s*\n\s*", b"\n", re.sub(rb"<[^>]*>", b"", data)).strip() + b"\n"
    if b"*** START OF" in data[:4000]:
        return data[data.index(b"\n", data.index(b"*** START OF")) + 1 :]
    if place.endswith(".json"):
        books = json.loads(data.decode("utf-8-sig"))
        return "\n".join(verse for book in books for chapter in book["chapters"] for verse in chapter).encode()
    return data
