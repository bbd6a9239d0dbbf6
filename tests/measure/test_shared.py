"""What two texts share: closed forms, identities, nulls, verdicts."""

import bz2
import json
import math

import numpy as np
import pytest

from codelength.dataset import Dataset
from codelength.errors import CodecError
from codelength.measure.nulls import shuffled, standard_nulls
from codelength.measure.pair import interleaved, joint_kind, window_warnings
from codelength.measure.shared import shared, shared_ladder, shared_work
from codelength.models.counts import Counts
from codelength.result.shared import SHARED_KEYS
from codelength.types import Codec, Conditional

WORDS = b"the of and to a in that it is was he for his with as be on not by at had her she".split()


def text_of(seed: int, words: int) -> bytes:
    """Words in random order: two such texts share the words and nothing else."""
    rng = np.random.default_rng(seed)
    return b" ".join(WORDS[i] for i in rng.integers(0, len(WORDS), words))


def noise_of(seed: int, size_bytes: int) -> bytes:
    return np.random.default_rng(seed).bytes(size_bytes)


def dirichlet_bits(data: bytes, before: bytes = b"", alpha: float = 0.5) -> float:
    """−log2 of the Dirichlet-multinomial probability of data after before, by the gamma function."""

    def log_mass(counts: list[int]) -> float:
        total = math.lgamma(256 * alpha) - math.lgamma(sum(counts) + 256 * alpha)
        return total + sum(math.lgamma(count + alpha) - math.lgamma(alpha) for count in counts)

    both, first = ([text.count(byte) for byte in range(256)] for text in (before + data, before))
    return (log_mass(first) - log_mass(both)) / math.log(2)


def test_one_source_with_a_dirichlet_prior_shares_what_the_closed_form_says() -> None:
    rng = np.random.default_rng(5)
    source = rng.dirichlet(np.full(256, 0.5))
    x, y = (rng.choice(256, 3000, p=source).astype(np.uint8).tobytes() for _ in range(2))
    result = shared(x, y, Counts(order=0, alpha=0.5), nulls={}, joint="ideal")
    assert result.y_bits == pytest.approx(dirichlet_bits(y), abs=1e-6)
    assert result.y_given_x_bits == pytest.approx(dirichlet_bits(y, before=x), abs=1e-6)
    assert result.shared_bits == pytest.approx(dirichlet_bits(y) - dirichlet_bits(y, before=x), abs=1e-6)
    assert result.symmetry_gap_bits == pytest.approx(0, abs=1e-6)
    assert result.verdict == "useful"


def test_independent_sources_share_nothing_on_average() -> None:
    savings = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        sources = rng.dirichlet(np.full(256, 0.5), 2)
        x, y = (rng.choice(256, 500, p=source).astype(np.uint8).tobytes() for source in sources)
        savings.append(shared(x, y, Counts(order=0, alpha=0.5), nulls={}, joint="none").shared_bits)
    error = np.std(savings, ddof=1) / math.sqrt(len(savings))
    assert np.mean(savings) <= 2 * error


def test_identical_texts_share_almost_all_of_a_text(counts: Counts) -> None:
    # Noise without repeats: after X, an order-2 context has been followed by one byte alone.
    data = noise_of(1, 4096)
    result = shared(data, data, Counts(order=3), nulls={}, joint="none")
    assert result.shared_fraction > 0.8
    assert result.verdict == "useful"


def test_identical_texts_cost_a_window_codec_next_to_nothing(window: Conditional) -> None:
    data = noise_of(1, 20_000)
    result = shared(data, data, window)
    assert result.y_given_x_bits < 0.02 * result.y_bits
    assert (result.kind, result.verdict) == ("coded", "useful")


def test_texts_of_the_same_words_are_useful_to_each_other(counts: Counts) -> None:
    result = shared(text_of(1, 3000), text_of(2, 1000), counts)
    assert result.verdict == "useful"
    assert result.interval_bits is not None
    assert 0 < result.interval_bits[0] < result.shared_bits < result.interval_bits[1] < result.y_bits
    assert 0 < result.null_shared_bits["shuffled"] < result.shared_bits


def test_noise_is_useless_to_a_text_and_to_noise(counts: Counts, window: Conditional, blocks: Codec) -> None:
    codecs: tuple[Codec, ...] = (counts, window, blocks)
    for codec in codecs:
        for y in (text_of(2, 1000), noise_of(2, 5000)):
            assert shared(noise_of(1, 5000), y, codec).verdict == "useless", codec.name


def test_a_text_is_useless_where_the_users_null_saves_as_much(counts: Counts) -> None:
    x, y = text_of(1, 2000), text_of(2, 1000)
    assert shared(x, y, counts, nulls={"other": b"0123456789" * 800}).verdict == "useful"
    assert shared(x, y, counts, nulls={"other": text_of(3, 6000)}).verdict == "useless"


def test_a_header_that_is_saved_is_no_knowledge(headed: Codec) -> None:
    result = shared(noise_of(1, 300), noise_of(2, 300), headed, nulls={})
    assert result.shared_bits == 480
    assert result.verdict == "useless"


def test_what_misleads_has_negative_shared_bits() -> None:
    # After X every letter foretells the next one; in Y the next one is any of the four.
    y = bytes(np.random.default_rng(4).choice(list(b"abcd"), 600).astype(np.uint8))
    result = shared(b"abcd" * 500, y, Counts(order=1), nulls={}, joint="none")
    assert result.shared_bits < -100
    assert result.verdict == "useless"


def test_plain_codecs_without_a_past_share_a_difference(blocks: Codec) -> None:
    x, y = text_of(1, 500), text_of(2, 400)
    result = shared(x, y, blocks)
    size = {name: 8 * len(bz2.compress(data)) for name, data in (("x", x), ("y", y), ("xy", x + y), ("yx", y + x))}
    assert (result.x_bits, result.y_bits, result.xy_bits, result.yx_bits) == tuple(size.values())
    assert result.y_given_x_bits == size["xy"] - size["x"]
    assert result.x_given_y_bits == size["yx"] - size["y"]
    assert (result.kind, result.chain_gap_bits, result.interval_bits) == ("difference", 0.0, None)


def test_joint_lengths_are_coded_and_close_the_chain_within_the_coder(counts: Counts) -> None:
    result = shared(text_of(1, 500), text_of(2, 400), counts, nulls={}, joint="coded")
    assert result.xy_bits == 8 * len(counts.encode(text_of(1, 500) + text_of(2, 400)))
    assert 0 <= result.chain_gap_bits < 64 + 0.002 * result.xy_bits
    ideal = shared(text_of(1, 500), text_of(2, 400), counts, nulls={}, joint="ideal")
    assert ideal.chain_gap_bits == pytest.approx(0, abs=1e-6)
    assert ideal.interleaved_bits <= result.interleaved_bits


def test_joint_lengths_of_slow_models_are_ideal_unless_asked_for(counts: Counts, blocks: Codec) -> None:
    assert joint_kind(counts, 1000, "auto") == "coded"
    assert joint_kind(counts, 10**9, "auto") == "ideal"
    assert joint_kind(counts, 10**9, "coded") == "coded"
    assert joint_kind(blocks, 10**12, "auto") == "coded"
    assert math.isnan(shared(b"ab", b"c", counts, joint="none").xy_bits)


def test_interleaving_keeps_every_byte_once_and_both_orders() -> None:
    x, y = b"a" * 10_000, b"b" * 25_000
    both = interleaved(x, y)
    assert (both.count(b"a"), both.count(b"b"), both.count(b"ab")) == (10_000, 25_000, 3)
    assert interleaved(b"", b"xy") == b"xy"


@pytest.mark.parametrize(("x", "y"), [(b"", b""), (b"", b"abc" * 100), (b"abc" * 100, b""), (b"x", b"x")])
def test_empty_and_tiny_texts_are_never_called_useful(
    x: bytes, y: bytes, counts: Counts, window: Conditional, blocks: Codec, stored: Codec
) -> None:
    codecs: tuple[Codec, ...] = (counts, window, blocks, stored)
    for codec in codecs:
        for with_nulls in (True, False):
            result = shared(x, y, codec, nulls=None if with_nulls else {})
            assert result.verdict != "useful"
            assert all(math.isfinite(bits) for bits in (result.y_bits, result.y_given_x_bits, result.interleaved_bits))


def test_an_empty_x_changes_no_model(counts: Counts) -> None:
    assert shared(b"", b"abc" * 300, counts).shared_bits == 0


def test_a_ladder_is_sorted_by_what_y_costs_and_knows_each_regret(
    counts: Counts, window: Conditional, blocks: Codec
) -> None:
    rows = shared_ladder(text_of(1, 2000), text_of(2, 1000), [window, blocks, counts])
    assert [row.y_given_x_bits for row in rows] == sorted(row.y_given_x_bits for row in rows)
    assert rows[0].regret_bits == 0
    assert all(row.regret_bits == row.y_given_x_bits - rows[0].y_given_x_bits for row in rows)


def test_progress_reaches_the_work_that_was_announced(counts: Counts, window: Conditional, blocks: Codec) -> None:
    x, y = text_of(1, 500), text_of(2, 300)
    codecs: tuple[Codec, ...] = (counts, window, blocks)
    for codec in codecs:
        for joint in ("coded", "none"):
            for nulls in ({}, standard_nulls(x), {"other": b"other"}):
                done: list[int] = []
                shared(x, y, codec, nulls=nulls, joint="coded" if joint == "coded" else "none", progress=done.append)
                announced = shared_work(
                    len(x), len(y), [codec], nulls=nulls, joint="coded" if joint == "coded" else "none"
                )
                assert sum(done) == announced


def test_short_windows_are_warned_of(window: Conditional, counts: Counts) -> None:
    assert window_warnings(window, 20_000, 10_000) == ()
    assert window_warnings(counts, 10**12, 10**12) == ()
    assert "late in Y" in window_warnings(window, 20_000, 20_000)[0]
    assert "of X's 50,000 bytes it knows the last 32,506" in window_warnings(window, 50_000, 1)[0]


def test_the_same_call_gives_the_same_numbers(counts: Counts) -> None:
    def figures() -> dict[str, object]:
        result: dict[str, object] = json.loads(shared(text_of(1, 900), text_of(2, 700), counts).to_json())
        del result["seconds"]
        return result

    assert figures() == figures()


def test_the_keys_of_the_json_are_stable(counts: Counts) -> None:
    documented = (
        "model x y x_bits y_bits y_given_x_bits x_given_y_bits xy_bits shared_bits shared_fraction symmetry_gap_bits "
        "kind warnings seconds"
    )
    keys = json.loads(shared(Dataset("a", (b"ab",)), Dataset("b", (b"",)), counts).to_json())
    assert tuple(keys) == SHARED_KEYS
    assert set(documented.split()) <= set(keys)
    assert (keys["x"], keys["y"], keys["shared_fraction"]) == ("a", "b", None)


def test_a_codec_that_loses_data_is_not_believed(liar: Codec) -> None:
    with pytest.raises(CodecError, match="liar"):
        shared(b"ab", b"cd", liar)


def test_shuffling_keeps_every_piece_once() -> None:
    data = bytes(range(256)) * 3
    mixed = shuffled(data, np.random.default_rng(0))
    assert mixed != data
    assert sorted(mixed[i : i + 16] for i in range(0, 768, 16)) == sorted(data[i : i + 16] for i in range(0, 768, 16))
