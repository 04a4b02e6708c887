"""A user's own rows of dated facts: beside the album, and in the configuration folder.

The rows beside the album go over those of the configuration, which go over ours.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from album.projectsource import load
from album.spans import Places
from delivery import receivers
from delivery.book import Book, RowError, builtin
from delivery.findings import Finding, Refusal, error, note

BESIDE = "glassmaster-specs.toml"


@dataclass(frozen=True, kw_only=True)
class Own:
    """The book with a user's rows in it, and what is to be said of them."""

    book: Book
    files: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()


def read(folder: Path) -> Own:
    """Return the book for an album in *folder*; a bad file leaves an error."""
    own = Own(book=builtin())
    for path in (configured(), folder / BESIDE):
        if path and path.is_file():
            own = _over(own, path)
    return own


def configured() -> Path | None:
    """Return where the rows for all albums of a user are looked for, if anywhere."""
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    try:
        home = base if base.is_absolute() else Path.home() / ".config"
    except RuntimeError:  # this user has none
        return None
    return home / "glassmaster" / "specs.toml"


def _over(own: Own, path: Path) -> Own:
    try:
        written = load(path)
    except Refusal as refusal:
        return Own(book=own.book, findings=(*own.findings, *refusal.findings))
    try:
        book = own.book.over(written.tables)
        receivers.check(book)
    except RowError as bad:
        fault = _fault(bad, written.places)
        return Own(book=own.book, findings=(*own.findings, fault))
    names = [
        f"{group}/{name}" for group, rows in written.tables.items() for name in rows
    ]
    said = note(
        "SPECS",
        f"{len(names)} row{'' if len(names) == 1 else 's'} of your own: "
        f"{', '.join(names)}",
        place=written.places.value(),
    )
    return Own(book=book, files=(*own.files, path), findings=(*own.findings, said))


def _fault(bad: RowError, places: Places) -> Finding:
    where = places.value(*bad.keys)
    word = ".".join(map(str, bad.keys))
    return error("SPECS", f"{word} {bad.says}", place=where, help=bad.way_out or None)
