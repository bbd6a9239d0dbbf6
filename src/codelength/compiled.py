"""One decorator for every compiled kernel: Numba, cached on disk where a cache can be written.

Kernels are plain Python on integers and arrays; they compile at their first call, so importing costs nothing but Numba.
A cached kernel knows only its own file: a kernel and what it calls stand in one file, or take `source_digest` of the
others into their closure.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.options import DefaultOptions

Function = TypeVar("Function", bound=Callable[..., object])


_njit: Callable[..., Any] = numba.njit
_UNCOUNTED: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}


def compiled(function: Function) -> Function:
    """Compile at first call; integer division follows NumPy, no checks that a kernel's invariants make needless."""
    return _compiled(function)


def bare(function: Function) -> Function:
    """As `compiled`, for kernels that make no arrays: none is counted, which would cost atomic steps in inner loops."""
    return _compiled(function, **_UNCOUNTED)


def _compiled(function: Function, **options: Any) -> Function:
    try:
        return cast(Function, _njit(cache=True, nogil=True, error_model="numpy", **options)(function))
    except RuntimeError:  # no place where a cache could be written
        return cast(Function, _njit(nogil=True, error_model="numpy", **options)(function))


def source_digest(*files: str) -> int:
    """56 bits over the text of source files, for a kernel's closure: it recompiles when one of them changes."""
    digest = hashlib.sha256()
    for name in files:
        path = Path(name)
        digest.update(path.read_bytes() if path.exists() else name.encode())
    return int.from_bytes(digest.digest()[:7], "little")


def inlined(function: Function) -> Function:
    """As `bare`, into each caller: for small leaves of an inner loop, where a call would cost more than they do."""
    return cast(Function, _njit(nogil=True, error_model="numpy", forceinline=True, **_UNCOUNTED)(function))
