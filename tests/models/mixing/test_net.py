"""Mixing with a net among its inputs: what must hold besides the laws, and that the net helps."""

import hashlib
import pickle

import numpy as np
import pytest
from tests.models.mixing.test_mixing import ENGLISH, arrays, golden_data, kinds, rng

from codelength.coding.range_coder import RangeDecoder, RangeEncoder
from codelength.errors import OptionError
from codelength.models.mixing.model import Mixing
from codelength.models.mixing.state import LEVELS, fresh, shape_of
from codelength.models.mixing.tables import COST

GOLDEN = (5175, "4b1067312c8d238c")  # at fast, of 15,000 bytes: bytes of code and the beginning of its SHA-256
LEVEL_NAMES = tuple(LEVELS)


def small(level: str) -> Mixing:
    return Mixing(level, shape_of(level, "lstm").least_bytes, net="lstm")


@pytest.mark.parametrize("level", LEVEL_NAMES)
def test_what_is_encoded_is_decoded(level: str) -> None:
    data = b"".join(data[:300] for data in kinds().values())
    model = small(level)
    code = model.encode(data)
    assert model.decode(code) == data
    assert 8 * len(code) <= model.bits(data).sum() + 32


@pytest.mark.parametrize("level", LEVEL_NAMES)
def test_a_net_shortens_a_text(level: str) -> None:
    text = ENGLISH[:30_000]
    assert small(level).bits(text).sum() < 0.993 * Mixing(level).bits(text).sum()


@pytest.mark.parametrize("size", [0, 1000, 1024, 1030])
def test_items_are_taken_back_exactly_with_the_net(size: int) -> None:
    model = small("fast").after(ENGLISH[:size])
    whole = b"".join(kinds().values())
    starts = rng(6).integers(0, len(whole) - 300, 20).tolist()
    items = [b"", *(whole[start : start + int(rng(start).integers(0, 120))] for start in starts)]
    model.bits_each([b"x"])
    before = arrays(model)
    each = model.bits_each(items)
    after = arrays(model)
    assert [name for name in before if before[name] != after[name]] == []
    assert all(np.array_equal(paid, model.bits(item)) for item, paid in zip(items, each, strict=True))


def test_steps_of_one_bit_and_pieces_pay_what_reading_does() -> None:
    model = small("fast").after(ENGLISH[:1000])
    reader, stepped, pieces = model.reader(), model.reader(), model.reader()
    data = ENGLISH[1000:1060]
    paid = reader.read(data)
    assert np.array_equal(np.concatenate([pieces.read(data[i : i + 7]) for i in range(0, 60, 7)]), paid)
    for byte, cost in zip(data, paid, strict=True):
        steps = 0.0
        for k in range(8):
            bit, p1 = byte >> (7 - k) & 1, stepped.p1()
            steps += float(COST[p1 if bit else 65536 - p1])
            stepped.put(bit)
        assert steps == pytest.approx(cost, abs=1e-12)
    rest = ENGLISH[5000:5400]
    assert np.array_equal(reader.read(rest), stepped.read(rest))


def test_coding_in_pieces_writes_the_same_code_with_the_net() -> None:
    whole, pieces, data = RangeEncoder(), RangeEncoder(), ENGLISH[:1500]
    small("fast").reader().encode_into(whole, data)
    reader = small("fast").reader()
    for start, end in ((0, 1), (1, 24), (24, 1049), (1049, 1500)):
        reader.encode_into(pieces, data[start:end])
    code = whole.finish()
    assert pieces.finish() == code
    back = small("fast").reader()
    decoder = RangeDecoder(code)
    assert b"".join(back.decode_from(decoder, size) for size in (20, 0, 1100, 380)) == data


def test_a_model_with_a_net_is_pickled_with_what_it_has_read() -> None:
    model = small("fast").after(ENGLISH[:1500])
    other: Mixing = pickle.loads(pickle.dumps(model))
    assert (other.name, other.net, other.arithmetic) == (model.name, "lstm", "fixed")
    assert arrays(other) == arrays(model)
    assert np.array_equal(other.bits(ENGLISH[3000:3500]), model.bits(ENGLISH[3000:3500]))


def test_the_code_is_golden() -> None:
    code = Mixing("fast", net="lstm").encode(golden_data()[15_000:30_000])
    assert (len(code), hashlib.sha256(code).hexdigest()[:16]) == GOLDEN


def test_the_shape_with_a_net_says_so_and_keeps_the_level() -> None:
    assert shape_of("max", "none") is LEVELS["max"]
    shape = shape_of("max", "lstm")
    assert (shape.net, LEVELS["max"].net, shape.inputs % 16) == ("lstm", "none", 0)
    assert Mixing("max").arithmetic == "integer"
    assert Mixing("max", net="lstm").name == "mixing:level=max,net=lstm"


def test_a_net_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OptionError, match="between"):
        Mixing("fast", LEVELS["fast"].least_bytes, net="lstm")


@pytest.mark.parametrize("level", LEVEL_NAMES)
def test_the_net_stays_within_the_memory_that_it_adds(level: str) -> None:
    shape = shape_of(level, "lstm")
    plain, joined = (fresh(each, each.least_bytes).size_bytes for each in (LEVELS[level], shape))
    assert joined - plain <= shape.least_bytes - LEVELS[level].least_bytes
