"""The sections of docs/benchmarks.md on the uses of shared bits: maps, choices, leaks, classes, many workers."""

from collections.abc import Sequence

from benchmarks.tables import Result, number, table


def matrix_section(rows: Sequence[Result]) -> str:
    """All pairs."""
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


def selection_section(rows: Sequence[Result]) -> str:
    """Documents chosen."""
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


def leak_section(rows: Sequence[Result]) -> str:
    """Planted leaks."""
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


def explain_section(rows: Sequence[Result]) -> str:
    """Planted quotations, and the page."""
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
            number(row["elements"]),
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


def classification_section(rows: Sequence[Result]) -> str:
    """Texts told apart."""
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


def identify_section(rows: Sequence[Result]) -> str:
    """Languages, and what is foreign."""
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


def scaling_section(rows: Sequence[Result]) -> str:
    """Several processes, and what the steps cost."""
    layouts = [
        [
            row["part"],
            row["layout"],
            f"{row['bytes']:,}",
            f"{row['seconds']:,.1f} ({row['least_seconds']:,.1f} to {row['most_seconds']:,.1f})",
            f"{row['times']:.2f}",
        ]
        for row in rows
        if row["part"] != "steps"
    ]
    steps = [
        [row["step"], f"{row['bytes']:,}", f"{row['seconds']:,.2f}", f"{row['bytes'] / row['seconds'] / 1e6:,.1f}"]
        for row in rows
        if row["part"] == "steps"
    ]
    return (
        "## Several processes\n\nSee [scaling.md](scaling.md). Wall seconds of whole calls, starts included.\n\n"
        + table(["job", "layout", "bytes scored", "seconds (least to most)", "times as fast"], layouts)
        + "\nThe steps of `select` in one process, seconds of processor time:\n\n"
        + table(["step", "bytes", "seconds", "MB/s"], steps)
    )
