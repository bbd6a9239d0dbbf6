"""Models of points: they integrate to one, their slopes are right, and a map that shrinks gains nothing."""

import numpy as np
import pytest

from codelength.match.maps import densities, families
from codelength.match.maps.densities import fitted
from codelength.match.maps.families import Points
from codelength.match.maps.search import Target, framed, point_bits, target

NAMES = ("1 gaussian", "3 gaussians", "kernels 0.2", "copula 0.1", "margins")


def points(d: int, n: int = 400, seed: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    y = rng.gamma(2, size=(n, d)) @ (np.eye(d) + 0.5)
    return np.asarray((y - y.mean(axis=0)) / y.std(axis=0), np.float64)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("d", [1, 2])
def test_a_density_holds_one_in_all_but_its_far_tails(name: str, d: int) -> None:
    step, end = (0.02, 60.0) if d == 1 else (0.08, 20.0)
    axis = np.arange(-end, end, step)
    grid = np.stack(np.meshgrid(*[axis] * d), axis=-1).reshape(-1, d)
    held = float(np.exp2(-fitted(points(d), name).bits(grid)).sum()) * step**d
    assert 0.998 < held < 1.0005


@pytest.mark.parametrize("name", NAMES)
def test_slopes_are_differences_of_bits(name: str) -> None:
    z, edge = np.random.default_rng(1).normal(size=(50, 3)), 1e-3
    density = fitted(points(3), name)
    bits, slopes = density.bits_and_slopes(z)
    assert np.array_equal(bits, density.bits(z))
    for axis in range(3):
        move = edge * np.eye(3)[axis]
        difference = (density.bits(z + move) - density.bits(z - move)) / (2 * edge)
        # Margins are straight between grid points, so that their slopes jump a little.
        assert np.abs(difference - slopes[:, axis]).max() < (0.7 if name in ("copula 0.1", "margins") else 1e-3)


def test_the_model_is_chosen_by_what_other_points_cost() -> None:
    rng = np.random.default_rng(0)
    ring = rng.normal(size=(800, 2))
    ring /= np.linalg.norm(ring, axis=1, keepdims=True) / (1 + 0.05 * rng.normal(size=(800, 1)))
    assert densities.chosen(ring) != "1 gaussian"
    assert densities.chosen(rng.normal(size=(3000, 1))) == "1 gaussian"


@pytest.fixture(scope="module")
def known() -> Target:
    return target(5 + 3 * points(2), kind="3 gaussians")


@pytest.mark.parametrize("size", [0.3, 1.0, 3.0])
def test_what_is_coded_is_a_point_of_x_so_all_points_of_the_grid_have_probability_one_together(
    known: Target, size: float
) -> None:
    frame, _ = framed(points(2, seed=1), known)
    coarse = families.Frame(frame.centre, frame.spread, frame.unit * 8)  # a grid that can be summed up
    found = families.affine(coarse, 8 * size * np.array([[2.0, 1.0], [0.0, 1.5]]), np.zeros(2), 12)
    axis = np.arange(-600, 600) * coarse.step[0]
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    held = float(np.exp2(-point_bits(found, grid, coarse, known.density)).sum())
    assert 0.999 < held < 1.0005


def test_a_map_that_shrinks_all_points_to_where_y_is_densest_pays_for_it(known: Target) -> None:
    frame, x = framed(points(2, seed=1), known)
    honest = families.affine(frame, np.diag(frame.unit), np.zeros(2), 8)
    shrunk = families.affine(frame, np.diag(frame.unit) / 64, np.zeros(2), 12)
    assert point_bits(shrunk, x, frame, known.density).sum() > point_bits(honest, x, frame, known.density).sum() + 1000
    assert known.density.bits(shrunk.standard(x)).sum() < known.density.bits(honest.standard(x)).sum()


def test_a_point_far_off_costs_by_the_logarithm_of_how_far(known: Target) -> None:
    near, far = known.density.bits(np.array([[1e3, 0.0], [1e6, 0.0]]))
    assert far - near == pytest.approx(2 * np.log2(1e3), abs=0.01)
