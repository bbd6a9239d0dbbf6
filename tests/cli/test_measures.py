"""measure, shared, models, generate: what they print, to the letter."""

import json
import re
from pathlib import Path

import pytest

from codelength.cli.main import run
from codelength.result.codelength import CODELENGTH_KEYS
from codelength.result.shared import SHARED_KEYS

X = b"the cat sat on the mat and the dog sat on the cat; " * 14
Y = b"the dog sat on the mat and the cat sat on the dog; " * 12


class Shell:
    """Runs verbs in a folder that holds x.txt and y.txt."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Standard output, seconds masked; standard error where the code is not 0."""
        assert run(arguments) == code
        output = self._capture.readouterr()
        return re.sub(r"\d+\.\d\d$", "S.SS", output.out, flags=re.MULTILINE) if code == 0 else output.err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_bytes(X)
    Path("y.txt").write_bytes(Y)
    Path("empty").write_bytes(b"")
    Path("one").write_bytes(b"x")
    return Shell(capsys)


def test_measure_prints_a_table_for_each_piece_of_data_the_best_row_first(shell: Shell) -> None:
    assert shell("measure", "x.txt", "y.txt", "--with", "counts:order=1,bz2") == (
        "x.txt: 714 bytes\n"
        "model            bits  bytes  bits per byte  ratio  kind   seconds\n"
        "bz2               672     84         0.9412  8.500  coded     S.SS\n"
        "counts:order=1  1,088    137         1.5243  5.248  ideal     S.SS\n"
        "\n"
        "y.txt: 612 bytes\n"
        "model           bits  bytes  bits per byte  ratio  kind   seconds\n"
        "bz2              624     78         1.0196  7.846  coded     S.SS\n"
        "counts:order=1   961    121         1.5710  5.092  ideal     S.SS\n"
    )


def test_measure_given_marks_a_difference_and_warns_of_a_window(shell: Shell) -> None:
    assert shell("measure", "y.txt", "--given", "x.txt", "--with", "bz2") == (
        "y.txt: 612 bytes, given x.txt\n"
        "model  bits  bytes  bits per byte   ratio  kind        seconds\n"
        "bz2    72.0      9         0.1176  68.000  difference     S.SS\n"
    )
    Path("long").write_bytes(X * 100)
    assert "warning: gzip reaches back 32,506 bytes: of X's 71,400 bytes it knows the last 32,506" in shell(
        "measure", "y.txt", "--given", "long", "--with", "gzip"
    )


def test_measure_coded_makes_models_write(shell: Shell) -> None:
    row = json.loads(shell("measure", "x.txt", "--with", "counts", "--coded", "--json"))
    assert row["kind"] == "coded"
    assert row["bits"] % 8 == 0


def test_measure_json_has_the_documented_keys_one_object_a_line(shell: Shell) -> None:
    rows = [json.loads(line) for line in shell("measure", "x.txt", "--with", "bz2,counts", "--json").splitlines()]
    assert [tuple(row) for row in rows] == [CODELENGTH_KEYS] * 2
    assert rows[0]["bits"] < rows[1]["bits"]


def test_a_folder_is_measured_as_one(shell: Shell) -> None:
    Path("folder").mkdir()
    for name in ("b", "a"):
        Path("folder", name).write_bytes(name.encode() * 50)
    assert json.loads(shell("measure", "folder", "--with", "bz2", "--json"))["raw_bytes"] == 100


def test_shared_prints_its_four_tables_and_the_finding(shell: Shell) -> None:
    assert shell("shared", "x.txt", "y.txt", "--with", "bz2,counts:order=1") == (
        "What X = x.txt (714 bytes) tells about Y = y.txt (612 bytes), in bits\n"
        "model           C(Y)  C(Y given X)  shared  of C(Y)  verdict    95 % interval  regret  kind\n"
        "bz2              624          72.0     552  88.46 %  useful                 -     0.0  difference\n"
        "counts:order=1   961           748     214  22.22 %  undecided    17.3 to 566     676  ideal\n"
        "\n"
        "What stands in for X saves, in bits\n"
        "model           X itself  X shuffled  noise of its size\n"
        "bz2                  552         440               -416\n"
        "counts:order=1       214         168               -195\n"
        "\n"
        "The other way round: what Y tells about X, in bits\n"
        "model            C(X)  C(X given Y)  shared  of C(X)  symmetry gap\n"
        "bz2               672           120     552  82.14 %           0.0\n"
        "counts:order=1  1,088           877     212  19.46 %           1.9\n"
        "\n"
        "Both together, measured on the joined bytes, in bits\n"
        "model           X then Y  Y then X  interleaved  chain-rule gap  kind\n"
        "bz2                  744       744          744   by definition  coded\n"
        "counts:order=1     1,856     1,856        1,856            19.9  coded\n"
        "\n"
        "useful: x.txt saves 552 of the 624 bits of y.txt (88.46 %; no interval; bz2, difference). "
        "Instead of X, its pieces in random order save 440, noise of its size saves -416.\n"
    )


def test_shared_json_has_stable_keys(shell: Shell) -> None:
    rows = shell("shared", "x.txt", "y.txt", "--with", "bz2,counts", "--json", "--joint", "none").splitlines()
    assert [tuple(json.loads(row)) for row in rows] == [SHARED_KEYS] * 2
    assert json.loads(rows[1])["xy_bits"] is None


def test_shared_brief_is_one_table_and_the_finding(shell: Shell) -> None:
    lines = shell("shared", "x.txt", "y.txt", "--with", "counts:order=1", "--brief", "--no-null").splitlines()
    assert len(lines) == 5
    assert lines[-1] == (
        "undecided: x.txt saves 214 of the 961 bits of y.txt "
        "(22.22 %; 95 % interval 17.3 to 566; counts:order=1, ideal)."
    )


def test_negative_sharing_is_printed(shell: Shell) -> None:
    Path("noise").write_bytes(bytes(range(255, -1, -1)) * 8)
    output = shell("shared", "noise", "y.txt", "--with", "counts:order=1", "--brief")
    row = output.splitlines()[2].split()
    assert row[3].startswith("-")
    assert output.splitlines()[-1].startswith("useless: noise saves -")


def test_other_data_is_named_as_a_null_that_x_must_beat(shell: Shell) -> None:
    Path("z.txt").write_bytes(X[25:] + X)
    output = shell("shared", "x.txt", "y.txt", "--null", "z.txt", "--no-null", "--with", "counts:order=1")
    assert "X itself  z.txt" in output
    assert output.splitlines()[-1].startswith("useless")


def test_shared_draws_the_ladder_and_refuses_to_replace_it(shell: Shell) -> None:
    arguments = ("shared", "x.txt", "y.txt", "--with", "bz2,counts", "--brief", "--plot", "ladder.svg")
    shell(*arguments)
    assert Path("ladder.svg").read_bytes().startswith(b"<?xml")
    assert shell(*arguments, code=2) == "Error: ladder.svg exists; pass --force to replace it\n"
    shell(*arguments, "--force")


@pytest.mark.parametrize(("x", "y"), [("empty", "y.txt"), ("x.txt", "empty"), ("empty", "empty"), ("one", "one")])
def test_empty_and_tiny_files_are_compared_without_a_claim(shell: Shell, x: str, y: str) -> None:
    finding = shell("shared", x, y, "--with", "bz2,counts,xz").splitlines()[-1]
    assert finding.startswith(("useless", "undecided"))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("measure", "absent", "--with", "bz2"), 1, "Error: absent: No such file or directory\n"),
        (("shared", "x.txt", "absent", "--with", "bz2"), 1, "Error: absent: No such file or directory\n"),
        (("measure", "x.txt", "--with", "bz3"), 2, "Error: there is no model 'bz3'; did you mean bz2?\n"),
        (("measure", "x.txt", "--with", "bz2:level=0"), 2, "Error: bz2: level=0 is outside 1 to 9\n"),
        (("shared", "-", "-"), 2, "Error: standard input can be read once; name - once\n"),
        (
            ("shared", "x.txt", "y.txt", "--plot", "a.pdf"),
            2,
            "Error: a plot is written as .png or .svg, not as 'a.pdf'; name it so\n",
        ),
        (("models", "count"), 2, "Error: there is no model 'count'; did you mean counts?\n"),
        (
            ("generate", "--with", "counts", "-n", "-1"),
            2,
            "Error: cannot generate -1 bytes at temperature 1.0; n must be at least 0, T above 0\n",
        ),
    ],
)
def test_errors_say_what_was_wrong(shell: Shell, arguments: tuple[str, ...], code: int, message: str) -> None:
    assert shell(*arguments, code=code) == message


def test_models_tells_options_and_what_decoding_takes(shell: Shell) -> None:
    assert shell("models", "bz2") == (
        "bz2: block sorting (Burrows-Wheeler), through libbz2\n"
        "  level=9  blocks of so many 100,000 bytes; 1 to 9\n"
        "  codes; sees 900,000 bytes back; decodes on any machine in up to 3,700,000 bytes\n"
    )


def test_models_lists_every_model_and_the_ladder(shell: Shell) -> None:
    from codelength.registry import LADDER, entries

    output = shell("models")
    assert [line.partition(":")[0] for line in output.splitlines() if not line.startswith(" ")] == [
        *entries(),
        "The default ladder",
    ]
    assert output.endswith(f"The default ladder: {','.join(LADDER)}\n")


def test_generate_writes_so_many_bytes_and_the_same_again(shell: Shell) -> None:
    arguments = ("generate", "--with", "counts:order=3", "--after", "x.txt", "-n", "60", "--seed", "1")
    text = shell(*arguments)
    assert len(text) == 60
    assert text == shell(*arguments)


def test_generate_turns_a_codec_into_a_predictor(shell: Shell) -> None:
    written = [shell("generate", "--with", name, "-n", "2", "--seed", "3") for name in ("bz2", "from_codec(bz2)")]
    assert written[0] == written[1] != ""
