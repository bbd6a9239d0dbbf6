"""The sections of docs/benchmarks.md on what learns as it codes, and on labels."""

from collections.abc import Sequence

from benchmarks.tables import Result, number, table


def training_run_section(rows: Sequence[Result]) -> str:
    """Training runs in bytes."""
    lines = [
        [
            f"{row['log']}, {row['run']}" + (f", every {row['every']}th step" if "every" in row else ""),
            number(row["entries"] or None),
            number(row["tokens"]),
            number(row["bytes"]),
            f"{row['per_cent_off']:+.3f} %, stated ± {row['per_cent_error']:.3f} %" if "every" in row else "",
            row["flags"].replace("doubtful: ", ""),
        ]
        for row in rows
    ]
    head = ["run", "entries", "tokens", "description length, bytes", "off the full log", "doubt"]
    return "## What training runs are worth\n\nPrequential, without code.\n\n" + table(head, lines)


def epiplexity_section(rows: Sequence[Result]) -> str:
    """Structure and randomness."""
    lines = [
        [
            row["data"],
            row["estimator"],
            f"{number(row['structural_bits'])} ± {number(row['error_bits'])}",
            number(row["random_bits"]),
            f"{row['random_bits_per_byte']:.4f}",
            f"{row['width']}, {row['steps']:,}",
            row["kind"],
        ]
        for row in rows
    ]
    head = ["data", "by", "structural bits", "random bits", "random bits a byte", "best width, steps", "kind"]
    return f"## Structure and randomness of {rows[0]['raw_bytes']:,} bytes\n\n" + table(head, lines)


def pretrained_section(rows: Sequence[Result]) -> str:
    """A small pretrained model."""
    lines = [
        [
            f"{row['model']} {row['options']}".strip(),
            row["given"],
            number(row["y_bytes"]),
            f"{row['bits_per_byte']:.4f}",
            row["kind"],
            number(row["model_bits"]),
            f"{row['cpu_seconds']:.1f}",
        ]
        for row in rows
    ]
    head = ["model", "given", "bytes", "bits per byte", "kind", "model bits", "CPU s"]
    return "## A small pretrained model\n\nTrained on 1 MB of one novel, asked about another.\n\n" + table(head, lines)


def mixing_net_section(rows: Sequence[Result]) -> str:
    """The net in mixing."""
    lines = [
        [
            row["file"],
            number(row["raw_bytes"]),
            number(row["max_bits"] / 8),
            number(row["net_bits"] / 8),
            f"{row['saved_percent']:.2f} %",
            row["kind"],
            f"{row['max_kb_per_cpu_second']:.0f}",
            f"{row['net_kb_per_cpu_second']:.1f}",
        ]
        for row in rows
    ]
    head = ["file", "bytes", "`max`", "`max,net=lstm`", "saved", "kind", "`max`, KB per CPU second", "with the net"]
    return "## mixing with a net\n\nIdeal lengths in bytes.\n\n" + table(head, lines)


def nets_section(rows: Sequence[Result]) -> str:
    """Nets that learn what they code."""
    lines = [
        [
            row["part"],
            f"{row['data']}, {row['raw_bytes']:,} bytes",
            f"`{row['model']}`",
            number(row.get("parameters")),
            f"{row['bits_per_byte']:.4f}",
            row["kind"],
            number(row["bytes_per_second"]),
            number(row.get("idle_bytes_per_second") or row.get("flops_per_byte")),
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


def labels_section(rows: Sequence[Result]) -> str:
    """Labels given images."""
    lines = [
        [
            row["data"],
            row["learner"],
            f"{row['labels']:,}",
            number(row["bits"]),
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


def unsupervised_section(rows: Sequence[Result]) -> str:
    """What unlabelled data save."""
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
                number(row["bits"]),
                number(row["saving_bits"]),
                "" if row["saving_low"] is None else f"{number(row['saving_low'])} to {number(row['saving_high'])}",
                number(row["x_bits"]),
            ]
            for row in mine
            if row["labels"] == most
        ]
        parts.append(f"### {task}: {most:,} labels, {mine[0]['seeds']} seeds: {mine[0]['verdict']}\n")
        parts.append(table(["read before", "items", "bits", "saved", "interval", "bits of what was read"], lines))
    return "\n".join(parts)
