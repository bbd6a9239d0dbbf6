"""Mixtures against sums over all members and all sequences of members, their bounds, and golden bytes."""

import hashlib
import itertools
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from codelength.coding.rounding import integer_counts
from codelength.coding.sequential import SequentialModel
from codelength.data.synthetic import markov
from codelength.errors import CodelengthError, OptionError
from codelength.models.counts import Counts
from codelength.models.from_codec import FromCodec
from codelength.models.libraries import Gzip
from codelength.models.mixtures import Bayes, Mixture, Switching
from codelength.models.weights import STATIC, Weights
from codelength.types import Arithmetic, Bits, Decoder, Encoder, Model, Order, Probs, Unit

TEXT = b"she sells sea shells by the sea shore; the shells she sells are sea shells, she is sure. " * 6
GOLDEN = {  # encoder output: a change breaks every file written before
    "bayes(counts:order=0,counts:order=2)": "599394de54b37c61",
    "switching(counts:order=0,counts:order=2)": "92b7fcc318a051b4",
    "switching(counts:order=1,tree):rate=0.01": "4c4012cfe4c32cc0",
}


class Tree(SequentialModel):
    """A model of bits in integers: one adaptive 16-bit probability for each prefix of a byte."""

    name = "tree"
    unit: Unit = "bit"
    arithmetic: Arithmetic = "integer"
    window_bytes = None
    memory_bytes = 1024
    nominal_speed = 100_000

    def __init__(self, p1: Sequence[int] = (32768,) * 256) -> None:
        self.p1 = tuple(p1)

    def reader(self) -> "TreeReader":
        return TreeReader(list(self.p1))


class TreeReader:
    def __init__(self, p1: list[int]) -> None:
        self._p1, self._prefix = p1, 1

    def p1(self) -> int:
        return self._p1[self._prefix]

    def put(self, bit: int) -> None:
        p1 = self._p1[self._prefix]
        self._p1[self._prefix] = p1 + (65535 - p1 >> 4) if bit else p1 - (p1 - 1 >> 4)
        self._prefix = self._prefix << 1 | bit
        self._prefix = 1 if self._prefix >= 256 else self._prefix

    def predict(self) -> Probs:
        mass = np.ones(512)
        for prefix in range(1, 256):
            mass[2 * prefix] = mass[prefix] * (65536 - self._p1[prefix]) / 65536
            mass[2 * prefix + 1] = mass[prefix] * self._p1[prefix] / 65536
        return mass[256:]

    def read(self, data: bytes) -> Bits:
        costs = np.zeros(len(data))
        for i, byte in enumerate(data):
            for place in range(7, -1, -1):
                bit = byte >> place & 1
                costs[i] -= math.log2((self.p1() if bit else 65536 - self.p1()) / 65536)
                self.put(bit)
        return costs

    def encode_into(self, coder: Encoder, data: bytes) -> None:
        raise AssertionError("a mixture codes by itself")

    def decode_from(self, coder: Decoder, size: int) -> bytes:
        raise AssertionError("a mixture codes by itself")

    def freeze(self) -> Tree:
        return Tree(self._p1)


class PayingTree(Tree):
    """The same, with a reader that pays for many bytes at once."""

    def reader(self) -> "PayingTreeReader":
        return PayingTreeReader(list(self.p1))


class PayingTreeReader(TreeReader):
    def pay(self, data: bytes) -> Probs:
        paid = np.ones(len(data))
        for i, byte in enumerate(data):
            for place in range(7, -1, -1):
                bit = byte >> place & 1
                paid[i] *= self._p1[self._prefix] / 65536 if bit else 1 - self._p1[self._prefix] / 65536
                self.put(bit)
        return paid

    def freeze(self) -> PayingTree:
        return PayingTree(self._p1)


class Backwards(Counts):
    def order(self, n: int) -> Order:
        return np.arange(n, dtype=np.int64)[::-1]


class Tokens(Tree):
    unit: Unit = "token"


LOW, HIGH = Counts(order=0), Counts(order=2)


def mixtures() -> list[Mixture]:
    return [
        Bayes((LOW, HIGH)),
        Bayes((LOW,)),
        Bayes((LOW, Tree(), HIGH)),
        Switching((LOW, HIGH, Counts(order=1))),
        Switching((LOW, HIGH), rate=0.02),
        Switching((HIGH,)),
        Switching((HIGH, PayingTree()), rate=0.02),
        Bayes((Switching((LOW, HIGH)), Bayes((Counts(order=1), HIGH)))),
        Switching((Bayes((Tree(), HIGH)), Switching((LOW, HIGH)), Tree())),
    ]


def mixed_data(size: int = 3000) -> bytes:
    """Parts that suit different members: uniform noise and text by turns."""
    generator = np.random.default_rng(4)
    return b"".join(generator.bytes(size // 6) + (TEXT * 2)[: size // 6] for _ in range(3))


def member_costs(members: Sequence[Model], data: bytes) -> Bits:
    return np.stack([member.bits(data) for member in members])  # [n, N]


def log2_of_sum(log2_terms: Bits) -> float:
    top = float(log2_terms.max())
    return top + math.log2(math.fsum(np.exp2(log2_terms - top).tolist()))


def best_sequence_bits(costs: Bits, switches: int) -> float:
    """Least cost of a sequence of members that changes exactly so many times, by dynamic programming."""
    members, size = costs.shape
    best = np.full((switches + 1, members), np.inf)  # after each byte, by changes so far and the member in charge
    best[0] = costs[:, 0]
    for t in range(1, size):
        moved = np.full_like(best, np.inf)
        for i in range(members):
            moved[1:, i] = np.delete(best[:-1], i, axis=1).min(axis=1)
        best = np.minimum(best, moved) + costs[:, t]
    return float(best[switches].min())


@pytest.mark.parametrize("data", [b"a", TEXT, mixed_data(), bytes(2000)], ids=["one byte", "text", "mixed", "zeros"])
@pytest.mark.parametrize("members", [(LOW, HIGH), (LOW, HIGH, Tree())], ids=["bytes", "bits"])
def test_bayes_costs_the_closed_form_and_at_most_the_best_member_and_its_bound(
    members: tuple[Model, ...], data: bytes
) -> None:
    totals = member_costs(members, data).sum(axis=1)
    model = Bayes(members)
    bits = float(model.bits(data).sum())
    assert bits == pytest.approx(math.log2(len(members)) - log2_of_sum(-totals), abs=1e-6)
    assert bits <= totals.min() + model.bound_bits + 1e-9


def test_a_member_that_was_thousands_of_bits_behind_comes_back() -> None:
    # 3,000 bytes of noise cost order 0 far less than order 1; then only order 1 knows the pattern.
    generator = np.random.default_rng(0)
    data = generator.bytes(3000) + bytes(range(250)) * 40
    members = (Counts(order=0, alpha=10), Counts(order=1))
    costs = member_costs(members, data)
    lead = np.cumsum(costs[1] - costs[0])
    assert lead.max() > 1500 > 0 > lead[-1]
    model = Bayes(members)
    assert model.bits(data).sum() <= costs.sum(axis=1).min() + model.bound_bits + 1e-6


@pytest.mark.parametrize("rate", [None, 0.01, 0.3, 0.9])
@pytest.mark.parametrize("members", [(LOW, Counts(order=1)), (LOW, Counts(order=1), Tree())], ids=["two", "three"])
def test_switching_is_the_mixture_over_all_sequences(members: tuple[Model, ...], rate: float | None) -> None:
    data = b"abacab"
    costs, n = member_costs(members, data), len(members)
    terms = []
    for sequence in itertools.product(range(n), repeat=len(data)):
        log2_prior = -math.log2(n)
        for t in range(1, len(data)):
            a = 1 / (t + 1) if rate is None else rate
            log2_prior += math.log2(1 - a) if sequence[t] == sequence[t - 1] else math.log2(a / (n - 1))
        terms.append(log2_prior - sum(costs[member, t] for t, member in enumerate(sequence)))
    bits = float(Switching(members, rate=rate).bits(data).sum())
    assert bits == pytest.approx(-log2_of_sum(np.array(terms)), abs=1e-9)


@pytest.mark.parametrize("rate", [None, 0.003, 0.02])
@pytest.mark.parametrize("members", [(LOW, HIGH), (LOW, HIGH, Tree())], ids=["bytes", "bits"])
def test_switching_costs_at_most_any_best_sequence_and_its_bound(
    members: tuple[Model, ...], rate: float | None
) -> None:
    data = mixed_data(1200)
    model = Switching(members, rate=rate)
    costs, bits = member_costs(members, data), float(model.bits(data).sum())
    gaps = []
    for switches in range(9):
        bound = best_sequence_bits(costs, switches) + model.bound_bits(len(data), switches)
        assert bits <= bound + 1e-6
        gaps.append(bound - bits)
    assert min(gaps) < 60  # the bound is no idle one


def test_where_members_take_turns_switching_beats_each_and_bayes_does_not() -> None:
    generator = np.random.default_rng(8)
    turns = [generator.bytes(400) if turn % 2 else bytes(range(200)) * 2 for turn in range(8)]
    data = b"".join(turns)
    members = (Counts(order=0, alpha=50), Counts(order=1))
    best = member_costs(members, data).sum(axis=1).min()
    assert Switching(members).bits(data).sum() < 0.95 * best
    assert best - 1 < Bayes(members).bits(data).sum() <= best + 1


def test_the_bound_of_one_member_or_one_byte_is_that_of_the_first_choice() -> None:
    assert Switching((LOW,)).bound_bits(100) == 0
    assert Switching((LOW,), rate=0.1).bound_bits(100) == 0
    assert Switching((LOW, HIGH)).bound_bits(1) == 1
    assert Switching((LOW, HIGH)).bound_bits(0) == 1
    assert Switching((LOW, HIGH)).bound_bits(8) == 4
    with pytest.raises(OptionError, match="switches"):
        Switching((LOW, HIGH)).bound_bits(4, switches=4)


@pytest.mark.parametrize("model", mixtures(), ids=lambda model: str(model.name))
@pytest.mark.parametrize("data", [b"", b"\x80", bytes(range(256)), bytes(400), TEXT[:400]])
def test_what_is_encoded_is_decoded_and_near_its_ideal_length(model: Mixture, data: bytes) -> None:
    code = model.encode(data)
    assert model.decode(code) == data
    ideal = float(model.bits(data).sum())
    assert 8 * len(code) <= ideal + 64 + 0.002 * ideal


@pytest.mark.parametrize("model", mixtures(), ids=lambda model: str(model.name))
def test_reading_at_once_is_exactly_reading_bit_by_bit(model: Mixture) -> None:
    fast, slow = model.reader(), model.reader()
    costs = fast.read(TEXT[:150])
    for byte, cost in zip(TEXT[:150], costs, strict=True):
        product = 1.0
        for place in range(7, -1, -1):
            bit = byte >> place & 1
            p1 = slow.p1_exact()
            product *= p1 if bit else 1 - p1
            slow.put(bit)
        assert -math.log2(product) == pytest.approx(cost, abs=1e-9)
    np.testing.assert_array_equal(integer_counts(fast.predict()), integer_counts(slow.predict()))
    np.testing.assert_array_equal(fast.predict(), slow.predict())
    assert fast.freeze().encode(TEXT[150:250]) == slow.freeze().encode(TEXT[150:250])


@pytest.mark.parametrize("model", mixtures(), ids=lambda model: str(model.name))
def test_predictions_sum_to_one_and_are_what_is_paid(model: Mixture) -> None:
    primed = model.after(TEXT[:200])
    prediction = primed.reader().predict()
    assert prediction.min() > 0
    assert prediction.sum() == pytest.approx(1, abs=1e-12)
    costs = [each[0] for each in primed.bits_each([bytes((byte,)) for byte in range(256)])]
    np.testing.assert_allclose(-np.log2(prediction), costs, atol=1e-9)


@pytest.mark.parametrize("model", mixtures(), ids=lambda model: str(model.name))
def test_items_cost_what_each_costs_alone_and_after_is_pure(model: Mixture) -> None:
    primed = model.after(TEXT[:200])
    before = primed.bits(TEXT[200:])
    items = [b"", TEXT[200:260], b"other", TEXT[:90]]
    for item, costs in zip(items, primed.bits_each(items), strict=True):
        np.testing.assert_allclose(costs, primed.bits(item), atol=1e-9, rtol=0)
    assert primed.after(b"") is primed
    np.testing.assert_array_equal(primed.after(TEXT[200:300]).bits(TEXT), model.after(TEXT[:300]).bits(TEXT))
    np.testing.assert_array_equal(primed.bits(TEXT[200:]), before)
    assert model.cost([TEXT[:7], b"", TEXT[7:]]) == pytest.approx(model.bits(TEXT).sum(), abs=1e-6)


def test_a_frozen_reader_goes_on_without_changing_its_mixture() -> None:
    for model in mixtures():
        reader = model.reader()
        reader.read(TEXT[:50])
        frozen = reader.freeze()
        before = frozen.bits(TEXT[50:150])
        reader.read(bytes(100))
        np.testing.assert_array_equal(frozen.bits(TEXT[50:150]), before)


def test_asking_for_a_bit_changes_nothing() -> None:
    for model in (LOW, *mixtures()):
        asked, plain = model.reader(), model.reader()
        for part in (TEXT[:30], TEXT[30:70]):
            asked.p1()
            asked.predict()
            np.testing.assert_array_equal(asked.read(part), plain.read(part))
            assert asked.p1() == plain.p1()


def test_bytes_and_bits_meet_at_the_same_cost() -> None:
    data = markov(1, 5, 500, np.random.default_rng(3)).data
    by_byte = Bayes((LOW, HIGH)).bits(data).sum()
    by_bit = Bayes((LOW, HIGH, Tree())).bits(data).sum()
    tree = Tree().bits(data).sum()
    parts = -np.array([by_byte + math.log2(3 / 2), tree + math.log2(3)])
    assert by_bit == pytest.approx(-log2_of_sum(parts), abs=1e-6)


def test_a_codec_turned_predictor_is_a_member() -> None:
    model = Bayes((FromCodec(Gzip()), Counts(order=1)))
    assert model.decode(model.encode(TEXT[:20])) == TEXT[:20]
    assert model.name.startswith("bayes(from_codec(gzip")


def test_weights_survive_a_member_that_gives_nothing_and_refuse_when_all_do() -> None:
    weights = Weights.uniform(3, STATIC)
    assert weights.pay(np.array([[0.0], [0.25], [0.5]])) == pytest.approx(0.25)
    assert weights.pay(np.array([[1.0], [1e-300], [1e-300]])) == pytest.approx(1e-300)
    assert weights.pay(np.array([[0.0], [1.0], [0.0]])) == pytest.approx(1 / 3)
    with pytest.raises(CodelengthError, match="probability 0"):
        weights.pay(np.zeros((3, 1)))


def test_fields_say_what_the_members_say() -> None:
    mixed = Bayes((HIGH, Tree()))
    assert (mixed.unit, mixed.arithmetic, mixed.window_bytes) == ("bit", "fixed", None)
    assert mixed.memory_bytes == HIGH.memory_bytes + 1024
    assert Bayes((LOW, HIGH)).unit == "byte"
    assert Switching((LOW, HIGH), rate=0.01).name == "switching(counts:order=0,counts:order=2):rate=0.01"


def test_what_cannot_be_mixed_is_refused() -> None:
    with pytest.raises(OptionError, match="no members"):
        Bayes(())
    with pytest.raises(OptionError, match="tokens"):
        Bayes((LOW, Tokens()))
    with pytest.raises(OptionError, match="file order"):
        Switching((LOW, Backwards()))
    for rate in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(OptionError, match="rate"):
            Switching((LOW, HIGH), rate=rate)


def code_digests() -> dict[str, str]:
    models = [Bayes((LOW, HIGH)), Switching((LOW, HIGH)), Switching((Counts(order=1), Tree()), rate=0.01)]
    return {model.name: hashlib.sha256(model.encode(mixed_data(900))).hexdigest()[:16] for model in models}


def test_the_code_is_golden() -> None:
    assert code_digests() == GOLDEN


def test_the_code_is_the_same_on_a_generic_processor_with_checked_bounds(tmp_path: Path) -> None:
    program = (
        "import runpy, sys; names = runpy.run_path(sys.argv[1]); assert names['code_digests']() == names['GOLDEN']"
    )
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_BOUNDSCHECK": "1"}
    environment = {**os.environ, **plain, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program, __file__], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
