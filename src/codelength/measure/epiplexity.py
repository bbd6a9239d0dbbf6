"""Epiplexity: how much structure a bounded learner finds in data, and how much is noise to it (Finzi et al. 2026).

Of all programs that run within T operations, take the one whose two-part code of the data X is least. Its own length is
the structure S_T(X), what it leaves open is the time-bounded entropy H_T(X):

    M* = argmin over M of |M| + log2 1 / P_M(X),        S_T(X) = |M*|,    H_T(X) = log2 1 / P_M*(X)

The programs here are small nets of several widths after several steps of training. What such a net knows is estimated:

    K_auc = Σ (loss before the update − loss in the end) over the symbols that it was trained on   prequential
    K_req = Σ KL(teacher ‖ student) over symbols that the teacher drew for a student               requential

`auc` charges the teacher, `req` the student. A net after t symbols, of P parameters, takes 6 P t + 2 P n operations
for n symbols; the untrained net knows nothing and is always one of the programs. The loss in the end is measured on the
held-out last tenth, so its standard error is one of K_auc: t times as large.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence

from codelength.dataset import Dataset, sha256_of
from codelength.errors import DataError, OptionError, UsageError
from codelength.result.epiplexity import Epiplexity, TwoPart

ESTIMATORS = ("auc", "req")
_TWO = 1.96  # standard errors


def epiplexity(
    data: Dataset | bytes,
    *,
    widths: Sequence[int] = (16, 64, 256),
    context: int = 32,
    sequence: int = 256,
    batch: int = 128,
    seed: int = 0,
    estimators: Sequence[str] = ESTIMATORS,
    progress: Callable[[int], object] | None = None,
) -> list[Epiplexity]:
    """Structural and random bits of data by each estimator, with the front of total code length over compute.

    `context` symbols are seen back, never across the beginning of a sequence. Needs torch unless data are of one
    symbol. Raises UsageError without it, DataError where there are too few data, OptionError for sizes below 1.

    >>> found, = epiplexity(b"z" * 1000, estimators=("auc",))
    >>> found.best.structural_bits, found.best.random_bits, found.alphabet_bits
    (0.0, 0.0, 16.0)
    """
    started = time.perf_counter()
    name, raw = (data.name, data.joined) if isinstance(data, Dataset) else ("data", data)
    unknown = [estimator for estimator in estimators if estimator not in ESTIMATORS]
    if unknown or not estimators:
        raise OptionError(f"there is no estimator {', '.join(unknown) or 'named'}; there are {', '.join(ESTIMATORS)}")
    if not raw:
        raise DataError(f"{name}: there is nothing to learn from")
    alphabet = len(set(raw))
    points: dict[str, list[TwoPart]] = {estimator: [TwoPart(0, 0, 0, 0, 0.0, 0.0, 0.0)] for estimator in estimators}
    if alphabet > 1:
        try:
            from codelength.learning.window_net import Sweep, checkpoints
        except ImportError:
            raise UsageError("epiplexity trains nets and needs torch; pip install 'codelength[torch]'") from None
        sweep = Sweep(tuple(widths), context, sequence, batch, seed=seed)
        made = list(checkpoints(raw, sweep, requential="req" in estimators, progress=progress))
        for estimator in estimators:
            points[estimator] = [
                two_part(
                    (one.width, one.parameters, one.steps, one.symbols),
                    len(raw),
                    *(
                        (auc_bits(one.paid_bits, one.symbols, one.test_bits), one.test_bits, one.test_error)
                        if estimator == "auc"
                        else (one.divergence_bits, one.student_bits, one.student_error)
                    ),
                    error_symbols=one.symbols if estimator == "auc" else 0,
                )
                for one in made
            ]
    found = []
    for estimator in estimators:
        front = pareto_front(points[estimator])
        found.append(
            Epiplexity(
                name,
                len(raw),
                estimator,
                front[-1],
                front,
                alphabet,
                alphabet_bits(alphabet),
                sha256_of(raw),
                time.perf_counter() - started,
            )
        )
    return found


def auc_bits(paid_bits: float, symbols: int, last_bits: float) -> float:
    """K_auc: what was paid for symbols above what they would have cost at the last bits a symbol; may be negative.

    >>> auc_bits(paid_bits=1000.0, symbols=300, last_bits=2.0)
    400.0
    """
    return paid_bits - symbols * last_bits


def two_part(
    known: tuple[int, int, int, int],
    all_symbols: int,
    structural_bits: float,
    bits_a_symbol: float,
    error_a_symbol: float,
    *,
    error_symbols: int,
) -> TwoPart:
    """The two-part code of all symbols by a net of (width, parameters, steps, symbols), its compute counted."""
    width, parameters, steps, symbols = known
    flops = 6.0 * parameters * symbols + 2.0 * parameters * all_symbols
    error = _TWO * error_a_symbol * error_symbols
    return TwoPart(width, parameters, steps, symbols, flops, structural_bits, bits_a_symbol * all_symbols, error)


def pareto_front(points: Iterable[TwoPart]) -> tuple[TwoPart, ...]:
    """The points that no other undercuts in compute and total bits, the cheapest first and the least total last.

    >>> made = ((2.0, 5.0), (1.0, 9.0), (3.0, 6.0), (4.0, 4.0))
    >>> front = pareto_front(TwoPart(1, 1, 1, 1, flops, 0.0, bits) for flops, bits in made)
    >>> [(point.flops, point.total_bits) for point in front]
    [(1.0, 9.0), (2.0, 5.0), (4.0, 4.0)]
    """
    front: list[TwoPart] = []
    for point in sorted(points, key=lambda point: (point.flops, point.total_bits)):
        if not front or point.total_bits < front[-1].total_bits:
            front.append(point)
    return tuple(front)


def alphabet_bits(kinds: int) -> float:
    """Bits that say which of the 256 bytes occur: how many of them, then which set of that size.

    >>> alphabet_bits(256), alphabet_bits(1)
    (8.0, 16.0)
    """
    return 8.0 + math.log2(math.comb(256, kinds))
