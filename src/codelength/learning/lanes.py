"""Sparse rows times dense ones, eight classes at a time.

They are written as vectors because the compiler, left to itself, takes the few classes of a row one by one. Products
are rounded before they are added, each class for itself, so the bits are those of the plain loop.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from codelength.models.pieces import Floats32, Rows, Whole

LANES = 8
_FLOATS = ir.VectorType(ir.FloatType(), LANES)


@intrinsic
def _gather(
    typingctx: Any, values: Any, columns: Any, first: Any, end: Any, weights: Any, lane: Any, sums: Any
) -> Any:
    """gather(values, columns, first, end, weights, lane, sums): sums ← sums + Σ value · weights[column], eight lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value_at, row_at, sum_at = _places(context, builder, signature, args)
        total = cast(Any, cgutils.alloca_once_value)(builder, builder.load(sum_at, align=4))
        with _span(builder, args) as (at, _):
            row = builder.load(row_at(at), align=4)
            product = builder.fmul(_all(builder, builder.load(value_at(at))), row)
            builder.store(builder.fadd(builder.load(total), product), total)
        builder.store(builder.load(total), sum_at, align=4)
        return context.get_dummy_value()

    return types.void(values, columns, types.int64, types.int64, weights, types.int64, sums), generate


@intrinsic
def _scatter(
    typingctx: Any, values: Any, columns: Any, first: Any, end: Any, weights: Any, lane: Any, steps: Any
) -> Any:
    """scatter(values, columns, first, end, weights, lane, steps): weights[column] ← weights[column] + value · steps."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value_at, row_at, step_at = _places(context, builder, signature, args)
        step = builder.load(step_at, align=4)
        with _span(builder, args) as (at, _):
            place = row_at(at)
            product = builder.fmul(_all(builder, builder.load(value_at(at))), step)
            builder.store(builder.fadd(builder.load(place, align=4), product), place, align=4)
        return context.get_dummy_value()

    return types.void(values, columns, types.int64, types.int64, weights, types.int64, steps), generate


def _places(context: Any, builder: Any, signature: Any, args: Any) -> tuple[Callable[[Any], Any], ...]:
    """Where a value is and its column's row of weights, by the place in the text, and where the last array's lanes are."""
    values, columns, weights, last = (
        context.make_array(signature.args[i])(context, builder, args[i]) for i in (0, 1, 4, 6)
    )
    width, lane = builder.extract_value(weights.shape, 1), args[5]

    def value_at(at: Any) -> Any:
        return builder.gep(values.data, [at])

    def row_at(at: Any) -> Any:
        column = builder.sext(builder.load(builder.gep(columns.data, [at])), lane.type)
        start = builder.add(builder.mul(column, width), lane)
        return builder.bitcast(builder.gep(weights.data, [start]), _FLOATS.as_pointer())

    return value_at, row_at, builder.bitcast(builder.gep(last.data, [lane]), _FLOATS.as_pointer())


def _span(builder: Any, args: Any) -> Any:
    return cast(Any, cgutils.for_range_slice)(builder, args[2], args[3], ir.Constant(args[2].type, 1))


def _all(builder: Any, value: Any) -> Any:
    undefined, i32 = ir.Constant(_FLOATS, ir.Undefined), ir.IntType(32)
    one = builder.insert_element(undefined, value, i32(0))
    return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(i32, LANES), [0] * LANES))


gather = cast(Callable[[Floats32, Rows, Whole, Whole, Floats32, Whole, Floats32], None], _gather)
scatter = cast(Callable[[Floats32, Rows, Whole, Whole, Floats32, Whole, Floats32], None], _scatter)
