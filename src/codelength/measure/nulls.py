"""What stands in for X, to tell a saving from luck: X's own pieces shuffled, and uniform noise of equal size.

Noise holds nothing, so what it saves is what any X of that size would save by itself: it is a floor for X, as is other
data that the user names. Shuffled pieces keep X's letters and short words and lose all order beyond them: they are no
floor, but tell how much of a saving needs more than local statistics.
"""

import numpy as np

SHUFFLED, NOISE = "shuffled", "noise"
PIECE_BYTES = 16


def standard_nulls(x: bytes, *, seed: int = 0) -> dict[str, bytes]:
    """X's pieces of 16 bytes in random order, and noise of X's size; the same for the same seed.

    >>> nulls = standard_nulls(bytes(range(100)))
    >>> sorted(nulls["shuffled"]) == list(range(100)), len(nulls["noise"])
    (True, 100)
    """
    rng = np.random.default_rng(seed)
    return {SHUFFLED: shuffled(x, rng), NOISE: rng.bytes(len(x))}


def shuffled(x: bytes, rng: np.random.Generator, *, piece_bytes: int = PIECE_BYTES) -> bytes:
    """X cut into pieces (the last may be shorter), which are put in random order.

    >>> shuffled(b"aabbcc", np.random.default_rng(2), piece_bytes=2)
    b'ccaabb'
    """
    pieces = [x[start : start + piece_bytes] for start in range(0, len(x), piece_bytes)]
    return b"".join(pieces[i] for i in rng.permutation(len(pieces)))


def is_floor(name: str) -> bool:
    """Whether X must save more than this null does before it counts as useful."""
    return name != SHUFFLED
