"""Codecs of each kind that are small enough to be known by heart."""

import bz2
import zlib
from dataclasses import dataclass
from typing import Self

import pytest

from codelength.models.counts import Counts
from codelength.types import Codec, Conditional


@dataclass(frozen=True)
class Stored:
    """Costs 8 bits a byte: nothing is learned from anything."""

    name: str = "stored"
    window_bytes: int | None = None
    memory_bytes: int = 0
    nominal_speed: int = 10**9

    def encode(self, data: bytes) -> bytes:
        return data

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return code


@dataclass(frozen=True)
class Blocks(Stored):
    """bz2: cannot read a text beforehand."""

    name: str = "blocks"
    window_bytes: int | None = 900_000

    def encode(self, data: bytes) -> bytes:
        return bz2.compress(data)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return bz2.decompress(code)


@dataclass(frozen=True)
class Headed(Stored):
    """Stored behind a header of 60 bytes."""

    name: str = "headed"

    def encode(self, data: bytes) -> bytes:
        return bytes(60) + data

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return code[60:]


@dataclass(frozen=True)
class Window(Stored):
    """zlib with a dictionary: reads a text beforehand, but cannot tell what a byte costs."""

    name: str = "window"
    window_bytes: int | None = 32506
    before: bytes = b""

    def after(self, data: bytes) -> Self:
        return type(self)(before=self.before + data)

    def encode(self, data: bytes) -> bytes:
        coder = zlib.compressobj(9, zdict=self.before)
        return coder.compress(data) + coder.flush()

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return zlib.decompressobj(zdict=self.before).decompress(code)


@dataclass(frozen=True)
class Liar(Stored):
    """Loses the last byte."""

    name: str = "liar"

    def encode(self, data: bytes) -> bytes:
        return data[:-1]


@pytest.fixture
def stored() -> Codec:
    return Stored()


@pytest.fixture
def headed() -> Codec:
    return Headed()


@pytest.fixture
def blocks() -> Codec:
    return Blocks()


@pytest.fixture
def window() -> Conditional:
    return Window()


@pytest.fixture
def liar() -> Codec:
    return Liar()


@pytest.fixture
def counts() -> Counts:
    return Counts(order=2)
