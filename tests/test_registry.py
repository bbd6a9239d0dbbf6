"""Names to codecs: parsing, checking, meaning well, and importing late."""

import pytest

from codelength.errors import OptionError, UnknownNameError, UsageError
from codelength.models.libraries import Xz, Zstd
from codelength.naming import split_names
from codelength.registry import LADDER, create, entries
from codelength.types import Codec

LAW_NAMES = [name for entry in entries().values() for name in entry.law_names]


COMPLETE = [name for name, entry in entries().items() if entry.is_complete]
MADE_OF_OTHERS = [name for name, entry in entries().items() if entry.members[0]]


@pytest.mark.parametrize("name", [*COMPLETE, *MADE_OF_OTHERS, *LAW_NAMES, *LADDER])
def test_a_codec_is_called_what_was_typed(name: str) -> None:
    if entries()[name.split(":")[0].split("(")[0]].members[0] and "(" not in name:
        name += "(counts)"
    codec = create(name)
    assert isinstance(codec, Codec)
    assert codec.name == name
    assert codec.memory_bytes > 0
    assert codec.nominal_speed > 0


@pytest.mark.parametrize("name", list(entries()))
def test_every_entry_has_a_law_name_and_says_what_it_is(name: str) -> None:
    entry = entries()[name]
    assert entry.name == name
    assert bool(entry.law_names) == (name in COMPLETE + MADE_OF_OTHERS)
    assert all(law.split(":")[0].split("(")[0] == name for law in entry.law_names)
    assert entry.describe().startswith(f"{name}: {entry.summary}")
    assert all(f"  {key}=" in entry.describe() and option.help for key, option in entry.options.items())


@pytest.mark.parametrize("name", COMPLETE)
def test_the_default_of_every_option_may_be_typed(name: str) -> None:
    plain = create(name)
    for key, option in entries()[name].options.items():
        text = f"{name}:{key}={option.default}"
        assert create(text).name == text
        assert create(text).memory_bytes == plain.memory_bytes


@pytest.mark.parametrize(
    ("name", "library", "extra"), [("lstm:width=8", "torch", "torch"), ("hf:./model", "transformers", "hf")]
)
def test_a_library_that_is_absent_is_asked_for_by_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, name: str, library: str, extra: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=rf"{name} needs {library}.*pip install 'codelength\[{extra}\]'"):
        create(name)


def test_options_reach_the_codec() -> None:
    assert create("zstd:level=19,window=20") == Zstd(level=19, window=20)
    assert create(" xz : level = 3 ") == Xz(level=3)
    assert create("ppmd:memory=32MiB").memory_bytes == 32 << 20


def test_members_reach_the_mixture() -> None:
    codec = create("bayes( counts:order=1 , from_codec(gzip:level=1,memory=1):reach=64 )")
    assert codec.name == "bayes(counts:order=1,from_codec(gzip:level=1,memory=1):reach=64)"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gzib", "did you mean gzip"),
        ("zst", "did you mean zstd"),
        ("brotly", "did you mean brotli"),
        ("qq", "there are"),
    ],
)
def test_an_unknown_name_is_met_with_what_was_meant(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint):
        create(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("xz:level=10", "level=10 is outside 0 to 9"),
        ("xz:level=-1", "outside 0 to 9"),
        ("xz:level=three", "not a whole number"),
        ("xz:level=3.5", "not a whole number"),
        ("xz:level=3_0", "not a whole number"),
        ("xz:level=٣", "not a whole number"),
        ("xz:level=", "not a whole number"),
        ("xz:level", "'level' is no option; write option=value"),
        ("xz:levle=3", "did you mean level"),
        ("xz:level=3,level=4", "given twice"),
        ("xz:level=3,", "is no option"),
        ("ppmd:memory=lots", "not a size such as 64MiB"),
        ("ppmd:memory=99GiB", "outside 1 MiB to 2 GiB"),
        ("counts:estimator=blnd", "did you mean blend"),
        ("counts:alpha=nan", "outside"),
        ("switching(counts):rate=1", "outside 0 to 0.999"),
        ("hf", "path is missing; write hf:PATH"),
        ("hf:", "path is missing"),
        ("hf:context=64", "path is missing"),
        ("hf:context=64,./model", "is no option; write option=value"),
        ("hf:./model,path=./model", "given twice"),
        ("hf:./mo(del)", "parentheses"),
        ("hf:./mo\u200bdel", "unprintable"),
        ("hf:./model=1", "option './model' is unknown"),
    ],
)
def test_a_bad_option_says_what_is_allowed(name: str, hint: str) -> None:
    with pytest.raises(OptionError, match=hint):
        create(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("", "is no name"),
        (":level=3", "is no name"),
        ("xz,level=3", "is no name"),
        ("xz(gzip)", "takes no codecs"),
        ("bayes", "takes 1 to 64 codecs"),
        ("bayes()", "nothing in its parentheses"),
        ("bayes(counts", "is no name"),
        ("bayes(counts))", "do not match"),
        ("bayes(counts,)", "a name is missing"),
        ("bayes(xz)", r"write from_codec\(xz\)"),
        ("from_codec(gzip,xz)", "takes 1 codecs"),
        ("from_codec(" * 20 + "gzip" + ")" * 20, "nested parentheses"),
        ("x" * 100_000, "letters"),
    ],
)
def test_a_malformed_name_is_refused(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        create(name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("xz", ["xz"]),
        ("gzip, xz", ["gzip", "xz"]),
        ("zstd:level=19,window=27,xz", ["zstd:level=19,window=27", "xz"]),
        ("bayes(counts:order=1,alpha=1,xz),gzip", ["bayes(counts:order=1,alpha=1,xz)", "gzip"]),
        ("switching(a,b):rate=0.1,c", ["switching(a,b):rate=0.1", "c"]),
        ("from_codec(zstd:level=3),xz:level=1", ["from_codec(zstd:level=3)", "xz:level=1"]),
    ],
)
def test_commas_separate_names_unless_they_separate_options(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize("text", ["", "gzip,,xz", ",", "level=3", "bayes(a,b", "a),b", "gzip,"])
def test_a_list_with_a_hole_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        split_names(text)


def test_the_ladder_begins_with_the_oldest_and_ends_with_the_best() -> None:
    assert (LADDER[0], LADDER[-1]) == ("gzip", "mixing")
    assert len(set(LADDER)) == 8
