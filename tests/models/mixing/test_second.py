"""The kernel agrees, probability by probability, with a second model written after docs/format.md."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from tests.models.mixing.second import CERTAIN, FADED, FOLLOWERS, HISTORIES, SEEN, SHAPES, SQUASH, STRETCH, Second
from tests.models.mixing.test_mixing import ENGLISH, kinds, small

from codelength.models.mixing.state import LEVELS
from codelength.models.mixing.tables import COST, checksum

PAGE = Path(__file__).resolve().parents[3] / "docs" / "format.md"


def second_costs(level: str, data: bytes) -> list[float]:
    """Ideal bits of each byte by the second model."""
    model, paid = Second(level, LEVELS[level].least_bytes), []
    for value in data:
        cost = 0.0
        for k in range(7, -1, -1):
            bit = value >> k & 1
            cost += float(COST[model.p1 if bit else 65536 - model.p1])
            model.learn(bit)
        paid.append(cost)
    return paid


def agree(level: str, data: bytes) -> None:
    first, second = small(level).bits(data), np.array(second_costs(level, data))
    different = np.flatnonzero(first != second)
    assert len(different) == 0, f"from byte {different[0]} on"


@pytest.mark.parametrize("level", SHAPES)
def test_every_bit_of_text_has_the_probability_that_the_page_gives(level: str) -> None:
    code = b"gattacagattttacacatgaccattagacatacagatttagaga"
    agree(
        level,
        b"<p>See SPOT run; see Spot RUN: 10,000 times!\n\n</p> " * 3 + ENGLISH[:1100] + code * 2 + ENGLISH[500:560],
    )


@pytest.mark.slow
@pytest.mark.parametrize("level", SHAPES)
@pytest.mark.parametrize("kind", ["records", "grey picture", "coloured picture", "compressed", "genome", "accents"])
def test_every_bit_has_the_probability_that_the_page_gives(level: str, kind: str) -> None:
    agree(level, kinds()[kind][:7500] + ENGLISH[:300])


def test_the_page_gives_the_checksum_of_the_tables() -> None:
    step = [655360 // (10 * n + 16) for n in range(1024)]
    digest = hashlib.sha256()
    digest.update(np.array([SQUASH[0], *SQUASH], "<i4").tobytes())
    digest.update(np.array(STRETCH, "<i2").tobytes() + np.array(step, "<i4").tobytes())
    following, facts, faded = np.zeros(512, "u1"), np.zeros(256, "u1"), np.zeros(256, "u1")
    first = np.full(256, 1 << 31, "<u4")
    for i, (zeros, ones, _) in enumerate(HISTORIES):
        following[2 * i : 2 * i + 2] = FOLLOWERS[i]
        facts[i] = SEEN[i] + 128 * CERTAIN[i]
        faded[i] = FADED[i]
        first[i] = min(max(((10 * ones + 4) << 22) // (10 * (zeros + ones) + 8), 1 << 10), (1 << 22) - (1 << 10)) << 10
    digest.update(following.tobytes() + facts.tobytes() + first.tobytes() + faded.tobytes())
    assert digest.hexdigest() == checksum()
    assert checksum() in PAGE.read_text(encoding="utf-8")
