"""Bits, nats and bytes: the only file that knows log(2) and 8.

A nat is 1 / ln 2 bits, a byte is 8 bits. Everything public in codelength is in float64 bits.
"""

import math

BITS_PER_BYTE = 8
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
_SUFFIXES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": KIB, "MIB": MIB, "GIB": GIB}


def bits_from_nats(nats: float) -> float:
    """Nats as bits: nats / ln 2.

    >>> bits_from_nats(math.log(8))
    3.0
    """
    return nats / math.log(2)


def nats_from_bits(bits: float) -> float:
    """Bits as nats: bits · ln 2.

    >>> round(nats_from_bits(1), 6)
    0.693147
    """
    return bits * math.log(2)


def bits_from_bytes(size_bytes: int) -> float:
    """The bits in so many bytes.

    >>> bits_from_bytes(3)
    24.0
    """
    return float(size_bytes * BITS_PER_BYTE)


def bytes_from_bits(bits: float) -> int:
    """The whole bytes that hold so many bits.

    >>> bytes_from_bits(17.0)
    3
    """
    return math.ceil(bits / BITS_PER_BYTE)


def nearest_bytes(bits: float) -> int:
    """Bits as bytes, rounded to the nearest whole one; for lengths of which nothing is written.

    >>> nearest_bytes(17.0), nearest_bytes(21.0)
    (2, 3)
    """
    return round(bits / BITS_PER_BYTE)


def bits_per_byte(bits: float, size_bytes: int) -> float:
    """Bits for each raw byte; nan for no bytes.

    >>> bits_per_byte(20.0, 10)
    2.0
    """
    return bits / size_bytes if size_bytes else math.nan


def cost_bits(probability: float) -> float:
    """Ideal code length −log2 p of something of this probability.

    >>> cost_bits(0.25)
    2.0
    """
    return -math.log2(probability)


def parse_size(text: str) -> int:
    """A number of bytes from text such as ``64MiB``, ``1.5GB`` or ``4096``.

    Raises ValueError for anything else.

    >>> parse_size("64MiB"), parse_size("10kB"), parse_size("4096")
    (67108864, 10000, 4096)
    """
    number = text.strip().rstrip("BbKkMmGgIi")
    suffix = text.strip()[len(number) :].upper()
    if suffix and suffix not in _SUFFIXES:
        raise ValueError(f"{text!r} is no size; write it as 4096, 10kB or 64MiB")
    try:
        size = float(number) * _SUFFIXES.get(suffix, 1)
    except ValueError:
        raise ValueError(f"{text!r} is no size; write it as 4096, 10kB or 64MiB") from None
    if not 0 <= size < math.inf:
        raise ValueError(f"{text!r} is no size; it must be finite and at least 0")
    return int(size)


def format_size(size_bytes: int) -> str:
    """A number of bytes for people, in binary units where they fit exactly.

    >>> format_size(64 << 20), format_size(152089), format_size(32506)
    ('64 MiB', '152,089 bytes', '32,506 bytes')
    """
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size_bytes >= unit and size_bytes % unit == 0:
            return f"{size_bytes // unit:,} {name}"
    return f"{size_bytes:,} bytes"
