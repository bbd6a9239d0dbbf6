"""The page in a browser: headless Chromium, driven by selenium; skipped, saying so, where one of them is absent."""

import importlib.util
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from codelength.errors import UsageError
from codelength.measure.explanation import explain
from codelength.registry import create
from codelength.report import explanation_page as page
from codelength.report.explanation_page import explanation_page
from codelength.result.explanation import Explanation, Passage, Source

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
ABSENT = [
    name
    for name, found in (
        ("selenium", importlib.util.find_spec("selenium")),
        ("chromium", BROWSER),
        ("chromedriver", DRIVER),
    )
    if not found
]
in_browser = pytest.mark.skipif(bool(ABSENT), reason=f"no {', '.join(ABSENT)} here, which opens the page")

X = (
    b"In the beginning there was nothing.\n" * 4
    + b"A quotation that will stand in both of the texts, </script> and all. "
    + b"x" * 300
)
Y = (
    b"Words that nobody knows: zymurgy & <b>qoph</b>, caf\xc3\xa9 \xff\x00.\n" * 3
    + b"A quotation that will stand in both of the texts, </script> and all. "
    + b"Then more.\n" * 20
)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Chrome]":
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def opened(browser: "Chrome", found: Explanation, folder: Path, *, width: int = 1200, height: int = 800) -> None:
    """Show an explanation at a size of the window; waits until it is unpacked."""
    file = folder / "page.html"
    file.write_bytes(explanation_page(found))
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 720}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(file.as_uri())
    until(browser, "return document.documentElement.dataset.ready === 'yes'")


def until(browser: "Chrome", condition: str) -> None:
    """Wait at most half a minute for a condition in the page."""
    end = time.monotonic() + 30
    while not run(browser, condition):
        assert time.monotonic() < end, condition
        time.sleep(0.02)


def run(browser: "Chrome", script: str) -> Any:
    """What a script in the page returns."""
    return browser.execute_script(script)


@pytest.fixture(scope="module")
def small() -> Explanation:
    return explain(X, Y, create("counts:order=4"))


@in_browser
def test_it_loads_without_errors_and_asks_the_network_for_nothing(
    browser: "Chrome", small: Explanation, tmp_path: Path
) -> None:
    opened(browser, small, tmp_path)
    assert run(browser, "return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert [
        entry for entry in browser.execute("getLog", {"type": "browser"})["value"] if entry["level"] == "SEVERE"
    ] == []
    assert "café ··." in run(browser, "return document.getElementById('rows').textContent")


@in_browser
def test_bytes_that_were_saved_are_coloured_and_others_are_not(
    browser: "Chrome", small: Explanation, tmp_path: Path
) -> None:
    opened(browser, small, tmp_path)
    blue = run(
        browser, "return [...document.querySelectorAll('#rows .s5, #rows .s6')].map(e => e.textContent).join('')"
    )
    assert "quotation" in blue.replace(" ", "") or len(blue) > 20
    assert "zymurgy" not in blue
    painted = run(browser, "return getComputedStyle(document.querySelector('#rows .s6, #rows .s5')).backgroundColor")
    assert painted not in ("rgba(0, 0, 0, 0)", "transparent")
    shades = (
        "const c = document.getElementById('map');"
        "const d = c.getContext('2d').getImageData(3, 3, 1, c.height - 6).data;"
    )
    assert run(browser, shades + "return new Set([...d].filter((_, i) => i % 4 === 0)).size") > 2


@in_browser
def test_a_click_on_a_passage_shows_its_source_in_x(browser: "Chrome", small: Explanation, tmp_path: Path) -> None:
    opened(browser, small, tmp_path)
    run(browser, "document.querySelector('#passages tbody tr').click()")
    mark = run(browser, "return document.querySelector('#context mark').textContent")
    assert "A quotation that will stand in both of the texts, </script> and all. " in mark
    assert run(browser, "return document.getElementById('source').hidden") is False
    assert run(browser, "return document.querySelectorAll('#rows .chosen').length") > 0
    assert run(browser, "return document.querySelectorAll('#passages tbody tr').length") == len(small.passages)


@in_browser
def test_a_click_on_the_text_chooses_its_passage(browser: "Chrome", small: Explanation, tmp_path: Path) -> None:
    opened(browser, small, tmp_path)
    run(browser, "document.querySelector('#rows span').click()")
    said = run(browser, "return document.getElementById('chosen').textContent")
    assert f"bytes 0 to {small.passages[0].size}" in said


@in_browser
@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 844)])
def test_on_a_phone_nothing_is_wider_than_the_screen_and_letters_can_be_read(
    browser: "Chrome", small: Explanation, tmp_path: Path, width: int, height: int
) -> None:
    opened(browser, small, tmp_path, width=width, height=height)
    assert run(browser, "return document.documentElement.scrollWidth") <= width
    wide = "return [...document.querySelectorAll('header *, #rows span, aside table, nav button')]"
    assert run(browser, wide + f".every(e => e.getBoundingClientRect().right <= {width})")
    assert run(browser, "return parseFloat(getComputedStyle(document.getElementById('rows')).fontSize)") >= 13
    assert run(browser, "return document.querySelector('nav button').offsetHeight") >= 44
    assert run(browser, "return document.getElementById('text').clientHeight") >= 0.3 * height


@in_browser
def test_megabytes_are_scrolled_with_a_screenful_of_elements(browser: "Chrome", tmp_path: Path) -> None:
    text = b"".join(b"line %06d of a long text that nobody reads to its end\n" % i for i in range(60_000))
    bits = np.linspace(0, 8, len(text))
    passages = tuple(Passage(start, 200, 9.0, 1.0, (Source(0, start, 9, 8.0),)) for start in range(0, len(text), 200))
    found = Explanation("made", "x", "y", b"line 000000", text, bits, bits / 2, passages)
    opened(browser, found, tmp_path)
    assert len(text) > 3_000_000
    count = "return document.querySelectorAll('#rows *').length"
    assert 20 < run(browser, count) < 3000
    run(browser, "document.getElementById('text').scrollTop = 1e9")
    until(browser, "return document.getElementById('rows').textContent.includes('line 059999')")
    assert 20 < run(browser, count) < 3000
    run(browser, "scrollToLine(30000)")
    until(browser, "return document.getElementById('rows').textContent.includes('line 030000')")


@in_browser
def test_a_text_of_lines_beyond_what_a_browser_can_scroll_is_reached_to_its_last_line(
    browser: "Chrome", tmp_path: Path
) -> None:
    text = b"\n" * 400_000 + b"the last line"
    found = Explanation(
        "made", "x", "y", b"", text, np.ones(len(text)), np.zeros(len(text)), (Passage(0, len(text), 1.0, 0.0),)
    )
    opened(browser, found, tmp_path)
    assert run(browser, "return starts.length * LINE > TALLEST")
    run(browser, "document.getElementById('text').scrollTop = 1e9")
    until(browser, "return document.getElementById('rows').textContent.includes('the last line')")
    box = (
        "const r = [...document.querySelectorAll('#rows div')].at(-1).getBoundingClientRect();"
        "const p = document.getElementById('text').getBoundingClientRect();"
    )
    assert run(browser, box + "return r.bottom <= p.bottom + 22 && r.top >= p.top")


@in_browser
@pytest.mark.parametrize("letters", ["漢字仮名交じり文", "한국어 문장 ", "ok 😀 ", "слово ", "x" * 30 + " "])
def test_letters_of_any_width_are_broken_into_lines_that_fit(browser: "Chrome", tmp_path: Path, letters: str) -> None:
    text = (letters * 60).encode()
    costs = np.ones(len(text))
    found = Explanation("made", "x", "y", b"", text, costs, costs / 2, (Passage(0, len(text), 1.0, 0.0),))
    opened(browser, found, tmp_path, width=390, height=844)
    ends = "const p = document.getElementById('text'); const right = p.getBoundingClientRect().left + p.clientWidth;"
    rows = (
        "return [...document.querySelectorAll('#rows span')].every(e => e.getBoundingClientRect().right <= right + 1)"
    )
    assert run(browser, ends + rows)
    assert run(browser, "return document.getElementById('rows').textContent").startswith(letters.rstrip())


@in_browser
def test_dark_and_light_differ(browser: "Chrome", small: Explanation, tmp_path: Path) -> None:
    papers = []
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        opened(browser, small, tmp_path)
        papers.append(run(browser, "return getComputedStyle(document.body).backgroundColor"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert papers[0] != papers[1]


def test_names_with_markup_and_placeholders_are_shown_as_they_are() -> None:
    found = Explanation("m", "%Y%", "<i>", b"x", b"y", np.array([8.0]), np.array([7.0]), (Passage(0, 1, 8.0, 7.0),))
    text = explanation_page(found).decode()
    assert "What X = %Y% tells about Y = &lt;i&gt;" in text
    assert "<i>" not in text.split("<script")[0].replace("<i></i>", "")


def test_what_does_not_open_in_a_browser_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_BYTES", 4)
    found = Explanation("m", "x", "y", b"xxx", b"yy", np.zeros(2), np.zeros(2), ())
    with pytest.raises(UsageError, match="X and Y have 5 bytes, and a page holds"):
        explanation_page(found)
