"""The mixer's two inner loops, 16 inputs at a time.

They are written as vectors because the compiler, left to itself, takes half the width that processors have and a
loop's rest one by one. Rows hold a multiple of 16 inputs. All sums wrap at 32 bits, so their order does not matter.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from codelength.models.mixing.places import Shorts, Whole

_LANES = 16
_I16, _I32 = ir.IntType(16), ir.IntType(32)
_SHORTS, _WHOLE = ir.VectorType(_I16, _LANES), ir.VectorType(_I32, _LANES)
_PAIRS = ir.VectorType(_I32, _LANES // 2)


@intrinsic
def _dot(typingctx: Any, inputs: Any, weights: Any, row: Any) -> Any:
    """dot(inputs, weights, row): Σ w x of one row, int32."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, w, size = _rows(context, builder, signature, args)
        total = cast(Any, cgutils.alloca_once_value)(builder, ir.Constant(_PAIRS, [0] * (_LANES // 2)))
        with _chunks(builder, size) as (at, _):
            a, b = _load(builder, x, at), _load(builder, w, at)
            even, odd = (builder.mul(_half(builder, a, i), _half(builder, b, i)) for i in (0, 1))
            builder.store(builder.add(builder.load(total), builder.add(even, odd)), total)
        insert: Callable[..., Any] = cgutils.get_or_insert_function
        add = insert(builder.module, ir.FunctionType(_I32, [_PAIRS]), "llvm.vector.reduce.add.v8i32")
        return builder.call(add, [builder.load(total)])

    return types.int32(inputs, weights, types.int64), generate


@intrinsic
def _train(typingctx: Any, inputs: Any, weights: Any, row: Any, error: Any) -> Any:
    """train(inputs, weights, row, error): w ← w + (error · x + 2^15 >> 16), kept within 16 bits."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, w, size = _rows(context, builder, signature, args)
        error = builder.insert_element(ir.Constant(_WHOLE, ir.Undefined), args[3], ir.Constant(_I32, 0))
        error = builder.shuffle_vector(error, ir.Constant(_WHOLE, ir.Undefined), _all(0))
        with _chunks(builder, size) as (at, _):
            a, b = builder.sext(_load(builder, x, at), _WHOLE), builder.sext(_load(builder, w, at), _WHOLE)
            new = builder.add(b, builder.ashr(builder.add(builder.mul(a, error), _all(1 << 15)), _all(16)))
            new = builder.select(builder.icmp_signed("<", new, _all(-32768)), _all(-32768), new)
            new = builder.select(builder.icmp_signed(">", new, _all(32767)), _all(32767), new)
            builder.store(builder.trunc(new, _SHORTS), _place(builder, w, at), align=2)
        return context.get_dummy_value()

    return types.void(inputs, weights, types.int64, types.int32), generate


def _rows(context: Any, builder: Any, signature: Any, args: Any) -> tuple[Any, Any, Any]:
    """Where the inputs begin, where the row of weights does, and how many inputs there are."""
    x = context.make_array(signature.args[0])(context, builder, args[0])
    w = context.make_array(signature.args[1])(context, builder, args[1])
    size = builder.extract_value(x.shape, 0)
    return x.data, builder.gep(w.data, [builder.mul(args[2], size)]), size


def _chunks(builder: Any, size: Any) -> Any:
    start, step = ir.Constant(size.type, 0), ir.Constant(size.type, _LANES)
    return cast(Any, cgutils.for_range_slice)(builder, start, size, step)


def _place(builder: Any, data: Any, at: Any) -> Any:
    return builder.bitcast(builder.gep(data, [at]), _SHORTS.as_pointer())


def _load(builder: Any, data: Any, at: Any) -> Any:
    return builder.load(_place(builder, data, at), align=2)


def _half(builder: Any, vector: Any, first: int) -> Any:
    """Every other lane from the first, as 32 bits."""
    lanes = ir.Constant(_PAIRS, list(range(first, _LANES, 2)))
    return builder.sext(builder.shuffle_vector(vector, ir.Constant(_SHORTS, ir.Undefined), lanes), _PAIRS)


def _all(value: int) -> Any:
    return ir.Constant(_WHOLE, [value] * _LANES)


dot = cast(Callable[[Shorts, Shorts, Whole], Whole], _dot)
train = cast(Callable[[Shorts, Shorts, Whole, Whole], None], _train)
