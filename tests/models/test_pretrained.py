"""Pretrained models: costs by a second implementation and by hand, windows, start tokens, adaptation, damage."""

import io
import json
import lzma
import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import transformers
from tests.models import made

from codelength.cli.main import run
from codelength.coding.container import read_container, write_container
from codelength.errors import (
    DamagedError,
    GivenError,
    MachineError,
    OptionError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from codelength.measure.codelength import measure
from codelength.measure.generate import generate
from codelength.measure.pair import window_warnings
from codelength.measure.shared import shared
from codelength.models.pretrained import Pretrained
from codelength.models.pretrained_net import Loading, Logits, count_parameters
from codelength.models.pretrained_state import Reading
from codelength.registry import create, entries
from codelength.types import Equipped, MachineBound

TEXT = made.TEXT[2000:].encode()
STEP_BITS = 1e-4  # between a call on a run and calls on its tokens, in float32


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def gpt2(folder: Path) -> str:
    return made.gpt2(folder / "gpt2", layers=2, steps=30)


@pytest.fixture(scope="module")
def llama(folder: Path) -> str:
    return made.llama(folder / "llama", layers=2)


@pytest.fixture(scope="module")
def lossy(folder: Path) -> str:
    return made.gpt2(folder / "lossy", tokenizer=made.lossy(), start=None)


@pytest.fixture(scope="module")
def flat(folder: Path, gpt2: str) -> str:
    """A model that finds everything equally likely, since all of its weights are 0."""
    return zeroed(gpt2, folder / "flat")


def zeroed(path: str, target: Path) -> str:
    shutil.copytree(path, target)
    net: Any = transformers.AutoModelForCausalLM.from_pretrained(path)
    for parameter in net.parameters():
        parameter.data.zero_()
    net.save_pretrained(target)
    return str(target)


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
    hf = model(zeroed(lossy, folder / "flat lossy"))
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
        change(place / "tokenizer_config.json", {"bos_token": None, "eos_token": None})
        change(place / "config.json", keys)
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
    written, hf, other = io.BytesIO(), model(gpt2), model(zeroed(gpt2, folder / "otherwise"))
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
    other = model(zeroed(gpt2, folder / "other weights")).environment
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


def change(file: Path, keys: dict[str, Any]) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | keys))


def cut_weights(place: Path) -> None:
    weights = place / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def wider(place: Path) -> None:
    change(place / "config.json", {"n_layer": 3})


def encoder_decoder(place: Path) -> None:
    change(place / "config.json", {"model_type": "t5", "architectures": None})


def custom_code(place: Path) -> None:
    change(place / "config.json", {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine"}})


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
