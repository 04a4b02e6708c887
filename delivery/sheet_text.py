"""The letters of a sheet, whatever wrote it: byte order marks, UTF-8, old code pages.

The order is that of ``formats/redbook.md`` §2.4: a mark, strict UTF-8, zero bytes that
betray UTF-16 or UTF-32, then what Windows of the West or of Japan used.
"""

import re
from dataclasses import dataclass

from delivery.fileset import LARGEST, Fileset, reading
from delivery.findings import Place, refuse

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_KANA = re.compile("[\u3041-\u30ff]")


@dataclass(frozen=True)
class Letters:
    """A sheet as text, and how it was written."""

    text: str
    encoding: str
    marked: bool = False
    """Whether a byte order mark stood before it."""


def letters(files: Fileset, name: str, rule: str) -> Letters:
    """Return the text of the sheet *name*; refuse what is no text, by *rule*."""
    with reading(name, rule), files.open(name) as file:
        raw = file.read(LARGEST + 1)
    place = Place(file=name)
    if len(raw) > LARGEST:
        says = f"{name!r} is larger than any sheet"
        raise refuse(rule, says, place=place, limit=LARGEST)
    found = decoded(raw)
    if "\0" in found.text:
        raise refuse(rule, f"{name!r} is no text: it has zero bytes", place=place)
    return found


def decoded(raw: bytes) -> Letters:
    """Return the text in *raw*; zero bytes are left in it where it is none."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return Letters(raw.decode(encoding, "replace"), encoding, marked=True)
    try:
        text = raw.decode("utf-8")
        if "\0" not in text:
            return Letters(text, "ascii" if text.isascii() else "utf-8")
    except UnicodeDecodeError:
        pass
    if b"\0" in raw:
        return _without_mark(raw)
    try:
        japanese = raw.decode("cp932")
        if len(_KANA.findall(japanese)) >= 2:
            return Letters(japanese, "cp932")
    except UnicodeDecodeError:
        pass
    try:
        return Letters(raw.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return Letters(raw.decode("latin-1"), "latin-1")


def _without_mark(raw: bytes) -> Letters:
    """Return a text of two or four bytes a letter that has no mark."""
    order = "be" if raw[:1] == b"\0" else "le"
    wide = raw[1:4] == b"\0\0\0" or raw[:3] == b"\0\0\0"
    encoding = f"utf-{32 if wide else 16}-{order}"
    try:
        return Letters(raw.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Letters(raw.decode("latin-1"), "latin-1")
