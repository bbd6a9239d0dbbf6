"""Results print themselves, derive what can be derived, and give JSON with the design's keys."""

import json
import math

import pytest

from codelength.result.codelength import CODELENGTH_KEYS, Codelength
from codelength.result.shared import SHARED_KEYS, Shared

DESIGN_MEASURE = (
    *("model", "data", "sha256", "raw_bytes", "bits", "bits_per_byte", "ratio", "kind", "model_bits", "seconds"),
)
DESIGN_SHARED = (
    *("model", "x", "y", "x_bits", "y_bits", "y_given_x_bits", "x_given_y_bits", "xy_bits", "shared_bits"),
    *("shared_fraction", "symmetry_gap_bits", "kind", "warnings", "seconds"),
)


def codelength(raw_bytes: int = 100, bits: float = 200.0) -> Codelength:
    return Codelength("xz", "a.txt", "ab12", raw_bytes, bits, kind="coded")


def shared(y_bits: float = 80.0, y_given_x_bits: float = 60.0) -> Shared:
    return Shared(
        *("xz", "x.txt", "y.txt", 20, 10),
        x_bits=160.0,
        y_bits=y_bits,
        y_given_x_bits=y_given_x_bits,
        x_given_y_bits=130.0,
        xy_bits=225.0,
        yx_bits=230.0,
        interleaved_bits=math.nan,
        kind="difference",
    )


def test_a_code_length_gives_its_rate_and_ratio() -> None:
    assert codelength().bits_per_byte == 2
    assert codelength().ratio == 4


def test_nothing_has_no_rate() -> None:
    assert math.isnan(codelength(raw_bytes=0).bits_per_byte)
    assert math.isnan(codelength(raw_bytes=0, bits=0.0).ratio)


def test_the_keys_of_measure_begin_with_those_of_the_design() -> None:
    keys = tuple(json.loads(codelength().to_json()))
    assert keys == CODELENGTH_KEYS
    assert keys[: len(DESIGN_MEASURE)] == DESIGN_MEASURE


def test_the_two_part_total_is_data_and_model() -> None:
    row = Codelength("hf:m", "a.txt", "ab12", 100, 200.0, "ideal", model_bits=3000.0, settings={"stride_tokens": 8})
    assert row.total_bits == 3200
    assert json.loads(row.to_json())["settings"] == {"stride_tokens": 8}
    assert (codelength().total_bits, codelength().settings) == (200, {})


def test_the_keys_of_shared_hold_those_of_the_design() -> None:
    assert set(DESIGN_SHARED) <= set(json.loads(shared().to_json()))
    assert list(json.loads(shared().to_json())) == list(SHARED_KEYS)


def test_what_is_shared_is_what_is_saved() -> None:
    result = shared()
    assert (result.shared_bits, result.shared_fraction) == (20, 0.25)
    assert (result.shared_bits_reverse, result.shared_fraction_reverse) == (30, 0.1875)
    assert result.symmetry_gap_bits == -10
    assert result.chain_gap_bits == 225 - 160 - 60


def test_negative_sharing_is_printed() -> None:
    assert "saves -5.0 of 80.0 bits of y.txt (-6.25%, difference)" in str(shared(y_given_x_bits=85.0))


def test_json_has_no_nan() -> None:
    line = shared(y_bits=0.0, y_given_x_bits=0.0).to_json()
    assert "NaN" not in line
    assert json.loads(line)["shared_fraction"] is None
    assert json.loads(line)["interleaved_bits"] is None


@pytest.mark.parametrize("name", ["ä.txt", 'quote".txt', "line\n.txt"])
def test_json_is_one_line_whatever_the_name(name: str) -> None:
    line = Codelength("xz", name, "", 1, 1.0, "ideal").to_json()
    assert "\n" not in line
    assert json.loads(line)["data"] == name
