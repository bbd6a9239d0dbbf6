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
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text)


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
