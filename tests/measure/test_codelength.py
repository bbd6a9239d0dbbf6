"""What one text costs, alone and given another."""

import bz2
import zlib

import pytest

from codelength.dataset import Dataset, sha256_of
from codelength.errors import CodecError
from codelength.measure.codelength import measure, measure_ladder, measure_work
from codelength.models.counts import Counts
from codelength.types import Codec, Conditional

TEXT = b"It is a truth universally acknowledged, that a single man must be in want of a wife. " * 40


def test_a_plain_codec_costs_eight_bits_for_each_byte_that_it_writes(blocks: Codec) -> None:
    result = measure(TEXT, blocks)
    assert (result.bits, result.kind) == (8 * len(bz2.compress(TEXT)), "coded")


def test_a_model_costs_the_sum_of_its_bits(counts: Counts) -> None:
    result = measure(TEXT, counts)
    assert result.bits == pytest.approx(float(counts.bits(TEXT).sum()), abs=1e-6)
    assert result.kind == "ideal"


def test_a_coded_model_costs_what_it_writes(counts: Counts) -> None:
    result = measure(TEXT, counts, coded=True)
    assert (result.bits, result.kind) == (8 * len(counts.encode(TEXT)), "coded")
    assert 0 <= result.bits - measure(TEXT, counts).bits < 64 + 0.002 * result.bits


def test_data_given_to_a_model_is_read_first(counts: Counts) -> None:
    given, data = TEXT[:1000], TEXT[1000:]
    assert measure(data, counts, given=given).bits == pytest.approx(counts.after(given).bits(data).sum(), abs=1e-6)
    coded = measure(data, counts, given=given, coded=True)
    assert (coded.bits, coded.kind) == (8 * len(counts.after(given).encode(data)), "coded")


def test_data_given_to_a_dictionary_codec_is_its_dictionary(window: Conditional) -> None:
    coder = zlib.compressobj(9, zdict=TEXT[:1000])
    expected = 8 * len(coder.compress(TEXT[1000:]) + coder.flush())
    result = measure(TEXT[1000:], window, given=TEXT[:1000])
    assert (result.bits, result.kind) == (expected, "coded")


def test_data_given_to_any_other_codec_makes_a_difference_of_two_coded_sizes(blocks: Codec) -> None:
    result = measure(TEXT[1000:], blocks, given=TEXT[:1000])
    assert result.bits == 8 * (len(bz2.compress(TEXT)) - len(bz2.compress(TEXT[:1000])))
    assert result.kind == "difference"


def test_a_codec_that_loses_data_is_not_believed(liar: Codec) -> None:
    with pytest.raises(CodecError, match="liar did not give back the 3 bytes"):
        measure(b"abc", liar)


def test_an_empty_text_costs_a_model_nothing_and_a_codec_its_header(counts: Counts, blocks: Codec) -> None:
    assert measure(b"", counts).bits == 0
    assert measure(b"", blocks).bits == 8 * len(bz2.compress(b""))


def test_one_byte_costs_eight_bits_before_anything_is_known(counts: Counts) -> None:
    assert measure(b"x", counts).bits == pytest.approx(8.0, abs=1e-9)


def test_items_of_a_dataset_are_joined_and_named(stored: Codec) -> None:
    result = measure(Dataset("pair", (b"ab", b"c")), stored)
    assert (result.data, result.raw_bytes, result.bits, result.sha256) == ("pair", 3, 24.0, sha256_of(b"abc"))


@pytest.mark.parametrize("given", [None, TEXT[:999]])
@pytest.mark.parametrize("coded", [False, True])
def test_progress_reaches_the_work_that_was_announced(
    counts: Counts, blocks: Codec, window: Conditional, given: bytes | None, coded: bool
) -> None:
    codecs: tuple[Codec, ...] = (counts, blocks, window)
    for codec in codecs:
        done: list[int] = []
        measure(TEXT, codec, given=given, coded=coded, progress=done.append)
        given_bytes = None if given is None else len(given)
        assert sum(done) == measure_work(len(TEXT), [codec], given_bytes=given_bytes, coded=coded)


def test_the_best_row_of_a_ladder_comes_first(counts: Counts, blocks: Codec, stored: Codec) -> None:
    rows = measure_ladder(TEXT, [stored, counts, blocks])
    assert [row.model for row in rows] == ["blocks", "counts:order=2", "stored"]
    assert [row.bits for row in rows] == sorted(row.bits for row in rows)
