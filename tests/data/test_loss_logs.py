"""Training logs of every form that are written here, and what is wrong with bad ones."""

import gzip
import json

import numpy as np
import pytest
from tests.data.test_event_files import VERSION, event, simple

from codelength.data.event_files import framed
from codelength.data.loss_logs import LogForm, read_loss_curves
from codelength.errors import CodelengthError, DamagedError, DataError, OptionError
from codelength.loss_curve import LossCurve

SIX = LogForm(tokens_per_step=64)
LOSSES = [4.0, 3.5, 3.25]


def read(text: str | bytes, form: LogForm = SIX) -> LossCurve:
    (curve,) = read_loss_curves(text.encode() if isinstance(text, str) else text, "log", form)
    return curve


TRAINER = {"log_history": [{"step": 10 * i + 10, "loss": x, "epoch": 0.1} for i, x in enumerate(LOSSES)]}
LOGS: dict[str, str | bytes] = {
    "csv": "step,loss,lr\n0,4.0,1\n1,3.5,1\n2,3.25,1\n",
    "csv with semicolons and evaluations": "_step;train/loss;val\n0;4.0;\n0;;9\n1;3.5;\n2;3.25;\n",
    "jsonl": "\n".join(json.dumps({"global_step": i, "train": {"loss": x}}) for i, x in enumerate(LOSSES)),
    "jsonl with evaluations": '{"step": 0, "val_loss": 9}\n'
    + "\n".join(json.dumps({"step": i, "loss": x}) for i, x in enumerate(LOSSES)),
    "llm.c": "s:0 tel:11.0092\n" + "".join(f"s:{i} trl:{x} lr:0.1 norm:1\n" for i, x in enumerate(LOSSES)),
    "modded-nanogpt": "import torch\nprint('step:', x)\nstep:0/3 val_loss:11.0\n"
    + "".join(f"step:{i}/3 train_loss:{x} train_time:1ms\n" for i, x in enumerate(LOSSES)),
    "nanoGPT": "step 0: train loss 9, val loss 9\n"
    + "".join(f"iter {i}: loss {x}, time 10ms\n" for i, x in enumerate(LOSSES)),
    "llm.c on the terminal": "".join(f"step    {i}/3 | loss {x} (+nanz)| norm 1\n" for i, x in enumerate(LOSSES)),
    "words": "".join(f"[12:00] Step={i} lr=0.1 training loss = {x}\n" for i, x in enumerate(LOSSES)),
    "gzip": gzip.compress(b"step,loss\n0,4.0\n1,3.5\n2,3.25\n"),
    "tensorboard": b"".join(map(framed, (VERSION, *(event(i, "Loss/train", simple(x)) for i, x in enumerate(LOSSES))))),
}


@pytest.mark.parametrize("form", LOGS)
def test_steps_and_losses_are_found_in(form: str) -> None:
    curve = read(LOGS[form])
    assert curve.steps.tolist() == [0, 1, 2]
    assert curve.losses_nats.tolist() == LOSSES
    assert curve.tokens.tolist() == [64] * 3
    assert curve.loss_of == "step"


def test_the_trainers_state_holds_means_over_its_logging_steps() -> None:
    curve = read(json.dumps(TRAINER))
    assert curve.loss_of == "interval" and curve.steps.tolist() == [10, 20, 30] and curve.epochs == 0.1
    tokens, nats = curve.by_step()
    assert len(tokens) == 30 and nats.sum() == pytest.approx(640 * sum(LOSSES))


def test_a_pattern_of_ones_own_names_its_groups() -> None:
    curve = read(
        "a 5 -> 1.5 (32)\na 6 -> 1.25 (48)\n", LogForm(pattern=r"a (?P<step>\d+) -> (?P<loss>\S+) \((?P<symbols>\d+)")
    )
    assert curve.steps.tolist() == [5, 6] and curve.tokens.tolist() == [32, 48]


def test_tokens_come_from_a_column_or_from_what_was_seen_so_far() -> None:
    text = "step,loss,n,tokens_seen\n0,4,10,0\n2,3,20,40\n3,3,30,70\n"
    assert read(text, LogForm()).tokens.tolist() == [20, 30, 30]
    assert read(text, LogForm(tokens="n")).tokens.tolist() == [10, 20, 30]


def test_entries_without_steps_can_be_counted() -> None:
    assert read("loss,x\n4,1\n3,1\n", LogForm(step="row", tokens_per_step=1)).steps.tolist() == [0, 1]


def test_rows_are_kept_and_split_by_a_column() -> None:
    text = b"run,step,loss\na/1,0,4\nb/1,0,5\na/2,0,6\na/1,1,3\n"
    curves = read_loss_curves(text, "log", LogForm(where=(("run", "a/*"),), by="run", tokens_per_step=1))
    assert [(curve.name, curve.losses_nats.tolist()) for curve in curves] == [("a/1", [4, 3]), ("a/2", [6])]


def test_losses_in_bits_become_nats() -> None:
    curve = read("step,loss\n0,1\n", LogForm(tokens_per_step=1, loss_in_bits=True))
    assert curve.losses_nats[0] == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("text", "form", "error", "message"),
    [
        ("step,loss\n0,1\n0,1\n", SIX, DataError, "entry 2 has step 0 again"),
        ("step,loss\n5,1\n3,1\n", SIX, DataError, "goes back from step 5 to 3, as after a resumed run"),
        ("step,loss\n0,nan\n", SIX, DataError, "loss in line 2 is nan; it must be finite"),
        ("step,loss\n0,-1\n", SIX, DataError, r"the loss of entry 1 \(step 0\) is -1; it must be finite"),
        ("step,loss\n0,x\n", SIX, DataError, "loss in line 2 is 'x', no number"),
        ("step,loss\n1e20,1\n", SIX, DataError, r"the step of line 2 is 1e\+20, no whole number"),
        ("step,loss\n0.5,1\n", SIX, DataError, "the step of line 2 is 0.5, no whole number"),
        ("step,loss\n0\n", SIX, DataError, "line 2 has 1 cells for 2 columns"),
        ("step,cost\n0,1\n", SIX, DataError, "looks like the loss; there are step, cost; name one with --loss"),
        ("step,loss\n0,1\n", LogForm(loss="l", tokens_per_step=1), DataError, "there is no column 'l'"),
        ("step,loss\n0,1\n", LogForm(), DataError, "how many tokens has a step"),
        ("step,loss\n0,1\n", LogForm(tokens_per_step=0), OptionError, "0 tokens a step"),
        ("step,loss\n", SIX, DataError, "there is no entry"),
        ('{"step": 1, "loss": 1}\n{"step"\n', SIX, DataError, "line 2 is no JSON"),
        ("nothing here", SIX, DataError, "no line has a step and a loss"),
        ("a", LogForm(pattern="("), OptionError, "no regular expression"),
        ("a", LogForm(pattern="a"), OptionError, "has no group"),
        ("step:1/2 train_loss:nan\n", SIX, DataError, "loss in line 1 is nan"),
    ],
)  # fmt: skip
def test_errors_name_the_place_and_the_remedy(
    text: str, form: LogForm, error: type[CodelengthError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(text, form)


def test_two_values_of_a_tag_at_one_step_are_an_error() -> None:
    with pytest.raises(DataError, match="loss has two values at step 1"):
        read(framed(event(1, "loss", simple(1))) * 2)


def test_damaged_gzip_is_told() -> None:
    with pytest.raises(DamagedError, match="damaged gzip"):
        read(gzip.compress(b"step,loss\n0,1\n")[:-9])
