"""What training costs: a run of somebody else, read from its log, and a net fitted here."""

from dataclasses import dataclass

from codelength.result.json_line import json_line
from codelength.types import Kind
from codelength.units import bits_from_bytes, bits_per_byte, nearest_bytes

NOT_VALID, DOUBTFUL = "not valid: ", "doubtful: "
TRAINING_RUN_KEYS = (
    *("run", "sha256", "kind", "loss_of", "steps", "entries", "tokens", "bits", "error_bits", "bytes"),
    *("code_bits", "code_codec", "total_bits", "raw_bytes", "bits_per_token", "bits_per_byte", "ratio"),
    *("last_loss_bits", "first_epoch_bits", "equal_tokens", "equal_bits", "valid", "flags", "seconds"),
)
FITTED_KEYS = ("model", "data", "raw_bytes", "read_bytes", "bits", "bits_per_byte", "kind", "seconds", "curve")


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a training run says its data cost: the sum of its losses before each update, and the code beside it.

    `error_bits` bounds what a sparse log leaves open (0 where every step is logged); `last_loss_bits` is the mean of
    the last hundredth of losses times all tokens, which is often quoted and too low; `first_epoch_bits` is the part
    before the data repeat; `equal_bits` is the cost of the first `equal_tokens`, which all runs have; `flags` begin
    with `not valid: ` or `doubtful: `.

    >>> run = TrainingRun("a.log", "step", 10, 10, 1000, bits=4000.0, raw_bytes=4000.0, code_bits=80.0)
    >>> print(run)
    a.log: 1,000 tokens in 10 steps, 4,080.0 bits prequential with 80.0 of code, 1.0200 bits per byte, 7.84 times
    """

    run: str
    loss_of: str
    steps: int
    entries: int
    tokens: int
    bits: float
    error_bits: float = 0.0
    raw_bytes: float = float("nan")
    code_bits: float = 0.0
    code_codec: str = ""
    last_loss_bits: float = float("nan")
    first_epoch_bits: float = float("nan")
    equal_tokens: int = 0
    equal_bits: float = float("nan")
    flags: tuple[str, ...] = ()
    sha256: str = ""
    seconds: float = 0.0
    kind: Kind = "prequential"

    @property
    def total_bits(self) -> float:
        """The data and the code that learns them."""
        return self.bits + self.code_bits

    @property
    def bytes(self) -> int:
        """The total in bytes, to the nearest one."""
        return nearest_bytes(self.total_bits)

    @property
    def bits_per_token(self) -> float:
        """The data's bits by their tokens."""
        return self.bits / self.tokens if self.tokens else float("nan")

    @property
    def bits_per_byte(self) -> float:
        """The total by the raw bytes; nan where these are not known."""
        return self.total_bits / self.raw_bytes if self.raw_bytes else float("nan")

    @property
    def ratio(self) -> float:
        """Raw size by total; nan where the raw size is not known."""
        return bits_from_bytes(1) * self.raw_bytes / self.total_bits if self.total_bits else float("nan")

    @property
    def valid(self) -> bool:
        """Whether nothing was found that makes the sum no code length."""
        return not any(flag.startswith(NOT_VALID) for flag in self.flags)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in TRAINING_RUN_KEYS})

    def __str__(self) -> str:
        code = f" with {self.code_bits:,.1f} of code" if self.code_bits else ""
        known = f", {self.bits_per_byte:.4f} bits per byte, {self.ratio:.2f} times" if self.raw_bytes > 0 else ""
        steps = f" in {self.steps:,} steps" if self.steps else ""
        return f"{self.run}: {self.tokens:,} tokens{steps}, {self.total_bits:,.1f} bits {self.kind}{code}{known}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a model paid for a text while it learned it: prequential bits, the model not sent.

    >>> print(Fitted("lstm", "a.txt", raw_bytes=8192, read_bytes=4096, bits=8192.0, seconds=2.0))
    lstm: 4,096 of 8,192 bytes of a.txt read, 8,192.0 bits prequential, 2.0000 bits per byte
    """

    model: str
    data: str
    raw_bytes: int
    read_bytes: int
    bits: float
    seconds: float  # of this run
    curve: tuple[tuple[int, float], ...] = ()  # bytes read so far and what they cost, in bits
    kind: Kind = "prequential"

    @property
    def bits_per_byte(self) -> float:
        """Bits per byte read."""
        return bits_per_byte(self.bits, self.read_bytes)

    def to_json(self) -> str:
        """One line of JSON; these keys are stable."""
        return json_line({key: getattr(self, key) for key in FITTED_KEYS})

    def __str__(self) -> str:
        read = "all" if self.read_bytes == self.raw_bytes else f"{self.read_bytes:,}"
        return (
            f"{self.model}: {read} of {self.raw_bytes:,} bytes of {self.data} read, {self.bits:,.1f} bits {self.kind}, "
            f"{self.bits_per_byte:.4f} bits per byte"
        )
