"""Machine code of kernels, kept from run to run and loaded without the compiler.

To import the compiler and to let it find its own cache takes longer than to measure a
song. What it made is kept here as an object file of the processor at hand; LLVM alone
loads it. Whatever does not fit, the caller compiles as ever.
"""

import ctypes
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.cachehome import cache_home
from dsp.surroundings import features, surroundings

_FORM = 2
"""Of the files; others are not read."""

_NUMBERS: dict[type, str] = {
    int: "int",
    np.int64: "int",
    np.uint64: "uint",
    float: "float",
    np.float64: "float",
    np.float32: "float32",
}
_SCALARS: dict[str, Any] = {
    "int": ctypes.c_int64,
    "uint": ctypes.c_uint64,
    "float": ctypes.c_double,
    "float32": ctypes.c_float,
}
_IN_LLVM = {"int": "i64", "uint": "i64", "float": "double", "float32": "float"}
_RETURNS: dict[str, Any] = {
    "none": None,
    "int64": ctypes.c_int64,
    "float64": ctypes.c_double,
    "float32": ctypes.c_float,
}
_UNUSED = "NRT_MemInfo_call_dtor"
"""What frees an array that the compiler made; kernels are lent theirs."""

_ENTRY = "glassmaster_entry"
"""What is called: it takes arrays as Python holds them."""

_DATA, _SHAPE, _STRIDES = 16, 32, 40
"""Where an array says its address, and where shape and strides (numpy's ABI)."""

Run = Callable[..., Any]


def kind_of(args: Sequence[Any]) -> tuple[str, ...] | None:
    """Return what decides on the code for *args*; None where only numba knows it."""
    kinds = tuple(
        _kind(arg) if type(arg) is np.ndarray else _NUMBERS.get(type(arg), "")
        for arg in args
    )
    return None if "" in kinds else kinds


def _kind(array: NDArray[Any]) -> str:
    flags, told = array.flags, array.dtype.str
    if told[0] == ">" or not flags.aligned:
        return ""
    order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    return f"{told}:{array.ndim}:{order}{not flags.writeable}"


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
        return _linked(code, told["needs"], _RETURNS[told["returns"]], kind)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as fault:
        raise LookupError(str(fault)) from fault


def keep(
    choice: str, kind: tuple[str, ...], dispatcher: Any, types: tuple[Any, ...]
) -> Run | None:
    """Keep what numba's *dispatcher* compiled for *types*; return it ready to run.

    None says that it is unfit to be kept, which is kept as well.
    """
    import llvmlite.binding as llvm

    function, compiled = dispatcher.py_func, dispatcher.overloads[types]
    returns = str(compiled.signature.return_type)
    name = compiled.fndesc.llvm_func_name
    code = dispatcher.inspect_llvm(types) + _entry(name, kind)
    module = llvm.parse_assembly(code)
    _strip(module, _ENTRY)
    needs = sorted(
        each.name
        for each in module.functions
        if each.is_declaration and not each.name.startswith("llvm.")
    )
    alone = returns in _RETURNS and all(map(_lasting, needs))
    native = _target().emit_object(module) if alone else b""
    told = {"needs": needs, "returns": returns}
    told["sum"] = hashlib.sha256(native).hexdigest()
    head = json.dumps(told).encode() + b"\n"
    # without a folder to keep it in, it is compiled in every run
    with suppress(OSError):
        _write(_place(function, choice, kind), head + native)
    with suppress(LookupError):
        return _linked(native, needs, _RETURNS[returns], kind) if alone else None
    return None


def _entry(name: str, kind: tuple[str, ...]) -> str:
    """Return the way in to the kernel *name*: from arrays to what numba tells of them.

    That is owner, parent, items, bytes an item, address, shape and strides.
    """
    lines: list[str] = []
    taken, given = ["ptr %answer"], ["ptr %answer", "ptr %fault"]

    def loaded(what: str, base: str, offset: int) -> str:
        number = len(lines)
        lines.append(f"%p{number} = getelementptr i8, ptr {base}, i64 {offset}")
        lines.append(f"%v{number} = load {what}, ptr %p{number}")
        return f"%v{number}"

    for number, each in enumerate(kind):
        here = f"%a{number}"
        if each in _SCALARS:
            taken.append(f"{_IN_LLVM[each]} {here}")
            given.append(taken[-1])
            continue
        taken.append(f"ptr {here}")
        told, count, _ = each.split(":")
        address = loaded("ptr", here, _DATA)
        places = (loaded("ptr", here, _SHAPE), loaded("ptr", here, _STRIDES))
        sizes, steps = (
            [loaded("i64", place, 8 * axis) for axis in range(int(count))]
            for place in places
        )
        items = "1"
        for axis, size in enumerate(sizes):
            lines.append(f"{here}.{axis} = mul i64 {items}, {size}")
            items = f"{here}.{axis}"
        given += ["ptr null", "ptr null", f"i64 {items}"]
        given += [f"i64 {np.dtype(told).itemsize}", f"ptr {address}"]
        given += [f"i64 {each}" for each in (*sizes, *steps)]
    body = [
        "%fault = alloca ptr",
        *lines,
        f'%status = call i32 @"{name}"({", ".join(given)})',
        "ret i32 %status",
    ]
    head = f"define i32 @{_ENTRY}({', '.join(taken)}) {{"
    return "\n".join(["", head, *body, "}", ""])


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
        features=features(),
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )


_nothing_to_free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: None)
"""What stands where the compiler's arrays would be freed."""

_engines: list[Any] = []
"""What holds the code in memory."""


def _linked(code: bytes, needs: list[str], returns: Any, kind: tuple[str, ...]) -> Run:
    import llvmlite.binding as llvm

    target = _target()
    if not _as_expected():
        raise LookupError("arrays look different here")
    if not llvm.address_of_symbol(_UNUSED):
        free = ctypes.cast(_nothing_to_free, ctypes.c_void_p).value
        llvm.add_symbol(_UNUSED, free)
    if not all(llvm.address_of_symbol(each) for each in needs):
        raise LookupError("a function that the code calls is not there")
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    types = [_SCALARS.get(each, ctypes.py_object) for each in kind]
    made = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *types)
    native = made(engine.get_function_address(_ENTRY))
    if returns is None:
        return partial(_run, native, ctypes.byref(ctypes.c_void_p()))
    return partial(_answered, native, returns)


def _run(native: Run, unused: Any, *args: Any) -> None:
    if native(unused, *args):
        raise RuntimeError("a kernel failed")


def _answered(native: Run, returns: Any, *args: Any) -> Any:
    answer = returns()
    _run(native, ctypes.byref(answer), *args)
    return answer.value


@cache
def _as_expected() -> bool:
    """Return whether arrays hold what kernels need where it is looked for."""
    array = np.zeros((3, 5))
    shape, strides = (
        ctypes.c_void_p.from_address(id(array) + place).value or 0
        for place in (_SHAPE, _STRIDES)
    )
    pair = ctypes.c_int64 * 2
    found = ctypes.c_void_p.from_address(id(array) + _DATA).value
    return found == array.ctypes.data and (
        (*pair.from_address(shape),) == array.shape
        and (*pair.from_address(strides),) == array.strides
    )


def _place(function: Callable[..., Any], choice: str, kind: tuple[str, ...]) -> Path:
    """Return the file that keeps the code: its name is all that decides on it."""
    told = json.dumps([_FORM, surroundings(), choice, kind])
    key = hashlib.sha256(told.encode()).hexdigest()[:24]
    name = f"{function.__module__}.{function.__qualname__}-{key}.o"
    return _folder() / name


def workshop() -> Path:
    """Return the folder for what numba keeps itself: another for every version of ours.

    Numba looks at the file of a kernel, and not at those of the kernels it calls.
    """
    return _folder() / f"numba-{surroundings()[:16]}"


def room() -> Path | None:
    """Return the folder where code is kept; None where nothing can be written."""
    folder = _folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        return folder if os.access(folder, os.W_OK) else None
    return None


@cache
def _folder() -> Path:
    """Return where code is kept: where numba keeps its own."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside = Path(__file__).parent / "__pycache__"
    if chosen:
        return Path(chosen)
    if os.access(beside if beside.exists() else beside.parent, os.W_OK):
        return beside
    return cache_home() / "glassmaster" / "kernels"


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
