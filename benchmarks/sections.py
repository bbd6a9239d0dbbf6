"""The sections of docs/benchmarks.md: a table or two for each benchmark's rows."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import (
    ladder,
)

Result = dict[str, Any]


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


def _classification(rows: Sequence[Result]) -> str:
    found = {(row["data"], row["method"]): row for row in rows}
    methods = list(dict.fromkeys(row["method"] for row in sorted(rows, key=lambda row: row["method"] != "codelength")))
    accuracies, seconds = [], []
    for name in dict.fromkeys(row["data"] for row in rows):
        mine = [found.get((name, method)) for method in methods]
        accuracies.append(
            [
                name,
                *(
                    "" if row is None else f"{row['accuracy']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
                    for row in mine
                ),
            ]
        )
        seconds.append([name, *("" if row is None else _fit_and_predict(row) for row in mine)])
    return (
        "## Texts told apart: accuracy\n\nWith Wilson's 95 % intervals; gzip-kNN was asked for random texts only "
        "where the set is large: see [classify.md](classify.md).\n\n"
        + table(["set", *methods], accuracies)
        + "\n## Texts told apart: CPU seconds to fit and to predict\n\n"
        + "Scaled to all texts where only some were asked for.\n\n"
        + table(["set", *methods], seconds)
    )


def _fit_and_predict(row: Result) -> str:
    times = row.get("of", row["asked"]) / row["asked"]
    return f"{row['fit_cpu_seconds']:.1f} + {times * row['predict_cpu_seconds']:.1f}{' (scaled)' if times > 1 else ''}"


def _with_interval(row: Result) -> str:
    return f"{row['accuracy']:.3f} ({row['low']:.3f} to {row['high']:.3f})"


def _identify(rows: Sequence[Result]) -> str:
    named = [row for row in rows if "accuracy" in row]
    foreign = [row for row in rows if "area_under_curve" in row]
    return (
        "## Languages from 20 words, and what is foreign\n\n"
        + table(
            ["by", "versions", "asked", "accuracy", "right language"],
            [
                [
                    row["method"],
                    f"{row['classes']:,}",
                    f"{row['asked']:,}",
                    _with_interval(row),
                    f"{row['same_code']:.3f}",
                ]
                for row in named
            ],
        )
        + "\n"
        + table(
            ["foreign to R8", "bits a byte of R8", "bits a byte of the other", "area under the curve"],
            [
                [
                    row["method"].removeprefix("codelength, against "),
                    f"{row['own_bits_per_byte']:.3f}",
                    f"{row['other_bits_per_byte']:.3f}",
                    f"{row['area_under_curve']:.4f}",
                ]
                for row in foreign
            ],
        )
    )


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
    "classification": _classification,
    "identify": _identify,
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
