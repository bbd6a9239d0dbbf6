"""What unlabelled data are worth: verdicts by hand, and a whole small run."""

import numpy as np
import pytest

from codelength.data.labelled import load_labelled
from codelength.errors import UsageError
from codelength.measure.unsupervised import (
    NOISE,
    SCRATCH,
    Plan,
    X,
    measure_unsupervised,
    verdict_on,
)
from codelength.result.labels import NOTHING, UNSUPERVISED_KEYS, Unsupervised


def row(reading: str, each: tuple[float, ...], items: int = 100) -> Unsupervised:
    return Unsupervised(reading, "t", items, 50, (0, 1, 2), each, 0.0, None, x_bits=9.0, source_bits=1.0)


def verdict(mine: tuple[float, ...], *, scratch: float = 100.0) -> str:
    others = [(NOTHING, 100.0, 0), (SCRATCH, scratch, 0), (NOISE, 101.0, 100)]
    rows = [row(X, mine), *(row(name, (bits, bits + 1, bits - 1), items) for name, bits, items in others)]
    return verdict_on(rows)


def test_x_is_useful_where_it_saves_bits_over_each_floor_in_every_seed() -> None:
    assert verdict((80.0, 82.0, 78.0)) == "useful"


def test_x_is_useless_where_the_interval_of_one_saving_ends_below_0() -> None:
    assert verdict((110.0, 111.0, 109.0)) == "useless"
    assert verdict((80.0, 82.0, 78.0), scratch=60.0) == "useless"


def test_x_is_undecided_where_seeds_disagree() -> None:
    assert verdict((60.0, 130.0, 90.0)) == "undecided"


def test_what_is_charged_is_labels_reading_and_source() -> None:
    assert row(X, (80.0, 82.0, 78.0)).charged_bits == 90.0


def test_a_small_run_has_every_reading_at_every_number_of_labels() -> None:
    data = load_labelled("sklearn:digits")
    done: list[int] = []
    rows = measure_unsupervised(
        data, data, other=data, plan=Plan(20, (5, 10), (0, 1)), same_source=True, advance=done.append
    )
    assert len(done) == 2 * 7
    assert {(row.reading, row.x_items) for row in rows if row.labels == 20} == {
        (SCRATCH, 0),
        (NOTHING, 0),
        (X, 5),
        (X, 10),
        (NOISE, 10),
        ("X's symbols shuffled", 10),
        ("another domain", 10),
        ("PCA of X", 10),
    }
    assert sorted({row.labels for row in rows}) == [10, 20]
    nothing = next(row for row in rows if row.reading == NOTHING)
    assert nothing.saving_bits == 0 and nothing.interval_bits is None and nothing.x_bits == 0
    assert all(row.kind == "prequential" and np.isfinite(row.bits) for row in rows)
    # A mixture with features pays at most log2 of its members above the items' own numbers.
    scratch = {row.labels: row for row in rows if row.reading == SCRATCH}
    for each in rows:
        assert all(a <= b + 2 for a, b in zip(each.bits_each, scratch[each.labels].bits_each, strict=True))


def test_tables_have_no_next_symbol() -> None:
    data = load_labelled("sklearn:iris")
    with pytest.raises(UsageError, match="is a table"):
        measure_unsupervised(data, data)


def test_json_has_the_documented_keys() -> None:
    import json

    assert tuple(json.loads(row(X, (1.0, 2.0, 3.0)).to_json())) == UNSUPERVISED_KEYS
