"""Useful, useless or undecided: what a saving is worth beside what its nulls save.

The floors are what an empty X saves (nothing; one header where two coded sizes are subtracted), what noise saves, and
what the data saves that the user names as null. Over each floor X has an advantage: its saving minus the floor's, with
an interval where there is one. An advantage up to max(64 bits, 1 % of C(Y)) is negligible: where C(Y) is the right code
for Y, k bits are saved by luck with probability 2^-k at most (Kraft), so more than 64 bits are no luck; but any X, even
an unrelated one, settles a learning model a little, so that less than a hundredth tells of nothing in particular.

    useless     over some floor even the upper end of the advantage is negligible
    useful      over every floor even the lower end is more than negligible
    undecided   otherwise

Where there is no interval (plain codecs, or Y below 512 bytes), the ends are taken max(64 bits, 0.5 % of C(Y)) below
and above the advantage. Where C(Y) or Y itself is below 64 bits nothing can be told; an empty X is useless.
"""

from collections.abc import Iterable

from codelength.measure.interval import Interval
from codelength.result.shared import Verdict

LUCK_BITS = 64.0
NEGLIGIBLE_FRACTION = 0.01
UNSURE_FRACTION = 0.005


def verdict(y_bits: float, advantages: Iterable[tuple[float, Interval | None]]) -> Verdict:
    """The verdict by X's advantages (bits, interval) over each of its floors.

    >>> verdict(10_000.0, [(900.0, (700.0, 1100.0)), (850.0, None)])
    'useful'
    >>> verdict(10_000.0, [(900.0, (700.0, 1100.0)), (3.0, None)]), verdict(10_000.0, [(40.0, (-90.0, 170.0))])
    ('useless', 'undecided')
    """
    if y_bits < LUCK_BITS:
        return "undecided"
    negligible = max(LUCK_BITS, NEGLIGIBLE_FRACTION * y_bits)
    unsure = max(LUCK_BITS, UNSURE_FRACTION * y_bits)
    ends = [interval or (advantage - unsure, advantage + unsure) for advantage, interval in advantages]
    if any(high <= negligible for _, high in ends):
        return "useless"
    return "useful" if all(low > negligible for low, _ in ends) else "undecided"
