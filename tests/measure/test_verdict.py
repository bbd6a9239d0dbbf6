"""Useful, useless, undecided."""

from codelength.measure.verdict import verdict


def test_a_clear_saving_over_every_floor_is_useful() -> None:
    assert verdict(10_000, [(900, (800, 1000)), (850, (700, 990))]) == "useful"


def test_one_floor_that_saves_as_much_makes_useless() -> None:
    assert verdict(10_000, [(900, (800, 1000)), (10, (-40, 60))]) == "useless"


def test_an_interval_on_both_sides_of_zero_is_undecided() -> None:
    assert verdict(10_000, [(300, (-100, 700))]) == "undecided"


def test_a_sure_but_negligible_saving_is_useless() -> None:
    assert verdict(1_000_000, [(8000, (7000, 9000))]) == "useless"
    assert verdict(1_000_000, [(20_000, (19_000, 21_000))]) == "useful"


def test_an_interval_that_reaches_down_to_a_hundredth_is_undecided() -> None:
    assert verdict(1_000_000, [(20_000, (9_000, 31_000))]) == "undecided"


def test_less_than_64_bits_to_save_from_tell_nothing() -> None:
    assert verdict(63, [(60, None)]) == "undecided"


def test_without_an_interval_half_a_hundredth_on_either_side_is_undecided() -> None:
    assert verdict(100_000, [(1501, None)]) == "useful"
    assert verdict(100_000, [(1000, None)]) == "undecided"
    assert verdict(100_000, [(500, None)]) == "useless"
