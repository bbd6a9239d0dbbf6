"""A model of your own, in thirty lines, and two of the laws that every model must keep.

    python examples/03_your_own_model.py

A model needs two things: a reader that can `predict` the next byte and `learn` which it was, and a value that makes
such readers. Encoding, decoding, conditional lengths, sampling and measuring then come from the library.
"""

from collections import deque

import numpy as np

import codelength
from codelength.types import Arithmetic, Unit


class Recent(codelength.SequentialModel):
    """Bytes that came lately come again: p(s) = (1 + weight · times of s among the last `span`) / total."""

    unit: Unit = "byte"
    arithmetic: Arithmetic = "fixed"  # + and ÷ only: any machine computes the same
    memory_bytes = 1 << 20
    nominal_speed = 100_000

    def __init__(self, span: int = 64, weight: float = 8.0, seen: bytes = b"") -> None:
        self.name = f"recent:span={span}"
        self.window_bytes = span
        self.span, self.weight, self.seen = span, weight, seen

    def reader(self) -> "RecentReader":
        return RecentReader(self)


class RecentReader(codelength.ByteReader):
    """The state that changes: the last bytes, and how often each of them is there."""

    def __init__(self, model: Recent) -> None:
        self.model = model
        self.last: deque[int] = deque()
        self.counts = np.zeros(256)
        for byte in model.seen:
            self.learn(byte)

    def predict(self) -> codelength.Probs:
        shares = 1 + self.model.weight * self.counts
        return shares / (256 + self.model.weight * len(self.last))

    def learn(self, byte: int) -> None:
        self.last.append(byte)
        self.counts[byte] += 1
        if len(self.last) > self.model.span:
            self.counts[self.last.popleft()] -= 1

    def freeze(self) -> Recent:
        return Recent(self.model.span, self.model.weight, bytes(self.last))


text = codelength.bundled("pride_2.txt").joined[:5000]
model = Recent()

# Law 1: what is encoded decodes.
code = model.encode(text)
assert model.decode(code) == text

# Law 2: the code is as long as the predictions said, up to 64 bits and 0.2 %.
ideal_bits = model.bits(text).sum()
assert 8 * len(code) - ideal_bits <= 64 + 0.002 * ideal_bits
print(f"{len(text):,} bytes: {ideal_bits:,.0f} bits ideal, {8 * len(code):,} coded, and decoded again")

# Everything else works as with any other model: beside others, and in a mixture with them.
both = codelength.Switching([model, codelength.Counts(order=2)])
for row in codelength.measure_ladder(text, [model, codelength.Counts(order=2), both, codelength.Gzip()]):
    print(f"{row.model:40} {row.bits:7,.0f} bits {row.kind}")
