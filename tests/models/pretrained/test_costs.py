"""Pretrained models: costs by a second implementation and by hand, windows, start tokens, adaptation."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import transformers
from tests.models import made

from codelength.measure.generate import generate
from codelength.measure.pair import window_warnings
from codelength.models.pretrained import Pretrained
from codelength.models.pretrained_net import Logits
from codelength.models.pretrained_state import Reading

TEXT = made.TEXT[2000:].encode()
STEP_BITS = 1e-4  # between a call on a run and calls on its tokens, in float32


def model(path: str, **reading: Any) -> Pretrained:
    return Pretrained(path, reading=Reading(**reading))


def reference_bits(path: str, data: bytes, context: int, stride: int, *, start: bool = True) -> list[float]:
    """The cost of each token of data that its tokenizer spells, each by a call of its own."""
    net: Any = transformers.AutoModelForCausalLM.from_pretrained(path)
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(path)
    net.eval()
    ids = tokenizer(data.decode(), add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids, clean_up_tokenization_spaces=False).encode() == data
    first = [tokenizer.bos_token_id] if start else []
    text_ids = [i for i in range(len(tokenizer)) if i not in tokenizer.all_special_ids]
    costs = []
    for place, token in enumerate(ids):
        run = place - place % stride
        known = first + ids[max(0, run - (context - stride - len(first))) : place]
        if not known:
            costs.append(math.log2(len(text_ids)))
            continue
        with torch.no_grad():
            logits = net(torch.tensor([known])).logits[0, -1][text_ids].double()
        costs.append(-float(torch.log_softmax(logits, 0)[text_ids.index(token)]) / math.log(2))
    return costs


@pytest.mark.parametrize(("context", "stride"), [(64, 32), (64, 63), (16, 5), (8, 1), (2, 1)])
@pytest.mark.parametrize("start", [True, False])
def test_costs_are_those_of_one_call_a_token(gpt2: str, context: int, stride: int, start: bool) -> None:
    data = TEXT[:200]
    hf = model(gpt2, context_tokens=context, stride_tokens=stride, start=start)
    wanted = reference_bits(gpt2, data, context, stride, start=start)
    assert math.isclose(hf.bits(data).sum(), sum(wanted), rel_tol=1e-5)


def test_each_tokens_bytes_sum_to_its_cost(gpt2: str) -> None:
    data = TEXT[:150]
    costs, wanted = model(gpt2).bits(data), reference_bits(gpt2, data, 64, 32)
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(gpt2)
    spans = tokenizer(data.decode(), add_special_tokens=False).tokens()
    ends = np.cumsum([len(token) for token in spans])  # ASCII: a letter of a token is a byte
    got = np.add.reduceat(costs, [0, *ends[:-1]])
    np.testing.assert_allclose(got, wanted, atol=STEP_BITS)
    assert (costs >= 0).all()


def test_two_tokens_by_hand(flat: str) -> None:
    # 383 tokens spell something, all equally likely; "he" is one of them, "q" another.
    hf = model(flat)
    assert hf.settings["escape"] == "never"
    costs = hf.bits(b"heq")
    vocabulary = hf.reader()._parts.vocabulary
    assert [vocabulary.spelling(symbol) for symbol in vocabulary.cut(b"heq")] == [b"he", b"q"]
    with_h = sum(vocabulary.spelling(entry)[:1] == b"h" for entry in range(vocabulary.size))
    assert vocabulary.size == 383
    np.testing.assert_allclose(costs, [math.log2(383 / with_h), math.log2(with_h), math.log2(383)], atol=1e-9)


def test_an_escape_by_hand(folder: Path, lossy: str) -> None:
    # The first symbol escapes with probability 1/2, the second, behind an escape, too; bytes by KT.
    hf = model(made.zeroed(lossy, folder / "flat lossy"))
    assert hf.settings["escape"] == "adaptive"
    size = hf.reader()._parts.vocabulary.size
    costs = hf.bits(b"  a")
    np.testing.assert_allclose(costs[:2], [1 + 8, 1 + math.log2(129 / 1.5)], atol=1e-9)
    assert math.isclose(costs[2], 2 + math.log2(size), abs_tol=2)  # behind an escape, a token: 1/4


def test_without_a_start_token_the_first_token_costs_the_size_of_the_vocabulary(gpt2: str, lossy: str) -> None:
    bare = model(gpt2, start=False)
    assert (bare.settings["start_token"], model(gpt2).settings["start_token"]) == ("none", "<|endoftext|> (0)")
    assert math.isclose(bare.bits(b"q")[0], math.log2(383), abs_tol=1e-9)
    assert bare.decode(bare.encode(TEXT[:100])) == TEXT[:100]
    assert model(lossy).settings["start_token"] == "none"


def test_the_start_token_is_the_tokenizers_then_the_configurations(folder: Path, llama: str) -> None:
    assert model(llama).settings["start_token"] == "<s> (1)"
    for keys, wanted in (({"bos_token_id": 7}, "(7)"), ({"bos_token_id": None, "eos_token_id": 9}, "(9)")):
        place = Path(shutil.copytree(llama, folder / f"start {wanted}"))
        made.change(place / "tokenizer_config.json", {"bos_token": None, "eos_token": None})
        made.change(place / "config.json", keys)
        assert str(model(str(place)).settings["start_token"]).endswith(wanted)


class Recorder:
    """Stands for a net: all logits 0, and every call noted."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def logits(self, tokens: Sequence[int], keep: int) -> Logits:
        self.calls.append((len(tokens), keep))
        return np.zeros((keep, 384), np.float32)


@pytest.mark.parametrize(("context", "stride"), [(64, 32), (20, 3), (5, 4), (64, 1)])
def test_windows_see_what_they_say_and_price_each_token_once(gpt2: str, context: int, stride: int) -> None:
    hf = model(gpt2, context_tokens=context, stride_tokens=stride, block_bytes=128)
    parts, data = hf.reader()._parts, TEXT[:700]
    recorder: Any = Recorder()
    parts.net = recorder
    hf.bits(data)
    tokens = [parts.vocabulary.cut(data[at : at + 128]) for at in range(0, len(data), 128)]
    assert sum(keep for _, keep in recorder.calls) == sum(map(len, tokens))
    assert max(length for length, _ in recorder.calls) <= context
    seen = [length - keep + 1 for length, keep in recorder.calls]  # of the first token of each run, the start included
    before, wanted = 0, []
    for block in tokens:
        wanted += [min(before + at + 1, context - stride) for at in range(0, len(block), stride)]
        before += len(block)
    assert seen == wanted
    assert (hf.settings["context_tokens"], hf.settings["stride_tokens"]) == (context, stride)


def test_text_that_looks_like_a_special_token_is_text(gpt2: str, llama: str) -> None:
    for path, special in ((gpt2, b"<|endoftext|>"), (llama, b"</s><s><unk>")):
        hf, data = model(path), b"to be" + special * 3 + b" or not"
        assert hf.decode(hf.encode(data)) == data
        assert len(hf.reader()._parts.vocabulary.cut(special)) > 3


def test_letters_that_blocks_and_tokens_divide_come_back(gpt2: str, llama: str) -> None:
    data = ("x" * 15 + "é" + "日本語 🙂 " * 9).encode()
    for path in (gpt2, llama):
        hf = model(path, block_bytes=16)
        assert hf.decode(hf.encode(data)) == data
        assert len(hf.bits(data)) == len(data)


def test_what_a_tokenizer_loses_comes_back(lossy: str) -> None:
    hf, data = model(lossy), "Prince Vasíli kissed ANNA's hand,  twice.\n\r\t".encode()
    assert hf.decode(hf.encode(data)) == data


@pytest.mark.parametrize("reading", [{}, {"adapt": True, "block_bytes": 64}, {"block_bytes": 64, "stride_tokens": 5}])
def test_coded_bits_are_those_of_bits(gpt2: str, llama: str, lossy: str, reading: dict[str, Any]) -> None:
    for path in (gpt2, llama, lossy):
        hf, data = model(path, **reading), TEXT[:300]
        ideal = hf.bits(data).sum()
        assert 0 <= 8 * len(hf.encode(data)) - ideal <= 40  # the length, the coder's end, whole bytes


def test_a_cache_serves_windows_that_slide(folder: Path) -> None:
    config = transformers.MistralConfig(
        vocab_size=384,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=32,
        max_position_embeddings=64,
        sliding_window=8,
        bos_token_id=0,
        eos_token_id=0,
    )
    path = made.saved(folder / "mistral", config, made.byte_level(), made.END)
    hf = model(path)
    assert hf.decode(hf.encode(TEXT[:200])) == TEXT[:200]
    assert 8 * len(hf.encode(TEXT[:200])) - hf.bits(TEXT[:200]).sum() < 40


def test_a_context_is_what_a_text_after_another_sees(gpt2: str) -> None:
    x, y = TEXT[:100], TEXT[100:160]
    hf = model(gpt2, block_bytes=100)
    both = hf.bits(x + y)
    np.testing.assert_array_equal(hf.after(x).bits(y), both[100:])
    assert abs(hf.bits(y).sum() - both[100:].sum()) > 1e-3
    assert hf.after(x).name == hf.name


def test_a_context_ends_where_the_window_does(gpt2: str) -> None:
    hf = model(gpt2, context_tokens=16, block_bytes=64)
    y, near = TEXT[500:560], TEXT[1000:1128]
    one, other = hf.after(TEXT[:640] + near), hf.after(TEXT[2000:2640] + near)
    np.testing.assert_array_equal(one.bits(y), other.bits(y))
    assert abs(one.bits(y).sum() - hf.after(near[:64] + TEXT[:64]).bits(y).sum()) > 1e-3
    assert window_warnings(hf, 640, 60)
    assert hf.window_bytes == 64
    assert len(one.reader().past.tail) <= 16 * 16 + 64


def test_adapting_learns_from_what_was_read_and_leaves_the_model_as_it_was(gpt2: str) -> None:
    hf = model(gpt2, adapt=True, block_bytes=256, rate=0.1)
    x = b"zebra quagga okapi; " * 64
    before = hf.bits(x[:256]).sum()
    learned = hf.after(x)
    assert learned.bits(x[:256]).sum() < 0.7 * before
    assert hf.bits(x[:256]).sum() == before
    assert learned.after(b"").bits(x[:256]).sum() == hf.after(x[:600]).after(x[600:]).bits(x[:256]).sum()
    assert hf.bits(x).sum() < model(gpt2, block_bytes=256).bits(x).sum()
    assert (hf.window_bytes, hf.settings["rate"]) == (None, 0.1)
    assert learned.decode(learned.encode(x[:400])) == x[:400]


def test_the_bytes_of_a_block_are_paid_before_they_are_learned(gpt2: str) -> None:
    still, adapting = model(gpt2, block_bytes=256), model(gpt2, adapt=True, block_bytes=256)
    np.testing.assert_array_equal(still.bits(TEXT[:256]), adapting.bits(TEXT[:256]))
    assert still.bits(TEXT[:300])[256:].sum() != adapting.bits(TEXT[:300])[256:].sum()


def test_the_next_byte_sums_over_where_tokens_may_end(gpt2: str) -> None:
    hf = model(gpt2)
    parts = hf.reader()._parts
    vocabulary = parts.vocabulary
    h, e, he = (vocabulary.cut(data)[0] for data in (b"h", b"e", b"he"))
    assert [vocabulary.spelling(entry) for entry in (h, e, he)] == [b"h", b"e", b"he"]

    def behind(*entries: int) -> npt.NDArray[np.float64]:
        return parts.softmax(parts.net.logits(parts.window([parts.id_of(entry) for entry in entries]), 1)[0])

    def going_on(entries: npt.NDArray[np.float64], prefix: bytes) -> npt.NDArray[np.float64]:
        found = np.zeros(256)
        for entry in range(vocabulary.size):
            spelling = vocabulary.spelling(entry)
            if spelling.startswith(prefix) and len(spelling) > len(prefix):
                found[spelling[len(prefix)]] += entries[entry]
        return found

    one, two = behind()[he], behind()[h] * behind(h)[e]
    wanted = going_on(behind(), b"he") + behind()[h] * going_on(behind(h), b"e")
    wanted += (one + two) * going_on(behind(he) if one > two else behind(h, e), b"")
    np.testing.assert_allclose(hf.after(b"he").reader().predict(), wanted / wanted.sum(), atol=1e-9)


def test_steps_by_bytes_cost_about_what_the_tokens_do(gpt2: str, lossy: str) -> None:
    for path in (gpt2, lossy):
        hf, data, stepped = model(path), TEXT[:80], 0.0
        reader = hf.reader()
        for byte in data:
            stepped -= math.log2(reader.predict()[byte])
            reader.learn(byte)
        assert 0.8 < stepped / hf.bits(data).sum() < 1.03


def test_where_a_block_begins_a_first_byte_costs_what_was_predicted(gpt2: str, lossy: str) -> None:
    for path in (gpt2, lossy):
        stands = model(path, block_bytes=64).after(TEXT[:64])
        probabilities = stands.reader().predict()
        for data in (b"the ", b"and ", b"Q", b"\xff"):
            symbol = stands.reader()._parts.vocabulary.cut(data)[0]
            first, wanted = stands.bits(data)[0], -math.log2(probabilities[data[0]])
            whole = len(stands.reader()._parts.vocabulary.spelling(symbol)) == 1
            assert first >= wanted - 1e-6 if whole else abs(first - wanted) < 1e-6


def test_it_writes_on(gpt2: str) -> None:
    text = generate(model(gpt2), TEXT[:100], 12, np.random.default_rng(1), temperature=0.2)
    assert len(text) == 12 and all(byte < 128 for byte in text)
