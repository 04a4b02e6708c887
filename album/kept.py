"""What a build of some targets keeps of the delivery before: what is still true."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album.targets import DISC
from delivery import manifest
from delivery.findings import Finding, error, warning

NOBODYS = ("report", "proof")
"""Folders that are written afresh with every build."""


@dataclass(frozen=True)
class Kept:
    """Targets carried over from the delivery before, and what is said of the others."""

    names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def keep_others(
    old: Path,
    new: Path,
    built: Sequence[str],
    targets: Sequence[str],
    made_by: Mapping[str, Any],
) -> Kept:
    """Carry those *targets* of *old* that are not *built* now over into *new*.

    They are kept where the same project, mixes and versions made them and every file
    is the one that was delivered. Otherwise it is an error: a delivery never mixes
    two states of an album, and nothing is thrown away unasked. What the album does not
    ask for any more goes, with a warning.
    """
    before = manifest.read(old)
    if before is None:
        return Kept()
    names: list[str] = []
    findings: list[Finding] = []
    same = all(before.get(key) == value for key, value in made_by.items())
    for name, rows in _by_target(before["files"]).items():
        if name in built:
            continue
        if name not in targets:
            text = f"the album has no target {name!r} any more: its files go"
            findings.append(warning("OUT-DROPPED", text))
        elif same and not manifest.check(old, {"files": rows}):
            for row in rows:
                _carry(old / row["path"], new / row["path"])
            names.append(name)
        else:
            findings.append(_stale(old, name, damaged=same))
    return Kept(tuple(names), tuple(findings))


def _by_target(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the files of a delivery by the target that owns their folder."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        folder, _, within = row["path"].partition("/")
        if within and folder not in NOBODYS:
            found.setdefault(DISC if folder == "ddp" else folder, []).append(row)
    return found


def _stale(old: Path, name: str, *, damaged: bool) -> Finding:
    what = "damaged" if damaged else "made from another state of the album"
    return error(
        "OUT-STALE",
        f"the {name} files in {old} are {what}: they cannot stand beside new files",
        help=f"build {name} too, or name another folder with -o",
    )


def _carry(old: Path, new: Path) -> None:
    """Give a file a second name, or copy it where the disk has no such thing."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
