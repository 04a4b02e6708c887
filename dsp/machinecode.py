"""Machine code of kernels, kept from run to run and loaded without the compiler.

To import the compiler and to let it find its own cache takes longer than to measure a
song. What it made is kept here as an object file of the processor at hand; LLVM alone
loads it. Whatever does not fit, the caller compiles as ever.
"""

import ctypes
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FORM = 1
"""Of the files; others are not read."""

_NUMBERS: dict[type, str] = {
    int: "int",
    np.int64: "int",
    float: "float",
    np.float64: "float",
    np.float32: "float32",
}
_SCALARS: dict[str, Any] = {
    "int": ctypes.c_int64,
    "float": ctypes.c_double,
    "float32": ctypes.c_float,
}
_RETURNS: dict[str, Any] = {
    "none": None,
    "int64": ctypes.c_int64,
    "float64": ctypes.c_double,
    "float32": ctypes.c_float,
}
_UNUSED = "NRT_MemInfo_call_dtor"
"""What frees an array that the compiler made; kernels are lent theirs."""

Run = Callable[..., Any]


class Lent:
    """An array that is handed to kernels often, looked at once."""

    __slots__ = ("array", "flat", "kind")

    def __init__(self, array: NDArray[Any]) -> None:
        """Look at *array*, whose place and shape stay."""
        self.array = array
        self.kind, self.flat = _told(array)


def flattened(args: Sequence[Any]) -> tuple[tuple[str, ...] | None, list[Any]]:
    """Return what decides on the code for *args*, and *args* as machine code has them.

    The first is None where only numba knows what to do.
    """
    kinds: list[str] = []
    flat: list[Any] = []
    for arg in args:
        what = type(arg)
        if what is Lent:
            kinds.append(arg.kind)
            flat += arg.flat
        elif what is np.ndarray:
            kind, parts = _told(arg)
            kinds.append(kind)
            flat += parts
        else:
            kinds.append(_NUMBERS.get(what, ""))
            flat.append(arg)
    return (None if "" in kinds else tuple(kinds)), flat


def _told(array: NDArray[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return the kind of *array*, and how numba tells of it.

    That is owner, parent, items, bytes an item, address, shape and strides.
    """
    about = array.__array_interface__
    address, locked = about["data"]
    order = (
        "C" if about["strides"] is None else "F" if array.flags.f_contiguous else "A"
    )
    kind = f"{about['typestr']}:{array.ndim}:{order}{locked}"
    if kind[0] == ">" or address % array.itemsize:
        kind = ""
    parts = (
        None,
        None,
        array.size,
        array.itemsize,
        address,
        *array.shape,
        *array.strides,
    )
    return kind, parts


def load(
    function: Callable[..., Any], choice: str, kind: tuple[str, ...]
) -> Run | None:
    """Return the kept code of *function* for arguments of *kind*.

    *choice* names the compiler's options. None says that it is unfit to be kept; raises
    LookupError where it was not yet tried.
    """
    try:
        kept = _place(function, choice, kind).read_bytes()
        head, _, code = kept.partition(b"\n")
        told = json.loads(head)
        if told["sum"] != hashlib.sha256(code).hexdigest():
            raise LookupError("damaged")
        if not code:
            return None
        return _linked(code, told["name"], told["needs"], told["returns"], kind)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as fault:
        raise LookupError(str(fault)) from fault


def keep(
    choice: str, kind: tuple[str, ...], dispatcher: Any, types: tuple[Any, ...]
) -> None:
    """Keep what numba's *dispatcher* compiled for *types*, or that it is unfit."""
    import llvmlite.binding as llvm

    function, compiled = dispatcher.py_func, dispatcher.overloads[types]
    returns = str(compiled.signature.return_type)
    name = compiled.fndesc.llvm_func_name
    module = llvm.parse_assembly(dispatcher.inspect_llvm(types))
    _strip(module, name)
    needs = sorted(
        each.name
        for each in module.functions
        if each.is_declaration and not each.name.startswith("llvm.")
    )
    alone = returns in _RETURNS and all(map(_lasting, needs))
    code = _target().emit_object(module) if alone else b""
    told = {"name": name, "needs": needs, "returns": returns}
    told["sum"] = hashlib.sha256(code).hexdigest()
    # without a folder to keep it in, it is compiled in every run
    with suppress(OSError):
        _write(_place(function, choice, kind), json.dumps(told).encode() + b"\n" + code)


def _lasting(name: str) -> bool:
    """Return whether a function of this name is there without numba."""
    import llvmlite.binding as llvm

    foreign = name.startswith(("NRT_", "Py", "_Py", "numba", ".numba"))
    return name == _UNUSED or (not foreign and bool(llvm.address_of_symbol(name)))


def _strip(module: Any, name: str) -> None:
    """Leave in *module* what *name* needs: not the way in from Python."""
    import llvmlite.binding as llvm

    for function in module.functions:
        if function.name != name and not function.is_declaration:
            function.linkage = "internal"
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    tuning = llvm.create_pipeline_tuning_options(speed_level=0)
    passes.run(module, llvm.create_pass_builder(_target(), tuning))


@cache
def _target() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=_features(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )


def _features() -> str:
    import llvmlite.binding as llvm

    try:
        return str(llvm.get_host_cpu_features().flatten())
    except RuntimeError:  # a system that does not say
        return ""


_nothing_to_free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: None)
"""What stands where the compiler's arrays would be freed."""

_engines: list[Any] = []
"""What holds the code in memory."""


def _linked(
    code: bytes, name: str, needs: list[str], returns: str, kind: tuple[str, ...]
) -> Run:
    import llvmlite.binding as llvm

    target = _target()
    if not llvm.address_of_symbol(_UNUSED):
        free = ctypes.cast(_nothing_to_free, ctypes.c_void_p).value
        llvm.add_symbol(_UNUSED, free)
    if not all(llvm.address_of_symbol(each) for each in needs):
        raise LookupError("a function that the code calls is not there")
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(name)
    _engines.append(engine)
    types: list[Any] = [ctypes.c_void_p, ctypes.c_void_p]
    for each in kind:
        if each in _SCALARS:
            types.append(_SCALARS[each])
        else:
            types += [ctypes.c_void_p] * 2 + [ctypes.c_int64] * 2 + [ctypes.c_void_p]
            types += [ctypes.c_int64] * 2 * int(each.split(":")[1])
    native = ctypes.CFUNCTYPE(ctypes.c_int32, *types)(address)
    return partial(_call, native, _RETURNS[returns])


def _call(native: Run, returns: Any, flat: list[Any]) -> Any:
    """Call machine code as numba lays it out: a place for the answer, then the rest."""
    answer = (returns or ctypes.c_void_p)()
    fault = ctypes.c_void_p()
    if native(ctypes.byref(answer), ctypes.byref(fault), *flat):
        raise RuntimeError("a kernel failed")
    return answer.value if returns else None


def _place(function: Callable[..., Any], choice: str, kind: tuple[str, ...]) -> Path:
    """Return the file that keeps the code: its name is all that decides on it."""
    told = json.dumps([_FORM, _surroundings(), choice, kind])
    key = hashlib.sha256(told.encode()).hexdigest()[:24]
    name = f"{function.__module__}.{function.__qualname__}-{key}.o"
    return _folder() / name


@cache
def _surroundings() -> str:
    """Return a hash of the sources, the compiler, and the processor."""
    import llvmlite.binding as llvm

    hashed = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        hashed.update(source.name.encode() + b"\0" + source.read_bytes())
    versions = [version(each) for each in ("numba", "llvmlite", "numpy")]
    told = [sys.version, *versions, llvm.get_host_cpu_name(), _features()]
    hashed.update(json.dumps(told).encode())
    return hashed.hexdigest()


@cache
def _folder() -> Path:
    """Return where code is kept: where numba keeps its own."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside = Path(__file__).parent / "__pycache__"
    if chosen:
        return Path(chosen)
    if os.access(beside if beside.exists() else beside.parent, os.W_OK):
        return beside
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "glassmaster" / "kernels"


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".kernel-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
