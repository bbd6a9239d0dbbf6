"""Crossing against Counts, against a second implementation with dictionaries, and against itself as a probability."""

import math
import random

import numpy as np
import pytest

from codelength.errors import OptionError
from codelength.models.counts import Counts
from codelength.models.crossing import DOUBTS, SIZES, crossed_costs

RNG = random.Random(4)
WORDS = [b"the ", b"cat ", b"sat ", b"on ", b"mat ", b"dog. ", b"\0", b"\xff"]
ITEMS = [b"".join(RNG.choices(WORDS, k=RNG.randint(5, 40))) for _ in range(4)]
ITEMS += [b"a", bytes(range(256)), b"ab" * 20, RNG.randbytes(90)]
Counted = dict[tuple[bytes, int], int]
Followed = dict[bytes, tuple[int, int]]


def second(before: bytes | None, item: bytes, sizes: tuple[int, ...], doubts: tuple[float, ...]) -> float:
    """The formula of the page, with whole strings in dictionaries."""
    counts: Counted = {}
    followed: Followed = {}
    total = 0.0
    for paid, data in ((False, before or b""), (True, item)):
        for place, byte in enumerate(data):
            contexts = [data[place - size : place] for size in sizes if size <= place]
            p = 1 / 256
            for context, doubt in zip(contexts, doubts, strict=False):
                n, q = followed.get(context, (0, 0))
                w = doubt * q if context else 128.0
                if n or not context:
                    p = (counts.get((context, byte), 0) + w * p) / (n + w)
            for context in contexts:
                n, q = followed.get(context, (0, 0))
                seen = counts.get((context, byte), 0)
                followed[context], counts[context, byte] = (n + 1, q + (seen == 0)), seen + 1
            total -= math.log2(p) if paid else 0.0
    return total


@pytest.mark.parametrize(
    ("sizes", "doubts"),
    [((0,), (1.0,)), ((0, 1, 2), (1.0, 1.0, 1.0)), (SIZES, DOUBTS), ((0, 3, 5), (1.0, 0.5, 2.0))],
)
def test_every_pair_costs_what_dictionaries_say(sizes: tuple[int, ...], doubts: tuple[float, ...]) -> None:
    alone, *given = crossed_costs(ITEMS, sizes, doubts)
    assert alone == pytest.approx([second(None, item, sizes, doubts) for item in ITEMS], rel=1e-12)
    for before, row in zip(ITEMS, given, strict=True):
        assert row == pytest.approx([second(before, item, sizes, doubts) for item in ITEMS], rel=1e-12)


def test_alone_it_costs_what_counts_of_these_orders_cost() -> None:
    alone = next(crossed_costs(ITEMS, (0, 1, 2, 3), (1.0, 1.0, 1.0, 1.0)))
    assert alone == pytest.approx([costs.sum() for costs in Counts(order=3).bits_each(ITEMS)], rel=1e-12)


def test_given_x_it_costs_what_counts_cost_but_for_contexts_that_reach_into_x() -> None:
    _, *given = crossed_costs(ITEMS, (0, 1, 2), (1.0, 1.0, 1.0))
    counts = Counts(order=2)
    for before, row in zip(ITEMS, given, strict=True):
        assert row == pytest.approx([costs.sum() for costs in counts.after(before).bits_each(ITEMS)], abs=40)


def test_the_probabilities_of_all_next_bytes_sum_to_one() -> None:
    before = ITEMS[0]
    for begun in (b"", b"the c", ITEMS[0][:30]):
        items = [before, begun + b"x", *(begun + bytes((byte,)) for byte in range(256))]
        _, given, *_ = crossed_costs(items)
        start = second(before, begun, SIZES, DOUBTS)
        assert math.fsum(np.exp2(start - given[2:])) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("sizes", [(), (1, 2), (0, 2, 1), (0, 1, 1)])
def test_sizes_that_do_not_rise_from_0_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(OptionError, match="do not rise from 0"):
        list(crossed_costs(ITEMS, sizes, (1.0,) * len(sizes)))


def test_no_state_is_left_behind_by_an_x() -> None:
    rows = list(crossed_costs([*ITEMS, ITEMS[0]]))
    assert (rows[1] == rows[-1]).all()
    assert rows[1][0] == pytest.approx(rows[1][-1], rel=1e-12)  # a copy of X costs what X costs


def test_items_that_differ_everywhere_and_none_at_all_are_priced() -> None:
    assert [row.tolist() for row in crossed_costs([])] == [[]]
    alone, given_a, _ = crossed_costs([b"a", b"b"])
    assert alone.tolist() == [8.0, 8.0]
    assert given_a == pytest.approx([-math.log2(1.5 / 129), -math.log2(0.5 / 129)])
