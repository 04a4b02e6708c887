"""What was probably meant: near names, as a statement for the end of an error."""

import fnmatch
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from delivery.findings import Finding, Place, error

MOST_NAMES = 14


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Return the names of *known* that are near *word*, the nearest first."""
    import difflib

    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(name.lower(), name)
    matches = difflib.get_close_matches(word[:100].lower(), folded, count, 0.6)
    return [folded[match] for match in matches]


def suggestion(word: str, known: Iterable[str], what: str) -> str | None:
    """Return `did you mean "…"?`, or all *known* names where none is near."""
    names = sorted(set(known))
    if near := nearest(word, names):
        return f'did you mean "{near[0]}"?'
    if not names:
        return None
    more = ", …" if len(names) > MOST_NAMES else ""
    return f"{what}: {', '.join(names[:MOST_NAMES])}{more}"


def matching(patterns: Iterable[Path]) -> list[Path]:
    """Return the files that *patterns* stand for, each once, by name.

    Of a pattern, what exists as it is written is meant so: brackets in the names of
    files and folders find themselves. ``**`` stands for all folders below, without
    links to folders. A file that several names lead to is found by the shortest.
    """
    found = {path for each in patterns for path in _below(Path(), each.parts)}
    files: dict[tuple[int, int], Path] = {}
    for path in sorted(found, key=lambda each: (len(each.parts), each)):
        with suppress(OSError):
            about = path.stat()
            if stat.S_ISREG(about.st_mode):
                files.setdefault((about.st_dev, about.st_ino), path)
    return sorted(files.values())


def _below(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    """Yield what *parts* of a pattern stand for in *folder*."""
    if not parts:
        yield folder
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        for inner in _folders(folder):
            yield from _below(inner, tuple(rest or "*"))
    elif os.path.lexists(folder / first):
        yield from _below(folder / first, rest)
    else:
        for name in fnmatch.filter(_names(folder), first):
            if first[0] == "." or name[0] != ".":
                yield from _below(folder / name, rest)


def _folders(top: Path) -> Iterator[Path]:
    """Yield *top* and all folders in it that are not hidden."""
    for folder, inner, _ in os.walk(top):
        inner[:] = [name for name in inner if name[0] != "."]
        yield Path(folder)


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except OSError:
        return []


def missing_file(path: Path, written: str, place: Place) -> Finding | None:
    """Return the error that *path*, as *written*, is not a file; None where it is."""
    try:
        if path.is_file():
            return None
        folder = path.is_dir()
    except OSError:
        folder = False
    if folder:
        return error(
            "FILE-MISSING", f'"{written}" is a folder, not a file', place=place
        )
    message = f'there is no file "{written}"'
    return error("FILE-MISSING", message, place=place, help=_way_out(path, written))


def _way_out(path: Path, written: str) -> str | None:
    if "\\" in written:
        return 'paths are written with "/" on every system'
    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return f'there is no folder "{Path(written).parent.as_posix()}"'
    composed = unicodedata.normalize("NFC", path.name)
    for name in names:
        if unicodedata.normalize("NFC", name) == composed:
            return f'the folder has "{name}" with its accents in another Unicode form'
    if near := nearest(path.name, names, 3):
        return "did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    return None
