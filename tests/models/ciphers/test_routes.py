"""Reading orders: permutations all, none twice, and the right one among the first by what repeats."""

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.models.ciphers.alphabet import Alphabet
from codelength.models.ciphers.enciphering import encipher
from codelength.models.ciphers.routes import keyed_columns, pair_bits, ranked, routes

PLAIN = Alphabet("abcdefghijklmnopqrstuvwxyz").codes(bundled("pride_2.txt").joined.decode())


@pytest.mark.parametrize(("n", "line"), [(6, 0), (7, 0), (60, 12), (153, 17), (100, 9)])
def test_every_route_goes_to_every_place_once(n: int, line: int) -> None:
    found = routes(n, line, "all")
    assert found[0].name == "as it stands"
    assert all(sorted(route.places.tolist()) == list(range(n)) for route in found)
    assert len({route.places.tobytes() for route in found}) == len(found)


def test_the_pairs_of_one_symbol_cost_next_to_nothing() -> None:
    assert pair_bits(np.zeros(100, np.int64), 1) == pytest.approx(0, abs=1e-9)
    assert pair_bits(np.arange(100) % 2, 2) < 12 < pair_bits(np.random.default_rng(0).integers(0, 2, 100), 2)


@pytest.mark.parametrize("wanted", ["19 columns, across", "17 x 20, 1 down and 2 across", "from its end"])
def test_the_right_route_is_among_the_first(wanted: str) -> None:
    rng = np.random.default_rng(3)
    codes = encipher(PLAIN[500:840], 26, rng, symbols=40).cipher
    candidates = routes(340, 17, "all")
    route = next(route for route in candidates if route.name == wanted)
    transposed = np.zeros_like(codes)
    transposed[route.places] = codes
    first = [found.places.tobytes() for _, found in ranked(transposed, 40, candidates)[:12]]
    assert route.places.tobytes() in first or route.places[::-1].tobytes() in first


def test_columns_that_were_taken_down_in_an_order_are_put_back() -> None:
    rng = np.random.default_rng(1)
    codes = encipher(PLAIN[2_000:2_403], 26, rng).cipher
    taken = np.concatenate([codes[column::7] for column in (3, 0, 6, 2, 5, 1, 4)])
    found = {route.name: route for route in keyed_columns(taken, 26, np.random.default_rng(0))}
    np.testing.assert_array_equal(taken[found["7 columns in the order 4-1-7-3-6-2-5"].places], codes)
