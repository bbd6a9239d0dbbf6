"""Laws 1, 2 and 9: what is encoded decodes, coded is near ideal, and damage is told from data."""

import functools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.subjects import SECONDS, affordable, hard_inputs, model_of, names_of, speed, subject, text

from codelength.errors import DamagedError, LimitError
from codelength.types import Codec, Model

INPUTS = tuple(hard_inputs())


@functools.cache
def coded(name: str, what: str) -> tuple[bytes, bytes]:
    data = affordable(name, hard_inputs()[what], SECONDS / len(INPUTS))
    return data, subject(name).encode(data)


@pytest.mark.parametrize("what", INPUTS)
@pytest.mark.parametrize("name", names_of(Codec))
def test_decoding_gives_back_a_hard_input(name: str, what: str) -> None:
    data, code = coded(name, what)
    assert subject(name).decode(code) == data
    assert subject(name).decode(code, limit_bytes=len(data)) == data
    if data:
        with pytest.raises(LimitError):
            subject(name).decode(code, limit_bytes=len(data) - 1)


@pytest.mark.parametrize("name", names_of(Codec))
def test_decoding_gives_back_whatever_bytes_there_are(name: str) -> None:
    codec = subject(name)

    @settings(
        max_examples=30 if speed(name) > 10_000 else 8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=120))
    def law(data: bytes) -> None:
        assert codec.decode(codec.encode(data)) == data

    law()


@pytest.mark.parametrize("what", INPUTS)
@pytest.mark.parametrize("name", names_of(Model))
def test_coded_bits_are_near_the_ideal_ones(name: str, what: str) -> None:
    model = model_of(name)
    data, code = coded(name, what)
    ideal_bits = float(model.bits(data).sum())
    share = 0.005 if model.arithmetic == "float" else 0.002
    assert 8 * len(code) - ideal_bits <= 64 + share * ideal_bits


@pytest.mark.parametrize("name", names_of(Codec))
def test_a_damaged_code_is_refused_or_is_the_code_of_what_it_gives(name: str) -> None:
    codec = subject(name)
    data = affordable(name, text()[:600], 0.008, least=48)
    code = codec.encode(data)
    rng = random.Random(9)
    for _ in range(60 if speed(name) > 100_000 else 20 if speed(name) > 5_000 else 10):
        damaged = _damaged(code, rng)
        if damaged == code:
            continue
        try:
            got = codec.decode(damaged, limit_bytes=2 * len(data))
        except (DamagedError, LimitError):
            continue
        assert got == data or codec.encode(got) == damaged


def _damaged(code: bytes, rng: random.Random) -> bytes:
    match rng.randrange(5):
        case 0:
            at, bit = rng.randrange(len(code)), rng.randrange(8)
            return code[:at] + bytes((code[at] ^ 1 << bit,)) + code[at + 1 :]
        case 1:
            return code[: rng.randrange(len(code))]
        case 2:
            return code + rng.randbytes(rng.randrange(1, 9))
        case 3:
            return code + bytes(rng.randrange(1, 9))
        case _:
            return rng.randbytes(rng.randrange(2 * len(code)))
