"""docs/benchmarks.md from results/*.json: targets first, then a table each. Run: python -m benchmarks.page"""

import json
from pathlib import Path

from benchmarks import (
    archive,
    bits_each,
    bounds,
    ciphers,
    classification,
    epiplexity,
    explain,
    far_copy,
    identify,
    labels,
    ladder,
    leak,
    maps,
    matrix,
    memory,
    mixing_net,
    nets,
    pretrained,
    related,
    scaling,
    selection,
    training_run,
    unsupervised,
    words,
)
from benchmarks.record import RESULTS, Judge
from benchmarks.sections import SECTIONS
from benchmarks.tables import Result, table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks.page` from `benchmarks/results/*.json`; `make bench` measures all of it again, and
`python -m benchmarks --list` says what there is. The data are not shipped. What each part of mixing buys is in
[ablation.md](ablation.md), thirty real pairs are in [theory.md](theory.md).
"""
JUDGES: dict[str, Judge] = {
    "ladder": ladder.judge,
    "bits_each": bits_each.judge,
    "related": related.judge,
    "far_copy": far_copy.judge,
    "memory": memory.judge,
    "archive": archive.judge,
    "training_run": training_run.judge,
    "epiplexity": epiplexity.judge,
    "pretrained": pretrained.judge,
    "mixing_net": mixing_net.judge,
    "nets": nets.judge,
    "labels": labels.judge,
    "unsupervised": unsupervised.judge,
    "matrix": matrix.judge,
    "selection": selection.judge,
    "leak": leak.judge,
    "explain": explain.judge,
    "classification": classification.judge,
    "identify": identify.judge,
    "ciphers": ciphers.judge,
    "scaling": scaling.judge,
    "maps": maps.judge,
    "bounds": bounds.judge,
    "words": words.judge,
}


def main() -> None:
    """Write the page from whatever results there are."""
    PAGE.write_text(page(read_results(RESULTS)), encoding="utf-8")
    print(f"wrote docs/{PAGE.name}")


def read_results(folder: Path) -> dict[str, Result]:
    """The results by benchmark."""
    places = {name: folder / f"{name}.json" for name in JUDGES}
    return {name: json.loads(place.read_text(encoding="utf-8")) for name, place in places.items() if place.exists()}


def page(results: dict[str, Result]) -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        _machines(results),
        "## Targets\n",
        _targets(results),
    ]
    for name, section in SECTIONS.items():
        if name in results:
            parts.append(section(results[name]["rows"]))
    return "\n".join(parts)


def _machines(results: dict[str, Result]) -> str:
    rows = []
    for name, result in results.items():
        machine, versions = result["machine"], result["versions"]
        cells = [
            name,
            result["date"],
            f"{machine['processor']}, {machine['cores']} cores",
            _load(result),
            machine["system"].split("-")[0],
        ]
        rows.append([*cells, ", ".join(f"{key} {value}" for key, value in versions.items())])
    head = table(["benchmark", "date", "processor", "load", "system", "versions"], rows)
    return (
        head
        + "\nLoad is how many processes wanted a core while it was measured: above the cores, speeds are too low.\n"
    )


def _load(result: Result) -> str:
    loads = [row["load"] for row in result["rows"] if "load" in row] or [result["machine"].get("load", "")]
    return f"{min(loads)}" if min(loads) == max(loads) else f"{min(loads)} to {max(loads)}"


def _targets(results: dict[str, Result]) -> str:
    rows: list[list[str]] = []
    for name, result in results.items():
        judged: list[Result] = [dict(row) for row in JUDGES[name](result["rows"])]
        for row in judged:
            aim = f"{row['aim']}: {'reached' if row['aim_reached'] else 'not reached'}" if row["aim"] else ""
            asked = row["wanted"] != "an aim only"
            verdict = ("holds" if row["passed"] else "**fails**") if asked else ""
            rows.append([row["what"], f"{row['found']:,}", row["wanted"], verdict, aim])
    return table(["what", "found", "wanted", "", "aim"], rows)


if __name__ == "__main__":
    main()
