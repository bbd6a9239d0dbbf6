"""Names of files that can be printed anywhere, and errors that carry them."""

import contextlib
from collections.abc import Iterator

from codelength.errors import CodelengthError, SourceError

LOCAL_ERRORS: tuple[type[Exception], ...] = (OSError,)
REMOTE_ERRORS: tuple[type[Exception], ...] = (Exception,)  # a remote file system's library may raise anything


def printable(name: str) -> str:
    r"""A name as it can be shown on any terminal: what is no printable character is escaped.

    >>> printable("caf\udce9\x1b[1m\n")
    'caf\\xe9\\x1b[1m\\x0a'
    """
    return "".join(map(_shown, name))


@contextlib.contextmanager
def errors_named(name: str, errors: tuple[type[Exception], ...] = LOCAL_ERRORS) -> Iterator[None]:
    """What the system raises inside becomes a SourceError with the name; a broken pipe stays one.

    >>> with errors_named("a.txt"):
    ...     raise FileNotFoundError(2, "No such file or directory")
    Traceback (most recent call last):
    ...
    codelength.errors.SourceError: a.txt: No such file or directory
    """
    try:
        yield
    except (BrokenPipeError, CodelengthError):
        raise
    except errors as error:
        told = getattr(error, "strerror", None)
        if told is None:
            told = "No such file or directory" if isinstance(error, FileNotFoundError) else str(error)
        raise SourceError(f"{name}: {told or type(error).__name__}") from error


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    code -= 0xDC00 if 0xDC80 <= code <= 0xDCFF else 0  # a byte that is no UTF-8, as surrogateescape keeps it
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
