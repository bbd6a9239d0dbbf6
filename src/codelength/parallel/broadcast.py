"""A value that every worker needs, sent once: its pickle, with the arrays apart.

Arrays are the bulk of a state. In a file, which processes of one machine map into memory, they are there once for all
of them; a page that a process writes to becomes its own (copy on write). Over a wire they go as they are. Pickle
protocol 5 with out-of-band buffers (PEP 574); files and wires are ours, nobody else's pickle is ever read.
"""

import functools
import mmap
import pickle
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codelength.errors import UsageError

_ALIGNED = 64
_NUMBER = 8


def packed(value: Any) -> tuple[bytes, list[memoryview]]:
    """A value's pickle and its arrays; UsageError for one that cannot be sent."""
    buffers: list[pickle.PickleBuffer] = []
    try:
        head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{type(value).__name__} cannot be sent to other processes ({error}); run it without workers"
        ) from error
    return head, [buffer.raw() for buffer in buffers]


def write_broadcast(path: Path, value: Any) -> None:
    """A value as a file that `Mapped` reads: sizes, pickle, arrays, each aligned."""
    head, buffers = packed(value)
    parts = [memoryview(head), *buffers]
    sizes = [len(parts), *(len(part) for part in parts)]
    with path.open("wb") as file:
        for size in sizes:
            file.write(size.to_bytes(_NUMBER, "little"))
        for part in parts:
            file.write(bytes(-file.tell() % _ALIGNED))
            file.write(part)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A broadcast value in a file of this machine."""

    path: str

    @property
    def value(self) -> Any:
        """The value; its arrays lie in the file until they are written to."""
        return _mapped(self.path)


@dataclass(slots=True)
class Sent:
    """A broadcast value that goes over a wire; unpacked once where it arrives."""

    head: bytes
    buffers: Sequence[bytes]
    _value: Any = None
    lock: Any = field(default_factory=threading.Lock)  # threads of one worker take turns: states are written to

    @classmethod
    def of(cls, value: Any) -> "Sent":
        """Ready to be sent."""
        head, buffers = packed(value)
        return cls(head, [bytes(buffer) for buffer in buffers])

    @property
    def value(self) -> Any:
        """The value, with arrays that can be written to."""
        if self._value is None:
            self._value = pickle.loads(self.head, buffers=[bytearray(buffer) for buffer in self.buffers])
            self.buffers = ()
        return self._value

    def __reduce__(self) -> tuple[Any, ...]:
        if self._value is not None:  # one worker passes it on to another
            return Sent.of, (self._value,)
        return Sent, (self.head, self.buffers)


@functools.lru_cache(maxsize=1)
def _mapped(path: str) -> Any:
    with Path(path).open("rb") as file:
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    head, *buffers = _parts(view)
    return pickle.loads(head, buffers=buffers)


def _parts(view: memoryview) -> Iterator[memoryview]:
    def number(place: int) -> int:
        return int.from_bytes(view[_NUMBER * place : _NUMBER * (place + 1)], "little")

    place = _NUMBER * (1 + number(0))
    for part in range(number(0)):
        place += -place % _ALIGNED
        yield view[place : place + number(1 + part)]
        place += number(1 + part)
