"""How chunks are coded: each alone, or one reader carried through all of them with a range code each."""

from collections.abc import Callable
from typing import Protocol

from codelength.coding.range_coder import RangeDecoder, RangeEncoder
from codelength.errors import UsageError
from codelength.types import Codec, Conditional, Model, Reader

Progress = Callable[[int], None]  # takes the raw bytes done since the last call

_STEP_BYTES = 1 << 16  # between two calls of progress


class ChunkCoder(Protocol):
    """Chunks to codes and back, in their order."""

    @property
    def carried(self) -> bool:
        """Whether a chunk needs those before it."""

    def encode(self, data: bytes, progress: Progress) -> bytes:
        """The code of the next chunk; not smaller than data where the chunk will be stored."""

    def decode(self, code: bytes, size: int, progress: Progress) -> bytes:
        """The next chunk, of at most so many bytes; stored where the code is as long."""


def chunk_coder(codec: Codec, given: bytes | None) -> ChunkCoder:
    """The way in which codec codes chunks, after given data if any; UsageError where it cannot read any."""
    if given is not None:
        if not isinstance(codec, Conditional):
            raise UsageError(f"{codec.name} cannot read given data first; take zstd, gzip or a model such as mixing")
        codec = codec.after(given)
    return _Carried(codec.reader()) if isinstance(codec, Model) else _Alone(codec)


class _Alone:
    """Each chunk by itself, from the same start."""

    carried = False

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def encode(self, data: bytes, progress: Progress) -> bytes:
        code = self._codec.encode(data)
        progress(len(data))
        return code

    def decode(self, code: bytes, size: int, progress: Progress) -> bytes:
        data = code if len(code) == size else self._codec.decode(code, limit_bytes=size)
        progress(len(data))
        return data


class _Carried:
    """One reader through all chunks, a range code each."""

    carried = True

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def encode(self, data: bytes, progress: Progress) -> bytes:
        coder = RangeEncoder()
        for start in range(0, len(data), _STEP_BYTES):
            step = data[start : start + _STEP_BYTES]
            self._reader.encode_into(coder, step)
            progress(len(step))
        return coder.finish()

    def decode(self, code: bytes, size: int, progress: Progress) -> bytes:
        if len(code) == size:
            self.encode(code, progress)  # the reader learns stored data by the steps that the other end took
            return code
        coder, data = RangeDecoder(code), bytearray()
        while len(data) < size:
            step = self._reader.decode_from(coder, min(_STEP_BYTES, size - len(data)))
            data += step
            progress(len(step))
        coder.finish()
        return bytes(data)
