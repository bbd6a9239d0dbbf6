"""Descriptions of maps: what is written is read back, and what is cut or changed is no map."""

import itertools

import numpy as np
import pytest

from codelength.errors import DamagedError
from codelength.match.maps import codes, families
from codelength.match.maps.families import Frame


def frame(d: int) -> Frame:
    rng = np.random.default_rng(d)
    levels = np.sort(rng.normal(size=(64, d)), axis=0)
    unit = np.exp2(rng.integers(-3, 4, d).astype(np.float64))
    return Frame(rng.normal(size=d), rng.uniform(0.5, 3, d), unit, levels)


def maps(d: int, precision: int) -> list[families.Map]:
    rng = np.random.default_rng(precision)
    order = tuple(rng.permutation(d).tolist())
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    falling = tuple(bool(value) for value in rng.integers(0, 2, d))
    places = np.cumsum(rng.uniform(0.01, 1, (d, 6)), axis=1) - 40
    return [
        families.Identity(frame(d)),
        families.scaled(frame(d), order, rng.normal(size=d), 100 * rng.normal(size=d), precision),
        families.orthogonal(frame(d), turn, rng.normal(size=d), precision),
        families.affine(frame(d), rng.normal(size=(d, d)), rng.normal(size=d), precision),
        families.monotone(frame(d), order, falling, places, precision),
    ]


def test_whole_numbers_come_back_one_after_the_other() -> None:
    values = [0, 1, -1, 7, -8, 1000, -123456789, 2**70]
    for order in (0, 1, 5, 12):
        reader = codes.BitReader("".join(codes.whole(value, order) for value in values))
        assert [reader.whole(order) for _ in values] == values
        assert reader.left == 0


def test_every_order_of_four_has_its_own_five_bits() -> None:
    written = {codes.permutation(order): list(order) for order in itertools.permutations(range(4))}
    assert len(written) == 24
    assert {len(bits) for bits in written} == {5}
    assert all(codes.BitReader(bits).permutation(4) == order for bits, order in written.items())


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("precision", [0, 4, 11])
def test_a_map_is_read_back_from_its_code_to_the_last_bit(d: int, precision: int) -> None:
    x = np.random.default_rng(9).normal(size=(50, d)) * 10
    for sent in maps(d, precision):
        came = families.decoded(sent.code, sent.frame if hasattr(sent, "frame") else frame(d))
        assert (came.family, came.code) == (sent.family, sent.code)
        assert np.array_equal(came.standard(x), sent.standard(x))
        assert np.array_equal(came.stretch_bits(x), sent.stretch_bits(x))


@pytest.mark.parametrize("d", [1, 2, 4])
def test_stretching_is_what_volumes_of_small_cubes_say(d: int) -> None:
    x = np.random.default_rng(3).normal(size=(20, d)) * 5
    edge = 1e-6
    for found in maps(d, 6):
        sides = np.stack([found.standard(x + edge * axis) - found.standard(x) for axis in np.eye(d)], axis=2) / edge
        assert np.allclose(np.log2(np.abs(np.linalg.det(sides))), found.stretch_bits(x), atol=1e-4), found.family


def test_an_orthogonal_map_keeps_lengths_whatever_its_rounding() -> None:
    found = maps(4, 2)[2]
    x = np.random.default_rng(0).normal(size=(2, 4))
    sent = found.standard(x) * frame(4).spread
    assert np.isclose(np.linalg.norm(sent[0] - sent[1]), np.linalg.norm(x[0] - x[1]))


def test_rotations_are_made_of_their_angles_again() -> None:
    for seed in range(6):
        turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(5, 5)))[0]
        angles, mirrored = families.angles_of(turn)
        assert np.allclose(families.rotation(angles, 5, mirrored=mirrored), turn)
        assert mirrored == (np.linalg.det(turn) < 0)


def test_a_description_that_is_cut_or_too_long_is_damaged() -> None:
    for found in maps(3, 5)[1:]:
        with pytest.raises(DamagedError, match="ends too early"):
            families.decoded(found.code[:-1], frame(3))
        with pytest.raises(DamagedError, match="1 bits are left"):
            families.decoded(found.code + "0", frame(3))


def test_a_family_that_does_not_exist_is_damaged() -> None:
    with pytest.raises(DamagedError, match="there is no family 7"):
        families.decoded("111", frame(2))
