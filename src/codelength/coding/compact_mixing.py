"""Context mixing that fits in a kilobyte: the model that an archive carries, and its decoder.

`predictor` is both ends' only model. `archive` minifies the source of this file, packs it into the program that it
writes, and runs that same text to encode; so what is written here is what unpacks. For each context of the next bit

    p ← p + (bit − p) / n, n ← n + 1    from n = 2 and the p of the context before it in the list
    q[s] likewise                       for the bits that came after the same history s = (zeros, ones) there;

their logits are inputs of two mixers p = σ(Σ wᵢ xᵢ), w ← w + rate · (bit − p) · x, one with weights for the bits so far
in the byte, one with weights for those and the classes of the last four characters. A last mixer joins the two, and two
adaptive maps, by the last one and two bytes, correct the result (Mahoney, "Data Compression Explained", 2013, 4.3).

All arithmetic is + − × ÷ on float64 in written order and on integers: the same bits on every machine. The logit and σ
are tables made by sums and products. Nothing is added up by `sum`, which rounds floats otherwise from Python 3.12 on.
"""

from collections.abc import Generator

Bits = Generator[int, int, None]  # yields probabilities, is sent bits
Slot = dict[int, tuple[float, int, int]]  # bits so far in the byte → frequency p, count n, history
Table = list[tuple[float, int]]  # history → frequency q, count m


def predictor(read: bytearray) -> Bits:
    """Yield the 16-bit probability that the next bit is 1, be sent the bit; each whole byte is appended to `read`.

    >>> read = bytearray(); bits = predictor(read)
    >>> next(bits), [bits.send(int(bit)) for bit in "0110000"][-1] > 0, bits.send(1) > 0, read
    (33727, True, True, bytearray(b'a'))
    """
    # Tables from −2047 to 2047, the negative half by Python's indexing from the end:
    # logit[i] ≈ ln((2048 + i) / (2048 − i)), the integral of 2·2048 / (2048² − i²),
    # and sigma[i] = 1 / (1 + exp(−i / 170.66)).
    logit = [0.0]
    total = 0.0
    for i in range(1, 2048):
        total += 1 / (2048 + i) + 1 / (2048 - i)
        logit += [min(total, 6.5)]
    logit += [-value for value in logit[:0:-1]]
    sigma: list[float] = []
    power = 1.0
    for _ in range(2048):
        sigma += [power / (power + 1)]
        power *= 1.005877
    sigma += [1 - value for value in sigma[:0:-1]]

    # A history is 16 · zeros + ones, each at most 12; a bit that contradicts many halves their number.
    counts = range(16)
    after = [
        (
            min(zeros + 1, 12) * 16 + (ones if ones < 4 else (ones + 3) // 2),
            (zeros if zeros < 4 else (zeros + 3) // 2) * 16 + min(ones + 1, 12),
        )
        for zeros in counts
        for ones in counts
    ]
    histories: list[Table] = [
        [((ones - zeros) / (zeros + ones + 1.5) * 2047, 2) for zeros in counts for ones in counts] for _ in range(10)
    ]
    curve = [sigma[(i - 24) * 85] for i in range(50)]

    slots: dict[tuple[int, object], Slot] = {}
    weights: dict[int, list[float]] = {}
    maps: dict[tuple[bytes, int], list[float]] = {}
    places: dict[bytes, int] = {}
    first_share = second_share = 0.5
    word = word_before = word_before_that = line_start = match = length = 0
    classes = 256
    while 1:
        recent = bytes(read[-8:])
        contexts = [
            *zip(
                [
                    slots.setdefault(pair, {})
                    for pair in enumerate(
                        [
                            0,
                            recent[-1:],
                            recent[-2:],
                            recent[-3:],
                            recent[-4:],
                            len(read) - line_start,
                            word,
                            (word, word_before),
                            (word, word_before, word_before_that),
                        ]
                    )
                ],
                histories,
                strict=False,
            )
        ]
        rate = 0.00115 + 129 / (4600 + len(read))
        node = 1
        for place in range(8):
            p = 0.0
            inputs = [1.0]
            used: list[tuple[Slot, Table, float, int, int, float, int]] = []
            for slot, table in contexts:
                p, n, history = slot.get(node, (p, 2, 0))
                q, m = table[history]
                inputs += [logit[int(p)], logit[int(q)]]
                used += [(slot, table, p, n, history, q, m)]
            # The bit that came after the last six bytes when they were last seen, by the length of the match.
            expected = 0
            if length:
                expected = read[match] | 256
                expected = (expected >> 8 - place == node) * (2 * min(length, 27) + (expected >> 7 - place & 1))
                if expected < 1:
                    length = 0
            table = histories[9]
            q, m = table[expected]
            inputs += [logit[int(q)]]

            first = weights.get(node) or [0.06] + [0.06, 0.124] * 10
            second = weights.get(classes * 256 + node) or [0.06] + [0.06, 0.124] * 10
            s = t = 0.0
            for a, b, x in zip(first, second, inputs, strict=False):
                s += a * x
                t += b * x
            x = max(-11.9, min(11.9, first_share * s + second_share * t))
            mixed = sigma[int(x * 170.66)]
            x = x * 2 + 24
            i = int(x)
            x -= i
            key = recent[-1:], node
            by_one = maps.get(key) or maps.setdefault(key, curve[:])
            key = recent[-2:], node
            by_two = maps.get(key) or maps.setdefault(key, curve[:])
            bit = yield max(
                1,
                min(
                    65535,
                    int((mixed + (by_one[i] + by_two[i]) * (1 - x) + (by_one[i + 1] + by_two[i + 1]) * x) * 21845),
                ),
            )

            for curve_used in by_one, by_two:
                curve_used[i] += (bit - curve_used[i]) * (1 - x) * 0.05
                curve_used[i + 1] += (bit - curve_used[i + 1]) * x * 0.05
            mixed = (bit - mixed) * 0.0005
            first_share += mixed * s
            second_share += mixed * t
            s = (bit - sigma[int(max(-2047, min(2047, s * 170.66)))]) * rate
            t = (bit - sigma[int(max(-2047, min(2047, t * 170.66)))]) * rate
            weights[node] = [a + s * x for a, x in zip(first, inputs, strict=False)]
            weights[classes * 256 + node] = [b + t * x for b, x in zip(second, inputs, strict=False)]
            t = bit * 4094 - 2047
            table[expected] = q + (t - q) / m, m + 1
            for slot, table, p, n, history, q, m in used:
                slot[node] = p + (t - p) / n, n + 1, after[history][bit]
                table[history] = q + (t - q) / m, m + 1
            if expected and expected % 2 != bit:
                length = 0
            node = node * 2 + bit

        node -= 256
        read.append(node)
        if node == 10:
            line_start = len(read)
        i = node | 32
        if 96 < i < 123 or node == 39:
            word = (word * 271 + i) % 2**32
        elif word:
            word_before_that = word_before
            word_before = word
            word = 0
        classes = classes * 4 % 256 + 256 + (node < 96 if 96 < i < 123 else 2 + (node > 32))
        recent = bytes(read[-8:])
        if length:
            match += 1
            length += 1
        elif recent in places:
            match = places[recent]
            length = 1
            while length < 32 and length < match and read[match - 1 - length] == read[-1 - length]:
                length += 1
        places[recent] = len(read)


def unpack(code: bytes, read: bytearray, bits: Bits, one: int, size: int) -> None:
    """Decode until `read` holds `size` bytes: the decoder of `range_coder`, bit by bit.

    `one` is what `bits` has yielded last; `code` needs eight zeros at its end.
    """
    span = 2**48
    value = int.from_bytes(code[:6], "big")
    rest = iter(code[6:])
    while len(read) < size:
        bound = (span >> 16) * one
        bit = value < bound
        if bit:
            span = bound
        else:
            value -= bound
            span -= bound
        while span < 2**40:
            span <<= 8
            value = value << 8 | next(rest)
        one = bits.send(bit)
