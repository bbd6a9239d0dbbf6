"""One decorator for every compiled kernel: Numba, cached on disk where a cache can be written.

Kernels are plain Python on integers and arrays; they compile at their first call, so importing costs nothing but Numba.
A cached kernel knows only its own file: a kernel and what it calls stand in one file, or take `source_digest` of the
others into their closure.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile at first call; integer division follows NumPy, no checks that a kernel's invariants make needless."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no place where a cache could be written
        return cast(Function, numba.njit(nogil=True, error_model="numpy")(function))


def source_digest(*files: str) -> int:
    """56 bits over the text of source files, for a kernel's closure: it recompiles when one of them changes."""
    digest = hashlib.sha256()
    for name in files:
        path = Path(name)
        digest.update(path.read_bytes() if path.exists() else name.encode())
    return int.from_bytes(digest.digest()[:7], "little")


def inlined(function: Function) -> Function:
    """Compile into each caller: for small leaves of an inner loop, where a call would cost more than they do."""
    return cast(Function, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))
