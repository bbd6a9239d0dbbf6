"""The commands on the pages, run: each ```console block must show what its commands print.

    python -m tests.documented [PAGES]            check
    python -m tests.documented --write [PAGES]    put what they print now into the pages

The README's tables come from benchmarks/results (ladder.json, classification.json), between their two comments.

A block holds lines `$ codelength ...`, each followed by its output. They run in one folder for each page, which holds
the bundled texts. Seconds are not compared.
"""

import contextlib
import io
import json
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codelength.cli.main import run
from codelength.data.bundled import BUNDLED, bundled

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
_TABLE = re.compile(r"(?<=<!-- sizes -->\n).*?(?=<!-- end of sizes -->)", re.DOTALL)
_TOLD_APART = re.compile(r"(?<=<!-- told apart -->\n).*?(?=<!-- end of told apart -->)", re.DOTALL)
_LADDER = ROOT / "benchmarks" / "results" / "ladder.json"
_SYSTEMS = ("zstd -19", "xz -9e", "mixing:level=fast", "mixing")
_FILES = ("alice29.txt", "bible.txt", "dickens", "xml", "mr", "kodim05.bmp")
_PROMPT = "$ codelength "
_SECONDS = re.compile(r"\b\d+\.\d\d$|\b\d+\.\d+(?= s$)", re.MULTILINE)


def refreshed(page: str) -> str:
    """A page's text with the outputs of now."""
    text = (ROOT / page).read_text(encoding="utf-8")
    with _texts() as folder, contextlib.chdir(folder):
        text = _BLOCK.sub(lambda match: "".join(map(_shown, _commands(match[1]))), text)
    text = _TOLD_APART.sub(lambda match: told_apart_table(), text)
    return _TABLE.sub(lambda match: sizes_table(), text)


def timeless(text: str) -> str:
    """A page's text with its seconds masked, and the blanks that keep their column."""
    return re.sub(r" +S", " S", _SECONDS.sub("S", text))


def has_commands(page: str) -> bool:
    """Whether there is anything to run."""
    return _BLOCK.search((ROOT / page).read_text(encoding="utf-8")) is not None


def sizes_table() -> str:
    """Coded bytes of some files by some systems, as recorded."""
    rows = json.loads(_LADDER.read_text(encoding="utf-8"))["rows"]
    sizes = {(row["data"], row["model"]): f"{row['coded_bytes']:,}" for row in rows}
    raw = {row["data"]: f"{row['raw_bytes']:,}" for row in rows}
    lines = [("file", "bytes", *(f"`{system}`" for system in _SYSTEMS)), ("---", *["---:"] * (1 + len(_SYSTEMS)))]
    lines += [(name, raw[name], *(sizes[name, system] for system in _SYSTEMS)) for name in _FILES]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def told_apart_table() -> str:
    """Accuracies, 95 % intervals and seconds of classifiers, as recorded."""
    found = json.loads((ROOT / "benchmarks" / "results" / "classification.json").read_text(encoding="utf-8"))["rows"]
    rows = {(row["data"], row["method"]): row for row in found}
    methods = ("codelength", "TF-IDF + LinearSVC", "zstd dictionaries (FTCC-like)", "gzip-kNN, k=1", "gzip-kNN, k=5")
    lines = [("texts", *methods), ("---", *["---"] * len(methods))]
    for name in ("R8", "MR", "TREC", "AG News", "swa", "lug", "ibo"):
        lines.append((name, *(_accuracy(rows.get((name, method))) for method in methods)))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _accuracy(row: dict[str, Any] | None) -> str:
    if row is None:
        return "-"
    seconds = row["fit_cpu_seconds"] + row["predict_cpu_seconds"]
    some = f" for {row['asked']:,} texts" if row["subset"] else ""
    return f"{row['accuracy']:.3f} ({row['low']:.3f} to {row['high']:.3f}), {seconds:.1f} s{some}"


def _commands(block: str) -> list[str]:
    return [line.removeprefix(_PROMPT) for line in block.splitlines() if line.startswith(_PROMPT)]


def _shown(command: str) -> str:
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        run(shlex.split(command))
    output.seek(0)
    return f"{_PROMPT}{command}\n{output.read().rstrip()}\n"


@contextlib.contextmanager
def _texts() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for name in BUNDLED:
            Path(folder, name).write_bytes(bundled(name).joined)
        yield folder


def main() -> None:
    """Check, or write with --write."""
    write = "--write" in sys.argv
    pages = [argument for argument in sys.argv[1:] if argument != "--write"] or list(PAGES)
    for page in filter(has_commands, pages):
        text = refreshed(page)
        if write:
            (ROOT / page).write_text(text, encoding="utf-8")
        elif timeless(text) != timeless((ROOT / page).read_text(encoding="utf-8")):
            sys.exit(f"{page} shows other output than its commands print; python -m tests.documented --write {page}")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    main()
