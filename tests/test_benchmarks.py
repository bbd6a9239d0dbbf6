"""The benchmarks' arithmetic by hand, and each of them on a little data."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from benchmarks import (
    ablation,
    archive,
    bits_each,
    corpus,
    epiplexity,
    explain,
    far_copy,
    labels,
    ladder,
    leak,
    matrix,
    memory,
    nets,
    page,
    pretrained,
    record,
    related,
    selection,
    training_run,
    unsupervised,
)
from benchmarks.__main__ import BENCHMARKS
from benchmarks.record import SHARED_DATA, Row

from codelength.models.mixing.model import Mixing
from codelength.models.mixing.state import LEVELS
from codelength.registry import create

needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="../shared/data is absent")
TEXT = b"the cat sat on the mat, and the dog sat on the log; " * 40


def ladder_row(model: str, data: str, coded: int, cpu: float = 1.0) -> Row:
    raw = ladder.PUBLISHED[data]["raw_bytes"]
    return ladder._row(model, data, raw, coded, [cpu, cpu], [cpu, cpu])


def passed(targets: list[Row]) -> list[bool]:
    return [row["passed"] is True for row in targets]


def test_every_benchmark_that_is_listed_has_a_module() -> None:
    folder = Path(record.__file__).parent
    assert all((folder / f"{name}.py").is_file() for name in BENCHMARKS)


def test_results_name_the_machine_the_versions_and_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    place = record.record("trial", [{"k": 1}], {"empty": b""})
    result = json.loads(place.read_text())
    assert list(result) == ["benchmark", "date", "machine", "versions", "data_sha256", "targets", "rows"]
    assert set(result["machine"]) == {"processor", "cores", "system", "load"}
    assert result["data_sha256"]["empty"].startswith("e3b0c442")


def test_a_second_run_keeps_the_rows_that_it_did_not_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    record.record("trial", [{"k": 1, "v": 1}, {"k": 2, "v": 1}], {"a": b""}, keys=["k"])
    place = record.record("trial", [{"k": 2, "v": 7}], {"b": b""}, keys=["k"])
    result = json.loads(place.read_text())
    assert [(row["k"], row["v"]) for row in result["rows"]] == [(1, 1), (2, 7)]
    assert set(result["data_sha256"]) == {"a", "b"}


def test_the_ladder_asks_for_less_than_zpaq_on_texts_and_a_twentieth_less_than_lpaq1_in_sum() -> None:
    just_under = ladder.judge([ladder_row("mixing", "geo", 49_542), ladder_row("mixing", "book1", 195_672)])
    just_over = ladder.judge([ladder_row("mixing", "geo", 49_543), ladder_row("mixing", "book1", 195_673)])
    assert passed(just_under)[0] and passed(just_over)[0]  # book1 is under zpaq's 210,956 in both
    assert [row["passed"] for row in just_under if "sum" in str(row["what"])] == [True]  # (52,150 + 205,971) · 0.95
    assert [row["passed"] for row in just_over if "sum" in str(row["what"])] == [False]


def test_speed_is_megabytes_a_second_over_all_files() -> None:
    rows = [ladder_row("mixing", "geo", 1, cpu=0.1), ladder_row("mixing", "book1", 1, cpu=0.9)]
    found = [row["found"] for row in ladder.judge(rows) if "encode, all files" in str(row["what"])]
    assert found == [pytest.approx((102_400 + 768_771) / 1e6, abs=1e-4)]


def test_the_deep_level_is_held_against_the_prototype_and_half_way_to_paq() -> None:
    (row,) = [
        row
        for row in ladder.judge([ladder_row("mixing:level=max", "geo", 43_668)])
        if "mixing_deep" in str(row["what"])
    ]
    assert row["passed"] and row["aim_reached"]  # (45,249 + 42,087) / 2 = 43,668
    (row,) = [
        row
        for row in ladder.judge([ladder_row("mixing:level=max", "geo", 45_249)])
        if "mixing_deep" in str(row["what"])
    ]
    assert not row["passed"] and not row["aim_reached"]


def test_a_cut_file_is_not_held_against_published_sizes() -> None:
    assert ladder.judge([{**ladder_row("mixing", "geo", 10), "raw_bytes": 1000}]) == []


@pytest.mark.parametrize("name", ["gzip", "counts:order=1"])
def test_a_ladder_row_is_what_the_codec_gives(name: str) -> None:
    codec = create(name)
    row = ladder.with_codec(codec, "text", TEXT)
    assert row["coded_bytes"] == len(codec.encode(TEXT)) and row["kind"] == "coded"


def test_bitmap_has_blue_first_and_the_lowest_row_first() -> None:
    pixels = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    data = corpus.as_bitmap(pixels)
    assert len(data) == 54 + 24 and data[:2] == b"BM" and data[54:57] == bytes([14, 13, 12])


@needs_data
def test_photographs_have_the_published_size() -> None:
    assert len(corpus.need("kodim05.bmp")) == ladder.PUBLISHED["kodim05.bmp"]["raw_bytes"]


def test_a_copy_is_found_by_who_remembers_it() -> None:
    x = random.Random(0).randbytes(30_000).hex().encode()
    rows = {
        row["model"]: row for name in ("zstd", "gzip", "xz") for row in far_copy.measure(create(name), x, [x[:4000]])
    }
    assert float(rows["zstd"]["found"] or 0) > 0.98 and float(rows["xz"]["found"] or 0) > 0.98
    assert abs(float(rows["gzip"]["found"] or 0)) < 0.01  # its reach is 32,506 bytes
    assert [rows[name]["kind"] for name in ("zstd", "gzip", "xz")] == ["coded", "coded", "difference"]


def test_far_copies_pass_from_99_percent() -> None:
    rows: list[Row] = [{"model": "mixing", "y_bytes": 10, "found": found} for found in (0.99, 0.9899)]
    assert passed(far_copy.judge(rows)) == [True, False]


def test_sharing_passes_where_mixing_is_above_every_library_and_is_clear_where_its_interval_is() -> None:
    def rows(mixing: float, low: float) -> list[Row]:
        others: list[Row] = [
            {"pair": "p", "model": name, "shared_bits": bits, "shared_low": None}
            for name, bits in (("xz", 90.0), ("gzip", 100.0), ("counts:order=2", 1000.0))
        ]
        return [*others, {"pair": "p", "model": "mixing", "shared_bits": mixing, "shared_low": low}]

    verdicts = [
        (row["passed"], row["aim_reached"])
        for m, low in ((100.0, 99.0), (101.0, 99.0), (120.0, 101.0))
        for row in related.judge(rows(m, low))
    ]
    assert verdicts == [(False, False), (True, False), (True, True)]


def test_changed_words_are_a_bijection_of_letters() -> None:
    letters = bytes(range(97, 123))
    assert sorted(related.letters_moved_on(letters)) == sorted(letters)


def test_bits_each_passes_from_seven_tenths() -> None:
    rows: list[Row] = [{"model": "mixing", "part_of_plain_speed": part} for part in (0.7, 0.69, 0.95)]
    assert passed(bits_each.judge(rows)) == [True, False, True]
    assert [row["aim_reached"] for row in bits_each.judge(rows)] == [False, False, True]


def test_bits_each_is_measured_on_the_same_bytes() -> None:
    row = bits_each.measure("fast", TEXT, TEXT[:1000], rounds=1)
    assert row["items"] == 5 and float(row["part_of_plain_speed"] or 0) > 0
    assert 0 < float(row["one_text_bits"] or 0) <= float(row["items_bits"] or 0) < 8000


def test_memory_passes_only_for_a_whole_gigabyte() -> None:
    small: Row = {"model": "m", "raw_bytes": 10**8, "finished": True, "peak_resident_bytes": 2 * 10**8}
    stopped: Row = {**small, "raw_bytes": 10**9, "finished": False}
    large: Row = {**small, "raw_bytes": 10**9, "peak_resident_bytes": 4 * 10**8}
    good: Row = {**small, "raw_bytes": 10**9}
    assert passed(memory.judge([small, stopped, large, good])) == [False, False, False, True]


def test_letters_change_places_and_nothing_is_lost() -> None:
    assert memory.changed_letters(0) == bytes(range(256))
    tables = [memory.changed_letters(turn) for turn in range(1, 40)]
    assert len(set(tables)) == len(tables)
    assert all(sorted(table) == list(range(256)) and table[128:] == bytes(range(128, 256)) for table in tables)


@needs_data
def test_memory_of_a_compressing_process_is_seen() -> None:
    (row,) = memory.main(20_000, 60, quick=True)
    assert row["finished"] and int(row["coded_bytes"] or 0) < 10_000
    assert 50e6 < int(row["peak_resident_bytes"] or 0) < memory.LIMIT_BYTES


def test_a_variant_is_measured_and_leaves_no_level_behind() -> None:
    levels = dict(LEVELS)
    (row,) = ablation.measure("fast", LEVELS["fast"], {"text": TEXT})
    assert row["ideal_bytes"] == pytest.approx(Mixing("fast").bits(TEXT).sum() / 8, abs=0.1)
    assert levels == LEVELS


def test_the_ablation_page_shows_changes_against_the_whole() -> None:
    rows: list[Row] = [
        {"variant": name, "data": "d", "raw_bytes": 10, "ideal_bytes": size, "cpu_seconds": seconds}
        for name, size, seconds in ((ablation.WHOLE, 100.0, 2.0), ("less", 110.0, 1.0))
    ]
    assert "| less | +10.00 % | +10.00 % | −50 % |" in ablation.page(rows)


def test_archive_passes_under_its_size_and_time() -> None:
    rows: list[Row] = [{"total_bytes": size, "unpack_seconds": 3.0} for size in (40_999, 50_000)]
    assert passed(archive.judge(rows)) == [True, True]
    assert passed(archive.judge([{"total_bytes": 41_000, "unpack_seconds": 60.0}])) == [False, False]


def test_a_training_run_passes_at_the_very_byte() -> None:
    rows: list[Row] = [{"log": "llm.c", "run": "all steps", "bytes": size} for size in (6_614_480_846, 6_614_480_847)]
    assert passed(training_run.judge(rows)) == [True, False]


def test_epiplexity_passes_where_rule_54_has_the_most_structure_and_noise_none() -> None:
    def rows(noise: float, middle: float) -> list[Row]:
        made = {"random": (noise, 8.0), "rule 15": (20.0, 0.26), "rule 30": (5.0, 0.99), "rule 54": (middle, 0.6)}
        return [
            {"data": name, "estimator": "auc", "structural_bits": bits, "random_bits_per_byte": rest}
            for name, (bits, rest) in made.items()
        ]

    assert all(passed(epiplexity.judge(rows(1.0, 30.0))))
    assert passed(epiplexity.judge(rows(200.0, 10.0))).count(False) == 2


def test_a_pretrained_model_passes_where_its_code_is_near_its_ideal() -> None:
    def rows(coded_bits: float) -> list[Row]:
        both: list[Row] = [{"kind": "ideal", "bits": 10_000.0}, {"kind": "coded", "bits": coded_bits}]
        return [{"model": "hf", "options": "", "y_bytes": 4_000, **row} for row in both]

    assert passed(pretrained.judge(rows(10_064.0 + 50))) == [True]
    assert passed(pretrained.judge(rows(10_064.0 + 51))) == [False]


def test_nets_pass_below_the_others_and_where_what_they_coded_was_decoded() -> None:
    def rows(bits: float, speed: int, over: float, decoded: bool) -> list[Row]:
        ratios: list[Row] = [{"part": "ratio", "data": name, "bits_per_byte": bits} for name in nets.RATIOS]
        fast = next(iter(nets.SPEEDS))
        speeds: list[Row] = [
            {"part": "throughput", "model": fast, "bytes_per_second": speed, "idle_bytes_per_second": 30_000.0}
        ]
        return [*ratios, *speeds, {"part": "coded", "model": "lstm", "over_ideal": over, "decoded_elsewhere": decoded}]

    assert all(passed(nets.judge(rows(1.98, 25_000, 0.005, True))))
    assert passed(nets.judge(rows(2.0, 24_999, 0.005, False))) == [False, True, False, False]
    assert nets.judge(rows(2.2, 24_999, 0.006, True))[2]["aim_reached"]


def test_labels_pass_under_the_published_bits_in_two_cores_time() -> None:
    def judged(bits: float, seconds: float) -> list[bool]:
        return passed(labels.judge([{"data": "mnist", "labels": 60_000, "bits": bits, "cpu_seconds": seconds}]))

    assert judged(4_100.0, 2_400.0) == [True, True] and judged(4_101.0, 2_401.0) == [False, False]
    assert labels.judge([{"data": "mnist", "labels": 200, "bits": 100.0, "cpu_seconds": 1.0}]) == []


def test_unlabelled_data_pass_where_their_interval_is_above_0_and_that_of_noise_holds_it() -> None:
    def judged(low: float, noise: tuple[float, float]) -> list[bool]:
        rows: list[Row] = [
            {
                "task": "t",
                "reading": reading,
                "x_items": 9,
                "labels": 5,
                "saving_bits": 1.0,
                "saving_low": ends[0],
                "saving_high": ends[1],
            }
            for reading, ends in {"X": (low, low + 9), "uniform noise": noise}.items()
        ]
        return passed(unsupervised.judge(rows))

    assert judged(0.1, (-3.0, 2.0)) == [True, True]
    assert judged(-0.1, (1.0, 2.0)) == [False, False]


def test_the_page_has_a_row_for_each_file_of_a_ladder() -> None:
    machine = {"processor": "p", "cores": 1, "system": "Linux-1"}
    rows = [ladder_row("mixing", "geo", 48_000), ladder_row("xz -9e", "geo", 53_168)]
    text = page.page({"ladder": {"date": "2020-01-01", "machine": machine, "versions": {"python": "3"}, "rows": rows}})
    assert "| geo (102,400) | 48,000 | 53,168 | 52,150 |" in text


def test_the_page_in_docs_is_made_of_the_results() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(page.read_results(record.RESULTS))


def test_a_matrix_passes_ten_times_faster_than_xz_and_aims_to_find_no_less() -> None:
    def judged(crossing: float, nearest: float) -> list[Row]:
        seconds: list[Row] = [
            {"part": "speed", "system": name, "items": 50, "cpu_seconds": cpu}
            for name, cpu in ((matrix.CROSSING, crossing), (matrix.XZ, 100.0))
        ]
        found: list[Row] = [
            {"part": "languages", "system": name, "nearest": part}
            for name, part in ((matrix.CROSSING, nearest), (matrix.XZ_SMALL, 0.9))
        ]
        return matrix.judge([*seconds, *found])

    assert passed(judged(10.0, 0.9)) == [True, True] and passed(judged(10.1, 0.9)) == [False, True]
    assert [row["aim_reached"] for row in (judged(1, 0.9)[1], judged(1, 0.89)[1])] == [True, False]


def test_evolved_leaves_are_as_many_as_asked_and_all_differ() -> None:
    tree, leaves = matrix.evolved(b"ACGT" * 500, 5, seed=3)
    assert sorted(tree.leaves()) == sorted(leaves) and len(leaves) == 5
    assert len(set(leaves.values())) == 5


def test_families_name_each_language_once() -> None:
    codes = [code for codes in matrix.FAMILIES.values() for code in codes.split()]
    assert len(codes) == len(set(codes)) > 100


def test_precision_and_its_area_are_those_of_a_ranking_by_hand() -> None:
    pool = [(name, b"") for name in "abca"]
    row = selection.found_row("m", "a", 0, pool, np.array([0.9, 0.7, 0.8, 0.1]), 2, 0.0)
    assert (row["precision_at_100"], row["area"]) == (0.5, 0.75)


def test_selection_is_judged_against_the_best_of_its_peers() -> None:
    rows: list[Row] = [
        {"part": "find", "method": method, "precision_at_100": value, "area": 1 - value}
        for method, value in ((selection.BITS, 0.5), (selection.DSIR, 0.4), (selection.GZIP, 0.45))
    ]
    assert passed(selection.judge(rows)) == [True, False]
    rows = [
        {"part": "train", "method": method, "bits_per_byte": value, "chosen_at_most_bytes": 500_000}
        for method, value in ((selection.BITS, 2.0), (selection.DSIR, 2.1), (selection.CHANCE, 1.9))
    ]
    assert passed(selection.judge(rows)) == [False]


def test_leaks_are_planted_as_the_page_says() -> None:
    text = b"The first, long line.\nA second line!\nAnd a third one."
    rng = random.Random(1)
    assert leak.recased(text) == b"THE FIRST LONG LINE\nA SECOND LINE\nAND A THIRD ONE"
    assert sorted(leak.reordered(text, rng).split(b"\n")) == sorted(text.split(b"\n"))
    assert sum(a != b for a, b in zip(leak.mistyped(text * 20, rng, 0.05), text * 20, strict=False)) > 0
    assert leak.mistyped(text, rng, 0.0) == text
    assert len(leak.word_runs(b"a " * 15)) == 1


@needs_data
@pytest.mark.parametrize("part", ["score", "bias"])
def test_selection_runs_on_a_little_data(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    selection.main([part], quick=True)
    assert "'part'" in capsys.readouterr().out


def test_a_page_passes_where_no_drawing_takes_a_tenth_of_a_second_and_aims_at_the_right_places() -> None:
    def judged(most: float, ready: float, right: float) -> list[Row]:
        page_row: Row = {"part": "page", "y_bytes": 10_192_446, "draw_most_ms": most, "ready_seconds": ready}
        return explain.judge([{"part": "planted", "right_source": right}, page_row])

    assert passed(judged(100.0, 10.0, 0.95)) == [True, True, True] and judged(1, 1, 0.95)[0]["aim_reached"]
    assert passed(judged(100.1, 10.1, 0.9)) == [True, False, False] and not judged(1, 1, 0.9)[0]["aim_reached"]
