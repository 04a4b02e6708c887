"""File names from titles, safe on Windows, macOS and Linux alike.

Sources: Microsoft, "Naming Files, Paths, and Namespaces"; 255 bytes are the limit of
common file systems, of which folders above and suffixes of others take their share.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from delivery.findings import Finding, Place, note
from delivery.naming import Naming, in_ascii
from delivery.program import Piece

LONGEST = 120
"""Bytes of UTF-8 in a file name, with its suffix."""

_STAND_INS = str.maketrans(
    {"/": "-", "\\": "-", "|": "-", ":": "-", '"': "'"} | dict.fromkeys("<>?*", "_")
)
# control characters, unpaired surrogates, and the unseen ones that turn text around
_UNSEEN = frozenset({"Cc", "Cs"})
_TURNING = frozenset(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{device}{digit}" for device in ("COM", "LPT") for digit in "0123456789¹²³"}
)


@dataclass(frozen=True)
class Names:
    """The file names of a set, in its order, and what had to change in them."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...]


def safe(text: str, longest: int = LONGEST) -> str:
    """Return *text* as the name of a file or folder of at most *longest* bytes.

    It is NFC, has nothing that a file system refuses, and is never empty.
    """
    text = unicodedata.normalize("NFC", text).translate(_STAND_INS)
    text = "".join(
        "_" if unicodedata.category(one) in _UNSEEN or one in _TURNING else one
        for one in text
    )
    text = text.strip().rstrip(". ")
    if text.startswith("."):
        text = "_" + text[1:]  # a leading dot would hide it
    if text.partition(".")[0].rstrip().upper() in _RESERVED:
        text = "_" + text
    return _cut(text, longest).rstrip(". ") or "_"


USUAL = Naming.read("{track:02} {title}")


def named(piece: Piece) -> dict[str, str | int]:
    """Return what a pattern may say of a piece alone: its number and its title."""
    return {"track": piece.number, "title": piece.texts.title}


def file_names(
    named: Iterable[Mapping[str, str | int]],
    suffix: str,
    naming: Naming = USUAL,
    *,
    ascii_only: bool = False,
) -> Names:
    """Return the names of all files, no two alike in any case of letters.

    Each of *named* holds what the *naming* may say of one file. What its name cannot
    show as it is makes a note.
    """
    names: list[str] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    ending = "." + suffix.removeprefix(".")
    for values in named:
        wanted = unicodedata.normalize("NFC", naming.named(values)).rstrip()
        stem = safe(in_ascii(wanted) if ascii_only else wanted, LONGEST - len(ending))
        name = _unlike(stem + ending, taken)
        taken.add(name.casefold())
        names.append(name)
        if name.rpartition(".")[0] != wanted:
            track = values.get("track")
            findings.append(
                note(
                    "FILE-NAME",
                    f"the title {values.get('title', wanted)!r} makes the file name "
                    f"{name!r}",
                    place=Place(track=track if isinstance(track, int) else None),
                    help="the title in the tags stays as it is",
                )
            )
    return Names(tuple(names), tuple(findings))


def _unlike(name: str, taken: set[str]) -> str:
    """Return *name*, with a number where it is *taken* already."""
    stem, dot, ending = name.rpartition(".")
    count, unlike = 1, name
    while unlike.casefold() in taken:
        count += 1
        mark = f" ({count})"
        room = LONGEST - len((mark + dot + ending).encode())
        unlike = _cut(stem, room).rstrip(". ") + mark + dot + ending
    return unlike


def _cut(text: str, longest: int) -> str:
    """Return the longest start of *text* in *longest* bytes, of whole characters."""
    kept = text.encode()[:longest].decode(errors="ignore")
    if len(kept) < len(text):
        # a letter goes with the marks that stand on it
        at = len(kept)
        while at and unicodedata.combining(text[at]):
            at -= 1
        kept = text[:at]
    return kept
