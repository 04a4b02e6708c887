"""What was probably meant: near names, as a statement for the end of an error."""

import unicodedata
from collections.abc import Iterable
from glob import glob
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
    """Return the files that *patterns* stand for, each once, by name."""
    names: set[str] = set()
    for pattern in patterns:
        names.update(glob(str(pattern), recursive=True))  # noqa: PTH207, absolute ones
    return sorted(path for path in map(Path, names) if path.is_file())


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
