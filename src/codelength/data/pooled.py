"""Two sets of labelled items as rows of one table: the sets are compared, not how each was scaled."""

import numpy as np

from codelength.data.files import load
from codelength.data.labelled import from_csv, load_labelled
from codelength.data.names import printable
from codelength.errors import FormatError
from codelength.types import Inputs, Labels


def load_pooled(first: str, second: str) -> tuple[Inputs, Inputs]:
    """Inputs and labels of both, a row an item [n, columns]; labels are columns too, one for each class.

    Tables (.csv) are standardised together. Raises FormatError where shapes or head lines differ.

    >>> one, other = load_pooled("sklearn:iris", "sklearn:iris")
    >>> one.shape, bool((one == other).all())
    ((150, 7), True)
    """
    if first.endswith(".csv") and second.endswith(".csv"):
        return _tables(first, second)
    one, other = load_labelled(first), load_labelled(second)
    if one.shape != other.shape:
        raise FormatError(
            f"{one.name} holds items of shape {one.shape}, {other.name} of {other.shape}; they must agree"
        )
    classes = sorted({*one.classes, *other.classes})
    rows = []
    for data in (one, other):
        places = np.array([classes.index(name) for name in data.classes])[data.y]
        rows.append(_beside(data.x, places, len(classes)))
    return rows[0], rows[1]


def _tables(first: str, second: str) -> tuple[Inputs, Inputs]:
    texts = [load(name).joined.decode("utf-8-sig", "replace").splitlines(keepends=True) for name in (first, second)]
    heads = [lines[0].strip() if lines else "" for lines in texts]
    if heads[0] != heads[1]:
        raise FormatError(f"{printable(first)} and {printable(second)} have other head lines; columns must agree")
    whole = from_csv(printable(first), "".join(texts[0]).rstrip("\r\n") + "\n" + "".join(texts[1][1:]))
    size = len(from_csv(printable(first), "".join(texts[0])))
    rows = _beside(whole.x, whole.y, len(whole.classes))
    return rows[:size], rows[size:]


def _beside(x: Inputs, places: Labels, classes: int) -> Inputs:
    return np.asarray(np.concatenate((x.reshape(len(x), -1), np.eye(classes)[places]), axis=1), np.float32)
