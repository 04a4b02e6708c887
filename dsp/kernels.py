"""The compiler of the inner loops: numba, once a machine, then from its cache.

Kernels release the GIL, so threads measure on all cores. NaN and infinity keep their
meaning (only the order of sums is free), so what is no number is still seen as such.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TypeVar, cast

import numba

# For matrices numba looks for BLAS in scipy, which takes longer to import than all
# kernels take to load. No kernel multiplies matrices.
_absent = "scipy.linalg" not in sys.modules
if _absent:
    sys.modules["scipy.linalg"] = None  # type: ignore[assignment]
import_module("numba.np.arraymath")
if _absent:
    del sys.modules["scipy.linalg"]

Function = TypeVar("Function", bound=Callable[..., object])

LANES = 16
"""Streams that a kernel runs side by side: the least that becomes vector code."""

_compile = partial(
    numba.njit,
    nogil=True,
    error_model="numpy",
    fastmath={"nsz", "arcp", "contract", "reassoc"},
)


def kernel(function: Function) -> Function:
    """Return *function* compiled at its first call and kept on disk for the next run.

    Without a folder to keep it in, it is compiled in every run.
    """
    try:
        compiled = _compile(cache=True)(function)
    except RuntimeError:
        compiled = _compile()(function)
    return cast(Function, compiled)
