"""Explaining: are planted quotations found with their places, and does the page of 10 MB stay light in a browser?

    planted   200 pieces of The Count of Monte Cristo (60 to 400 bytes), as they are or with a letter in twenty changed,
              between the lines of Pride and Prejudice: of those pieces, how many name the right place as their best
              source, and how many of the 200 most explained passages hold one
    page      dickens (10 MB) after War and Peace: CPU seconds, size of the page, and in headless Chromium the seconds
              until it is ready, elements in the document, and the time of drawing after each of 200 jumps

Run: python -m benchmarks.explain [--quick]
"""

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import need
from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.measure.explanation import explain
from codelength.registry import create
from codelength.report.explanation_page import explanation_page

MODEL = "mixing:level=fast"
PIECES = 200
_JUMPS = """
const times = [];
for (let k = 0; k < 200; k++) {
  scrollToLine(Math.floor((starts.length * ((k * 37) % 200)) / 200));
  const began = performance.now();
  draw();
  times.push(performance.now() - began);
}
times.sort((a, b) => a - b);
return [times[100], times[199], document.querySelectorAll("*").length];
"""


def main(*, quick: bool = False) -> list[Row]:
    """Measure, print and record; the rows."""
    rows: list[Row] = []
    for changed in (0.0, 0.05):
        rows.append(told(planted(changed, quick=quick)))
    rows.append(told(page(quick=quick)))
    if not quick:
        places = {name: SHARED_DATA / "gutenberg" / name for name in ("pg1184.txt", "pg1342.txt", "pg2600.txt")}
        prints = {name: place.read_bytes() for name, place in places.items()}
        record("explain", rows, {**prints, "dickens": need("dickens")}, judge=judge)
        tell(judge(rows))
    return rows


def planted(changed: float, *, quick: bool, seed: int = 0) -> Row:
    """Pieces of X between the lines of Y, a part of their letters changed."""
    rng = np.random.default_rng(seed)
    x = (SHARED_DATA / "gutenberg/pg1184.txt").read_bytes()[5_000 : 60_000 if quick else 1_005_000]
    lines = (SHARED_DATA / "gutenberg/pg1342.txt").read_bytes()[5_000 : 40_000 if quick else 605_000].split(b"\n")
    pieces = 10 if quick else PIECES
    truth: list[tuple[int, int, int]] = []  # begin in Y, begin in X, bytes
    at = dict(zip(sorted(rng.choice(len(lines), pieces, replace=False).tolist()), range(pieces), strict=True))
    y = bytearray()
    for number, line in enumerate(lines):
        y += line + b"\n"
        if number in at:
            size = int(rng.integers(60, 401))
            begin = int(rng.integers(0, len(x) - size))
            truth.append((len(y), begin, size))
            piece = np.frombuffer(x[begin : begin + size], np.uint8).copy()
            hit = rng.random(size) < changed
            piece[hit] = rng.integers(97, 123, int(hit.sum()))
            y += piece.tobytes() + b"\n"
    found = explain(x, bytes(y), create(MODEL))
    right = 0
    for y_start, x_start, size in truth:
        middle = y_start + size // 2
        passage = next(one for one in found.passages if one.start <= middle < one.start + one.size)
        steps = [source.x_start - source.y_start for source in passage.sources[:1]]
        right += any(abs(step - (x_start - y_start)) <= 4 for step in steps)
    best = found.best_first[:pieces]
    held = sum(
        any(y_start < one.start + one.size and one.start < y_start + size for y_start, _, size in truth) for one in best
    )
    return {
        "part": f"planted, {changed:.0%} changed",
        "model": MODEL,
        "pieces": pieces,
        "right_source": right / pieces,
        "most_explained_hold_one": held / pieces,
        "seconds": round(found.seconds, 1),
    }


def page(*, quick: bool) -> Row:
    """A page of 10 MB, opened."""
    x = (SHARED_DATA / "gutenberg/pg2600.txt").read_bytes()[: 20_000 if quick else None]
    y = need("dickens")[: 200_000 if quick else None]
    began = time.process_time()
    html = explanation_page(explain(x, y, create(MODEL)))
    row: Row = {
        "part": "page",
        "model": MODEL,
        "y_bytes": len(y),
        "page_bytes": len(html),
        "cpu_seconds": round(time.process_time() - began, 1),
        "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_bytes(html)
        return {**row, **opened(file)}


def opened(file: Path) -> dict[str, float]:
    """What a browser says of the page; nothing where there is none."""
    driver_path, browser = shutil.which("chromedriver"), shutil.which("chromium")
    if driver_path is None or browser is None:
        print("no chromium and chromedriver here: the page is not opened")
        return {}
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,800"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(driver_path))
    try:
        began = time.perf_counter()
        driver.get(file.as_uri())
        while driver.execute_script("return document.documentElement.dataset.ready") != "yes":
            time.sleep(0.02)
            if time.perf_counter() - began > 120:
                return {"ready_seconds": float("inf")}
        ready = time.perf_counter() - began
        median, most, elements = (float(value) for value in _list(driver.execute_script(_JUMPS)))
    finally:
        driver.quit()
    return {
        "ready_seconds": round(ready, 2),
        "draw_median_ms": round(median, 1),
        "draw_most_ms": round(most, 1),
        "elements": elements,
    }


def _list(value: Any) -> list[float]:
    return list(value)


def told(row: Row) -> Row:
    """Print a row; the row."""
    print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """A page of 10 MB is drawn within a tenth of a second after any jump, and is ready within ten seconds."""
    targets = []
    for row in rows:
        if "draw_most_ms" in row and float(row["y_bytes"] or 0) > 10_000_000:
            ready, most = float(row["ready_seconds"] or 0), float(row["draw_most_ms"] or 0)
            targets.append(target("page of 10 MB: slowest of 200 drawings, ms", most, "≤ 100", most <= 100))
            targets.append(target("page of 10 MB: seconds until it is ready", ready, "≤ 10", ready <= 10))
        if "right_source" in row:
            right = float(row["right_source"] or 0)
            what = f"{row['part']}: pieces whose best source is the right place"
            targets.append(target(what, right, "an aim only", True, "≥ 0.95", right >= 0.95))
    return targets


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
