"""A codec behind a substitution: what a key hid is shared again, and where there is nothing to find nothing is lost."""

import numpy as np
import pytest

from codelength.data.bundled import bundled
from codelength.errors import DamagedError, UsageError
from codelength.models.counts import Counts
from codelength.models.libraries import Gzip
from codelength.models.matched import Matched
from codelength.registry import create

X = bundled("pride_1.txt").joined[:60_000]
PLAIN = bundled("pride_2.txt").joined[5_000:7_000]
SMALL, LARGE = b"abcdefghijklmnopqrstuvwxyz", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def keyed(seed: int, *, swap: bool = False) -> bytes:
    letters = bytes(np.random.default_rng(seed).permutation(np.frombuffer(SMALL, np.uint8)))
    capitals = letters.upper()
    return bytes.maketrans(SMALL + LARGE, capitals + letters if swap else letters + capitals)


@pytest.mark.parametrize("swap", [False, True])
def test_what_a_key_hides_is_found_and_costs_the_key(swap: bool) -> None:
    codec, member = Matched(Counts(order=3)).after(X), Counts(order=3).after(X)
    secret = PLAIN.translate(keyed(1, swap=swap))
    code = codec.encode(secret)
    assert codec.decode(code) == secret
    assert len(code) <= len(member.encode(PLAIN)) + 17 + 8  # the key, and a letter or two that are as good otherwise
    assert len(code) < len(member.encode(secret)) - 300


def test_what_is_as_it_was_read_costs_a_byte() -> None:
    for data in (PLAIN, b"", b"x", bytes(range(256)) * 8, PLAIN[:20]):
        assert Matched(Gzip()).after(X).encode(data) == b"\0" + Gzip().after(X).encode(data)


def test_with_nothing_read_nothing_is_searched() -> None:
    secret = PLAIN.translate(keyed(2))
    assert Matched(Gzip()).encode(secret) == b"\0" + Gzip().encode(secret)
    assert Matched(Gzip()).after(b"too short").substitution(secret) is None


def test_letters_without_blanks_are_matched_too() -> None:
    letters = bytes(byte for byte in PLAIN.lower() if byte in SMALL)
    secret = letters.translate(keyed(3))
    table = Matched(Gzip()).after(X).substitution(secret)
    assert table is not None
    assert sum(a == b for a, b in zip(secret.translate(table), letters, strict=True)) > 0.97 * len(letters)


def test_a_damaged_key_or_checksum_is_refused() -> None:
    codec = Matched(Counts(order=2)).after(X)
    code = codec.encode(PLAIN.translate(keyed(4)))
    assert code[0] == 1
    for at in (1, 5, 12, 13, 16):
        with pytest.raises(DamagedError):
            codec.decode(code[:at] + bytes((code[at] ^ 1,)) + code[at + 1 :])
    for broken in (b"", b"\2", code[:10], b"\1" + b"\xff" * 40):
        with pytest.raises(DamagedError):
            codec.decode(broken)


def test_a_language_is_read_before_all_else() -> None:
    codec = create("matched(counts:order=2):language=manx")
    assert codec.name == "matched(counts:order=2):language=manx"
    manx = b"dooyrt eh roo shen ta mee dy ghra riu dy jarroo cha jean shiu arragh fakin mee"
    assert codec.decode(codec.encode(manx)) == manx
    assert len(codec.encode(manx)) < len(create("counts:order=2").encode(manx)) - 20


def test_a_codec_that_cannot_read_before_cannot_be_matched() -> None:
    with pytest.raises(UsageError, match="xz cannot read a text before"):
        create("matched(xz)")
