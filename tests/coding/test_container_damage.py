"""Mutations: whatever happens to a container, it is refused with the right error or decodes to the original.

Some mutations are damage; the hostile ones are sealed again, so that all checks agree and the codecs see them.
"""

import io
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codelength.coding.container import Limits, read_container, scan_container
from codelength.coding.framing import check_of
from codelength.coding.sequential import decode_length, encode_length
from codelength.errors import DamagedError, DataError, FormatError, GivenError, LimitError
from codelength.registry import create

GOLDEN = Path(__file__).parent / "golden"
TEXT = b"It was the best of times, it was the worst of times, it was the age of wisdom. " * 40
ORIGINAL = TEXT[:1500] + random.Random(7).randbytes(600) + TEXT[:700]
RIGHT = (DamagedError, FormatError, GivenError, LimitError)
NAMES = ("counts", "gzip", "xz", "zstd_given")
LIMITS = Limits(total_bytes=1 << 20)
SECONDS, MEMORY_KIB = 10.0, 400 * 1024


def flipped(code: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 9))):
        code[chance.randrange(len(code))] ^= 1 << chance.randrange(8)


def replaced(code: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(code))
    size = chance.randint(1, 40)
    code[start : start + size] = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))


def cut(code: bytearray, chance: random.Random) -> None:
    del code[chance.randrange(len(code)) :]


def extended(code: bytearray, chance: random.Random) -> None:
    code += chance.choice((b"\0", chance.randbytes(20), bytes(code)))


def moved(code: bytearray, chance: random.Random) -> None:
    start, to = chance.randrange(len(code)), chance.randrange(len(code))
    part = code[start : start + chance.randint(1, 200)]
    if chance.random() < 0.5:
        del code[start : start + len(part)]
    code[to:to] = part


def crossed(code: bytearray, chance: random.Random) -> None:
    other = (GOLDEN / f"{chance.choice(NAMES)}.cl").read_bytes()
    at = chance.randrange(len(code))
    code[at:] = other[at + chance.choice((0, 0, 1, -1, 50)) :]


def sealed_again(code: bytearray, chance: random.Random) -> None:
    """Fields and codes changed, and all checks made right."""
    records = split(bytes(code))
    which = chance.randrange(len(records))
    change = chance.choice((flipped, replaced, flipped, cut))
    record = bytearray(records[which])
    if which == 0 and chance.random() < 0.3:
        record[4] ^= 1 << chance.randrange(8)
    change(record, chance)
    records[which] = bytes(record)
    check = b""
    code.clear()
    for record_bytes in records:
        check = check_of(record_bytes, check)
        code += record_bytes + check


def split(code: bytes) -> list[bytes]:
    """The records of a golden file, without their checks."""
    known, given, at = code[4] & 32, code[4] & 64, 6 + code[5]
    total = 0
    if known:
        total, size = decode_length(code[at : at + 9])
        at += size
    if given:
        at += decode_length(code[at : at + 9])[1] + 16
    records, done = [code[:at]], 0
    at += 4
    while len(code) - at > 20 + (0 if known else 3):
        start, raw = at, min(1 << (code[4] & 31), total - done)
        if not known:
            raw, size = decode_length(code[at : at + 9])
            at += size
        code_bytes, size = decode_length(code[at : at + 9])
        done += raw
        at += size + code_bytes + (0 if known and done == total else 4)
        records.append(code[start:at])
        at += 4
    return [*records, code[at:-4]]


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(flipped, replaced, cut, extended, moved, crossed, sealed_again, sealed_again),
)


def try_mutations(count: int, seed: int) -> dict[str, int]:
    """How each mutated file ended; raises what should not come, and where one takes too long or too much."""
    chance = random.Random(seed)
    goldens = {name: (GOLDEN / f"{name}.cl").read_bytes() for name in NAMES}
    for name, code in goldens.items():
        assert read_container(io.BytesIO(code), None, create, given=given_for(name)).raw_bytes == len(ORIGINAL)
    ended: dict[str, int] = {}
    memory_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        name = chance.choice(NAMES)
        mutated = bytearray(goldens[name])
        chance.choice(MUTATIONS)(mutated, chance)
        started, target = time.process_time(), io.BytesIO()
        try:
            read_container(io.BytesIO(bytes(mutated)), target, create, given=given_for(name), limits=LIMITS)
        except RIGHT as error:
            outcome = type(error).__name__
            assert str(error)
        else:
            outcome = "decoded"
            assert target.getvalue() == ORIGINAL
        ended[outcome] = ended.get(outcome, 0) + 1
        with_scan(bytes(mutated))
        assert time.process_time() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory_before < MEMORY_KIB
    return ended


def given_for(name: str) -> bytes | None:
    return TEXT if name == "zstd_given" else None


def with_scan(code: bytes) -> None:
    try:
        scan_container(io.BytesIO(code))
    except DataError as error:
        assert isinstance(error, RIGHT)


def test_300_mutations_are_refused_rightly_or_decode_to_the_original() -> None:
    ended = try_mutations(300, seed=1)
    assert ended["DamagedError"] > 150 and ended["FormatError"] > 3 and ended.get("decoded", 0) < 30


@pytest.mark.slow
def test_10000_mutations_are_refused_rightly_or_decode_to_the_original() -> None:
    ended = try_mutations(10_000, seed=2)
    assert ended["DamagedError"] > 5000 and ended["FormatError"] > 100 and ended["GivenError"] > 10


def test_the_splitter_of_these_tests_finds_every_record() -> None:
    for name in NAMES:
        code = (GOLDEN / f"{name}.cl").read_bytes()
        check, again = b"", b""
        for record in split(code):
            check = check_of(record, check)
            again += record + check
        assert again == code
        assert len(split(code)) == 2 + scan_container(io.BytesIO(code)).chunks


def test_a_sealed_lie_about_the_total_is_found() -> None:
    records = split((GOLDEN / "counts.cl").read_bytes())
    assert records[-1][0] == 0
    total, size = decode_length(records[-1][1:])
    records[-1] = b"\0" + encode_length(total + 1) + records[-1][1 + size :]
    check, code = b"", b""
    for record in records:
        check = check_of(record, check)
        code += record + check
    with pytest.raises(DamagedError, match="another total"):
        scan_container(io.BytesIO(code))
