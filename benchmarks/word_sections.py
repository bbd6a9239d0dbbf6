"""The section of docs/benchmarks.md on words matched without parallel text."""

from collections.abc import Sequence

from benchmarks.tables import Result, number, table

def words_section(rows: Sequence[Result]) -> str:
    """Lexicons by method and start, and translation."""
    lexicons = [row for row in rows if row["method"] != "translation"]
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
