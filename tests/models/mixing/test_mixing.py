"""The mixing model: round trips, exact restoration, growth, golden sizes, other processors, hard circumstances."""

import functools
import hashlib
import pickle
import threading
import tracemalloc
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from codelength.coding.range_coder import RangeDecoder, RangeEncoder
from codelength.data.bundled import bundled
from codelength.errors import OptionError, UsageError
from codelength.models.mixing.model import Mixing
from codelength.models.mixing.places import BINARY, EPOCH, IMAGE, MODE, PIXEL, POSITION, RECORDS, ROW, TEXT
from codelength.models.mixing.state import LEVELS, State, fresh, grown, next_growth, window_bytes
from codelength.models.mixing.tables import COST
from codelength.registry import create, entries
from codelength.units import KIB, MIB

ALL_LEVELS = tuple(LEVELS)
ENGLISH = bundled("pride_2.txt").joined
GOLDEN_SIZES = {  # of golden_data(): bytes of code and the beginning of its SHA-256; a change breaks files
    "fast": (34117, "64b77152bbd42dd1"),
    "default": (32229, "4bd644df01694f9e"),
    "max": (31223, "3e89976a4c4d2fa2"),
}


@functools.cache
def small(level: str) -> Mixing:
    """A model with the least memory that its level takes."""
    return Mixing(level, LEVELS[level].least_bytes)


@functools.cache
def primed(level: str, size: int = 1000) -> Mixing:
    return small(level).after(ENGLISH[:size])


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def records(rows: int = 600) -> bytes:
    """A table of 24-byte rows: a running number, a category, two measurements and padding."""
    out = bytearray()
    values = rng(3).integers(0, 1 << 16, (rows, 2))
    categories = rng(2).integers(0, 200, rows).tolist()
    for i, (a, b) in enumerate(values.tolist()):
        out += i.to_bytes(4, "little") + bytes([categories[i], 0, 7, 1])
        out += a.to_bytes(4, "little") + b.to_bytes(2, "little") + bytes(10)
    return bytes(out)


def picture(height: int, width: int, channels: int) -> bytes:
    """Smooth shades with a little noise, row by row; the channels go up and down together."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    smooth = 120 + 70 * np.sin(x / 17) + 50 * np.cos(y / 23) - 15 * c
    noise = rng(4).normal(0, 1.5, smooth.shape)
    data: bytes = np.clip(smooth + noise, 0, 255).astype(np.uint8).tobytes()
    return data


@functools.cache
def kinds() -> dict[str, bytes]:
    return {
        "text": ENGLISH[:9000],
        "records": records(400),
        "grey picture": picture(60, 200, 1),
        "coloured picture": picture(40, 100, 3),
        "compressed": zlib.compress(ENGLISH, 9)[:9000],
        "genome": bytes(rng(5).choice(list(b"acgt"), 2000).tolist()) * 4,
        "accents": "¿Qué será, será? Ñandú, açaí, naïveté; één über-Öl.\n".encode() * 150,
    }


def hard_inputs() -> dict[str, bytes]:
    return {
        "empty": b"",
        "one byte": b"\xff",
        "all values": bytes(range(256)),
        "one byte often": bytes(3000),
        "random": rng(5).bytes(2100),
        **{name: data[:5000] for name, data in kinds().items()},
    }


def golden_data() -> bytes:
    return ENGLISH[:20_000] + b"".join(kinds().values()) + bundled("genome.txt").joined[:5000]


def state_of(model: Mixing) -> State:
    assert model._state is not None
    return model._state


def arrays(model: Mixing) -> dict[str, bytes]:
    """Every array of a model's state, but for the journal's own bookkeeping."""
    state = state_of(model).copy()
    state.scalars[EPOCH] = 0
    kept = {name: array.tobytes() for name, array in state._asdict().items() if name not in ("touched", "net")}
    room = ("deltas", "line", "line2", "powers", "back")
    return kept | {f"net {name}": a.tobytes() for name, a in state.net._asdict().items() if name not in room}


@pytest.mark.parametrize("level", ALL_LEVELS)
@pytest.mark.parametrize("kind", hard_inputs())
def test_what_is_encoded_is_decoded_and_near_its_ideal_length(level: str, kind: str) -> None:
    model, data = small(level), hard_inputs()[kind]
    code = model.encode(data)
    assert model.decode(code) == data
    assert 8 * len(code) <= model.bits(data).sum() + 32


def test_every_level_of_the_registry_codes_and_says_its_name() -> None:
    choices = entries()["mixing"].options["level"].choices
    assert set(choices) <= set(ALL_LEVELS)
    for level in choices:
        model = create(f"mixing:level={level},memory={LEVELS[level].least_bytes // MIB}MiB")
        assert isinstance(model, Mixing) and model.level == level
        assert model.encode(ENGLISH[:600]) == small(level).encode(ENGLISH[:600])


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_each_kind_of_data_is_compressed(level: str) -> None:
    whole = {name: small(level).bits(data).sum() / 8 / len(data) for name, data in kinds().items()}
    assert whole["text"] < 0.42
    assert whole["records"] < 0.35
    assert whole["grey picture"] < 0.62
    assert whole["coloured picture"] < 0.62
    assert whole["compressed"] < 1.02


def test_higher_levels_are_stronger() -> None:
    data = ENGLISH[:40_000]
    fast, default, high = (small(level).bits(data).sum() for level in ("fast", "default", "max"))
    assert high < default < fast


@pytest.mark.parametrize("level", ALL_LEVELS)
@pytest.mark.parametrize("size", [0, 1, 1000, 1023, 1024, 1025, 2047, 2048, 5000])
def test_items_cost_what_each_costs_alone_across_growth_points(level: str, size: int) -> None:
    model = primed(level, size)
    items = [ENGLISH[7000 : 7000 + n] for n in (0, 1, 2, 23, 24, 25, 47, 48, 49, 1100)] + [b"\0" * 30, bytes(range(60))]
    each = model.bits_each(items)
    for item, paid in zip(items, each, strict=True):
        assert np.array_equal(paid, model.bits(item))


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_two_hundred_items_are_taken_back_exactly(level: str) -> None:
    model = small(level).after(kinds()["text"][:3000] + kinds()["records"][:3000])
    generator = rng(6)
    whole = b"".join(kinds().values())
    starts = generator.integers(0, len(whole) - 300, 200).tolist()
    items = [whole[start : start + int(generator.integers(0, 200))] for start in starts]
    before = arrays(model)
    each = model.bits_each(items)
    after = arrays(model)
    assert [name for name in before if before[name] != after[name]] == []
    for i in (0, 17, 99, 199):
        assert np.array_equal(each[i], model.bits(items[i]))
    again = model.bits_each(items[::-1])[::-1]
    assert all(np.array_equal(a, b) for a, b in zip(each, again, strict=True))


@pytest.mark.parametrize("level", ALL_LEVELS)
@pytest.mark.parametrize("kind", ["grey picture", "coloured picture", "records", "compressed"])
def test_items_after_data_of_every_mode_are_taken_back_exactly(level: str, kind: str) -> None:
    model = small(level).after(kinds()[kind][:-1000])
    items = [kinds()[kind][-1000:], ENGLISH[:500], b"", bytes(700)]
    model.bits_each([b"x"])  # the state grows here, before it is compared
    before = arrays(model)
    each = model.bits_each(items)
    after = arrays(model)
    assert [name for name in before if before[name] != after[name]] == []
    assert all(np.array_equal(paid, model.bits(item)) for item, paid in zip(items, each, strict=True))


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_predictions_are_what_each_byte_costs_and_change_nothing(level: str) -> None:
    for size in (0, 1000, 1024, 3000):
        model = primed(level, size)
        reader, untouched = model.reader(), model.reader()
        prediction = reader.predict()
        assert abs(prediction.sum() - 1) < 1e-12 and prediction.min() > 0
        for byte in (0, 32, 101, 255):
            assert -np.log2(prediction[byte]) == pytest.approx(model.bits(bytes([byte]))[0], abs=1e-12)
        assert reader.p1() / 65536 == pytest.approx(prediction[128:].sum(), abs=1e-12)
        data = ENGLISH[size : size + 1500]
        assert np.array_equal(reader.read(data), untouched.read(data))


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_steps_of_one_bit_pay_and_learn_what_reading_does(level: str) -> None:
    data = kinds()["text"][1000:1100]
    model = primed(level)  # the first 24 bytes end where the tables grow
    reader, stepped = model.reader(), model.reader()
    paid = reader.read(data)
    for byte, cost in zip(data, paid, strict=True):
        steps = 0.0
        for k in range(8):
            bit, p1 = byte >> (7 - k) & 1, stepped.p1()
            assert 0 < p1 < 65536
            steps += float(COST[p1 if bit else 65536 - p1])
            stepped.put(bit)
        assert steps == pytest.approx(cost, abs=1e-12)
    rest = ENGLISH[5000:6500]
    assert np.array_equal(reader.read(rest), stepped.read(rest))


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_pieces_of_any_size_cost_what_the_whole_costs(level: str) -> None:
    data = b"".join(data[:2500] for data in kinds().values())
    whole = small(level).bits(data)
    for seed in range(3):
        reader, generator, start, paid = small(level).reader(), rng(seed), 0, []
        while start < len(data):
            step = int(generator.integers(1, 1 << int(generator.integers(1, 12))))
            paid.append(reader.read(data[start : start + step]))
            start += step
        assert np.array_equal(np.concatenate(paid), whole)
    assert small(level).cost([data[:1], b"", data[1:5000], data[5000:]]) == pytest.approx(whole.sum(), abs=1e-6)


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_coding_in_pieces_writes_the_same_code(level: str) -> None:
    data = ENGLISH[:2600]
    whole, pieces = RangeEncoder(), RangeEncoder()
    primed(level).reader().encode_into(whole, data)
    reader = primed(level).reader()
    for start, end in ((0, 1), (1, 24), (24, 1049), (1049, 2600)):
        reader.encode_into(pieces, data[start:end])
    code = whole.finish()
    assert pieces.finish() == code
    back, decoder = primed(level).reader(), RangeDecoder(code)
    assert b"".join(back.decode_from(decoder, size) for size in (20, 0, 1500, 1080)) == data


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_a_reading_model_does_not_change_the_one_it_came_from(level: str) -> None:
    model = small(level).after(ENGLISH[:2048])
    before = arrays(model)
    model.after(ENGLISH[:3000])
    model.bits(ENGLISH[:3000])
    model.encode(ENGLISH[:3000])
    assert arrays(model) == before


def grown_bytes(level: str, memory_bytes: int, position: int) -> int:
    state = fresh(LEVELS[level], memory_bytes)
    state.scalars[POSITION] = position
    return grown(state, LEVELS[level], memory_bytes).size_bytes


def memories() -> list[object]:
    cases: list[object] = []
    for level, shape in LEVELS.items():
        for memory in sorted({shape.least_bytes, 2 * shape.least_bytes, 3 * shape.least_bytes - 1, shape.memory_bytes}):
            if memory <= shape.memory_bytes:
                large = [pytest.mark.slow] if memory > 128 * MIB else []
                cases.append(pytest.param(level, memory, marks=large, id=f"{level}-{memory // MIB}MiB"))
    return cases


@pytest.mark.parametrize(("level", "memory"), memories())
def test_tables_grow_to_no_more_than_the_memory_that_was_given(level: str, memory: int) -> None:
    assert grown_bytes(level, memory, 1 << 40) <= memory


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_tables_grow_with_what_was_read_and_no_faster(level: str) -> None:
    shape = LEVELS[level]
    sizes = [grown_bytes(level, shape.least_bytes, 1 << exponent) for exponent in range(9, 24)]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    assert grown_bytes(level, shape.least_bytes, 1023) == grown_bytes(level, shape.least_bytes, 0)
    assert [next_growth(position) for position in (0, 1023, 1024, 1025, 2047, 2048)] == [1024] * 2 + [2048] * 3 + [4096]


def window(level: str) -> int:
    """How far back a model with the least memory sees."""
    return window_bytes(LEVELS[level], LEVELS[level].least_bytes)


def test_each_level_sees_as_far_back_as_it_says() -> None:
    for level in ALL_LEVELS:
        full = window_bytes(LEVELS[level], LEVELS[level].memory_bytes)
        assert (small(level).window_bytes, Mixing(level).window_bytes) == (window(level), full)
        assert window(level) & (window(level) - 1) == 0 and 64 * KIB <= window(level) < full
        assert level == "fast" or full >= 64 * MIB


@pytest.mark.slow
def test_a_copy_is_found_from_within_the_window() -> None:
    model, sample = small("fast"), rng(7).bytes(3000)
    near = model.after(sample + rng(8).bytes(window("fast") // 2)).bits(sample).sum()
    far = model.after(sample + rng(8).bytes(window("fast") * 2)).bits(sample).sum()
    alone = model.bits(sample).sum()
    assert near < 0.2 * alone < 0.9 * alone < far


def test_a_short_text_takes_little_memory() -> None:
    Mixing("default").bits(b"the kernel compiles here")
    tracemalloc.start()
    try:
        Mixing("default").bits(ENGLISH[:1000])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert MIB < peak < 24 * MIB


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_codes_are_golden(level: str) -> None:
    code = Mixing(level).encode(golden_data())
    assert (len(code), hashlib.sha256(code).hexdigest()[:16]) == GOLDEN_SIZES[level]


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_a_model_is_pickled_with_what_it_has_read(level: str) -> None:
    model = primed(level, 3000)
    other: Mixing = pickle.loads(pickle.dumps(model))
    assert (other.name, other.memory_bytes, other.level) == (model.name, model.memory_bytes, model.level)
    assert arrays(other) == arrays(model)
    assert np.array_equal(other.bits(ENGLISH[3000:4500]), model.bits(ENGLISH[3000:4500]))
    unread: Mixing = pickle.loads(pickle.dumps(Mixing(level)))
    assert unread.level == level and np.array_equal(unread.bits(b"abc"), Mixing(level).bits(b"abc"))


@pytest.mark.parametrize("level", ALL_LEVELS)
def test_threads_share_a_model(level: str) -> None:
    model = small(level).after(ENGLISH[:2500])
    items = [ENGLISH[start : start + 150] for start in range(3000, 9000, 150)]
    expected_each, expected = model.bits_each(items), model.bits(ENGLISH[4000:9000])
    wrong: list[str] = []

    def ask_each() -> None:
        for _ in range(5):
            if not all(np.array_equal(a, b) for a, b in zip(model.bits_each(items), expected_each, strict=True)):
                wrong.append("each")

    def ask_whole() -> None:
        for _ in range(5):
            if not np.array_equal(model.bits(ENGLISH[4000:9000]), expected):
                wrong.append("whole")

    run_together([ask_each, ask_whole, ask_each])
    assert wrong == []


def run_together(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_wrong_options_are_refused_with_what_is_right() -> None:
    with pytest.raises(OptionError, match="no level 'best'; choose one of fast, default, max"):
        Mixing("best")
    for memory in (0, 1 << 20, 1 << 40):
        with pytest.raises(OptionError, match=r"uses between .* and .* of memory"):
            Mixing("fast", memory)


def test_an_unfinished_byte_is_refused_wherever_whole_bytes_are_needed() -> None:
    reader = primed("fast").reader()
    reader.put(0)
    for use in (
        lambda: reader.read(b"a"),
        lambda: reader.predict(),
        lambda: reader.freeze(),
        lambda: reader.encode_into(RangeEncoder(), b"a"),
        lambda: reader.decode_from(RangeDecoder(b""), 1),
    ):
        with pytest.raises(UsageError, match="unfinished"):
            use()
    for bit in (1, 1, 0, 0, 0, 0, 1):
        reader.put(bit)
    assert np.array_equal(reader.read(b"bc"), primed("fast").bits(b"abc")[1:])


def seen(data: bytes) -> tuple[int, int, int]:
    """Mode, length of a row and size of a pixel after reading data, of which there must be some KiB."""
    scalars = state_of(small("fast").after(data)).scalars
    return int(scalars[MODE]), int(scalars[ROW]), int(scalars[PIXEL])


@pytest.mark.parametrize(
    "text",
    [
        "Wer weiß, was Gutes fände?",
        "¿Quién está ahí, señor?",
        "Кто там живёт, в лесу?",
        "だれが森に住んでいますか。",
        "誰住在森林裡。",
    ],
)
def test_text_of_any_language_is_seen_as_text(text: str) -> None:
    assert seen(ENGLISH[:9000])[0] == TEXT
    assert seen((text.encode() * 1000)[:9000])[0] == TEXT


@pytest.mark.parametrize("seed", range(5))
def test_bytes_without_a_pattern_are_seen_as_binary(seed: int) -> None:
    assert seen(rng(seed).bytes(9000))[0] == BINARY


@pytest.mark.parametrize("width", [12, 24, 100])
def test_records_are_seen_with_their_length(width: int) -> None:
    rows = rng(9).integers(0, 256, (9000 // width, width), np.uint8)
    rows[:, : width * 9 // 10] = np.arange(width * 9 // 10) * 37 % 256
    mode, row, _ = seen(rows.tobytes())
    assert (mode, row % width) == (RECORDS, 0) and row > 0


def test_a_table_of_numbers_is_seen_as_records_of_its_row() -> None:
    assert seen(records(400))[:2] == (RECORDS, 24)


@pytest.mark.parametrize(("width", "channels"), [(200, 1), (333, 1), (150, 3), (90, 4)])
def test_pictures_are_seen_with_row_and_pixel(width: int, channels: int) -> None:
    assert seen(picture(12_000 // width, width, channels)) == (IMAGE, width * channels, channels)


def test_text_after_a_picture_is_seen_as_text_again() -> None:
    assert seen(picture(60, 200, 1) + ENGLISH[:9000])[0] == TEXT


def test_the_same_shades_in_any_order_cost_more_than_in_rows() -> None:
    data = kinds()["grey picture"]
    mixed_up = bytes(rng(10).permutation(np.frombuffer(data, np.uint8)))
    assert small("fast").bits(data)[7000:].sum() < 0.8 * small("fast").bits(mixed_up)[7000:].sum()
