"""An explanation as one self-contained HTML page: Y coloured by what X saved, passages, and their sources in X.

Data are packed with gzip and base64 and unpacked by the browser; only lines that can be seen are in the document, so
that 10 MB scroll as lightly as 10 KB. Saved bits are rounded to eighths and cut at ±15.9 there; `--json` has them as
they are. The page is two files of this folder, `pages/explanation.html` and `.js`.
"""

import base64
import gzip
import html
import json
import re
from pathlib import Path

import numpy as np

from codelength.errors import UsageError
from codelength.result.explanation import Explanation
from codelength.units import MIB, format_size

MOST_BYTES = 128 * MIB  # of X and Y together: more does not open in a browser
_PAGES = Path(__file__).parent / "pages"


def explanation_page(found: Explanation) -> bytes:
    """The page; raises UsageError where X and Y are too long for one."""
    size = len(found.x_data) + len(found.y_data)
    if size > MOST_BYTES:
        raise UsageError(
            f"X and Y have {size:,} bytes, and a page holds {format_size(MOST_BYTES)}; cut them, or use --json"
        )
    whole = float(found.bits.sum())
    share = f" ({found.saved_bits / whole:.1%})" if whole else ""
    figures = (
        f"X saves <b>{found.saved_bits:,.0f}</b> of the {whole:,.0f} bits of Y{share}, by {html.escape(found.model)}, "
        f"{found.kind}. X has {len(found.x_data):,} bytes, Y {len(found.y_data):,}."
    )
    names = [html.escape(name) for name in (found.y, found.x)]
    parts = {
        "TITLE": f"{names[0]} explained by {names[1]}",
        "HEADING": f"What X = {names[1]} tells about Y = {names[0]}",
        "FIGURES": figures,
        "FACTS": _facts(found),
        "Y": _packed(found.y_data),
        "SAVED": _packed(np.clip(np.rint(found.saved_bits_each * 8), -127, 127).astype(np.int8).tobytes()),
        "X": _packed(found.x_data),
        "PASSAGES": _packed(_passages(found)),
        "SOURCES": _packed(_sources(found)),
        "SCRIPT": (_PAGES / "explanation.js").read_text(encoding="utf-8"),
    }
    page = (_PAGES / "explanation.html").read_text(encoding="utf-8")
    # In one pass, so that nothing that stands in a part is taken for the name of another.
    return re.sub("%([A-Z]+)%", lambda place: parts[place[1]], page).encode("utf-8", "surrogateescape")


def _facts(found: Explanation) -> str:
    text = json.dumps({"costs": [round(passage.bits) for passage in found.passages]})
    return text.replace("<", "\\u003c")


def _passages(found: Explanation) -> bytes:
    rows = [(passage.start, round(16 * passage.saved_bits)) for passage in found.passages]
    return np.array([*rows, (len(found.y_data), 0)], "<i4").tobytes()


def _sources(found: Explanation) -> bytes:
    rows = [
        (number, source.y_start, source.x_start, source.size, round(16 * source.saved_bits))
        for number, passage in enumerate(found.passages)
        for source in passage.sources
    ]
    return np.array(rows, "<i4").tobytes()


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()
