"""Items that are compared with each other: each file one, or each label of labelled lines."""

from collections import Counter
from collections.abc import Callable, Sequence

from codelength.data.files import load
from codelength.data.names import printable
from codelength.dataset import Dataset
from codelength.errors import FormatError


def load_items(
    arguments: Sequence[str], *, by_label: bool = False, notice: Callable[[str], None] | None = None
) -> Dataset:
    """The files of all arguments, an item each, named by their path in their folder, with it where two would be alike.

    By label, lines `label<tab>text` of all of them are gathered: an item a label, its texts in their order, a line
    each. Raises SourceError for what cannot be read, FormatError for a line without a label.
    """
    loaded = [load(argument, notice) for argument in arguments]
    if by_label:
        return _by_label(loaded)
    named = [(data, name) for data in loaded for name in data.item_names or ()]
    alike = Counter(name for _, name in named)
    names = [name if alike[name] == 1 else f"{data.name}/{name}" for data, name in named]
    name = loaded[0].name if len(loaded) == 1 else f"{len(names)} items"
    return Dataset(name, tuple(item for data in loaded for item in data), item_names=tuple(names))


def _by_label(loaded: Sequence[Dataset]) -> Dataset:
    texts: dict[bytes, list[bytes]] = {}
    for data in loaded:
        for number, line in enumerate(data.joined.splitlines(), start=1):
            label, tab, text = line.partition(b"\t")
            if line.strip():
                if not tab or not label.strip():
                    raise FormatError(f"{data.name}, line {number}: there is no label; lines are 'label<tab>text'")
                texts.setdefault(label.strip(), []).append(text)
    names = tuple(printable(label.decode("utf-8", "surrogateescape")) for label in texts)
    return Dataset("labels", tuple(b"\n".join(lines) + b"\n" for lines in texts.values()), item_names=names)
