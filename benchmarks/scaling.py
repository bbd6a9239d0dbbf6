"""Two worker processes beside none, and what a gigabyte costs.

    select     a pool of 628 MB (texts of 20 classes, numbered, 48 times over) for 100 target documents
    matrix     150 texts of 50,000 bytes by `crossing`
    classify   AG News taught, 120,000 texts told apart
    steps      what the steps of `select` cost one core: reading JSON lines, surveying, making the state, sending it,
               scoring

Wall seconds of whole calls, worker processes started and the state sent within them; one and two in turn, the median of
the turns. `dask` is a local cluster of two workers, in `classify` only. Both cores must be free: see the load.
Run: python -m benchmarks.scaling [PARTS] [--quick]
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import need
from benchmarks.record import SHARED_DATA, Row, record, target, tell
from benchmarks.selection import classes
from codelength.data.documents import Documents, documents
from codelength.data.labelled_texts import LabelledTexts
from codelength.dataset import Dataset
from codelength.measure.classification import CodelengthClassifier
from codelength.measure.matrix import matrix
from codelength.measure.selection import FIT_BYTES, fitted, read_target, select_documents, surveyed
from codelength.measure.told_apart import tell as tell_apart
from codelength.models.passages import Passages
from codelength.parallel.broadcast import packed
from codelength.parallel.cluster import Cluster
from codelength.parallel.processes import Processes
from codelength.parallel.run import Layout, Spread

TURNS = 1
ROUNDS = 48  # times over that the pool is written
DASK = "dask, 2 workers"
LAYOUTS: dict[str, Callable[[], Layout | None]] = {
    "one process": lambda: None,
    "2 workers": lambda: Processes(2),
    DASK: lambda: Cluster("local", 2),
}
ITEMS, ITEM_BYTES = 150, 50_000
ASKED = 120_000


def main(parts: Sequence[str] = ("steps", "select", "matrix", "classify"), *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every part; the rows."""
    rows: list[Row] = []
    for part in parts:
        for row in _PARTS[part](quick):
            print(json.dumps(dict(row)), flush=True)
            rows.append(row)
        if not quick:
            record("scaling", rows, {"classes": _all_texts()}, keys=("part", "layout", "step"), judge=judge)
    if not quick:
        tell(judge(rows))
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """Two workers at least 1.8 times one."""
    found = {(row["part"], row["layout"]): row for row in rows}
    targets = []
    for part in ("select", "matrix", "classify"):
        if (part, "2 workers") in found:
            ratio = float(str(found[part, "2 workers"]["times"]))
            targets.append(target(f"{part}: two workers, times one process", ratio, ">= 1.8", ratio >= 1.8))
    return targets


def select(quick: bool) -> Iterator[Row]:
    """Whole calls of select_documents."""
    with tempfile.TemporaryDirectory() as folder:
        pool, wanted = _pool(Path(folder), 1 if quick else ROUNDS)
        size = sum(len(document.text) for document in pool)
        yield from _timed("select", size, quick, lambda spread: select_documents(pool, wanted, spread=spread))


def matrices(quick: bool) -> Iterator[Row]:
    """Whole calls of matrix."""
    novels = need("dickens")[:8_000_000]
    wiki = need("enwik6")
    count, size = (6, 2_000) if quick else (ITEMS, ITEM_BYTES)
    texts = novels + wiki + need("bible.txt") + need("ecoli_first_half")
    items = tuple(texts[i * size : (i + 1) * size] for i in range(count))
    data = Dataset("texts", items, item_names=tuple(f"text {i}" for i in range(count)))
    yield from _timed("matrix", count * count * size, quick, lambda spread: matrix(data, spread=spread))


def classify(quick: bool) -> Iterator[Row]:
    """Telling alone: learning is not spread."""
    lines = (SHARED_DATA / "text_class/agnews/dev.tsv").read_bytes().splitlines()[1:]
    rows = [(label, text) for text, _, label in (line.rpartition(b"\t") for line in lines)]
    model = CodelengthClassifier().fit([text for _, text in rows[:4000]], [label.decode() for label, _ in rows[:4000]])
    count = 500 if quick else ASKED
    asked = LabelledTexts("asked", tuple(b"%d %s" % (i, rows[i % len(rows)][1]) for i in range(count)))
    size = sum(map(len, asked.texts))
    yield from _timed("classify", size, quick, lambda spread: tell_apart(model, asked, spread=spread))


def steps(quick: bool) -> Iterator[Row]:
    """Each step of select by itself, one core, MB per second of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        pool, wanted = _pool(Path(folder), 1 if quick else ROUNDS)
        read = read_target(wanted)
        size, read_seconds = _cpu(lambda: sum(len(document.text) for document in pool))
        survey, survey_seconds = _cpu(lambda: surveyed(pool, read, FIT_BYTES, _quiet))
        fitted_bytes = int(survey.sizes[survey.is_read].sum())
        tally, fit_seconds = _cpu(lambda: fitted(read, pool, survey, _quiet))
        (head, buffers), send_seconds = _cpu(lambda: packed((tally, Passages(read.texts))))
        sent = len(head) + sum(len(buffer) for buffer in buffers)
        _, all_seconds = _cpu(lambda: select_documents(pool, wanted))
        scoring = all_seconds - survey_seconds - fit_seconds
        for step, bytes_, seconds in (
            ("reading JSON lines", size, read_seconds),
            ("reading and surveying", size, survey_seconds),
            ("making the state, the pool read again", fitted_bytes, fit_seconds),
            ("packing the state", sent, send_seconds),
            ("scoring, the pool read again", size, scoring),
        ):
            yield {
                "part": "steps",
                "layout": "one process",
                "step": step,
                "bytes": bytes_,
                "seconds": round(seconds, 2),
            }


def _timed(part: str, size: int, quick: bool, call: Callable[[Spread], Any]) -> Iterator[Row]:
    loads: list[float] = []
    layouts = {name: layout for name, layout in LAYOUTS.items() if part == "classify" or name != DASK}
    seconds: dict[str, list[float]] = {name: [] for name in layouts}
    for _ in range(1 if quick else TURNS):
        for name, layout in layouts.items():
            began = time.perf_counter()
            call(Spread(layout()))
            seconds[name].append(time.perf_counter() - began)
            loads.append(os.getloadavg()[0])
    one = statistics.median(seconds["one process"])
    for name, found in seconds.items():
        median = statistics.median(found)
        yield {
            "part": part,
            "layout": name,
            "step": "",
            "bytes": size,
            "seconds": round(median, 2),
            "least_seconds": round(min(found), 2),
            "most_seconds": round(max(found), 2),
            "times": round(one / median, 3),
            "load": round(statistics.median(loads), 2),
        }


def _cpu(call: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return call(), time.process_time() - began


def _pool(folder: Path, rounds: int) -> tuple[Documents, Documents]:
    texts = classes()
    pool, wanted = folder / "pool.jsonl", folder / "target.jsonl"
    with pool.open("w") as file:
        for round_ in range(rounds):
            for name, group in texts.items():
                for text in group:
                    row = {"id": f"{round_} {name}", "text": f"{round_} " + text.decode(errors="replace")[round_:]}
                    file.write(json.dumps(row) + "\n")
    with wanted.open("w") as file:
        for text in texts["R8/trade"][:100]:
            file.write(json.dumps({"text": text.decode(errors="replace")}) + "\n")
    return documents(str(pool)), documents(str(wanted))


def _all_texts() -> bytes:
    return b"".join(text for group in classes().values() for text in group)


def _quiet(done_bytes: int) -> None:
    """Progress that nobody is told of."""


_PARTS = {"steps": steps, "select": select, "matrix": matrices, "classify": classify}

if __name__ == "__main__":
    arguments = sys.argv[1:]
    chosen = [argument for argument in arguments if not argument.startswith("-")]
    main(chosen or tuple(_PARTS), quick="--quick" in arguments)
