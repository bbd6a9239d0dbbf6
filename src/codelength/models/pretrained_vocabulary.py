"""Tokens as bytes: what each token of a tokenizer spells, and how any data is cut into tokens that spell it.

    data = spelling(t_1) + spelling(t_2) + ... + spelling(t_m)          for all bytes, not only for text

The receiver joins spellings, so any cut that spells the data will do, and the tokenizer's own is taken where it spells
it. It does not where a normaliser changed the text, where bytes are no UTF-8, where a word is unknown or where a space
was added in front: there the longest entry that spells the next bytes is taken, and a byte that begins no entry is
*escaped*: sent by itself, as symbol `size + byte`. A text has many cuts and one of them is coded, so the code length is
an upper bound on −log2 of the text's whole probability (Cao and Rimell 2021, "You should evaluate your language model
on marginal likelihood over tokenisations").

Special tokens spell nothing: text that looks like one is cut as plain text, and none is ever coded. Entries are sorted
by their spelling, so that those that begin with the same bytes are neighbours.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from codelength.errors import UsageError

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"  # SentencePiece's
_STRETCH = re.compile("[\udc80-\udcff]+|[^\udc80-\udcff]+")
_BYTE_TOKEN = re.compile("<0x([0-9A-F]{2})>")

Ranges = npt.NDArray[np.int64]
Cut = Callable[[str], tuple[list[int], list[tuple[int, int]]]]  # ids, and which characters each came from


class HuggingFaceTokenizer(Protocol):
    """What is asked of a tokenizer of transformers."""

    @property
    def all_special_ids(self) -> list[int]:
        """Ids of tokens that stand for no text."""

    @property
    def unk_token_id(self) -> int | None:
        """The id of what is unknown, if there is one."""

    def get_vocab(self) -> dict[str, int]:
        """Tokens and their ids."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """The ids of a text."""


class Vocabulary:
    """Spellings of tokens, sorted; made of (id, spelling) pairs and of how a tokenizer cuts text.

    Raises UsageError where no token spells anything.

    >>> vocabulary = Vocabulary([(7, b"a"), (3, b"ab"), (5, b"c")], lambda text: ([], []))
    >>> [vocabulary.spelling(symbol) for symbol in vocabulary.cut(b"abcad")]
    [b'ab', b'c', b'a', b'd']
    >>> vocabulary.ids.tolist(), vocabulary.cut(b"d") == [vocabulary.size + ord("d")], vocabulary.is_complete
    ([7, 3, 5], True, False)
    """

    def __init__(self, spellings: Iterable[tuple[int, bytes]], cut: Cut) -> None:
        entries = sorted((spelling, token) for token, spelling in spellings if spelling)
        if not entries:
            raise UsageError("no token of this tokenizer spells any bytes; is its tokenizer there (tokenizer.json)?")
        self.ids = np.array([token for _, token in entries], np.int64)  # [size]
        self.size = len(entries)
        self._spellings = [spelling for spelling, _ in entries]
        self._entry_of_id = {token: entry for entry, (_, token) in enumerate(entries)}
        self._entry_of = {spelling: entry for entry, (spelling, _) in reversed(list(enumerate(entries)))}
        self._longest = max(map(len, self._spellings))
        self._cut_text = cut
        self._ranges: dict[int, tuple[Ranges, Ranges]] = {}
        self.begins: Ranges = np.array([self._place(bytes((byte,))) for byte in range(256)] + [self.size], np.int64)
        self.is_complete = all(bytes((byte,)) in self._entry_of for byte in range(256))

    def spelling(self, symbol: int) -> bytes:
        """The bytes of a symbol: an entry's, or the escaped byte."""
        return self._spellings[symbol] if symbol < self.size else bytes((symbol - self.size,))

    def cut(self, data: bytes) -> list[int]:
        """Symbols whose spellings are data, always the same for the same data."""
        symbols: list[int] = []
        for stretch in _STRETCH.findall(data.decode("utf-8", "surrogateescape")):
            part = stretch.encode("utf-8", "surrogateescape")
            if "\udc80" <= stretch[0] <= "\udcff":
                symbols += self._greedy(part)
            else:
                symbols += self._checked(stretch, part)
        return symbols

    def beginning(self, prefix: bytes) -> tuple[int, int]:
        """The entries [low, high) whose spellings begin with a prefix."""
        low = self._place(prefix)
        after = prefix.rstrip(b"\xff")
        return low, self._place(after[:-1] + bytes((after[-1] + 1,))) if after else self.size

    def beginnings_of(self, data: bytes) -> list[tuple[int, int]]:
        """The entries that data begins with, the first of each spelling, and their sizes."""
        sizes = range(1, min(self._longest, len(data)) + 1)
        return [(self._entry_of[data[:size]], size) for size in sizes if data[:size] in self._entry_of]

    def prefix_ranges(self, entry: int) -> tuple[Ranges, Ranges]:
        """Where the entries that begin with each proper prefix of an entry lie: lows and highs, [length − 1]."""
        if entry not in self._ranges:
            spelling = self._spellings[entry]
            ranges = np.array([self.beginning(spelling[:end]) for end in range(1, len(spelling))], np.int64)
            self._ranges[entry] = (ranges.reshape(-1, 2)[:, 0], ranges.reshape(-1, 2)[:, 1])
        return self._ranges[entry]

    def _place(self, spelling: bytes) -> int:
        return bisect_left(self._spellings, spelling)

    def _checked(self, text: str, data: bytes) -> list[int]:
        ids, spans = self._cut_text(text)
        entries = [self._entry_of_id.get(token, -1) for token in ids]
        if min(entries, default=0) >= 0 and b"".join(self._spellings[entry] for entry in entries) == data:
            return entries
        ends = [0, *accumulate(len(letter.encode()) for letter in text)]  # of each character, in bytes
        symbols: list[int] = []
        at = 0
        # The invariant: symbols spell data[:at].
        for entry, (_, stop) in zip(entries, spans, strict=False):
            if entry >= 0 and data.startswith(self._spellings[entry], at):
                symbols.append(entry)
                at += len(self._spellings[entry])
            elif ends[stop] > at:
                symbols += self._greedy(data[at : ends[stop]])
                at = ends[stop]
        return symbols + self._greedy(data[at:])

    def _greedy(self, data: bytes) -> list[int]:
        symbols, at = [], 0
        while at < len(data):
            for size in range(min(self._longest, len(data) - at), 0, -1):
                entry = self._entry_of.get(data[at : at + size])
                if entry is not None:
                    break
            else:
                entry, size = self.size + data[at], 1
            symbols.append(entry)
            at += size
        return symbols


def vocabulary_of(tokenizer: HuggingFaceTokenizer, width: int) -> Vocabulary:
    """The vocabulary of a tokenizer for a net of `width` logits, without ids beyond them and special tokens.

    Raises UsageError where no token spells anything.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    special = set(tokenizer.all_special_ids)
    if not isinstance(backend, Tokenizer):
        return _vocabulary_of_slow(tokenizer, special, width)
    description = json.loads(backend.to_str())
    if "dropout" in description["model"]:
        description["model"]["dropout"] = None  # which would cut at random
    private = Tokenizer.from_str(json.dumps(description))
    private.encode_special_tokens = True
    private.no_truncation()
    private.no_padding()
    spell = spelling_rule(description)
    added = {token["id"]: token for token in description["added_tokens"]}
    special |= {token for token, about in added.items() if about["special"]}

    def cut(text: str) -> tuple[list[int], list[tuple[int, int]]]:
        encoding = private.encode(text, add_special_tokens=False)
        return encoding.ids, encoding.offsets

    tokens = {token: text for text, token in private.get_vocab(with_added_tokens=True).items()}
    return Vocabulary(
        (
            (token, added[token]["content"].encode() if token in added else spell(text))
            for token, text in tokens.items()
            if token < width and token not in special
        ),
        cut,
    )


def tokenizer_bytes(tokenizer: HuggingFaceTokenizer) -> bytes:
    """A description of a tokenizer, from which another could be made."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if isinstance(backend, Tokenizer):
        return backend.to_str().encode()
    return json.dumps(tokenizer.get_vocab(), ensure_ascii=False).encode()


def spelling_rule(description: Mapping[str, Any]) -> Callable[[str], bytes]:
    """How tokens spell bytes, from a description in the format of tokenizer.json.

    A wrong rule costs bits and never the data: the receiver has the same rule, and what it cannot spell is escaped.

    >>> spelling_rule({"decoder": {"type": "ByteLevel"}})("\\u0120caf\\u00c3\\u00a9").decode()
    ' café'
    >>> spelling_rule({"decoder": {"type": "Metaspace", "replacement": "_"}})("_caf\\u00e9").decode()
    ' café'
    >>> spelling_rule({"decoder": {"type": "ByteFallback"}})("<0x0A>")
    b'\\n'
    """
    parts = list(_parts(description.get("decoder"))) + list(_parts(description.get("pre_tokenizer")))
    kinds = {part["type"] for part in parts}
    if "ByteLevel" in kinds:
        letters = byte_letters()
        return lambda token: b"".join(letters.get(letter, letter.encode()) for letter in token)
    replaced = {part["replacement"]: " " for part in parts if part["type"] == "Metaspace"}
    for part in parts:
        pattern = part.get("pattern")
        if part["type"] == "Replace" and isinstance(pattern, Mapping) and part.get("content", "") == " ":
            replaced[pattern.get("String", _SPACE)] = " "
        if part["type"] == "BPEDecoder" and part.get("suffix"):
            replaced[part["suffix"]] = " "
    continuing = next((part["prefix"] for part in parts if part["type"] == "WordPiece"), "")

    def spell(token: str) -> bytes:
        byte = _BYTE_TOKEN.fullmatch(token) if "ByteFallback" in kinds else None
        if byte is not None:
            return bytes((int(byte[1], 16),))
        token = token.removeprefix(continuing)
        for old, new in replaced.items():
            token = token.replace(old, new)
        return token.encode()

    return spell


def byte_letters() -> dict[str, bytes]:
    """The letters that stand for bytes in byte-level tokenizers: printable ones for themselves, the rest from 256 on.

    >>> len(byte_letters()), byte_letters()["A"], byte_letters()["\\u0100"], byte_letters()["\\u0120"]
    (256, b'A', b'\\x00', b' ')
    """
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {chr(byte): bytes((byte,)) for byte in shown}
    return letters | {chr(256 + place): bytes((byte,)) for place, byte in enumerate(hidden)}


def _parts(part: Any) -> Iterable[Mapping[str, Any]]:
    """A component of a tokenizer and those that a sequence is made of."""
    if isinstance(part, Mapping):
        yield part
        for inner in (*part.get("decoders", ()), *part.get("pretokenizers", ())):
            yield from _parts(inner)


def _vocabulary_of_slow(tokenizer: HuggingFaceTokenizer, special: set[int], width: int) -> Vocabulary:
    def cut(text: str) -> tuple[list[int], list[tuple[int, int]]]:
        return tokenizer.encode(text, add_special_tokens=False), []

    tokens = {token: text for text, token in tokenizer.get_vocab().items() if token < width and token not in special}
    return Vocabulary(
        ((token, text.replace(_SPACE, " ").replace("</w>", " ").encode()) for token, text in tokens.items()), cut
    )
