"""Pairs of words of two languages, a line a pair: `x<tab>y`, `x y` or `x ||| y`; # begins a comment."""

from collections.abc import Mapping

from codelength.errors import DataError, FormatError

Dictionary = Mapping[str, frozenset[str]]  # for each word of X its translations


def read_dictionary(data: bytes, name: str) -> Dictionary:
    """The pairs of a file in UTF-8, in one case; FormatError with the line where it holds no pair.

    >>> read_dictionary(b"# toy\\ndog\\tchien\\ndog ||| chienne\\ncat chat\\n", "toy")["cat"]
    frozenset({'chat'})
    """
    try:
        lines = data.decode("utf-8-sig").lower().splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: byte {error.start} is no UTF-8") from error
    found: dict[str, set[str]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        pair = [part.strip() for part in _parts(line)]
        if len(pair) != 2 or not all(pair):
            raise FormatError(f"{name}: line {number} is no pair of words; write `x<tab>y`, `x y` or `x ||| y`")
        found.setdefault(pair[0], set()).add(pair[1])
    if not found:
        raise DataError(f"{name} holds no pairs of words")
    return {word: frozenset(others) for word, others in found.items()}


def _parts(line: str) -> list[str]:
    for mark in ("|||", "\t"):
        if mark in line:
            return line.split(mark)
    return line.split()
