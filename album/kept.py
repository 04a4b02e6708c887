"""What a build of some targets keeps of the delivery before: what is still true."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album.targets import FOLDERS
from delivery import manifest
from delivery.findings import Finding, warning


@dataclass(frozen=True)
class Kept:
    """Targets carried over from the delivery before, and what is said of the others."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def keep_others(
    old: Path, new: Path, built: Sequence[str], made_by: Mapping[str, Any]
) -> Kept:
    """Carry the targets of *old* that were not *built* over into *new*.

    They are kept where the same project, mixes and versions made them and every file
    is the one that was delivered; a delivery never mixes two states of an album.
    """
    before = manifest.read(old)
    if before is None:
        return Kept((), ())
    names: list[str] = []
    findings: list[Finding] = []
    for name, folders in FOLDERS.items():
        rows = [row for row in before["files"] if row["path"].split("/")[0] in folders]
        if name in built or not rows:
            continue
        same = all(before.get(key) == value for key, value in made_by.items())
        if same and not manifest.check(old, {"files": rows}):
            for row in rows:
                _carry(old / row["path"], new / row["path"])
            names.append(name)
        else:
            findings.append(
                warning(
                    "OUT-STALE",
                    f"the {name} files of the delivery before were made from another "
                    "state of the album: they are not kept",
                    help=f"build {name} too, to have it in this delivery",
                )
            )
    return Kept(tuple(names), tuple(findings))


def _carry(old: Path, new: Path) -> None:
    """Give a file a second name, or copy it where the disk has no such thing."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)
