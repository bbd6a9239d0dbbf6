"""The bootstrap over blocks."""

import numpy as np

from codelength.measure.interval import block_edges, sum_interval


def test_blocks_cover_y_once() -> None:
    for size in (0, 1, 511, 512, 5000, 10**6):
        edges = block_edges(size)
        assert (edges[0], edges[-1], edges) == (0, size, sorted(edges))


def test_too_few_blocks_have_no_interval() -> None:
    assert sum_interval(np.ones(7)) is None
    assert len(block_edges(511)) == 2
    assert len(block_edges(512)) == 9


def test_intervals_cover_the_mean_of_independent_blocks_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        interval = sum_interval(rng.normal(2.0, 5.0, 100))
        assert interval is not None
        hits += interval[0] <= 200.0 <= interval[1]
    assert 180 <= hits <= 198
