"""A zip read in place, as a set of files: nothing is unpacked, nothing is believed.

Before a byte of a member is read the directory is judged: names that lead outside,
links, encryption, overlapping members and sizes that no compression can give are
refused. A member gives no more bytes than its directory entry says.
"""

import stat
import struct
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from delivery.findings import Finding, Place, Refusal, error, refuse

_MOST_MEMBERS = 20_000
_MOST_DIRECTORY = 8 << 20
_STEEPEST = 1_040
"""Bytes that deflate can make of one, and some more: above that a size is a lie."""

_MOST_BYTES = 64 << 30
_TAIL = 65_557  # the end record and the longest comment
_LOCAL = 30  # bytes of a member's own header, without its name
_LITTER = "__MACOSX/"


class ZipSet:
    """The files of one zip."""

    def __init__(self, path: Path, archive: ZipFile, members: list[ZipInfo]) -> None:
        """Keep what was judged; ``opened`` is the way to one."""
        self.path = path
        self._archive = archive
        self._members = {one.filename: one for one in members}

    @classmethod
    def opened(cls, path: Path) -> Self:
        """Return the zip at *path*; raises Refusal where it is none, or not safe."""
        try:
            _check_directory(path)
            archive = ZipFile(path)
            members = [one for one in archive.infolist() if not one.is_dir()]
        except (
            BadZipFile,
            OSError,
            ValueError,
            struct.error,
            NotImplementedError,
            UnicodeError,
        ) as bad:
            says = f"{path.name!r} cannot be read as a zip: {bad}"
            raise refuse("ZIP-BROKEN", says, place=Place(file=path.name)) from bad
        if faults := _faults(path, members):
            archive.close()
            raise Refusal(faults)
        kept = [one for one in members if not one.filename.startswith(_LITTER)]
        return cls(path, archive, kept)

    @cached_property
    def _sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    def names(self) -> tuple[str, ...]:
        """Return the name of every file, sorted."""
        return self._sorted

    def size(self, name: str) -> int:
        """Return the bytes that the directory promises."""
        return self._members[name].file_size

    def open(self, name: str) -> BinaryIO:
        """Open a member; reading raises BadZipFile where it is damaged."""
        return cast(BinaryIO, self._archive.open(self._members[name]))


def is_zip(path: Path) -> bool:
    """Return whether the file at *path* begins like a zip, or is called one."""
    if path.suffix.casefold() == ".zip":
        return True
    with path.open("rb") as file:
        return file.read(4) in {b"PK\3\4", b"PK\5\6"}


def _check_directory(path: Path) -> None:
    """Refuse a directory that is too large to be held, before it is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < 22:
            raise BadZipFile("it has no directory")
        count, length = struct.unpack_from("<HI", tail, at + 10)
        locator = tail[at - 20 : at] if at >= 20 else b""
        if locator[:4] == b"PK\6\7":  # the 64-bit record has the true figures
            file.seek(min(size, struct.unpack_from("<Q", locator, 8)[0]))
            record = file.read(56)
            if len(record) == 56 and record[:4] == b"PK\6\6":
                count, length = struct.unpack_from("<QQ", record, 32)
    if count > _MOST_MEMBERS or length > _MOST_DIRECTORY:
        says = f"{path.name!r} has {count:,} members in {length:,} bytes of directory"
        raise refuse(
            "ZIP-UNSAFE",
            says,
            place=Place(file=path.name),
            measured=count,
            limit=_MOST_MEMBERS,
        )


def _faults(path: Path, members: list[ZipInfo]) -> list[Finding]:
    size = path.stat().st_size
    found = [
        error(
            "ZIP-UNSAFE",
            f"the member {one.filename[:80]!r} of {path.name!r} {fault}",
            place=Place(file=f"{path.name}/{one.filename[:80]}"),
            help="make the zip again with an ordinary tool",
        )
        for one in members
        if (fault := _fault(one, size))
    ]
    if not found:
        found = _whole_faults(path, members)
    return found[:20]


def _fault(one: ZipInfo, size: int) -> str | None:
    """Return what is wrong with a member's entry of the directory, or None."""
    name, mode = one.filename, one.external_attr >> 16
    parts = PurePosixPath(name).parts
    compressed = one.compress_size
    if name.startswith("/") or "\\" in name or name[1:2] == ":" or ".." in parts:
        return "has a name that leads out of its folder"
    if not parts or any(letter < " " for letter in name):
        return "has a name that no file can have"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if one.flag_bits & 1:
        return "is encrypted"
    if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return f"is packed by method {one.compress_type}, which is not read"
    if one.header_offset < 0 or one.header_offset + _LOCAL + compressed > size:
        return f"claims {compressed:,} bytes, the zip has {size:,}"
    if one.compress_type == ZIP_STORED and one.file_size != compressed:
        return f"claims {one.file_size:,} bytes, of which {compressed:,} are stored"
    if one.file_size > _STEEPEST * (compressed + 1):
        return f"claims {one.file_size:,} bytes from {compressed:,}: no zip can"
    return None


def _whole_faults(path: Path, members: list[ZipInfo]) -> list[Finding]:
    """Return what is wrong with the members together: overlaps, sums, twins."""
    place = Place(file=path.name)
    total = sum(one.file_size for one in members)
    if total > _MOST_BYTES:
        says = f"the members of {path.name!r} claim {total:,} bytes together"
        return [error("ZIP-UNSAFE", says, place=place, limit=_MOST_BYTES)]
    if len({one.filename for one in members}) != len(members):
        says = f"two members of {path.name!r} have one name"
        return [error("ZIP-UNSAFE", says, place=place)]
    end = 0
    for one in sorted(members, key=lambda each: each.header_offset):
        if one.header_offset < end:
            says = f"the members of {path.name!r} overlap at {one.filename[:80]!r}"
            return [error("ZIP-UNSAFE", says, place=place)]
        end = one.header_offset + _LOCAL + one.compress_size
    return []
