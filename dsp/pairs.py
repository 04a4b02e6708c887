"""Left and right as one value inside kernels: both for the price of one.

A recursive filter goes through the same steps for both channels, but no compiler sees
that by itself. Products and sums are fused (one rounding) by name, not where the
compiler finds it worth while; so the bits depend on neither the processor nor on what
is compiled together.

The compiler is imported when a kernel that uses them is compiled, and not before.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NewType, cast

Pair = NewType("Pair", object)
"""Two floats; exists inside kernels only."""


class _Operation:
    """What only kernels can call."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _numba_type_(self) -> Any:
        """What numba asks where a kernel calls this."""
        return _operations()[self._name]


def _pair_type(vector: Any) -> Any:
    """Return what numba knows a pair as: a *vector* of LLVM's."""
    from numba.core import types
    from numba.extending import models, register_model

    class PairType(types.Type):
        def __init__(self) -> None:
            super().__init__(name="Pair")

    @register_model(PairType)
    class PairModel(models.PrimitiveModel):
        def __init__(self, manager: Any, kind: Any) -> None:
            super().__init__(manager, kind, vector)  # type: ignore[no-untyped-call]

    return PairType()


@cache
def _operations() -> dict[str, Any]:
    """Return what numba knows the operations as, by name."""
    from llvmlite import ir
    from numba.core import types
    from numba.core.registry import cpu_target
    from numba.extending import intrinsic

    vector = ir.VectorType(ir.DoubleType(), 2)
    lanes = tuple(ir.Constant(ir.IntType(32), lane) for lane in range(2))
    both, number = _pair_type(vector), types.float64

    def pair(_: Any, left: Any, right: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            made = ir.Constant(vector, ir.Undefined)
            for value, lane in zip(values, lanes, strict=True):
                made = builder.insert_element(made, value, lane)
            return made

        return both(number, number), build

    def left(_: Any, of: Any) -> Any:
        return number(
            both
        ), lambda context, builder, signature, values: builder.extract_element(
            values[0], lanes[0]
        )

    def right(_: Any, of: Any) -> Any:
        return number(
            both
        ), lambda context, builder, signature, values: builder.extract_element(
            values[0], lanes[1]
        )

    def times(_: Any, one: Any, other: Any) -> Any:
        return both(
            both, both
        ), lambda context, builder, signature, values: builder.fmul(*values)

    def times_plus(_: Any, one: Any, other: Any, more: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind = ir.FunctionType(vector, [vector] * 3)
            name = "llvm.fma.v2f64"
            fused = builder.module.globals.get(name)
            return builder.call(
                fused or ir.Function(builder.module, kind, name), values
            )

        return both(both, both, both), build

    builders = (pair, left, right, times, times_plus)
    made = {each.__name__: intrinsic(each) for each in builders}
    context = cpu_target.typing_context
    context.refresh()
    return {name: context.resolve_value_type(each) for name, each in made.items()}


pair = cast(Callable[[float, float], Pair], _Operation("pair"))
"""Return two floats as one value."""

left = cast(Callable[[Pair], float], _Operation("left"))
"""Return the first of two."""

right = cast(Callable[[Pair], float], _Operation("right"))
"""Return the second of two."""

times = cast(Callable[[Pair, Pair], Pair], _Operation("times"))
"""Return the products."""

times_plus = cast(Callable[[Pair, Pair, Pair], Pair], _Operation("times_plus"))
"""Return the products of the first two and the sums with the third, rounded once."""
