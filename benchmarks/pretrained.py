"""A small pretrained model: what its window, its blocks and its adapting are worth, and what its weights cost.

A GPT-2 of 0.5 M parameters with a byte-level vocabulary of 1,024 tokens is trained for some minutes on a part of War
and Peace; then it measures a part of Pride and Prejudice, with and without what stands before it. It is far too small
to be a good model; what is compared is the same model read in different ways, and the code that both ends can run
against the sum that only the sender can.

Beside it stand xz and mixing, which come without weights: alone, and after the text that the model was trained on.

Run: python -m benchmarks.pretrained [--quick]
"""

import math
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.measure.codelength import measure as ask
from codelength.registry import create
from codelength.types import Equipped, Model

POSITIONS = 256
TRAINED_BYTES, STEPS, BATCH = 1_000_000, 1_000, 8
Y_BYTES, X_BYTES, CODED_BYTES = 20_000, 40_000, 4_000
READINGS = (
    "",
    *(f"block={size}" for size in ("256", "1KiB", "16KiB", "64KiB")),
    *(f"context={tokens}" for tokens in (32, 64, 128)),
    *(f"stride={tokens}" for tokens in (16, 64, 192, 255)),
    "start=none",
    "dtype=bfloat16",
    *(f"adapt=true,rate={rate}" for rate in (0.01, 0.02, 0.05, 0.1, 0.2)),
    *(f"adapt=true,block=1KiB,rate={rate}" for rate in (0.02, 0.05, 0.1)),
)
GIVEN = ("", "adapt=true")


def main(*, quick: bool = False) -> list[Row]:
    """Train, measure, print and record; the rows."""
    import torch

    torch.set_num_threads(1)
    book = (SHARED_DATA / "gutenberg" / "pg2600.txt").read_bytes()
    training = book[1_000_000 : 1_000_000 + (30_000 if quick else TRAINED_BYTES)]
    novel = (SHARED_DATA / "gutenberg" / "pg1342.txt").read_bytes()[200_000:]
    x, y = novel[:X_BYTES], novel[X_BYTES : X_BYTES + Y_BYTES]
    if quick:
        x, y = x[:3000], y[:2000]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        train(Path(folder), training, 20 if quick else STEPS)
        for options in READINGS:
            rows.append(told(row_of(folder, options, y)))
        for options in GIVEN:
            rows.append(told(row_of(folder, options, y, x)))
        rows.append(told(row_of(folder, "", y[: 300 if quick else CODED_BYTES])))
        rows.append(told(row_of(folder, "", y[: 300 if quick else CODED_BYTES], coded=True)))
    for name in ("xz", "mixing"):
        for what, before in (("", None), ("the training text", training)):
            rows.append(told(row_without(name, y, what, before)))
    if not quick:
        record("pretrained", rows, {"Y": y, "X": x, "training": training}, judge=judge)
    tell(judge(rows))
    return rows


def train(folder: Path, text: bytes, steps: int) -> None:
    """A small GPT-2 and its tokenizer, trained on a text and saved."""
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    end = "<|endoftext|>"
    trainer = trainers.BpeTrainer(vocab_size=1024, special_tokens=[end], initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(text.decode(errors="ignore").splitlines(keepends=True), trainer)
    fast: Any = transformers.PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer, bos_token=end, eos_token=end).save_pretrained(folder)
    config = transformers.GPT2Config(
        vocab_size=1024, n_positions=POSITIONS, n_embd=96, n_layer=3, n_head=4, bos_token_id=0, eos_token_id=0
    )
    for key in ("resid_pdrop", "embd_pdrop", "attn_pdrop"):
        setattr(config, key, 0.0)
    torch.manual_seed(0)
    loader: Any = transformers.AutoModelForCausalLM
    net = loader.from_config(config)
    ids = torch.tensor(tokenizer.encode(text.decode(errors="ignore")).ids)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps + 1)
    generator = torch.Generator().manual_seed(1)
    for step in range(steps):
        starts: list[int] = torch.randint(len(ids) - POSITIONS, (BATCH,), generator=generator).tolist()
        batch = torch.stack([torch.cat([ids.new_zeros(1), ids[start : start + POSITIONS - 1]]) for start in starts])
        loss = net(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        if step % 100 == 0:
            print(f"step {step}: {float(loss.detach()) / math.log(2):.3f} bits a token", flush=True)
    net.save_pretrained(folder)


def row_of(folder: str, options: str, y: bytes, x: bytes | None = None, *, coded: bool = False) -> Row:
    """What the model pays for y, read in one way; seconds are those of the processor."""
    model = create(f"hf:{folder}" + ("," + options if options else ""))
    assert isinstance(model, Model) and isinstance(model, Equipped)
    model.bits(b"so that it is loaded")
    began = time.process_time()
    found = ask(y, model, given=x, coded=coded)
    return {
        "model": "hf",
        "options": options,
        "given": "" if x is None else f"{len(x)} bytes of the same book",
        "y_bytes": len(y),
        "kind": found.kind,
        "bits": round(found.bits, 1),
        "bits_per_byte": round(found.bits_per_byte, 4),
        "model_bits": found.model_bits,
        "cpu_seconds": round(time.process_time() - began, 1),
        "parameters": int(model.settings["parameters"]),
    }


def row_without(name: str, y: bytes, what: str, before: bytes | None) -> Row:
    """What a model without weights pays for y."""
    began = time.process_time()
    found = ask(y, create(name), given=before)
    return {
        "model": name,
        "options": "",
        "given": what,
        "y_bytes": len(y),
        "kind": found.kind,
        "bits": round(found.bits, 1),
        "bits_per_byte": round(found.bits_per_byte, 4),
        "model_bits": 0.0,
        "cpu_seconds": round(time.process_time() - began, 1),
    }


def told(row: Row) -> Row:
    """Print a row; the row."""
    given = f" given {row['given']}" if row["given"] else ""
    print(
        f"{row['model']:7} {row['options']:32} {row['y_bytes']:>7,} bytes{given}: {row['bits_per_byte']} bits per byte "
        f"({row['kind']}), {row['cpu_seconds']} CPU s",
        flush=True,
    )
    return row


def judge(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What is coded, decoded and compared is within 64 bits and 0.5 % of the ideal, as the laws ask."""
    coded = [row for row in rows if row["model"] == "hf" and row["kind"] == "coded"]
    targets = []
    for row in coded:
        ideal = next(
            other["bits"]
            for other in rows
            if other["kind"] == "ideal" and all(other[key] == row[key] for key in ("model", "options", "y_bytes"))
        )
        excess = (row["bits"] - 64) / ideal - 1
        targets.append(target("hf, coded less 64 bits, over ideal, in %", 100 * excess, "at most 0.5", excess <= 0.005))
    return targets


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
