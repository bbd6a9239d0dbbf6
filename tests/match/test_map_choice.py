"""Maps between clouds without pairs: known ones are found, and what cannot be told is said."""

import functools
import importlib.util
import itertools
import json

import numpy as np
import pytest

from codelength.errors import DataError, FormatError, UsageError
from codelength.match.maps.choice import Found, cloud, match_maps
from codelength.match.maps.columns import Assignment, pairings
from codelength.match.maps.families import FAMILIES, Points
from codelength.match.maps.saving import applied, saved
from codelength.result.mapped import MAPPED_KEYS

POINTS = 300


def skewed(seed: int, d: int = 2, n: int = POINTS) -> Points:
    """Columns of unlike shapes, none of them symmetric, that depend on each other."""
    rng = np.random.default_rng(seed)
    heaps = np.where(rng.random(n) < 0.3, rng.normal(5, 0.4, n), rng.normal(0, 1, n))
    columns = np.column_stack([rng.gamma(1, size=n), heaps, rng.random(n) ** 4 * 6])[:, :d]
    return np.asarray(columns + 0.4 * np.roll(columns, 1, axis=1), np.float64)


def found(x: Points, y: Points, *families: str) -> Found:
    return match_maps(cloud(x, "x"), cloud(y, "y"), null=False, families=families or FAMILIES)


@functools.cache
def known(family: str) -> Found:
    return found(skewed(0, n=150), skewed(1, n=150), family)


def error(got: Found, x: Points, truth: Points) -> float:
    """Root of the mean square of F(x) − truth in units of truth's spread."""
    return float(np.sqrt((((got.apply(x) - truth) / truth.std(axis=0)) ** 2).mean()))


def test_columns_in_another_order_and_in_other_units_are_found_with_their_units() -> None:
    x, y = skewed(0, 3), skewed(1, 3)
    got = found(x[:, [2, 0, 1]] * [1e3, -0.01, 7] + [5, 0, -1e4], y, "scale")
    assert [(pair.x, pair.y) for pair in got.mapped.pairs] == [("1", "3"), ("2", "1"), ("3", "2")]
    assert [pair.slope * unit for pair, unit in zip(got.mapped.pairs, (1e3, -0.01, 7), strict=True)] == pytest.approx(
        [1, 1, 1], rel=0.2
    )
    assert got.mapped.identified


def test_an_affine_map_is_found_and_chosen() -> None:
    x, y = skewed(0), skewed(1)
    mixed = x @ np.array([[1.0, 0.8], [-0.7, 1.0]]) + 30
    got = found(mixed, y)
    assert got.mapped.match.family == "affine"
    assert error(got, mixed, x) < 0.25
    assert got.mapped.match.total_bits < (got.mapped.alone_bits or 0)


def test_a_rotation_is_chosen_before_an_affine_map_when_it_is_one() -> None:
    x, y = skewed(0), skewed(1)
    turned = x @ np.array([[0.6, 0.8], [-0.8, 0.6]]).T + 9
    got = found(turned, y, "orthogonal", "affine")
    assert got.mapped.match.family == "orthogonal"
    assert error(got, turned, x) < 0.15


def test_columns_bent_by_monotone_functions_are_found() -> None:
    x, y = skewed(0, 3), skewed(1, 3)
    bent = np.column_stack([np.exp(x[:, 1]), -np.log(x[:, 2] + 3), np.cbrt(x[:, 0])])
    got = found(bent, y, "scale", "monotone")
    assert got.mapped.match.family == "monotone"
    assert [(pair.x, pair.y) for pair in got.mapped.pairs] == [("1", "2"), ("2", "3"), ("3", "1")]
    assert error(got, bent, x) < 0.3


def test_equal_units_need_no_map() -> None:
    got = found(skewed(0), skewed(1), "identity", "scale", "affine")
    assert got.mapped.match.family == "identity"
    assert got.mapped.match.map_bits == 3


def test_the_direction_of_a_symmetric_column_is_left_open_and_that_of_a_skewed_one_is_not() -> None:
    rng = np.random.default_rng(0)
    symmetric = found(rng.normal(size=(POINTS, 1)), 3 * rng.normal(size=(POINTS, 1)), "scale")
    assert [one.what for one in symmetric.mapped.open] == ["the direction of 1"]
    assert "the data leave open the direction of 1" in symmetric.mapped.match.warnings[0]
    skew = found(rng.gamma(1, size=(POINTS, 1)), 3 * rng.gamma(1, size=(POINTS, 1)), "scale")
    assert skew.mapped.identified


@pytest.mark.parametrize("n", [200, 1500])
def test_a_rotation_of_round_clouds_is_left_open_however_many_points_there_are(n: int) -> None:
    rng = np.random.default_rng(n)
    got = found(2 * rng.normal(size=(n, 2)), rng.normal(size=(n, 2)), "scale", "affine")
    assert any("rotation" in one.what for one in got.mapped.open)


def test_columns_that_are_exchangeable_are_left_open() -> None:
    rng = np.random.default_rng(1)
    got = found(rng.gamma(1, size=(POINTS, 2)), rng.gamma(1, size=(POINTS, 2)), "scale")
    assert "which is which of 1 and 2" in [one.what for one in got.mapped.open]


def test_unrelated_clouds_are_said_not_to_help() -> None:
    rng = np.random.default_rng(0)
    two_heaps = np.concatenate([rng.normal(-9, 1, (150, 2)), rng.normal(9, 1, (150, 2))])
    got = found(rng.gamma(0.3, size=(POINTS, 2)), two_heaps, "scale", "affine")
    assert any(warning.startswith("Y does not help") for warning in got.mapped.match.warnings)


def test_the_null_loses_what_ties_columns_together() -> None:
    rng = np.random.default_rng(0)
    line = rng.gamma(2, size=(2 * POINTS, 1)) * [1, 1] + 0.1 * rng.normal(size=(2 * POINTS, 2))
    got = match_maps(cloud(line[:POINTS]), cloud(line[POINTS:] * [1, 2]), families=("scale",))
    saved_bits, null_saved_bits = got.mapped.match.saved_bits, got.mapped.match.null_saved_bits
    assert saved_bits is not None
    assert null_saved_bits is not None
    assert saved_bits > null_saved_bits + POINTS


def test_a_map_that_was_saved_maps_points_as_the_one_that_was_found() -> None:
    x = skewed(0)
    for family in ("scale", "orthogonal", "affine", "monotone"):
        got = known(family)
        assert np.array_equal(applied(saved(got), x), got.apply(x))
    with pytest.raises(FormatError, match="no map that codelength wrote"):
        applied("{}", x)


def test_matrix_and_offset_say_what_the_map_does() -> None:
    x = skewed(0)
    for family in ("identity", "scale", "orthogonal", "affine"):
        got = known(family)
        assert np.allclose(x @ np.array(got.mapped.matrix).T + np.array(got.mapped.offset), got.apply(x))


def test_json_has_stable_keys() -> None:
    values = json.loads(known("scale").mapped.to_json())
    assert tuple(values) == MAPPED_KEYS
    assert values["total_bits"] == values["map_bits"] + values["mapped_bits"]


def test_the_same_seed_finds_the_same_map() -> None:
    again = found(skewed(0, n=150), skewed(1, n=150), "affine")
    assert again.mapped.code == known("affine").mapped.code


def test_the_search_for_columns_finds_the_best_of_all_pairings() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        related = np.asarray(np.corrcoef(rng.normal(size=(12, 4)).T), np.float64)
        costs = Assignment(5 * rng.normal(size=(2, 4, 4)), related, rng.normal(size=(4, 4)))
        costs = Assignment(costs.linear, costs.x, 9 * (costs.y + costs.y.T))
        least = min(
            costs.bits(np.array(order), np.array(signs))
            for order in itertools.permutations(range(4))
            for signs in itertools.product((1, -1), repeat=4)
        )
        assert pairings(costs)[0].bits == pytest.approx(least)


def test_bad_clouds_are_refused_with_what_is_wrong() -> None:
    good, holed = skewed(0), skewed(1)
    holed[4, 1] = np.nan
    with pytest.raises(DataError, match="y holds nan at point 5, column 2"):
        found(good, holed)
    with pytest.raises(DataError, match="x has 2 columns and y 3"):
        found(good, skewed(1, 3))
    with pytest.raises(DataError, match="x has 10 points; at least 20"):
        found(good[:10], good)
    with pytest.raises(UsageError, match="there is no family spline"):
        found(good, good, "spline")
    with pytest.raises(DataError, match="x has 3 axes"):
        cloud(np.zeros((2, 2, 2)), "x")


def test_constant_columns_are_left_out_with_a_warning() -> None:
    x = np.insert(skewed(0), 1, 7.0, axis=1)
    got = match_maps(cloud(x, "x", ("a", "b", "c")), cloud(skewed(1), "y"), families=("scale",), null=False)
    assert got.mapped.x_columns == ("a", "c")
    assert "x is constant in b: left out" in got.mapped.match.warnings
    with pytest.raises(DataError, match="x has 1 columns that are not constant and y 2"):
        found(x[:, :2], skewed(1))


def test_a_missing_library_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ot" else there(name))
    with pytest.raises(UsageError, match=r"match map needs POT; pip install 'codelength\[learn,match\]'"):
        found(skewed(0), skewed(1))
