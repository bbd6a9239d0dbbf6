"""Choosing data for a target: whom do bits, DSIR and gzip find, and what is their choice worth to a net?

`find`: 20 target classes from R8, AG News and MasakhaNEWS (Igbo, Luganda, Swahili). For each seed 100 documents of
every class make a pool of 2,000 (cut at 2,000 bytes, none twice) and 50 others of one class the target, in turn.
Precision at 100 is the part of the first 100 that are of the target's class, its area the mean of the precisions at 1
to 100; chance is 0.05. DSIR is the package data-selection 1.0.3 as it is (hashed words and pairs of words) without its
lower limit of a document's length; `noise` adds Gumbel noise to its weights as it does itself, `top k` is its option
without, `per byte` divides by the length, which the package does not. gzip alignment is the mean over the target's
documents of 1 − NCD, level 6.

`train`: each method takes 500 kB and 2 MB from a pool of all documents of all 20 classes but those of the target; the
same LSTM learns them, once, and codes held-out documents of the target's class, each alone from that state.

`score`: 100,000 documents against a target of 10 MB, CPU seconds and resident memory. `bias`: what leaving a document
out of the pool's state is worth.

Run: python -m benchmarks.selection [find] [train] [score] [bias] [--quick]
"""

import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.documents import Document
from codelength.measure.selection import select_documents
from codelength.types import Bits, Model

POOL_EACH, TARGET_EACH, CUT_BYTES, SEEDS = 100, 50, 2000, (0, 1, 2)
BITS, DSIR, DSIR_TOP, DSIR_BYTE, GZIP = "codelength", "DSIR, noise", "DSIR, top k", "DSIR, per byte", "gzip alignment"
CHANCE = "at random"
PEERS = (DSIR, DSIR_TOP, GZIP)
KEYS = ["part", "method", "target", "seed", "chosen_at_most_bytes"]
TRAIN_BYTES, HELD_OUT = (500_000, 2_000_000), 30
TRAIN_TARGETS = ("R8/trade", "AG/Sci/Tech", "ibo/health", "lug/business", "swa/sports")
NET = "lstm:width=128,orders=0,streams=16,block=64,replay=0"
SCORED, TARGET_BYTES = 100_000, 10_000_000
LANGUAGES = ("ibo", "lug", "swa")
CLASSES = (
    *("R8/earn", "R8/acq", "R8/crude", "R8/trade", "R8/money-fx", "R8/interest"),
    *("AG/Sci/Tech", "AG/Business", "AG/Sports", "AG/World"),
    *("ibo/politics", "ibo/health", "ibo/entertainment", "ibo/business", "ibo/sports"),
    *("lug/politics", "lug/health", "lug/business", "swa/politics", "swa/sports"),
)

Texts = dict[str, list[bytes]]
Pool = list[tuple[str, bytes]]


def classes() -> Texts:
    """Every class's different documents, whole."""
    found: Texts = {name: [] for name in CLASSES}
    folder = SHARED_DATA / "text_class"
    for part in ("train", "test"):
        for line in (folder / "R8" / f"{part}.txt").read_text(encoding="utf-8").splitlines():
            label, _, text = line.partition("\t")
            found.setdefault(f"R8/{label}", []).append(text.encode())
    for line in (folder / "agnews" / "dev.tsv").read_text(encoding="utf-8").split("\n"):
        text, tab, label = line.rpartition("\t")
        if tab:
            found.setdefault(f"AG/{label}", []).append(text.encode())
    for language in LANGUAGES:
        for part in ("train", "dev", "test"):
            place = SHARED_DATA / "masakhanews" / language / f"{part}.tsv"
            rows = place.read_text(encoding="utf-8").split("\n")[1:] if place.exists() else []
            for row in rows:
                cells = row.split("\t")
                if len(cells) >= 3:
                    found.setdefault(f"{language}/{cells[0]}", []).append(f"{cells[1]}\n{cells[2]}".encode())
    return {name: list(dict.fromkeys(found[name])) for name in CLASSES}


def drawn(texts: Texts, seed: int, each: int) -> tuple[Pool, Texts]:
    """A pool of so many documents a class, and for every class target documents that are not in it."""
    rng = random.Random(seed)
    pool: Pool = []
    targets: Texts = {}
    for name, documents in texts.items():
        cut = list(dict.fromkeys(text[:CUT_BYTES] for text in documents))
        taken = rng.sample(cut, each + TARGET_EACH)
        targets[name] = taken[:TARGET_EACH]
        pool += [(name, text) for text in taken[TARGET_EACH:]]
    rng.shuffle(pool)
    return pool, targets


def find(*, quick: bool) -> Iterator[list[Row]]:
    """Precision at 100 of every method, target and seed; a seed at a time."""
    texts, each = classes(), 10 if quick else POOL_EACH
    for seed in SEEDS[:1] if quick else SEEDS:
        rows: list[Row] = []
        pool, targets = drawn(texts, seed, each)
        methods: list[Callable[[Pool, list[bytes], int], dict[str, Bits]]] = [by_bits, by_dsir, by_gzip]
        for name in CLASSES[:2] if quick else CLASSES:
            for method in methods:
                began = time.process_time()
                scores = method(pool, targets[name], seed)
                seconds = time.process_time() - began
                for label, values in scores.items():
                    rows.append(found_row(label, name, seed, pool, values, each, seconds))
        print(f"seed {seed}: {summary(rows)}", flush=True)
        yield rows


def found_row(method: str, name: str, seed: int, pool: Pool, scores: Bits, depth: int, seconds: float) -> Row:
    """Precision and its area for one ranking."""
    hits = np.array([pool[i][0] == name for i in np.argsort(-scores, kind="stable")[:depth]])
    precisions = hits.cumsum() / np.arange(1, len(hits) + 1)
    return {
        "part": "find",
        "method": method,
        "target": name,
        "seed": seed,
        "precision_at_100": round(float(precisions[-1]), 4),
        "area": round(float(precisions.mean()), 4),
        "cpu_seconds": round(seconds, 2),
    }


def by_bits(pool: Pool, wanted: list[bytes], seed: int) -> dict[str, Bits]:
    """This library's score."""
    named = [Document(str(i), text) for i, (_, text) in enumerate(pool)]
    chosen = select_documents(named, [Document(str(i), text) for i, text in enumerate(wanted)])
    return {BITS: (chosen.pool_bits - chosen.target_bits) / np.maximum(chosen.sizes, 1)}


def by_gzip(pool: Pool, wanted: list[bytes], seed: int) -> dict[str, Bits]:
    """Mean over the target of 1 − NCD."""

    def size(text: bytes) -> int:
        return len(zlib.compress(text, 6, 31))

    alone = [size(text) for text in wanted]
    scores = np.zeros(len(pool))
    for i, (_, text) in enumerate(pool):
        own = size(text)
        scores[i] = statistics.fmean(
            1 - (size(text + other) - min(own, its)) / max(own, its) for other, its in zip(wanted, alone, strict=True)
        )
    return {GZIP: scores}


def by_dsir(pool: Pool, wanted: list[bytes], seed: int) -> dict[str, Bits]:
    """The package's own importance weights; nothing where it is not installed."""
    os.environ["TQDM_DISABLE"] = "1"
    try:
        from data_selection import HashedNgramDSIR
    except ImportError:
        print("data-selection is not installed: no rows of DSIR", flush=True)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("raw.jsonl", "target.jsonl")]
        for place, texts in zip(places, ([text for _, text in pool], wanted), strict=True):
            lines = [json.dumps({"text": text.decode("utf-8", "replace")}) for text in texts]
            place.write_text("\n".join(lines) + "\n", encoding="utf-8")
        raw, task = map(str, places)
        dsir = HashedNgramDSIR([raw], [task], cache_dir=f"{folder}/cache", num_proc=1, min_example_length=0)
        dsir.fit_importance_estimator(num_tokens_to_fit="auto")
        dsir.compute_importance_weights()
        weights = np.load(f"{dsir.log_importance_weights_dir}/0.npy")
    noise = np.random.default_rng(seed).gumbel(size=len(weights))
    sizes = np.array([len(text) for _, text in pool])
    return {DSIR: weights + noise, DSIR_TOP: weights, DSIR_BYTE: weights / sizes}


def summary(rows: Sequence[Row]) -> dict[str, tuple[float, float, float]]:
    """Mean precision, mean area and mean seconds of each method."""
    methods = dict.fromkeys(str(row["method"]) for row in rows)
    return {
        method: (
            mean(rows, method, "precision_at_100"),
            mean(rows, method, "area"),
            mean(rows, method, "cpu_seconds"),
        )
        for method in methods
    }


def mean(rows: Sequence[Row], method: str, key: str) -> float:
    """Of a figure over a method's rows."""
    values = [float(row[key] or 0) for row in rows if row["method"] == method]
    return round(statistics.fmean(values), 4) if values else float("nan")


def train(*, quick: bool) -> Iterator[list[Row]]:
    """Held-out bits per byte of the same net after each method's choice; a size and a target at a time."""
    texts = classes()
    chosen: dict[str, tuple[Pool, list[bytes], dict[str, Bits]]] = {}
    for most in (20_000,) if quick else TRAIN_BYTES:
        for name in TRAIN_TARGETS[:1] if quick else TRAIN_TARGETS:
            if name not in chosen:
                chosen[name] = choices(texts, name, 300 if quick else None)
            pool, held_out, scores = chosen[name]
            rows: list[Row] = []
            for method, values in scores.items():
                rows.append(trained_row(method, name, pool, values, most, held_out))
                print(rows[-1], flush=True)
            yield rows


def choices(texts: Texts, name: str, documents: int | None) -> tuple[Pool, list[bytes], dict[str, Bits]]:
    """A pool of all classes, held-out documents of one, and every method's scores for that one."""
    rng = random.Random(0)
    own = rng.sample(texts[name], TARGET_EACH + HELD_OUT)
    wanted, held_out = own[:TARGET_EACH], own[TARGET_EACH:]
    kept = set(own)
    pool = [(label, text) for label, found in texts.items() for text in found if text not in kept]
    rng.shuffle(pool)
    pool = pool[:documents]
    scores = {**by_bits(pool, wanted, 0), **by_dsir(pool, wanted, 0), **aligned(pool, wanted)}
    scores[CHANCE] = np.random.default_rng(0).random(len(pool))
    return pool, held_out, {method: scores[method] for method in (BITS, DSIR, GZIP, CHANCE) if method in scores}


def aligned(pool: Pool, wanted: list[bytes]) -> dict[str, Bits]:
    """gzip alignment on what fits into its time: documents cut at 2,000 bytes, ten of the target."""
    return by_gzip([(name, text[:CUT_BYTES]) for name, text in pool], [text[:CUT_BYTES] for text in wanted[:10]], 0)


def trained_row(method: str, name: str, pool: Pool, scores: Bits, most: int, held_out: list[bytes]) -> Row:
    """What a net that has learned a choice pays for the held-out documents."""
    import torch

    from codelength.registry import create

    torch.set_num_threads(1)
    chosen: list[int] = []
    size = 0
    for i in np.argsort(-scores, kind="stable").tolist():
        if size + len(pool[i][1]) + 1 <= most:
            chosen.append(i)
            size += len(pool[i][1]) + 1
    # In random order: what is learned last would else be what was ranked last.
    random.Random(1).shuffle(chosen)
    began = time.process_time()
    net = create(NET)
    if not isinstance(net, Model):
        raise TypeError(f"{NET} is no model")
    learned = net.after(b"\n".join(pool[i][1] for i in chosen) + b"\n")
    bits = np.concatenate(learned.bits_each(held_out))
    return {
        "part": "train",
        "method": method,
        "target": name,
        "seed": 0,
        "net": NET,
        "chosen_at_most_bytes": most,
        "pool_bytes": sum(len(text) for _, text in pool),
        "chosen_bytes": size,
        "chosen_of_the_class": round(statistics.fmean(pool[i][0] == name for i in chosen), 4),
        "held_out_bytes": len(bits),
        "bits_per_byte": round(float(bits.mean()), 4),
        "cpu_seconds": round(time.process_time() - began, 1),
    }


class Made:
    """A pool of documents that are cut out of texts anew each time, so that it takes no memory."""

    name = "made"

    def __init__(self, text: bytes, documents: int) -> None:
        self.text, self.documents = text, documents

    def __iter__(self) -> Iterator[Document]:
        rng = random.Random(0)
        for number in range(self.documents):
            size = rng.randrange(200, 1800)
            start = rng.randrange(len(self.text) - size)
            yield Document(str(number), self.text[start : start + size])


def score(*, quick: bool) -> Iterator[list[Row]]:
    """Speed of scoring, and how resident memory grows with the pool."""
    novels = b"".join((SHARED_DATA / "gutenberg" / f"pg{n}.txt").read_bytes() for n in (2600, 1184, 1342))
    other = b"".join(text for documents in classes().values() for text in documents)
    wanted = [novels[i : i + 5000] for i in range(0, len(novels), 5000)]
    wanted += [other[i : i + 5000] for i in range(0, max(TARGET_BYTES - len(novels), 0), 5000)]
    wanted = wanted[: 10 if quick else None]
    text = (SHARED_DATA / "corpora_canterbury_calgary" / "large" / "bible.txt").read_bytes() + novels + other
    rows: list[Row] = []
    for documents in (200, 400) if quick else (SCORED // 10, SCORED):
        named = [Document(str(i), item) for i, item in enumerate(wanted)]
        pool = Made(text, documents)
        marks: list[float] = []
        done = 0
        total = sum(len(document.text) for document in pool)

        def advance(size: int, marks: list[float] = marks, total: int = total) -> None:
            nonlocal done
            done += size
            if len(marks) < 2 and done > total * (2 + len(marks)) - 1:
                marks.append(time.process_time())

        began = time.process_time()
        chosen = select_documents(pool, named, advance=advance)
        ended = time.process_time()
        row: Row = {
            "part": "score",
            "method": BITS,
            "target": f"{chosen.target_bytes} bytes",
            "seed": documents,
            "documents": documents,
            "pool_bytes": chosen.raw_bytes,
            "fitted_bytes": chosen.fitted_bytes,
            "megabytes_per_cpu_second_scoring": round(total / 1e6 / (ended - marks[0]), 3),
            "megabytes_per_cpu_second_in_all": round(total / 1e6 / (ended - began), 3),
            "peak_resident_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
        print(row, flush=True)
        rows.append(row)
    yield rows


def bias(*, quick: bool) -> Iterator[list[Row]]:
    """Documents that the pool's state has read and kept, read and left out, and never read: mean bits per byte."""
    from codelength.measure.selection import ORDERS, POOL
    from codelength.models.tally import Tally

    texts = classes()
    rows: list[Row] = []
    for seed in SEEDS:
        pool, _ = drawn(texts, seed, 20 if quick else POOL_EACH)
        tally = Tally(order=ORDERS.stop - 1, columns=1)
        inside, outside = pool[: len(pool) // 2], pool[len(pool) // 2 :]
        for _, text in inside:
            tally.read(text, POOL)
        found = {
            "kept": [tally.costs(text)[POOL, ORDERS].mean() / len(text) for _, text in inside],
            "left out": [tally.costs_without(text, POOL)[POOL, ORDERS].mean() / len(text) for _, text in inside],
            "never read": [tally.costs(text)[POOL, ORDERS].mean() / len(text) for _, text in outside],
        }
        for how, values in found.items():
            error = statistics.stdev(values) / len(values) ** 0.5
            rows.append(
                {
                    "part": "bias",
                    "method": how,
                    "target": "-",
                    "seed": seed,
                    "bits_per_byte": round(statistics.fmean(values), 4),
                    "standard_error": round(error, 4),
                }
            )
            print(rows[-1], flush=True)
    yield rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """Ahead of DSIR and gzip alignment in finding and in training; at least 0.5 MB/s in memory that does not grow."""
    targets = []
    found = [row for row in rows if row["part"] == "find"]
    for key, what in (("precision_at_100", "mean precision at 100"), ("area", "mean area under precision")):
        if found:
            there = [peer for peer in PEERS if any(row["method"] == peer for row in found)]
            own, best = mean(found, BITS, key), max((mean(found, peer, key), peer) for peer in there)
            targets.append(target(what, own, f"above {best[0]} ({best[1]})", own > best[0]))
    for most in TRAIN_BYTES:
        trained = [row for row in rows if row["part"] == "train" and row["chosen_at_most_bytes"] == most]
        if trained:
            own = mean(trained, BITS, "bits_per_byte")
            others = dict.fromkeys(str(row["method"]) for row in trained if row["method"] != BITS)
            peers = min((mean(trained, peer, "bits_per_byte"), peer) for peer in others)
            what = f"held-out bits per byte after {most:,} bytes"
            targets.append(target(what, own, f"below {peers[0]} ({peers[1]})", own < peers[0]))
    scored = [row for row in rows if row["part"] == "score"]
    if scored:
        speed = min(float(row["megabytes_per_cpu_second_in_all"] or 0) for row in scored)
        targets.append(
            target("100,000 documents against 10 MB, MB per CPU second", speed, "at least 0.5", speed >= 0.5)
        )
        peaks = [float(row["peak_resident_megabytes"] or 0) for row in scored]
        grown = peaks[-1] - peaks[0]
        targets.append(
            target("MB of memory more for 100,000 than for 10,000 documents", grown, "at most 100", grown <= 100)
        )
    return targets


def main(parts: Sequence[str], *, quick: bool) -> None:
    """Measure, print and record."""
    table = {"find": find, "train": train, "score": score, "bias": bias}
    for part in parts or list(table):
        for rows in table[part](quick=quick):
            if not quick:
                place = record("selection", rows, fingerprints(), keys=KEYS, judge=judge)
                tell(judge(json.loads(place.read_text(encoding="utf-8"))["rows"]))


def fingerprints() -> dict[str, bytes]:
    """All documents of every class."""
    return {name: b"\n".join(documents) for name, documents in classes().items()}


if __name__ == "__main__":
    main([part for part in sys.argv[1:] if not part.startswith("-")], quick="--quick" in sys.argv)
