"""Executable archives: run in a real `python -I`, at every method, with and without a given text."""

import itertools
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from codelength.coding.archive import METHODS, archive, check_program
from codelength.data.bundled import bundled
from codelength.errors import OptionError, ProgramError

MIXING_PAYLOAD_BYTES = 2257
TEXT = bundled("pride_2.txt").joined
RANDOM = random.Random(1).randbytes(4_000)
HARD = {
    "one byte": b"a",
    "a newline": b"\n",
    "a NUL": b"\0",
    "both quotes": b"'\"" * 3,
    "a backslash": b"\\",
    "all values": bytes(range(256)),
    "all values, backwards": bytes(range(255, -1, -1)) * 2,
    "what the tokenizer could mistake": b'"""\r\n\0001\0009\\"\\\\""\r""""\0',
    "an end of a zip file": b"PK\5\6" + bytes(18) + b"PK\1\2PK\3\4",
    "one byte repeated": b"x" * 65536,
    "random": RANDOM[:3000],
    "text": TEXT[:3000],
    "Latin-1": "Käse für Ærø\n".encode("latin-1"),
}


def printed(program: bytes, *given: bytes) -> subprocess.CompletedProcess[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "archive.py").write_bytes(program)
        for name, text in zip("x", given, strict=False):
            Path(folder, name).write_bytes(text)
        arguments = ["x"] if given else []
        return subprocess.run(
            [sys.executable, "-I", "archive.py", *arguments], cwd=folder, capture_output=True, check=False, timeout=120
        )


@pytest.mark.parametrize("data", HARD.values(), ids=HARD.keys())
@pytest.mark.parametrize("method", METHODS)
def test_each_method_prints_hard_data_exactly(data: bytes, method: str) -> None:
    short = data if method != "mixing" else data[:900]
    found = archive(short, method=method)
    run = printed(found.program)
    assert (run.returncode, run.stdout, run.stderr) == (0, short, b"")
    assert found.total_bytes == len(found.program) == found.payload_bytes + found.decoder_bytes


def test_an_empty_file_is_an_empty_program() -> None:
    found = archive(b"")
    assert (found.program, str(found)) == (
        b"",
        "K(X) ≤ 0 bytes for Python (stored: 0 bytes of payload, 0 bytes of decoder)",
    )


def test_tiny_data_is_a_literal() -> None:
    assert archive(b"hello").program == b"print(end='hello')"
    assert archive(b"a\nb").program == rb"import os;os.write(1,b'a\nb')"


def test_random_data_is_stored_with_less_than_two_hundred_bytes_around_it() -> None:
    found = archive(RANDOM[:4000])
    assert found.method == "stored"
    assert 4000 < found.total_bytes < 4200
    assert found.payload_bytes == 4000


def test_the_least_method_is_the_least_of_all_methods() -> None:
    data = TEXT[:5000]
    sizes = {method: archive(data, method=method).total_bytes for method in METHODS}
    least = archive(data)
    assert least.total_bytes == min(sizes.values()) == sizes[least.method]
    assert sizes["stored"] > sizes["zlib"] > sizes["bz2"]


def test_no_layout_has_a_byte_that_python_refuses_in_source() -> None:
    # Python 3.12 and later refuse NUL in source; a file that is read as source must have none.
    programs = [archive(data, method=method).program for data in HARD.values() for method in ("stored", "zlib", "bz2")]
    sources = [program for program in programs if b"PK\5\6" not in program[-22:]]
    assert len(sources) > 20
    assert not [program for program in sources if b"\0" in program or b"\r" in program]


def test_mixing_keeps_its_size() -> None:
    # A golden bound: the model's output changes only on purpose.
    found = archive(TEXT[:6000], method="mixing")
    assert (found.method, found.payload_bytes) == ("mixing", MIXING_PAYLOAD_BYTES)
    assert found.decoder_bytes < 1450


def test_a_given_text_is_learned_by_zlib_and_by_mixing() -> None:
    known, data = TEXT[:4000], TEXT[2000:3500] + TEXT[8000:8300]
    for method in ("zlib", "mixing"):
        alone, helped = archive(data, method=method), archive(data, given=known, method=method)
        assert helped.payload_bytes < 0.4 * alone.payload_bytes
        assert printed(helped.program, known).stdout == data
        assert str(helped).startswith("K(X given Y) ≤ ")


def test_a_part_of_the_given_text_needs_no_payload() -> None:
    known = RANDOM[:1500]
    found = archive(known[100:1400], given=known)
    assert (found.payload_bytes, found.total_bytes < 250) == (0, True)
    assert printed(found.program, known).stdout == known[100:1400]


@pytest.mark.parametrize("method", ["zlib", "mixing", "stored"])
def test_another_given_text_is_refused_and_nothing_is_printed(method: str) -> None:
    known = RANDOM[:500] + TEXT[:500]
    found = archive(known[:900], given=known, method=method)
    run = printed(found.program, known[:-1] + b"?")
    assert (run.returncode, run.stdout, run.stderr.strip()) == (1, b"", b"another file was given")
    assert printed(found.program).returncode == 1


def test_data_larger_than_mixing_takes_are_left_to_the_libraries() -> None:
    found = archive(bytes(600_000))
    assert found.method != "mixing"
    assert found.total_bytes < 300


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(OptionError, match="no method is called 'rar'; there are least, stored, zlib"):
        archive(b"", method="rar")


PICTURE_PROGRAM = b"""\
import sys
size = 64
rows = [f"P5 {size} {size} 255\\n".encode()]
for y in range(size):
    row = bytearray()
    for x in range(size):
        inside = (x - 32) ** 2 + (y - 32) ** 2 < 900
        row.append(x * y % 256 if inside else 255)
    rows.append(bytes(row))
sys.stdout.buffer.write(b"".join(rows))
"""


def picture() -> bytes:
    """The same picture from its formula, in other words."""
    pixels = (
        x * y % 256 if (x - 32) ** 2 + (y - 32) ** 2 < 900 else 255 for y, x in itertools.product(range(64), repeat=2)
    )
    return b"P5 64 64 255\n" + bytes(pixels)


def test_ten_lines_that_draw_a_picture_are_a_valid_compression_of_it() -> None:
    found = check_program(PICTURE_PROGRAM, picture())
    assert found.total_bytes == found.decoder_bytes == len(PICTURE_PROGRAM)
    assert found.total_bytes < archive(picture()).total_bytes


WRONG_PROGRAMS = [
    (b"print(end='abXd')", r"prints byte 88 at offset 2 where the data has 99"),
    (b"print(end='abc')", r"prints 3 bytes, all right, but the data has 4"),
    (b"print(end='abcde')", r"prints more than the 4 bytes of the data"),
    (b"print(end='abcd'); raise ValueError('no')", r"failed with exit code 1: ValueError: no"),
    (b"print(end='abcd", r"failed with exit code 1: SyntaxError"),
    (b"while 1: pass", r"did not end within 0.5 seconds"),
    (b"while 1: print(end='abcd'*9999)", r"prints more than the 4 bytes of the data"),
    (b"import sys\nwhile 1: print('no', file=sys.stderr)", r"did not end within 0.5 seconds"),
    (b"import os, time; os.write(1, b'abcd'); os.close(1); time.sleep(9)", r"did not end within 0.5 seconds"),
]


@pytest.mark.parametrize(("program", "complaint"), WRONG_PROGRAMS)
def test_a_wrong_program_is_refused_with_the_reason(program: bytes, complaint: str) -> None:
    with pytest.raises(ProgramError, match=complaint):
        check_program(program, b"abcd", timeout_seconds=0.5)


def test_a_program_may_read_what_is_given() -> None:
    program = b"import sys;sys.stdout.buffer.write(open(sys.argv[1],'rb').read()[::-1])"
    assert check_program(program, b"cba", given=b"abc").given_bytes == 3


@pytest.mark.slow
def test_alice29_stays_under_37000_bytes_and_unpacks_in_a_minute() -> None:
    place = Path(__file__).parents[2].parent / "shared/data/corpora_canterbury_calgary/canterbury/alice29.txt"
    if not place.exists():
        pytest.skip(f"{place.name} is not here")
    found = archive(place.read_bytes())
    assert found.method == "mixing"
    assert found.total_bytes < 37_000
    assert found.seconds < 60
