"""One line of JSON for a result."""

import json
from typing import Any


def json_line(values: dict[str, Any]) -> str:
    """One object on one line; what is not finite becomes null.

    >>> json_line({"bits": 1.5, "ratio": float("nan")})
    '{"bits": 1.5, "ratio": null}'
    """
    clean = {
        key: None if isinstance(value, float) and not abs(value) < float("inf") else value
        for key, value in values.items()
    }
    return json.dumps(clean, ensure_ascii=False)
