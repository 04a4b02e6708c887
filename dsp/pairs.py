"""Left and right as one value inside kernels: both for the price of one.

A recursive filter goes through the same steps for both channels, but no compiler sees
that by itself. Products and sums are fused (one rounding) by name, not where the
compiler finds it worth while; so the bits depend on neither the processor nor on what
is compiled together.
"""

from collections.abc import Callable
from typing import Any, NewType, cast

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

Pair = NewType("Pair", object)
"""Two floats; exists inside kernels only."""

_VECTOR = ir.VectorType(ir.DoubleType(), 2)
_LANES = tuple(ir.Constant(ir.IntType(32), lane) for lane in range(2))


class _PairType(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Pair")


@register_model(_PairType)
class _PairModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)  # type: ignore[no-untyped-call]


_PAIR = _PairType()


def _pair(_: Any, left: Any, right: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        vector = ir.Constant(_VECTOR, ir.Undefined)
        for value, lane in zip(values, _LANES, strict=True):
            vector = builder.insert_element(vector, value, lane)
        return vector

    return _PAIR(types.float64, types.float64), build


def _left(_: Any, both: Any) -> Any:
    return types.float64(
        _PAIR
    ), lambda context, builder, signature, values: builder.extract_element(
        values[0], _LANES[0]
    )


def _right(_: Any, both: Any) -> Any:
    return types.float64(
        _PAIR
    ), lambda context, builder, signature, values: builder.extract_element(
        values[0], _LANES[1]
    )


def _times(_: Any, one: Any, other: Any) -> Any:
    return _PAIR(
        _PAIR, _PAIR
    ), lambda context, builder, signature, values: builder.fmul(*values)


def _times_plus(_: Any, one: Any, other: Any, more: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = "llvm.fma.v2f64"
        fused = builder.module.globals.get(name)
        return builder.call(fused or ir.Function(builder.module, kind, name), values)

    return _PAIR(_PAIR, _PAIR, _PAIR), build


pair = cast(Callable[[float, float], Pair], intrinsic(_pair))
"""Return two floats as one value."""

left = cast(Callable[[Pair], float], intrinsic(_left))
"""Return the first of two."""

right = cast(Callable[[Pair], float], intrinsic(_right))
"""Return the second of two."""

times = cast(Callable[[Pair, Pair], Pair], intrinsic(_times))
"""Return the products."""

times_plus = cast(Callable[[Pair, Pair, Pair], Pair], intrinsic(_times_plus))
"""Return the products of the first two and the sums with the third, rounded once."""
