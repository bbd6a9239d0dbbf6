"""What every model owes to its reader, on a toy whose costs are known by hand."""

import math

import numpy as np
import pytest

from codelength.coding.sequential import (
    ByteReader,
    SequentialModel,
    clip_p1,
    decode_length,
    encode_length,
    mass_tree,
)
from codelength.errors import DamagedError, LimitError
from codelength.types import Model, Probs


class Again(SequentialModel):
    """Gives 1/2 to the byte that came last and 1/510 to each other."""

    name, unit, arithmetic = "again", "byte", "fixed"
    window_bytes, memory_bytes, nominal_speed = 1, 1, 1

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def reader(self) -> "AgainReader":
        return AgainReader(self.last)


class AgainReader(ByteReader):
    def __init__(self, last: int) -> None:
        self.last = last

    def predict(self) -> Probs:
        probabilities = np.full(256, 1 / 510)
        probabilities[self.last] = 0.5
        return probabilities

    def learn(self, byte: int) -> None:
        self.last = byte

    def freeze(self) -> Again:
        return Again(self.last)


DATA = b"\0\0aab"


def test_the_toy_is_a_model() -> None:
    assert isinstance(Again(), Model)


def test_bits_are_those_by_hand() -> None:
    np.testing.assert_allclose(Again().bits(DATA), [1, 1, math.log2(510), 1, math.log2(510)], atol=1e-12)


def test_nothing_costs_nothing_and_changes_nothing() -> None:
    model = Again(7)
    assert model.bits(b"").shape == (0,)
    assert model.after(b"") is model
    assert model.encode(b"") == b"\0"
    assert model.decode(b"\0") == b""


def test_after_makes_a_new_model() -> None:
    model = Again()
    assert model.after(DATA).bits(b"b")[0] == 1
    assert model.bits(b"b")[0] == pytest.approx(math.log2(510))


def test_cost_takes_chunks_and_bits_each_takes_items() -> None:
    model = Again()
    assert model.cost([DATA[:2], b"", DATA[2:]]) == pytest.approx(float(model.bits(DATA).sum()))
    assert [costs.tolist() for costs in model.bits_each([b"\0", b"", b"\0\0"])] == [[1.0], [], [1.0, 1.0]]


def test_order_is_that_of_the_file() -> None:
    assert Again().order(4).tolist() == [0, 1, 2, 3]


def test_what_is_encoded_decodes_at_near_its_ideal_size() -> None:
    data = b"\0" * 800 + b"a" * 800
    code = Again().encode(data)
    assert Again().decode(code) == data
    assert 1600 < 8 * len(code) < 1600 + 64


def test_decoding_stops_at_a_limit_before_it_starts() -> None:
    code = encode_length(1 << 60)
    with pytest.raises(LimitError, match="over the limit of 1,000"):
        Again().decode(code, limit_bytes=1000)


@pytest.mark.parametrize("damage", [b"\x00", b"\x01", b"junk"])
def test_a_code_that_goes_on_is_damaged(damage: bytes) -> None:
    with pytest.raises(DamagedError):
        Again().decode(Again().encode(DATA) + damage)


def test_a_byte_gives_its_bits_by_summing() -> None:
    reader = Again(0b10110000).reader()
    probabilities = reader.predict()
    chain = 1.0
    for place, bit in enumerate([0, 0, 1, 1, 0, 1, 0, 1]):
        p1 = reader.p1_exact()
        assert reader.p1() == clip_p1(p1)
        chain *= p1 if bit else 1 - p1
        reader.put(bit)
        begun = [p for byte, p in enumerate(probabilities) if byte >> (7 - place) == 0b00110101 >> (7 - place)]
        assert chain == pytest.approx(sum(begun))
    assert reader.last == 0b00110101


def test_a_look_at_the_next_bit_does_not_outlive_what_is_read() -> None:
    reader = Again(255).reader()
    assert reader.p1() > 40_000
    reader.read(b"\0")
    assert reader.p1() < 20_000


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300, 1 << 32, (1 << 62) - 1])
def test_lengths_come_back(size: int) -> None:
    code = encode_length(size)
    assert decode_length(code + b"rest") == (size, len(code))


@pytest.mark.parametrize("code", [b"", b"\x80", b"\xff" * 20, b"\x80\x00", b"\xac\x82\x00"])
def test_what_is_no_length_is_damaged(code: bytes) -> None:
    with pytest.raises(DamagedError, match="does not begin with a length"):
        decode_length(code)


def test_the_mass_of_a_prefix_is_the_sum_of_its_bytes() -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(256))
    tree = mass_tree(probabilities)
    assert tree[1] == pytest.approx(1)
    assert tree[0b101] == pytest.approx(probabilities[64:128].sum())
    np.testing.assert_array_equal(tree[256:], probabilities)
