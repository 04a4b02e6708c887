"""A delivery folder, replaced whole or not at all.

A build writes into a hidden sibling of its target. When everything has been proved the
two change places in one step, so at any moment the target is the old delivery or the
new one. A folder that holds files which no manifest of ours names is never replaced.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from delivery.findings import refuse
from delivery.manifest import LITTER, MANIFEST, listed

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
CONTENT, STAGING, _ASIDE = "content", "staging", "replaced"


@contextmanager
def working(target: Path) -> Iterator[Path]:
    """Give an empty folder beside *target*; whatever is in it at the end goes."""
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.parent / f".{target.name}.partial"
    with _held(partial, target):
        content = partial / CONTENT
        content.mkdir()
        yield content


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside *target*; when the block ends well, it is *target*.

    Raises Refusal where *target* is no delivery of ours, or is being built already.
    On any other exception the new folder is thrown away and *target* is untouched.
    """
    require_ours(target)
    with working(target) as content:
        yield content
        become(content, target)


def become(content: Path, target: Path, known: Collection[str] = ()) -> None:
    """Put the folder *content* in the place of *target*, which has *known* files."""
    target = target.absolute()
    require_ours(target, known)
    _swap(content, target)


def put(content: Path, places: Mapping[str, Path]) -> None:
    """Move the files of *content* to their *places*, by name; all of them or none.

    What stands at a place is replaced.
    """
    aside = content.with_name(_ASIDE)
    aside.mkdir(exist_ok=True)
    done: list[tuple[Path, Path | None]] = []
    try:
        for name, place in places.items():
            held = aside / name if place.exists() else None
            if held is not None:
                place.rename(held)
            done.append((place, held))
            (content / name).rename(place)
    except OSError:
        for place, held in reversed(done):
            if held is not None:
                held.replace(place)
            else:
                place.unlink(missing_ok=True)
        raise


def foreign(target: Path) -> list[str]:
    """Return the files under *target* that no manifest of ours names."""
    known = listed(target) | {MANIFEST}
    found = []
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        a_file = path.is_symlink() or not path.is_dir()
        if a_file and name not in known and path.name not in LITTER:
            found.append(name)
    return found


def require_ours(target: Path, known: Collection[str] = ()) -> None:
    """Refuse a *target* with files that neither a manifest nor *known* names."""
    target = target.absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise refuse(
            "OUT-FOLDER",
            f"{target} is not a folder",
            help="name another folder with -o",
        )
    found = foreign(target) if target.is_dir() else []
    if names := [name for name in found if name not in known]:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        raise refuse(
            "OUT-FOREIGN",
            f"{target} holds files that are not of a delivery: "
            f"{', '.join(names[:3])}{more}",
            help="move them away, or name another folder with -o; nothing was deleted",
        )


@contextmanager
def _held(partial: Path, target: Path) -> Iterator[None]:
    """Hold *partial* for this process alone; what a killed build left there goes.

    A build that was killed while it changed places in two steps left the old delivery
    aside; it goes back first.
    """
    partial.mkdir(exist_ok=True)
    _require_partial(partial)
    lock = _lock(partial) if sys.platform != "win32" else None
    try:
        if (aside := partial / _ASIDE).exists() and not target.exists():
            aside.rename(target)
        for leftover in partial.iterdir():
            _remove(leftover)
        yield
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _require_partial(partial: Path) -> None:
    """Refuse to work in, and later to throw away, what no build of ours has made."""
    ours = {CONTENT, STAGING, _ASIDE}
    if partial.is_symlink() or {each.name for each in partial.iterdir()} - ours:
        raise refuse(
            "OUT-FOREIGN",
            f"{partial}, where a build is made, holds what is not of a build",
            help="move it away, or name another folder with -o; nothing was deleted",
        )


def _lock(partial: Path) -> int:
    """Lock *partial* and return the handle that holds it; Refusal where one has it.

    Only who holds the lock may throw anything in *partial* away.
    """
    import fcntl

    handle = os.open(partial, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # a build that has just ended may have taken the folder away under its lock
        if os.path.samestat(os.fstat(handle), partial.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    raise refuse(
        "OUT-BUSY",
        f"another build is writing {partial.name[1:].removesuffix('.partial')}",
        help="wait for it, or name another folder with -o",
    )


def _swap(new: Path, target: Path) -> None:
    """Put *new* in the place of *target*; the old content lies where *new* was."""
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        # No exchange in one step on this system: the old delivery stays beside its
        # place until the new one has it.
        aside = new.with_name(_ASIDE)
        target.rename(aside)
        try:
            new.rename(target)
        except OSError:
            aside.rename(target)
            raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step (renameat2); False where there is no such."""
    if not sys.platform.startswith("linux"):
        return False
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return False
    done = function(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE
    )
    if done == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
