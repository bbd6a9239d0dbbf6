"""The small texts that come with the package, for the demonstration and for examples; see texts/LICENCE.md."""

from importlib.resources import files

from codelength.dataset import Dataset
from codelength.errors import UnknownNameError

BUNDLED = ("genome.txt", "pride_1.txt", "pride_2.txt", "war.txt")


def bundled(name: str) -> Dataset:
    """One of the bundled texts as a Dataset of one item.

    Raises UnknownNameError for any other name.

    >>> bundled("pride_2.txt").joined[:10], bundled("genome.txt").raw_bytes
    (b'Chapter 31', 116643)
    """
    if name not in BUNDLED:
        raise UnknownNameError(f"no bundled text is called {name!r}; there are {', '.join(BUNDLED)}")
    return Dataset(name, (files("codelength.data").joinpath("texts", name).read_bytes(),))
