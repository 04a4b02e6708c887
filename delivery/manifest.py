"""The manifest: each file of a delivery with size and SHA-256, and what made it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from delivery.findings import Finding, Place, error, warning

MANIFEST = "manifest.json"
SCHEMA = 1
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that somebody has looked at."""
_MOST_BYTES = 64 << 20


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(folder: Path, made_by: Mapping[str, Any], jobs: int = 2) -> None:
    """List every file under *folder* in its manifest, with *made_by* beside."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    with ThreadPoolExecutor(jobs) as pool:
        sums = list(pool.map(sha256, paths))
    files = [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": digest,
        }
        for path, digest in zip(paths, sums, strict=True)
    ]
    document = {"schema": SCHEMA, **made_by, "files": files}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest in *folder*; None where there is none that can be read."""
    path = folder / MANIFEST
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return None
    files = document.get("files")
    if not isinstance(files, list) or not files or not all(map(_sound, files)):
        return None
    return document


def listed(folder: Path) -> set[str]:
    """Return the paths that the manifest in *folder* names; empty without one."""
    document = read(folder)
    return {row["path"] for row in document["files"]} if document else set()


def check(
    folder: Path, document: Mapping[str, Any], jobs: int = 2
) -> tuple[Finding, ...]:
    """Compare every file that the manifest names with the one that is there."""

    def differs(row: Mapping[str, Any]) -> Finding | None:
        path = folder / row["path"]
        place = Place(file=row["path"])
        try:
            missing = path.is_symlink() or not path.is_file()
            size = 0 if missing else path.stat().st_size
        except OSError:
            missing = True  # a name that the system cannot even look for
        if missing:
            return error("PKG-HASH", f"{row['path']} is missing", place=place)
        if size != row["bytes"]:
            return error(
                "PKG-HASH",
                f"{row['path']} has {size:,} bytes, the manifest says {row['bytes']:,}",
                place=place,
                measured=size,
                limit=row["bytes"],
            )
        if sha256(path) != row["sha256"]:
            return error(
                "PKG-HASH",
                f"{row['path']} is not what was delivered: its SHA-256 differs",
                place=place,
                help="copy the delivery again, or build it again",
            )
        return None

    with ThreadPoolExecutor(jobs) as pool:
        return _only_findings(pool.map(differs, document["files"]))


def unlisted(folder: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a warning for every file that the manifest does not name."""
    known = {row["path"] for row in document["files"]} | {MANIFEST}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in known and not path.is_dir() and path.name not in LITTER:
            yield warning(
                "PKG-EXTRA",
                f"{name} is not in the manifest",
                place=Place(file=name),
                help="it is no part of the delivery: move it away",
            )


def _only_findings(found: Iterable[Finding | None]) -> tuple[Finding, ...]:
    return tuple(finding for finding in found if finding is not None)


def _sound(row: object) -> bool:
    """Return whether a row names a file inside the folder, with size and sum."""
    if not isinstance(row, dict):
        return False
    path, size, digest = row.get("path"), row.get("bytes"), row.get("sha256")
    if not (
        isinstance(path, str) and isinstance(size, int) and isinstance(digest, str)
    ):
        return False
    parts = PurePosixPath(path)
    return (
        bool(parts.parts)
        and not parts.is_absolute()
        and ".." not in parts.parts
        and "\\" not in path
        and "\0" not in path
    )
