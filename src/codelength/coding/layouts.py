"""How a Python file can carry bytes and the code that reads them, in as few bytes as a plain `python FILE.py` runs.

- `literal`: an expression of printable characters; for small data.
- `latin`: `#coding:l1` and the bytes as characters of a string; only NUL, carriage return, backslash and some quotes
  are escaped (no version of Python has to read a NUL in source text, which 3.12 and later refuse).
- `zipped`: the bytes, and behind them a zip archive whose `__main__.py` is deflated. Python runs a zip file whatever
  its name is, and looks for it from the end. That costs 109 bytes and packs the code too. The name in the archive's
  local header is empty (only its directory is read), so some zip tools warn.
"""

import struct
import zlib
from collections.abc import Iterable

from codelength.units import KIB

_MAIN = b"__main__.py"


def deflate(data: bytes, prior: bytes = b"") -> bytes:
    """The least raw deflate code of data that zlib finds, after a prior text of which it sees the last 32,506 bytes.

    >>> zlib.decompress(deflate(b"abc" * 9), -15) == b"abc" * 9
    True
    """

    def attempts() -> Iterable[bytes]:
        for memory in range(1, 10) if len(data) <= 64 * KIB else (8, 9):
            for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED):
                if prior:
                    packer = zlib.compressobj(9, zlib.DEFLATED, -15, memory, strategy, prior[-32506:])
                else:
                    packer = zlib.compressobj(9, zlib.DEFLATED, -15, memory, strategy)
                yield packer.compress(data) + packer.flush()

    return min(attempts(), key=len)


def latin_literal(data: bytes) -> bytes:
    """Data as a string literal in a latin-1 source, with an escape only where the tokenizer needs one.

    >>> latin_literal(bytes([0, 65, 92, 255]))
    b'\"\"\"\\\\0A\\\\\\\\\\xff\"\"\"'
    """
    inner, end = (data[:-1], b'\\"') if data.endswith(b'"') else (data, b"")
    inner = inner.replace(b"\\", b"\\\\").replace(b"\r", b"\\r").replace(b'""', b'"\\"')
    parts = inner.split(b"\0")
    escaped = parts[0] + b"".join((b"\\000" if part[:1].isdigit() else b"\\0") + part for part in parts[1:])
    return b'"""' + escaped + end + b'"""'


def latin(statements: str, expression: str, payload: bytes) -> bytes:
    """A program of statements, then one that writes expression, where {} stands for the payload."""
    before, after = expression.split("{}")
    carried = latin_literal(payload) + b".encode('l1')"
    return f"#coding:l1\n{statements}\nsys.stdout.buffer.write({before}".encode() + carried + f"{after})".encode()


def zipped(main: str, payload: bytes = b"") -> bytes:
    """A program of a payload, which begins the file, and a deflated main module.

    >>> len(zipped("", b"payload"))
    118
    """
    text = main.encode()
    packed = deflate(text)
    fields = (0, 33, zlib.crc32(text), len(packed), len(text))  # time, date (1980-01-01), and what was packed
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, zlib.DEFLATED, *fields, 0, 0)
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, zlib.DEFLATED, *fields, len(_MAIN), 0, 0, 0, 0, 0, len(payload)
    )
    directory = entry + _MAIN
    start = len(payload) + len(local) + len(packed)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), start, 0)
    return payload + local + packed + directory + end
