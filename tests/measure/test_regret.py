"""Regret: the envelope's laws, on costs made to break them, and the rows of a ladder."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.dataset import Dataset
from codelength.errors import UsageError
from codelength.measure.interval import block_edges
from codelength.measure.regret import envelope, envelope_bound_bits, regret, regret_work
from codelength.models.counts import Counts
from codelength.models.weights import DECREASING, Weights
from codelength.registry import create
from codelength.result.regret import ENVELOPE, REGRET_KEYS
from codelength.types import Bits

Y = b"abcabc" * 200 + bytes(range(256)) * 4 + b"cab cab " * 150
NAMES = ("counts:order=0", "counts:order=2", "bz2")


def made(seed: int, learners: int, size: int) -> list[Bits]:
    """Costs of learners that take turns in being good, for stretches of random length."""
    rng = np.random.default_rng(seed)
    costs = rng.exponential(3.0, (learners, size)) + 0.01
    for start in range(0, size, int(rng.integers(1, 40))):
        costs[int(rng.integers(learners)), start : start + int(rng.integers(1, 40))] *= 0.02
    return list(costs)


def alternating(size: int) -> tuple[Bits, Bits]:
    """Two learners of whom the other is right each time."""
    first = np.where(np.arange(size) % 2, 0.01, 12.0)
    return first, 12.01 - first


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 300))
def test_another_learner_never_costs_the_envelope_more_than_log2_n(seed: int, learners: int, size: int) -> None:
    costs = made(seed, learners + 1, size)
    before, after = (float(envelope(costs[:count]).sum()) for count in (learners, learners + 1))
    assert after <= before + math.log2((learners + 1) / learners) + 1e-9
    assert after <= before + math.log2(learners + 1) + 1e-9


def test_where_learners_take_turns_a_switching_mixture_alone_would_break_that_law() -> None:
    costs = [*alternating(3000), np.full(3000, 20.0)]
    alone = [float(-np.log2(Weights.uniform(n, DECREASING).pay(np.exp2(-np.stack(costs[:n])))).sum()) for n in (2, 3)]
    assert alone[1] > alone[0] + math.log2(3)
    assert envelope(costs).sum() <= envelope(costs[:2]).sum() + math.log2(3 / 2) + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 300))
def test_the_envelope_keeps_its_bound_to_every_learner_and_to_sequences(seed: int, learners: int, size: int) -> None:
    costs = made(seed, learners, size)
    whole = float(envelope(costs).sum())
    for each in costs:
        assert whole <= each.sum() + envelope_bound_bits(learners, size) + 1e-9
    if learners > 1 and size > 2:
        half = size // 2
        sequence = costs[0][:half].sum() + costs[-1][half:].sum()
        assert whole <= sequence + envelope_bound_bits(learners, size, switches=1) + 1e-9


def test_the_envelope_of_one_learner_is_that_learner() -> None:
    (only,) = made(3, 1, 100)
    assert envelope([only]) == pytest.approx(only)


def test_the_envelope_is_a_probability_over_the_next_byte() -> None:
    rng = np.random.default_rng(0)
    past = [rng.exponential(4.0, 30) for _ in range(3)]
    next_probabilities = rng.dirichlet(np.ones(256), 3)
    paid = [
        envelope([np.append(each, -math.log2(p[byte])) for each, p in zip(past, next_probabilities, strict=True)])[-1]
        for byte in range(256)
    ]
    assert np.exp2(-np.array(paid)).sum() == pytest.approx(1)


def test_rows_are_sorted_and_their_regret_is_above_the_least() -> None:
    rows = regret(Y, [create(name) for name in NAMES])
    assert {row.model for row in rows} == {*NAMES, ENVELOPE}
    bits = [row.bits for row in rows]
    assert bits == sorted(bits) and [row.regret_bits for row in rows] == [value - bits[0] for value in bits]
    leads = {row.model: row.leads for row in rows}
    assert leads["counts:order=0"] + leads["counts:order=2"] == pytest.approx(1)
    assert math.isnan(leads["bz2"]) and math.isnan(leads[ENVELOPE])


def test_given_x_rows_cost_what_models_pay_after_x() -> None:
    counts = Counts(order=2)
    (row,) = regret(Y, [counts], given=Dataset("before", (Y,)))
    assert row.bits == pytest.approx(counts.after(Y).bits(Y).sum())
    assert row.given == "before"


def test_curves_end_at_the_regret_beside_the_best_row_that_tells_bytes() -> None:
    rows = regret(Y, [create(name) for name in NAMES])
    beside = next(row for row in rows if row.curve)
    for row in rows:
        places = [place for place, _ in row.curve]
        assert places == sorted(set(places))
        if row.curve:
            assert places[-1] == len(Y)
            assert row.curve[-1][1] == pytest.approx(row.bits - beside.bits, abs=1e-6)
    assert {row.model for row in rows if row.curve} == {"counts:order=0", "counts:order=2", ENVELOPE}


def test_the_worst_block_is_where_a_learner_loses_most() -> None:
    rows = regret(Y, [create(name) for name in NAMES[:2]])
    costs = {name: Counts(order=order).bits(Y) for name, order in zip(NAMES, (0, 2), strict=False)}
    costs[ENVELOPE] = envelope(list(costs.values()))
    for row in rows[1:]:
        above = costs[row.model] - costs[rows[0].model]
        assert row.worst is not None
        start, size, bits = row.worst
        assert bits == pytest.approx(above[start : start + size].sum())
        assert bits == pytest.approx(max(above[a:b].sum() for a, b in itertools.pairwise(block_edges(len(Y)))))
    assert rows[0].worst is None


def test_without_two_models_there_is_no_envelope_and_without_bytes_no_curve() -> None:
    rows = regret(Y, [create("bz2"), create("counts:order=1")])
    assert ENVELOPE not in {row.model for row in rows}
    assert {row.model: bool(row.curve) for row in rows}["bz2"] is False


def test_json_has_stable_keys() -> None:
    lines = [json.loads(row.to_json()) for row in regret(Y, [create(name) for name in NAMES])]
    assert {tuple(line) for line in lines} == {REGRET_KEYS}
    assert {line["model"]: line["leads"] is None for line in lines}["bz2"]


def test_progress_ends_where_it_was_said_to() -> None:
    codecs = [create(name) for name in NAMES]
    done: list[int] = []
    regret(Y, codecs, given=Y[:99], progress=done.append)
    assert sum(done) == regret_work(len(Y), codecs, given_bytes=99)


@pytest.mark.parametrize(("y", "names", "message"), [(b"", NAMES, "nothing to regret"), (Y, (), "no learner")])
def test_nothing_to_pay_for_and_nobody_who_pays_are_refused(y: bytes, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        regret(y, [create(name) for name in names])
