"""Do stronger models find more shared structure? Thirty real pairs, each model of the ladder: rank correlations.

    strength of a model on a pair    −C(Y)
    what it finds                    C(Y) − C(Y given X)

Spearman's ρ over the models of the ladder, pair by pair; their mean with an interval by resampling the pairs. The joint
lengths and both orders are kept too, for the other claims of docs/theory.md. Run: python -m benchmarks.pairs [NAMES]
"""

import datetime
import json
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.real_pairs import PAIRS, Pair, read_pair
from benchmarks.record import processor
from codelength.dataset import Dataset, sha256_of
from codelength.measure.shared import shared_ladder
from codelength.naming import split_names
from codelength.registry import LADDER, create
from codelength.result.shared import Shared

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "pairs.json"
Floats = npt.NDArray[np.float64]


def main(names: list[str], *, quick: bool = False) -> None:
    """Measure every pair, print a line each, write the result; quick: two pairs, nothing written."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        sys.exit(f"{folder} is absent; these pairs are real data that the project does not ship")
    started = time.perf_counter()
    pairs = [measure_pair(folder, pair, names) for pair in (PAIRS[6:8] if quick else PAIRS)]
    if quick:
        return
    result = {
        "what": "30 real pairs: what each model pays and finds shared, in bits; Spearman's rho of strength and finding",
        "command": "python -m benchmarks.pairs",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform()},
        "versions": {"python": platform.python_version(), "codelength": version("codelength")},
        "models": names,
        "summary": summarise(pairs),
        "pairs": pairs,
        "seconds": round(time.perf_counter() - started, 1),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result["summary"], indent=1))


def measure_pair(folder: Path, pair: Pair, names: list[str]) -> dict[str, Any]:
    """All models' figures on one pair, and the rank correlations over the models."""
    x, y = read_pair(folder, pair)
    rows = shared_ladder(
        Dataset(pair.x, (x,)), Dataset(pair.y, (y,)), [create(name) for name in names], nulls={}, joint="ideal"
    )
    found = np.array([row.shared_bits for row in rows])
    fraction = np.array([row.shared_fraction for row in rows])
    strength = np.array([-row.y_bits for row in rows])
    result = {
        "kind": pair.kind,
        "x": pair.x,
        "y": pair.y,
        "x_sha256": sha256_of(x),
        "y_sha256": sha256_of(y),
        "rho_shared_bits": spearman(strength, found),
        "rho_shared_fraction": spearman(strength, fraction),
        "strongest": rows[int(strength.argmax())].model,
        "finds_most": rows[int(found.argmax())].model,
        "rows": [figures(row) for row in rows],
    }
    print(
        f"{pair.kind:9} {pair.x[-28:]:>28} → {pair.y[-28:]:28} rho {result['rho_shared_bits']:+.2f} "
        f"(fraction {result['rho_shared_fraction']:+.2f}), strongest {result['strongest']}, "
        f"finds most {result['finds_most']}",
        flush=True,
    )
    return result


def figures(row: Shared) -> dict[str, Any]:
    """One model's line of JSON, without what is stated once for the pair."""
    line: dict[str, Any] = json.loads(row.to_json())
    return {key: line[key] for key in line if key not in ("x", "y", "null_shared_bits", "over_null_bits", "warnings")}


def summarise(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """What the thirty pairs say about each claim."""
    rows = [row for pair in pairs for row in pair["rows"]]
    chain = [abs(row["chain_gap_bits"]) / row["xy_bits"] for row in rows if row["kind"] == "coded"]
    summary: dict[str, Any] = {
        "pairs": len(pairs),
        "rho_shared_bits": mean_with_interval([pair["rho_shared_bits"] for pair in pairs]),
        "rho_shared_fraction": mean_with_interval([pair["rho_shared_fraction"] for pair in pairs]),
        "pairs_with_positive_rho": sum(pair["rho_shared_bits"] > 0 for pair in pairs),
        "pairs_where_the_strongest_finds_most": sum(pair["strongest"] == pair["finds_most"] for pair in pairs),
        "rho_by_kind": {
            kind: float(np.mean([pair["rho_shared_bits"] for pair in pairs if pair["kind"] == kind]))
            for kind in dict.fromkeys(pair["kind"] for pair in pairs)
        },
        "coded_chain_gap_of_joint_max": max(chain, default=None),
        "models": {},
    }
    for model in dict.fromkeys(row["model"] for row in rows):
        mine = [row for row in rows if row["model"] == model]
        summary["models"][model] = {
            "y_bits_sum": sum(row["y_bits"] for row in mine),
            "shared_bits_sum": sum(row["shared_bits"] for row in mine),
            "shared_fraction_mean": float(np.mean([row["shared_fraction"] for row in mine])),
            "pairs_with_negative_sharing": sum(row["shared_bits"] < 0 for row in mine),
            "joint_over_sum_of_parts_max_bits": max(row["xy_bits"] - row["x_bits"] - row["y_bits"] for row in mine),
            "symmetry_gap_of_joint_max": max(abs(row["symmetry_gap_bits"]) / row["xy_bits"] for row in mine),
            "symmetry_gap_of_joint_median": float(
                np.median([abs(row["symmetry_gap_bits"]) / row["xy_bits"] for row in mine])
            ),
            "interleaved_over_sequential_mean": float(
                np.mean([row["interleaved_bits"] / min(row["xy_bits"], row["yx_bits"]) - 1 for row in mine])
            ),
        }
    return summary


def spearman(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation of a and b [n], ties by their mean rank; nan where one is constant.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([9.0, 7.0, 5.0]))
    -1.0
    """
    x, y = (_ranks(values) - (len(values) - 1) / 2 for values in (a, b))
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return round(float(x @ y) / scale, 12) if scale else float("nan")


def mean_with_interval(values: list[float]) -> dict[str, float]:
    """Mean, and the middle 95 % of the means of pairs drawn with replacement (seed 0)."""
    clean = np.array([value for value in values if np.isfinite(value)])
    draws = np.random.default_rng(0).integers(0, len(clean), (5000, len(clean)))
    low, high = np.quantile(clean[draws].mean(axis=1), [0.025, 0.975])
    return {"mean": round(float(clean.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _ranks(values: Floats) -> Floats:
    return np.array([((values < value).sum() + (values <= value).sum() - 1) / 2 for value in values], np.float64)


if __name__ == "__main__":
    given = [part for part in sys.argv[1:] if not part.startswith("-")]
    main(split_names(given[0]) if given else list(LADDER), quick="--quick" in sys.argv)
