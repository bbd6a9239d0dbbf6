"""Checkpoints: what was learned goes on where it stopped, and a damaged or foreign file is refused."""

import json
import random
import struct
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from codelength.errors import CodelengthError, DamagedError, FormatError, GivenError, SourceError
from codelength.models.nets.checkpoint import dump, load, parse
from codelength.models.nets.model import NetModel
from codelength.registry import create
from codelength.types import Model

TEXT = (b"How much wood would a woodchuck chuck if a woodchuck could chuck wood? " * 12)[:700]
NAMES = (
    "lstm:width=16,block=16,replay=2,orders=64KiB",
    "transformer:width=16,layers=2,streams=2,block=8,window=12,replay=1,orders=64KiB,average=0.9",
    "transformer:width=16,layers=1,block=16,window=4,orders=0",
)


def fitted(name: str, data: bytes = TEXT) -> NetModel:
    model = create(name)
    assert isinstance(model, NetModel)
    return model.after(data)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_goes_on_from_its_file_to_the_last_bit(name: str, tmp_path: Path) -> None:
    model, place = fitted(name), tmp_path / "x.safetensors"
    place.write_bytes(dump(model))
    again = create(str(place))
    assert isinstance(again, Model) and again.name == str(place)
    np.testing.assert_array_equal(again.bits(TEXT[:200]), model.bits(TEXT[:200]))
    assert again.after(TEXT).encode(TEXT[:80]) == model.after(TEXT).encode(TEXT[:80])
    assert again.decode(model.encode(TEXT[:80])) == TEXT[:80]


def test_a_file_names_its_model_with_all_options_and_what_was_read() -> None:
    checkpoint = parse(dump(fitted(NAMES[0]), ((512, 100.5), (700, 120.25))))
    assert "seed=0" in checkpoint.model_name and "width=16" in checkpoint.model_name
    assert checkpoint.origin.read_bytes == len(TEXT)
    assert checkpoint.origin.curve == ((512, 100.5), (700, 120.25))


def test_a_file_that_was_not_fitted_holds_the_first_weights() -> None:
    model = create(NAMES[0])
    assert isinstance(model, NetModel)
    assert parse(dump(model)).origin.read_bytes == 0


def test_what_a_checkpoint_codes_is_decoded_with_that_checkpoint_only(tmp_path: Path) -> None:
    import io

    from codelength.coding.container import read_container, read_header, write_container

    place = tmp_path / "x.safetensors"
    place.write_bytes(dump(fitted(NAMES[0])))
    code, back = io.BytesIO(), io.BytesIO()
    write_container(io.BytesIO(TEXT[:200]), code, create(str(place)))
    read_container(io.BytesIO(code.getvalue()), back, create)
    assert back.getvalue() == TEXT[:200]
    assert len(dict(read_header(io.BytesIO(code.getvalue())).environment)["checkpoint"]) == 32
    place.write_bytes(dump(fitted(NAMES[0], TEXT[1:])))
    with pytest.raises(GivenError, match="checkpoint of fingerprint"):
        read_container(io.BytesIO(code.getvalue()), back, create)


def test_its_size_is_what_the_model_costs(tmp_path: Path) -> None:
    place = tmp_path / "x.safetensors"
    place.write_bytes(dump(fitted(NAMES[0])))
    model = create(str(place))
    assert isinstance(model, NetModel)
    assert model.model_bits == 8 * place.stat().st_size


def test_a_damaged_file_is_refused_and_never_crashes() -> None:
    whole, rng = dump(fitted(NAMES[0], TEXT[:100])), random.Random(5)
    header = 8 + struct.unpack("<Q", whole[:8])[0]
    for attempt in range(120):
        data = bytearray(whole)
        at = rng.randrange(header if attempt % 2 else len(data))
        data[at] ^= 1 << rng.randrange(8)
        try:
            parse(bytes(data))
        except (FormatError, DamagedError):
            continue
        # Nothing but a letter of the metadata that is not covered by the check may pass.
        assert at < header
    for size in (0, 7, 8, 100, header - 1, header, len(whole) - 1):
        with pytest.raises((FormatError, DamagedError)):
            parse(whole[:size])


def test_a_safetensors_file_of_another_program_is_told_apart(tmp_path: Path) -> None:
    place = tmp_path / "bert.safetensors"
    place.write_bytes(safetensors.numpy.save({"a": np.zeros(3, np.float32)}))
    with pytest.raises(FormatError, match=r"bert\.safetensors: this safetensors file is by another program"):
        create(str(place))
    place.write_bytes(b"PK\x03\x04 not safetensors at all")
    with pytest.raises(FormatError, match="not a safetensors file"):
        create(str(place))
    with pytest.raises(SourceError, match=r"no\.safetensors: No such file"):
        create(str(tmp_path / "no.safetensors"))


def _with(data: bytes, changes: dict[str, str]) -> bytes:
    # A file whose metadata lie, with tensors that agree with their check.
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header["__metadata__"] |= changes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "lstm:width=24,block=16,replay=2,orders=64KiB"},
        {"model": "lstm:width=16,block=16,replay=3,orders=64KiB"},
        {"model": "lstm:width=16,block=16,replay=2,orders=0"},
        {"model": "lstm:width=16,block=16,replay=2,orders=128KiB"},
        {"model": "lstm:width=16,block=2,replay=2,orders=64KiB"},
        {"model": "xz"},
        {"model": "nothing"},
        {"curve": "[[1]]"},
        {"blocks": "many"},
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(changes: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "x.safetensors"
    place.write_bytes(_with(dump(fitted(NAMES[0])), changes))
    with pytest.raises(CodelengthError, match=r"checkpoint|model"):
        load(str(place), create)
