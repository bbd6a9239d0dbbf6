"""Leaks: which items of a test are contained, or nearly contained, in training texts.

Texts are compared as words: letters and digits folded to one case and without accents, no punctuation, single spaces.
For an item x, the few pieces of training texts that hold most of its windows of 12 bytes are its sources s, and

    explained(x) = 1 − min(C(x), log2 m + C(x given s)) / C(x),

where C(x) is its length by a tally of all of them but s (models/tally.py), C(x given s) that by copying from s
with mistakes (models/copying.py), and log2 m names the first source among m pieces. So what is common in the training
texts explains nothing, a typing mistake costs a few bits, and lines may stand in another order.

Training texts are cut into pieces of 2 kB. The threshold is calibrated on them: each of a sample is taken for an item
and compared with all the others. Those that others explain by more than a half repeat them and are set aside; of the
rest, all but the wanted part of false positives lie below the threshold. It never lies above a half.
"""

import math
import re
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from codelength.data.documents import Document
from codelength.errors import DataError, UsageError
from codelength.measure.selection import text_hash
from codelength.models.copying import copied_bits
from codelength.models.passages import Passages
from codelength.models.tally import Tally
from codelength.result.leak import CheckedItem, LeakCheck
from codelength.units import GIB

WINDOW_BYTES = 12
LEAST_BYTES = 24  # shorter items are not judged
HALF = 0.5
FLOOR = 0.1
FALSE_POSITIVES = 0.01
CALIBRATED = 500
_PIECE_BYTES, _STEP_BYTES = 2_048, 1_536  # of training texts; neighbours overlap
_ORDER = 4
_MOST_WINDOWS = 1 << 23
_DROPPED = re.compile(r"[^\w\s]|_")  # accents too, which NFKD has set apart

Advance = Callable[[int], None]


def leaks(
    train: Iterable[Document],
    test: Iterable[Document],
    *,
    false_positives: float = FALSE_POSITIVES,
    threshold: float | None = None,
    advance: Advance | None = None,
) -> LeakCheck:
    """Each item of a test against training texts, the most explained first.

    Raises DataError for training texts or a test without text, UsageError for a rate of false positives outside 0 to
    0.5 or a threshold outside 0 to 1.

    >>> train = [Document("a", b"Call me Ishmael. Some years ago, never mind how long precisely, I went to sea."),
    ...          Document("b", b"It was the best of times, it was the worst of times, it was the age of wisdom.")]
    >>> found = leaks(train, [Document("x", b"SOME YEARS AGO (never mind how long, precisely) I went to see!"),
    ...                       Document("y", b"A completely different sentence, which nobody has leaked.")])
    >>> [(item.id, item.leaked, item.source) for item in found.items]
    [('x', True, 'a'), ('y', False, None)]
    """
    if not 0 < false_positives <= HALF:
        raise UsageError(f"false positives of {false_positives} are outside 0 to {HALF}; 0.01 is one in a hundred")
    if threshold is not None and not 0 <= threshold <= 1:
        raise UsageError(f"a threshold of {threshold} is outside 0 to 1; it is a part of an item's bits")
    began = time.perf_counter()
    advance = advance or (lambda size: None)
    library = _library(train, advance)
    sample = _sample(library)
    null = [library.check(library.pieces[i], without=i)[:2] for i in sample] if threshold is None else []
    explained = np.array([1 - given / bits for bits, given in null])
    repeated = int((explained > HALF).sum())
    if threshold is None:
        kept = explained[explained <= HALF]
        threshold = max(float(np.quantile(kept, 1 - false_positives, method="higher")) if len(kept) else HALF, FLOOR)
    items = [_checked(document, library, threshold, advance) for document in test]
    if not items:
        raise DataError("the test holds no items; name a file, a folder or a pattern")
    items.sort(key=lambda item: -item.explained if item.explained == item.explained else math.inf)
    return LeakCheck(
        train=str(getattr(train, "name", "train")),
        test=str(getattr(test, "name", "test")),
        items=tuple(items),
        threshold=threshold,
        train_documents=len(library.ids),
        train_bytes=library.raw_bytes,
        calibrated_on=len(null),
        repeated=repeated,
        false_positive_rate=false_positives,
        seconds=time.perf_counter() - began,
    )


def as_words(text: bytes) -> bytes:
    """Letters and digits of one case, without accents, single spaces between words; Latin-1 where it is no UTF-8.

    >>> as_words("  Où?\\n\\tÇA_va -- 3,5!".encode())
    b'ou cava 35'
    """
    try:
        letters = text.decode("utf-8")
    except UnicodeDecodeError:
        letters = text.decode("latin-1")
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", letters.casefold()))
    return " ".join(plain.split()).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Library:
    """The training texts as words, cut into pieces that overlap, with what finds and prices them."""

    ids: list[str]
    pieces: list[bytes]
    parts: list[bytes]  # of each piece, what no piece before it holds; the tally has read these
    owners: list[int]  # the text that each piece is of
    passages: Passages
    tally: Tally
    raw_bytes: int

    def check(self, words: bytes, *, without: int = -1) -> tuple[float, float, int]:
        """Bits of an item, bits given its sources, and the text that the best of them is of, −1 for none.

        The piece of number `without`, and its neighbours, are no sources.
        """
        near = self._near(without, -1) if without >= 0 else set()
        most = 3 + len(words) // 1_024
        found = self.passages.sources(words, most=most + len(near))
        sources = [piece for piece in found if piece not in near][:most]
        # A passage may reach into the part of the next piece.
        left_out = near.union(*(self._near(piece, 0) for piece in sources))
        for piece in left_out:
            self.tally.take_out(self.parts[piece], 0)
        background = self.tally.probabilities(words, 0)
        for piece in left_out:
            self.tally.read(self.parts[piece], 0)
        bits = float(-np.log2(background).sum())
        if not sources:
            return bits, bits, -1
        # Neighbouring pieces stand in their order, so that a passage across their border is found on both sides.
        source = b" ".join(self.pieces[piece] for piece in sorted(sources))
        given = math.log2(len(self.pieces)) + copied_bits(words, source, background)
        return bits, min(bits, given), self.owners[sources[0]] if given < bits else -1

    def _near(self, piece: int, first: int) -> set[int]:
        """A piece and its neighbours in the same text, from `first` on."""
        around = range(max(piece + first, 0), min(piece + 2, len(self.pieces)))
        return {other for other in around if self.owners[other] == self.owners[piece]}


def _library(train: Iterable[Document], advance: Advance) -> Library:
    ids: list[str] = []
    pieces: list[bytes] = []
    parts: list[bytes] = []
    owners: list[int] = []
    seen: set[int] = set()
    tally = Tally(order=_ORDER, columns=1, memory_bytes=GIB)
    raw_bytes = 0
    for document in train:
        advance(len(document.text))
        text = as_words(document.text)
        key = text_hash(text)
        if not text or key in seen:
            continue
        seen.add(key)
        raw_bytes += len(document.text)
        starts = range(0, max(len(text) - (_PIECE_BYTES - _STEP_BYTES), 1), _STEP_BYTES)
        for start in starts:
            pieces.append(text[start : start + _PIECE_BYTES])
            parts.append(text[start : start + _STEP_BYTES] if start != starts[-1] else text[start:])
            owners.append(len(ids))
            tally.read(parts[-1], 0)
        ids.append(document.id)
    if not ids:
        raise DataError("the training texts hold no words; name a file, a folder or a pattern")
    passages = Passages(pieces, window_bytes=WINDOW_BYTES, most_windows=_MOST_WINDOWS)
    return Library(ids, pieces, parts, owners, passages, tally, raw_bytes)


def _sample(library: Library) -> list[int]:
    """The pieces on which the threshold is calibrated, spread over all of them."""
    long = [i for i, piece in enumerate(library.pieces) if len(piece) >= LEAST_BYTES]
    step = max(len(long) / CALIBRATED, 1)
    return [long[int(i * step)] for i in range(int(len(long) / step))]


def _checked(document: Document, library: Library, threshold: float, advance: Advance) -> CheckedItem:
    advance(len(document.text))
    words = as_words(document.text)
    if len(words) < LEAST_BYTES:
        return CheckedItem(document.id, len(document.text), math.nan, math.nan, None, threshold)
    bits, given, source = library.check(words)
    name = None if source < 0 else library.ids[source]
    return CheckedItem(document.id, len(document.text), bits, given, name, threshold)
