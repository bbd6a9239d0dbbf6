"""A set of texts told apart by a fitted classifier: what each was taken for, and what true labels cost."""

import dataclasses
import json
import math
from collections.abc import Callable, Iterator

import numpy as np

from codelength.data.labelled_texts import LabelledTexts
from codelength.learning.pool import softmax2
from codelength.learning.prequential import silent
from codelength.measure.classification import CodelengthClassifier
from codelength.measure.interval import share_interval
from codelength.parallel.run import Job, Spread, run
from codelength.result.classification import Told, ToldApart
from codelength.types import Bits
from codelength.units import KIB, bits_per_byte

BATCH_BYTES = 256 * KIB
UNKNOWN_LABEL_BITS = math.inf  # of a true label that no class has

Batch = list[tuple[int, bytes, str | None]]  # number, text, true label

_FIELDS = tuple(field.name for field in dataclasses.fields(Told))


def tell(
    model: CodelengthClassifier,
    asked: LabelledTexts,
    *,
    words: int = 0,
    spread: Spread | None = None,
    advance: Callable[[int], None] = silent,
) -> list[Told]:
    """What each text was taken for, in their order, with the words that speak most for it.

    A true label that is no class of the model costs infinitely many bits (null in JSON). `spread` says where texts are
    told apart and where finished batches are kept, which are known again for a classifier that `fit` made alike.
    """
    key = repr(("classify", model.fingerprint, asked.fingerprint, words, BATCH_BYTES)).encode()
    job = Job(_tell_batch, lambda: (model, words), key, _dumped, _loaded)
    rows: list[Told] = []
    for found in run(job, _batches(asked), spread):
        advance(sum(len(asked.texts[row.text]) for row in found))
        rows.extend(found)
    return rows


def _batches(asked: LabelledTexts) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for number, text in enumerate(asked.texts):
        batch.append((number, text, asked.labels[number] if asked.labels else None))
        size += len(text)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _tell_batch(state: tuple[CodelengthClassifier, int], batch: Batch) -> list[Told]:
    model, words = state
    classes = [str(label) for label in model.classes_]
    texts = [text for _, text, _ in batch]
    told = zip(batch, model.log_odds(texts), model.bits(texts).min(axis=1).tolist(), strict=True)
    return [_told(model, words, classes, *asked, odds, text_bits) for asked, odds, text_bits in told]


def _told(
    model: CodelengthClassifier,
    words: int,
    classes: list[str],
    number: int,
    text: bytes,
    truth: str | None,
    odds: Bits,
    text_bits: float,
) -> Told:
    chances = softmax2(odds)
    order = np.argsort(-odds, kind="stable")
    first, second = int(order[0]), int(order[min(1, len(order) - 1)])
    cost = None
    if truth is not None:
        chance = chances[classes.index(truth)] if truth in classes else 0.0
        cost = float(-np.log2(chance)) if chance > 0 else UNKNOWN_LABEL_BITS
    why = model.explain(text).words[:words] if words and len(classes) > 1 else ()
    return Told(
        number,
        classes[first],
        float(chances[first]),
        classes[second],
        float(odds[first] - odds[second]),
        bits_per_byte(text_bits, len(text)),
        truth,
        cost,
        tuple((word, bits) for word, _, bits in why),
    )


def _dumped(rows: list[Told]) -> bytes:
    return json.dumps([dataclasses.astuple(row) for row in rows]).encode()


def _loaded(data: bytes) -> list[Told]:
    rows = (dict(zip(_FIELDS, row, strict=True)) for row in json.loads(data))
    return [Told(**{**row, "words": tuple((word, bits) for word, bits in row["words"])}) for row in rows]


def told_apart(
    model: CodelengthClassifier,
    taught: LabelledTexts,
    rows: list[Told],
    *,
    fit_seconds: float = 0.0,
    predict_seconds: float = 0.0,
) -> ToldApart:
    """The summary of a set that was told apart; without true labels only what the training labels cost."""
    checked = [row for row in rows if row.truth is not None]
    right = sum(row.label == row.truth for row in checked)
    return ToldApart(
        taught.name,
        taught.fingerprint,
        len(taught.texts),
        len(model.classes_),
        model.label_bits_,
        model.frequency_bits_,
        len(checked),
        right,
        share_interval(right, len(checked)) if checked else None,
        math.fsum(row.label_bits or 0.0 for row in checked) if checked else None,
        fit_seconds=fit_seconds,
        predict_seconds=predict_seconds,
    )
