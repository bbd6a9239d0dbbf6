"""Arithmetic of the net in float32, in a written order: sums of products by 16 lanes, and our own exponential.

Additions, multiplications, divisions and square roots are rounded as IEEE 754 says, one by one and never fused, so that
every machine gets the same bits. No library function is called. A processor that flushes small numbers to zero would
get others: `flushes` tells.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from codelength.compiled import bare, inlined

Floats = npt.NDArray[np.float32]
Whole = int | np.integer[Any]

LANES = 16
_FLOATS = ir.VectorType(ir.FloatType(), LANES)
_INDEX = ir.IntType(32)


@intrinsic
def _dot(typingctx: Any, a: Any, b: Any) -> Any:
    """dot(a, b): Σ a b over two rows of equal length, a multiple of 32; lanes first, then halves of the lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        arrays = [context.make_array(t)(context, builder, v) for t, v in zip(signature.args, args, strict=True)]
        size = builder.extract_value(arrays[0].shape, 0)
        zero = ir.Constant(_FLOATS, [0.0] * LANES)
        sums = [cast(Any, cgutils.alloca_once_value)(builder, zero) for _ in range(2)]
        step = ir.Constant(size.type, 2 * LANES)
        with cast(Any, cgutils.for_range_slice)(builder, ir.Constant(size.type, 0), size, step) as (at, _):
            for half, total in enumerate(sums):
                place = builder.add(at, ir.Constant(size.type, half * LANES))
                x, y = (_load(builder, array.data, place) for array in arrays)
                builder.store(builder.fadd(builder.load(total), builder.fmul(x, y)), total)
        return _folded(builder, builder.fadd(builder.load(sums[0]), builder.load(sums[1])))

    return types.float32(a, b), generate


def _load(builder: Any, data: Any, at: Any) -> Any:
    return builder.load(builder.bitcast(builder.gep(data, [at]), _FLOATS.as_pointer()), align=4)


def _folded(builder: Any, lanes: Any) -> Any:
    """The sum of all lanes: the upper half is added to the lower until one is left."""
    for count in (8, 4, 2, 1):
        low, high = (
            builder.shuffle_vector(
                lanes,
                ir.Constant(lanes.type, ir.Undefined),
                ir.Constant(ir.VectorType(_INDEX, count), list(range(first, first + count))),
            )
            for first in (0, count)
        )
        lanes = builder.fadd(low, high)
    return builder.extract_element(lanes, ir.Constant(_INDEX, 0))


dot = cast(Callable[[Floats, Floats], np.float32], _dot)


@inlined
def exponentials(x: Floats, out: Floats, powers: Floats, bits: npt.NDArray[np.int32], size: Whole) -> None:
    """out = e^x, |x| cut to 80; `powers` and `bits` are one array seen as floats and as integers.

    e^x = 2^k · e^r with k whole and |r| ≤ ln(2) / 2; e^r by its series to r^6, 2^k by its exponent's bits.
    """
    for j in range(size):
        v = min(max(x[j], np.float32(-80)), np.float32(80)) * np.float32(1.4426950408889634)
        k = np.int32(v + np.float32(128.5)) - np.int32(128)
        r = (v - np.float32(k)) * np.float32(0.6931471805599453)
        series = np.float32(1 / 120) + r * np.float32(1 / 720)
        series = np.float32(1 / 6) + r * (np.float32(1 / 24) + r * series)
        out[j] = np.float32(1) + r * (np.float32(1) + r * (np.float32(0.5) + r * series))
        bits[j] = (k + np.int32(127)) << np.int32(23)
    for j in range(size):
        out[j] = out[j] * powers[j]


@bare
def add_products(weights: Floats, x: Floats, count: Whole, y: Floats) -> None:
    """y += Σ_i x_i · weights[i], i below count, a multiple of 8, in the order of i."""
    for i in range(0, count, 8):
        a, b, c, d, e, f, g, h = x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4], x[i + 5], x[i + 6], x[i + 7]
        wa, wb, wc, wd = weights[i], weights[i + 1], weights[i + 2], weights[i + 3]
        we, wf, wg, wh = weights[i + 4], weights[i + 5], weights[i + 6], weights[i + 7]
        for j in range(y.shape[0]):
            low = (((y[j] + a * wa[j]) + b * wb[j]) + c * wc[j]) + d * wd[j]
            y[j] = (((low + e * we[j]) + f * wf[j]) + g * wg[j]) + h * wh[j]


@bare
def flushes(smallest: Floats) -> bool:
    """Whether this processor, as it is set now, takes half of the smallest normal float32 [1] for zero."""
    return bool(smallest[0] * np.float32(0.5) == np.float32(0))
