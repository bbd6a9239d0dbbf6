"""Nets that learn what they code: bits a byte beside PPMd and StateSMix, throughput, coded against ideal, a sweep.

    ratio        524,288 bytes of War and Peace, 1,000,000 of enwik: orders alone, LSTM, transformer; ideal bits
    throughput   `bits` with half a million weights on one core, CPU seconds, best of two; beside it a plain loop over
                 torch's LSTM of width 256 as it was measured on an idle machine of this kind, which tells how busy
                 this one is
    coded        bytes written against ideal bits; decoded by another process with other threads, beside a busy one
    sweep        width of an LSTM's state and of a transformer, at equal floating point operations a byte, one text

Run: python -m benchmarks.nets [ratio] [throughput] [coded] [sweep] [--quick]
"""

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks.corpus import unpacked
from benchmarks.record import RESULTS, SHARED_DATA, Row, record, target, tell
from codelength.registry import create
from codelength.types import Model

PARTS = ("ratio", "throughput", "coded", "sweep")
ORDERS = "lstm:width=8,block=2048,rate=0,replay=0"  # a net that learns nothing: what the orders do by themselves
RATIOS = {
    "War and Peace": (524_288, 1.988, "PPMd order 6"),
    "enwik": (1_000_000, 2.123, "StateSMix"),
}
RATIO_NAMES = {
    "War and Peace": (ORDERS, "lstm", "transformer:block=128,replay=1"),
    "enwik": (ORDERS, "lstm:block=64,replay=1", "transformer:block=128,replay=1"),
}
BARE = "replay=0,optimizer=adam,orders=0"
SPEEDS = {
    f"transformer:streams=64,block=32,window=32,{BARE}": 25_000,
    f"transformer:streams=32,block=64,window=64,{BARE}": 0,
    f"lstm:streams=16,block=128,{BARE}": 40_000,
    "lstm:streams=16,block=128,replay=0": 0,
}
IDLE_LOOP_SPEED = 42_000  # of the plain loop below, on an idle machine of this kind
CODED_NAMES = ("lstm:replay=1", "transformer:layers=1,width=64")
SWEEP = {
    "lstm": ((64, 16), (128, 5), (192, 2), (240, 1)),  # width, replays: about equal operations a byte
    "transformer": ((48, 13), (80, 5), (120, 2), (144, 1)),
}


def main(parts: Sequence[str] = PARTS, *, quick: bool = False) -> list[Row]:
    """Measure what was named, print and record; the rows."""
    measures = {"ratio": _ratios, "throughput": _throughputs, "coded": _coded, "sweep": _sweep}
    rows: list[Row] = []
    for part in parts:
        for row in measures[part](quick):
            print(row, flush=True)
            rows.append(row)
            if not quick:
                keys = ("part", "data", "model")
                data = {name: _text(name, RATIOS[name][0]) for name in RATIOS}
                record("nets", [*rows], data, keys=keys, judge=judge)
    if "sweep" in parts and not quick:
        draw(rows)
    tell(judge(rows))
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """Below PPMd and StateSMix, fast enough, and coded near ideal."""
    found: list[Row] = []
    for name, (_, most, whose) in RATIOS.items():
        best = [float(row["bits_per_byte"] or 0) for row in rows if row["part"] == "ratio" and row["data"] == name]
        if best:
            found.append(target(f"{name}, bits a byte", min(best), f"below {most} ({whose})", min(best) < most))
    for row in rows:
        if row["part"] == "throughput" and (wanted := SPEEDS.get(str(row["model"]), 0)):
            speed = int(row["bytes_per_second"] or 0)
            idle = float(row["idle_bytes_per_second"] or 0)
            what = f"{row['model']}, bytes a CPU second"
            aim = f"{wanted:,} scaled to an idle machine, {idle:,.0f} there"
            found.append(target(what, speed, f"at least {wanted:,}", speed >= wanted, aim, idle >= wanted))
        if row["part"] == "coded":
            over = float(row["over_ideal"] or 0)
            passed = over <= 0.005 and bool(row["decoded_elsewhere"])
            found.append(target(f"{row['model']}, coded over ideal", over, "at most 0.005, decoded again", passed))
    return found


def _ratios(quick: bool) -> Iterator[Row]:
    for data, names in RATIO_NAMES.items():
        for name in names:
            size = RATIOS[data][0]
            yield _paid("ratio", data, name, 20_000 if quick else size)


def _paid(part: str, data: str, name: str, size: int) -> Row:
    model, text = _model(name), _text(data, size)
    model.reader().read(text[:5_000])  # compiles
    began = time.process_time()
    bits = math.fsum(model.bits(text))
    seconds = time.process_time() - began
    return {
        "part": part,
        "data": data,
        "raw_bytes": len(text),
        "model": name,
        "parameters": int(getattr(model, "parameters", 0)),
        "kind": "ideal",
        "bits": round(bits, 1),
        "bits_per_byte": round(bits / len(text), 4),
        "bytes_per_second": round(len(text) / seconds),
    }


def _throughputs(quick: bool) -> Iterator[Row]:
    for name in SPEEDS:
        loops, paid = [], []
        for _ in range(1 if quick else 2):
            loops.append(_loop_speed())
            paid.append(_paid("throughput", "War and Peace", name, 20_000 if quick else 65_536))
        row = dict(max(paid, key=lambda row: float(row["bytes_per_second"] or 0)))
        speed, loop = float(row["bytes_per_second"] or 0), max(loops)
        yield {**row, "loop_speed": round(loop), "idle_bytes_per_second": round(speed * IDLE_LOOP_SPEED / loop)}


def _loop_speed() -> float:
    """Bytes a CPU second of a plain training loop: an LSTM of width 256, 16 rows of 128 bytes, AdamW."""
    import torch

    torch.set_num_threads(1)
    embed, lstm, head = (
        torch.nn.Embedding(256, 256),
        torch.nn.LSTM(256, 256, batch_first=True),
        torch.nn.Linear(256, 256),
    )
    parameters = [parameter for part in (embed, lstm, head) for parameter in part.parameters()]
    optimizer = torch.optim.AdamW(parameters, foreach=True)
    rows = torch.randint(0, 256, (16, 129), generator=torch.Generator().manual_seed(0))
    steps, began = 15, 0.0
    for step in range(3 + steps):
        began = time.process_time() if step == 3 else began
        output, _ = lstm(embed(rows[:, :-1]))
        loss = torch.nn.functional.cross_entropy(head(output).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        torch.autograd.backward([loss])
        optimizer.step()
    return steps * 2048 / (time.process_time() - began)


def _coded(quick: bool) -> Iterator[Row]:
    for name in CODED_NAMES:
        text = _text("War and Peace", 1_000 if quick else 16_384)
        model = _model(name)
        ideal_bits = math.fsum(model.bits(text))
        began = time.process_time()
        code = model.encode(text)
        seconds = time.process_time() - began
        yield {
            "part": "coded",
            "data": "War and Peace",
            "raw_bytes": len(text),
            "model": name,
            "kind": "coded",
            "bits": 8 * len(code),
            "bits_per_byte": round(8 * len(code) / len(text), 4),
            "over_ideal": round(8 * len(code) / ideal_bits - 1, 6),
            "bytes_per_second": round(len(text) / seconds),
            "decoded_elsewhere": _decoded_elsewhere(name, code, text),
        }


def _decoded_elsewhere(name: str, code: bytes, text: bytes) -> bool:
    """Whether a new process with two threads, beside one that keeps a core busy, gives the text back."""
    program = (
        "import sys, torch; torch.set_num_threads(2); from codelength.registry import create; "
        f"sys.stdout.buffer.write(create({name!r}).decode(sys.stdin.buffer.read()))"
    )
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        environment = {**os.environ, "OMP_NUM_THREADS": "2"}
        run = subprocess.run([sys.executable, "-c", program], input=code, capture_output=True, env=environment)
    finally:
        busy.kill()
        busy.wait()
    return run.returncode == 0 and run.stdout == text


def _sweep(quick: bool) -> Iterator[Row]:
    size = 4_096 if quick else 32_768
    for kind, shapes in SWEEP.items():
        for width, replays in shapes:
            name = f"{kind}:width={width},replay={replays},block=64,orders=0"
            row = _paid("sweep", "War and Peace", name, size)
            # A weight costs a multiplication and an addition forward and twice that backward, for each byte in a block.
            flops = 6 * int(row["parameters"] or 0) * (1 + replays)
            yield {**row, "width": width, "flops_per_byte": flops}


def draw(rows: Sequence[Row]) -> None:
    """results/nets_sweep.svg: bits a byte over weights, one line a kind, operations a byte about equal."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": 10, "svg.hashsalt": "codelength"}):
        figure = Figure(figsize=(6.4, 4), layout="constrained")
        axes = figure.subplots()
        for (kind, shapes), colour, marker in zip(SWEEP.items(), ("#0072B2", "#D55E00"), "os", strict=True):
            found = [row for row in rows if row["part"] == "sweep" and str(row["model"]).startswith(kind)]
            found.sort(key=lambda row: int(row["parameters"] or 0))
            weights = [int(row["parameters"] or 0) for row in found]
            axes.plot(
                weights, [float(row["bits_per_byte"] or 0) for row in found], color=colour, marker=marker, label=kind
            )
            for row, (width, replays) in zip(found, shapes, strict=False):
                place = (int(row["parameters"] or 0), float(row["bits_per_byte"] or 0))
                axes.annotate(f"{width}, {replays}", place, textcoords="offset points", xytext=(5, 5), fontsize=8)
        axes.set_xscale("log")
        axes.set_xlabel("weights (width and replays at each point)")
        axes.set_ylabel("bits per byte, prequential")
        axes.grid(color="#DDDDDD", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        axes.set_title("Nets of equal operations a byte, without orders", fontsize=10)
        figure.savefig(RESULTS / "nets_sweep.svg", metadata={"Date": None})


def _model(name: str) -> Model:
    model = create(name)
    assert isinstance(model, Model)
    return model


def _text(name: str, size: int) -> bytes:
    folder, file = ("gutenberg", "pg2600.txt") if name == "War and Peace" else ("enwik", "enwik6")
    return unpacked(SHARED_DATA / folder / file)[:size]


if __name__ == "__main__":
    named = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(named or PARTS, quick="--quick" in sys.argv)
