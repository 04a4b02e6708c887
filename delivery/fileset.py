"""The files of a delivery, wherever they lie: in a folder, or in a zip read in place.

Readers take a ``Fileset`` and names inside it, never paths: so a disc in a zip is read
like one in a folder, and a name from a map or a sheet reaches no file outside its set.
``Folder`` is here, ``delivery/zipset.py`` has the one of a zip.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from delivery.findings import Place, Refusal, refuse

LARGEST = 4 << 20
"""Bytes a descriptive file may have: 99 tracks of 99 indexes need far less."""

_MOST_FILES = 20_000
_DEEPEST = 8
_CHUNK = 1 << 20


class Fileset(Protocol):
    """Files by their names, which have ``/`` between their parts."""

    @property
    def path(self) -> Path:
        """What it was opened as: the folder, or the zip."""

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted."""

    def size(self, name: str) -> int:
        """Return the bytes of a file that is there."""

    def open(self, name: str) -> BinaryIO:
        """Open a file that is there for reading; it can seek."""


@dataclass(frozen=True)
class Folder:
    """A folder of the system, or one file of it that stands for its folder."""

    path: Path
    deep: bool = True
    """Whether the files of folders inside belong to it."""

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted; links to folders are not entered."""
        found: list[str] = []
        self._gather(self.path, "", _DEEPEST if self.deep else 0, found)
        return tuple(sorted(found))

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return (self.path / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return (self.path / name).open("rb")

    def _gather(self, folder: Path, before: str, deeper: int, found: list[str]) -> None:
        for each in folder.iterdir():
            if len(found) >= _MOST_FILES:
                return
            if each.is_file():
                found.append(before + each.name)
            elif deeper and each.is_dir() and not each.is_symlink():
                self._gather(each, f"{before}{each.name}/", deeper - 1, found)


@dataclass(frozen=True)
class Part:
    """A folder inside a set, as a set of its own."""

    whole: Fileset
    inside: str
    """The folder's name with a ``/`` at its end; empty is the set itself."""

    @property
    def path(self) -> Path:
        """Where people would look for it."""
        return self.whole.path / self.inside if self.inside else self.whole.path

    def names(self) -> tuple[str, ...]:
        """Return the names inside, without the folder's."""
        start = len(self.inside)
        every = self.whole.names()
        return tuple(one[start:] for one in every if one.startswith(self.inside))

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return self.whole.size(self.inside + name)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return self.whole.open(self.inside + name)


def part(files: Fileset, inside: str) -> Fileset:
    """Return the folder *inside* of *files*; with no name the set itself."""
    if not inside:
        return files
    if isinstance(files, Folder):
        return Folder(files.path / inside, files.deep)
    return Part(files, f"{inside.rstrip('/')}/")


def find(files: Fileset, name: str) -> str | None:
    """Return the file called *name*, whatever its case; None where there is none."""
    if not name or "\0" in name or len(name) > 4096:
        return None
    if isinstance(files, Folder):
        return _walked(files.path, name)
    every = files.names()
    if name in every:
        return name
    folded = name.casefold()
    return next((one for one in every if one.casefold() == folded), None)


def _walked(folder: Path, name: str) -> str | None:
    """Return the file *name* under *folder*, whatever the case of its parts."""
    parts: list[str] = []
    for part in name.split("/"):
        if part in {"", ".", ".."}:
            return None
        try:
            if not (folder / part).exists():
                folded = part.casefold()
                beside = (each.name for each in folder.iterdir())
                part = next(each for each in beside if each.casefold() == folded)
        except (OSError, ValueError, StopIteration):
            return None
        folder = folder / part
        parts.append(part)
    return "/".join(parts) if folder.is_file() else None


def whole(
    files: Fileset, name: str, rule: str = "DDP-STRUCT", most: int = LARGEST
) -> bytes:
    """Return all bytes of a descriptive file; refuse one of absurd size."""
    with reading(name, rule), files.open(name) as file:
        packed = file.read(most + 1)
    if len(packed) > most:
        says = f"{name!r} is larger than a disc can need"
        raise refuse(rule, says, place=Place(file=name), limit=most)
    return packed


class reading:  # noqa: N801 — reads as a word in `with reading(...)`
    """Turn what reading a file can raise into a Refusal of *rule* at the file."""

    def __init__(self, name: str, rule: str = "FILE-READ") -> None:
        """Watch over reading the file *name*."""
        self.name, self.rule = name, rule

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, fault: BaseException | None, _: object) -> None:
        if isinstance(fault, Refusal) or not isinstance(fault, _faults()):
            return
        reason = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
        raise refuse(
            self.rule,
            f"{self.name!r} cannot be read: {reason}",
            place=Place(file=self.name),
        ) from fault


def _faults() -> tuple[type[BaseException], ...]:
    """Return what the system and the zip's decoders raise on damage."""
    from zipfile import BadZipFile

    unpacking = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
    return (OSError, *unpacking)


HASHES: dict[str, int] = {"md5": 32, "crc32": 8, "sha1": 40, "sha256": 64}
"""The sums of checksum files, and how many hexadecimal digits each has."""


class Hashes:
    """Sums of several kinds, made together."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """Begin the sums of *kinds*."""
        self._crc = 0 if "crc32" in (wanted := set(kinds)) else None
        self._others = {
            kind: hashlib.new(kind, usedforsecurity=False)
            for kind in sorted(wanted - {"crc32"})
        }

    def update(self, block: bytes | memoryview) -> None:
        """Take the next bytes."""
        if self._crc is not None:
            self._crc = zlib.crc32(block, self._crc)
        for each in self._others.values():
            each.update(block)

    def digests(self) -> dict[str, str]:
        """Return the sums by kind, in small letters."""
        found = {kind: each.hexdigest() for kind, each in self._others.items()}
        return found if self._crc is None else {**found, "crc32": f"{self._crc:08x}"}


def hashed(
    files: Fileset,
    name: str,
    kinds: Iterable[str],
    advance: Callable[[int], None] = lambda _: None,
) -> dict[str, str]:
    """Return the sums of a file; *advance* is told the bytes just read."""
    sums = Hashes(kinds)
    with reading(name), files.open(name) as file:
        while chunk := file.read(_CHUNK):
            sums.update(chunk)
            advance(len(chunk))
    return sums.digests()


def from_bytes(contents: dict[str, bytes], path: Path = Path()) -> Fileset:
    """Return a set held in memory."""
    return _Held(contents, path)


@dataclass(frozen=True)
class _Held:
    contents: dict[str, bytes]
    path: Path

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.contents))

    def size(self, name: str) -> int:
        return len(self.contents[name])

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self.contents[name])
