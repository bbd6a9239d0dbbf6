"""The sections of docs/benchmarks.md on maps that are found: ciphers."""

from collections.abc import Sequence

from benchmarks.tables import Result, number, table


def ciphers_section(rows: Sequence[Result]) -> str:
    """Errors, what was solved, and speeds."""
    read = [row for row in rows if "symbol_error_percent" in row and row["part"] != "free choice"]
    lines = [
        [
            row["part"],
            row["case"],
            f"{row['ciphers']}",
            f"{row['symbol_error_percent']:.3f}",
            f"{row['solved']}",
            number(row.get("wrong_key_preferred")),
            f"{row['cpu_seconds_each']:.2f}",
        ]
        for row in read
    ]
    speeds = [[row["case"], number(row["keys_a_second"])] for row in rows if row["part"] == "speed"]
    held = next((row["bits_per_letter"] for row in rows if row["part"] == "model"), None)
    head = ["part", "letters, or cipher", "ciphers", "wrong letters, %", "solved", "wrong key preferred", "CPU s each"]
    return (
        "## Ciphers\n\nSee [match.md](match.md). Plaintexts from pg1342, which the model has not read: it read 17.7 "
        f"million letters of other English and pays {held} bits a letter of pg1342. Solved: at most 5 % of the letters "
        "are wrong; a wrong key is preferred where it costs less than the true one.\n\n"
        + table(head, lines)
        + "\nKeys that one thread tries in a CPU second:\n\n"
        + table(["cipher, and how long the n-grams", "keys"], speeds)
    )
