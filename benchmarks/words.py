"""Words matched without parallel text: Multi30k English to French and German, P@1 and P@5 of the 800 commonest words.

Two settings: all 29,000 lines of both languages, whose order is not used (the same sentences), and the first half of
English with the second half of the other (disjoint halves; `seed` shuffles the lines before they are cut, 0 does not).
Gold: xling-eval's pairs and the pairs of words with Dice > .3 over the parallel lines. Words as in data/words.py.

    texts      `match words X Y`                             with the seed that the row names
    vectors    the same on PPMI-SVD vectors of 50 dimensions
    procrustes self-learning from a start: identical words; sorted similarities (vecmap); equal ranks;
               entropic Gromov-Wasserstein (POT); half of the gold, the other half judged, without self-learning

Translation of test_2016_flickr word for word, by the lexicon of 2,500 words that was found without a seed: BLEU-4 of
lower-cased words as above, one reference, no smoothing (match/translation.py), and the mean bits of a line.

Run: python -m benchmarks.words [--quick] [starts]
"""

import functools
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from codelength.data.words import Words, numbered, split_words
from codelength.match.ppmi import ppmi_vectors
from codelength.match.procrustes import NEIGHBOURS, Points, Rotation, csls, rotation, self_learned, unit
from codelength.match.translation import bleu, translated, translator
from codelength.match.word_seeds import Hint, Seed, seed_pairs
from codelength.match.words import WordSearch, match_words, precision

WORDS, DICE = 800, 0.3
LEXICON_WORDS, LEARN_LINES = 2500, 3000
SAME, HALVES = "same sentences", "disjoint halves"
Gold = dict[str, frozenset[str]]
Lines = list[list[str]]


def lines(language: str, part: str = "train") -> Lines:
    """The lines of a part of Multi30k in words."""
    text = gzip.decompress((SHARED_DATA / "multi30k" / f"{part}.{language}.gz").read_bytes()).decode()
    return [split_words(line) for line in text.splitlines()]


def gold_pairs(language: str, first: Lines, second: Lines, x: Sequence[str], y: Sequence[str]) -> Gold:
    """What judges: the dictionary's pairs among the words, and those with Dice > .3 over the parallel lines."""
    found: dict[str, set[str]] = {}
    for file in sorted((SHARED_DATA / "bilingual_dict" / f"en-{language}").glob(f"*.en-{language}.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            one, other = line.split("\t")
            if one in x and other in y:
                found.setdefault(one, set()).add(other)
    known_x, known_y = set(x), set(y)
    of_x, of_y, of_both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for left, right in zip(first, second, strict=True):
        ones, others = known_x & set(left), known_y & set(right)
        of_x.update(ones)
        of_y.update(others)
        of_both.update((one, other) for one in ones for other in others)
    for (one, other), count in of_both.items():
        if 2 * count / (of_x[one] + of_y[other]) > DICE:
            found.setdefault(one, set()).add(other)
    return {word: frozenset(others) for word, others in found.items()}


def measure(language: str, setting: str, seed: int, *, quick: bool) -> list[Row]:
    """All methods on one pair of texts."""
    first, second = lines("en"), lines(language)
    x_lines, y_lines = first, second
    if setting == HALVES:
        order = np.arange(len(first)) if seed == 0 else np.random.default_rng(seed).permutation(len(first))
        half = len(order) // 2
        x_lines, y_lines = [first[i] for i in order[:half]], [second[i] for i in order[half:]]
    x, y = numbered("en", x_lines), numbered(language, y_lines)
    gold = gold_pairs(language, first, second, x.top(WORDS), y.top(WORDS))
    rows: list[Row] = []
    hints: tuple[Hint, ...] = (
        ("none",) if seed or quick else ("none", "identical", "spelling") if language == "fr" else ("none", "identical")
    )
    for hint in hints:
        for method in ("texts",) if seed else ("texts", "vectors"):
            began = time.process_time()
            sides = (x, y) if method == "texts" else (ppmi_vectors(x, WORDS), ppmi_vectors(y, WORDS))
            search = WordSearch(words=WORDS, null=hint == "none" and not seed, restarts=1 if quick else 2)
            found = match_words(*sides, hint=Seed(hint), search=search, gold=gold)
            judged, match = found.precision, found.match
            assert judged is not None
            rows.append(
                {
                    **_head(language, setting, method, hint, seed),
                    "p_at_1": round(100 * judged.at_1, 1),
                    "p_at_5": round(100 * judged.at_5, 1),
                    "judged_words": judged.judged_words,
                    **{key: _whole(getattr(match, key)) for key in BITS},
                    "learning_saved_bits": None if found.learning is None else _whole(found.learning.saved_bits),
                    "cpu_seconds": round(time.process_time() - began, 1),
                }
            )
            print(rows[-1], flush=True)
    return rows if seed else rows + procrustes_rows(language, setting, x, y, gold)


def translation_rows(language: str, setting: str) -> list[Row]:
    """The first candidate of each word; the same chosen by Y's words in a row; and with a channel learned from X."""
    first, second = lines("en"), lines(language)
    half = len(first) // 2
    x_lines, y_lines = (first, second) if setting == SAME else (first[:half], second[half:])
    x, y = numbered("en", x_lines), numbered(language, y_lines)
    began = time.process_time()
    search = WordSearch(words=LEXICON_WORDS, restarts=1, null=False)
    lexicon = match_words(x, y, search=search).lexicon
    source, references = (lines(name, "test_2016_flickr") for name in ("en", language))
    likeliest = {pair.word: pair.translation for pair in lexicon}
    head: dict[str, str | int] = {"pair": f"en-{language}", "setting": setting, "method": "translation", "seed": 0}
    plain = [[likeliest.get(word, word) for word in line] for line in source]
    rows: list[Row] = [
        {**head, "start": "copied", "bleu": round(100 * bleu(source, references), 2)},
        {**head, "start": "likeliest words", "bleu": round(100 * bleu(plain, references), 2)},
    ]
    for rounds in (0, 3):
        by = translator(lexicon, y, sentences=x_lines[:LEARN_LINES], rounds=rounds)
        found = translated(by, source)
        rows.append(
            {
                **head,
                "start": f"three words, {rounds} rounds",
                "bleu": round(100 * bleu(found.lines, references), 2),
                "bits_per_line": round(float(found.bits.mean()), 2),
                "cpu_seconds": round(time.process_time() - began, 1),
            }
        )
    for row in rows:
        print(row, flush=True)
    return rows


def starts_rows() -> list[Row]:
    """Whether shorter codes are better lexicons: eight starts on vectors; the words that the shortest code holds."""
    first, second = lines("en"), lines("fr")
    half = len(first) // 2
    x, y = numbered("en", first[:half]), numbered("fr", second[half:])
    gold = gold_pairs("fr", first, second, x.top(LEXICON_WORDS), y.top(LEXICON_WORDS))
    sides = ppmi_vectors(x, WORDS), ppmi_vectors(y, WORDS)
    found = match_words(*sides, search=WordSearch(restarts=8, null=False), gold=gold)
    head: dict[str, str | int] = {"pair": "en-fr", "setting": HALVES, "seed": 0}
    assert found.start_precisions is not None
    rows: list[Row] = [
        {**head, "method": "starts", "start": str(i), "total_bits": round(bits), "p_at_1": round(100 * right, 1)}
        for i, (bits, right) in enumerate(zip(found.totals, found.start_precisions, strict=True))
    ]
    lexicon = match_words(x, y, search=WordSearch(words=LEXICON_WORDS, restarts=1, null=False)).lexicon
    for name, held in (("held", True), ("left out", False)):
        part = [pair for pair in lexicon if pair.kept == held]
        judged = precision(part, gold, y.top(LEXICON_WORDS))
        rows.append(
            {
                **head,
                "method": f"of {LEXICON_WORDS} words",
                "start": name,
                "words": len(part),
                "judged_words": judged.judged_words,
                "p_at_1": round(100 * judged.at_1, 1),
            }
        )
    for row in rows:
        print(row, flush=True)
    return rows


BITS = ("unmapped_bits", "mapped_bits", "map_bits", "saved_bits", "margin_bits", "null_saved_bits")


def procrustes_rows(language: str, setting: str, words_x: Words, words_y: Words, gold: Gold) -> list[Row]:
    """What others do: rotations from several starts."""
    names_x, names_y = words_x.top(WORDS), words_y.top(WORDS)
    x, y = (unit(ppmi_vectors(words, WORDS).vectors) for words in (words_x, words_y))
    place = {word: j for j, word in enumerate(names_y)}
    pairs = seed_pairs(names_x, names_y, Seed("identical"))
    starts: dict[str, Callable[[], Rotation]] = {
        "identical": lambda: rotation(x[[i for i, _ in pairs]], y[[j for _, j in pairs]]),
        "sorted similarities": lambda: _by_profiles(x, y),
        "equal ranks": lambda: rotation(x, y[: len(x)]),
        "Gromov-Wasserstein": lambda: _by_transport(x, y),
    }
    rows: list[Row] = []
    for name, start in starts.items():
        began = time.process_time()
        found = self_learned(x, y, start())
        scores = csls(x @ found.rotation, y)
        rows.append(_judged(_head(language, setting, "procrustes", name, 0), scores, names_x, place, gold, began))
    words = sorted(gold)
    np.random.default_rng(0).shuffle(words)
    half = len(words) // 2
    given = [
        (i, place[other]) for i, word in enumerate(names_x) if word in words[:half] for other in sorted(gold[word])
    ]
    scores = csls(x @ rotation(x[[i for i, _ in given]], y[[j for _, j in given]]), y)
    held = {word: gold[word] for word in words[half:]}
    head = _head(language, setting, "procrustes", "half of the gold", 0)
    rows.append(_judged(head, scores, names_x, place, held, time.process_time()))
    for row in rows:
        print(row, flush=True)
    return rows


def _by_profiles(x: Points, y: Points) -> Rotation:
    """vecmap's start: words whose roots of similarities to all words, sorted, are alike."""
    profiles = []
    for side in (x, y):
        left, values, _ = np.linalg.svd(side, full_matrices=False)
        roots = np.sort((left * values) @ left.T, axis=1)
        profiles.append(unit(roots))
    forth = csls(profiles[0], profiles[1], NEIGHBOURS)
    rows = np.concatenate([np.arange(len(x)), forth.argmax(0)])
    columns = np.concatenate([forth.argmax(1), np.arange(len(y))])
    return rotation(x[rows], y[columns])


def _by_transport(x: Points, y: Points) -> Rotation:
    import ot

    p, q = np.full(len(x), 1 / len(x)), np.full(len(y), 1 / len(y))
    plan = ot.gromov.entropic_gromov_wasserstein(
        1 - x @ x.T, 1 - y @ y.T, p, q, "square_loss", epsilon=0.02, max_iter=30
    )
    return rotation(x, np.asarray(plan, np.float64) @ y)


def _judged(
    head: Row, scores: npt.NDArray[np.float64], names: Sequence[str], place: dict[str, int], gold: Gold, began: float
) -> Row:
    order = np.argsort(-scores, axis=1)[:, :5]
    right = [(i, {place[other] for other in gold[word]}) for i, word in enumerate(names) if word in gold]
    return {
        **head,
        "p_at_1": round(100 * sum(int(order[i, 0]) in them for i, them in right) / len(right), 1),
        "p_at_5": round(100 * sum(bool(them & set(map(int, order[i]))) for i, them in right) / len(right), 1),
        "judged_words": len(right),
        "cpu_seconds": round(time.process_time() - began, 1),
    }


def _head(language: str, setting: str, method: str, hint: str, seed: int) -> dict[str, str | int]:
    return {"pair": f"en-{language}", "setting": setting, "method": method, "start": hint, "seed": seed}


def _whole(bits: float | None) -> int | None:
    return None if bits is None else round(bits)


def judge(rows: Sequence[Row]) -> list[Row]:
    """Ours beside the anchors' figures."""
    table = {(row["pair"], row["setting"], row["method"], row["start"], row["seed"]): row for row in rows}
    wanted = (
        ("identical", SAME, 58.7),
        ("identical", HALVES, 22.1),
        ("none", SAME, 7.5),
        ("none", HALVES, 3.3),
    )
    targets = []
    for start, setting, least in wanted:
        row = table.get(("en-fr", setting, "texts", start, 0))
        if row is not None:
            found = float(str(row["p_at_1"]))
            what = f"en-fr, {setting}, seed {start}: P@1 in %"
            targets.append(target(what, found, f">= {least}", found >= least))
    return targets


def main() -> None:
    """Both languages, both settings, two more cuts into halves."""
    quick = "--quick" in sys.argv
    runs = [
        ("fr", SAME, 0),
        ("fr", HALVES, 0),
        ("de", SAME, 0),
        ("de", HALVES, 0),
        ("fr", HALVES, 1),
        ("fr", HALVES, 2),
    ]
    names = [Path("multi30k") / f"train.{language}.gz" for language in ("en", "fr", "de")]
    prints = {str(name): (SHARED_DATA / name).read_bytes() for name in names}
    parts: list[Callable[[], list[Row]]] = [] if quick else [starts_rows]
    if "starts" not in sys.argv:
        chosen = runs[:1] if quick else runs
        parts += [functools.partial(measure, *run, quick=quick) for run in chosen]
        parts += [functools.partial(translation_rows, run[0], run[1]) for run in chosen if not run[2] and not quick]
    for part in parts:
        rows = part()
        if quick:
            tell(judge(rows))
        else:
            place = record("words", rows, prints, keys=("pair", "setting", "method", "start", "seed"), judge=judge)
            tell(json.loads(place.read_text(encoding="utf-8"))["targets"])


if __name__ == "__main__":
    main()
