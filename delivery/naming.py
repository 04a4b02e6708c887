"""Naming patterns: how the files of a target are called, as data.

A pattern is text with names in braces, ``{track:02} {title}``; behind the colon stands
how many digits a number has at least. Nothing else is understood and nothing is
evaluated.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

NUMBERS = ("track", "disc", "rate", "bits")
TEXTS = (
    "title",
    "artist",
    "album",
    "album_artist",
    "isrc",
    "catalogue",
    "ean",
    "side",
    "coding",
    "quality",
)
"""What a pattern can name."""

_FIELD = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_WIDTH = re.compile(r"0?([1-9])", re.ASCII)


@dataclass(frozen=True)
class _Name:
    name: str
    digits: int = 0


@dataclass(frozen=True)
class Naming:
    """A pattern, read."""

    text: str
    parts: tuple[str | _Name, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the pattern; raises ValueError with what is wrong in it."""
        parts = tuple(_parts(text))
        if not any(isinstance(part, _Name) for part in parts):
            raise ValueError(f"{text!r} names every file alike")
        return cls(text, parts)

    def named(self, values: Mapping[str, str | int]) -> str:
        """Return the name that *values* make; what is missing is left out."""
        out = ""
        for part in self.parts:
            if isinstance(part, str):
                out += part
            else:
                value = values.get(part.name, "")
                digits = part.digits if isinstance(value, int) else 0
                out += str(value).zfill(digits)
        return out


def _parts(text: str) -> Iterator[str | _Name]:
    at = 0
    for found in _FIELD.finditer(text):
        yield from _plain(text[at : found.start()])
        yield _name(found[1], found[2])
        at = found.end()
    yield from _plain(text[at:])


def _plain(text: str) -> Iterator[str]:
    if "{" in text or "}" in text:
        raise ValueError(f"a brace stands alone in {text!r}")
    if text:
        yield text


def _name(name: str, digits: str | None) -> _Name:
    known = (*NUMBERS, *TEXTS)
    if name not in known:
        raise ValueError(f"{{{name}}} is none of {', '.join(known)}")
    if digits is None:
        return _Name(name)
    width = _WIDTH.fullmatch(digits)
    if width is None or name not in NUMBERS:
        raise ValueError(f"{{{name}:{digits}}}: only numbers have digits, as in :02")
    return _Name(name, int(width[1]))


def in_ascii(text: str) -> str:
    """Return *text* in ASCII: letters without their marks, "_" for what has none."""
    parted = unicodedata.normalize("NFKD", text)
    bare = (each for each in parted if not unicodedata.combining(each))
    return "".join(each if " " <= each <= "~" else "_" for each in bare)
