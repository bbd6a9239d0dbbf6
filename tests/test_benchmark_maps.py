"""The benchmark of maps: its peers and verdicts by hand, and each part on a little data."""

import numpy as np
import pytest
from benchmarks import maps
from benchmarks.match_sections import maps_section
from benchmarks.record import SHARED_DATA, Row

needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="../shared/data is absent")


def case(told: bool, should: bool, error: float) -> Row:
    return {"part": "cases", "method": maps.OURS, "told": told, "should_be_told": should, "error": error}


def column(method: str, right: float) -> Row:
    return {"part": "columns", "method": method, "right": right}


def test_a_map_is_found_when_it_is_near_and_one_that_is_open_must_be_said_to_be() -> None:
    rows = [case(True, True, 0.1), case(False, True, 0.9), case(False, False, 0.9), case(True, False, 0.1)]
    found, said, left_open = maps.judge(rows)
    assert (found["found"], found["passed"]) == (0.5, False)
    assert (said["found"], said["aim_reached"]) == (0.5, False)
    assert (left_open["found"], left_open["passed"]) == (0.5, False)
    assert [row["passed"] for row in maps.judge(rows[::2])] == [True] * 3


def test_columns_must_be_found_more_often_than_by_the_best_peer() -> None:
    rows = [column(maps.OURS, 0.9), column("peer", 0.8), column("worse", 0.1)]
    assert [row["passed"] for row in maps.judge(rows)] == [True]
    assert [row["passed"] for row in maps.judge([*rows, column("peer", 1.0)])] == [False]


def test_whitening_gives_one_cloud_the_moments_of_the_other() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 2)) @ [[1, 2], [0, 3]], rng.gamma(2, size=(70, 2))
    sent, _ = maps.whitened(np.asarray(x, np.float64), y)
    assert np.allclose(np.cov(sent.T), np.cov(y.T))
    assert np.allclose(sent.mean(axis=0), y.mean(axis=0))


@pytest.mark.parametrize("peer", [maps.by_moments, maps.by_margins, maps.by_correlations, maps.by_both])
def test_a_peer_finds_columns_that_are_the_same_numbers(peer: maps.Peer) -> None:
    rng = np.random.default_rng(1)
    y = maps.shapes(rng, 300, 4) @ np.array([[1, 0, 0, 0], [2, 1, 0, 0], [0, 0, 1, 0], [0, 0.3, 0.1, 1]])
    order = rng.permutation(4)
    assert np.array_equal(peer(5 * y[:, order] + 1, y), order)


def test_transport_of_a_cloud_to_itself_stays() -> None:
    y = np.random.default_rng(0).normal(size=(40, 2))
    sent, kept = maps.transported(y, y)
    assert np.allclose(sent, y[kept])


@needs_data
def test_every_part_runs_on_a_little_data_and_has_its_section() -> None:
    rows = maps.main(quick=True)
    assert {row["part"] for row in rows} == set(maps.PARTS)
    page = maps_section([dict(row) for row in rows])
    assert page.count("\n### ") == 3
    assert "| iris (4 columns, 50 rows) |" in page
