"""Annealing of the quadratic assignment in `columns`, compiled: two partners change places, columns turn over.

A move costs time by the number of columns. Temperatures are in bits and fall by a constant factor a move; at the last
one a move that costs a bit more is taken once in e² times (Kirkpatrick et al. 1983, Connolly 1990).
"""

import math

import numpy as np

from codelength.compiled import compiled
from codelength.match.maps.families import Points, Whole

LAST_BITS = 0.5


@compiled
def anneal(
    linear: Points, x: Points, y: Points, order: Whole, signs: Whole, moves: int, first_bits: float, seed: int
) -> tuple[Whole, Whole]:
    """The best order and signs [d] seen in so many moves from those given.

    They cost Σ linear[signs < 0, i, order i] + Σ_ik signs_i signs_k x[i, k] y[order i, order k]; x and y [d, d] are
    symmetric.
    """
    np.random.seed(seed)
    d = x.shape[0]
    order, signs = order.copy(), signs.copy()
    best_order, best_signs = order.copy(), signs.copy()
    below, least = 0.0, 0.0  # against the start
    cooling = math.exp(math.log(LAST_BITS / first_bits) / moves)
    temperature = first_bits
    for _ in range(moves):
        temperature *= cooling
        i = np.random.randint(d)
        k = (i + 1 + np.random.randint(d - 1)) % d if d > 1 else i
        choice = np.random.randint(8)
        swap = choice >= 2 and d > 1
        turn_i = -1 if choice % 2 == 1 else 1
        turn_k = -1 if choice >= 6 else 1
        if not swap:
            turn_i, k = -1, i
        to_i = order[k] if swap else order[i]
        to_k = order[i] if swap else order[k]
        sign_i, sign_k = signs[i] * turn_i, signs[k] * turn_k
        change = linear[(1 - sign_i) // 2, i, to_i] - linear[(1 - signs[i]) // 2, i, order[i]]
        tied = 0.0
        if swap:
            change += linear[(1 - sign_k) // 2, k, to_k] - linear[(1 - signs[k]) // 2, k, order[k]]
            tied += (sign_i * sign_k - signs[i] * signs[k]) * x[i, k] * y[order[i], order[k]]
        for other in range(d):
            if other != i and other != k:
                place = order[other]
                part = x[i, other] * (sign_i * y[to_i, place] - signs[i] * y[order[i], place])
                if swap:
                    part += x[k, other] * (sign_k * y[to_k, place] - signs[k] * y[order[k], place])
                tied += signs[other] * part
        change += 2 * tied
        if change <= 0 or np.random.random() < math.exp(-change / temperature):
            order[i], signs[i] = to_i, sign_i
            if swap:
                order[k], signs[k] = to_k, sign_k
            below += change
            if below < least - 1e-9:
                least = below
                best_order[:] = order
                best_signs[:] = signs
    return best_order, best_signs
