"""What the laws run over: every law name of the registry, and hard inputs, cut to what a codec codes in time.

Laws select by protocol and declared fields: `names_of(Codec)`, `names_of(Conditional)`, `names_of(Model)`.
"""

import functools
import time
import zlib
from pathlib import Path

import numpy as np

from codelength.registry import create, entries
from codelength.types import Codec, Conditional, Model

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
SECONDS = 0.5  # of coding all hard inputs, one way, by one codec
LEAST_BYTES = 256
_LONG_BYTES = 1 << 16

Kind = type[Codec] | type[Conditional] | type[Model]


@functools.cache
def subject(name: str) -> Codec:
    return create(name)


def model_of(name: str) -> Model:
    model = subject(name)
    assert isinstance(model, Model)
    return model


def conditional_of(name: str) -> Conditional:
    codec = subject(name)
    assert isinstance(codec, Conditional)
    return codec


def names_of(kind: Kind, *, tokens: bool = True) -> list[str]:
    """Law names of this kind; without models of tokens where a law asks for steps of a byte."""
    names = [name for entry in entries().values() for name in entry.law_names]
    names = [name for name in names if isinstance(subject(name), kind)]
    return [name for name in names if tokens or model_of(name).unit != "token"]


@functools.cache
def speed(name: str) -> float:
    """Bytes coded in a second, from a run on a small prefix after one that compiles."""
    codec, data = subject(name), text()[:LEAST_BYTES]
    codec.encode(data[:8])
    for size in (LEAST_BYTES // 4, 1 << 12, 1 << 15):
        start = time.perf_counter()
        codec.encode(text()[:size])
        seconds = time.perf_counter() - start
        if seconds > SECONDS / 20:
            break
    return size / seconds


def affordable(name: str, data: bytes, seconds: float, least: int = LEAST_BYTES) -> bytes:
    """As much of data as the codec codes in so many seconds, at least 256 bytes; a cut is printed."""
    size = max(least, int(seconds * speed(name)))
    if size < len(data):
        print(f"{name}: {len(data):,} bytes cut to {size:,}")
    return data[:size]


@functools.cache
def hard_inputs() -> dict[str, bytes]:
    random = np.random.default_rng(2024).bytes(_LONG_BYTES)
    return {
        "empty": b"",
        "one byte": b"\0",
        "all 256 values": bytes(range(256)),
        "64 KiB of one byte": b"\xff" * _LONG_BYTES,
        "random": random,
        "text": text(),
        "photograph": photograph(),
        "already compressed": zlib.compress(text() + photograph(), 9)[:_LONG_BYTES],
    }


@functools.cache
def text() -> bytes:
    """64 KiB of English where the shared data is, else of words drawn by their rank."""
    book = SHARED / "corpora_canterbury_calgary" / "canterbury" / "alice29.txt"
    if book.exists():
        return book.read_bytes()[:_LONG_BYTES]
    rng = np.random.default_rng(7)
    words = [bytes(97 + rng.choice(26, size=rng.integers(2, 9), p=_zipf(26))) for _ in range(800)]
    return b" ".join(words[i] for i in rng.choice(800, size=_LONG_BYTES // 4, p=_zipf(800)))[:_LONG_BYTES]


@functools.cache
def photograph() -> bytes:
    """64 KiB of pixels: a photograph where the shared data is, else smooth noise."""
    picture = SHARED / "kodak" / "05.png"
    if picture.exists():
        return _png_pixels(picture.read_bytes())[:_LONG_BYTES]
    noise = np.random.default_rng(5).normal(0, 12, (160, 160, 3)).cumsum(axis=0).cumsum(axis=1) / 12
    pixels: bytes = np.clip(128 + noise, 0, 255).astype(np.uint8).tobytes()
    return pixels[:_LONG_BYTES]


def _zipf(size: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    weights = 1 / np.arange(1, size + 1)
    return np.asarray(weights / weights.sum())


def _png_pixels(file: bytes) -> bytes:
    """The first rows of an 8-bit RGB image (PNG specification, filters 0 to 4)."""
    width = int.from_bytes(file[16:20], "big") * 3
    at, packed = 8, b""
    while file[at + 4 : at + 8] != b"IEND":
        size = int.from_bytes(file[at : at + 4], "big")
        packed += file[at + 8 : at + 8 + size] if file[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    rows = -(-_LONG_BYTES // width)
    lines = zlib.decompressobj().decompress(packed, rows * (width + 1))
    above, pixels = bytearray(width + 3), bytearray()
    for start in range(0, len(lines), width + 1):
        kind, line = lines[start], bytearray(3) + lines[start + 1 : start + 1 + width]
        for i in range(3, len(line)):
            a, b, c = line[i - 3], above[i], above[i - 3]
            paeth = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, paeth)[kind]) & 255
        above = line
        pixels += line[3:]
    return bytes(pixels)
