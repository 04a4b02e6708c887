"""The manifest: each file of a delivery with size and SHA-256, and what made it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from delivery.fileset import Fileset, Folder, find, hashed, whole
from delivery.findings import Finding, Place, Refusal, error, warning

MANIFEST = "manifest.json"
FOLDER = "folder"
"""The key of a part of a manifest: the folder of which it lists the files."""
SCHEMA = 1
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that somebody has looked at."""
_MOST_BYTES = 64 << 20


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(
    folder: Path,
    made_by: Mapping[str, Any],
    jobs: int = 2,
    known: Mapping[Path, str] = MappingProxyType({}),
) -> None:
    """List every file under *folder* in its manifest, with *made_by* beside.

    *known* are sums of files that have been read to the last byte already.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    with ThreadPoolExecutor(jobs) as pool:
        sums = list(pool.map(lambda path: known.get(path) or sha256(path), paths))
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


def read(source: Path | Fileset) -> dict[str, Any] | None:
    """Return the manifest in a folder; None where there is none that can be read."""
    files = Folder(source) if isinstance(source, Path) else source
    try:
        if find(files, MANIFEST) != MANIFEST:
            return None
        packed = whole(files, MANIFEST, "PKG-HASH", _MOST_BYTES)
        document = json.loads(packed.decode("utf-8"))
    except (OSError, ValueError, RecursionError, Refusal):
        return None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return None
    rows = document.get("files")
    if not isinstance(rows, list) or not rows or not all(map(_sound, rows)):
        return None
    return document


def listed(folder: Path) -> set[str]:
    """Return the paths that the manifest in *folder* names; empty without one."""
    document = read(folder)
    return {row["path"] for row in document["files"]} if document else set()


def under(document: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return the manifest *document* with the files in *folder* alone."""
    rows = [row for row in document["files"] if row["path"].startswith(f"{folder}/")]
    return {**document, "files": rows, FOLDER: folder}


def check(
    source: Path | Fileset, document: Mapping[str, Any], jobs: int = 2
) -> tuple[Finding, ...]:
    """Compare every file that the manifest names with the one that is there."""
    files = Folder(source) if isinstance(source, Path) else source

    def differs(row: Mapping[str, Any]) -> Finding | None:
        place = Place(file=row["path"])
        try:
            missing = _linked(files, row["path"]) or not _there(files, row["path"])
            size = 0 if missing else files.size(row["path"])
        except (OSError, ValueError):
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
        try:
            digest = hashed(files, row["path"], ["sha256"])["sha256"]
        except Refusal as refusal:
            return replace(refusal.findings[0], rule="PKG-HASH")
        if digest != row["sha256"]:
            return error(
                "PKG-HASH",
                f"{row['path']} is not what was delivered: its SHA-256 differs",
                place=place,
                help="copy the delivery again, or build it again",
            )
        return None

    with ThreadPoolExecutor(jobs) as pool:
        return _only_findings(pool.map(differs, document["files"]))


def unlisted(source: Path | Fileset, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a warning for every file that the manifest does not name."""
    known = {row["path"] for row in document["files"]} | {MANIFEST}
    within = f"{document[FOLDER]}/" if FOLDER in document else ""
    for name in _every(source):
        if not name.startswith(within):
            continue
        if name not in known and name.rpartition("/")[2] not in LITTER:
            yield warning(
                "PKG-EXTRA",
                f"{name} is not in the manifest",
                place=Place(file=name),
                help="it is no part of the delivery: move it away",
            )


def _every(source: Path | Fileset) -> Iterator[str]:
    """Yield every name: of a folder also what is neither file nor folder."""
    if isinstance(source, Folder):
        source = source.path
    if not isinstance(source, Path):
        yield from source.names()
        return
    for path in sorted(source.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(source).as_posix()


def _there(files: Fileset, name: str) -> bool:
    if isinstance(files, Folder):
        return (files.path / name).is_file()
    return name in files.names()


def _linked(files: Fileset, name: str) -> bool:
    return isinstance(files, Folder) and (files.path / name).is_symlink()


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
