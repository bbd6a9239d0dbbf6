"""Pretrained models that are damaged, look ahead or are not there, and windows that do not fit."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tests.models import made

from codelength.cli.main import run
from codelength.errors import (
    OptionError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from codelength.models.pretrained import Pretrained
from codelength.models.pretrained_net import Loading
from codelength.models.pretrained_state import Reading
from codelength.registry import create

TEXT = made.TEXT[2000:].encode()


def model(path: str, **reading: Any) -> Pretrained:
    return Pretrained(path, reading=Reading(**reading))


def cut_weights(place: Path) -> None:
    weights = place / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def wider(place: Path) -> None:
    made.change(place / "config.json", {"n_layer": 3})


def encoder_decoder(place: Path) -> None:
    made.change(place / "config.json", {"model_type": "t5", "architectures": None})


def custom_code(place: Path) -> None:
    made.change(place / "config.json", {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine"}})


def no_weights(place: Path) -> None:
    (place / "model.safetensors").unlink()


def no_json(place: Path) -> None:
    (place / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (cut_weights, SourceError, "the weights of .* cannot be read"),
        (wider, SourceError, "lacks weights"),
        (no_weights, UnknownNameError, "no folder with the weights"),
        (no_json, UnknownNameError, "no folder with the configuration"),
        (encoder_decoder, UsageError, "no causal language model"),
        (custom_code, UnknownNameError, "no folder with the configuration"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_damaged_model_is_refused(
    gpt2: str, tmp_path: Path, damage: Callable[[Path], None], error: type[Exception], message: str
) -> None:
    place = Path(shutil.copytree(gpt2, tmp_path / "damaged"))
    damage(place)
    with pytest.raises(error, match=message):
        create(f"hf:{place}").encode(b"abc")


def test_a_net_that_looks_ahead_is_refused(folder: Path) -> None:
    config = transformers.BertConfig(
        vocab_size=384,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    path = made.saved(folder / "bert", config, made.byte_level(), made.END)
    with pytest.raises(UsageError, match="looks ahead"):
        create(f"hf:{path}").encode(b"abc")
    config.is_decoder = True
    net = made.saved(folder / "bert decoder", config, made.byte_level(), made.END)
    hf = model(net)
    assert hf.decode(hf.encode(TEXT[:60])) == TEXT[:60]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("hf:no-such/model", "or hf:no-such/model,local_files_only=false to fetch it"),
        ("hf:./no-such-folder", "is no folder with the configuration of a model; save_pretrained writes one"),
        ("hf:/", "is no folder"),
    ],
)
def test_a_model_that_is_not_there_is_met_with_what_to_do(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint):
        create(name)


def test_windows_that_do_not_fit_are_refused(gpt2: str) -> None:
    for reading, hint in (
        ({"context_tokens": 65}, "over the 64 tokens"),
        ({"context_tokens": 8, "stride_tokens": 8}, "outside 1 to 7"),
        ({"context_tokens": 1}, "outside 1 to 0"),
        ({"block_bytes": 0}, "no size"),
    ):
        with pytest.raises(OptionError, match=hint):
            model(gpt2, **reading)
    with pytest.raises(OptionError, match="dtype=int8 is unknown"):
        Loading(dtype="int8")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_is_refused(gpt2: str) -> None:
    with pytest.raises(UsageError, match="torch sees no such device"):
        create(f"hf:{gpt2},device=cuda")


def test_the_command_line_shows_both_parts_and_the_window(
    gpt2: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(TEXT[:300])
    assert run(["measure", str(file), "--with", f"hf:{gpt2},context=32,xz"]) == 0
    table = capsys.readouterr().out
    assert "model bits  total bits" in table
    assert f"hf:{gpt2},context=32: context_tokens 32, stride_tokens 16, block_bytes 4096, start_token" in table
    assert run(["compress", str(file), "--with", f"hf:{gpt2}"]) == 0
    assert run(["decompress", f"{file}.cl", "-o", str(tmp_path / "b.txt")]) == 0
    assert (tmp_path / "b.txt").read_bytes() == TEXT[:300]
    assert run(["models", f"hf:{gpt2}"]) == 0
    assert "predicts; sees 256 bytes back; decodes on this kind of machine" in capsys.readouterr().out
    assert run(["measure", str(file), "--with", f"hf:{tmp_path}/absent"]) == 2
    assert capsys.readouterr().err.startswith("Error: hf: ")
