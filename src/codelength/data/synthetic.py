"""Sources of known entropy: data that come with −log2 of their probability, so that a code length can be checked.

    iid            bytes drawn one by one from a given distribution
    markov         order-k text over a few symbols, of known entropy rate
    periodic       a random pattern, repeated with noise
    shared_pair    X and Y from one distribution that itself was drawn from a Dirichlet prior: they share what X tells
                   about it, in closed form
    separate_pair  X and Y from two such distributions: they share nothing
    automaton      random rows and what an elementary cellular automaton makes of them, as text
    keystream      the output of the stream cipher ChaCha20 under a key: noise for who has not got the key

`cost_bits` is paid by who knows the source as described: the distribution of `iid` and `markov`, the period and noise
of `periodic` but not its pattern, the prior of the pairs but not the distribution. No code beats it on average, and by
40 bits only once in 2^40 draws. Randomness comes from the generator that is passed in.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codelength.errors import OptionError
from codelength.types import Probs
from codelength.units import bits_from_nats

_MAX_STATES = 4096


@dataclass(frozen=True, slots=True)
class Sample:
    """Data, −log2 of their probability under the source, and the source's entropy in bits a byte."""

    data: bytes
    cost_bits: float
    entropy_rate: float


@dataclass(frozen=True, slots=True)
class Pair:
    """X and Y with the code lengths of the exact Bayes mixture; `shared_bits` may be negative in one draw."""

    x: bytes
    y: bytes
    x_bits: float
    y_bits: float
    y_given_x_bits: float

    @property
    def shared_bits(self) -> float:
        """C(Y) − C(Y given X)."""
        return self.y_bits - self.y_given_x_bits


def iid(distribution: Probs, size: int, rng: np.random.Generator) -> Sample:
    """`size` bytes drawn one by one from a distribution [≤ 256] that sums to 1; the cost is −Σ log2 p(x_i).

    Raises OptionError where that is no distribution over bytes.

    >>> sample = iid(np.array([0.5, 0.5]), 100, np.random.default_rng(0))
    >>> len(sample.data), sample.cost_bits, sample.entropy_rate
    (100, 100.0, 1.0)
    """
    probabilities = np.asarray(distribution, np.float64)
    if not (0 < len(probabilities) <= 256 and (probabilities >= 0).all() and abs(probabilities.sum() - 1) < 1e-9):
        raise OptionError("a distribution over bytes has 1 to 256 probabilities that sum to 1")
    drawn = rng.choice(len(probabilities), size, p=probabilities)
    return Sample(drawn.astype(np.uint8).tobytes(), _cost(probabilities[drawn]), _entropy(probabilities))


def markov(order: int, symbols: int, size: int, rng: np.random.Generator, *, concentration: float = 0.3) -> Sample:
    """`size` bytes, each drawn by the `order` bytes before it, from the values below `symbols`.

    Each context's distribution is drawn once from a symmetric Dirichlet prior (`concentration`); the first `order`
    bytes are uniform. The entropy rate is Σ_c π(c) H(P(·|c)) over the stationary distribution π of contexts. Raises
    OptionError for more than 4096 contexts or fewer than 2 symbols.

    >>> sample = markov(2, 4, 1000, np.random.default_rng(0))
    >>> set(sample.data) <= {0, 1, 2, 3}, 0 < sample.entropy_rate < 2
    (True, True)
    """
    contexts = symbols**order
    if order < 0 or not 2 <= symbols <= 256 or contexts > _MAX_STATES or concentration <= 0:
        raise OptionError(
            f"order={order} over {symbols} symbols: need 2 to 256 symbols, at most {_MAX_STATES} contexts"
        )
    # 1 % of the uniform distribution in each row: every context can be reached from every other
    table = 0.99 * rng.dirichlet(np.full(symbols, concentration), contexts) + 0.01 / symbols  # [contexts, symbols]
    ends = table.cumsum(axis=1)
    data = np.empty(size, np.uint8)
    paid = np.empty(size, np.float64)
    chances = rng.random(size)
    context = 0
    for i in range(size):
        if i < order:
            data[i], paid[i] = int(chances[i] * symbols), 1 / symbols
        else:
            data[i] = min(int(ends[context].searchsorted(chances[i], side="right")), symbols - 1)
            paid[i] = table[context, data[i]]
        context = (context * symbols + int(data[i])) % contexts
    rate = float(_stationary(table) @ np.array([_entropy(row) for row in table]))
    return Sample(data.tobytes(), _cost(paid), rate)


def periodic(period: int, size: int, rng: np.random.Generator, *, noise: float = 0.0) -> Sample:
    """A pattern of `period` random bytes, repeated; each byte is replaced by a random one with probability `noise`.

    Who knows the period but not the pattern pays for each of its places, with its bytes x_1 .. x_m, and e = noise,

        −log2 Σ_s 1/256 Π_i ((1 − e) [x_i = s] + e / 256),

    8 bits where there is no noise. The entropy rate is that of the noise alone, which is what is left in the long run.
    Raises OptionError for a period below 1 or noise outside 0 to 1.

    >>> sample = periodic(10, 1000, np.random.default_rng(0))
    >>> sample.data[:10] == sample.data[990:], sample.cost_bits, sample.entropy_rate
    (True, 80.0, 0.0)
    """
    if period < 1 or not 0 <= noise <= 1:
        raise OptionError(f"period={period} and noise={noise}: a period is at least 1, noise lies between 0 and 1")
    pattern = rng.integers(0, 256, period, np.uint8)
    data = np.resize(pattern, size)
    replaced = rng.random(size) < noise
    data[replaced] = rng.integers(0, 256, int(replaced.sum()), np.uint8)
    kept, other = 1 - noise + noise / 256, noise / 256
    bits = 0.0
    for place in range(min(period, size)):
        counts = np.bincount(data[place::period], minlength=256)
        others = counts.sum() - counts
        costs = counts * -math.log2(kept)
        costs[others > 0] += others[others > 0] * (-math.log2(other) if other else math.inf)
        least = costs.min()
        bits += 8.0 + float(least) - math.log2(float(np.exp2(least - costs).sum()))
    return Sample(data.tobytes(), bits, _entropy(np.array([kept, *[other] * 255])))


def shared_pair(x_size: int, y_size: int, rng: np.random.Generator, *, alpha: float = 0.5) -> Pair:
    """X and Y drawn from one distribution over bytes, itself drawn from a symmetric Dirichlet(alpha) prior.

    C(Y given X) = C(X and Y) − C(X) by `dirichlet_bits`. Over many draws the mean of the shared bits is
    `expected_shared_bits`. Raises OptionError where alpha is not positive.

    >>> pair = shared_pair(1000, 1000, np.random.default_rng(0))
    >>> pair.shared_bits > 0
    True
    """
    distribution = _drawn(alpha, rng)
    return _pair(_bytes(distribution, x_size, rng), _bytes(distribution, y_size, rng), alpha, shared=True)


def separate_pair(x_size: int, y_size: int, rng: np.random.Generator, *, alpha: float = 0.5) -> Pair:
    """X and Y drawn from two distributions over bytes, each drawn by itself from a Dirichlet(alpha) prior.

    >>> separate_pair(1000, 1000, np.random.default_rng(0)).shared_bits
    0.0
    """
    x = _bytes(_drawn(alpha, rng), x_size, rng)
    return _pair(x, _bytes(_drawn(alpha, rng), y_size, rng), alpha, shared=False)


def automaton(
    rule: int, size: int, rng: np.random.Generator, *, width: int = 32, every: int = 16, rows: int = 4
) -> Sample:
    """`size` bytes of text: random rows of 0 and 1, each followed by its states after `every`, 2 · `every` ... steps.

    The automaton is elementary, its rows close to rings: cell i becomes bit 4 c(i−1) + 2 c(i) + c(i+1) of `rule`. A
    block of `rows` rows, with blanks between, ends with a newline; its first row alone is random, so the entropy rate
    is width / (rows · (width + 1)) bits a byte. Raises OptionError for a rule outside 0 to 255 or sizes below 1.

    >>> print(automaton(90, 32, np.random.default_rng(1), width=7, every=1, rows=2).data.decode())
    1100110 1111110
    1010111 1000100
    """
    if not 0 <= rule <= 255 or min(width, every, rows) < 1:
        raise OptionError(
            f"rule={rule}, width={width}, every={every}, rows={rows}: rules are 0 to 255, the rest 1 or more"
        )
    after = np.array([rule >> i & 1 for i in range(8)], np.uint8)
    blocks = -(-size // (rows * (width + 1)))
    cells = rng.integers(0, 2, (max(blocks, 1), width), np.uint8)
    text = np.full((max(blocks, 1), rows, width + 1), ord(" "), np.uint8)
    text[:, -1, -1] = ord("\n")
    for row in range(rows):
        text[:, row, :-1] = cells + ord("0")
        for _ in range(every if row < rows - 1 else 0):
            cells = after[(np.roll(cells, 1, 1) << 2) + (cells << 1) + np.roll(cells, -1, 1)]
    whole, rest = divmod(size, text[0].size)
    return Sample(text.tobytes()[:size], float(whole * width + min(rest, width)), width / text[0].size)


def keystream(key: bytes, size: int, *, nonce: bytes = bytes(12), counter: int = 0) -> Sample:
    """`size` bytes of ChaCha20's key stream (RFC 8439): 256 bits for who knows the cipher but not the key of 32 bytes.

    Nobody is known who could tell it from noise without the key, so for learners it is noise. Raises OptionError where
    the key has not 32 bytes or the nonce not 12.

    >>> keystream(bytes(range(32)), 4, nonce=bytes.fromhex("000000090000004a00000000"), counter=1).data.hex()
    '10f1e7e4'
    """
    if len(key) != 32 or len(nonce) != 12:
        raise OptionError(f"a key of {len(key)} bytes and a nonce of {len(nonce)}: ChaCha20 takes 32 and 12")
    blocks = -(-size // 64)
    start = np.empty((16, blocks), np.uint32)
    start[:4] = np.frombuffer(b"expand 32-byte k", "<u4")[:, None]
    start[4:12] = np.frombuffer(key, "<u4")[:, None]
    start[12] = np.arange(counter, counter + blocks, dtype=np.uint64).astype(np.uint32)
    start[13:] = np.frombuffer(nonce, "<u4")[:, None]
    state = start.copy()
    for _ in range(10):  # a round of columns, one of diagonals
        for shift in (0, 1):
            for i in range(4):
                _quarter(state, i, 4 + (i + shift) % 4, 8 + (i + 2 * shift) % 4, 12 + (i + 3 * shift) % 4)
    state += start
    return Sample(state.T.astype("<u4").tobytes()[:size], 256.0, 0.0)


def dirichlet_bits(counts: Iterable[int], alpha: float) -> float:
    """Bits of a sequence with these counts of its K symbols, under the mixture with a symmetric Dirichlet(alpha) prior.

        −log2 [ Γ(Kα) / Γ(Kα + n) · Π_s Γ(α + c(s)) / Γ(α) ],      n = Σ_s c(s)

    One head and no tail cost a bit, a head and a tail under KT cost 1 + 2:

    >>> round(dirichlet_bits([1, 0], 0.5), 9), round(dirichlet_bits([1, 1], 0.5), 9)
    (1.0, 3.0)
    """
    each = list(counts)
    total = len(each) * alpha
    nats = math.lgamma(total + sum(each)) - math.lgamma(total)
    nats -= math.fsum(math.lgamma(alpha + count) - math.lgamma(alpha) for count in each if count)
    return bits_from_nats(nats)


def expected_dirichlet_bits(size: int, alpha: float, symbols: int = 256) -> float:
    """Entropy of `size` symbols under the Dirichlet mixture: the mean of `dirichlet_bits` over its own draws.

    Each count is beta-binomial(size, α, (K − 1) α), so the sum over sequences becomes one over counts.

    >>> round(expected_dirichlet_bits(1, 0.5), 9)
    8.0
    """
    rest = (symbols - 1) * alpha
    scale = math.lgamma(symbols * alpha) - math.lgamma(symbols * alpha + size)
    terms = []
    for count in range(1, size + 1):
        grown = math.lgamma(alpha + count) - math.lgamma(alpha)
        ways = math.lgamma(size + 1) - math.lgamma(count + 1) - math.lgamma(size - count + 1)
        left = math.lgamma(rest + size - count) - math.lgamma(rest)
        terms.append(math.exp(ways + grown + left + scale) * grown)
    return bits_from_nats(-scale - symbols * math.fsum(terms))


def expected_shared_bits(x_size: int, y_size: int, alpha: float, symbols: int = 256) -> float:
    """Mutual information of the X and Y of `shared_pair`: H(X) + H(Y) − H(X, Y).

    >>> expected_shared_bits(0, 100, 0.5), 0 < expected_shared_bits(100, 100, 0.5) < 800
    (0.0, True)
    """
    sizes = (x_size, y_size, x_size + y_size)
    x_bits, y_bits, both_bits = (expected_dirichlet_bits(size, alpha, symbols) for size in sizes)
    return x_bits + y_bits - both_bits


def _quarter(state: npt.NDArray[np.uint32], a: int, b: int, c: int, d: int) -> None:
    for left, right, mixed, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[left] += state[right]
        state[mixed] ^= state[left]
        state[mixed] = state[mixed] << turn | state[mixed] >> (32 - turn)


def _drawn(alpha: float, rng: np.random.Generator) -> Probs:
    if alpha <= 0:
        raise OptionError(f"alpha={alpha} is not positive")
    return rng.dirichlet(np.full(256, alpha))


def _bytes(distribution: Probs, size: int, rng: np.random.Generator) -> bytes:
    return rng.choice(256, size, p=distribution).astype(np.uint8).tobytes()


def _pair(x: bytes, y: bytes, alpha: float, *, shared: bool) -> Pair:
    x_bits, y_bits = dirichlet_bits(_counts(x), alpha), dirichlet_bits(_counts(y), alpha)
    return Pair(x, y, x_bits, y_bits, dirichlet_bits(_counts(x + y), alpha) - x_bits if shared else y_bits)


def _counts(data: bytes) -> list[int]:
    counts: list[int] = np.bincount(np.frombuffer(data, np.uint8), minlength=256).tolist()
    return counts


def _cost(paid: Probs) -> float:
    return math.fsum(-math.log2(p) for p in paid.tolist())


def _entropy(distribution: Probs) -> float:
    return math.fsum(-p * math.log2(p) for p in distribution.tolist() if p > 0)


def _stationary(table: npt.NDArray[np.float64]) -> Probs:
    # π with π(next) = Σ_c π(c) P(s | c), next being c shifted by s; by iteration, each step mixing in 1 % or more.
    contexts, symbols = table.shape
    share = np.full(contexts, 1 / contexts)
    following = (np.arange(contexts)[:, None] * symbols + np.arange(symbols)) % contexts
    for _ in range(10_000):
        moved = np.bincount(following.ravel(), (share[:, None] * table).ravel(), minlength=contexts)
        if np.abs(moved - share).sum() < 1e-14:
            break
        share = moved
    return share
