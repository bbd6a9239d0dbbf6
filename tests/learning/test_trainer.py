"""The Trainer's callback: on a module that plays a model, and in a real Trainer on a model that is made here."""

import importlib.util
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from transformers import GPT2Config, GPT2LMHeadModel, TrainerControl, TrainerState, TrainingArguments

from codelength.errors import UsageError
from codelength.learning.meter import PrequentialMeter
from codelength.learning.trainer import PrequentialCallback, priced
from codelength.units import bits_from_nats

needs_accelerate = pytest.mark.skipif(
    importlib.util.find_spec("accelerate") is None, reason="the Trainer needs accelerate, which is not installed"
)
VOCABULARY, ROWS, TIME = 11, 8, 6


@dataclass
class Output:
    logits: torch.Tensor


class Known(torch.nn.Module):
    """Gives its target half of the probability, the seven others share the rest."""

    def forward(self, labels: torch.Tensor | None) -> Output:
        if labels is None:
            return Output(torch.zeros(1, 2, 8))
        behind = torch.roll(labels, -1, 1).clamp(min=0)
        chances = torch.full((*labels.shape, 8), 0.5 / 7)
        return Output(chances.scatter(-1, behind.unsqueeze(-1), 0.5).log())


Told = tuple[TrainingArguments, TrainerState, TrainerControl]


def begun(callback: PrequentialCallback, model: torch.nn.Module) -> Told:
    told = (cast(TrainingArguments, None), TrainerState(epoch=0.0), TrainerControl())
    callback.on_train_begin(*told, model=model)
    return told


def test_every_label_costs_what_the_logits_say_and_the_first_of_a_row_is_uniform() -> None:
    meter = PrequentialMeter()
    callback, model = PrequentialCallback(meter, raw_bytes=lambda batch: 2 * batch["labels"].shape[0]), Known()
    told = begun(callback, model)
    model(labels=torch.tensor([[1, 2, 3], [4, 5, -100]]))
    assert meter.bits == pytest.approx(2 * 3 + 3) and meter.symbols == 5 and meter.raw_bytes == 4
    model.eval()
    model(labels=torch.tensor([[1, 2, 3]]))  # an evaluation is not paid
    model.train()
    callback.on_train_end(*told)
    model(labels=torch.tensor([[1, 2, 3]]))
    assert meter.symbols == 5


def test_later_epochs_are_not_added_and_flagged() -> None:
    meter = PrequentialMeter()
    callback, model = PrequentialCallback(meter), Known()
    told = begun(callback, model)
    model(labels=torch.tensor([[1, 2]]))
    callback.on_epoch_end(*told)
    assert meter.result().valid
    model(labels=torch.tensor([[1, 2]]))
    assert meter.symbols == 2 and not meter.result().valid


def test_a_batch_without_labels_is_refused() -> None:
    callback, model = PrequentialCallback(PrequentialMeter()), Known()
    begun(callback, model)
    with pytest.raises(UsageError, match="it needs labels in the batch"):
        model(labels=None)


def model() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_embd=8,
        n_layer=1,
        n_head=2,
        n_positions=TIME,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GPT2LMHeadModel(config)


def rows() -> list[dict[str, torch.Tensor]]:
    made = torch.Generator().manual_seed(1)
    tokens = torch.randint(VOCABULARY, (ROWS, TIME), generator=made)
    return [{"input_ids": row, "labels": row} for row in tokens]


def trained(folder: Path, rate: float, epochs: int = 1, accumulation: int = 1) -> PrequentialMeter:
    from transformers import Trainer

    meter = PrequentialMeter("trainer")
    arguments = TrainingArguments(
        output_dir=str(folder),
        learning_rate=rate,
        num_train_epochs=epochs,
        per_device_train_batch_size=2,
        gradient_accumulation_steps=accumulation,
        lr_scheduler_type="constant",
        report_to=[],
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
        dataloader_pin_memory=False,
    )
    trainer = Trainer(model=model(), args=arguments, train_dataset=rows(), callbacks=[PrequentialCallback(meter)])
    trainer.train()
    meter.close()
    return meter


def untrained_bits() -> float:
    with torch.no_grad():
        tokens = torch.stack([row["labels"] for row in rows()])
        logs = torch.log_softmax(model()(tokens).logits, -1)
    paid = sum(
        -float(logs[i, t - 1, tokens[i, t]]) if t else math.log(VOCABULARY) for i in range(ROWS) for t in range(TIME)
    )
    return bits_from_nats(paid)


@needs_accelerate
@pytest.mark.parametrize("accumulation", [1, 2])
def test_a_trainer_that_learns_nothing_pays_what_the_model_says(tmp_path: Path, accumulation: int) -> None:
    meter = trained(tmp_path, 0.0, accumulation=accumulation)
    assert meter.symbols == ROWS * TIME and len(meter) == ROWS // 2
    assert meter.bits == pytest.approx(untrained_bits(), rel=1e-5)


@needs_accelerate
def test_in_two_epochs_the_first_alone_is_paid_each_batch_before_its_update(tmp_path: Path) -> None:
    still, moving = trained(tmp_path / "a", 0.0), trained(tmp_path / "b", 0.5, epochs=2)
    assert moving.symbols == ROWS * TIME and not moving.result().valid
    costs = [list(meter.curve().losses_nats) for meter in (still, moving)]
    assert costs[0][0] == pytest.approx(costs[1][0], rel=1e-6)  # the first batch met untouched weights
    assert all(abs(a - b) > 1e-3 for a, b in zip(costs[0][1:], costs[1][1:], strict=True))


def test_without_transformers_the_error_says_what_to_install() -> None:
    program = "import sys; sys.modules['transformers'] = None; import codelength.learning.trainer"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "UsageError" in told.stderr and "pip install 'codelength[hf]'" in told.stderr


def test_prices_agree_with_torchs_cross_entropy() -> None:
    logits, labels = torch.randn(3, 5, 7), torch.randint(7, (3, 5))
    nats, symbols = priced(logits, labels)
    flat = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
    assert symbols == 15 and nats == pytest.approx(float(flat) + 3 * math.log(7), rel=1e-5)
