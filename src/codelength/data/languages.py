"""Texts that teach a language: by the name of one that comes with the package (languages/LICENCE.md), or any file."""

import lzma
from importlib.resources import files

from codelength.data.files import load
from codelength.data.names import printable
from codelength.errors import DataError, SourceError

LANGUAGES = ("english", "manx", "spanish")


def language_text(source: str) -> tuple[str, str]:
    """The name of a language and a text in it: a name of this package's, or a file (folder, URL, ...) of UTF-8 text.

    Raises SourceError where it is neither, DataError where what was read is not text.

    >>> name, text = language_text("manx")
    >>> name, len(text.split()) > 50_000
    ('manx', True)
    """
    if source in LANGUAGES:
        packed = files("codelength.data").joinpath("languages", f"{source}.txt.xz").read_bytes()
        return source, lzma.decompress(packed).decode("utf-8")
    try:
        loaded = load(source)
    except SourceError as error:
        raise SourceError(
            f"{error}; a language is one that comes with the package ({', '.join(LANGUAGES)}) or a text in it"
        ) from None
    try:
        return loaded.name, loaded.joined.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{printable(source)} is not UTF-8 text (byte {error.start:,}); convert it, such as with iconv -t utf-8"
        ) from None
