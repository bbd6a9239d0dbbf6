"""Word vectors from a plain text: positive pointwise mutual information with nearby words, and its singular vectors.

    PPMI(w, c) = max(0, ln p(w, c) / (p(w) p_α(c))),     p_α(c) ∝ count(c)^0.75

where words at most 4 apart in one line count 1 / distance. The vectors are the first left singular vectors, each times
the root of its singular value. Levy, Goldberg and Dagan (2015).
"""

import numpy as np
import numpy.typing as npt

from codelength.data.word_vectors import WordVectors
from codelength.data.words import Words
from codelength.errors import DataError

WINDOW, CONTEXTS, DIMENSIONS, SMOOTHING = 4, 3000, 50, 0.75


def ppmi_vectors(words: Words, size: int, *, dimensions: int = DIMENSIONS) -> WordVectors:
    """Vectors of the `size` most frequent words; DataError where the text tells fewer dimensions.

    >>> from codelength.data.words import numbered
    >>> lines = [["a", "red", "cat"], ["a", "red", "dog"], ["the", "old", "cat"], ["the", "old", "dog"]]
    >>> ppmi_vectors(numbered("toy", lines), 6, dimensions=2).vectors.shape
    (6, 2)
    """
    size, contexts = (min(most, len(words.vocabulary)) for most in (size, CONTEXTS))
    near = _near(words, size, contexts)
    total = near.sum()
    of_word, of_context = near.sum(1, keepdims=True) / total, near.sum(0) ** SMOOTHING
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(near / total / (of_word * (of_context / of_context.sum())))
    information = np.where(near > 0, np.maximum(information, 0), 0)
    if min(information.shape) < dimensions:
        raise DataError(
            f"{words.name} holds {min(information.shape)} different words; {dimensions} dimensions need more"
        )
    values, left = np.linalg.eigh(information @ information.T)  # ascending
    values, left = values[::-1][:dimensions], left[:, ::-1][:, :dimensions]
    vectors = left * np.sqrt(np.sqrt(np.maximum(values, 0)))
    return WordVectors(words.name, words.top(size), vectors)


def _near(words: Words, size: int, contexts: int) -> npt.NDArray[np.float64]:
    counts = np.zeros(size * contexts)
    lines, ids = words.lines, words.ids
    for distance in range(1, WINDOW + 1):
        same = lines[:-distance] == lines[distance:]
        for one, other in ((ids[:-distance], ids[distance:]), (ids[distance:], ids[:-distance])):
            known = same & (one < size) & (other < contexts)
            counts += np.bincount(one[known] * contexts + other[known], minlength=len(counts)) / distance
    return counts.reshape(size, contexts)
