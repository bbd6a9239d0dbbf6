"""Names with options, as people type them, and what they say by a table of what there is.

name[(member, ...)][:option=value,...]      zstd:level=19    bayes(counts:order=2,mixing)    from_codec(gzip)
name:word[,option=value,...]                hf:./model,context=512          where an option may stand first
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from codelength.errors import OptionError, UnknownNameError, UsageError
from codelength.units import KIB, format_size, parse_size

Value = int | float | str

_MOST_LETTERS = 1_000
_DEEPEST = 8  # parentheses within parentheses
_PLURALS = {"model": "codecs"}  # what a mixture of models is typed with


@dataclass(frozen=True, slots=True)
class Option:
    """One option: a whole number, a number, a size in bytes, one of some words, or any word (no choices).

    >>> Option("int", 9, "effort", low=1, high=9).parse("xz", "level", "19")
    Traceback (most recent call last):
    codelength.errors.OptionError: xz: level=19 is outside 1 to 9
    """

    kind: Literal["int", "float", "size", "word"]
    default: Value
    help: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    first: bool = False  # must be given, and may stand first without its key
    in_name: bool = True  # whether the codec's name, which files hold, says it

    @property
    def shown(self) -> str:
        """The default as one would type it."""
        is_large = self.kind == "size" and int(self.default) >= KIB
        return format_size(int(self.default)).replace(" ", "") if is_large else str(self.default)

    @property
    def allowed(self) -> str:
        """What it may be, for people."""
        if self.kind == "word" and not self.choices:
            return "a word"
        if self.kind == "word":
            return ", ".join(self.choices[:-1]) + " or " + self.choices[-1]
        if self.kind == "size":
            return f"{format_size(int(self.low))} to {format_size(int(self.high))}"
        return f"{self.low:g} to {self.high:g}"

    def parse(self, name: str, key: str, text: str) -> Value:
        """The value of text; OptionError where it is none."""
        if self.kind == "word":
            if self.choices and text not in self.choices:
                raise OptionError(f"{name}: {key}={text} is unknown; use {self.allowed}{_close(text, self.choices)}")
            return text
        try:
            value = self._number(text)
        except ValueError:
            wanted = {"int": "a whole number", "float": "a number", "size": "a size such as 64MiB"}[self.kind]
            raise OptionError(f"{name}: {key}={text} is not {wanted}; it may be {self.allowed}") from None
        if not self.low <= value <= self.high:
            raise OptionError(f"{name}: {key}={text} is outside {self.allowed}")
        return value

    def _number(self, text: str) -> int | float:
        if not re.fullmatch(r"[0-9A-Za-z.+-]{1,24}", text):
            raise ValueError(text)
        if self.kind == "size":
            return parse_size(text)
        return int(text) if self.kind == "int" else float(text)


class Named(Protocol):
    """What a table of names holds: how many members a name takes, at least and at most, and its options."""

    @property
    def options(self) -> Mapping[str, Option]:
        """Options by their key."""

    @property
    def members(self) -> tuple[int, int]:
        """How many it takes in parentheses, at least and at most."""


AnyNamed = TypeVar("AnyNamed", bound=Named)


@dataclass(frozen=True, slots=True)
class Read(Generic[AnyNamed]):
    """What a name says: its entry, the names in its parentheses, and every option's value."""

    entry: AnyNamed
    members: tuple[str, ...]
    values: Mapping[str, Value]
    texts: tuple[str, ...]  # the options that were typed

    def full_name(self, head: str, member_names: Sequence[str]) -> str:
        """The name as typed, without blanks."""
        inner = f"({','.join(member_names)})" if member_names else ""
        return head + inner + (":" + ",".join(self.texts) if self.texts else "")


def read_name(name: str, table: Mapping[str, AnyNamed], *, what: str = "model", depth: int = 0) -> Read[AnyNamed]:
    """What a name says, by a table of what there is, such as models or learners; `what` says which, for messages.

    Raises UnknownNameError for a name that is not in the table, OptionError for an option that is unknown, of the wrong
    type or out of range, UsageError for members that are missing or where none belong.

    >>> @dataclass
    ... class Animal:
    ...     options: Mapping[str, Option]
    ...     members: tuple[int, int] = (0, 2)
    >>> animals = {"herd": Animal({"size": Option("int", 3, "how many", low=1, high=9)})}
    >>> read = read_name("herd(cow,ox:horns=2):size=4", animals, what="animal")
    >>> read.members, read.values["size"], read.full_name("herd", read.members)
    (('cow', 'ox:horns=2'), 4, 'herd(cow,ox:horns=2):size=4')
    """
    name = name.strip()
    if len(name) > _MOST_LETTERS or depth > _DEEPEST:
        raise UsageError(f"a {what}'s name has at most {_MOST_LETTERS} letters and {_DEEPEST} nested parentheses")
    head, members_text, options_text = _parts(name, what)
    entry = table.get(head)
    if entry is None:
        raise UnknownNameError(f"there is no {what} {head!r}{_meant(head, tuple(table))}")
    members = () if members_text is None else tuple(split_names(members_text))
    least, most = entry.members
    if not least <= len(members) <= most:
        wanted = "no" if most == 0 else str(least) if least == most else f"{least} to {most}"
        raise UsageError(
            f"{head} takes {wanted} {_PLURALS.get(what, what + 's')} in parentheses, and got {len(members)}"
        )
    values, texts = _parse_options(head, entry.options, options_text)
    return Read(entry, members, {key: option.default for key, option in entry.options.items()} | values, tuple(texts))


def split_names(text: str) -> list[str]:
    """The names in a list separated by commas; options stay with the name that they belong to.

    Raises UsageError for an empty name, an option without a name or parentheses that do not match.

    >>> split_names("zstd:level=19,window=27,xz,bayes(counts:order=1,xz)")
    ['zstd:level=19,window=27', 'xz', 'bayes(counts:order=1,xz)']
    """
    names: list[str] = []
    for piece in _split(text):
        if not piece:
            raise UsageError(f"a name is missing in {text!r}; names are separated by single commas")
        if re.match(r"[^:(]*=", piece):
            if not names:
                raise UsageError(f"{piece!r} is an option without a name; write NAME:{piece}")
            names[-1] += "," + piece
        else:
            names.append(piece)
    return names


def _parts(name: str, what: str) -> tuple[str, str | None, str]:
    """A name's head, what is in its parentheses (None without any), and its options."""
    match = re.fullmatch(r"([^(:,=]*)(?:\((.*)\))?(?::(.*))?", name, re.DOTALL)
    if match is None or not match[1].strip():
        raise UsageError(f"{name!r} is no name of a {what}; write name:option=value or name(member,member)")
    if match[2] is not None and not match[2].strip():
        raise UsageError(f"{name!r} has nothing in its parentheses; name the {what}s that it is made of")
    return match[1].strip(), match[2], match[3] or ""


def _parse_options(name: str, options: Mapping[str, Option], text: str) -> tuple[dict[str, Value], list[str]]:
    values: dict[str, Value] = {}
    texts: list[str] = []
    first = next((key for key, option in options.items() if option.first), None)
    for place, piece in enumerate(text.split(",") if text else []):
        key, equals, value = (part.strip() for part in piece.partition("="))
        if not equals and place == 0 and first is not None:
            key, value = first, key
        elif not equals:
            raise OptionError(f"{name}: {piece!r} is no option; write option=value")
        option = options.get(key)
        if option is None:
            known = f"it has {', '.join(options)}" if options else "it has none"
            raise OptionError(f"{name}: option {key!r} is unknown; {known}{_meant(key, tuple(options))}")
        if key in values:
            raise OptionError(f"{name}: option {key!r} is given twice")
        values[key] = option.parse(name, key, value)
        if option.in_name:
            texts.append(f"{key}={value}" if equals else value)
    if first is not None and not values.get(first):
        raise OptionError(f"{name}: {first} is missing; write {name}:{first.upper()} or {name}:{first}={first.upper()}")
    return values, texts


def _split(text: str) -> list[str]:
    """Pieces between the commas that stand in no parentheses."""
    pieces, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    if depth:
        raise UsageError(f"the parentheses in {text!r} do not match")
    return [piece.strip() for piece in pieces]


def _meant(word: str, words: tuple[str, ...]) -> str:
    return _close(word, words) or ("" if not words else f"; there are {', '.join(words)}")


def _close(word: str, words: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else ""
