"""What published training runs are worth in bits: sums of their losses, and how far sparse logs are off.

    llm.c GPT-2 124M        every step logged; the sum, its first 5,100 steps, every kth entry alone, all offsets
    Pythia                  five runs, 143,000 steps each
    modded-nanogpt          validation losses every 125 steps only: approximate
    LLaMA-65B               arithmetic: its mean loss is derived from the 400 GB that are to be found

Run: python -m benchmarks.training_run [--quick]
"""

import sys
from collections.abc import Sequence

import numpy as np

from benchmarks.record import SHARED_DATA, Row, Value, record, target, tell
from codelength.data.loss_logs import LogForm, read_loss_curves
from codelength.loss_curve import LossCurve
from codelength.measure.run_flags import RunFacts
from codelength.measure.training_run import compare_runs, from_mean_loss, training_run
from codelength.result.training import TrainingRun
from codelength.units import bits_from_bytes, nats_from_bits

CURVES = SHARED_DATA / "loss_curves"
BATCH, PYTHIA_BATCH, COMMON_STEPS = 524_288, 2_097_152, 5_100
GAPS = {10: 0.009, 20: -0.015, 50: -0.031, 100: -0.065, 125: 0.092, 200: 0.050}  # per cent off, as published
PYTHIA_GB = {"14m-1": 194.070, "70m-0": 156.579, "70m-1": 154.777, "70m-2": 172.944, "160m-0": 137.815}
VALIDATION_GB = {"95a9fd44": 1.8632, "8d6193f4": 1.7879, "dabaaddd": 1.7893}
LLAMA = (1.4e12, 5.6e12, 400 * 10**9)  # tokens, raw bytes, bytes as told
Log = tuple[str, bytes]


def main(*, quick: bool = False) -> list[Row]:
    """Measure, print and record; the rows."""
    data = {name: (CURVES / name).read_bytes() for name in _files(quick)}
    rows: list[Row] = [_row("llm.c", run) for run in _llm_c(data["nanogpt/llmc_main.log"])]
    rows += _sparse(data["nanogpt/llmc_main.log"], quick)
    for name, log in data.items():
        if name.startswith("pythia"):
            (curve,) = read_loss_curves(log, name.split("/")[1].split(".")[0], LogForm(tokens_per_step=PYTHIA_BATCH))
            rows.append(_row("pythia", training_run(curve)))
    rows += [_row("validation", run) for run in _validation(data["nanogpt/val_loss_by_step.csv.gz"])]
    tokens, raw_bytes, told = LLAMA
    mean = nats_from_bits(bits_from_bytes(told)) / tokens
    rows.append(
        {**_row("arithmetic", from_mean_loss("LLaMA-65B", tokens, mean, raw_bytes)), "mean_nats": round(mean, 4)}
    )
    for row in rows:
        print(row, flush=True)
    targets = judge(rows)
    if not quick:
        record("training_run", rows, data, judge=judge)
    tell(targets)
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """Lengths to the byte or the published digits, and errors that cover what they should."""
    found: list[Row] = []
    for row in rows:
        size, run = int(row["bytes"] or 0), str(row["run"])
        if row["log"] == "llm.c":
            wanted = 6_614_480_846 if run == "all steps" else 1_997_125_298
            found.append(target(f"llm.c GPT-2 124M, {run}, bytes", size, f"{wanted:,}", size == wanted))
        elif row["log"] == "sparse":
            per_cent, every = float(row["per_cent_off"] or 0), int(row["every"] or 0)
            near = abs(per_cent - GAPS[every]) < 0.0006
            found.append(target(f"every {every}th step, per cent off", per_cent, f"{GAPS[every]:+.3f}", near))
            share = float(row["offsets_within_error"] or 0)
            found.append(target(f"every {every}th step, offsets within the stated error", share, "0.95", share >= 0.95))
        elif row["log"] in ("pythia", "validation"):
            digits, table = (3, PYTHIA_GB) if row["log"] == "pythia" else (4, VALIDATION_GB)
            wanted_gb = table[run[:8]]
            found.append(
                target(
                    f"{row['log']} {run[:8]}, GB", size / 1e9, f"{wanted_gb}", round(size / 1e9, digits) == wanted_gb
                )
            )
    return found


def _files(quick: bool) -> list[str]:
    runs = ["14m-1"] if quick else list(PYTHIA_GB)
    return [
        *("nanogpt/llmc_main.log", "nanogpt/val_loss_by_step.csv.gz"),
        *(f"pythia_train_loss/{run}.csv.gz" for run in runs),
    ]


def _llm_c(log: bytes) -> list[TrainingRun]:
    (curve,) = read_loss_curves(log, "all steps", LogForm(tokens_per_step=BATCH))
    (same,) = read_loss_curves(log, f"first {COMMON_STEPS} steps", LogForm(tokens_per_step=BATCH))
    return [training_run(curve), training_run(same, RunFacts(first_steps=COMMON_STEPS))]


def _sparse(log: bytes, quick: bool) -> list[Row]:
    (curve,) = read_loss_curves(log, "llm.c", LogForm(tokens_per_step=BATCH))
    whole = training_run(curve).bits
    rows: list[Row] = []
    for every in GAPS:
        run = training_run(curve.thinned(every))
        offsets = range(0, every, every // 5 if quick else 1)
        inside = [_within(curve, every, offset, whole) for offset in offsets]
        rows.append(
            {
                **_row("sparse", run),
                "every": every,
                "per_cent_off": round(100 * (run.bits / whole - 1), 4),
                "per_cent_error": round(100 * run.error_bits / whole, 4),
                "offsets_within_error": round(sum(inside) / len(inside), 4),
            }
        )
    return rows


def _within(curve: LossCurve, every: int, offset: int, whole: float) -> bool:
    kept = np.unique(np.concatenate([[0], np.arange(offset, len(curve), every), [len(curve) - 1]]))
    thin = LossCurve("thin", curve.steps[kept], curve.losses_nats[kept], curve.tokens[kept])
    run = training_run(thin)
    return abs(run.bits - whole) <= run.error_bits


def _validation(log: bytes) -> list[TrainingRun]:
    runs = []
    for run in VALIDATION_GB:
        form = LogForm(tokens_per_step=BATCH, loss_of="moment", loss="val_loss", where=(("run", f"*/{run}*"),))
        (curve,) = read_loss_curves(log, run, form)
        runs += compare_runs([curve], RunFacts(first_steps=COMMON_STEPS))
    return runs


def _row(log: str, run: TrainingRun) -> dict[str, Value]:
    return {
        "log": log,
        "run": run.run,
        "steps": run.steps,
        "entries": run.entries,
        "tokens": run.tokens,
        "bytes": run.bytes,
        "kind": run.kind,
        "flags": "; ".join(run.flags),
    }


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
