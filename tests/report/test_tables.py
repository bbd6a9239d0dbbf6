"""Tables, sentences and pictures of results."""

import io
from dataclasses import replace

import pytest

from codelength.errors import UsageError
from codelength.report.plots import plot_format, shared_plot
from codelength.report.sentences import finding, readable
from codelength.report.tables import Table, bits_text, measure_table, percent_text, shared_tables
from codelength.result.codelength import Codelength
from codelength.result.shared import Shared

WEAK = Shared(
    *("weak", "x.txt", "y.txt", 4000, 2000, 9000.0, 8000.0, 8100.0, 9050.0, 17100.0, 17110.0, 17300.0, "difference"),
    null_shared_bits={"noise": -300.0},
    over_null_bits={"noise": None},
    verdict="useless",
    regret_bits=3600.0,
)
STRONG = replace(
    WEAK,
    model="strong",
    kind="ideal",
    y_bits=6000.0,
    y_given_x_bits=4500.0,
    interval_bits=(1400.0, 1600.0),
    verdict="useful",
    regret_bits=0.0,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_first_table_shows_what_x_tells_about_y_with_kind_and_verdict() -> None:
    assert shared_tables([STRONG, WEAK])[0].plain() == (
        "What X = x.txt (4,000 bytes) tells about Y = y.txt (2,000 bytes), in bits\n"
        "model    C(Y)  C(Y given X)  shared  of C(Y)  verdict   95 % interval  regret  kind\n"
        "strong  6,000         4,500   1,500  25.00 %  useful   1,400 to 1,600     0.0  ideal\n"
        "weak    8,000         8,100    -100  -1.25 %  useless               -   3,600  difference"
    )


def test_tables_that_nobody_asked_for_are_left_out() -> None:
    assert len(shared_tables([STRONG, WEAK])) == 4
    bare = replace(STRONG, null_shared_bits={}, interleaved_bits=float("nan"))
    assert [table.columns[1] for table in shared_tables([bare])] == ["C(Y)", "C(X)"]


def test_a_difference_closes_its_chain_by_definition() -> None:
    joint = shared_tables([STRONG, WEAK])[-1]
    assert [row[4] for row in joint.rows] == ["3,600", "by definition"]


def test_a_measure_table_shows_what_a_model_would_cost_to_send_where_there_is_one() -> None:
    rows = [
        Codelength("hf:m", "a.txt", "ab", 100, 203.0, "ideal", model_bits=5000.0),
        Codelength("xz", "a.txt", "ab", 100, 500.0, "coded"),
    ]
    table = measure_table(rows)
    assert table.columns[-3:-1] == ("model bits", "total bits")
    assert [row[-3:-1] for row in table.rows] == [("5,000", "5,203"), ("0.0", "500")]
    assert "model bits" not in measure_table(rows[1:]).columns


def test_a_measure_table_shows_sizes_and_kinds() -> None:
    table = measure_table([Codelength("xz", "a.txt", "ab", 100, 203.0, "coded", seconds=0.5)], given="b.txt")
    assert table.plain() == (
        "a.txt: 100 bytes, given b.txt\n"
        "model  bits  bytes  bits per byte  ratio  kind   seconds\n"
        "xz      203     26         2.0300  3.941  coded     0.50"
    )


def test_an_empty_text_has_no_ratio_and_no_bits_per_byte() -> None:
    assert measure_table([Codelength("m", "a", "ab", 0, 0.0, "ideal")]).rows[0][3:5] == ("-", "-")


def test_terminals_get_the_same_cells() -> None:
    terminal = Terminal()
    Table("Title [x]", ("model", "bits"), (("counts[a]", "12"), ("xz", "13"))).write(terminal)
    for text in ("Title [x]", "counts[a]", "12", "xz", "13"):
        assert text in terminal.getvalue()


def test_on_a_narrow_terminal_further_columns_stand_below_and_no_number_is_broken() -> None:
    table = shared_tables([STRONG, WEAK])[0]
    parts = table.parts(60)
    assert [part.columns[0] for part in parts] == ["model"] * len(parts)
    assert [name for part in parts for name in part.columns[1:]] == list(table.columns[1:])
    assert all(len(line) <= 60 for part in parts for line in part.plain().splitlines()[part.title != "" :])


def test_the_finding_names_verdict_saving_interval_and_nulls() -> None:
    assert finding(STRONG) == (
        "useful: x.txt saves 1,500 of the 6,000 bits of y.txt (25.00 %; 95 % interval 1,400 to 1,600; strong, ideal). "
        "Instead of X, noise of its size saves -300."
    )


def test_numbers_near_zero_have_no_sign() -> None:
    assert (bits_text(-0.01), percent_text(-0.000001), percent_text(float("nan"))) == ("0.0", "0.00 %", "-")


def test_control_characters_do_not_reach_a_terminal() -> None:
    assert readable(b"a\tb\n\x1b[2J\x00\xff") == "a\tb\n\\x1b[2J\\x00\\xff"


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("b.SVG", b"<?xml")])
def test_pictures_are_what_their_names_say(name: str, start: bytes) -> None:
    assert shared_plot([STRONG, WEAK], plot_format(name)).startswith(start)


def test_the_same_rows_give_the_same_picture() -> None:
    assert shared_plot([STRONG, WEAK], "svg") == shared_plot([STRONG, WEAK], "svg")


def test_pictures_of_nothing_shared_can_be_drawn() -> None:
    empty = replace(WEAK, x="$x_1$", y_bits=0.0, y_given_x_bits=0.0, null_shared_bits={})
    assert shared_plot([empty], "png").startswith(b"\x89PNG")


def test_other_kinds_of_pictures_are_refused() -> None:
    with pytest.raises(UsageError, match=r"written as .png or .svg, not as 'a.pdf'"):
        plot_format("a.pdf")


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'codelength\[plot\]'"):
        plot_format("a.png")
