"""A set of texts told apart by a fitted classifier: what each was taken for, and what true labels cost."""

import math
from collections.abc import Callable

import numpy as np

from codelength.data.labelled_texts import LabelledTexts
from codelength.learning.prequential import silent
from codelength.measure.classification import CodelengthClassifier
from codelength.measure.interval import share_interval
from codelength.result.classification import Told, ToldApart
from codelength.units import bits_per_byte

UNKNOWN_LABEL_BITS = math.inf  # of a true label that no class has


def tell(
    model: CodelengthClassifier, asked: LabelledTexts, *, words: int = 0, advance: Callable[[int], None] = silent
) -> list[Told]:
    """What each text was taken for, as they come, with the words that speak most for it.

    A true label that is no class of the model costs infinitely many bits (null in JSON).
    """
    rows = []
    classes = [str(label) for label in model.classes_]
    for number, text in enumerate(asked.texts):
        chances = model.predict_proba([text])[0]
        order = np.argsort(-chances, kind="stable")
        first, second = int(order[0]), int(order[min(1, len(order) - 1)])
        truth = asked.labels[number] if asked.labels else None
        cost = None
        if truth is not None:
            chance = chances[classes.index(truth)] if truth in classes else 0.0
            cost = float(-np.log2(chance)) if chance > 0 else UNKNOWN_LABEL_BITS
        margin = 0.0
        why: tuple[tuple[str, float], ...] = ()
        if len(classes) > 1:
            found = model.explain(text)
            margin = found.margin_bits
            why = tuple((word, bits) for word, _, bits in found.words[:words])
        rows.append(
            Told(
                number,
                classes[first],
                float(chances[first]),
                classes[second],
                margin,
                bits_per_byte(float(model.bits([text]).min()), len(text)),
                truth,
                cost,
                why,
            )
        )
        advance(len(text))
    return rows


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
