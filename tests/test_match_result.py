"""A match derives totals, savings and margins, says where they have no meaning, and gives JSON with stable keys."""

import json

from codelength.report.match_table import match_table
from codelength.result.match import MATCH_KEYS, Match

BARE = Match("words", "x", "y", "bigram", 50, mapped_bits=120.0, map_bits=30.0)
FULL = Match(
    *("substitution", "x", "y", "5-gram", 100, 200.0, 88.0),
    unmapped_bits=470.0,
    runner_up_bits=310.0,
    null_bits=480.0,
    null_unmapped_bits=475.0,
    warnings=("short",),
)


def test_what_a_map_saves_is_what_is_left_when_the_map_is_paid() -> None:
    assert (FULL.total_bits, FULL.saved_bits, FULL.margin_bits, FULL.null_saved_bits) == (288, 182, 22, -5)


def test_what_has_no_meaning_is_none_and_is_null_in_json() -> None:
    assert (BARE.saved_bits, BARE.margin_bits, BARE.null_saved_bits) == (None, None, None)
    values = json.loads(BARE.to_json())
    assert values["saved_bits"] is None and values["total_bits"] == 150


def test_the_keys_are_stable() -> None:
    assert tuple(json.loads(FULL.to_json())) == MATCH_KEYS


def test_the_table_shows_dashes_for_what_was_not_measured() -> None:
    row = match_table([BARE]).plain().splitlines()[-1].split()
    assert row == ["words", "bigram", "-", "120", "30.0", "150", "-", "-", "-", "-", "ideal"]


def test_a_runner_up_that_is_better_is_shown_with_its_minus() -> None:
    worse = Match("words", "x", "y", "bigram", 50, 120.0, 30.0, unmapped_bits=140.0, runner_up_bits=145.0)
    row = match_table([worse]).plain().splitlines()[-1].split()
    assert row[6:10] == ["-10.0", "-7.14", "%", "-5.0"]
    assert "-10.0 saved" in str(worse)
