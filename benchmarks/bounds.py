"""Bounds where the truth is known, and on classifiers whose weights are really coded; the two-sample test at work.

    coverage   how often each bound fails for any of 65 thresholds whose risks are known, 40 samples, delta 0.2
    digits     linear classifiers of Fashion-MNIST on few random features, weights of few levels through a coder: what
               training error, bits and the choice of inequality each do to the bound; the test error beside it
    e-values   lines of one book at random, two parts of it, two books, a test with copies of training lines

Run: python -m benchmarks.bounds [--quick]
"""

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.bundled import bundled
from codelength.data.labelled import load_labelled
from codelength.generalize.bounds import finite, pac_bayes
from codelength.generalize.bounds.beside import bounds_beside
from codelength.generalize.bounds.two_sample import exchangeable
from codelength.models.counts import Counts
from codelength.registry import create
from codelength.result.bounds import Bound
from codelength.types import Model
from codelength.units import bits_from_bytes

N, DELTA, FLIPPED = 40, 0.2, 0.1
PLACES = np.arange(65) / 64
RISKS = FLIPPED + (1 - 2 * FLIPPED) * np.abs(PLACES - 0.5)
FEATURES, LEVELS = (16, 64, 256), (3, 7, 31)
FASHION = SHARED_DATA / "fashion_mnist"
CLASSES, DECISIONS = 10, 4  # bits for which of the nine settings was taken

Floats = npt.NDArray[np.float64]


def main(*, quick: bool = False) -> list[Row]:
    """Measure, print and record; the rows."""
    rows = coverage(300 if quick else 20_000)
    rows += classifiers(FEATURES[:1] if quick else FEATURES, LEVELS[:1] if quick else LEVELS)
    rows += e_values(60 if quick else 400, runs=3 if quick else 200)
    for row in rows:
        print(row)
    tell(judge(rows))
    if not quick:
        prints = {name: bundled(name).joined for name in ("pride_1.txt", "pride_2.txt", "war.txt")}
        prints |= {f"fashion_mnist/{path.name}": path.read_bytes() for path in sorted(FASHION.iterdir())}
        record("bounds", rows, prints, judge=judge)
    return rows


def coverage(samples: int) -> list[Row]:
    """How often a bound lies below the risk of any threshold."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, N))
    labels = (x > 0.5) ^ (rng.random((samples, N)) < FLIPPED)
    counts = np.stack([((x > place) != labels).sum(axis=1) for place in PLACES.tolist()], axis=1)
    bounds: dict[str, Callable[..., Bound]] = {
        "Occam, Hoeffding": finite.occam_hoeffding,
        "Occam, kl": finite.occam_kl,
        "Occam, binomial": finite.occam_binomial,
    }
    rows: list[Row] = []
    for name, bound in bounds.items():
        for price, bits in (("paid", math.log2(len(PLACES))), ("not paid", 0.0)):
            known: dict[str, Any] = {"bits": bits, "n": N, "delta": DELTA}
            values = np.array([bound(train_error=k / N, **known).value for k in range(N + 1)])
            failed = int((values[counts] < RISKS).any(axis=1).sum())
            rows.append(_coverage(name, price, samples, failed))
    weights = np.exp(-30.0 * (counts - counts.min(axis=1, keepdims=True)) / N)
    weights /= weights.sum(axis=1, keepdims=True)
    kl = (weights * np.log2(np.maximum(weights, 1e-300) * len(PLACES))).sum(axis=1)
    errors = (weights * counts).sum(axis=1) / N
    some = range(min(samples, 2000))
    values = np.array(
        [
            pac_bayes.pac_bayes_kl(train_error=float(errors[i]), kl_bits=max(float(kl[i]), 0.0), n=N, delta=DELTA).value
            for i in some
        ]
    )
    failed = int((weights[: len(some)] @ RISKS > values).sum())
    return [*rows, _coverage("PAC-Bayes, kl (Gibbs posterior)", "paid", len(some), failed)]


def _coverage(name: str, price: str, samples: int, failed: int) -> Row:
    return {"what": "coverage", "bound": name, "bits": price, "samples": samples, "failed": failed / samples}


def classifiers(features: Sequence[int], levels: Sequence[int]) -> list[Row]:
    """Linear classifiers of images by random features: errors, coded bits, bounds."""
    train = load_labelled(str(FASHION))
    test = load_labelled(str(FASHION / "t10k-images-idx3-ubyte.gz"))
    rows: list[Row] = []
    for count in features:
        # Random directions of a fixed seed: both ends know them, and pixels are scaled to −1 to 1.
        projection = np.random.default_rng(0).normal(size=(784, count)) / 28
        inputs = [_features(data.x.reshape(len(data), -1), projection) for data in (train, test)]
        weights = _least_squares(inputs[0], train.y)
        for number in levels:
            began = time.process_time()
            step = 2.5 * float(weights.std()) / (number // 2)
            held = np.clip(np.rint(weights / step), -(number // 2), number // 2).astype(np.int64)
            raw = bytes((held + number // 2).ravel().tolist())
            code = Counts(order=0).encode(raw)
            assert Counts(order=0).decode(code) == raw
            # Scale does not matter to which class wins, so that no step is sent.
            bits = finite.self_delimiting_bits(int(bits_from_bytes(len(code)))) + DECISIONS
            errors = [
                float(((x @ held).argmax(axis=1) != data.y).mean())
                for x, data in zip(inputs, (train, test), strict=True)
            ]
            known: dict[str, float] = {"train_error": errors[0], "bits": bits, "n": len(train), "delta": 0.05}
            found = {row.name: row.value for row in bounds_beside(**known) if isinstance(row, Bound)}
            rows.append(
                {
                    "what": "classifier",
                    "features": count,
                    "levels": number,
                    "train_error": errors[0],
                    "test_error": errors[1],
                    "bits": round(bits, 1),
                    **{name: round(value, 6) for name, value in found.items()},
                    "cpu_seconds": round(time.process_time() - began, 2),
                }
            )
    return rows


def _features(x: npt.NDArray[np.float32], projection: Floats) -> Floats:
    hidden = np.tanh((2 * x - 1) @ projection)
    return np.concatenate((hidden, np.ones((len(x), 1))), axis=1)


def _least_squares(x: Floats, y: npt.NDArray[np.int64]) -> Floats:
    wanted = np.eye(CLASSES)[y] - 1 / CLASSES
    return np.asarray(np.linalg.solve(x.T @ x + 10 * np.eye(x.shape[1]), x.T @ wanted), np.float64)


def e_values(lines: int, *, runs: int) -> list[Row]:
    """Bits saved on which line is of which set, by counts and by mixing; how often the null is rejected."""
    books = {
        name: [line for line in bundled(f"{name}.txt").joined.split(b"\n") if line.strip()]
        for name in ("pride_1", "pride_2", "war")
    }
    order = np.random.default_rng(0).permutation(len(books["pride_1"])).tolist()
    one, other = ([books["pride_1"][i] for i in part] for part in (order[:lines], order[lines : 2 * lines]))
    tests = {
        "the same book, at random": other,
        "a tenth copied from train": [*one[: lines // 10], *other[lines // 10 :]],
        "half copied from train": [*one[: lines // 2], *other[lines // 2 :]],
        "later chapters": books["pride_2"][:lines],
        "another book": books["war"][:lines],
    }
    rows: list[Row] = []
    for name in ("counts:order=2", "mixing:level=fast"):
        model = create(name)
        assert isinstance(model, Model)
        for what, test in tests.items():
            began = time.process_time()
            found = exchangeable(one, test, model)
            rows.append(
                {
                    "what": "e-value",
                    "test": what,
                    "model": name,
                    "items": 2 * lines,
                    "e_bits": round(found.e_bits, 2),
                    "most_e_bits": round(found.most_e_bits, 2),
                    "null_bits": round(found.null_bits, 1),
                    "told_apart": found.told_apart,
                    "cpu_seconds": round(time.process_time() - began, 2),
                }
            )
    rejected, total = 0, 0.0
    for seed in range(runs):
        drawn = np.random.default_rng(1000 + seed).permutation(len(books["pride_1"])).tolist()
        sets = [[books["pride_1"][i] for i in part] for part in (drawn[:100], drawn[100:200])]
        found = exchangeable(sets[0], sets[1], Counts(order=1), seed=seed)
        rejected += found.told_apart
        total += found.e_value
    rows.append({"what": "null", "runs": runs, "alpha": 0.05, "rejected": rejected / runs, "mean_e": total / runs})
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """No bound may fail more often than delta, no test error exceed its bound, no null be rejected too often."""
    paid = [float(row["failed"] or 0) for row in rows if row["what"] == "coverage" and row["bits"] == "paid"]
    held = [row for row in rows if row["what"] == "classifier"]
    slack = min(float(row["Occam, binomial"] or 0) - float(row["test_error"] or 0) for row in held)
    null = next(float(row["rejected"] or 0) for row in rows if row["what"] == "null")
    return [
        target("part of samples on which a bound fails, the worst", max(paid), f"at most {DELTA}", max(paid) <= DELTA),
        target("bound less test error, the least", slack, "above 0", slack > 0),
        target("null rejected at 0.05", null, "at most 0.05, by chance 0.1", null <= 0.1),
    ]


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
