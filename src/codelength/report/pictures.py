"""What pictures have in common: how they become bytes, and names that fit."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GREY = "#666666"
CURVES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito
DASHES = ("-", "--", ":", "-.")


def as_picture(figure: "Figure", picture_format: str) -> bytes:
    """A figure as `png` or `svg`, the same bytes for the same figure."""
    picture = io.BytesIO()
    metadata = {"Date": None} if picture_format == "svg" else None
    figure.savefig(picture, format=picture_format, dpi=130, metadata=metadata)
    return picture.getvalue()


def short(name: str, limit: int = 34) -> str:
    """A name of at most so many letters, its middle left out, that is not read as mathematics.

    >>> short("a" * 20 + "b" * 20, 11)
    'aaaa…bbbbb'
    """
    name = name.replace("$", r"\$")
    return name if len(name) <= limit else f"{name[: limit // 2 - 1]}…{name[-limit // 2 + 1 :]}"
