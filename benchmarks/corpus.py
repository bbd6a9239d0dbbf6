"""The files that benchmarks read: the ladder's, from ../shared/data and from the running Python; none is shipped."""

import functools
import gzip
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from benchmarks.record import SHARED_DATA

CANTERBURY = "corpora_canterbury_calgary/canterbury"
CALGARY = "corpora_canterbury_calgary/calgary"
PLACES = {
    "alice29.txt": f"{CANTERBURY}/alice29.txt",
    "book1": f"{CALGARY}/book1",
    "bible.txt": "corpora_canterbury_calgary/large/bible.txt",
    "dickens": "silesia/dickens.zip",
    "xml": "silesia/xml.zip",
    "kennedy.xls": f"{CANTERBURY}/kennedy.xls",
    "geo": f"{CALGARY}/geo",
    "mr": "silesia/mr.zip",
    "ecoli_first_half": "dna/ecoli_first_half.txt",
    "kodim01.bmp": "kodak/01.png",
    "kodim05.bmp": "kodak/05.png",
    "enwik6": "enwik/enwik6",
    "libc": "libc/libc.so",
}
LIBRARY = "Python's library"
LADDER_FILES = (*PLACES, LIBRARY)
TEXTS = ("alice29.txt", "book1", "bible.txt", "dickens", "xml")


@functools.cache
def load(name: str) -> bytes | None:
    """A file of the ladder by its name; None where it is absent."""
    if name == LIBRARY:
        return b"".join(path.read_bytes() for path in library_files())
    place = SHARED_DATA / PLACES[name]
    if not place.exists():
        return None
    return bitmap(place) if place.suffix == ".png" else unpacked(place)


def need(name: str) -> bytes:
    """A file of the ladder; FileNotFoundError where it is absent."""
    data = load(name)
    if data is None:
        raise FileNotFoundError(f"{SHARED_DATA / PLACES[name]} is absent; the benchmarks read it and do not ship it")
    return data


def library_files() -> list[Path]:
    """The standard library's sources of the running Python: the *.py at its top, sorted by name."""
    return sorted(Path(os.__file__).parent.glob("*.py"))


def unpacked(place: Path) -> bytes:
    """A file's bytes; a .zip's only member, a .gz's content."""
    if place.suffix == ".zip":
        with zipfile.ZipFile(place) as archive:
            return archive.read(archive.namelist()[0])
    data = place.read_bytes()
    return gzip.decompress(data) if place.suffix == ".gz" else data


def bitmap(place: Path) -> bytes:
    """A PNG photograph as a 24-bit bottom-up BMP with a header of 54 bytes."""
    from matplotlib.image import imread

    pixels = np.rint(np.asarray(imread(place))[..., :3] * 255).astype(np.uint8)  # [height, width, red green blue]
    return as_bitmap(pixels)


def as_bitmap(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    """Pixels [height, width, 3] as a 24-bit bottom-up BMP with a header of 54 bytes."""
    height, width = pixels.shape[:2]
    rows = np.zeros((height, -(-3 * width // 4) * 4), np.uint8)
    rows[:, : 3 * width] = pixels[::-1, :, ::-1].reshape(height, 3 * width)
    file_header = b"BM" + np.array([54 + rows.size, 0, 54], "<u4").tobytes()
    shape = np.array([40, width, height], "<u4").tobytes() + np.array([1, 24], "<u2").tobytes()
    return file_header + shape + np.array([0, rows.size, 3780, 3780, 0, 0], "<u4").tobytes() + rows.tobytes()


def verses(name: str) -> bytes:
    """The text of a Bible in JSON, a verse a line."""
    place = SHARED_DATA / "bible_full_json" / f"{name}.json"
    books = json.loads(place.read_text(encoding="utf-8-sig"))
    return "\n".join(verse for book in books for chapter in book["chapters"] for verse in chapter).encode()
