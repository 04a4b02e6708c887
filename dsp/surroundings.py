"""What machine code depends on beside the arguments: sources, compiler, processor."""

import hashlib
import json
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def surroundings() -> str:
    """Return a hash of the sources, the compiler, and the processor."""
    import llvmlite.binding as llvm

    hashed = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        hashed.update(source.name.encode() + b"\0" + source.read_bytes())
    for each in ("numba", "llvmlite", "numpy"):
        hashed.update(_version_file(each).read_bytes())
    told = [sys.version, llvm.get_host_cpu_name(), features()]
    hashed.update(json.dumps(told).encode())
    return hashed.hexdigest()


def _version_file(package: str) -> Path:
    """Return the file that has the version: to ask its metadata takes ten times longer.

    The package itself is not imported.
    """
    found = find_spec(package)
    home = Path(found.origin or "").parent if found else Path()
    names = ("_version.py", "version.py", "__init__.py")
    return next(home / name for name in names if (home / name).is_file())


def features() -> str:
    """Return what the processor can do, as the compiler names it."""
    import llvmlite.binding as llvm

    try:
        return str(llvm.get_host_cpu_features().flatten())
    except RuntimeError:  # a system that does not say
        return ""
