"""The compiler of the inner loops: numba, once a machine, then from its cache.

Kernels release the GIL, so threads work on all cores. NaN and infinity keep their
meaning, so what is no number is still seen as such. What measures may sum in any order
(`kernel`); what makes sound does the same steps in the same order whatever the block
(`exact`), so that its bytes depend on nothing else.
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

_compile = partial(numba.njit, nogil=True, error_model="numpy")
_MEASURING = {"nsz", "arcp", "contract", "reassoc"}
_SOUNDING = {"contract"}


def kernel(function: Function) -> Function:
    """Return a measuring *function* compiled at its first call, kept for the next run.

    Without a folder to keep it in, it is compiled in every run.
    """
    return _compiled(function, _MEASURING)


def exact(function: Function) -> Function:
    """Return *function* compiled likewise, with the order of its sums as written."""
    return _compiled(function, _SOUNDING)


def _compiled(function: Function, fastmath: set[str]) -> Function:
    try:
        compiled = _compile(cache=True, fastmath=fastmath)(function)
    except RuntimeError:
        compiled = _compile(fastmath=fastmath)(function)
    return cast(Function, compiled)
