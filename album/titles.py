"""Titles guessed from file names: what a bounce is called, less its versions."""

import re
from dataclasses import dataclass

_TRACK = re.compile(r"(?:track\s*)?(\d{1,2})(?:\s*[-.)]+\s*|\s+)(?=\S)", re.IGNORECASE)
_ENDING = re.compile(
    r"[\s(\[.-]*\b(?:"
    r"v\d+(?:\.\d+)*[a-z]?|ver(?:sion)?\s*\d+|rev\s*\d+|r\d+"
    r"|final|finals?\s*\d*|master(?:ed)?\s*\d*|premaster|unmastered|approved"
    r"|mix(?:down)?\s*\d*|bounce\s*\d*|print\s*\d*|ref"
    r"|\d{2}\s*-?\s*bits?|\d{2,3}(?:\.\d)?\s*k(?:hz)?|32f|float|stereo"
    r")[)\]]*\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Name:
    """A file's name, taken apart."""

    number: int | None
    title: str


def taken_apart(stem: str) -> Name:
    """Return the track number and the title in a file name without its extension.

    A name that is nothing but a number or a version word is its own title.
    """
    text = re.sub(r"[_\s]+", " ", stem).strip()
    number = None
    if match := _TRACK.match(text):
        number, text = int(match[1]), text[match.end() :]
    while (shorter := _ENDING.sub("", text).strip(" -.")) and shorter != text:
        text = shorter
    return Name(number, text or stem)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts "2 b" before "10 a"."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return tuple(
        (0, int(part), "") if part[0] in "0123456789" else (1, 0, part)
        for part in parts
    )


def clock(seconds: float) -> str:
    """Return a time in a file as minutes and seconds."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes}:{rest / 1000:06.3f}"
