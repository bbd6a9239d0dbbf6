"""The compiled part of decipherment: what text costs by n-grams, and annealing over keys, move by move.

Costs are whole numbers, UNITS to the bit, so that what moves add and take away never drifts. What a letter costs:

    at place j < K, or fast:     starts[last min(j + 1, K) letters]                    one dense table
    else, high orders too:       −log2 p of the longest n-gram that was seen, L ≤ N, and the weights of the longer
                                 contexts behind which its last letter was not seen    (back-off, Katz 1987)

N-grams of K + 1 to N letters lie in one hash table: 32 bits of check, cost, and cost of backing off from it as a
context. A letter's cost depends on the N letters that end at it, and so does `seen`, how long the longest seen n-gram
there is: a move changes both only near the places that it changes.

A move gives one symbol another letter, or two symbols each other's. In a one-to-one key a letter that is taken is
swapped. In a homophonic key the choice between the k symbols of a letter is paid for too, by the Dirichlet(½) code of
which symbol came each time the letter did: log2 Γ(n + k/2) − log2 Γ(k/2) for n letters, up to what no key changes.
"""

import math

import numpy as np
import numpy.typing as npt

from codelength.compiled import bare, inlined

UNITS = 512  # of cost to the bit
MOST_COST = 32_767  # of one letter, 64 bits
UNSEEN = -1  # a dense context that nothing followed

Octets = npt.NDArray[np.uint8]
Costs = npt.NDArray[np.int16]
Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_KEY = np.uint64(0x9E3779B97F4A7C15)
_CHECK = np.uint64(0xC2B2AE3D27D4EB4F)


@inlined
def _mixed(packed: int, length: int) -> np.uint64:
    return (np.uint64(packed) * np.uint64(16) + np.uint64(length)) * _KEY


@inlined
def _check(mixed: np.uint64) -> np.uint64:
    # The place in the table is the top of `mixed`; the check takes all of it.
    return np.uint64(((mixed ^ (mixed >> np.uint64(29))) * _CHECK) >> np.uint64(32) | np.uint64(1))


@inlined
def _find(table: Words, shift: np.uint64, packed: int, length: int) -> np.uint64:
    """The entry of an n-gram, or 0."""
    mixed = _mixed(packed, length)
    check = _check(mixed)
    at = mixed >> shift
    last = np.uint64(len(table) - 1)
    while True:
        entry = np.uint64(table[at])
        if entry == np.uint64(0) or entry >> np.uint64(32) == check:
            return entry
        at = (at + np.uint64(1)) & last


@bare
def insert(table: Words, shift: np.uint64, length: int, packed: Whole, costs: Costs, backs: Costs) -> None:
    """Put n-grams of one length into the table: their cost, and that of backing off from them."""
    last = np.uint64(len(table) - 1)
    for i in range(len(packed)):
        mixed = _mixed(packed[i], length)
        at = mixed >> shift
        while table[at] != np.uint64(0):
            at = (at + np.uint64(1)) & last
        entry = _check(mixed) << np.uint64(32)
        table[at] = entry | np.uint64(costs[i]) << np.uint64(16) | np.uint64(backs[i])


@bare
def score(
    text: Octets,
    low: int,
    high: int,
    shape: Whole,
    starts: Costs,
    dense: Costs,
    backs: Costs,
    table: Words,
    seen: Octets,
    new: Whole,
    new_seen: Octets,
    into: int,
) -> int | np.int64:
    """Cost of letters low to high into `new` from `into` on, and how much was seen there; their sum.

    `shape` is [letters, K, N, bits a letter, shift of the table]; with N = K the dense table answers alone.
    """
    letters, k, n, width, shift = shape[0], shape[1], shape[2], shape[3], np.uint64(shape[4])
    top = 1
    for _ in range(k - 1):
        top *= letters
    packed_last = (1 << (width * n)) - 1
    # Codes of the letters before `low`: by place value for the dense tables, by bits for the hash table.
    code, packed = 0, 0
    for j in range(max(low - k, 0), low):
        if j >= low - k + 1 or low < k:
            code = code * letters + text[j]
    before = 0  # the K letters before the letter, where there are so many
    if n > k:
        for j in range(max(low - n + 1, 0), low):
            packed = packed << width | text[j]
        if low >= k:
            for j in range(low - k, low):
                before = before * letters + text[j]
    # The dense tables stand one behind the other: for one letter, for two, ...
    offset, size = 0, letters
    for _ in range(min(low, k - 1)):
        offset += size
        size *= letters
    total = np.int64(0)
    known = int(seen[low - 1]) if low > 0 else 0
    for j in range(low, high):
        letter = int(text[j])
        if j >= k and j > low:
            code -= top * int(text[j - k])
        code = code * letters + letter
        cost = np.int64(0)
        if j < k or n == k:
            cost = np.int64(starts[offset + code])
            if j < k - 1:
                offset += size
                size *= letters
            known = min(j + 1, k)
            if n > k:
                packed = packed << width | letter
        else:
            packed = (packed << width | letter) & packed_last
            length = min(known + 1, n)
            found, back = False, 0
            while length > k:
                if length == k + 1:
                    back = int(backs[before])
                    if back == UNSEEN:
                        length = k
                        break
                part = packed & ((1 << (width * length)) - 1)
                entry = _find(table, shift, part, length)
                if entry != np.uint64(0):
                    cost = cost + np.int64(entry >> np.uint64(16) & np.uint64(0xFFFF))
                    found = True
                    break
                if length == k + 1:
                    cost = cost + back
                else:
                    context = _find(table, shift, part >> width, length - 1)
                    cost = cost + np.int64(context & np.uint64(0xFFFF))
                length -= 1
            if not found:
                cost = cost + np.int64(dense[code])
                length = k
            known = length
        before = code
        new[into + j - low] = cost
        new_seen[into + j - low] = known
        total = total + cost
    return total


@bare
def anneal(
    cipher: Whole,
    places: Whole,
    starts_at: Whole,
    key: Whole,
    best_key: Whole,
    amount: Whole,
    share: Whole,
    holder: Whole,
    free: Whole,
    targets: Whole,
    options: Whole,
    heats: npt.NDArray[np.float64],
    gammas: npt.NDArray[np.float64],
    shape: Whole,
    starts: Costs,
    dense: Costs,
    backs: Costs,
    table: Words,
    text: Octets,
    costs: Whole,
    seen: Octets,
    new: Whole,
    new_seen: Octets,
    runs: Whole,
) -> int:
    """Anneal a key; the least cost that was met, whose key is left in `key`.

    `cipher` [n] are symbols, `places` their places symbol by symbol from `starts_at`; `free` are the symbols and
    `targets` the letters that may change; `options` is [moves, seed, one-to-one]; `heats` the first and the last
    temperature, in units. The rest is room, so that no arrays are made here: best_key [symbols]; places and symbols of
    each letter and which has it, [letters]; text, costs, seen, new, new_seen [n]; runs [2 n].
    """
    n, symbols, letters = len(cipher), len(key), shape[0]
    moves, one_to_one = options[0], options[2] != 0
    state = np.uint64(options[1]) * _KEY + _CHECK
    for i in range(n):
        text[i] = key[cipher[i]]
    total = score(text, 0, n, shape, starts, dense, backs, table, seen, costs, seen, 0)
    k, reach, fast = shape[1], shape[2], shape[1] == shape[2]
    top, last_table = 1, 0
    for _ in range(k - 1):
        top *= letters
        last_table += top
    for letter in range(letters):
        amount[letter], share[letter], holder[letter] = 0, 0, -1
    for s in range(symbols):
        amount[key[s]] += starts_at[s + 1] - starts_at[s]
        share[key[s]] += 1
        holder[key[s]] = s
        best_key[s] = key[s]
    chosen = 0.0
    if not one_to_one:
        for letter in range(letters):
            chosen += gammas[2 * amount[letter] + share[letter]] - gammas[share[letter]]
    current = float(total) + chosen
    best = current
    heat = heats[0]
    cooling = (heats[1] / heats[0]) ** (1.0 / max(moves, 1))
    for _ in range(moves):
        heat *= cooling
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        draw = state >> np.uint64(11)
        first = free[draw % np.uint64(len(free))]
        draw = draw >> np.uint64(16)
        was = key[first]
        second = -1
        if one_to_one:
            now = targets[draw % np.uint64(len(targets))]
            second = holder[now]
        elif state & np.uint64(3) == np.uint64(0):
            second = free[draw % np.uint64(len(free))]
            now = key[second]
        else:
            now = targets[draw % np.uint64(len(targets))]
        if now == was:
            continue
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        luck = (float(state >> np.uint64(40)) + 0.5) / 16777216.0
        limit = -heat * math.log(luck)  # the most that the move may cost
        size_a, size_b, one = starts_at[first + 1] - starts_at[first], 0, 1
        if second >= 0:
            size_b, one = starts_at[second + 1] - starts_at[second], 0
        if not one_to_one:
            change = gammas[2 * (amount[was] + size_b - size_a) + share[was] - one] - gammas[share[was] - one]
            change += gammas[2 * (amount[now] + size_a - size_b) + share[now] + one] - gammas[share[now] + one]
            change -= gammas[2 * amount[was] + share[was]] - gammas[share[was]]
            change -= gammas[2 * amount[now] + share[now]] - gammas[share[now]]
        else:
            change = 0.0
        # Runs of letters that the places of both symbols reach, in their order; those that touch are one.
        i, i_end = starts_at[first], starts_at[first + 1]
        j, j_end = 0, 0
        if second >= 0:
            j, j_end = starts_at[second], starts_at[second + 1]
        count, old, high = 0, 0, -1
        while i < i_end or j < j_end:
            if j >= j_end or (i < i_end and places[i] < places[j]):
                at = places[i]
                text[at] = now
                i += 1
            else:
                at = places[j]
                text[at] = was
                j += 1
            if at <= high and count > 0:
                low = high
            else:
                low = at
                runs[2 * count] = low
                count += 1
            high = min(at + reach, n)
            for place in range(low, high):
                old += costs[place]
            runs[2 * count - 1] = high
        change -= float(old)
        filled = 0
        for run in range(count):
            low, high = runs[2 * run], runs[2 * run + 1]
            if fast and low >= k:
                code, got = 0, 0
                for place in range(low - k + 1, low):
                    code = code * letters + int(text[place])
                for place in range(low, high):
                    code = code * letters + int(text[place])
                    cost = int(starts[last_table + code])
                    code -= top * int(text[place - k + 1])
                    new[filled] = cost
                    filled += 1
                    got += cost
                change += float(got)
            else:
                change += float(score(text, low, high, shape, starts, dense, backs, table, seen, new, new_seen, filled))
                filled += high - low
            if change > limit:  # no cost is negative: what is left cannot help
                break
        if change <= limit:
            current += change
            amount[was] += size_b - size_a
            amount[now] += size_a - size_b
            share[was] -= one
            share[now] += one
            key[first] = now
            holder[was] = second
            holder[now] = first
            if second >= 0:
                key[second] = was
            filled = 0
            for run in range(count):
                for place in range(runs[2 * run], runs[2 * run + 1]):
                    costs[place] = new[filled]
                    seen[place] = new_seen[filled]
                    filled += 1
            if current < best - 0.5:
                best = current
                for s in range(symbols):
                    best_key[s] = key[s]
        else:
            for i in range(starts_at[first], starts_at[first + 1]):
                text[places[i]] = was
            if second >= 0:
                for i in range(starts_at[second], starts_at[second + 1]):
                    text[places[i]] = now
    for s in range(symbols):
        key[s] = best_key[s]
    return int(best)
