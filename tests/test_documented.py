"""What the pages show is what their commands print."""

import pytest
from tests.documented import PAGES, ROOT, has_commands, refreshed, timeless


@pytest.mark.parametrize("page", [page for page in PAGES if has_commands(page)])
def test_the_commands_on_a_page_print_what_it_shows(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = (ROOT / page).read_text(encoding="utf-8")
    assert timeless(refreshed(page)) == timeless(shown), f"run python -m tests.documented --write {page}"


def test_the_readme_shows_commands() -> None:
    assert has_commands("README.md")


def test_seconds_are_not_compared_and_bits_are() -> None:
    assert timeless("xz  200.0  coded     0.03\n") == timeless("xz  200.0  coded    12.34\n")
    assert timeless("xz  200.0  coded  0.03\n") != timeless("xz  200.1  coded  0.03\n")
