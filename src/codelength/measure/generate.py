"""Text from a model: sample a byte from its prediction, let it read that byte, and go on.

p_T(s) ∝ p(s)^(1/T): temperature T = 1 samples from the model, towards 0 takes the most probable byte.
"""

import numpy as np

from codelength.coding.sequential import ByteReader
from codelength.errors import OptionError
from codelength.measure.codelength import Advance, silent
from codelength.types import Model


def generate(
    model: Model,
    after: bytes,
    n: int,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    progress: Advance | None = None,
) -> bytes:
    """n bytes drawn from the model after it has read a text.

    Raises OptionError for a negative n or a temperature that is not above 0.

    >>> from codelength.registry import create
    >>> generate(create("counts:order=2"), b"ab" * 500, 8, np.random.default_rng(0), temperature=0.1)
    b'abababab'
    """
    if n < 0 or not temperature > 0:
        raise OptionError(f"cannot generate {n} bytes at temperature {temperature}; n must be at least 0, T above 0")
    advance = progress or silent
    reader = model.after(after).reader()  # not read by the reader: a codec as a predictor would pay 256 calls a byte
    learn = reader.learn if isinstance(reader, ByteReader) else lambda byte: reader.read(bytes((byte,)))
    text = bytearray()
    for _ in range(n):
        probabilities = reader.predict()
        weights = (probabilities / probabilities.max()) ** (1 / temperature)
        ends = weights.cumsum()
        byte = min(int(ends.searchsorted(rng.random() * ends[-1], side="right")), 255)
        learn(byte)
        text.append(byte)
        advance(1)
    return bytes(text)
