"""The files of a set: named by its map, counted by its checksum file.

Names come from the set itself, so they are taken only from its own folder.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from delivery.findings import Finding, Place, Refusal, error, note, refuse, warning

_LARGEST = 4 << 20
"""Bytes a descriptive file may have: 99 tracks of 99 indexes need far less."""

_CHUNK = 8 << 20
_SUM = re.compile(r"([0-9a-fA-F]{32})[ \t]+\*?(\S.*?)\s*", re.ASCII)


def named(folder: Path, name: str) -> Path:
    """Return the file *name* in *folder*, whatever its case; refuse a path."""
    if not name or name in {".", ".."} or re.search(r"[/\\:\0]", name):
        says = f"the map names the file {name!r}"
        raise refuse("DDP-STRUCT", says, help="a set's files stand beside its DDPID")
    try:
        beside = {path.name.casefold(): path for path in folder.iterdir()}
    except OSError as bad:
        raise refuse("DDP-STRUCT", f"{str(folder)!r} cannot be read: {bad}") from bad
    path = folder / name
    if not path.is_file():
        path = beside.get(name.casefold(), path)
    if not path.is_file():
        raise refuse("DDP-STRUCT", f"the set has no {name!r}", place=Place(file=name))
    return path


def whole(path: Path) -> bytes:
    """Return all bytes of a descriptive file; refuse one of absurd size."""
    with path.open("rb") as file:
        packed = file.read(_LARGEST + 1)
    if len(packed) > _LARGEST:
        raise refuse("DDP-STRUCT", f"{path.name!r} is larger than a disc can need")
    return packed


def checksums(
    folder: Path,
    findings: list[Finding],
    given: Mapping[str, str],
    skipped: Collection[str],
) -> dict[str, str]:
    """Compare the MD5 files in *folder* with what they list; return MD5s by name.

    *given* are MD5s already known; files in *skipped* are not read for theirs.
    """
    sums = dict(given)
    listed = _listed(folder, findings)
    for name, expected in listed.items():
        try:
            path = named(folder, name)
        except Refusal:
            says = f"the checksum file lists {name!r}, which is not in the set"
            findings.append(error("DDP-CRC", says, place=Place(file=name)))
            continue
        if path.name in skipped and path.name not in sums:
            continue
        sums.setdefault(path.name, "")
        sums[path.name] = sums[path.name] or _hashed(path)
        if sums[path.name].lower() != expected.lower():
            says = f"{path.name!r} is not the file its checksum was made from"
            at, found = Place(file=path.name), sums[path.name]
            findings.append(
                error("DDP-CRC", says, place=at, measured=found, limit=expected)
            )
    return sums


def _listed(folder: Path, findings: list[Finding]) -> dict[str, str]:
    paths = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.casefold() == ".md5" and path.is_file()
    )
    if not paths:
        says, way = "the set has no MD5 file", "plants compare the copy with one"
        findings.append(warning("DDP-NOSUM", says, help=way))
    listed: dict[str, str] = {}
    for path in paths:
        for line in whole(path).decode("utf-8", "replace").splitlines():
            if match := _SUM.fullmatch(line.strip()):
                listed[match[2]] = match[1]
            elif line.strip() and not line.lstrip().startswith((";", "#")):
                says = f"{path.name!r} has a line that is no checksum: {line[:60]!r}"
                findings.append(note("DDP-CRC", says, place=Place(file=path.name)))
    return listed


def _hashed(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
