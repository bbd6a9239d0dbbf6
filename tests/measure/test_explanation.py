"""Explanations: savings sum to the shared bits, sources are what they say, passages cover Y."""

import json
import random

import numpy as np
import pytest

from codelength.dataset import Dataset
from codelength.errors import UsageError
from codelength.measure.copies import LEAST_BYTES, copies_of
from codelength.measure.explanation import LEAST_BYTES as LEAST_PASSAGE
from codelength.measure.explanation import MOST_BYTES, explain, explain_work, passage_edges
from codelength.measure.shared import shared
from codelength.models.counts import Counts
from codelength.registry import create
from codelength.result.explanation import EXPLANATION_KEYS

RNG = random.Random(7)
WORDS = [RNG.randbytes(RNG.randint(2, 9)).hex().encode() for _ in range(300)]
X = b" ".join(RNG.choices(WORDS, k=900))
Y = RNG.randbytes(300).hex().encode() + b" " + X[2000:2600] + b" " + RNG.randbytes(300) + X[500:560]


@pytest.mark.parametrize("name", ["counts:order=3", "mixing:level=fast"])
def test_savings_of_the_bytes_sum_to_the_shared_bits(name: str) -> None:
    found = explain(X, Y, create(name))
    assert found.saved_bits == pytest.approx(shared(X, Y, create(name), nulls={}, joint="none").shared_bits, abs=1e-6)
    assert found.saved_bits_each.sum() == pytest.approx(found.saved_bits)
    assert sum(passage.saved_bits for passage in found.passages) == pytest.approx(found.saved_bits)


def test_a_byte_costs_what_the_model_says_alone_and_after_x() -> None:
    model = Counts(order=3)
    found = explain(X, Y, model)
    assert found.bits == pytest.approx(model.bits(Y)) and found.given_bits == pytest.approx(model.after(X).bits(Y))


def test_passages_cover_y_and_sources_stand_where_they_say() -> None:
    found = explain(X, Y, create("counts:order=3"))
    ends = [0]
    for passage in found.passages:
        assert passage.start == ends[-1]
        ends.append(passage.start + passage.size)
        for source in passage.sources:
            here = Y[source.y_start : source.y_start + source.size]
            assert passage.start <= source.y_start and source.y_start + source.size <= ends[-1]
            if len(here) >= LEAST_BYTES:
                assert here[:LEAST_BYTES] in X or X[source.x_start : source.x_start + source.size] == here
    assert ends[-1] == len(Y)


def test_the_copied_part_is_the_most_explained_and_its_source_is_where_it_was_taken() -> None:
    found = explain(X, Y, create("counts:order=3"))
    at = Y.index(X[2000:2600])
    for passage in found.best_first[:2]:
        assert at - MOST_BYTES < passage.start < at + 600
    sources = [source for passage in found.passages for source in passage.sources if source.size > 60]
    assert sources and all(source.x_start - source.y_start == 2000 - at for source in sources)


@pytest.mark.parametrize("text", [b"", b"a", b"x" * 1000, "é".encode() * 500, b"word " * 200, b"\n" * 999])
def test_passages_have_their_sizes_and_cut_no_character(text: bytes) -> None:
    edges = passage_edges(text)
    sizes = np.diff(edges)
    assert edges[-1] == len(text) and (sizes > 0).all()
    assert (sizes <= MOST_BYTES).all() and (sizes[:-1] > LEAST_PASSAGE).all()
    if text.startswith("é".encode()):
        assert all(edge % 2 == 0 for edge in edges)


def test_copies_are_the_longest_and_a_misprint_does_not_cut_one() -> None:
    x = b"0123456789 the house that Jack built stood on a hill 9876543210 the house that"
    assert copies_of(x, b"?? the house that Jack built").tolist() == [[2, 10, 26]]
    assert copies_of(x, b"the house that Jxck built stood on").tolist() == [[0, 11, 34]]
    assert copies_of(x, b"short").tolist() == [] == copies_of(b"abc", x).tolist()


def test_copies_do_not_overlap_and_are_in_x() -> None:
    for seed in range(5):
        rng = random.Random(seed)
        x = bytes(rng.choices(b"ab", k=400))
        y = bytes(rng.choices(b"ab", k=300))
        end = 0
        for y_start, x_start, size in copies_of(x, y).tolist():
            assert y_start >= end and size >= LEAST_BYTES
            assert x[x_start : x_start + LEAST_BYTES] == y[y_start : y_start + LEAST_BYTES]
            end = y_start + size
        assert end <= len(y)


def test_json_has_a_line_for_each_passage_the_most_saved_first() -> None:
    lines = [json.loads(line) for line in explain(X, Y, create("counts:order=2")).json_lines()]
    assert {tuple(line) for line in lines} == {EXPLANATION_KEYS}
    assert [line["saved_bits"] for line in lines] == sorted((line["saved_bits"] for line in lines), reverse=True)
    assert sum(line["bytes"] for line in lines) == len(Y) == sum(len(line["saved_bits_each"]) for line in lines)
    assert all(sum(line["saved_bits_each"]) == pytest.approx(line["saved_bits"], abs=0.2) for line in lines)


def test_progress_ends_where_it_was_said_to() -> None:
    done: list[int] = []
    explain(X, Y, create("counts:order=1"), progress=done.append)
    assert sum(done) == explain_work(len(X), len(Y))


def test_an_empty_x_explains_nothing_and_an_empty_y_is_refused() -> None:
    found = explain(b"", Y, create("counts:order=1"))
    assert not found.saved_bits_each.any() and not any(passage.sources for passage in found.passages)
    with pytest.raises(UsageError, match="nothing to explain"):
        explain(X, Dataset("empty", (b"",)), create("counts:order=1"))


def test_a_codec_that_does_not_tell_bytes_is_refused() -> None:
    with pytest.raises(UsageError, match="bz2 does not tell what each byte costs; take a model"):
        explain(X, Y, create("bz2"))
