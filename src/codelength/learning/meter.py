"""A meter for training loops: the description length of the data that a loop has seen, as they come.

    with codelength.prequential_meter("my run") as meter:
        for batch in batches:
            loss = ...                                            # before the update
            meter.add(loss_nats=loss, symbols=batch.numel(), raw_bytes=size_of(batch))

Σ loss · symbols / ln 2 is a code length where each batch is new and its loss was taken before the weights saw it: both
ends start the same loop from the same seed. Nothing here needs torch: a loss is anything that float() takes.
"""

import contextlib
import json
import math
import time
from array import array
from collections.abc import Iterator
from typing import SupportsFloat

import numpy as np

from codelength.data.output import check_target, open_target
from codelength.errors import DataError, OptionError, UsageError
from codelength.loss_curve import LossCurve, last_loss_nats
from codelength.result.training import NOT_VALID, TrainingRun
from codelength.units import bits_from_nats


class PrequentialMeter:
    """Adds up what batches cost before they are learned; `prequential_meter` opens and closes it.

    `dataset_symbols` is how many symbols are new: what comes after them is a repeat and flagged as such.

    >>> meter = PrequentialMeter("run")
    >>> meter.add(loss_nats=math.log(2), symbols=8, raw_bytes=2)
    8.0
    >>> meter.bits, meter.bits_per_symbol, meter.bits_per_byte
    (8.0, 1.0, 4.0)
    """

    def __init__(self, name: str = "run", *, dataset_symbols: float | None = None) -> None:
        if dataset_symbols is not None and not 0 < dataset_symbols < math.inf:
            raise OptionError(f"{name}: {dataset_symbols:g} symbols of the data set: it must be above 0")
        self.name = name
        self.dataset_symbols = dataset_symbols
        self._losses, self._symbols, self._raw_bytes = array("d"), array("d"), array("d")
        self._sums = [0.0, 0.0, 0.0]  # nats, symbols, raw bytes
        self._repeated = False
        self._closed = False
        self._started = time.perf_counter()

    def add(
        self,
        *,
        loss_nats: SupportsFloat,
        symbols: SupportsFloat = 1,
        raw_bytes: SupportsFloat | None = None,
    ) -> float:
        """Pay for a batch: its mean loss in nats a symbol before the update, its symbols and raw bytes; its bits.

        Raises DataError where the loss is negative or not finite, OptionError where symbols are not above 0 or raw
        bytes are known of some batches only, UsageError once the meter is closed.
        """
        if self._closed:
            raise UsageError(f"{self.name}: the meter is closed; add inside its with block")
        loss, count = float(loss_nats), float(symbols)
        if not 0 <= loss < math.inf:
            raise DataError(
                f"{self.name}: the loss of batch {len(self) + 1} is {loss}; it must be finite and at least 0"
            )
        size = math.nan if raw_bytes is None else float(raw_bytes)
        if not 0 < count < math.inf or size < 0 or math.isinf(size):
            raise OptionError(f"{self.name}: {count:g} symbols in {size:g} bytes; give more than 0 and at least 0")
        if len(self) and (raw_bytes is None) != math.isnan(self._sums[2]):
            raise OptionError(f"{self.name}: give raw_bytes for every batch or for none")
        self._losses.append(loss)
        self._symbols.append(count)
        self._raw_bytes.append(size)
        for i, value in enumerate((loss * count, count, size)):
            self._sums[i] += value
        return bits_from_nats(loss * count)

    def close(self) -> None:
        """Take no more batches."""
        self._closed = True

    def repeats(self) -> None:
        """What was added last, or comes now, has been seen before: the sum is flagged as no code length."""
        self._repeated = True

    def __len__(self) -> int:
        return len(self._losses)

    @property
    def bits(self) -> float:
        """The description length so far."""
        return bits_from_nats(self._sums[0])

    @property
    def symbols(self) -> float:
        """Symbols so far."""
        return self._sums[1]

    @property
    def raw_bytes(self) -> float:
        """Raw bytes so far; nan where they are not known."""
        return self._sums[2]

    @property
    def bits_per_symbol(self) -> float:
        """Bits by symbols so far; nan before the first batch."""
        return self.bits / self.symbols if self.symbols else math.nan

    @property
    def bits_per_byte(self) -> float:
        """Bits by raw bytes so far; nan where these are not known."""
        return self.bits / self.raw_bytes if self.raw_bytes else math.nan

    def curve(self) -> LossCurve:
        """The batches as steps of a loss curve, for `training_run` and its plot.

        Raises DataError before the first batch.
        """
        return LossCurve(
            self.name, np.arange(len(self)), np.array(self._losses, np.float64), np.array(self._symbols, np.float64)
        )

    def result(self) -> TrainingRun:
        """What was paid, as `codelength training-run` tells it; the sum is over exact terms, not a running one."""
        nats = [loss * count for loss, count in zip(self._losses, self._symbols, strict=True)]
        bits = bits_from_nats(math.fsum(nats))
        return TrainingRun(
            self.name,
            "step",
            len(self),
            len(self),
            round(self.symbols),
            bits,
            raw_bytes=self.raw_bytes if len(self) else math.nan,
            last_loss_bits=bits_from_nats(last_loss_nats(np.array(self._losses)) * self.symbols)
            if len(self)
            else math.nan,
            equal_tokens=round(self.symbols),
            equal_bits=bits,
            flags=self._flags(),
            seconds=time.perf_counter() - self._started,
        )

    def to_json(self) -> str:
        """The result as one line of JSON, with the keys of `codelength training-run --json`."""
        return self.result().to_json()

    def lines(self) -> Iterator[str]:
        """The curve as JSON lines that `codelength training-run` reads: step, loss_nats, symbols, raw_bytes."""
        for step, (loss, count, size) in enumerate(zip(self._losses, self._symbols, self._raw_bytes, strict=True)):
            entry = {"step": step, "loss_nats": loss, "symbols": count}
            yield json.dumps(entry if math.isnan(size) else {**entry, "raw_bytes": size})

    def save(self, path: str, *, force: bool = False) -> None:
        """Write `lines` to a file, whole or not at all; UsageError where it exists and force is not given."""
        with open_target(path, force=force) as target:
            for line in self.lines():
                target.write(f"{line}\n".encode())

    def __str__(self) -> str:
        return str(self.result())

    def _flags(self) -> tuple[str, ...]:
        if self.dataset_symbols is not None and self.symbols > self.dataset_symbols:
            return (
                f"{NOT_VALID}repeated data: {self.symbols:,.0f} symbols of a data set of {self.dataset_symbols:,.0f}",
            )
        return (f"{NOT_VALID}repeated data, as the loop said",) if self._repeated else ()


@contextlib.contextmanager
def prequential_meter(
    name: str = "run", *, dataset_symbols: float | None = None, path: str | None = None, force: bool = False
) -> Iterator[PrequentialMeter]:
    """A meter that is closed at the end of its block; with `path` the curve is then written there as JSON lines.

    Where the block ends by an error nothing is written. Raises UsageError at the start where path exists and force is
    not given.

    >>> import codelength
    >>> with codelength.prequential_meter("run") as meter:
    ...     for loss in (2.0, 1.0):
    ...         bits = meter.add(loss_nats=loss, symbols=100, raw_bytes=400)
    >>> print(meter)
    run: 200 tokens in 2 steps, 432.8 bits prequential, 0.5410 bits per byte, 14.79 times
    """
    meter = PrequentialMeter(name, dataset_symbols=dataset_symbols)
    if path is not None:
        check_target(path, force=force)
    try:
        yield meter
    finally:
        meter.close()
    if path is not None:
        meter.save(path, force=force)
