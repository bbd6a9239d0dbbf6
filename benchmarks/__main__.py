"""Run benchmarks, each in a process of its own and in a bounded time: python -m benchmarks [NAMES] [--quick] [--list]

Results go to benchmarks/results, and from there to docs/benchmarks.md. --quick tries each on a little data and
records nothing. A benchmark that fails or runs out of time does not keep the others from running; the exit status
is 1 then.
"""

import argparse
import subprocess
import sys
import time
from typing import NamedTuple

from benchmarks import page
from benchmarks.record import SHARED_DATA

QUICK_SECONDS = 180


class Benchmark(NamedTuple):
    """What it measures, about how long it takes on two cores, and when it is stopped."""

    what: str
    minutes: int
    limit_minutes: int


BENCHMARKS = {
    "ladder": Benchmark("sizes and speeds of mixing beside xz -9e and zstd -19", 12, 60),
    "bits_each": Benchmark("10,000 items from one state, beside plain reading", 2, 15),
    "far_copy": Benchmark("a copy of the first megabyte of 50 MB, by every codec", 20, 60),
    "related": Benchmark("translations, editions, changed words, by every codec", 10, 45),
    "ablation": Benchmark("what each part of mixing buys and costs; writes docs/ablation.md", 4, 20),
    "archive": Benchmark("executable archives of alice29.txt", 1, 10),
    "training_run": Benchmark("what published training runs are worth in bits; sparse logs", 2, 10),
    "epiplexity": Benchmark("structure and randomness of data of which both are known", 20, 60),
    "pretrained": Benchmark("a small pretrained model: windows, adapting, what its weights cost", 8, 30),
    "labels": Benchmark("60,000 labels of MNIST and Fashion-MNIST given their images", 25, 60),
    "unsupervised": Benchmark("what unlabelled images and texts save of the bits of labels", 20, 60),
    "classification": Benchmark("texts told apart, beside gzip-kNN, zstd dictionaries and a linear SVM", 10, 30),
    "identify": Benchmark("500 languages from 20 words; what is foreign to R8", 10, 30),
    "everything": Benchmark("one net on the union of two data sets, one after the other, one alone", 2, 20),
    "selection": Benchmark("documents for 20 targets: bits, DSIR, gzip; what a net learns from them", 40, 180),
    "scaling": Benchmark("select, matrix and classify in two processes; what a gigabyte costs", 30, 90),
    "ciphers": Benchmark("ciphers read: by length, by symbols, Zodiac-408; keys tried in a second", 25, 90),
    "leak": Benchmark("test items planted in training texts, with mistakes", 3, 15),
    "pairs": Benchmark("thirty real pairs: do stronger models find more shared structure?", 8, 40),
    "mixing_net": Benchmark("mixing:level=max with its net beside it without, on the ladder's texts", 50, 150),
    "nets": Benchmark("nets that learn what they code: ratio, throughput, coded, a sweep", 40, 120),
    "matrix": Benchmark("all pairs beside NCD with xz: speed, languages, classes, sequences", 12, 45),
    "explain": Benchmark("planted quotations found with their places; a page of 10 MB in a browser", 4, 20),
    "maps": Benchmark("maps between clouds of points without pairs, columns of tables, beside transport alone", 15, 60),
    "bounds": Benchmark("bounds where risks are known, on coded classifiers; the two-sample test", 2, 15),
    "words": Benchmark("words of Multi30k matched without parallel text; translation word for word", 8, 40),
    "memory": Benchmark("peak memory of 1 GB through mixing:level=fast", 25, 60),
}


def main() -> int:
    """Run what was named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAMES", help="which benchmarks; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="a little data; nothing is recorded")
    parser.add_argument("--list", action="store_true", help="say which there are, and run none")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    if options.list:
        for name, benchmark in BENCHMARKS.items():
            print(f"{name:10} about {benchmark.minutes:2} min  {benchmark.what}")
        return 0
    if not SHARED_DATA.is_dir():
        print(f"{SHARED_DATA} is absent; the benchmarks read real data that the project does not ship")
        return 1
    failed = [name for name in options.names or BENCHMARKS if not run(name, quick=options.quick)]
    if not options.quick:
        page.main()
    print("failed: " + ", ".join(failed) if failed else "all ran")
    return 1 if failed else 0


def run(name: str, *, quick: bool) -> bool:
    """One benchmark in a process of its own; whether it came to its end in its time."""
    limit = QUICK_SECONDS if quick else 60 * BENCHMARKS[name].limit_minutes
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    print(f"\n== {name}: {BENCHMARKS[name].what} (stopped after {limit // 60} min)", flush=True)
    began = time.perf_counter()
    try:
        ended = subprocess.run(command, timeout=limit, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{name} was stopped: its time was up")
        ended = False
    print(f"== {name} took {time.perf_counter() - began:.0f} s", flush=True)
    return ended


if __name__ == "__main__":
    sys.exit(main())
