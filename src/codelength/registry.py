"""The registry: one table from names to codecs, with options that are parsed and checked (`naming`).

A codec's `name` is what was typed, so that it says all that a decoder needs. Nothing is imported before its codec is
made. A name that ends in `.safetensors` is the path of what `codelength fit` wrote. To add a model is one file and one
entry here; the laws then apply to it at its `law_names`.
"""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from codelength.errors import OptionError, UsageError
from codelength.naming import Option, Value, read_name
from codelength.types import Codec, Conditional, Model
from codelength.units import GIB, KIB, MIB

Factory = Callable[[tuple[Codec, ...], Mapping[str, Value]], Codec]

CHECKPOINT_SUFFIX = ".safetensors"
_MOST_MEMBERS = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table: what a name stands for."""

    name: str
    summary: str
    options: Mapping[str, Option]
    factory: Factory
    law_names: tuple[str, ...]  # full names with small state, at which the laws run
    members: tuple[int, int] = (0, 0)  # how many codecs it takes in parentheses, at least and at most
    needs: str = ""  # a module that must be installed
    extra: str = ""  # of this package, which installs it

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is there."""
        return not self.needs or importlib.util.find_spec(self.needs) is not None

    @property
    def is_complete(self) -> bool:
        """Whether the bare name is enough."""
        return not any(option.first for option in self.options.values()) and not self.members[0]

    def describe(self) -> str:
        """Name, summary and options, a line each."""
        options = [f"  {key}={option.shown}  {option.help}; {option.allowed}" for key, option in self.options.items()]
        return "\n".join([f"{self.name}: {self.summary}", *options])


def create(name: str) -> Codec:
    """The codec of this name.

    Raises UnknownNameError for a name that is not in the table, OptionError for an option that is unknown, of the wrong
    type or out of range, UsageError for members that are missing or where none belong.

    >>> create("xz:level=6").name
    'xz:level=6'
    >>> create("gzib")
    Traceback (most recent call last):
    codelength.errors.UnknownNameError: there is no model 'gzib'; did you mean gzip?
    """
    return _create(name, 0)


def entries() -> Mapping[str, Entry]:
    """The table, in the order in which it is shown.

    >>> print(entries()["bz2"].describe())
    bz2: block sorting (Burrows-Wheeler), through libbz2
      level=9  blocks of so many 100,000 bytes; 1 to 9
    """
    return _ENTRIES


def _create(name: str, depth: int) -> Codec:
    if name.strip().endswith(CHECKPOINT_SUFFIX):
        return _checkpoint(name.strip())
    read = read_name(name, _ENTRIES, what="model", depth=depth)
    members = tuple(_create(part, depth + 1) for part in read.members)
    if not read.entry.is_installed:
        missing, extra = read.entry.needs, read.entry.extra
        raise UsageError(f"{name} needs {missing}, which is not installed; pip install 'codelength[{extra}]'")
    codec = read.entry.factory(members, read.values)
    object.__setattr__(codec, "name", read.full_name(read.entry.name, [member.name for member in members]))
    return codec


def _gzip(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Gzip

    return Gzip(level=int(options["level"]), memory=int(options["memory"]))


def _bz2(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Bz2

    return Bz2(level=int(options["level"]))


def _xz(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Xz

    return Xz(level=int(options["level"]), window=int(options["window"]))


def _zstd(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Zstd

    return Zstd(level=int(options["level"]), window=int(options["window"]))


def _brotli(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Brotli

    return Brotli(level=int(options["level"]), window=int(options["window"]))


def _ppmd(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.libraries import Ppmd

    return Ppmd(order=int(options["order"]), memory=int(options["memory"]))


def _counts(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.counts import Counts

    return Counts(
        order=int(options["order"]),
        estimator="dirichlet" if options["estimator"] == "dirichlet" else "blend",
        alpha=float(options["alpha"]),
        memory_bytes=int(options["memory"]),
    )


def _from_codec(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.from_codec import FromCodec

    return FromCodec(members[0], reach_bytes=int(options["reach"]))


def _mixing(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.mixing.model import Mixing

    net: Literal["none", "lstm"] = "lstm" if options["net"] == "lstm" else "none"
    return Mixing(str(options["level"]), memory_bytes=int(options["memory"]) or None, net=net)


def _fixed_lstm(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.lstm.model import FixedLstm

    return FixedLstm(cells=int(options["cells"]), layers=int(options["layers"]))


def _hf(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    path = str(options["path"])
    if any(letter in "()" or not letter.isprintable() for letter in path):
        raise OptionError(f"hf: path={path!r} has parentheses or unprintable letters, which a model's name cannot hold")
    from codelength.models.pretrained import Pretrained
    from codelength.models.pretrained_net import Loading
    from codelength.models.pretrained_state import Reading

    reading = Reading(
        context_tokens=int(options["context"]),
        stride_tokens=int(options["stride"]),
        block_bytes=int(options["block"]),
        start=options["start"] == "auto",
        adapt=options["adapt"] == "true",
        rate=float(options["rate"]),
    )
    loading = Loading(
        dtype=str(options["dtype"]),
        device=str(options["device"]),
        local_files_only=options["local_files_only"] == "true",
    )
    return Pretrained(path, reading=reading, loading=loading)


def _bayes(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.mixtures import Bayes

    return Bayes(_models(members))


def _switching(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.mixtures import Switching

    rate = options["rate"]
    return Switching(_models(members), rate=float(rate) if rate else None)


def _matched(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.matched import Matched

    if not isinstance(members[0], Conditional):
        raise UsageError(f"{members[0].name} cannot read a text before; matched takes a codec that can, such as mixing")
    return Matched(members[0], language=str(options["language"]))


def _checkpoint(path: str) -> Codec:
    """The net whose state `codelength fit` wrote to a file; its name is the file's."""
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("safetensors") is None:
        raise UsageError(f"{path} needs torch, which is not installed; pip install 'codelength[torch]'")
    from codelength.models.nets.checkpoint import load

    codec = load(path, create)
    codec.name = path
    return codec


def _transformer(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.nets.making import make

    return make("transformer", options)


def _lstm(members: tuple[Codec, ...], options: Mapping[str, Value]) -> Codec:
    from codelength.models.nets.making import make

    return make("lstm", options)


def _models(members: tuple[Codec, ...]) -> list[Model]:
    """The members as Models; UsageError for one that does not predict."""
    models = []
    for member in members:
        if not isinstance(member, Model):
            raise UsageError(f"{member.name} does not predict; write from_codec({member.name})")
        models.append(member)
    return models


def _level(default: int, low: int, high: int) -> Option:
    return Option("int", default, "effort", low=low, high=high)


def _net_options(layers: int, width: int, optimizer: str, rate: float, replay: int) -> dict[str, Option]:
    return {
        "layers": Option("int", layers, "layers", low=1, high=64),
        "width": Option("int", width, "numbers a position is kept in", low=8, high=8192),
        "streams": Option("int", 1, "rows of a block that are learned side by side", low=1, high=4096),
        "block": Option("int", 32, "bytes of a row; one update for every streams x block bytes", low=1, high=65536),
        "replay": Option("int", replay, "streams of the past in each update", low=0, high=1024),
        "optimizer": Option("word", optimizer, "of the matrices; the rest has adam", choices=("adam", "muon")),
        "rate": Option("float", rate, "learning rate of adam", low=0, high=1),
        "average": Option("float", 0.0, "predict by weights averaged so far, such as 0.99", low=0, high=0.999999),
        "calibrate": Option("word", "yes", "fit the temperature to what was predicted", choices=("yes", "no")),
        "orders": Option("size", 64 * MIB, "memory of count-based orders beside the net, 0 for none", low=0, high=GIB),
        "seed": Option("int", 0, "of the first weights and the replays", low=0, high=2**31 - 1),
        "device": Option("word", "cpu", "where the net runs", choices=("cpu", "cuda")),
    }


def _window(default: int, low: int, high: int) -> Option:
    return Option("int", default, "log2 of how many bytes back it looks", low=low, high=high)


_TABLE = (
    Entry(
        "gzip",
        "deflate, through zlib; reads 32,506 bytes before",
        {"level": _level(9, 1, 9), "memory": Option("int", 9, "zlib's memory level", low=1, high=9)},
        _gzip,
        ("gzip", "gzip:level=1"),
    ),
    Entry(
        "bz2",
        "block sorting (Burrows-Wheeler), through libbz2",
        {"level": Option("int", 9, "blocks of so many 100,000 bytes", low=1, high=9)},
        _bz2,
        ("bz2",),
    ),
    Entry(
        "xz",
        "LZMA2 at its extreme presets, through liblzma",
        {"level": _level(9, 0, 9), "window": _window(28, 12, 30)},
        _xz,
        ("xz", "xz:window=12"),
    ),
    Entry(
        "zstd",
        "Zstandard; reads a window before",
        {"level": _level(22, 1, 22), "window": _window(27, 10, 31)},
        _zstd,
        ("zstd", "zstd:level=3,window=10"),
    ),
    Entry(
        "brotli",
        "Brotli, with its dictionary of web text",
        {"level": _level(11, 0, 11), "window": _window(24, 10, 24)},
        _brotli,
        ("brotli", "brotli:level=5,window=10"),
    ),
    Entry(
        "ppmd",
        "prediction by partial matching, PPMd variant I, through pyppmd",
        {
            "order": Option("int", 16, "longest context", low=2, high=16),
            "memory": Option("size", 256 * MIB, "of the model, which restarts when it is full", low=MIB, high=2 * GIB),
        },
        _ppmd,
        ("ppmd:memory=1MiB", "ppmd:order=4,memory=16MiB"),
    ),
    Entry(
        "counts",
        "adaptive order-k counts, the readable baseline",
        {
            "order": Option("int", 2, "longest context", low=0, high=16),
            "estimator": Option("word", "blend", "orders blended, or order k alone", choices=("blend", "dirichlet")),
            "alpha": Option("float", 0.5, "prior count of each byte", low=1e-9, high=1e9),
            "memory": Option("size", GIB, "most memory for strings", low=64 * KIB, high=64 * GIB),
        },
        _counts,
        ("counts:order=0", "counts:order=2", "counts:order=1,estimator=dirichlet", "counts:order=6,memory=1MiB"),
    ),
    Entry(
        "mixing",
        "context mixing of bits, the strongest; decodes on any machine",
        {
            "level": Option("word", "default", "speed against strength", choices=("fast", "default", "max")),
            "net": Option("word", "none", "a net that learns as it reads, 8 KB/s", choices=("none", "lstm")),
            "memory": Option("size", 0, "most memory for tables, 0 for all that the level uses", low=0, high=2 * GIB),
        },
        _mixing,
        (
            "mixing:level=fast,memory=8MiB",
            "mixing:memory=16MiB",
            "mixing:level=max,memory=64MiB",
            "mixing:level=fast,net=lstm,memory=32MiB",
        ),
    ),
    Entry(
        "fixed_lstm",
        "a recurrent net that learns as it reads; decodes on any machine",
        {
            "cells": Option("int", 128, "of each layer, a multiple of 32", low=32, high=1024),
            "layers": Option("int", 2, "one above the other", low=1, high=4),
        },
        _fixed_lstm,
        ("fixed_lstm:cells=32,layers=1", "fixed_lstm:cells=64"),
    ),
    Entry(
        "transformer",
        "attention over bytes that learns what it codes, beside count-based orders; extra torch",
        {
            **_net_options(2, 128, "muon", 0.003, 1),
            "window": Option("int", 64, "bytes back that a layer sees", low=1, high=65536),
        },
        _transformer,
        (
            "transformer:width=16,layers=1,block=16,window=12,replay=1,orders=64KiB",
            "transformer:width=16,layers=2,streams=3,block=4,window=6,orders=0,average=0.5,optimizer=adam,rate=0.02",
        ),
        needs="torch",
        extra="torch",
    ),
    Entry(
        "lstm",
        "a recurrent net over bytes that learns what it codes, beside count-based orders; extra torch",
        _net_options(1, 224, "adam", 0.002, 3),
        _lstm,
        ("lstm:width=16,layers=2,streams=2,block=8,replay=2,orders=64KiB",),
        needs="torch",
        extra="torch",
    ),
    Entry(
        "bayes",
        "the Bayes mixture of models: the best one's bits and at most log2 of their number",
        {},
        _bayes,
        ("bayes(counts:order=1,counts:order=3)", "bayes(counts:order=2,mixing:level=fast,memory=8MiB)"),
        members=(1, _MOST_MEMBERS),
    ),
    Entry(
        "switching",
        "the mixture of all sequences of models: the best sequence's bits and a stated bound",
        {"rate": Option("float", 0, "share of each weight moved at a byte; 0 stands for 1/(t + 1)", low=0, high=0.999)},
        _switching,
        ("switching(counts:order=0,counts:order=2)", "switching(counts:order=0,counts:order=2):rate=0.01"),
        members=(1, _MOST_MEMBERS),
    ),
    Entry(
        "from_codec",
        "any codec as a predictor; 256 calls a byte",
        {"reach": Option("size", 4 * KIB, "history that the codec sees", low=0, high=GIB)},
        _from_codec,
        ("from_codec(gzip:level=1,memory=1):reach=64",),
        members=(1, 1),
    ),
    Entry(
        "matched",
        "a codec that, where it pays, sends a substitution first that makes the data like what was read",
        {
            "language": Option(
                "word",
                "none",
                "that both ends have read before all else",
                choices=("none", "english", "manx", "spanish"),
            ),
        },
        _matched,
        ("matched(counts:order=2)", "matched(gzip)", "matched(mixing:level=fast,memory=8MiB)"),
        members=(1, 1),
    ),
    Entry(
        "hf",
        "a pretrained language model of transformers, by tokens; its weights are outside information; extra hf",
        {
            "path": Option(
                "word", "", "folder or name on the Hugging Face hub; may stand first without path=", first=True
            ),
            "context": Option("int", 0, "tokens it sees at most, 0 for the model's own up to 1,024", low=0, high=10**6),
            "stride": Option("int", 0, "tokens by which the window moves, 0 for half of it", low=0, high=10**6),
            "block": Option("size", 4 * KIB, "bytes that are cut into tokens together", low=16, high=GIB),
            "start": Option("word", "auto", "begin with the model's start token, free", choices=("auto", "none")),
            "adapt": Option("word", "false", "go on learning from what was paid", choices=("true", "false")),
            "rate": Option("float", 0.05, "step of adapt", low=0, high=100),
            "dtype": Option("word", "float32", "numbers", choices=("float32", "bfloat16", "float16")),
            "device": Option("word", "cpu", "where it runs", choices=("cpu", "cuda")),
            "local_files_only": Option(
                "word",
                "true",
                "false lets it be fetched, once; not kept in names",
                choices=("true", "false"),
                in_name=False,
            ),
        },
        _hf,
        (),  # no model comes with the library: the laws run over models that their tests make
        needs="transformers",
        extra="hf",
    ),
)
_ENTRIES: Mapping[str, Entry] = MappingProxyType({entry.name: entry for entry in _TABLE})

LADDER = ("gzip", "bz2", "xz", "zstd", "brotli", "ppmd", "counts:order=2", "mixing")
