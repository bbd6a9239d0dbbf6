"""Description lengths of training runs: by hand, by definition, on thinned and smoothed logs, and on real ones."""

import math
import random

import numpy as np
import pytest
from benchmarks.record import SHARED_DATA

from codelength.data.loss_logs import LogForm, read_loss_curves
from codelength.dataset import Dataset
from codelength.errors import DataError, OptionError
from codelength.loss_curve import LossCurve, LossOf
from codelength.measure.run_flags import RunFacts, increments_autocorrelation
from codelength.measure.training_run import (
    code_size,
    compare_runs,
    error_bits,
    first_bits,
    from_mean_loss,
    training_run,
)
from codelength.result.training import TRAINING_RUN_KEYS

CURVES = SHARED_DATA / "loss_curves"
needs_curves = pytest.mark.skipif(not CURVES.is_dir(), reason="../shared/data/loss_curves is absent")
LN2 = math.log(2)


def curve(
    losses: list[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    steps: list[int] | None = None,
    tokens: float = LN2,
    loss_of: LossOf = "step",
    epochs: float | None = None,
) -> LossCurve:
    """By default a token of each step is worth as many bits as its loss has nats."""
    return LossCurve(
        "log",
        np.arange(len(losses)) if steps is None else np.array(steps),
        np.array(losses, np.float64),
        np.full(len(losses), tokens),
        loss_of,
        epochs,
    )


def falling(size: int, seed: int = 0, noise: float = 0.05) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Losses like those of a real run: a power law with independent noise."""
    steps = np.arange(size)
    noises = np.random.default_rng(seed).normal(0, noise, size)
    return np.asarray(3 + 8 * np.power(steps + 30.0, -0.5) + noises, np.float64)


def test_every_step_is_paid_once() -> None:
    assert training_run(curve([3, 2, 1])).bits == pytest.approx(6)


def test_steps_that_the_log_leaves_out_lie_on_the_line_between_their_neighbours() -> None:
    run = training_run(curve([8, 4, 4], [0, 4, 6]))  # 8 7 6 5 4 4 4
    assert (run.steps, run.entries) == (7, 3)
    assert run.bits == pytest.approx(38)


def test_logs_may_count_from_one() -> None:
    run = training_run(curve([4, 3], [1, 2]))
    assert (run.steps, run.flags) == (2, ())
    assert run.bits == pytest.approx(7)


def test_means_over_intervals_are_exact_sums() -> None:
    losses = falling(100)
    means = losses.reshape(10, 10).mean(1)
    run = training_run(curve(means, list(range(10, 101, 10)), loss_of="interval"))
    assert run.steps == 100 and run.error_bits == 0 and run.bits == pytest.approx(losses.sum())


def test_evaluations_span_the_steps_between_them() -> None:
    run = training_run(curve([4, 2], [0, 10], loss_of="moment"))
    assert run.steps == 10 and run.bits == pytest.approx(30)
    assert any("evaluations stand in" in flag for flag in run.flags)


def test_a_late_log_counts_what_was_before_at_its_first_loss_and_says_so() -> None:
    run = training_run(curve([4, 3], [10, 11]))
    assert run.steps == 12 and run.bits == pytest.approx(47)
    assert run.flags[0].startswith("doubtful: the log begins at step 10")


def test_only_the_first_steps_are_summed_where_that_is_asked() -> None:
    assert training_run(curve([3, 2, 1]), RunFacts(first_steps=2)).bits == pytest.approx(5)
    assert training_run(curve([4, 2], [0, 4]), RunFacts(first_steps=3)).bits == pytest.approx(4 + 3.5 + 3)
    with pytest.raises(OptionError, match="the first 4 steps are asked for; there are 3"):
        training_run(curve([3, 2, 1]), RunFacts(first_steps=4))


def test_tokens_of_steps_may_vary() -> None:
    varied = LossCurve("log", np.arange(2), np.array([3.0, 1.0]), np.array([LN2, 10 * LN2]))
    assert training_run(varied).bits == pytest.approx(13)


def test_one_epoch_of_fractional_tokens_is_the_whole_run() -> None:
    many = curve(falling(1001), tokens=0.1)
    assert first_bits(*many.by_step(), math.fsum(many.by_step()[0])) == training_run(many).bits
    assert training_run(many).first_epoch_bits == training_run(many).bits


def test_the_last_loss_times_all_tokens_is_told_beside_the_sum() -> None:
    run = training_run(curve([3, 2, 1]))
    assert run.last_loss_bits == pytest.approx(3) and run.bits > run.last_loss_bits
    long = training_run(curve([5.0] * 398 + [3.0, 1.0]))
    assert long.last_loss_bits == pytest.approx(400 * (5 + 5 + 3 + 1) / 4)


def test_code_and_raw_bytes_make_the_ratio() -> None:
    source = Dataset("source", (random.Random(0).randbytes(600).hex().encode(),), item_names=("train.py",))
    size = code_size(source, ("xz", "bz2"))
    run = training_run(curve([3, 2, 1]), RunFacts(bytes_per_token=2 / LN2), code=size)
    assert run.code_codec in ("xz", "bz2") and run.code_bits == size.bits > 4800
    assert run.total_bits == pytest.approx(6 + size.bits)
    assert run.ratio == pytest.approx(48 / run.total_bits) and run.bits_per_byte == pytest.approx(run.total_bits / 6)


def test_runs_are_compared_at_the_tokens_that_all_have_the_best_first() -> None:
    slow, fast = curve([5.0, 5, 5, 5]), curve([4.0, 2, 1], tokens=2 * LN2)
    runs = compare_runs([slow, fast])
    assert [round(run.equal_bits, 9) for run in runs] == [12, 20]  # 4 ln 2 tokens: two steps of one, four of the other
    with pytest.raises(OptionError, match="say how many bytes a token has"):
        compare_runs([slow, fast], RunFacts(raw_bytes=10))


@pytest.mark.parametrize("every", [2, 5, 10, 40])
def test_the_error_of_a_sparse_log_is_bounded(every: int) -> None:
    inside = 0
    for seed in range(20):
        full = curve(falling(2001, seed))
        thin = full.thinned(every)
        wrong = abs(training_run(thin).bits - training_run(full).bits)
        inside += wrong <= training_run(thin).error_bits
        assert training_run(thin).error_bits < 0.02 * training_run(full).bits
    assert inside >= 18
    assert error_bits(curve(falling(2001))) == 0


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.99])
def test_smoothed_losses_are_not_valid(weight: float) -> None:
    raw = falling(2000)
    assert training_run(curve(raw)).flags == ()
    smooth = raw.copy()
    for i in range(1, len(raw)):
        smooth[i] = weight * smooth[i - 1] + (1 - weight) * raw[i]
    run = training_run(curve(smooth))
    assert not run.valid and "look smoothed" in run.flags[0]
    named = float(run.flags[0].split("average of weight ")[1].split()[0])
    assert named == pytest.approx(weight, abs=0.1)


def test_a_moving_average_is_noticed_and_raw_noise_is_not() -> None:
    noise = np.random.default_rng(1).normal(3, 0.1, 1000)
    assert increments_autocorrelation(noise) == pytest.approx(-0.5, abs=0.06)
    assert increments_autocorrelation(np.convolve(noise, np.full(8, 1 / 8), "valid")) == pytest.approx(0, abs=0.1)


def test_raw_logs_are_seldom_taken_for_smoothed_ones() -> None:
    assert sum(bool(training_run(curve(falling(100, seed))).flags) for seed in range(200)) <= 1


def test_repeated_data_are_not_valid_and_the_first_epoch_is_told() -> None:
    run = training_run(curve([4, 3, 2, 1], tokens=100), RunFacts(dataset_tokens=200))
    assert not run.valid and "2.00 epochs" in run.flags[0]
    assert run.first_epoch_bits == pytest.approx(700 / LN2)
    assert "counts to epoch 3" in training_run(curve([4, 3], epochs=3.0)).flags[0]


def test_losses_after_the_update_are_not_valid() -> None:
    assert not training_run(curve([2.0, 1.0]), RunFacts(after_update=True)).valid


def test_a_model_that_is_too_good_at_the_start_is_doubtful() -> None:
    assert training_run(curve([math.log(100), 2.0]), RunFacts(vocabulary=100)).flags == ()
    run = training_run(curve([2.5, 2.0]), RunFacts(vocabulary=100))
    assert run.valid and "a model that knows nothing pays ln 100 = 4.605" in run.flags[0]


def test_impossible_facts_are_refused() -> None:
    with pytest.raises(OptionError, match="raw bytes: -1 is not above 0"):
        RunFacts(raw_bytes=-1.0)
    with pytest.raises(OptionError, match="dataset tokens: 0 is not above 0"):
        RunFacts(dataset_tokens=0.0)
    with pytest.raises(OptionError, match="give one of them"):
        RunFacts(raw_bytes=1.0, bytes_per_token=1.0)


def test_a_curve_needs_as_many_tokens_as_losses() -> None:
    with pytest.raises(DataError, match="equally many"):
        LossCurve("log", np.arange(2), np.ones(2), np.ones(3))


def test_the_llama_arithmetic_gives_what_it_was_made_of() -> None:
    run = from_mean_loss("LLaMA-65B", 1.4e12, 400e9 * 8 * LN2 / 1.4e12, 5.6e12)
    assert run.bytes == 400_000_000_000 and run.ratio == pytest.approx(14) and run.bits_per_byte == pytest.approx(4 / 7)
    assert "arithmetic" in run.flags[0] and run.steps == 0


def test_json_has_its_keys_and_no_nan() -> None:
    line = training_run(curve([3, 2])).to_json()
    assert [key for key in TRAINING_RUN_KEYS if f'"{key}"' not in line] == [] and "NaN" not in line


def real(name: str, tokens_per_step: float) -> LossCurve:
    (found,) = read_loss_curves((CURVES / name).read_bytes(), name, LogForm(tokens_per_step=tokens_per_step))
    return found


@needs_curves
def test_the_llm_c_log_has_its_length_to_the_byte() -> None:
    log = real("nanogpt/llmc_main.log", tokens_per_step=524_288)
    run = training_run(log, RunFacts(vocabulary=50_257))
    assert (run.steps, run.tokens, run.bytes, run.flags) == (19_560, 10_255_073_280, 6_614_480_846, ())
    assert training_run(log, RunFacts(first_steps=5_100)).bytes == 1_997_125_298


@needs_curves
@pytest.mark.parametrize(
    ("every", "per_cent"), [(10, 0.009), (20, -0.015), (50, -0.031), (100, -0.065), (125, 0.092), (200, 0.050)]
)
def test_trapezoids_of_the_llm_c_log_are_off_by_less_than_their_error(every: int, per_cent: float) -> None:
    log = real("nanogpt/llmc_main.log", tokens_per_step=524_288)
    run = training_run(log.thinned(every))
    assert 100 * (run.bytes / 6_614_480_846 - 1) == pytest.approx(per_cent, abs=0.0006)
    assert abs(run.bytes - 6_614_480_846) < run.error_bits / 8


@needs_curves
def test_the_smallest_pythia_run_has_its_length_to_the_byte() -> None:
    run = training_run(real("pythia_train_loss/14m-1.csv.gz", tokens_per_step=2_097_152))
    assert (run.steps, run.bytes, run.flags) == (143_000, 194_069_755_049, ())


@needs_curves
def test_validation_losses_give_the_approximate_lengths() -> None:
    form = LogForm(
        tokens_per_step=524_288, loss_of="moment", by="run", loss="val_loss", where=(("run", "*2024-10-29*"),)
    )
    data = (CURVES / "nanogpt/val_loss_by_step.csv.gz").read_bytes()
    runs = compare_runs(read_loss_curves(data, "val", form), RunFacts(first_steps=5_100))
    lengths = {run.run.split("/")[2][:8]: run.bytes / 1e9 for run in runs}
    assert round(lengths["8d6193f4"], 4) == 1.7879 and round(lengths["95a9fd44"], 4) == 1.8632
