"""docs/benchmarks.md from results/*.json: targets first, then a table each. Run: python -m benchmarks.page"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    archive,
    bits_each,
    epiplexity,
    explain,
    far_copy,
    labels,
    ladder,
    leak,
    matrix,
    memory,
    mixing_net,
    nets,
    pretrained,
    related,
    selection,
    training_run,
    unsupervised,
)
from benchmarks.record import RESULTS, Judge

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks.page` from `benchmarks/results/*.json`; `make bench` measures all of it again, and
`python -m benchmarks --list` says what there is. The data are not shipped. What each part of mixing buys is in
[ablation.md](ablation.md), thirty real pairs are in [theory.md](theory.md).
"""
Result = dict[str, Any]
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


def _ladder(rows: Sequence[Result]) -> str:
    models = list(dict.fromkeys(row["model"] for row in rows))
    models.sort(key=lambda model: (not model.startswith("mixing"), model != "mixing", model))
    files = list(dict.fromkeys(row["data"] for row in rows))
    found = {(row["model"], row["data"]): row for row in rows}
    beside = ("lpaq1-like", "lpaq2", "zpaq -m4", ladder.DEEP, "paq8px -5")
    sizes, speeds = [], []
    for file in files:
        raw = next(row["raw_bytes"] for row in rows if row["data"] == file)
        mine = [_number(found.get((model, file), {}).get("coded_bytes")) for model in models]
        sizes.append(
            [f"{file} ({raw:,})", *mine, *(_number(ladder.PUBLISHED.get(file, {}).get(name)) for name in beside)]
        )
        speeds.append([file, *(_speeds(found.get((model, file))) for model in models)])
    return (
        "## The ladder: coded bytes\n\nEncoded, decoded and compared; the columns in italics are published figures "
        "(`benchmarks/published.json`), not measured\nhere.\n\n"
        + table(["file (bytes)", *models, *(f"*{name}*" for name in beside)], sizes)
        + "\n## The ladder: megabytes a CPU second, coding / decoding\n\n"
        + table(["file", *models], speeds)
    )


def _speeds(row: Result | None) -> str:
    if row is None:
        return ""
    return " / ".join(
        f"{row['raw_bytes'] / 1e6 / max(row[f'{way}_cpu_seconds'], 1e-3):.2f}" for way in ("encode", "decode")
    )


def _bits_each(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["model"],
            f"{row['items']:,} of {row['item_bytes']}",
            f"{row['bits_each_megabytes_per_second']:.3f}",
            f"{row['plain_megabytes_per_second']:.3f}",
            f"{row['part_of_plain_speed']:.3f} ({row['least_part']:.3f} to {row['greatest_part']:.3f})",
        ]
        for row in rows
    ]
    head = ["model", "items of bytes", "bits_each, MB/s", "plain reading, MB/s", "part, median (range)"]
    return f"## Many items from one state\n\nAfter {rows[0]['read_bytes']:,} bytes read; CPU seconds.\n\n" + table(
        head, lines
    )


def _far_copy(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["model"],
            f"{row['y_bytes']:,}",
            _number(row["y_bits"]),
            _number(row["y_given_x_bits"]),
            f"{row['found']:.2%}".replace("-", "−"),
            row["kind"],
        ]
        for row in sorted(rows, key=lambda row: (-row["y_bytes"], row["y_given_x_bits"]))
    ]
    head = ["model", "Y, bytes", "C(Y), bits", "C(Y given X), bits", "found", "kind"]
    return f"## A copy from the far end of {rows[0]['x_bytes']:,} bytes\n\n" + table(head, lines)


def _related(rows: Sequence[Result]) -> str:
    parts = [
        "## Related texts\n\nShared bits C(Y) − C(Y given X) with 95 % intervals by resampling blocks of Y, for models "
        "that can price blocks. The\nleast C(Y given X) of each pair is bold: what a sender who has X really pays.\n"
    ]
    for pair in dict.fromkeys(row["pair"] for row in rows):
        mine = sorted((row for row in rows if row["pair"] == pair), key=lambda row: -row["shared_bits"])
        least = min(row["y_given_x_bits"] for row in mine)
        lines = [
            [
                row["model"],
                _number(row["y_bits"]),
                f"**{_number(row['y_given_x_bits'])}**"
                if row["y_given_x_bits"] == least
                else _number(row["y_given_x_bits"]),
                _number(row["shared_bits"]),
                "" if row["shared_low"] is None else f"{_number(row['shared_low'])} to {_number(row['shared_high'])}",
                f"{row['shared_fraction']:.2%}".replace("-", "−"),
                row["kind"],
            ]
            for row in mine
        ]
        parts.append(f"### {pair} ({mine[0]['x_bytes']:,} and {mine[0]['y_bytes']:,} bytes)\n")
        parts.append(table(["model", "C(Y)", "C(Y given X)", "shared", "interval", "part of C(Y)", "kind"], lines))
    return "\n".join(parts)


def _memory(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["model"],
            f"{row['raw_bytes']:,}",
            _number(row["coded_bytes"]),
            f"{row['peak_resident_bytes'] / 1e6:,.1f}",
            f"{row['seconds']:,.0f}",
            "yes" if row["finished"] else f"no, stopped after reading {row['bytes_read_by_process']:,} bytes",
        ]
        for row in rows
    ]
    head = ["model", "file, bytes", "coded, bytes", "peak resident, MB", "seconds, verified", "to its end"]
    return "## Memory\n\n" + table(head, lines)


def _archive(rows: Sequence[Result]) -> str:
    lines = [
        [row["method"], f"{row['total_bytes']:,}", f"{row['decoder_bytes']:,}", f"{row['unpack_seconds']:.1f}"]
        for row in rows
    ]
    head = ["method", "program, bytes", "of these its decoder", "unpacked in seconds"]
    return "## Executable archives of alice29.txt\n\n" + table(head, lines)


def _training_run(rows: Sequence[Result]) -> str:
    lines = [
        [
            f"{row['log']}, {row['run']}" + (f", every {row['every']}th step" if "every" in row else ""),
            _number(row["entries"] or None),
            _number(row["tokens"]),
            _number(row["bytes"]),
            f"{row['per_cent_off']:+.3f} %, stated ± {row['per_cent_error']:.3f} %" if "every" in row else "",
            row["flags"].replace("doubtful: ", ""),
        ]
        for row in rows
    ]
    head = ["run", "entries", "tokens", "description length, bytes", "off the full log", "doubt"]
    return "## What training runs are worth\n\nPrequential, without code.\n\n" + table(head, lines)


def _epiplexity(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["data"],
            row["estimator"],
            f"{_number(row['structural_bits'])} ± {_number(row['error_bits'])}",
            _number(row["random_bits"]),
            f"{row['random_bits_per_byte']:.4f}",
            f"{row['width']}, {row['steps']:,}",
            row["kind"],
        ]
        for row in rows
    ]
    head = ["data", "by", "structural bits", "random bits", "random bits a byte", "best width, steps", "kind"]
    return f"## Structure and randomness of {rows[0]['raw_bytes']:,} bytes\n\n" + table(head, lines)


def _pretrained(rows: Sequence[Result]) -> str:
    lines = [
        [
            f"{row['model']} {row['options']}".strip(),
            row["given"],
            _number(row["y_bytes"]),
            f"{row['bits_per_byte']:.4f}",
            row["kind"],
            _number(row["model_bits"]),
            f"{row['cpu_seconds']:.1f}",
        ]
        for row in rows
    ]
    head = ["model", "given", "bytes", "bits per byte", "kind", "model bits", "CPU s"]
    return "## A small pretrained model\n\nTrained on 1 MB of one novel, asked about another.\n\n" + table(head, lines)


def _mixing_net(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["file"],
            _number(row["raw_bytes"]),
            _number(row["max_bits"] / 8),
            _number(row["net_bits"] / 8),
            f"{row['saved_percent']:.2f} %",
            row["kind"],
            f"{row['max_kb_per_cpu_second']:.0f}",
            f"{row['net_kb_per_cpu_second']:.1f}",
        ]
        for row in rows
    ]
    head = ["file", "bytes", "`max`", "`max,net=lstm`", "saved", "kind", "`max`, KB per CPU second", "with the net"]
    return "## mixing with a net\n\nIdeal lengths in bytes.\n\n" + table(head, lines)


def _nets(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["part"],
            f"{row['data']}, {row['raw_bytes']:,} bytes",
            f"`{row['model']}`",
            _number(row.get("parameters")),
            f"{row['bits_per_byte']:.4f}",
            row["kind"],
            _number(row["bytes_per_second"]),
            _number(row.get("idle_bytes_per_second") or row.get("flops_per_byte")),
            f"{100 * row['over_ideal']:+.3f} %" if "over_ideal" in row else "",
        ]
        for row in rows
    ]
    head = ["part", "data", "net", "weights", "bits a byte", "kind", "bytes a CPU second", "idle, or flops a byte"]
    told = (
        "The first net of each text learns nothing and shows what the orders do alone. Throughput was measured on a "
        "machine with other work to do; `idle` scales it by a plain training loop of torch that ran beside it and is "
        "known from an idle machine of this kind. A sweep has operations a byte there, about equal for all.\n\n"
    )
    return "## Nets that learn as they compress\n\n" + told + table([*head, "coded over ideal"], lines)


def _labels(rows: Sequence[Result]) -> str:
    lines = [
        [
            row["data"],
            row["learner"],
            f"{row['labels']:,}",
            _number(row["bits"]),
            f"{row['bits'] / row['labels']:.4f}",
            f"{row['uniform_bits'] / row['bits']:.1f}",
            f"{row['cpu_seconds']:,.0f}",
            row["kind"],
        ]
        for row in rows
    ]
    head = ["data", "learner", "labels", "bits", "bits per label", "of uniform", "CPU seconds", "kind"]
    return "## Labels given their inputs\n\nIn random order, one seed; see [labels.md](labels.md).\n\n" + table(
        head, lines
    )


def _unsupervised(rows: Sequence[Result]) -> str:
    parts = [
        "## What unlabelled data save\n\nOf the bits of labels, with 95 % intervals over seeds; see "
        "[unsupervised.md](unsupervised.md).\n"
    ]
    for task in dict.fromkeys(row["task"] for row in rows):
        mine = [row for row in rows if row["task"] == task]
        most = max(row["labels"] for row in mine)
        lines = [
            [
                row["reading"],
                f"{row['x_items']:,}",
                _number(row["bits"]),
                _number(row["saving_bits"]),
                "" if row["saving_low"] is None else f"{_number(row['saving_low'])} to {_number(row['saving_high'])}",
                _number(row["x_bits"]),
            ]
            for row in mine
            if row["labels"] == most
        ]
        parts.append(f"### {task}: {most:,} labels, {mine[0]['seeds']} seeds: {mine[0]['verdict']}\n")
        parts.append(table(["read before", "items", "bits", "saved", "interval", "bits of what was read"], lines))
    return "\n".join(parts)


def _matrix(rows: Sequence[Result]) -> str:
    keys = {
        "self_distance": "self-distance {:.4f}",
        "measured_part": "scaled from {:.0%} of the work, timed in turn with `crossing`",
        "nearest": "nearest is of the same group {:.1%}",
        "adjusted_rand": "adjusted Rand {:.3f}",
        "adjusted_rand_best_cut": "at the best cut {:.3f}",
        "collections": "by collection {:.3f}",
        "splits_found": "splits found {:.0f}",
        "splits": "of {:.0f}",
    }
    lines = [
        [
            row["part"],
            f"`{row['system']}`",
            f"{row['items']} ({row['raw_bytes']:,})",
            f"{row['cpu_seconds']:,.1f}",
            ", ".join(form.format(row[key]) for key, form in keys.items() if key in row),
        ]
        for row in rows
    ]
    head = ["part", "by", "items (bytes)", "CPU seconds", "found"]
    return "## All pairs\n\nSee [matrix.md](matrix.md); CPU seconds of one thread.\n\n" + table(head, lines)


def _selection(rows: Sequence[Result]) -> str:
    keys = {
        "precision_at_100": "precision at 100 {:.3f}",
        "area": "area {:.3f}",
        "bits_per_byte": "{:.4f} bits per byte",
        "chosen_of_the_class": "{:.1%} of the target's class",
        "megabytes_per_cpu_second_in_all": "{:.2f} MB/s",
        "peak_resident_megabytes": "{:.0f} MB resident",
    }
    groups: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        what = f"{row['part']} {row['documents']:,} documents" if "documents" in row else row["part"]
        what += f" on {row['chosen_at_most_bytes']:,} bytes" if row.get("chosen_at_most_bytes") else ""
        groups.setdefault((what, row["method"]), []).append(row)
    lines = [
        [
            part,
            method,
            str(len(group)),
            ", ".join(form.format(_mean(group, key)) for key, form in keys.items() if key in group[0]),
            f"{_mean(group, 'cpu_seconds'):,.1f}" if "cpu_seconds" in group[0] else "",
        ]
        for (part, method), group in groups.items()
    ]
    head = ["part", "by", "runs", "mean", "CPU seconds"]
    return "## Choosing data\n\nSee [select.md](select.md); CPU seconds of one thread, a run.\n\n" + table(head, lines)


def _leak(rows: Sequence[Result]) -> str:
    keys = ("verbatim", "5 % typos", "case, punctuation", "line order", "recall", "precision", "false_positives")
    groups: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        groups.setdefault((row["source"], row["method"]), []).append(row)
    lines = [
        [source, method, str(len(group)), *(f"{_mean(group, key):.3f}" for key in keys)]
        for (source, method), group in groups.items()
    ]
    head = ["source", "by", "draws", *(key.replace("_", " ") for key in keys)]
    return "## Leaks\n\nSee [leak.md](leak.md); the part of planted leaks that is found.\n\n" + table(head, lines)


def _mean(rows: Sequence[Result], key: str) -> float:
    return float(sum(row[key] for row in rows) / len(rows))


def _explain(rows: Sequence[Result]) -> str:
    planted = [
        [row["part"], f"{row['pieces']}", f"{row['right_source']:.1%}", f"{row['most_explained_hold_one']:.1%}"]
        for row in rows
        if "pieces" in row
    ]
    pages = [
        [
            f"{row['y_bytes']:,}",
            f"{row['page_bytes']:,}",
            f"{row['cpu_seconds']:.0f}",
            f"{row['peak_resident_bytes'] / 1e6:,.0f} MB",
            f"{row['ready_seconds']:.1f}",
            f"{row['draw_median_ms']:.1f} / {row['draw_most_ms']:.1f}",
            _number(row["elements"]),
        ]
        for row in rows
        if "draw_most_ms" in row
    ]
    heads = (
        ["quotations", "pieces", "best source is the right place", "most explained passages that hold one"],
        [
            "bytes of Y",
            "bytes of the page",
            "CPU seconds",
            "peak memory",
            "ready, s",
            "draw, ms: median / most",
            "elements",
        ],
    )
    told = "## Explaining\n\nSee [explain.md](explain.md); by `mixing:level=fast`.\n\n"
    return told + table(heads[0], planted) + "\n" + table(heads[1], pages)


SECTIONS: dict[str, Callable[[Sequence[Result]], str]] = {
    "ladder": _ladder,
    "bits_each": _bits_each,
    "far_copy": _far_copy,
    "related": _related,
    "memory": _memory,
    "archive": _archive,
    "training_run": _training_run,
    "epiplexity": _epiplexity,
    "pretrained": _pretrained,
    "mixing_net": _mixing_net,
    "nets": _nets,
    "labels": _labels,
    "unsupervised": _unsupervised,
    "matrix": _matrix,
    "selection": _selection,
    "leak": _leak,
    "explain": _explain,
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown.

    >>> print(table(["a", "b"], [["1", "2"]]), end="")
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, *rows]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([text[0], "|---" * len(head) + "|", *text[1:]]) + "\n"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}".replace("-", "−")


if __name__ == "__main__":
    main()
