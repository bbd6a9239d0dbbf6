"""The meter of people's own loops: by hand, as a log that can be read again, and what it refuses."""

import json
import math
from pathlib import Path

import pytest

import codelength
from codelength.data.loss_logs import LogForm, read_loss_curves
from codelength.errors import DataError, OptionError, UsageError
from codelength.learning.meter import PrequentialMeter, prequential_meter
from codelength.measure.training_run import training_run

LN2 = math.log(2)


class Tensor:
    """Whatever has one number, such as a tensor of no dimensions."""

    def __float__(self) -> float:
        return 2 * LN2


def test_three_lines_in_a_loop_tell_bits_so_far() -> None:
    with codelength.prequential_meter("loop") as meter:
        assert meter.add(loss_nats=3 * LN2, symbols=10, raw_bytes=20) == pytest.approx(30)
        assert meter.bits_per_byte == pytest.approx(1.5)
        meter.add(loss_nats=Tensor(), symbols=5, raw_bytes=20)
        assert (meter.symbols, meter.raw_bytes, len(meter)) == (15, 40, 2)
    assert meter.bits == pytest.approx(40)
    assert meter.bits_per_symbol == pytest.approx(40 / 15) and meter.bits_per_byte == 1


def test_a_loss_of_a_model_that_knows_nothing_costs_log2_of_the_alphabet() -> None:
    with prequential_meter() as meter:
        for _ in range(100):
            meter.add(loss_nats=math.log(256), symbols=64, raw_bytes=64)
    assert meter.bits_per_byte == pytest.approx(8, rel=1e-12)


def test_before_the_first_batch_nothing_is_known() -> None:
    with prequential_meter() as meter:
        assert meter.bits == 0 and math.isnan(meter.bits_per_byte) and math.isnan(meter.bits_per_symbol)
    assert json.loads(meter.to_json())["bits"] == 0
    with pytest.raises(DataError, match="no entry"):
        meter.curve()


def test_the_curve_and_the_result_are_those_of_a_training_run() -> None:
    with prequential_meter() as meter:
        for loss in (4.0, 2.0, 1.0):
            meter.add(loss_nats=loss, symbols=7)
    assert training_run(meter.curve()).bits == pytest.approx(meter.result().bits) == pytest.approx(meter.bits)
    assert meter.result().kind == "prequential" and meter.result().flags == ()


def test_what_is_saved_is_a_log_that_costs_the_same(tmp_path: Path) -> None:
    place = tmp_path / "run.jsonl"
    with prequential_meter(path=str(place)) as meter:
        for symbols in (7, 9):
            meter.add(loss_nats=3.3, symbols=symbols, raw_bytes=4 * symbols)
        assert not place.exists()
    (curve,) = read_loss_curves(place.read_bytes(), "run", LogForm())
    assert training_run(curve).bits == pytest.approx(meter.bits, rel=1e-12)
    with pytest.raises(UsageError, match="exists"), prequential_meter(path=str(place)):
        pytest.fail("the loop must not begin")


def test_a_loop_that_fails_leaves_no_file(tmp_path: Path) -> None:
    place = tmp_path / "run.jsonl"
    with pytest.raises(ZeroDivisionError), prequential_meter(path=str(place)) as meter:
        meter.add(loss_nats=1.0)
        raise ZeroDivisionError
    assert not place.exists()


@pytest.mark.parametrize("loss", [math.nan, math.inf, -0.1])
def test_losses_that_cannot_be_are_refused_and_not_added(loss: float) -> None:
    meter = PrequentialMeter()
    with pytest.raises(DataError, match=r"the loss of batch 1 is .*; it must be finite and at least 0"):
        meter.add(loss_nats=loss)
    assert meter.bits == 0 and len(meter) == 0


@pytest.mark.parametrize(("symbols", "raw_bytes"), [(0, 1), (-1, 1), (math.nan, 1), (1, -1), (1, math.inf)])
def test_sizes_that_cannot_be_are_refused(symbols: float, raw_bytes: float) -> None:
    with pytest.raises(OptionError, match="give more than 0 and at least 0"):
        PrequentialMeter().add(loss_nats=1.0, symbols=symbols, raw_bytes=raw_bytes)


def test_raw_bytes_are_given_always_or_never() -> None:
    meter = PrequentialMeter()
    meter.add(loss_nats=1.0, raw_bytes=1)
    with pytest.raises(OptionError, match="for every batch or for none"):
        meter.add(loss_nats=1.0)


def test_a_closed_meter_takes_nothing() -> None:
    with prequential_meter("run") as meter:
        pass
    with pytest.raises(UsageError, match="run: the meter is closed"):
        meter.add(loss_nats=1.0)


def test_symbols_beyond_the_data_set_are_flagged_as_repeats() -> None:
    with prequential_meter(dataset_symbols=10) as meter:
        meter.add(loss_nats=1.0, symbols=10)
        assert meter.result().valid
        meter.add(loss_nats=1.0, symbols=1)
    assert not meter.result().valid and "repeated data" in meter.result().flags[0]
    with pytest.raises(OptionError, match="0 symbols"):
        PrequentialMeter(dataset_symbols=0)
