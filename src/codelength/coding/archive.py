"""The smallest executable archive: a Python program that prints the data, so an upper bound on K(X).

    K(X) ≤ size of the program,     K(X given Y) ≤ size of one that reads Y first

up to the constant that is Python itself. The least is taken of stored bytes, zlib, bz2, lzma and `compact_mixing`, each
in the layouts that suit it, with all of the decoder counted. The program needs Python 3.8 or later and its standard
library. Before it is reported it has been run, and what it printed compared with the data.
"""

import bz2
import inspect
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from codelength.coding import compact_mixing
from codelength.coding.layouts import deflate, latin, zipped
from codelength.coding.minify import minify
from codelength.coding.programs import run_program
from codelength.coding.range_coder import RangeEncoder
from codelength.errors import CodecError, OptionError, ProgramError
from codelength.units import KIB, format_size

METHODS = ("stored", "zlib", "bz2", "lzma", "mixing")
MIXING_LIMIT_BYTES = 512 * KIB  # above it, `least` leaves mixing out for its time and memory
DECODE_BYTES_PER_SECOND = 5_000

_WRITTEN_AT_ONCE = 4096  # os.write of more may write less
_LZMA_SETTINGS = ((3, 0, 2), (3, 0, 0), (4, 0, 0), (2, 0, 0), (0, 0, 0), (0, 2, 2), (0, 1, 1), (1, 2, 2))
_READ_GIVEN = "g=open(sys.argv[1],'rb').read()\nif zlib.crc32(g)!={}:sys.exit('another file was given')"


@dataclass(frozen=True, slots=True)
class Archive:
    """A program that has been run and printed the data; `payload_bytes` of it are data, the rest is decoder.

    >>> print(archive(b"hello"))
    K(X) ≤ 18 bytes for Python (stored: 5 bytes of payload, 13 bytes of decoder)
    """

    program: bytes
    method: str
    raw_bytes: int
    payload_bytes: int
    given_bytes: int | None
    seconds: float  # to print the data

    @property
    def total_bytes(self) -> int:
        """The bound: the program's size."""
        return len(self.program)

    @property
    def decoder_bytes(self) -> int:
        """What is not payload."""
        return self.total_bytes - self.payload_bytes

    def __str__(self) -> str:
        quantity = "K(X)" if self.given_bytes is None else "K(X given Y)"
        return (
            f"{quantity} ≤ {format_size(self.total_bytes)} for Python ({self.method}: "
            f"{format_size(self.payload_bytes)} of payload, {format_size(self.decoder_bytes)} of decoder)"
        )


@dataclass(frozen=True, slots=True)
class _Candidate:
    program: bytes
    method: str
    payload_bytes: int


def archive(
    data: bytes,
    *,
    given: bytes | None = None,
    method: str = "least",
    progress: Callable[[int], None] | None = None,
) -> Archive:
    """The smallest program that prints data, found by `method`: `least` (of all) or one of METHODS.

    With `given` the program is run as `python FILE.py GIVEN`; zlib and mixing learn from it, and another file is
    refused. `least` leaves mixing out where more than 512 KiB would be modelled. Progress is told of each byte encoded.
    Raises OptionError for an unknown method, CodecError where the program does not print the data.

    >>> archive(b"").total_bytes, archive(bytes(9000), method="zlib").total_bytes < 150
    (0, True)
    """
    if method not in ("least", *METHODS):
        raise OptionError(f"no method is called {method!r}; there are least, {', '.join(METHODS)}")
    candidates = [c for c in _library_candidates(data, given) if method in ("least", c.method)]
    if method == "mixing" or (method == "least" and len(data) and mixing_fits(data, given)):
        candidates.append(_mixing_candidate(data, given or b"", given is not None, progress))
    best = min(candidates, key=lambda c: len(c.program))
    try:
        seconds = run_program(best.program, data, given, timeout_seconds=60 + 4 * mixing_seconds(data, given))
    except ProgramError as error:
        raise CodecError(f"the archive does not print the data, and is not kept: {error}") from error
    return Archive(
        best.program, best.method, len(data), best.payload_bytes, None if given is None else len(given), seconds
    )


def check_program(program: bytes, data: bytes, *, given: bytes | None = None, timeout_seconds: float = 60.0) -> Archive:
    """A program of the user's own, run, compared and counted; all of it is decoder.

    Raises ProgramError where it fails, prints something else or does not end in time.

    >>> check_program(b"print(end='ab'*9)", b"ab" * 9).total_bytes
    17
    """
    seconds = run_program(program, data, given, timeout_seconds=timeout_seconds)
    return Archive(program, "program", len(data), 0, None if given is None else len(given), seconds)


def mixing_seconds(data: bytes, given: bytes | None = None) -> float:
    """About how long a mixing archive takes to unpack, and again as long to make.

    >>> mixing_seconds(bytes(10_000))
    2.0
    """
    return (len(data) + len(given or b"")) / DECODE_BYTES_PER_SECOND


def mixing_fits(data: bytes, given: bytes | None = None) -> bool:
    """Whether `least` tries mixing."""
    return len(data) + len(given or b"") <= MIXING_LIMIT_BYTES


def _library_candidates(data: bytes, given: bytes | None) -> Iterator[_Candidate]:
    yield from _literals(data)
    yield from _laid_out("stored", "sys", "{}", data)
    yield from _laid_out("zlib", "sys,zlib", "zlib.decompress({},-15)", deflate(data))
    yield from _laid_out("bz2", "sys,bz2", "bz2.decompress({})", bz2.compress(data, 9))
    yield from _laid_out("lzma", "sys,lzma", "lzma.decompress({})", _lzma(data))
    if given is not None:
        check = "import sys,zlib\n" + _READ_GIVEN.format(zlib.crc32(given))
        expression = "zlib.decompressobj(-15,g[-32506:]).decompress({})"
        yield from _laid_out("zlib", check, expression, deflate(data, given))
        start = given.find(data)
        if start >= 0:
            text = f"{check}\nsys.stdout.buffer.write(g[{start}:{start + len(data)}])"
            yield from (_Candidate(program, "stored", 0) for program in (text.encode(), zipped(text)))


def _literals(data: bytes) -> Iterator[_Candidate]:
    """Programs that hold the data in sight."""
    if not data:
        yield _Candidate(b"", "stored", 0)
    elif data.isascii() and data.decode().isprintable():
        yield _Candidate(f"print(end={data.decode()!r})".encode(), "stored", len(data))
    if len(data) <= _WRITTEN_AT_ONCE:
        yield _Candidate(f"import os;os.write(1,{data!r})".encode(), "stored", len(data))
    if len(data) <= 64 * KIB:
        program = zipped(f"import sys;sys.stdout.buffer.write({data!r})")
        around = len(zipped("import sys;sys.stdout.buffer.write(b'')"))
        yield _Candidate(program, "zlib", max(0, len(program) - around))


def _laid_out(method: str, modules: str, expression: str, payload: bytes) -> Iterator[_Candidate]:
    """The payload in a string, and behind it."""
    statements = modules if modules.startswith("import") else f"import {modules}"
    yield _Candidate(latin(statements, expression, payload), method, len(payload))
    inner = expression.format(f"open(sys.argv[0],'rb').read({len(payload)})")
    yield _Candidate(zipped(f"{statements}\nsys.stdout.buffer.write({inner})", payload), method, len(payload))


def _lzma(data: bytes) -> bytes:
    """The least .lzma code over settings that suit text and records."""
    size = max(4 * KIB, 1 << len(data).bit_length())

    def code(literal: int, position: int, alignment: int) -> bytes:
        filters = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": min(size, 1 << 27)}]
        filters[0] |= {"lc": literal, "lp": position, "pb": alignment}
        return lzma.compress(data, lzma.FORMAT_ALONE, filters=filters)

    settings = _LZMA_SETTINGS if len(data) <= 16 << 20 else _LZMA_SETTINGS[:1]
    return min((code(*setting) for setting in settings), key=len)


def _mixing_candidate(data: bytes, known: bytes, has_known: bool, progress: Callable[[int], None] | None) -> _Candidate:
    model = minify(inspect.getsource(compact_mixing.predictor))
    payload = _mixing_code(model, data, known, progress)
    main = _mixing_main(model, len(payload), len(data), known if has_known else None)
    return _Candidate(zipped(main, payload), "mixing", len(payload))


def _mixing_code(model: str, data: bytes, known: bytes, progress: Callable[[int], None] | None) -> bytes:
    """The range code of data by the very text that will decode it."""
    names: dict[str, Callable[[bytearray], compact_mixing.Bits]] = {}
    exec(model, names)
    read = bytearray()
    bits = names[_defined(model)](read)
    send = bits.send
    one = next(bits)
    told = np.unpackbits(np.frombuffer(data, np.uint8))
    ones = np.empty(len(told), np.uint16)
    for byte in known:
        for place in range(8):
            one = send(byte >> 7 - place & 1)
    for i, bit in enumerate(told.tolist()):
        ones[i] = one
        one = send(bit)
        if progress is not None and i & 0x7FFF == 0x7FFF:
            progress(0x1000)
    coder = RangeEncoder()
    coder.bits(told, ones)
    return coder.finish()


def _mixing_main(model: str, code_bytes: int, data_bytes: int, known: bytes | None) -> str:
    """The program's text: the model, the decoder, and what they are to do."""
    unpack = minify(inspect.getsource(compact_mixing.unpack), keep=(_defined(model),))
    begin = f"a=bytearray();b={_defined(model)}(a);c=next(b)\n"
    decode = f"{_defined(unpack)}(open(sys.argv[0],'rb').read({code_bytes})+bytes(8),a,b,c,"
    if known is None:
        text = f"import sys,gc\n{begin}{decode}{data_bytes})\nsys.stdout.buffer.write(a)"
    else:
        learn = "for d in g:\n for e in range(8):c=b.send(d>>7-e&1)\n"
        text = (
            f"import sys,gc,zlib\n{_READ_GIVEN.format(zlib.crc32(known))}\n{begin}{learn}"
            f"{decode}{len(known) + data_bytes})\nsys.stdout.buffer.write(a[len(g):])"
        )
    imports, rest = text.split("\n", 1)
    return f"{imports}\ngc.disable()\n{model}{unpack}{rest}"


def _defined(source: str) -> str:
    """The name of the function that source begins with."""
    return source[len("def ") : source.index("(")]
