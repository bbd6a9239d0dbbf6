"""Any codec as a predictor: what the codec would pay for each next byte, made into probabilities.

    p(s) ∝ 2^−(|encode(Y s)| − |encode(Y)|),      lengths in bits, Y the last `reach` bytes

so a codec can be mixed with models, generate text, and be coded again by a range coder. Each byte costs 256 calls of
`encode`, and sizes are whole bytes: most candidates tie, and the predictor is nearly flat. What that loses is
`round_trip_cost`: C'(x), the ideal cost under the predictor made of the codec, less C(x), the codec's own code.

A candidate that makes the code more than 3 bytes longer than the best one counts as 3: the range coder's 2^24 parts
hold no less. The predictor's own arithmetic is powers of two, sums in written order and one division: it is as portable
as the codec's code. A library promises that old codes decode, not that a new release writes the same ones, so a library
turned predictor is for this kind of machine only (`float`), and a Model of ours for any (`fixed`).
"""

import json
import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from codelength.coding.sequential import ByteReader, SequentialModel, mass_tree
from codelength.errors import CodecError, OptionError
from codelength.types import Arithmetic, Codec, MachineBound, Model, Probs, Unit
from codelength.units import BITS_PER_BYTE, KIB, bits_from_bytes

DEFAULT_REACH_BYTES = 4 * KIB
_DEEPEST_BYTES = 3


class FromCodec(SequentialModel):
    """A codec turned predictor; it sees the last `reach_bytes` bytes.

    Raises OptionError for a negative reach.

    >>> from codelength.models.libraries import Gzip
    >>> model = FromCodec(Gzip()).after(b"to be or not to be, to be or not to ")
    >>> float(model.reader().predict()[ord("b")]) > 1 / 256
    True
    """

    unit: Unit = "byte"
    arithmetic: Arithmetic

    def __init__(self, codec: Codec, *, reach_bytes: int = DEFAULT_REACH_BYTES, history: bytes = b"") -> None:
        if reach_bytes < 0:
            raise OptionError(f"reach={reach_bytes} is negative; give the bytes of history that the codec sees")
        self.codec = codec
        self.arithmetic = "fixed" if isinstance(codec, Model) and codec.arithmetic != "float" else "float"
        self.reach_bytes = reach_bytes
        self.history = history[-reach_bytes:] if reach_bytes else b""
        reach = "" if reach_bytes == DEFAULT_REACH_BYTES else f":reach={reach_bytes}"
        self.name = f"from_codec({codec.name}){reach}"
        self.window_bytes = reach_bytes
        self.memory_bytes = codec.memory_bytes + reach_bytes
        self.nominal_speed = 40

    @property
    def environment(self) -> dict[str, str]:
        """What the codec's arithmetic depends on."""
        return dict(self.codec.environment) if isinstance(self.codec, MachineBound) else {}

    def reader(self) -> "CodecReader":
        """A private state that starts here."""
        return CodecReader(self)

    def after(self, data: bytes) -> Self:
        """A predictor that has read data; nothing is paid for, so nothing but the last bytes is looked at."""
        if not data:
            return self
        model = type(self)(self.codec, reach_bytes=self.reach_bytes, history=self.history + data)
        model.name = self.name
        return model


class CodecReader(ByteReader):
    """Asks the codec for the size of its history with each byte behind it."""

    def __init__(self, model: FromCodec) -> None:
        self._model = model
        self._history = model.history

    def predict(self) -> Probs:
        """Probabilities of the next byte, float64 [256]."""
        encode = self._model.codec.encode
        sizes = np.array([len(encode(self._history + bytes((byte,)))) for byte in range(256)], np.int64)
        excess_bytes = np.minimum(sizes - sizes.min(), _DEEPEST_BYTES)
        weights = np.ldexp(1.0, (-BITS_PER_BYTE * excess_bytes).astype(np.int32))
        probabilities: Probs = weights / mass_tree(weights)[1]
        return probabilities

    def learn(self, byte: int) -> None:
        """The next byte is this."""
        reach = self._model.reach_bytes
        self._history = (self._history + bytes((byte,)))[-reach:] if reach else b""

    def freeze(self) -> FromCodec:
        """A predictor that starts where this reader stands."""
        model = FromCodec(self._model.codec, reach_bytes=self._model.reach_bytes, history=self._history)
        model.name = self._model.name
        return model


@dataclass(frozen=True, slots=True)
class RoundTripCost:
    """What a codec loses by being turned into a predictor and back: C'(x) − C(x), in bits.

    >>> print(RoundTripCost("gzip", raw_bytes=100, codec_bits=400.0, predictor_bits=520.0))
    gzip: 100 bytes, 400.0 bits as a codec, 520.0 as a predictor: 120.0 more (30.0 %)
    """

    codec: str
    raw_bytes: int
    codec_bits: float  # coded: decoded and compared
    predictor_bits: float  # ideal

    @property
    def cost_bits(self) -> float:
        """C'(x) − C(x); negative where the codec's headers outweigh what the predictor loses."""
        return self.predictor_bits - self.codec_bits

    def to_json(self) -> str:
        """One line of JSON."""
        keys = ("codec", "raw_bytes", "codec_bits", "predictor_bits", "cost_bits")
        return json.dumps({key: getattr(self, key) for key in keys})

    def __str__(self) -> str:
        share = 100 * self.cost_bits / self.codec_bits if self.codec_bits else math.nan
        return (
            f"{self.codec}: {self.raw_bytes:,} bytes, {self.codec_bits:,.1f} bits as a codec, "
            f"{self.predictor_bits:,.1f} as a predictor: {self.cost_bits:,.1f} more ({share:.1f} %)"
        )


def round_trip_cost(codec: Codec, data: bytes, *, reach_bytes: int = DEFAULT_REACH_BYTES) -> RoundTripCost:
    """C'(x) − C(x) of a codec on data, at 256 calls of `encode` a byte.

    Raises CodecError where the codec does not decode what it encoded.

    >>> from codelength.models.libraries import Gzip
    >>> round_trip_cost(Gzip(), b"").cost_bits == -8 * len(Gzip().encode(b""))
    True
    """
    code = codec.encode(data)
    if codec.decode(code) != data:
        raise CodecError(f"{codec.name} decodes its code of {len(data):,} bytes to other data")
    predictor = FromCodec(codec, reach_bytes=reach_bytes)
    predictor_bits = math.fsum(predictor.bits(data).tolist())
    return RoundTripCost(codec.name, len(data), bits_from_bytes(len(code)), predictor_bits)
