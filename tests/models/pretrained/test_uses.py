"""Pretrained models in tables, mixtures and files: weights beside the data, names, other weights, other arithmetic."""

import io
import json
import lzma
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tests.models import made

from codelength.coding.container import read_container, write_container
from codelength.errors import (
    DamagedError,
    GivenError,
    MachineError,
    OptionError,
    UsageError,
)
from codelength.measure.codelength import measure
from codelength.measure.shared import shared
from codelength.models.pretrained import Pretrained
from codelength.models.pretrained_net import Loading, count_parameters
from codelength.models.pretrained_state import Reading
from codelength.registry import create, entries
from codelength.types import Equipped, MachineBound

TEXT = made.TEXT[2000:].encode()


def model(path: str, **reading: Any) -> Pretrained:
    return Pretrained(path, reading=Reading(**reading))


def test_weights_are_reported_beside_the_data(gpt2: str, folder: Path) -> None:
    hf = create(f"hf:{gpt2}")
    assert isinstance(hf, Equipped) and isinstance(hf, Pretrained)
    net: Any = transformers.AutoModelForCausalLM.from_pretrained(gpt2)
    assert hf.parameters == sum(parameter.numel() for parameter in net.parameters())
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(gpt2)
    text = tokenizer.backend_tokenizer.to_str().encode()
    assert hf.model_bits == 32 * hf.parameters + 8 * len(lzma.compress(text))
    row = measure(TEXT[:100], hf)
    assert (row.kind, row.model_bits, row.total_bits) == ("ideal", hf.model_bits, row.bits + hf.model_bits)
    assert json.loads(row.to_json())["settings"]["context_tokens"] == 64
    half = Pretrained(gpt2, loading=Loading(dtype="bfloat16"))
    assert hf.model_bits - half.model_bits == 16 * hf.parameters
    assert 0 < half.bits(TEXT[:50]).sum() < 400
    net.to(torch.bfloat16).save_pretrained(folder / "stored in halves")
    tokenizer.save_pretrained(folder / "stored in halves")
    assert Pretrained(str(folder / "stored in halves")).model_bits == half.model_bits


def test_seven_billion_parameters_are_no_way_to_send_a_megabyte() -> None:
    config = transformers.LlamaConfig(
        vocab_size=32_000, hidden_size=4096, intermediate_size=11_008, num_hidden_layers=32, num_attention_heads=32
    )
    parameters = count_parameters(config)
    assert parameters == 6_738_415_616  # as its authors have it
    assert 16 * parameters == 107_814_649_856
    assert 16 * parameters // 8_000_000 == 13_476


def test_what_two_texts_share_is_summed_over_one_cut_of_each(gpt2: str) -> None:
    hf, x, y = model(gpt2), TEXT[:512], TEXT[512:1536]
    result = shared(x, y, hf, nulls={}, joint="none")
    assert math.isclose(result.y_bits, hf.bits(y).sum(), abs_tol=1e-6)
    assert math.isclose(result.y_given_x_bits, hf.after(x).bits(y).sum(), abs_tol=1e-6)
    assert result.interval_bits is not None


def test_mixtures_of_bytes_refuse_tokens(gpt2: str) -> None:
    with pytest.raises(OptionError, match="predicts tokens"):
        create(f"bayes(counts,hf:{gpt2})")


def test_a_container_holds_its_name_and_decodes(gpt2: str) -> None:
    hf, written, back = create(f"hf:path={gpt2},context=32,block=256"), io.BytesIO(), io.BytesIO()
    write_container(io.BytesIO(TEXT[:600]), written, hf, chunk_bytes=512)
    read_container(io.BytesIO(written.getvalue()), back, create)
    assert back.getvalue() == TEXT[:600]


def test_other_weights_are_refused_before_they_decode(folder: Path, gpt2: str) -> None:
    place = Path(shutil.copytree(gpt2, folder / "changing"))
    written = io.BytesIO()
    write_container(io.BytesIO(TEXT[:400]), written, create(f"hf:{place}"))
    made.gpt2(place, layers=2, steps=1)
    with pytest.raises(GivenError, match="made with a checkpoint of fingerprint"):
        read_container(io.BytesIO(written.getvalue()), io.BytesIO(), create)


def test_other_arithmetic_is_noticed_in_the_first_chunk(folder: Path, gpt2: str) -> None:
    written, hf, other = io.BytesIO(), model(gpt2), model(made.zeroed(gpt2, folder / "otherwise"))
    write_container(io.BytesIO(TEXT[:400]), written, hf)
    other._parts.environment = {**hf.environment, "cpu": "ANOTHER"}
    other.name = hf.name
    with pytest.raises(MachineError, match=r"chunk 0 .* cannot be decoded here.*here ANOTHER"):
        read_container(io.BytesIO(written.getvalue()), io.BytesIO(), other)


def test_what_a_decoder_must_have_alike_is_told(folder: Path, gpt2: str) -> None:
    told = model(gpt2).environment
    assert isinstance(model(gpt2), MachineBound)
    assert {"torch", "transformers", "tokenizers", "cpu", "device", "checkpoint"} <= set(told)
    assert told == model(gpt2).environment
    other = model(made.zeroed(gpt2, folder / "other weights")).environment
    assert {key for key in told if told[key] != other[key]} == {"checkpoint"}


def test_tokens_that_no_encoder_would_choose_are_refused(gpt2: str) -> None:
    hf = model(gpt2)

    class Letters:
        """Cuts every byte by itself."""

        def __getattr__(self, name: str) -> Any:
            return getattr(vocabulary, name)

        def cut(self, data: bytes) -> list[int]:
            return [vocabulary.cut(bytes((byte,)))[0] for byte in data]

    parts = hf.reader()._parts
    vocabulary, letters = parts.vocabulary, Letters()
    replaced: Any = letters
    parts.vocabulary = replaced
    code = hf.encode(b"the the the")
    assert hf.decode(code) == b"the the the"
    parts.vocabulary = vocabulary
    with pytest.raises(DamagedError, match="would not have sent"):
        hf.decode(code)


def test_permission_to_fetch_is_in_no_name(gpt2: str) -> None:
    assert create(f"hf:{gpt2},local_files_only=false,context=8").name == f"hf:{gpt2},context=8"
    assert entries()["hf"].options["local_files_only"].default == "true"


def test_loading_waits_until_it_is_needed(gpt2: str, folder: Path) -> None:
    place = folder / "configuration alone"
    place.mkdir()
    shutil.copy(Path(gpt2, "config.json"), place)
    hf = create(f"hf:{place}")
    assert isinstance(hf, Pretrained) and hf.parameters > 0 and hf.memory_bytes > 4 * hf.parameters
    with pytest.raises(UsageError, match=r"is its tokenizer there"):
        hf.encode(b"a")
