"""A map in a file: its family, its code and what its reader must know, as JSON; read back, it maps new points.

The code is the map's description as `families` writes it; its length is what the map was charged. `matrix` and `offset`
say the same for people, up to rounding.
"""

import io
import json
from typing import Any

import numpy as np

from codelength.errors import FormatError
from codelength.match.maps.choice import Found
from codelength.match.maps.families import Frame, Map, Points, decoded

VERSION = "codelength map 1"


def saved(found: Found) -> str:
    """The map as one JSON object."""
    mapped, frame = found.mapped, found.frame
    levels = frame.levels.T.tolist() if found.map.family == "monotone" else []
    values: dict[str, Any] = {
        "format": VERSION,
        "family": found.map.family,
        "x_columns": mapped.x_columns,
        "y_columns": mapped.y_columns,
        "code": found.map.code,
        "centre": frame.centre.tolist(),
        "spread": frame.spread.tolist(),
        "unit": frame.unit.tolist(),
        "levels": levels,
        "matrix": mapped.matrix,
        "offset": mapped.offset,
    }
    return json.dumps(values, indent=1)


def loaded(text: str) -> tuple[Map, Frame]:
    """The map that `saved` wrote, and its frame; FormatError for other text."""
    try:
        values = json.loads(text)
        if values["format"] != VERSION:
            raise FormatError(f"this is {values['format']!r}, and {VERSION!r} can be read")
        centre, spread, unit = (np.array(values[key], np.float64) for key in ("centre", "spread", "unit"))
        frame = Frame(centre, spread, unit, np.array(values["levels"], np.float64).T)
        return decoded(values["code"], frame), frame
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"this is no map that codelength wrote: {error!r}") from None


def applied(text: str, x: Points) -> Points:
    """X's points [n, d] through a saved map, as points of Y's space [n, d]."""
    found, frame = loaded(text)
    return frame.in_y(found.standard(x))


def as_npy(points: Points) -> bytes:
    """Points as the bytes of a .npy file."""
    file = io.BytesIO()
    np.save(file, points)
    return file.getvalue()
