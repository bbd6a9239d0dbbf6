"""Other architectures of transformers, with and without a key-value cache: what is coded decodes, at its ideal cost."""

from pathlib import Path
from typing import Any

import pytest
import transformers
from tests.models import made

from codelength.models.pretrained import Pretrained
from codelength.registry import create

SIZES: dict[str, Any] = {
    "vocab_size": 384,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
}
SHARED_KEYS: dict[str, Any] = {"num_key_value_heads": 1}
SHORT: dict[str, Any] = {"sliding_window": 8, "head_dim": 16}
OLD: dict[str, Any] = {"n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 4}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "OPTConfig": {**SIZES, "ffn_dim": 32, "word_embed_proj_dim": 32},
    "GPTNeoXConfig": SIZES,
    "Gemma2Config": {**SIZES, **SHARED_KEYS, **SHORT},
    "Gemma3TextConfig": {**SIZES, **SHARED_KEYS, **SHORT},
    "Qwen2Config": {**SIZES, **SHARED_KEYS},
    "Phi3Config": {**SIZES, **SHARED_KEYS},
    "MixtralConfig": {**SIZES, **SHARED_KEYS, "num_local_experts": 2},
    "BloomConfig": {**SIZES, **OLD},
    "CodeGenConfig": {"vocab_size": 384, **OLD, "rotary_dim": 4, "bos_token_id": 0, "eos_token_id": 0},
    "MambaConfig": {"vocab_size": 384, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 4},
    "RwkvConfig": {"vocab_size": 384, "hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_an_architecture_codes_what_it_prices(name: str, tmp_path: Path) -> None:
    config = getattr(transformers, name)(**CONFIGURATIONS[name])
    path = made.saved(tmp_path / "net", config, made.byte_level(), made.END)
    for options in ("context=64,stride=16", "context=32,block=64,adapt=true"):
        model, data = create(f"hf:{path},{options}"), made.TEXT[:300].encode()
        code = model.encode(data)
        assert model.decode(code) == data
        assert isinstance(model, Pretrained)
        assert 0 <= 8 * len(code) - model.bits(data).sum() <= 40
