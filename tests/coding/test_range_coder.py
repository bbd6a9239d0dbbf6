"""The range coder: hand cases, golden bytes, carries, and an exact second implementation in rationals."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from codelength.coding.range_coder import SYMBOL_TOTAL, RangeDecoder, RangeEncoder
from codelength.errors import CodelengthError, DamagedError

Step = tuple[str, int, int]  # ("bit", bit, p1) or ("symbol", low, size)


def encode(steps: list[Step]) -> bytes:
    coder = RangeEncoder()
    for kind, first, second in steps:
        if kind == "bit":
            coder.bit(first, second)
        else:
            coder.symbol(first, second)
    return coder.finish()


def decode(code: bytes, steps: list[Step]) -> RangeDecoder:
    coder = RangeDecoder(code)
    for kind, first, second in steps:
        if kind == "bit":
            assert coder.bit(second) == first
        else:
            assert first <= coder.target() < first + second
            coder.symbol(first, second)
    return coder


def ideal_bits(steps: list[Step]) -> float:
    return math.fsum(
        -math.log2((second if first else 65536 - second) / 65536 if kind == "bit" else second / SYMBOL_TOTAL)
        for kind, first, second in steps
    )


def random_steps(rng: random.Random, count: int) -> list[Step]:
    steps: list[Step] = []
    for _ in range(count):
        if rng.random() < 0.5:
            p1 = rng.choice([1, 2, 300, 32768, 65000, 65534, 65535])
            steps.append(("bit", int(rng.random() < p1 / 65536), p1))
        else:
            low = rng.randrange(SYMBOL_TOTAL)
            size = min(1 << rng.randrange(25), SYMBOL_TOTAL - low)
            steps.append(("symbol", low, size))
    return steps


def test_nothing_costs_nothing() -> None:
    assert RangeEncoder().finish() == b""
    RangeDecoder(b"").finish()


@pytest.mark.parametrize("bit", [0, 1])
def test_one_even_bit_costs_one_byte_at_most(bit: int) -> None:
    code = encode([("bit", bit, 32768)])
    assert code == (b"" if bit else b"\x80")
    assert RangeDecoder(code).bit(32768) == bit


def test_golden_bytes() -> None:
    steps: list[Step] = [("bit", i * i % 7 % 2, 1 + 997 * i % 65535) for i in range(40)]
    steps += [("symbol", 1 << i, 1 << (i // 2)) for i in range(23)]
    assert encode(steps).hex() == GOLDEN


GOLDEN = (
    "00d1cc3bbdba2e28656fb81c717038e2e4e388238e211c7108e3888e3888"
    "e3891c71238e28e38a38e31c718e390e390e399c7338eae3ab8f3c79e4"
)


@pytest.mark.parametrize("seed", range(30))
def test_random_streams_decode_and_cost_their_ideal_within_a_few_bits(seed: int) -> None:
    rng = random.Random(seed)
    steps = random_steps(rng, rng.randrange(1, 400))
    code = encode(steps)
    decode(code, steps).finish()
    assert 8 * len(code) <= ideal_bits(steps) + 9


@pytest.mark.parametrize("seed", range(10))
def test_the_code_lies_in_the_exact_interval_of_its_steps(seed: int) -> None:
    steps = random_steps(random.Random(1000 + seed), 60)
    low, span, scale = 0, 1 << 48, 48  # the number line of 2^-scale, in whole numbers without bound
    for kind, first, second in steps:
        parts = 65536 if kind == "bit" else SYMBOL_TOTAL
        part = span // parts
        if kind == "bit" and first:
            span = part * second
        elif kind == "bit":
            low, span = low + part * second, span - part * second
        else:
            low, span = low + part * first, span - part * first if first + second == parts else part * second
        while span < 1 << 40:
            low, span, scale = low << 8, span << 8, scale + 8
    code = encode(steps)
    value = Fraction(int.from_bytes(code, "big"), 1 << 8 * len(code))
    assert Fraction(low, 1 << scale) <= value < Fraction(low + span, 1 << scale)
    if code:  # and no shorter one does
        step = 1 << 8 * (len(code) - 1)
        nearest = Fraction(-(-low * step // (1 << scale)), step)
        assert nearest >= Fraction(low + span, 1 << scale)


def test_a_carry_runs_through_a_long_row_of_255s() -> None:
    # Two parts around the middle, again and again: the interval keeps straddling 0.1000..., and the last bit decides.
    middle: list[Step] = [("symbol", SYMBOL_TOTAL // 2 - 1, 2)] * 2000
    below, above = [*middle, ("symbol", 0, 1 << 22)], [*middle, ("symbol", 3 << 22, 1 << 22)]
    assert encode(below)[:5000] == b"\x7f" + b"\xff" * 4999
    assert encode(above)[:5000] == b"\x80" + b"\x00" * 4999
    decode(encode(below), below).finish()
    decode(encode(above), above).finish()


def test_many_bits_at_once_are_bits_one_by_one() -> None:
    rng = np.random.default_rng(8)
    p1 = rng.integers(1, 65536, 200_000).astype(np.uint16)
    bits = (rng.random(200_000) * 65536 < p1).astype(np.uint8)
    at_once, one_by_one = RangeEncoder(), RangeEncoder()
    at_once.bits(bits, p1)
    for bit, p in zip(bits.tolist(), p1.tolist(), strict=True):
        one_by_one.bit(bit, p)
    code = at_once.finish()
    assert code == one_by_one.finish()
    cost = float(-np.log2(np.where(bits == 1, p1, 65536 - p1.astype(np.int64)) / 65536).sum())
    assert abs(8 * len(code) - cost) < 16 + 1e-4 * cost


@pytest.mark.parametrize("p1", [0, 65536, -1])
def test_a_bit_needs_a_16_bit_probability(p1: int) -> None:
    with pytest.raises(CodelengthError, match="between 1 and 65535"):
        RangeEncoder().bit(1, p1)


def test_many_bits_need_16_bit_probabilities() -> None:
    with pytest.raises(CodelengthError, match="between 1 and 65535"):
        RangeEncoder().bits(np.ones(3, np.uint8), np.array([5, 0, 5], np.uint16))


@pytest.mark.parametrize(("low", "size"), [(-1, 2), (0, 0), (SYMBOL_TOTAL, 1), (0, SYMBOL_TOTAL + 1)])
def test_a_symbol_needs_a_part_of_the_whole(low: int, size: int) -> None:
    with pytest.raises(CodelengthError, match="is no part of"):
        RangeEncoder().symbol(low, size)


def test_a_symbol_that_is_certain_costs_nothing() -> None:
    assert encode([("symbol", 0, SYMBOL_TOTAL)] * 1000) == b""


@pytest.mark.parametrize("seed", range(20))
def test_finish_passes_exactly_the_codes_that_an_encoder_ends_with(seed: int) -> None:
    rng = random.Random(seed)
    p1 = [rng.choice([100, 20000, 65000]) for _ in range(120)]
    code = encode([("bit", int(rng.random() < p / 65536), p) for p in p1])
    passed = 0
    for _ in range(200):
        other = bytearray(code)
        other[rng.randrange(len(other))] ^= 1 << rng.randrange(8)
        other = other[: rng.randrange(len(other))] if rng.random() < 0.3 else other
        other += bytes(rng.randrange(3)) if rng.random() < 0.3 else b""
        coder = RangeDecoder(bytes(other))
        bits = [coder.bit(p) for p in p1]
        again = encode([("bit", bit, p) for bit, p in zip(bits, p1, strict=True)])
        if again == bytes(other):
            coder.finish()
            passed += 1
        else:
            with pytest.raises(DamagedError, match="cut, changed or extended"):
                coder.finish()
    assert passed < 200
