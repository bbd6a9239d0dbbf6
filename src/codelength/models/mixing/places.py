"""The words of the mixing model: what each scalar of its state is, modes, marks of the journal, types of arrays."""

from typing import Any

import numpy as np
import numpy.typing as npt

Octets = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.int16]
Halves = npt.NDArray[np.uint16]
Voices = npt.NDArray[np.int32]
Cells = npt.NDArray[np.uint32]
Words = npt.NDArray[np.int64]
Whole = int | np.integer[Any]  # a number in a kernel

# Scalars of the pending prediction, which the kernel keeps while it stands still.
P1, NODE, BITS, MIXED, SLANT, REFINED1, REFINED2, REFINED3, MATCH_CELL, MATCH_BIT, MATCH_CELL2, MATCH_BIT2 = range(12)
HITS, TOP, EPOCH = range(12, 15)  # contexts met before; end of the journal; count of items that it has taken back

# Scalars of the history. A match is three in a row: where its next byte stands, its length (0: none), that byte.
POSITION, LAST8, LAST16, MATCH, LENGTH, EXPECTED, MATCH2, LENGTH2, EXPECTED2 = range(15, 24)
WORD, WORD1, WORD2, WORD3, WORD_LENGTH, COLUMN, LINE, ABOVE, UPPER, CLASSES, TAG = range(24, 35)
LOOK_AT, MODE, PIXEL, ROW, GUESS, NORTH, WEST = range(35, 42)
NET1, NET2, NET_SLANT = range(42, 45)  # what refines the net's voice, in the pending prediction
SCALARS = 45

TEXT, BINARY, RECORDS, IMAGE = range(4)  # modes

# Which array an entry of the journal belongs to, above its place.
(
    JOURNAL_RING,
    JOURNAL_MATCH,
    JOURNAL_MATCH2,
    JOURNAL_INDIRECT,
    JOURNAL_REFINE,
    JOURNAL_RUN,
    JOURNAL_SLOT,
    JOURNAL_WEIGHTS,
) = range(8)
JOURNAL_SHIFT = 48
