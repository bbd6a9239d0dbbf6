"""Which language, and what is foreign: source identifiers and anomaly scores made of code lengths.

UDHR: the Declaration of Human Rights in 500 of the versions that have at least 20 paragraphs; four of five paragraphs
are learnt, a version being a class, and from each version five runs of 20 words of the rest are told apart (versions
whose rest has fewer words, as blanks part them, are not asked about). Beside it a multinomial naive Bayes on
strings of 1 to 3 characters, as language identifiers have it.

Foreign: fitted to the training texts of R8, the fewest bits a byte of any class as a score; R8's test texts against
reviews (MR), questions (TREC) and news in Swahili: the area under the ROC curve.

Run: python -m benchmarks.identify
"""

import io
import sys
import tarfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

import numpy as np

from benchmarks.record import SHARED_DATA, Row, record, target, tell
from benchmarks.text_sets import splits
from codelength import CodelengthClassifier
from codelength.measure.interval import share_interval

ARCHIVE = SHARED_DATA / "udhr" / "udhr_xml.tar.gz"
VERSIONS, WORDS, RUNS, LEAST_PARAGRAPHS = 500, 20, 5, 20
FOREIGN = ("MR", "TREC", "swa")


def versions() -> dict[str, list[str]]:
    """The paragraphs of each version, in the order of their names."""
    found = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            name = member.name.rsplit("/", 1)[-1]
            stream = archive.extractfile(member) if name.startswith("udhr_") else None
            if stream is None:
                continue
            root = ElementTree.parse(io.BytesIO(stream.read())).getroot()
            parts = [" ".join("".join(one.itertext()).split()) for one in root.iter() if one.tag.endswith("para")]
            parts = [part for part in parts if part]
            if len(parts) >= LEAST_PARAGRAPHS:
                found[name.removeprefix("udhr_").removesuffix(".xml")] = parts
    return found


def languages(limit: int) -> list[Row]:
    """Told by 20 words: codelength and naive Bayes on strings of characters."""
    texts, labels, asked, truths = [], [], [], []
    for number, (name, parts) in enumerate(list(versions().items())[:limit]):
        order = np.random.default_rng(number).permutation(len(parts))
        kept = len(parts) // 5
        texts += [parts[i] for i in order[kept:]]
        labels += [name] * (len(parts) - kept)
        words = " ".join(parts[i] for i in order[:kept]).split()
        starts = np.random.default_rng(number).permutation(max(0, len(words) - WORDS + 1))[:RUNS]
        asked += [" ".join(words[start : start + WORDS]) for start in starts]
        truths += [name] * len(starts)
    rows: list[Row] = []
    for method in ("codelength", "strings of 1 to 3 characters, naive Bayes"):
        began = time.process_time()
        found, bits, fitted = (
            _codelength(texts, labels, asked) if method == "codelength" else _bayes(texts, labels, asked)
        )
        right = sum(x == y for x, y in zip(found, truths, strict=True))
        low, high = share_interval(right, len(asked))
        rows.append(
            {
                "task": "language from 20 words",
                "method": method,
                "classes": len(set(labels)),
                "trained_on": len(texts),
                "asked": len(asked),
                "right": right,
                "accuracy": round(right / len(asked), 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "same_code": round(_same_language(found, truths), 4),
                "train_bits_per_label": round(bits / len(texts), 4) if bits else None,
                "fit_cpu_seconds": round(fitted - began, 1),
                "predict_cpu_seconds": round(time.process_time() - fitted, 1),
            }
        )
        print(rows[-1], flush=True)
    return rows


def foreign() -> list[Row]:
    """How well bits a byte tell what is not of R8."""
    train, test = next(splits("R8"))
    model = CodelengthClassifier().fit(train.texts, train.labels)
    own = _bits_per_byte(model, test.texts[:1000])
    rows: list[Row] = []
    for name in FOREIGN:
        other = _bits_per_byte(model, [text[:2000] for text in next(splits(name))[1].texts[:500]])
        ranks = np.concatenate((own, other)).argsort(kind="stable").argsort() + 1
        area = (ranks[len(own) :].sum() - len(other) * (len(other) + 1) / 2) / (len(own) * len(other))
        rows.append(
            {
                "task": "foreign to R8",
                "method": f"codelength, against {name}",
                "own_bits_per_byte": round(float(np.median(own)), 3),
                "other_bits_per_byte": round(float(np.median(other)), 3),
                "area_under_curve": round(float(area), 4),
                "asked": len(own) + len(other),
            }
        )
        print(rows[-1], flush=True)
    return rows


def judge(rows: Sequence[Row]) -> list[Row]:
    """500 languages from 20 words, not below naive Bayes."""
    found = {row["method"]: float(row["accuracy"] or 0) for row in rows if row["task"] == "language from 20 words"}
    if "codelength" not in found:
        return []
    own, other = found.pop("codelength"), max(found.values(), default=0.0)
    return [target("500 languages from 20 words, accuracy", own, f"at least {other} (naive Bayes)", own >= other)]


def _codelength(texts: list[str], labels: list[str], asked: list[str]) -> tuple[list[str], float, float]:
    model = CodelengthClassifier().fit(texts, labels)
    fitted = time.process_time()
    return model.predict(asked).tolist(), model.label_bits_, fitted


def _bayes(texts: list[str], labels: list[str], asked: list[str]) -> tuple[list[str], float, float]:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    vectorizer = CountVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, max_features=100_000)
    model = MultinomialNB(alpha=0.1).fit(vectorizer.fit_transform(texts), labels)
    fitted = time.process_time()
    return model.predict(vectorizer.transform(asked)).tolist(), 0.0, fitted


def _same_language(found: list[str], truths: list[str]) -> float:
    # Versions of one language differ in what stands behind its code: deu_1901, deu_1996.
    return float(np.mean([x.split("_")[0] == y.split("_")[0] for x, y in zip(found, truths, strict=True)]))


def _bits_per_byte(model: CodelengthClassifier, texts: list[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    sizes = np.array([max(1, len(text.encode())) for text in texts])
    return np.asarray(model.bits(texts).min(axis=1) / sizes, np.float64)


def main(*, quick: bool) -> None:
    """Measure and record; quick: 20 versions, nothing written."""
    rows = languages(20 if quick else VERSIONS) + ([] if quick else foreign())
    if quick:
        return
    record("identify", rows, {"udhr_xml.tar.gz": ARCHIVE.read_bytes()}, judge=judge)
    tell(judge(rows))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
