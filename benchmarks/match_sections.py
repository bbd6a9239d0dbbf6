"""Sections of docs/benchmarks.md on distribution matching."""

from collections.abc import Sequence

import numpy as np

from benchmarks.maps import OURS, right_interval
from benchmarks.tables import Result, number, table


def maps_section(rows: Sequence[Result]) -> str:
    """Maps between clouds of points without pairs."""
    parts = [
        "## Maps between clouds of points\n\nNo row of X stands for a row of Y; see [maps.md](maps.md). CPU seconds.\n"
    ]
    for part, section in {"cases": _cases, "columns": _columns, "cells": _cells}.items():
        mine = [row for row in rows if row["part"] == part]
        if mine:
            parts.append(section(mine))
    return "\n".join(parts)


def _cases(rows: Sequence[Result]) -> str:
    peers = [method for method in dict.fromkeys(row["method"] for row in rows) if method != OURS]
    lines = []
    for name in dict.fromkeys(row["data"] for row in rows):
        drawn = [row for row in rows if row["data"] == name]
        mine = [row for row in drawn if row["method"] == OURS]
        lines.append(
            [
                f"{name} ({mine[0]['points']:,} points)",
                "told" if mine[0]["should_be_told"] else "open",
                f"{sum(row['told'] is row['should_be_told'] for row in mine)} of {len(mine)}",
                ", ".join(dict.fromkeys(row["family"] for row in mine)),
                *(_error([row for row in drawn if row["method"] == method]) for method in (OURS, *peers)),
                f"{np.mean([row['cpu_seconds'] for row in mine]):.1f}",
            ]
        )
    head = ["clouds", "should be", "said so", "family chosen", f"error, {OURS}", *peers, "seconds"]
    return (
        "### Known maps\n\nThe error is the root of the mean square of F(x) − truth, "
        "in units of Y's spread, mean over draws; where the map is open\nit may well be another one.\n\n"
        + table(head, lines)
    )


def _columns(rows: Sequence[Result]) -> str:
    methods = list(dict.fromkeys(row["method"] for row in rows))
    lines = []
    for name in dict.fromkeys(row["data"] for row in rows):
        drawn = [row for row in rows if row["data"] == name]
        by_method = {method: [row for row in drawn if row["method"] == method] for method in methods}
        seconds = float(np.mean([row["cpu_seconds"] for row in by_method[OURS]]))
        first = drawn[0]
        named = [f"{name} ({first['columns']} columns, {first['points']:,} rows)"]
        lines.append([*named, *(_right(by_method[method]) for method in methods), f"{seconds:.1f}"])
    means = [f"{right_interval([row for row in rows if row['method'] == method])[0]:.1%}" for method in methods]
    lines.append(["all", *means, ""])
    head = ["two halves of a table", *methods, "seconds"]
    return (
        "### Which column is which\n\nColumns shuffled, rescaled and shifted; the part that is found again, with its "
        "95 % interval over draws.\n\n" + table(head, lines)
    )


def _cells(rows: Sequence[Result]) -> str:
    lines = []
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        right = [row["right"] for row in mine if row.get("right") is not None]
        lines.append(
            [
                method,
                f"{np.mean(right):.1%}" if right else "",
                _error(mine),
                f"{np.mean([row['kinds_right'] for row in mine]):.1%}",
                f"{np.mean([row['cpu_seconds'] for row in mine]):.1f}",
            ]
        )
    head = ["method", "columns right", "error", "kinds taken over rightly", "seconds"]
    return f"### Cells by two instruments, {rows[0]['points']} each, mean of {len(mine)} draws\n\n" + table(head, lines)


def _error(rows: Sequence[Result]) -> str:
    errors = [row["error"] for row in rows if row["error"] is not None]
    return f"{np.mean(errors):.2f}" if errors else "-"


def _right(rows: Sequence[Result]) -> str:
    mean, interval = right_interval(rows)
    if interval is None or interval[0] == interval[1]:
        return f"{mean:.1%}"
    return f"{mean:.1%} ({max(0, interval[0]):.0%} to {min(1, interval[1]):.0%})"


def words_section(rows: Sequence[Result]) -> str:
    """Lexicons by method and start, and translation."""
    lexicons = [row for row in rows if row["method"] in ("texts", "vectors", "procrustes")]
    starts = [row for row in rows if "total_bits" in row]
    held = [row for row in rows if "words" in row]
    translations = [row for row in rows if row["method"] == "translation"]
    return (
        "## Words without parallel text\n\nMulti30k, the 800 commonest words; see [words.md](words.md).\n\n"
        + table(
            ["pair", "text", "by", "start", "P@1", "P@5", "judged", "saved bits", "null saves", "CPU seconds"],
            [
                [
                    row["pair"],
                    row["setting"] + (f", cut {row['seed']}" if row["seed"] else ""),
                    row["method"],
                    row["start"],
                    f"{row['p_at_1']:.1f}",
                    f"{row['p_at_5']:.1f}",
                    str(row["judged_words"]),
                    number(row.get("saved_bits")),
                    number(row.get("null_saved_bits")),
                    f"{row['cpu_seconds']:.1f}",
                ]
                for row in lexicons
            ],
        )
        + "\nStarts on the vectors of disjoint halves (en-fr), the shortest code first:\n\n"
        + table(
            ["total bits", "P@1"],
            [
                [number(row["total_bits"]), f"{row['p_at_1']:.1f}"]
                for row in sorted(starts, key=lambda row: float(row["total_bits"]))
            ],
        )
        + "\nOf 2,500 words of disjoint halves (en-fr), those that the shortest code holds:\n\n"
        + table(
            ["words", "how many", "judged", "P@1"],
            [[row["start"], f"{row['words']:,}", str(row["judged_words"]), f"{row['p_at_1']:.1f}"] for row in held],
        )
        + "\ntest_2016_flickr, word for word with 2,500 words found without a seed; BLEU-4 of words in one case:\n\n"
        + table(
            ["pair", "text", "by", "BLEU", "bits a line"],
            [
                [
                    row["pair"],
                    row["setting"],
                    row["start"],
                    f"{row['bleu']:.2f}",
                    f"{row['bits_per_line']:.1f}" if "bits_per_line" in row else "",
                ]
                for row in translations
            ],
        )
    )
