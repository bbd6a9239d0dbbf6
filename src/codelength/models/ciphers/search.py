"""The search for a key: annealing from many starts, in threads, until the best is found again or time is out.

What a key costs is a two-part code in bits: the key, the letters that it reads by the language, and for a homophonic
key which of its letter's symbols came each time (kernel.py). Kernels run outside the interpreter's lock, so threads are
as good as processes and share the tables.
"""

import itertools
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from codelength.models.ciphers.kernel import UNITS, Octets, Whole, anneal
from codelength.models.ciphers.ngrams import Ngrams
from codelength.units import bits_from_nats

Found = Callable[["Solution"], None]

_LAST_MOVES = 3_000
_AGREE = 3  # restarts that end at the same best text before the search stops
_LONG = 8_000  # symbols that are searched on; the rest of a longer text only sets right what rare ones stand for
_QUENCH = (1.0, 0.05)  # bits of temperature, the last steps of every restart


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A key, the letter of each symbol, and what it costs; `text` are the letters that it reads."""

    key: Whole
    text: Octets
    text_bits: float
    choice_bits: float  # of homophones
    key_bits: float

    @property
    def mapped_bits(self) -> float:
        """The message behind the key."""
        return self.text_bits + self.choice_bits

    @property
    def total_bits(self) -> float:
        """Key and message."""
        return self.key_bits + self.mapped_bits


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search: restarts at most, seconds at most (0: no bound), threads, the seed."""

    restarts: int = 24
    seconds: float = 0.0
    workers: int = 1
    seed: int = 0
    agree: int = _AGREE


@dataclass(slots=True)
class Searched:
    """Solutions that read different texts, the best first; how many keys were tried and how often the best was met."""

    solutions: list[Solution] = field(default_factory=list)
    evaluations: int = 0
    restarts: int = 0
    best_hits: int = 0


class Problem:
    """A ciphertext of symbols and a language: what keys are made of and what each costs.

    `cipher` [n] are symbols, −1 for blanks, which a language with a blank reads as such.
    """

    def __init__(self, cipher: Whole, symbols: int, language: Ngrams, *, homophonic: bool) -> None:
        self.language = language
        self.homophonic = homophonic
        self.symbols = symbols
        self.letters = len(language.alphabet.letters)
        self.has_blank = language.alphabet.has_blank
        self.cipher = np.where(cipher < 0, symbols, cipher) if self.has_blank else cipher
        held = symbols + int(self.has_blank)
        self.places = np.argsort(self.cipher, kind="stable")
        self.starts_at = np.concatenate(([0], np.cumsum(np.bincount(self.cipher, minlength=held)))).astype(np.int64)
        self.targets = np.arange(self.letters - int(self.has_blank), dtype=np.int64)
        self.gammas = _gammas(len(cipher), held)

    @property
    def key_bits(self) -> float:
        """What says which key it is, all being alike."""
        letters = len(self.targets)
        if self.homophonic:
            return self.symbols * math.log2(letters)
        return sum(math.log2(letters - i) for i in range(self.symbols))

    def beginning(self, size: int) -> "Problem":
        """The same with the first symbols of the text alone."""
        cipher = np.where(self.cipher[:size] == self.symbols, -1, self.cipher[:size])
        return Problem(cipher, self.symbols, self.language, homophonic=self.homophonic)

    def solution(self, key: Whole) -> Solution:
        """What a key reads and costs, by the whole model."""
        text = self._whole(key)[self.cipher].astype(np.uint8)
        choice_bits = self._choice_bits(key) if self.homophonic else 0.0
        return Solution(key, text, float(self.language.bits(text).sum()), choice_bits, self.key_bits)

    def start(self, rng: np.random.Generator) -> Whole:
        """A key drawn at random."""
        if self.homophonic:
            return rng.choice(self.targets, self.symbols)
        return rng.permutation(self.targets)[: self.symbols]

    def anneal(self, key: Whole, moves: int, heats: tuple[float, float], seed: int, *, fast: bool) -> Whole:
        """The best key that so many moves meet, cooling between two temperatures in bits."""
        n, key = len(self.cipher), self._whole(key)
        room = [np.zeros(size, np.int64) for size in (len(key), *(self.letters,) * 3, n, n, 2 * n + 2)]
        shape, starts, dense, backs, table = self.language.tables(fast=fast)
        anneal(
            self.cipher,
            self.places,
            self.starts_at,
            key,
            room[0],
            room[1],
            room[2],
            room[3],
            np.arange(self.symbols, dtype=np.int64),
            self.targets,
            np.array([moves, seed, int(not self.homophonic)], np.int64),
            np.array(heats) * UNITS,
            self.gammas,
            shape,
            starts,
            dense,
            backs,
            table,
            np.zeros(n, np.uint8),
            room[4],
            np.zeros(n, np.uint8),
            room[5],
            np.zeros(n, np.uint8),
            room[6],
        )
        return key[: self.symbols]

    def _whole(self, key: Whole) -> Whole:
        # The blank is a symbol of its own behind the others, which no move touches.
        return np.append(key, self.letters - 1) if self.has_blank else key.copy()

    def _choice_bits(self, key: Whole) -> float:
        """Dirichlet(½) code of which symbol of its letter came, each time it did."""
        sizes = np.diff(self.starts_at)[: self.symbols]
        amount = np.bincount(key, weights=sizes, minlength=self.letters).astype(np.int64)
        share = np.bincount(key, minlength=self.letters)
        whole = self.gammas[2 * amount + share] - self.gammas[share]
        each = self.gammas[2 * sizes + 1] - self.gammas[1]
        return float(whole.sum() - each.sum()) / UNITS


def search(problem: Problem, effort: Effort, found: Found | None = None) -> Searched:
    """Restarts until the best text was met three times, or restarts or time are used up.

    `found` is called with every new best. With a bound in seconds restarts go on until it is reached, unless the best
    was met often.
    """
    result = Searched()
    started = time.monotonic()
    with ThreadPoolExecutor(effort.workers) as pool:
        sent: deque[Future[tuple[Solution, int]]] = deque()
        for number in itertools.count():
            while len(sent) < effort.workers and (effort.seconds or number + len(sent) < effort.restarts):
                sent.append(pool.submit(_restart, problem, effort.seed, number + len(sent)))
            # Taken in the order in which they were sent, so that any number of threads ends with the same key.
            solution, evaluations = sent.popleft().result()
            result.evaluations += evaluations
            result.restarts += 1
            if _enter(result, solution) and found is not None:
                found(solution)
            late = effort.seconds and time.monotonic() - started > effort.seconds
            if late or result.best_hits >= effort.agree or not (effort.seconds or number + 1 < effort.restarts):
                for future in sent:
                    future.cancel()
                break
    return result


def _restart(problem: Problem, seed: int, number: int) -> tuple[Solution, int]:
    rng = np.random.default_rng(seed * 1_000_003 + number)
    n, key = len(problem.cipher), problem.start(rng)
    evaluations = 0
    part = problem.beginning(_LONG) if n > _LONG else problem
    for moves, heats, fast in _schedule(n, problem.homophonic, number):
        key = part.anneal(key, moves, heats, int(rng.integers(1, 1 << 31)), fast=fast)
        evaluations += moves
    if part is not problem:
        key = problem.anneal(key, _LAST_MOVES, _QUENCH, int(rng.integers(1, 1 << 31)), fast=True)
        evaluations += _LAST_MOVES
    return problem.solution(key), evaluations


def _schedule(n: int, homophonic: bool, restart: int) -> list[tuple[int, tuple[float, float], bool]]:
    """Moves, temperatures and whether the fast tables do, one after the other.

    Homophonic keys take turns: some are met by a quick cooling from far above only, others by a slow one from near.
    """
    if homophonic and restart % 2 == 0:
        return [(600_000, (17.0, 0.72), True), (100_000, (3.0, 0.5), False), (10_000, _QUENCH, False)]
    if homophonic:
        return [(2_000_000, (7.0, 1.5), True), (60_000, (2.0, 0.3), False), (10_000, _QUENCH, False)]
    if n <= 80:
        return [(1_000_000 if n <= 48 else 150_000, (12.0, 2.0), False), (10_000, _QUENCH, False)]
    return [(60_000, (24.0, 0.72), n > 400), (10_000, _QUENCH, False)]


def _enter(result: Searched, solution: Solution) -> bool:
    """Put a solution in its place; whether it is the new best."""
    for other in result.solutions:
        if np.array_equal(other.text, solution.text):
            if other is result.solutions[0]:
                result.best_hits += 1
            return False
    result.solutions.append(solution)
    result.solutions.sort(key=lambda one: one.total_bits)
    if result.solutions[0] is solution:
        result.best_hits = 1
        return True
    return False


def neighbours(problem: Problem, best: Solution) -> list[tuple[int, Solution]]:
    """For each symbol that occurs the best key that reads it otherwise by one move, cheapest first."""
    found = []
    for symbol in range(problem.symbols):
        least: Solution | None = None
        for letter in problem.targets.tolist():
            if letter == best.key[symbol]:
                continue
            key = best.key.copy()
            if not problem.homophonic:
                key[best.key == letter] = best.key[symbol]
            key[symbol] = letter
            solution = problem.solution(key)
            if least is None or solution.total_bits < least.total_bits:
                least = solution
        if least is not None:
            found.append((symbol, least))
    return sorted(found, key=lambda pair: pair[1].total_bits)


def _gammas(n: int, symbols: int) -> npt.NDArray[np.float64]:
    """log2 Γ(i / 2) in units, for i to 2 n + symbols."""
    values = [0.0, *(bits_from_nats(math.lgamma(i / 2)) for i in range(1, 2 * n + symbols + 3))]
    return np.array(values) * UNITS
