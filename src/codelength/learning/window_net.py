"""A small net that predicts the next symbol from the window before it, and sweeps of it over widths and steps.

    h = relu(W1 · embedded window + b1);   h += relu(W2 h + b2);   logits = W3 h + b3,   W3 and b3 zero at first

The data are cut into sequences of a fixed length; a window does not look across their beginnings, where it is empty.
Each batch is the next so many symbols in file order, paid before its update (Adam). What a learner of one width paid,
and what it pays for the held-out end of the data, is told at steps that are equally far apart in their logarithm.

For requential coding (Finzi et al. 2026) a student learns beside it, from symbols that the teacher as it stands draws,
in sequences of its own; a receiver who has the student needs the teacher's divergence from it to get each one:

    K_req = Σ KL(teacher ‖ student) over what the student was taught
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from codelength.errors import DataError, OptionError
from codelength.units import bits_from_nats

_WARM_UP = 50  # steps
_HELD_OUT = 10  # a tenth of the data
_MOST_HELD_OUT = 32_768  # symbols that the held-out loss is measured on
_EVALUATED = 4096  # windows at once
_EMBEDDING = 16


@dataclass(frozen=True, slots=True)
class Sweep:
    """Widths of the net, symbols of its window, of a sequence and of a batch; checkpoints for each width."""

    widths: tuple[int, ...] = (16, 64, 256)
    context: int = 32
    sequence: int = 256
    batch: int = 128
    checkpoints: int = 16
    rate: float = 2e-3
    seed: int = 0

    def __post_init__(self) -> None:
        sizes = (*self.widths, self.context, self.sequence, self.batch, self.checkpoints)
        if not self.widths or min(sizes) < 1 or self.rate <= 0:
            raise OptionError(
                f"widths {self.widths}, context {self.context}, sequence {self.sequence}, batch {self.batch}: "
                "each must be at least 1"
            )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One width after some steps: what it paid, and pays now a symbol; its student's divergence and loss, if any.

    `test_error` and `student_error` are standard errors of the held-out means.
    """

    width: int
    parameters: int
    steps: int
    symbols: int
    paid_bits: float
    test_bits: float
    test_error: float
    divergence_bits: float
    student_bits: float
    student_error: float


def checkpoints(
    data: bytes, sweep: Sweep, *, requential: bool = True, progress: Callable[[int], object] | None = None
) -> Iterator[Checkpoint]:
    """Train every width on data once and tell it at its checkpoints, the untrained net first.

    Bytes are told to progress as they are trained on. Raises DataError where there are fewer than two batches.
    """
    symbols, alphabet = _symbols(data)
    steps = (len(symbols) - max(len(symbols) // _HELD_OUT, 1)) // sweep.batch
    if steps < 1:
        raise DataError(
            f"{len(data):,} bytes are too few for batches of {sweep.batch}; give more data or a smaller batch"
        )
    for width in sweep.widths:
        yield from _trained(symbols, alphabet, steps, width, sweep, requential, progress)


class WindowNet(torch.nn.Module):
    """Logits [batch, alphabet] of the symbol behind each window [batch, context], in which alphabet is nothing."""

    def __init__(self, alphabet: int, context: int, width: int) -> None:
        super().__init__()
        size = min(alphabet + 1, _EMBEDDING)
        self.embedding = torch.nn.Embedding(alphabet + 1, size)
        self.first = torch.nn.Linear(context * size, width)
        self.second = torch.nn.Linear(width, width)
        self.last = torch.nn.Linear(width, alphabet)
        torch.nn.init.zeros_(self.last.weight)
        torch.nn.init.zeros_(self.last.bias)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Logits; uniform before the first update."""
        hidden = torch.relu(self.first(self.embedding(windows).flatten(1)))  # [batch, width]
        hidden = hidden + torch.relu(self.second(hidden))
        logits: torch.Tensor = self.last(hidden)
        return logits

    @property
    def parameters_used(self) -> int:
        """Parameters that every prediction multiplies by; looking up an embedding costs nothing."""
        return sum(p.numel() for name, p in self.named_parameters() if not name.startswith("embedding"))


class _Pupil:
    """A net with its optimizer."""

    def __init__(self, alphabet: int, width: int, sweep: Sweep) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(sweep.seed)
            self.net = WindowNet(alphabet, sweep.context, width)
        rate = sweep.rate * min(1.0, (64 / width) ** 0.5)
        self._optimizer = torch.optim.Adam(self.net.parameters(), lr=rate, betas=(0.9, 0.99))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, lambda step: min(1, (step + 1) / _WARM_UP))

    def learn(self, logits: torch.Tensor, targets: torch.Tensor) -> float:
        """The mean loss in nats before the update that it causes."""
        loss = torch.nn.functional.cross_entropy(logits, targets)
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        return float(loss.detach())


class _Dreams:
    """Sequences that a teacher writes, one symbol of each at a time, begun at different times and anew at their end."""

    def __init__(self, alphabet: int, sweep: Sweep) -> None:
        self._random = torch.Generator().manual_seed(sweep.seed + 1)
        self._nothing, self._length = alphabet, sweep.sequence
        self.windows = torch.full((sweep.batch, sweep.context), alphabet)
        self._ages = torch.randint(sweep.sequence, (sweep.batch,), generator=self._random)

    def draw(self, logits: torch.Tensor) -> torch.Tensor:
        """The next symbol of each sequence [batch], from the teacher's logits for the windows."""
        drawn = torch.multinomial(torch.softmax(logits, -1), 1, generator=self._random)  # [batch, 1]
        self.windows = torch.cat([self.windows[:, 1:], drawn], 1)
        self._ages += 1
        ended = self._ages >= self._length
        self.windows[ended] = self._nothing
        self._ages[ended] = 0
        return drawn.squeeze(1)


def _trained(
    symbols: torch.Tensor,
    alphabet: int,
    steps: int,
    width: int,
    sweep: Sweep,
    requential: bool,
    progress: Callable[[int], object] | None,
) -> Iterator[Checkpoint]:
    teacher = _Pupil(alphabet, width, sweep)
    student = _Pupil(alphabet, width, sweep) if requential else None
    dreams = _Dreams(alphabet, sweep)
    marks = {0, *np.unique(np.geomspace(1, steps, sweep.checkpoints).round().astype(int)).tolist()}
    held_out = torch.arange(steps * sweep.batch, len(symbols))[:_MOST_HELD_OUT]
    paid = divergence = 0.0
    for step in range(steps + 1):
        if step in marks:
            test, error = _held_out(teacher.net, symbols, held_out, sweep)
            own = _held_out(student.net, symbols, held_out, sweep) if student is not None else (0.0, 0.0)
            known = (width, teacher.net.parameters_used, step, step * sweep.batch)
            yield Checkpoint(*known, bits_from_nats(paid), test, error, bits_from_nats(divergence), *own)
        if step == steps:
            break
        if student is not None:
            divergence += _taught(teacher.net, student, dreams)
        places = torch.arange(step * sweep.batch, (step + 1) * sweep.batch)
        logits = teacher.net(_windows(symbols, places, sweep, alphabet))
        paid += teacher.learn(logits, symbols[places]) * sweep.batch
        if progress is not None:
            progress(sweep.batch)


def _taught(teacher: WindowNet, student: _Pupil, dreams: _Dreams) -> float:
    # The divergence in nats of what the student is taught in this step, before it has learned it.
    windows = dreams.windows
    with torch.no_grad():
        logits = teacher(windows)
        logs = torch.log_softmax(logits.double(), -1)  # [batch, alphabet]
    own = student.net(windows)
    with torch.no_grad():
        divergence = (logs.exp() * (logs - torch.log_softmax(own.double(), -1))).sum()
    student.learn(own, dreams.draw(logits))
    return max(float(divergence), 0.0)


def _held_out(net: WindowNet, symbols: torch.Tensor, places: torch.Tensor, sweep: Sweep) -> tuple[float, float]:
    # Mean bits a symbol and their standard error.
    costs = []
    with torch.no_grad():
        for part in torch.split(places, _EVALUATED):
            logits = net(_windows(symbols, part, sweep, net.last.out_features))
            costs.append(torch.nn.functional.cross_entropy(logits, symbols[part], reduction="none").double())
    cost = torch.cat(costs)
    spread = float(cost.std()) if len(cost) > 1 else 0.0
    return bits_from_nats(float(cost.mean())), bits_from_nats(spread / len(cost) ** 0.5)


def _windows(symbols: torch.Tensor, places: torch.Tensor, sweep: Sweep, nothing: int) -> torch.Tensor:
    # [places, context], what lies before the beginning of a place's sequence being nothing.
    before = places[:, None] + torch.arange(-sweep.context, 0)
    begins = (places // sweep.sequence * sweep.sequence)[:, None]
    return torch.where(before >= begins, symbols[before.clamp(min=0)], nothing)


def _symbols(data: bytes) -> tuple[torch.Tensor, int]:
    kinds, symbols = np.unique(np.frombuffer(data, np.uint8), return_inverse=True)
    return torch.from_numpy(symbols.astype(np.int64)), len(kinds)
