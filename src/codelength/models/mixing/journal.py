"""The journal: what large arrays held before an item changed them, so that the item can be taken back.

An entry is two words: what a cell held, and which array and place it was. A slot or a row of weights comes as whole
words before its entry; a row is written down at its first change in an item (`touched` holds the item's number). The
small arrays of a state are copied whole. Cached kernels elsewhere hold their own copy of `note`: delete the caches
when it changes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from codelength.compiled import bare, inlined
from codelength.models.mixing.places import (
    EPOCH,
    JOURNAL_MATCH,
    JOURNAL_MATCH2,
    JOURNAL_REFINE,
    JOURNAL_RING,
    JOURNAL_RUN,
    JOURNAL_SHIFT,
    JOURNAL_SLOT,
    JOURNAL_WEIGHTS,
    TOP,
    Whole,
    Words,
)
from codelength.models.mixing.state import State

AnyArray = npt.NDArray[Any]


@bare
def note(log: Words, s: Words, which: int, place: Whole, old: Whole) -> None:
    """Write down what a cell held before it changes."""
    top = s[TOP]
    log[top] = old
    log[top + 1] = which << JOURNAL_SHIFT | place
    s[TOP] = top + 2


@bare
def note_slot(log: Words, s: Words, wide_slots: Words, place: Whole) -> None:
    """Write down a slot of 16 bytes."""
    top = s[TOP]
    log[top], log[top + 1] = wide_slots[place >> 3], wide_slots[(place >> 3) + 1]
    s[TOP] = top + 2
    note(log, s, JOURNAL_SLOT, place, 0)


@bare
def note_weights(log: Words, s: Words, wide_weights: Words, row: Whole) -> None:
    """Write down a row of weights."""
    top = s[TOP]
    for m in range(wide_weights.shape[1]):
        log[top + m] = wide_weights[row, m]
    s[TOP] = top + wide_weights.shape[1]
    note(log, s, JOURNAL_WEIGHTS, row, 0)


@bare
def restore(state: State, kept: State, log: Words) -> None:
    """Take back what the journal has written down since the small arrays were `kept`."""
    s = state.scalars
    wide_slots, wide_weights = state.slots.view(np.int64), state.weights.view(np.int64)
    top = s[TOP]
    while top > 0:
        top -= 2
        which, place, old = log[top + 1] >> JOURNAL_SHIFT, log[top + 1] & ((1 << JOURNAL_SHIFT) - 1), log[top]
        if which == JOURNAL_REFINE:
            state.refined[place] = old
        elif which == JOURNAL_SLOT:
            top -= 2
            wide_slots[place >> 3], wide_slots[(place >> 3) + 1] = log[top], log[top + 1]
        elif which == JOURNAL_WEIGHTS:
            top -= wide_weights.shape[1]
            for m in range(wide_weights.shape[1]):
                wide_weights[place, m] = log[top + m]
        elif which == JOURNAL_RUN:
            state.runs[place] = old
        elif which == JOURNAL_RING:
            state.ring[place] = old
        elif which == JOURNAL_MATCH:
            state.matches[place] = old
        elif which == JOURNAL_MATCH2:
            state.matches2[place] = old
        else:
            state.indirect[place] = old
    kept.scalars[EPOCH] += 1
    _put_back(kept.scalars, s)
    _put_back(kept.inputs, state.inputs)
    _put_back(kept.hashes, state.hashes)
    _put_back(kept.slot, state.slot)
    _put_back(kept.address, state.address)
    _put_back(kept.chosen, state.chosen)
    _put_back(kept.voices, state.voices)
    _put_back(kept.run, state.run)
    _put_back(kept.chances, state.chances)
    for partial in range(state.final.shape[0]):
        for k in range(state.final.shape[1]):
            state.final[partial, k] = kept.final[partial, k]


@inlined
def _put_back(kept: AnyArray, array: AnyArray) -> None:
    for k in range(array.shape[0]):
        array[k] = kept[k]
