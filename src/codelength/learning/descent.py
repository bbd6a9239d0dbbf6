"""Coordinate descent over the dual variables of linear learners, all classes of a text at once, eight at a time.

A text's row is gathered with the weights of its columns, and where a gradient is left, its step scattered to them. Both
are written as vectors because the compiler, left to itself, takes the few classes one by one. Products are rounded
before they are added, each class for itself, so the bits are those of the plain loop. Texts whose variables stood still
rest for some rounds. Hsieh et al. (2008), "A dual coordinate descent method for large-scale linear SVM".
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from codelength.compiled import compiled
from codelength.models.pieces import Floats32, Ints, Rows, Whole

ENOUGH = 0.1  # the largest gradient that may remain
STILL = ENOUGH / 5  # a gradient that moves nothing
LONGEST_REST = 8  # rounds

LANES = 8
_FLOATS = ir.VectorType(ir.FloatType(), LANES)


@compiled
def descend(
    ends: Ints,
    columns: Rows,
    values: Floats32,
    signs: Floats32,
    order: Ints,
    softness: np.float32,
    duals: Floats32,
    weights: Floats32,
) -> None:
    """Move duals and weights to where no gradient is above ENOUGH, at most once for each row of `order` [rounds, n].

    Texts are rows of `columns` and `values`, `signs` [n, classes] is 1 for a text's own class and −1 for the others,
    `softness` 0.5 / C. Weights [columns + 1, classes] have a multiple of LANES classes: none moves those that are only
    room. They are the sum over texts of duals × signs × values, before and after; their last row is the constant's.
    """
    n, classes = signs.shape
    constant, width = weights.shape[0] - 1, weights.shape[1]
    rests = np.zeros(n, np.int64)
    lengths = np.zeros(n, np.int64)
    margin, step = np.zeros(width, np.float32), np.zeros(width, np.float32)
    squares = _squares(ends, values)
    for turn in range(order.shape[0]):  # rows are copied in loops: slices take 2 s more to compile
        worst, rested = np.float32(0), False
        for i in order[turn]:
            if rests[i] > 0:
                rests[i] -= 1
                rested = True
                continue
            for k in range(classes):
                margin[k] = weights[constant, k]
            for lane in range(0, width, LANES):
                gather(values, columns, ends[i], ends[i + 1], weights, lane, margin)
            moved = False
            for k in range(classes):
                gradient = signs[i, k] * margin[k] - np.float32(1) + softness * duals[i, k]
                if duals[i, k] == 0 and gradient > 0:
                    gradient = np.float32(0)
                worst = max(worst, abs(gradient))
                before = duals[i, k]
                duals[i, k] = max(before - gradient / (squares[i] + softness), np.float32(0))
                step[k] = (duals[i, k] - before) * signs[i, k]
                moved = moved or abs(gradient) > np.float32(STILL)
            if moved:
                lengths[i] = 0
                for k in range(classes):
                    weights[constant, k] += step[k]
                for lane in range(0, width, LANES):
                    scatter(values, columns, ends[i], ends[i + 1], weights, lane, step)
            else:
                for k in range(classes):
                    duals[i, k] -= step[k] * signs[i, k]
                lengths[i] = min(2 * lengths[i] + 1, LONGEST_REST)
                rests[i] = lengths[i]
        if worst < np.float32(ENOUGH):
            if not rested:
                break
            rests[:] = 0


@compiled
def _squares(ends: Ints, values: Floats32) -> Floats32:
    # |x|² of each text, that of the constant among it.
    squares = np.ones(ends.shape[0] - 1, np.float32)
    for i in range(ends.shape[0] - 1):
        for place in range(ends[i], ends[i + 1]):
            squares[i] += values[place] * values[place]
    return squares


@intrinsic
def _gather(typingctx: Any, values: Any, columns: Any, first: Any, end: Any, weights: Any, lane: Any, sums: Any) -> Any:
    """gather(values, columns, first, end, weights, lane, sums): sums ← sums + Σ value · weights[column]."""

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
    """Where a value is, and its column's row of weights, by the place in the text; where the last array's lanes are."""
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
