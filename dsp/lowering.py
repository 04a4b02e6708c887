"""What the compiler makes of kernels before it is machine code: LLVM's code.

A kernel that others call is in all of them; machine code of its own would never run.
And of one that is called from Python, machine code is made where it is kept. So numba
is told to stop a step earlier, which saves a fourth of the time.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

# as what has no types, in whatever version
_codegen: Any = import_module("numba.core.codegen")
_registry: Any = import_module("numba.core.registry")


def lowered(function: Callable[..., object], options: dict[str, Any]) -> Any:
    """Return numba's dispatcher of *function*, which compiles and cannot be called.

    Other dispatchers may call it in what they compile.
    """
    # the ways in from Python take as long to make as a small kernel itself
    no_way_in = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return _Dispatcher(
        function, targetoptions={"nopython": True, **no_way_in, **options}
    )


class _Library(_codegen.JITCodeLibrary):  # type: ignore[misc]
    def _finalize_specific(self) -> None:
        """Leave the code as it is."""

    def get_pointer_to_function(self, name: str) -> int:
        """Finish the code; say that *name* is nowhere."""
        self._ensure_finalized()
        return 0


class _Codegen(_codegen.JITCPUCodegen):  # type: ignore[misc]
    """The code for this processor as numba makes it, given to nothing that runs it."""

    _library_class = _Library

    def _add_module(self, module: object) -> None:
        pass

    def set_env(self, env_name: str, env: object) -> None:
        """Set nothing: what never runs has no surroundings in Python."""


class _Target(_registry.CPUTarget):  # type: ignore[misc]
    """Numba's own target, with all that is known there, but for the code's end."""

    @property
    def typing_context(self) -> Any:
        return _registry.cpu_target.typing_context

    @property
    def target_context(self) -> Any:
        return _target_context()


@cache
def _target_context() -> Any:
    codegen = _Codegen("glassmaster.kernels")
    whole = _registry.cpu_target.target_context
    return whole.subtarget(_internal_codegen=codegen)


class _Dispatcher(_registry.CPUDispatcher):  # type: ignore[misc]
    targetdescr = _Target("cpu")
