"""Law 10's golden codes: what every portable model writes, so that every release and machine writes it again.

    python -m tests.laws.golden.codes            check, and list what differs
    python -m tests.laws.golden.codes --write    write codes.json anew: only with a new version of the container

Codes are in base64, by law name; the models are those of integer or fixed arithmetic. A model that is new in the
registry needs its code written; a code that changed breaks files that people have.
"""

import base64
import json
import sys
import zlib
from pathlib import Path

from codelength.errors import CodelengthError
from codelength.registry import create, entries
from codelength.types import Model

FILE = Path(__file__).with_name("codes.json")


def portable_names() -> list[str]:
    """Law names of the models that any machine decodes."""
    return list(_portable())


def _portable() -> dict[str, Model]:
    models = {name: create(name) for entry in entries().values() for name in entry.law_names}
    return {name: each for name, each in models.items() if isinstance(each, Model) and each.arithmetic != "float"}


def data() -> bytes:
    """A little of everything: English, all byte values, a run, numbers, and bytes without a pattern."""
    text = b"A model is a value; a reader is the one thing that changes. What a model predicts, it need not be told. "
    state, noise = 1, bytearray()
    for _ in range(300):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        noise.append(state >> 16 & 255)
    numbers = b"".join(b"%d,%d\n" % (i, i * i) for i in range(60))
    return text * 3 + bytes(range(256)) + b"\xff" * 500 + numbers + bytes(noise) + text + bytes(40)


def golden() -> dict[str, bytes]:
    """The codes that were written once, by law name."""
    stored: dict[str, str] = json.loads(FILE.read_text())
    return {name: base64.b64decode(code) for name, code in stored.items()}


def differences() -> list[str]:
    """What is not as it was: a model without a code, another code, or another decoding."""
    codes, found = golden(), []
    for name, model in _portable().items():
        if name not in codes:
            found.append(f"{name}: has no golden code")
        elif (what := _decoded(model, codes[name])) != data():
            found.append(f"{name}: the golden code decodes to {'other data' if isinstance(what, bytes) else what}")
        elif model.encode(data()) != codes[name]:
            found.append(f"{name}: the data encodes to another code")
    return found


def _decoded(model: Model, code: bytes) -> bytes | str:
    try:
        return model.decode(code)
    except CodelengthError as error:
        return f"nothing ({error})"


def main() -> None:
    """Check, or write with --write."""
    if sys.argv[1:] == ["--write"]:
        codes = {name: base64.b64encode(create(name).encode(data())).decode() for name in portable_names()}
        FILE.write_text(json.dumps(codes, indent=1) + "\n")
        print(f"{len(codes)} codes of {len(data())} bytes, of {zlib.crc32(data()):08x}")
        return
    found = differences()
    print("\n".join(found) or "all golden codes are as they were")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
