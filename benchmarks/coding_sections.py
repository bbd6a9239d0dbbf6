"""The sections of docs/benchmarks.md on coders: sizes, speeds, related texts, memory, archives."""

from collections.abc import Sequence

from benchmarks import ladder
from benchmarks.tables import Result, number, table


def ladder_section(rows: Sequence[Result]) -> str:
    """Sizes and speeds, file by file."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    models.sort(key=lambda model: (not model.startswith("mixing"), model != "mixing", model))
    files = list(dict.fromkeys(row["data"] for row in rows))
    found = {(row["model"], row["data"]): row for row in rows}
    beside = ("lpaq1-like", "lpaq2", "zpaq -m4", ladder.DEEP, "paq8px -5")
    sizes, speeds = [], []
    for file in files:
        raw = next(row["raw_bytes"] for row in rows if row["data"] == file)
        mine = [number(found.get((model, file), {}).get("coded_bytes")) for model in models]
        sizes.append(
            [f"{file} ({raw:,})", *mine, *(number(ladder.PUBLISHED.get(file, {}).get(name)) for name in beside)]
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


def bits_each_section(rows: Sequence[Result]) -> str:
    """Items scored from one state."""
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


def far_copy_section(rows: Sequence[Result]) -> str:
    """How much of a far copy is found."""
    lines = [
        [
            row["model"],
            f"{row['y_bytes']:,}",
            number(row["y_bits"]),
            number(row["y_given_x_bits"]),
            f"{row['found']:.2%}".replace("-", "−"),
            row["kind"],
        ]
        for row in sorted(rows, key=lambda row: (-row["y_bytes"], row["y_given_x_bits"]))
    ]
    head = ["model", "Y, bytes", "C(Y), bits", "C(Y given X), bits", "found", "kind"]
    return f"## A copy from the far end of {rows[0]['x_bytes']:,} bytes\n\n" + table(head, lines)


def related_section(rows: Sequence[Result]) -> str:
    """Related texts, pair by pair."""
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
                number(row["y_bits"]),
                f"**{number(row['y_given_x_bits'])}**"
                if row["y_given_x_bits"] == least
                else number(row["y_given_x_bits"]),
                number(row["shared_bits"]),
                "" if row["shared_low"] is None else f"{number(row['shared_low'])} to {number(row['shared_high'])}",
                f"{row['shared_fraction']:.2%}".replace("-", "−"),
                row["kind"],
            ]
            for row in mine
        ]
        parts.append(f"### {pair} ({mine[0]['x_bytes']:,} and {mine[0]['y_bytes']:,} bytes)\n")
        parts.append(table(["model", "C(Y)", "C(Y given X)", "shared", "interval", "part of C(Y)", "kind"], lines))
    return "\n".join(parts)


def memory_section(rows: Sequence[Result]) -> str:
    """Resident memory."""
    lines = [
        [
            row["model"],
            f"{row['raw_bytes']:,}",
            number(row["coded_bytes"]),
            f"{row['peak_resident_bytes'] / 1e6:,.1f}",
            f"{row['seconds']:,.0f}",
            "yes" if row["finished"] else f"no, stopped after reading {row['bytes_read_by_process']:,} bytes",
        ]
        for row in rows
    ]
    head = ["model", "file, bytes", "coded, bytes", "peak resident, MB", "seconds, verified", "to its end"]
    return "## Memory\n\n" + table(head, lines)


def archive_section(rows: Sequence[Result]) -> str:
    """Programs that print a file."""
    lines = [
        [row["method"], f"{row['total_bytes']:,}", f"{row['decoder_bytes']:,}", f"{row['unpack_seconds']:.1f}"]
        for row in rows
    ]
    head = ["method", "program, bytes", "of these its decoder", "unpacked in seconds"]
    return "## Executable archives of alice29.txt\n\n" + table(head, lines)
