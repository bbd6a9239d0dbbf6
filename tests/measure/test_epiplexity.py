"""Epiplexity: its arithmetic by hand, and data of which structure and randomness are known."""

import builtins
import importlib.util
import json
from collections.abc import Mapping, Sequence
from types import ModuleType

import numpy as np
import pytest

from codelength.data.synthetic import automaton, iid, keystream, periodic
from codelength.errors import DataError, OptionError, UsageError
from codelength.measure.epiplexity import alphabet_bits, auc_bits, epiplexity, pareto_front, two_part
from codelength.result.epiplexity import EPIPLEXITY_KEYS, Epiplexity, TwoPart

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


def test_the_area_above_the_last_loss_is_what_the_learner_knows() -> None:
    losses = np.array([8.0, 4.0, 2.0, 2.0])
    assert auc_bits(float(losses.sum()) * 10, 40, 2.0) == 80
    assert auc_bits(40.0, 20, 2.0) == 0


def test_a_two_part_code_counts_compute_and_all_symbols() -> None:
    point = two_part((16, 100, 5, 50), 1000, 30.0, 2.0, 0.1, error_symbols=50)
    assert point.flops == 6 * 100 * 50 + 2 * 100 * 1000
    assert point.total_bits == 2030 and point.error_bits == pytest.approx(1.96 * 0.1 * 50)


def test_the_front_keeps_what_nothing_undercuts() -> None:
    totals = {1.0: 9.0, 2.0: 9.0, 3.0: 5.0, 4.0: 6.0}
    front = pareto_front(TwoPart(1, 1, 1, 1, flops, 0.0, bits) for flops, bits in totals.items())
    assert [point.flops for point in front] == [1.0, 3.0]


def test_the_alphabet_costs_its_size_and_its_set() -> None:
    assert alphabet_bits(2) == pytest.approx(8 + np.log2(256 * 255 / 2))


def test_a_constant_has_neither_structure_nor_randomness_and_needs_no_net() -> None:
    for found in epiplexity(b"c" * 5000):
        assert found.best.structural_bits == found.best.random_bits == 0 and found.total_bits == 16
        assert np.isnan(found.structural_share)


def tiny(data: bytes, context: int = 8, sequence: int = 64) -> dict[str, Epiplexity]:
    found = epiplexity(data, widths=(32,), context=context, sequence=sequence, batch=32)
    return {one.estimator: one for one in found}


@needs_torch
@pytest.mark.parametrize("source", ["random", "keystream"])
def test_noise_is_all_random_whoever_made_it(source: str) -> None:
    size = 6_000
    data = np.random.default_rng(0).bytes(size) if source == "random" else keystream(bytes(range(32)), size).data
    for found in tiny(data).values():
        assert abs(found.best.structural_bits) < 40
        assert found.random_bits_per_byte == pytest.approx(8, abs=0.01)


@needs_torch
def test_a_pattern_is_nearly_all_structure_and_coin_flips_are_nearly_none() -> None:
    pattern = tiny(periodic(6, 8_000, np.random.default_rng(0)).data)
    coins = tiny(iid(np.array([0.5, 0.5]), 8_000, np.random.default_rng(0)).data)
    for estimator in ("auc", "req"):
        assert pattern[estimator].best.structural_bits > 500 > 100 > abs(coins[estimator].best.structural_bits)
        assert pattern[estimator].random_bits_per_byte < 0.2
        assert coins[estimator].random_bits_per_byte == pytest.approx(1, abs=0.01)


@needs_torch
@pytest.mark.slow
def test_rule_54_has_more_structure_than_rules_15_and_30() -> None:
    found = {
        rule: epiplexity(
            automaton(rule, 300_000, np.random.default_rng(0)).data,
            widths=(64,),
            context=64,
            sequence=132,
            estimators=("auc",),
        )[0]
        for rule in (15, 30, 54)
    }
    structure = {rule: one.best.structural_bits for rule, one in found.items()}
    assert structure[54] > structure[15] > structure[30]
    assert found[15].random_bits_per_byte < 0.3 and found[30].random_bits_per_byte > 0.95


@needs_torch
def test_the_front_rises_in_compute_and_falls_in_bits_and_ends_at_the_best() -> None:
    found = tiny(periodic(6, 6_000, np.random.default_rng(0), noise=0.2).data)["auc"]
    flops = [point.flops for point in found.front]
    totals = [point.total_bits for point in found.front]
    assert flops == sorted(flops) and totals == sorted(totals, reverse=True) and found.front[-1] == found.best
    values = json.loads(found.to_json())
    assert tuple(values) == EPIPLEXITY_KEYS and values["structural_bits"] == found.best.structural_bits


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(DataError, match="nothing to learn from"):
        epiplexity(b"")
    with pytest.raises(OptionError, match="there is no estimator area; there are auc, req"):
        epiplexity(b"abc", estimators=("area",))


def test_without_torch_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if name == "codelength.learning.window_net":
            raise ImportError(name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'codelength\[torch\]'"):
        epiplexity(b"ab" * 500)
