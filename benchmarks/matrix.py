"""All pairs: speed beside NCD with xz -9, and what the distances find in languages, classes of texts and sequences.

    speed       fifty texts of 100,000 bytes: `crossing` beside xz -9 of 1,275 concatenations and the fifty alone, of
                which a fifth is timed in turn with `crossing` and scaled
    languages   the Declaration of Human Rights in Latin script: do languages lie by their families?
    classes     twenty classes of short texts, each in two halves: is the other half the nearest?
    pictures    the languages as a heat map with their tree, results/matrix_languages.svg
    sequences   16,500 bases that evolve along a tree of 24 leaves, as mitochondria do: is it found?

Families are those that linguists agree upon; UDHR's codes name the languages. xz gives a symmetric NCD, measured on
X Y for X before Y; -9 clears a dictionary of 64 MiB for each file, and one of 1 MiB finds the same sooner. CPU
seconds of one thread.
Run: python -m benchmarks.matrix [PARTS] [--quick]
"""

import io
import lzma
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np

from benchmarks.corpus import need
from benchmarks.record import RESULTS, SHARED_DATA, Row, Value, record, target, tell
from codelength.dataset import Dataset
from codelength.measure.matrix import matrix
from codelength.measure.trees import average_linkage, clusters, neighbour_joining
from codelength.registry import create
from codelength.report.matrix_plots import matrix_plot
from codelength.result.tree import Tree
from codelength.types import Bits
from codelength.units import MIB

XZ, XZ_SMALL, CROSSING = "NCD with xz -9", "NCD with xz -9, dictionary 1 MiB", "crossing"
XZ_PART = 10  # of the concatenations two in so many are timed, in two turns
XZ_BYTES = 64 * MIB  # what -9 takes, and clears for each file
FAMILIES = {
    "Germanic": "afr dan deu_1996 eng fao fri gsw1 isl ltz nds nld nno nob sco swe",
    "Romance": "ast cat cos fra fur glg ita lij lld lnc pcd por_PT roh ron_2006 spa src vec wln",
    "Slavic": "bos_latn ces cnr hrv hsb pol slk slv srp_latn",
    "Celtic": "bre cym gla gle glv",
    "Baltic": "lav lit",
    "Uralic": "est fin fkv hun krl sme vep",
    "Turkic": "azj_latn crh gag tuk_latn tur uig_latn uzn_latn",
    "Bantu": "bem kin kng lin loz lug lun nbl ndo nso nya_chechewa run sna sot ssw swh tsn tso_ZW umb ven xho zul",
    "Austronesian": ("ban bcl ceb fij haw hil ilo ind jav mad min mly_latn mri pam plt rar smo sun tah tgl ton war"),
    "Mayan": "cak hus kek mam quc toj tzc tzh yua",
    "Quechuan": "qul quy quz qvc qvh qwh qxn",
}
PARTS = ("speed", "languages", "classes", "sequences", "pictures")
LEAVES, BASES = 24, 16_500


def main(parts: Sequence[str] = PARTS, *, quick: bool = False) -> list[Row]:
    """Measure, print and record after every part; the rows."""
    rows: list[Row] = []
    for part in parts:
        rows += [told(row) for row in _PARTS[part](quick)]
        if not quick:
            record("matrix", rows, fingerprinted(), keys=("part", "system"), judge=judge)
    if not quick:
        tell(judge(rows))
    return rows


def fingerprinted() -> dict[str, bytes]:
    """What the parts are made of."""
    texts = b"".join(b"".join(part) for _, _, part in labelled_texts())
    declarations_file = (SHARED_DATA / "udhr" / "udhr_xml.tar.gz").read_bytes()
    files = {name: need(name) for name in ("enwik6", "dickens", "ecoli_first_half")}
    return {**files, "udhr_xml.tar.gz": declarations_file, "labelled texts": texts}


def speed(quick: bool) -> Iterator[Row]:
    """Fifty texts: ten of Wikipedia's markup, forty of novels."""
    size, count = (2_000, 5) if quick else (100_000, 50)
    wiki, novels = need("enwik6"), need("dickens")
    items = [wiki[i * size : (i + 1) * size] for i in range(count // 5)]
    items += [novels[2 * i * size : (2 * i + 1) * size] for i in range(count - len(items))]
    rounds = []
    for turn in range(2):  # in turn, since other work on a machine moves both
        distances, seconds = _measured(CROSSING, items)
        rounds.append((seconds, _seconds_of_xz(items, XZ_BYTES, turn), _seconds_of_xz(items, MIB, turn)))
    found = [sum(column) for column in zip(*rounds, strict=True)]
    yield _row("speed", CROSSING, items, found[0] / 2, self_distance=float(distances.diagonal().mean()))
    for system, part in ((XZ, found[1]), (XZ_SMALL, found[2])):
        yield _row("speed", system, items, part * XZ_PART / 2, measured_part=2 / XZ_PART)


def _seconds_of_xz(items: Sequence[bytes], dictionary_bytes: int, turn: int) -> float:
    """CPU seconds of one in XZ_PART of all concatenations and items."""
    pairs = [(i, j) for i in range(len(items)) for j in range(i, len(items))]
    began = time.process_time()
    for i, j in pairs[turn::XZ_PART]:
        _xz_size(items[i] + items[j], dictionary_bytes)
    for item in items[turn::XZ_PART]:
        _xz_size(item, dictionary_bytes)
    return time.process_time() - began


def languages(quick: bool) -> Iterator[Row]:
    """Items by language, judged by family."""
    texts = declarations()
    family_of = {code: family for family, codes in FAMILIES.items() for code in codes.split()}
    names = sorted(family_of)[:: 12 if quick else 1]
    items = [texts[name] for name in names]
    groups = [family_of[name] for name in names]
    for system in (CROSSING, XZ_SMALL, "mixing:level=fast"):
        distances, seconds = _measured(system, items)
        yield _row("languages", system, items, seconds, **_agreement(distances, groups))


def classes(quick: bool) -> Iterator[Row]:
    """Two halves of each class, judged by whether they find each other, and by their collection."""
    halves = [
        (name, collection, half[:50_000])
        for collection, name, texts in labelled_texts()
        for half in (b"\n".join(texts[0::2]), b"\n".join(texts[1::2]))
    ][:: 4 if quick else 1]
    items = [half for _, _, half in halves]
    for system in (CROSSING, XZ_SMALL, "mixing:level=fast"):
        distances, seconds = _measured(system, items)
        found = _agreement(distances, [name for name, _, _ in halves])
        collections = _agreement(distances, [collection for _, collection, _ in halves])
        yield _row("classes", system, items, seconds, **found, collections=collections["adjusted_rand"])


def sequences(quick: bool) -> Iterator[Row]:
    """Leaves of a random tree, judged by the splits that neighbour joining gives back."""
    tree, leaves = evolved(need("ecoli_first_half")[100_000 : 100_000 + BASES], 6 if quick else LEAVES, seed=1)
    names = sorted(leaves)
    items = [leaves[name] for name in names]
    for system in (CROSSING, XZ_SMALL, "mixing:level=fast"):
        distances, seconds = _measured(system, items)
        found = neighbour_joining(distances, names).splits()
        right = len(found & tree.splits())
        yield _row("sequences", system, items, seconds, splits_found=right, splits=len(tree.splits()))


def pictures(quick: bool) -> Iterator[Row]:
    """The languages as a picture, results/matrix_languages.svg, each with its family; no rows."""
    texts = declarations()
    named = {f"{code} ({family})": texts[code] for family, codes in FAMILIES.items() for code in codes.split()}
    found = matrix(Dataset("languages", tuple(named.values()), item_names=tuple(named)))
    picture = matrix_plot(found, average_linkage(found.distances, found.names), "distance", "svg")
    if not quick:
        (RESULTS / "matrix_languages.svg").write_bytes(picture)
    yield from ()


def declarations() -> dict[str, bytes]:
    """The text of each version of the Declaration, titles and paragraphs a line each, by its code."""
    texts = {}
    with tarfile.open(SHARED_DATA / "udhr" / "udhr_xml.tar.gz") as archive:
        for member in archive.getmembers():
            code = member.name.rpartition("udhr_")[2].removesuffix(".xml")
            file = archive.extractfile(member)
            if file is not None and "udhr_" in member.name:
                root = ElementTree.parse(io.BytesIO(file.read())).getroot()
                lines = [element.text.strip() for element in root.iter() if element.text and element.text.strip()]
                texts[code] = "\n".join(lines).encode()
    return texts


def labelled_texts() -> Iterator[tuple[str, str, list[bytes]]]:
    """Collection, class and texts of twenty classes: R8's eight, AG News's four, TREC's six, MR's two."""
    place = SHARED_DATA / "text_class"
    gathered: dict[tuple[str, str], list[bytes]] = {}
    for line in (place / "R8/train.txt").read_bytes().splitlines():
        label, _, text = line.partition(b"\t")
        gathered.setdefault(("R8", label.decode()), []).append(text)
    for line in (place / "agnews/dev.tsv").read_bytes().splitlines():
        text, _, label = line.rpartition(b"\t")
        if label in (b"World", b"Sports", b"Business", b"Sci/Tech"):
            gathered.setdefault(("AG News", label.decode()), []).append(text)
    for collection, labels, corpus in (
        ("TREC", "TREC/TREC.txt", "TREC/corpus_TREC.txt"),
        ("MR", "mr/label_train.txt", "mr/text_train.txt"),
    ):
        lines = zip((place / labels).read_bytes().splitlines(), (place / corpus).read_bytes().splitlines(), strict=True)
        for line, text in lines:
            gathered.setdefault((collection, line.rpartition(b"\t")[2].decode()), []).append(text)
    for (collection, name), texts in sorted(gathered.items()):
        yield collection, f"{collection} {name}", texts


def evolved(root: bytes, leaves: int, *, seed: int) -> tuple[Tree, dict[str, bytes]]:
    """A random tree and its leaves: on each branch a base in fifty to two hundred is replaced, a few come or go."""
    rng = np.random.default_rng(seed)

    def grow(bases: bytes, count: int, name: str) -> tuple[Tree, dict[str, bytes]]:
        if count == 1:
            return Tree(name), {name: bases}
        left = int(rng.integers(1, count))
        sides = [grow(_mutated(bases, rng), part, name + letter) for part, letter in ((left, "a"), (count - left, "b"))]
        return Tree(branches=tuple((tree, 1.0) for tree, _ in sides)), sides[0][1] | sides[1][1]

    return grow(root, leaves, "x")


def _mutated(bases: bytes, rng: np.random.Generator) -> bytes:
    letters = np.frombuffer(bases, np.uint8).copy()
    replaced = rng.random(len(letters)) < rng.uniform(0.005, 0.02)
    letters[replaced] = rng.choice(np.frombuffer(b"ACGT", np.uint8), int(replaced.sum()))
    cuts = sorted({0, *(int(place) for place in rng.integers(0, len(letters), 4)), len(letters)})
    pieces = [letters[a:b].tobytes() for a, b in pairwise(cuts)]
    return bytes(rng.choice(np.frombuffer(b"ACGT", np.uint8), 6)).join(pieces[:2]) + b"".join(
        piece[int(rng.integers(0, 12)) :] for piece in pieces[2:]
    )


def ncd_xz(items: Sequence[bytes], dictionary_bytes: int) -> Bits:
    """The usual symmetric NCD by sizes of xz -9, [n, n], its diagonal too: n (n + 1) / 2 concatenations."""
    alone = [_xz_size(item, dictionary_bytes) for item in items]
    found = np.zeros((len(items), len(items)))
    for i in range(len(items)):
        for j in range(i, len(items)):
            joint = _xz_size(items[i] + items[j], dictionary_bytes)
            found[i, j] = found[j, i] = (joint - min(alone[i], alone[j])) / max(alone[i], alone[j])
    return found


def _xz_size(data: bytes, dictionary_bytes: int) -> int:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": dictionary_bytes}]
    return len(lzma.compress(data, filters=filters))


def _measured(system: str, items: Sequence[bytes]) -> tuple[Bits, float]:
    codec = create(system) if system.startswith("mixing") else None
    matrix(Dataset("first call", (b"compiles", b"the kernels")), codec)
    began = time.process_time()
    if system in (XZ, XZ_SMALL):
        distances = ncd_xz(items, XZ_BYTES if system == XZ else MIB)
    else:
        distances = matrix(Dataset("items", tuple(items)), codec).distances
    return distances, time.process_time() - began


def _agreement(distances: Bits, groups: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import adjusted_rand_score

    apart = distances.copy()
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    scores = [adjusted_rand_score(groups, clusters(distances, count)) for count in range(2, len(groups))]
    return {
        "groups": len(set(groups)),
        "nearest": float(np.mean([groups[i] == groups[int(near)] for i, near in enumerate(nearest)])),
        "adjusted_rand": float(adjusted_rand_score(groups, clusters(distances, len(set(groups))))),
        "adjusted_rand_best_cut": float(max(scores)),
    }


def _row(part: str, system: str, items: Sequence[bytes], seconds: float, **found: float) -> Row:
    row: dict[str, Value] = {
        "part": part,
        "system": system,
        "items": len(items),
        "raw_bytes": sum(map(len, items)),
        "cpu_seconds": round(seconds, 2),
    }
    return row | {key: round(value, 4) for key, value in found.items()}


def told(row: Row) -> Row:
    """Print a row; the row."""
    print(", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    return row


def judge(rows: Sequence[Row]) -> list[Row]:
    """Ten times faster than xz on fifty items; no worse than xz at finding what belongs together."""
    targets = []
    for part, key in (("languages", "nearest"), ("classes", "nearest"), ("sequences", "splits_found")):
        found = {row["system"]: float(row[key] or 0) for row in rows if row["part"] == part and key in row}
        if CROSSING in found and XZ_SMALL in found:
            what = f"{part}: {key.replace('_', ' ')} by crossing"
            reached = found[CROSSING] >= found[XZ_SMALL]
            targets.append(target(what, found[CROSSING], "an aim only", True, f"{found[XZ_SMALL]:g} of xz", reached))
    seconds = {row["system"]: float(row["cpu_seconds"] or 0) for row in rows if row["part"] == "speed"}
    sizes = {row["items"] for row in rows if row["part"] == "speed"}
    if {CROSSING, XZ} <= set(seconds) and sizes == {50}:
        ratio = seconds[XZ] / seconds[CROSSING]
        targets.insert(0, target("50 × 50 matrix, times faster than NCD with xz -9", ratio, "≥ 10", ratio >= 10))
    return targets


_PARTS: dict[str, Callable[[bool], Iterator[Row]]] = {
    "speed": speed,
    "languages": languages,
    "classes": classes,
    "sequences": sequences,
    "pictures": pictures,
}


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--quick"] or PARTS, quick="--quick" in sys.argv)
