"""A codec as a predictor: the formula by a second implementation, its history, and what the round trip costs."""

import itertools
import json

import numpy as np
import pytest

from codelength.errors import CodecError, OptionError
from codelength.models.counts import Counts
from codelength.models.from_codec import FromCodec, round_trip_cost
from codelength.models.libraries import Bz2, Gzip
from codelength.types import Model

QUICK = Gzip(level=1, memory=1)
TEXT = b"to be or not to be, that is the question; to be or not to "


class Elias:
    """A codec of known lengths: bytes equal to the one before cost 1 byte in 4, others 2 bytes."""

    name, window_bytes, memory_bytes, nominal_speed = "elias", 1, 1, 1

    def encode(self, data: bytes) -> bytes:
        new = sum(a != b for a, b in itertools.pairwise(data))
        return bytes(2 * new + (len(data) + 3) // 4)

    def decode(self, code: bytes, *, limit_bytes: int | None = None) -> bytes:
        return b""


def test_probabilities_are_those_of_the_formula() -> None:
    sizes = [len(QUICK.encode(TEXT + bytes((byte,)))) - len(QUICK.encode(TEXT)) for byte in range(256)]
    weights = np.array([2.0 ** (-8 * size) for size in sizes])
    got = FromCodec(QUICK).after(TEXT).reader().predict()
    np.testing.assert_allclose(got, weights / weights.sum(), rtol=1e-12)
    assert got[ord("b")] == got.max() > got[0]


def test_probabilities_by_hand() -> None:
    probabilities = FromCodec(Elias()).after(b"aaaa").reader().predict()
    assert probabilities[ord("a")] / probabilities[ord("b")] == 2.0**16
    assert probabilities[ord("a")] == 1 / (1 + 255 / 2**16)


def test_no_candidate_counts_as_more_than_three_bytes_longer() -> None:
    class Deep(Elias):
        def encode(self, data: bytes) -> bytes:
            return bytes(1000 * (data[-1:] != b"a"))

    probabilities = FromCodec(Deep()).reader().predict()
    assert probabilities[ord("a")] / probabilities[ord("b")] == 2.0**24
    assert probabilities.min() > 0


def test_it_sees_its_reach_and_no_further() -> None:
    model = FromCodec(QUICK, reach_bytes=8)
    assert model.after(TEXT).history == TEXT[-8:]
    np.testing.assert_array_equal(model.after(TEXT).bits(b"be"), model.after(b"?" + TEXT[-8:]).bits(b"be"))
    assert FromCodec(QUICK, reach_bytes=0).after(TEXT).history == b""
    with pytest.raises(OptionError, match="negative"):
        FromCodec(QUICK, reach_bytes=-1)


def test_a_library_is_for_this_machine_and_a_model_of_ours_for_any() -> None:
    assert FromCodec(QUICK).arithmetic == "float"
    assert FromCodec(Counts(order=0)).arithmetic == "fixed"
    assert isinstance(FromCodec(QUICK), Model)


def test_a_model_turned_predictor_and_codec_again_decodes() -> None:
    model = FromCodec(Counts(order=0), reach_bytes=4)
    assert model.decode(model.encode(b"abba")) == b"abba"


def test_what_was_typed_stays_its_name() -> None:
    assert FromCodec(Bz2(), reach_bytes=9).after(b"x").reader().freeze().name == "from_codec(bz2):reach=9"


def test_the_round_trip_cost_is_both_code_lengths_subtracted() -> None:
    data = TEXT[:30]
    cost = round_trip_cost(QUICK, data)
    assert cost.codec_bits == 8 * len(QUICK.encode(data))
    assert cost.predictor_bits == pytest.approx(float(FromCodec(QUICK).bits(data).sum()))
    assert cost.cost_bits == cost.predictor_bits - cost.codec_bits
    assert json.loads(cost.to_json())["cost_bits"] == cost.cost_bits
    assert f"{cost.cost_bits:,.1f} more" in str(cost)


def test_a_codec_that_does_not_decode_has_no_round_trip() -> None:
    with pytest.raises(CodecError, match="to other data"):
        round_trip_cost(Elias(), b"abc")
