"""Files of models in floating point: the environment is recorded, and where it rounds otherwise nothing is made up."""

import io
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from codelength.coding import container
from codelength.coding.container import read_container, read_header, write_container
from codelength.errors import DamagedError, FormatError, GivenError, MachineError, UsageError
from codelength.models.counts import Counts
from codelength.models.from_codec import FromCodec
from codelength.models.mixtures import Bayes
from codelength.types import Model

TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40


class Elsewhere(Counts):
    """Counts that say where they were computed; another alpha stands for another rounding."""

    def __init__(
        self, alpha: float, environment: Mapping[str, str], *, order: int = 2, memory_bytes: int = 1 << 20
    ) -> None:
        super().__init__(alpha=alpha, order=order, memory_bytes=memory_bytes)
        self.name = "elsewhere"
        self.environment = environment


HERE = Elsewhere(0.5, {"torch": "2.13", "cpu": "AVX512", "threads": "1"})


def coded(model: Model, chunk_bytes: int | None = 512) -> bytes:
    target = io.BytesIO()
    write_container(io.BytesIO(TEXT), target, model, chunk_bytes=chunk_bytes)
    return target.getvalue()


def test_a_file_records_the_environment_and_decodes_in_it() -> None:
    code, back = coded(HERE), io.BytesIO()
    header = read_header(io.BytesIO(code))
    assert (header.version, dict(header.environment)) == (2, dict(HERE.environment))
    read_container(io.BytesIO(code), back, HERE)
    assert back.getvalue() == TEXT


def test_another_environment_that_rounds_alike_decodes_too() -> None:
    back = io.BytesIO()
    read_container(io.BytesIO(coded(HERE)), back, Elsewhere(0.5, {"torch": "2.14", "cpu": "AVX2"}))
    assert back.getvalue() == TEXT


@pytest.mark.parametrize("chunk_bytes", [None, 512, 1 << 11])
def test_another_rounding_stops_at_the_first_wrong_chunk_and_says_what_differs(chunk_bytes: int | None) -> None:
    back = io.BytesIO()
    other = Elsewhere(0.25, {"torch": "2.12", "cpu": "AVX512", "threads": "1"})
    with pytest.raises(
        MachineError, match=r"chunk 0.*made with torch 2\.13, here 2\.12$|SHA-256.*torch 2\.13, here 2\.12$"
    ):
        read_container(io.BytesIO(coded(HERE, chunk_bytes)), back, other)
    assert back.getvalue() == b""


def test_what_was_sound_before_the_rounding_went_off_is_all_that_is_written() -> None:
    data = random.Random(5).choices(b"abcdefgh", k=4096)
    # Counts with less memory say the same until it is full.
    full = Elsewhere(0.5, {"cpu": "AVX512"}, order=6)
    early = Elsewhere(0.5, {"cpu": "AVX2"}, order=6, memory_bytes=1 << 16)
    code, back = io.BytesIO(), io.BytesIO()
    write_container(io.BytesIO(bytes(data)), code, full, chunk_bytes=64)
    with pytest.raises(MachineError, match=r"chunk [1-9].*cpu AVX512, here AVX2"):
        read_container(io.BytesIO(code.getvalue()), back, early)
    assert 0 < len(back.getvalue()) < len(data)
    assert bytes(data).startswith(back.getvalue())


def test_a_rounding_that_goes_off_in_the_same_environment_is_said_to_be_not_repeatable() -> None:
    with pytest.raises(MachineError, match="the environment is the one recorded"):
        read_container(io.BytesIO(coded(HERE)), None, Elsewhere(0.25, HERE.environment))


def test_a_damaged_byte_is_damage_and_not_another_machine() -> None:
    code = bytearray(coded(HERE))
    code[len(code) // 2] ^= 1
    with pytest.raises(DamagedError):
        read_container(io.BytesIO(bytes(code)), None, HERE)


def test_another_checkpoint_is_refused_before_anything_is_decoded() -> None:
    begun = Elsewhere(0.5, {"checkpoint": "ab12"})
    for other in (Elsewhere(0.5, {"checkpoint": "cd34"}), Elsewhere(0.5, {})):
        with pytest.raises(GivenError, match="checkpoint of fingerprint ab12"):
            read_container(io.BytesIO(coded(begun)), None, other)


def test_chunks_are_small_so_that_a_wrong_one_is_noticed_early() -> None:
    assert container.best_chunk_bytes(HERE) == 1 << 16
    assert container.best_chunk_bytes(Counts()) == 1 << 20


def test_models_without_an_environment_write_version_1() -> None:
    assert read_header(io.BytesIO(coded(Counts()))).version == 1
    assert read_header(io.BytesIO(coded(Bayes([Counts(), Counts(order=1)])))).version == 1


def test_a_mixture_passes_on_what_its_members_depend_on() -> None:
    assert Bayes([Counts(), HERE]).environment == dict(HERE.environment)
    assert FromCodec(HERE).environment == dict(HERE.environment)
    both = Bayes([HERE, Counts(), HERE]).environment
    assert both["0 cpu"] == both["2 cpu"] == "AVX512" and "1 cpu" not in both


@pytest.mark.parametrize("environment", [{"": "x"}, {"a=b": "x"}, {"a": "x\ny"}, {"a": "x" * 5000}])
def test_an_environment_that_does_not_fit_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="environment"):
        coded(Elsewhere(0.5, environment))


def test_a_version_of_tomorrow_is_refused() -> None:
    code = bytearray(coded(HERE))
    code[3] = 3
    with pytest.raises(FormatError, match="version 3"):
        read_container(io.BytesIO(bytes(code)), None, HERE)


def test_golden_files_of_version_1_have_no_environment() -> None:
    golden = sorted((Path(__file__).parent / "golden").glob("*.cl"))
    assert golden
    for file in golden:
        header = read_header(io.BytesIO(file.read_bytes()))
        assert (header.version, header.environment) == (1, ())
