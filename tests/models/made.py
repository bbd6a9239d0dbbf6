"""Small language models that the tests make: nets of a few thousand weights, tokenizers trained on a bundled text."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from codelength.data.bundled import bundled

END = "<|endoftext|>"
POSITIONS = 64
TEXT = bundled("war.txt").joined[:40_000].decode()


def byte_level(*, size: int = 384) -> Tokenizer:
    """As GPT-2's: every byte has a token, one special token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    return _trained(tokenizer, size, [END], pre_tokenizers.ByteLevel.alphabet())


def byte_fallback(*, size: int = 384) -> Tokenizer:
    """As SentencePiece's: a space in front, spaces are letters, what is unknown falls back to tokens of bytes."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trained = _trained(tokenizer, size + 200, special, [])
    trained.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A <s> $B", [("<s>", 1)])
    # The trainer adds all of them; tokens of bytes belong to the model alone.
    description = json.loads(trained.to_str())
    description["added_tokens"] = [token for token in description["added_tokens"] if token["content"][1] != "0"]
    return Tokenizer.from_str(json.dumps(description))


def lossy() -> Tokenizer:
    """Lower-cases, drops spaces, knows only letters of ASCII; no start token; unknown words are one token."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    changes = [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]
    tokenizer.normalizer = normalizers.Sequence(changes)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def gpt2(
    folder: Path, *, tokenizer: Tokenizer | None = None, start: str | None = END, layers: int = 1, steps: int = 0
) -> str:
    """A GPT-2, saved."""
    config = transformers.GPT2Config(
        vocab_size=384, n_positions=POSITIONS, n_embd=32, n_layer=layers, n_head=2, bos_token_id=None, eos_token_id=None
    )
    return saved(folder, config, tokenizer or byte_level(), start, steps)


def llama(folder: Path, *, layers: int = 1, steps: int = 0) -> str:
    """A Llama with grouped queries, saved; its vocabulary is padded by 5 ids without a token."""
    tokenizer = byte_fallback()
    config = transformers.LlamaConfig(
        vocab_size=tokenizer.get_vocab_size() + 5,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=POSITIONS,
        bos_token_id=1,
        eos_token_id=2,
    )
    return saved(folder, config, tokenizer, "<s>", steps)


def _trained(tokenizer: Tokenizer, size: int, special: Sequence[str], alphabet: Sequence[str]) -> Tokenizer:
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special), initial_alphabet=list(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(TEXT.splitlines(keepends=True), trainer)
    return tokenizer


def saved(folder: Path, config: Any, tokenizer: Tokenizer, start: str | None, steps: int = 0) -> str:
    torch.manual_seed(0)
    loader: Any = transformers.AutoModelForCausalLM
    net = loader.from_config(config)
    if steps:
        _train(net, tokenizer, steps)
    net.save_pretrained(folder)
    fast: Any = transformers.PreTrainedTokenizerFast
    names = {"bos_token": start, "eos_token": start} if start else {}
    unknown = next((name for name in ("<unk>", "[UNK]") if tokenizer.token_to_id(name) is not None), None)
    fast(tokenizer_object=tokenizer, unk_token=unknown, **names).save_pretrained(folder)
    return str(folder)


def _train(net: Any, tokenizer: Tokenizer, steps: int) -> None:
    ids = torch.tensor(tokenizer.encode(TEXT, add_special_tokens=False).ids)
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3)
    generator = torch.Generator().manual_seed(1)
    net.train()
    for _ in range(steps):
        starts = torch.randint(len(ids) - POSITIONS, (8,), generator=generator)
        batch = torch.stack([ids[start : start + POSITIONS] for start in cast(list[int], starts.tolist())])
        net(input_ids=batch, labels=batch).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    net.eval()


def zeroed(path: str, target: Path) -> str:
    """A copy of a model whose weights are all 0."""
    shutil.copytree(path, target)
    net: Any = transformers.AutoModelForCausalLM.from_pretrained(path)
    for parameter in net.parameters():
        parameter.data.zero_()
    net.save_pretrained(target)
    return str(target)


def change(file: Path, keys: dict[str, Any]) -> None:
    """Set keys of a JSON file."""
    file.write_text(json.dumps(json.loads(file.read_text()) | keys))
