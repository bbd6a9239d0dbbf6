"""Code length: how many bits one codec pays for one piece of data, alone or after a text that both ends have.

    ideal        Σ −log2 p over the bytes, for models that can say it
    coded        8 · len(encode(data)), counted only after decode gave the data back
    difference   coded(given + data) − coded(given), for codecs that cannot read a text beforehand

Nothing is subtracted for headers.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from codelength.dataset import Dataset, sha256_of
from codelength.errors import CodecError
from codelength.result.codelength import Codelength
from codelength.types import Codec, Conditional, Equipped, Kind, Model
from codelength.units import KIB, MIB, bits_from_bytes

Advance = Callable[[int], object]  # takes the bytes done since the last call


def measure(
    data: Dataset | bytes,
    codec: Codec,
    *,
    given: Dataset | bytes | None = None,
    coded: bool = False,
    progress: Advance | None = None,
) -> Codelength:
    """C(data), or C(data given a text), in bits: ideal for a Model unless `coded`, else coded or a `difference`.

    Raises CodecError where a codec does not give back what it was given.

    >>> from codelength.registry import create
    >>> xz = create("xz")
    >>> alone, after = measure(b"banana" * 9, xz), measure(b"banana" * 9, xz, given=b"banana" * 9)
    >>> alone.kind, after.kind, after.bits < alone.bits
    ('coded', 'difference', True)
    """
    started = time.perf_counter()
    name, raw = (data.name, data.joined) if isinstance(data, Dataset) else ("data", data)
    before = given.joined if isinstance(given, Dataset) else given
    advance = progress or silent
    bits, kind = _length(raw, codec, before, coded, advance)
    return Codelength(
        codec.name,
        name,
        sha256_of(raw),
        len(raw),
        bits,
        kind,
        model_bits=codec.model_bits if isinstance(codec, Equipped) else 0.0,
        settings=dict(codec.settings) if isinstance(codec, Equipped) else {},
        seconds=time.perf_counter() - started,
    )


def measure_ladder(
    data: Dataset | bytes,
    codecs: Iterable[Codec],
    *,
    given: Dataset | bytes | None = None,
    coded: bool = False,
    progress: Advance | None = None,
) -> list[Codelength]:
    """`measure` by each codec, the fewest bits first."""
    rows = [measure(data, codec, given=given, coded=coded, progress=progress) for codec in codecs]
    return sorted(rows, key=lambda row: row.bits)


def measure_work(
    data_bytes: int, codecs: Iterable[Codec], *, given_bytes: int | None = None, coded: bool = False
) -> int:
    """The bytes that `measure_ladder` reports to its progress in all."""
    total = 0
    for codec in codecs:
        if isinstance(codec, Model) and not coded:
            total += (given_bytes or 0) + data_bytes
        elif isinstance(codec, Conditional) or given_bytes is None:
            total += 2 * data_bytes
        else:
            total += 2 * data_bytes + 4 * given_bytes
    return total


def coded_bits(codec: Codec, data: bytes, advance: Advance | None = None) -> float:
    """8 · len(encode(data)) in bits, after decode gave data back.

    Raises CodecError where it did not.
    """
    advance = advance or silent
    code = codec.encode(data)
    advance(len(data))
    if codec.decode(code, limit_bytes=len(data)) != data:
        raise CodecError(f"{codec.name} did not give back the {len(data):,} bytes that it encoded; use another codec")
    advance(len(data))
    return bits_from_bytes(len(code))


def pieces(data: bytes, advance: Advance, size_bytes: int = MIB) -> Iterator[bytes]:
    """Data in order in pieces, each reported when the next is asked for."""
    for start in range(0, len(data), size_bytes):
        piece = data[start : start + size_bytes]
        yield piece
        advance(len(piece))


def _length(raw: bytes, codec: Codec, before: bytes | None, coded: bool, advance: Advance) -> tuple[float, Kind]:
    if isinstance(codec, Model) and not coded:
        if before:
            codec = codec.after(before)
            advance(len(before))
        return codec.cost(pieces(raw, advance, min(MIB, max(codec.nominal_speed, 4 * KIB)))), "ideal"  # a second each
    if before is None:
        return coded_bits(codec, raw, advance), "coded"
    if isinstance(codec, Conditional):
        return coded_bits(codec.after(before), raw, advance), "coded"
    return coded_bits(codec, before + raw, advance) - coded_bits(codec, before, advance), "difference"


def silent(done_bytes: int) -> None:
    """Progress that nobody watches."""
