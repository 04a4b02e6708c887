"""The compiler of the inner loops: numba, once a machine, then from what was kept.

Kernels release the GIL, so threads work on all cores. NaN and infinity keep their
meaning, so what is no number is still seen as such. What measures may sum in any order
(`kernel`); what makes sound does the same steps in the same order whatever the block
(`exact`), so that its bytes depend on nothing else.

A kernel that allocates nothing, is given arrays and plain numbers and returns one
number or none starts without the compiler (`dsp.machinecode`).
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from importlib import import_module
from typing import Any, TypeVar, cast

import numpy as np

from dsp.assistant import compiled_meanwhile
from dsp.compiling import compiling
from dsp.machinecode import Run, keep, kind_of, load, room, workshop

Function = TypeVar("Function", bound=Callable[..., object])

LANES = 16
"""Streams that a kernel runs side by side: the least that becomes vector code."""

_MEASURING = frozenset({"nsz", "arcp", "contract", "reassoc"})
_SOUNDING = frozenset({"contract"})

_one_at_a_time = threading.RLock()


def kernel(function: Function) -> Function:
    """Return a measuring *function* compiled at its first call, kept for the next run.

    Without a folder to keep it in, it is compiled in every run.
    """
    return cast(Function, Kernel(function, _MEASURING))


def exact(function: Function) -> Function:
    """Return *function* compiled likewise, with the order of its sums as written."""
    return cast(Function, Kernel(function, _SOUNDING))


class Kernel:
    """A function that runs as machine code."""

    def __init__(
        self, function: Callable[..., object], freedoms: frozenset[str]
    ) -> None:
        """Compile *function*, when it is first called, with these *freedoms*."""
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self.py_func = function
        self._freedoms = freedoms
        self._ready: dict[tuple[Any, ...], Run] = {}

    def __call__(self, *args: Any) -> Any:
        """Run on *args*, arrays and plain numbers by their places."""
        seen = tuple(
            [
                (arg.dtype, arg.ndim, arg.flags.num)
                if type(arg) is np.ndarray
                else type(arg)
                for arg in args
            ]
        )
        run = self._ready.get(seen)
        if run is None:
            with _one_at_a_time:
                run = self._ready.get(seen) or self._prepared(kind_of(args), args)
                self._ready[seen] = run
        return run(*args)

    def _prepared(self, kind: tuple[str, ...] | None, args: tuple[Any, ...]) -> Run:
        if kind is None:
            return cast(Run, self.dispatcher)
        choice = ",".join(sorted(self._freedoms))
        with suppress(LookupError):
            return load(self.py_func, choice, kind) or cast(Run, self.dispatcher)
        with compiling():
            if compiled_meanwhile(self.py_func.__module__):
                with suppress(LookupError):
                    return load(self.py_func, choice, kind) or self.dispatcher
            types = tuple(_numba().typeof(arg) for arg in args)
            self._lowered.compile(types)
            run = keep(choice, kind, self._lowered, types)
            if run is None:
                self.dispatcher.compile(types)
        return run or cast(Run, self.dispatcher)

    @cached_property
    def dispatcher(self) -> Any:
        """The function as numba has it."""
        with _one_at_a_time:
            try:
                kept = room() is not None
                return _compiled(self.py_func, self._freedoms, cache=kept)
            except RuntimeError:  # numba finds the folder unfit
                return _compiled(self.py_func, self._freedoms, cache=False)

    @property
    def _numba_type_(self) -> Any:
        """What numba asks where a kernel calls this one."""
        return self._lowered._numba_type_

    @cached_property
    def _lowered(self) -> Any:
        """The function for kernels that call it, and for what is kept."""
        with _one_at_a_time:
            _numba()
            from dsp.lowering import lowered

            return lowered(self.py_func, _options(self._freedoms))


def _compiled(
    function: Callable[..., object], freedoms: frozenset[str], *, cache: bool
) -> Any:
    return _numba().njit(cache=cache, **_options(freedoms))(function)


def _options(freedoms: frozenset[str]) -> dict[str, Any]:
    return {"nogil": True, "error_model": "numpy", "fastmath": set(freedoms)}


@cache
def _numba() -> Any:
    """Return numba, imported without what it looks for in scipy.

    For matrices it looks for BLAS there, which takes longer to import than all kernels
    take to load. No kernel multiplies matrices.
    """
    absent = "scipy.linalg" not in sys.modules
    if absent:
        sys.modules["scipy.linalg"] = None  # type: ignore[assignment]
    try:
        import_module("numba.np.arraymath")
    finally:
        if absent:
            del sys.modules["scipy.linalg"]
    numba = import_module("numba")
    numba.config.CACHE_DIR = str(workshop())
    return numba
