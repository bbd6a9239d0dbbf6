"""Choosing data: the target's kind comes first, copies are not ranked, a document does not help itself."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from codelength.data.documents import Document
from codelength.errors import DataError
from codelength.measure.pricing import greedy_prices, price_datasets
from codelength.measure.selection import Take, fitted, mean_costs, read_target, select_documents, surveyed
from codelength.models.counts import Counts
from codelength.models.mixing.model import Mixing

SEA = ["wave", "tide", "salt", "shore", "gull", "sail", "anchor", "harbour", "storm", "reef", "shell", "current"]
LAND = ["plough", "barley", "orchard", "hedge", "meadow", "acre", "harvest", "ox", "furrow", "mill", "stable", "hay"]
SHARED = ["the", "of", "and", "a", "in", "to", "was", "it", "with", "for"]


def texts(words: list[str], count: int, seed: int) -> list[bytes]:
    rng = random.Random(seed)
    return [
        " ".join(rng.choice(words if rng.random() < 0.5 else SHARED) for _ in range(30)).encode() for _ in range(count)
    ]


def named(items: list[bytes], prefix: str = "") -> list[Document]:
    return [Document(f"{prefix}{i}", text) for i, text in enumerate(items)]


SEA_POOL, LAND_POOL = named(texts(SEA, 20, 0), "sea"), named(texts(LAND, 60, 1), "land")
TARGET = named(texts(SEA, 5, 2))


class Set(list[Document]):
    name = "?"


def dataset(name: str, items: list[Document]) -> Set:
    found = Set(items)
    found.name = name
    return found


def test_documents_of_the_target_s_kind_come_first() -> None:
    found = select_documents(LAND_POOL + SEA_POOL, TARGET)
    assert all(row.id.startswith("sea") for row in found.rows(20))
    assert all(row.saved_bits > 0 for row in found.rows(20))
    assert [row.rank for row in found.rows(3)] == [1, 2, 3]
    scores = [row.score_bits_per_byte for row in found.rows()]
    assert scores == sorted(scores, reverse=True)


def test_the_pool_s_bits_are_those_of_a_state_that_never_read_the_document() -> None:
    pool = LAND_POOL + SEA_POOL
    found = select_documents(pool, TARGET)
    for place in (0, 70):
        without = pool[:place] + pool[place + 1 :]
        wanted = read_target(TARGET)
        tally = fitted(wanted, without, surveyed(without, wanted, 1 << 20, lambda size: None), lambda size: None)
        expected = mean_costs(tally, pool[place].text, left_out=False)
        assert [found.pool_bits[place], found.target_bits[place]] == expected.tolist()


def test_copies_are_reported_and_not_ranked() -> None:
    again = Document("again", b"  " + SEA_POOL[0].text + b"\n")
    leaked = Document("leaked", TARGET[3].text)
    near = Document("near", TARGET[2].text[:-9] + b" and more")
    found = select_documents([*SEA_POOL, *LAND_POOL, again, leaked, near, Document("empty", b" ")], TARGET)
    rows = {row.id: row for row in found.in_order()}
    assert rows["again"].copy_of == "sea0"
    assert rows["leaked"].target_copy_of == "3"
    assert [rows[name].rank for name in ("again", "leaked", "empty")] == [None, None, None]
    assert rows["near"].overlap > 0.9
    assert (found.leaked_documents, found.repeated_documents, found.empty_documents) == (1, 1, 1)
    assert len(found.ranking) == len(SEA_POOL) + len(LAND_POOL) + 1


def test_copies_in_the_pool_do_not_change_what_others_cost() -> None:
    plain = select_documents(LAND_POOL + SEA_POOL, TARGET)
    doubled = select_documents(LAND_POOL + SEA_POOL + SEA_POOL, TARGET)
    np.testing.assert_array_equal(plain.pool_bits, doubled.pool_bits[: len(plain)])


def test_a_pool_that_is_the_target_has_nothing_to_rank() -> None:
    with pytest.raises(DataError, match="neither empty nor repeated nor the target's"):
        select_documents(TARGET, TARGET)


@pytest.mark.parametrize("pool", [[], [Document("a", b"one")], [Document("a", b""), Document("b", b"x")]])
def test_a_pool_of_one_document_has_nothing_to_rank(pool: list[Document]) -> None:
    with pytest.raises(DataError, match="nothing to rank"):
        select_documents(pool, TARGET)


def test_a_target_without_text_is_refused() -> None:
    with pytest.raises(DataError, match="the target holds no text"):
        select_documents(SEA_POOL, [Document("a", b" \n")])


def test_a_pool_that_is_larger_than_what_is_fitted_is_sampled() -> None:
    found = select_documents(LAND_POOL + SEA_POOL, TARGET, fit_bytes=6_000)
    assert 2_000 < found.fitted_bytes < 10_000 < found.raw_bytes
    assert sum(row.id.startswith("sea") for row in found.rows(20)) >= 18


class Changing:
    """A pool that another process writes to."""

    def __init__(self, readings: list[list[Document]]) -> None:
        self.readings = readings

    def __iter__(self) -> Iterator[Document]:
        yield from self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


@pytest.mark.parametrize("later", [SEA_POOL[:-1], [*SEA_POOL, SEA_POOL[0]], [Document("sea0", b"?"), *SEA_POOL[1:]]])
def test_a_pool_that_changes_meanwhile_is_noticed(later: list[Document]) -> None:
    with pytest.raises(DataError, match="changed while it was read"):
        select_documents(Changing([SEA_POOL, later]), TARGET)


def test_a_budget_takes_whole_documents() -> None:
    found = select_documents(SEA_POOL + LAND_POOL, TARGET, take=Take(budget_bytes=1_000))
    assert 0 < found.selected_bytes <= 1_000
    assert found.selected_bytes + next(row.bytes for row in found.rows() if not row.selected) > 1_000
    assert select_documents(SEA_POOL, TARGET, take=Take(budget_bytes=0)).selected_documents == 0


def test_the_dataset_of_the_target_s_kind_saves_most_and_its_copies_are_left_out() -> None:
    sea = dataset("sea", SEA_POOL + TARGET[:2])
    rows = price_datasets([dataset("land", LAND_POOL), sea], dataset("y", named(texts(SEA, 12, 3))), Counts(order=3))
    assert [row.dataset for row in rows] == ["sea", "land"]
    assert rows[0].saved_bits == rows[0].curve[-1][1]
    assert [size for size, _ in rows[0].curve] == sorted({size for size, _ in rows[0].curve})
    assert rows[0].curve[-1][0] == rows[0].x_bytes
    low, high = rows[0].interval_bits or (0.0, 0.0)
    assert low < rows[0].saved_bits < high
    with_copies = price_datasets([sea], TARGET, Counts(order=3))[0]
    assert with_copies.target_copies == 2
    assert with_copies.x_bytes == sum(len(document.text) + 1 for document in SEA_POOL)


def test_what_is_saved_is_what_the_model_says() -> None:
    model = Mixing("fast", memory_bytes=1 << 23)
    row = price_datasets([dataset("sea", SEA_POOL[:1])], TARGET, model)[0]
    y = b"".join(document.text + b"\n" for document in TARGET)
    assert row.y_bits == pytest.approx(model.bits(y).sum())
    assert row.y_given_x_bits == pytest.approx(model.after(SEA_POOL[0].text + b"\n").bits(y).sum())


def test_a_greedy_choice_takes_what_adds_most_and_a_repetition_adds_less() -> None:
    half, other = dataset("sea", SEA_POOL), dataset("more sea", named(texts(SEA, 20, 5)))
    rows = greedy_prices([dataset("land", LAND_POOL), half, other], TARGET, Counts(order=3))
    assert {rows[0].dataset, rows[1].dataset} == {"sea", "more sea"}
    assert rows[2].given == (rows[0].dataset, rows[1].dataset)
    assert rows[1].saved_bits < rows[0].saved_bits / 2
    assert rows[1].y_bits == rows[0].y_given_x_bits


def test_a_dataset_without_text_of_its_own_is_refused() -> None:
    with pytest.raises(DataError, match="holds no text that the target does not hold"):
        price_datasets([dataset("y", TARGET)], TARGET, Counts(order=1))
