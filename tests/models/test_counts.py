"""Counts against a second implementation in plain dictionaries, closed forms, hand cases and golden bytes."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.range_coder import RangeDecoder, RangeEncoder
from codelength.data.synthetic import dirichlet_bits, markov
from codelength.errors import OptionError
from codelength.models.counts import Counts, CountsReader
from codelength.types import Model

Estimator = Literal["blend", "dirichlet"]
TEXT = b"she sells sea shells by the sea shore; the shells she sells are sea shells, she is sure. " * 12
GOLDEN = {  # encoder output: a change breaks every file written before
    "counts:order=2": "a01706aae0046827",
    "counts:order=3,estimator=dirichlet,alpha=0.01": "ce6c4b4f594f16ad",
}


class PlainCounts:
    """The formulas again, with a dictionary of counters by context."""

    def __init__(self, order: int, estimator: Estimator, alpha: float) -> None:
        self.order, self.estimator, self.alpha = order, estimator, alpha
        self.history = b""
        self.seen: dict[bytes, Counter[int]] = defaultdict(Counter)

    def predict(self, byte: int) -> float:
        p = 1 / 256
        if self.estimator == "dirichlet":
            context = self.history[len(self.history) - self.order :]
            counter = self.seen[context] if len(self.history) >= self.order else Counter()
            return (counter[byte] + 256 * self.alpha * p) / (counter.total() + 256 * self.alpha)
        for length in range(min(self.order, len(self.history)) + 1):
            counter = self.seen[self.history[len(self.history) - length :]]
            weight = float(len(+counter)) if length else 256 * self.alpha
            if counter.total() + weight > 0:
                p = (counter[byte] + weight * p) / (counter.total() + weight)
        return p

    def learn(self, byte: int) -> None:
        for length in range(min(self.order, len(self.history)) + 1):
            self.seen[self.history[len(self.history) - length :]][byte] += 1
        self.history += bytes((byte,))


def hard_inputs() -> dict[str, bytes]:
    generator = np.random.default_rng(1)
    return {
        "empty": b"",
        "one byte": b"\xff",
        "all values": bytes(range(256)),
        "one byte often": bytes(3000),
        "random": generator.bytes(2000),
        "text": TEXT,
    }


def models() -> list[Counts]:
    return [
        Counts(order=0),
        Counts(order=1, alpha=0.01),
        Counts(order=2),
        Counts(order=16),
        Counts(order=2, estimator="dirichlet", alpha=0.01),
        Counts(order=4, memory_bytes=1 << 16),
    ]


def states_agree(first: CountsReader, second: CountsReader) -> bool:
    return all(
        np.array_equal(getattr(first._contexts, name), getattr(second._contexts, name))
        for name in ("strings", "slots", "used", "active")
    )


@pytest.mark.parametrize("estimator", ["blend", "dirichlet"])
@pytest.mark.parametrize("order", [0, 1, 2, 3, 7, 16])
def test_every_probability_is_that_of_the_plain_dictionaries(order: int, estimator: Estimator) -> None:
    data = markov(2, 3, 400, np.random.default_rng(order)).data + TEXT[:200]
    reader, plain = Counts(order=order, estimator=estimator, alpha=0.3).reader(), PlainCounts(order, estimator, 0.3)
    for byte in data:
        prediction = reader.predict()
        for other in (byte, 0, 101, 255):
            assert prediction[other] == plain.predict(other)
        reader.learn(byte)
        plain.learn(byte)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=80).map(bytes), st.integers(0, 5))
def test_costs_of_made_bytes_are_those_of_the_plain_dictionaries(data: bytes, order: int) -> None:
    plain = PlainCounts(order, "blend", 0.5)
    for byte, cost in zip(data, Counts(order=order).bits(data), strict=True):
        assert cost == pytest.approx(-np.log2(plain.predict(byte)), abs=1e-12)
        plain.learn(byte)


def test_a_hand_case_of_order_1() -> None:
    # After "abab" the order-0 counts are 2 and 2 of 4, and 1 of 1 byte after "b" was "a":
    # P_0(a) = (2 + 1/2) / (4 + 128), P_1(a) = (1 + 1 · P_0(a)) / (1 + 1).
    prediction = Counts(order=1, alpha=0.5).after(b"abab").reader().predict()
    assert prediction[ord("a")] == pytest.approx((1 + 2.5 / 132) / 2, rel=1e-15)
    assert prediction[ord("b")] == pytest.approx(2.5 / 132 / 2, rel=1e-15)


@pytest.mark.parametrize("alpha", [0.01, 0.5, 3.0])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_dirichlet_of_any_order_costs_the_closed_form(order: int, alpha: float) -> None:
    data = TEXT
    behind: dict[bytes, Counter[int]] = defaultdict(Counter)
    for i in range(order, len(data)):
        behind[data[i - order : i]][data[i]] += 1
    counts = [[counter[byte] for byte in range(256)] for counter in behind.values()]
    expected = 8 * order + sum(dirichlet_bits(each, alpha) for each in counts)
    model = Counts(order=order, estimator="dirichlet", alpha=alpha)
    assert model.bits(data).sum() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("model", models(), ids=lambda model: str(model.name))
@pytest.mark.parametrize("kind", hard_inputs())
def test_what_is_encoded_is_decoded_and_near_its_ideal_length(model: Counts, kind: str) -> None:
    data = hard_inputs()[kind]
    code = model.encode(data)
    assert model.decode(code) == data
    ideal = float(model.bits(data).sum())
    assert 8 * len(code) <= ideal + 64 + 0.002 * ideal


@pytest.mark.parametrize("model", models(), ids=lambda model: str(model.name))
def test_predictions_are_positive_sum_to_one_and_are_what_is_paid(model: Counts) -> None:
    primed = model.after(TEXT[:700])
    prediction = primed.reader().predict()
    assert prediction.min() > 0
    assert prediction.sum() == pytest.approx(1, abs=1e-12)
    costs = [each[0] for each in primed.bits_each([bytes((byte,)) for byte in range(256)])]
    np.testing.assert_allclose(-np.log2(prediction), costs, atol=1e-12)


@pytest.mark.parametrize("model", models(), ids=lambda model: str(model.name))
def test_items_cost_what_each_costs_alone_and_leave_no_trace(model: Counts) -> None:
    primed = model.after(TEXT[:500])
    generator = np.random.default_rng(5)
    items = [b"", TEXT[500:600], generator.bytes(3000), b"", TEXT[:100], bytes(70_000), TEXT[400:900]]
    before = primed.bits(TEXT)
    for item, costs in zip(items, primed.bits_each(items), strict=True):
        np.testing.assert_array_equal(costs, primed.bits(item))
    np.testing.assert_array_equal(primed.bits(TEXT), before)


def test_a_trial_restores_every_array() -> None:
    model = Counts(order=3).after(TEXT)
    tried, untouched = model.reader(), model.reader()
    tried.trial(TEXT[::-1])
    tried.trial(b"other words, and the shells")
    untouched._contexts = untouched._contexts.copy()
    untouched._contexts.reserve(4 * len(TEXT), model.row_limit)
    assert states_agree(tried, untouched)


def test_after_is_pure_and_cuts_do_not_matter() -> None:
    model = Counts(order=3)
    first = model.after(TEXT[:300])
    costs = first.bits(TEXT[300:])
    assert first.after(b"") is first
    both = first.after(TEXT[300:700])
    np.testing.assert_array_equal(both.bits(TEXT), model.after(TEXT[:700]).bits(TEXT))
    np.testing.assert_array_equal(first.bits(TEXT[300:]), costs)
    assert costs.sum() < 0.6 * model.bits(TEXT[300:]).sum()


def test_a_frozen_reader_goes_on_without_changing_its_model() -> None:
    reader = Counts(order=2).reader()
    reader.read(TEXT[:100])
    model = reader.freeze()
    before = model.bits(TEXT[100:])
    reader.read(TEXT)
    again = reader.freeze()
    reader.trial(TEXT)
    np.testing.assert_array_equal(model.bits(TEXT[100:]), before)
    np.testing.assert_array_equal(again.bits(b"shore"), Counts(order=2).after(TEXT[:100] + TEXT).bits(b"shore"))


def test_reading_in_pieces_costs_the_same_as_at_once() -> None:
    data = np.random.default_rng(2).bytes(40_000)
    model = Counts(order=2)
    pieces = [data[:1], data[1:20_000], data[20_000:20_003], data[20_003:]]
    reader = model.reader()
    np.testing.assert_array_equal(np.concatenate([reader.read(piece) for piece in pieces]), model.bits(data))
    assert model.cost(pieces) == pytest.approx(model.bits(data).sum(), abs=1e-6)


def test_memory_stays_within_its_bound_and_predictions_still_sum_to_one() -> None:
    data = np.random.default_rng(3).bytes(20_000) + TEXT
    small, large = Counts(order=3, memory_bytes=1 << 17), Counts(order=3)
    reader = small.reader()
    costs = reader.read(data)
    state = reader._contexts
    assert int(state.used[0]) == small.row_limit
    assert 1.5 * (state.strings.nbytes + state.slots.nbytes) <= small.memory_bytes
    assert reader.predict().sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(costs[:500], large.bits(data[:500]))
    assert costs.sum() != large.bits(data).sum()
    assert small.decode(small.encode(data[-3000:])) == data[-3000:]


def test_bits_by_summing_cost_what_the_byte_costs() -> None:
    reader = Counts(order=2).after(TEXT[:300]).reader()
    for byte in TEXT[300:340]:
        expected = reader.predict()[byte]
        product = 1.0
        for place in range(7, -1, -1):
            bit = byte >> place & 1
            p1 = reader.p1_exact()
            product *= p1 if bit else 1 - p1
            last = reader.mass(bit)
            reader.put(bit)
        assert last == expected
        assert product == pytest.approx(expected, rel=1e-12)


def test_a_chunk_continues_where_the_last_one_ended() -> None:
    model = Counts(order=2)
    sender, receiver = model.reader(), model.reader()
    sizes = []
    for chunk in (TEXT[:500], TEXT[500:1000]):
        coder = RangeEncoder()
        sender.encode_into(coder, chunk)
        code = coder.finish()
        sizes.append(len(code))
        assert receiver.decode_from(RangeDecoder(code), len(chunk)) == chunk
    assert sizes[1] < 0.6 * sizes[0]


def code_digests() -> dict[str, str]:
    named: list[Model] = [Counts(order=2), Counts(order=3, estimator="dirichlet", alpha=0.01)]
    return {model.name: hashlib.sha256(model.encode(TEXT + bytes(range(256)))).hexdigest()[:16] for model in named}


def test_the_code_is_golden() -> None:
    assert code_digests() == GOLDEN


def test_the_code_is_the_same_on_a_generic_processor_with_checked_bounds(tmp_path: Path) -> None:
    program = (
        "import runpy, sys; names = runpy.run_path(sys.argv[1]); "
        "assert names['code_digests']() == names['GOLDEN']; "
        "names['test_items_cost_what_each_costs_alone_and_leave_no_trace'](names['Counts'](order=3))"
    )
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_BOUNDSCHECK": "1"}
    environment = {**os.environ, **plain, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program, __file__], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_options_out_of_range_are_refused() -> None:
    for order in (-1, 17):
        with pytest.raises(OptionError, match="order"):
            Counts(order=order)
    for alpha in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(OptionError, match="alpha"):
            Counts(alpha=alpha)
    with pytest.raises(OptionError, match="memory"):
        Counts(memory_bytes=1000)


def test_names_say_every_option_that_is_not_the_default() -> None:
    assert Counts().name == "counts:order=2"
    model = Counts(order=3, estimator="dirichlet", alpha=0.01, memory_bytes=1 << 20)
    assert model.name == "counts:order=3,estimator=dirichlet,alpha=0.01,memory=1MiB"
    assert model.after(b"x").name == model.name
