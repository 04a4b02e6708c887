"""Tags: written and read as Vorbis comments in FLAC, as ID3v2.4 in UTF-8 in MP3.

What is written is what is read back, letter for letter, and nothing is written that
the tagging does not hold.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mutagen import MutagenError, flac, id3

from delivery.cover import Cover, parse
from delivery.findings import refuse
from delivery.tagging import NUMBERS, TAKEN, TEXTS, Tagging, check, for_piece, joined

__all__ = [
    "Tagging",
    "for_piece",
    "read",
    "read_cover",
    "write_flac",
    "write_mp3",
]

# mutagen says it is typed, but its calls are not annotated
_FLAC: Any = flac
_ID3: Any = id3

VENDOR = "Glassmaster"
PADDING = 1024
"""Empty bytes after the tags, for a later tagger; always as many."""

_ID3_ROLES = {"mixer": "mix"}  # ID3v2.4 and taggers say "mix"
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


def write_flac(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of a FLAC, and its cover; whatever it said before is gone."""
    check(tagging)
    file = _opened(path, _FLAC.FLAC)
    if file.tags is None:
        file.add_tags()
    comments = file.tags
    del comments[:]
    comments.extend(_comments(tagging))
    # the library names its own release here, which would change every byte after it
    comments.vendor = VENDOR
    file.clear_pictures()
    if cover is not None:
        picture = _FLAC.Picture()
        picture.type = _ID3.PictureType.COVER_FRONT
        picture.mime, picture.data = cover.mime, cover.image
        picture.width, picture.height = cover.width, cover.height
        picture.depth, picture.colors = cover.depth, cover.colours
        file.add_picture(picture)
    file.save(padding=_padding)


def write_mp3(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of an MP3, and its cover, as ID3v2.4 in UTF-8."""
    check(tagging)
    tags = _ID3.ID3()
    for row in TEXTS:
        text = getattr(tagging, row.name)
        if text and row.frame != "TIPL":
            tags.add(_frame(row.frame, text))
    tags.add(_frame("TRCK", _of(tagging.track, tagging.tracks)))
    tags.add(_frame("TPOS", _of(tagging.disc, tagging.discs)))
    involved = {"arranger": tagging.arranger, **tagging.credits}
    people = [
        [_ID3_ROLES.get(role, role), who] for role, who in involved.items() if who
    ]
    if people:
        tags.add(_ID3.TIPL(encoding=_ID3.Encoding.UTF8, people=people))
    if cover is not None:
        tags.add(
            _ID3.APIC(
                encoding=_ID3.Encoding.UTF8,
                mime=cover.mime,
                type=_ID3.PictureType.COVER_FRONT,
                desc="",
                data=cover.image,
            )
        )
    tags.save(path, v1=_ID3.ID3v1SaveOptions.REMOVE, v2_version=4, padding=_padding)


def read(path: Path) -> Tagging:
    """Return the tags of a FLAC or MP3; raises Refusal where they cannot be read."""
    found, people = _read_flac(path) if _is_flac(path) else _read_mp3(path)
    values: dict[str, Any] = {row.name: found.get(row.vorbis, "") for row in TEXTS}
    for name, key in NUMBERS.items():
        values[name] = _number(path, key, found.get(key, ""))
    return Tagging(**values, credits=people)


def read_cover(path: Path) -> Cover | None:
    """Return the front cover of a FLAC or MP3; raises Refusal for a damaged one."""
    if _is_flac(path):
        for picture in _opened(path, _FLAC.FLAC).pictures:
            if picture.type == _ID3.PictureType.COVER_FRONT:
                return Cover(
                    image=picture.data,
                    mime=picture.mime,
                    width=picture.width,
                    height=picture.height,
                    depth=picture.depth,
                    colours=picture.colors,
                )
        return None
    for frame in _opened(path, _id3).getall("APIC"):
        if frame.type == _ID3.PictureType.COVER_FRONT:
            return replace(parse(frame.data, path.name), mime=frame.mime)
    return None


def _comments(tagging: Tagging) -> Iterator[tuple[str, str]]:
    """Yield the Vorbis comments of *tagging*: texts, numbers, people."""
    for row in TEXTS:
        if text := getattr(tagging, row.name):
            yield row.vorbis, text
    for name, key in NUMBERS.items():
        if number := getattr(tagging, name):
            yield key, str(number)
        elif name == "track":
            yield key, "0"  # what is hidden before track 1
    for role, who in tagging.credits.items():
        yield role.upper(), who


def _read_flac(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts by Vorbis key, and the people by role."""
    found = joined(
        (key.upper(), text) for key, text in _opened(path, _FLAC.FLAC).tags or ()
    )
    people = {key.lower(): who for key, who in found.items() if key not in TAKEN}
    return found, people


def _read_mp3(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts by Vorbis key, and the people by role."""
    tags = _opened(path, _id3)
    found = {
        row.vorbis: ", ".join(dict.fromkeys(map(str, tags[row.frame].text)))
        for row in TEXTS
        if row.frame in tags and row.frame != "TIPL"
    }
    for frame, keys in (
        ("TRCK", ("TRACKNUMBER", "TRACKTOTAL")),
        ("TPOS", ("DISCNUMBER", "DISCTOTAL")),
    ):
        if frame in tags:
            found.update(zip(keys, str(tags[frame]).split("/", 1), strict=False))
    ours = {id3_role: role for role, id3_role in _ID3_ROLES.items()}
    involved = tags["TIPL"].people if "TIPL" in tags else ()
    people = joined((ours.get(role, role), who) for role, who in involved)
    found["ARRANGER"] = people.pop("arranger", "")
    return found, people


def _frame(name: str, text: str) -> Any:
    """Return an ID3 text frame in UTF-8; ``TXXX:KEY`` is a user's frame."""
    kind, _, key = name.partition(":")
    parts = {"desc": key} if key else {}
    return _ID3.Frames[kind](encoding=_ID3.Encoding.UTF8, text=[text], **parts)


def _of(number: int, total: int) -> str:
    return f"{number}/{total}" if total else str(number)


def _number(path: Path, key: str, text: str) -> int:
    if text and _NUMBER.fullmatch(text) is None:
        raise refuse("META-TAGS", f"{path.name!r} has {text!r} as {key}, not a number")
    return int(text or 0)


def _is_flac(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"fLaC"
    except OSError as fault:
        reason = str(fault.strerror).lower()
        raise refuse("META-TAGS", f"{path.name!r} cannot be read: {reason}") from fault


def _opened(path: Path, kind: Any) -> Any:
    """Return the tags or the file that mutagen reads from *path*."""
    try:
        return kind(path)
    except MutagenError as fault:
        raise refuse(
            "META-TAGS", f"the tags of {path.name!r} cannot be read: {fault}"
        ) from fault


def _id3(path: Path) -> Any:
    # untranslated: a genre of "17" stays what it is and becomes no "Rock"
    return _ID3.ID3(path, translate=False)


def _padding(_: Any) -> int:
    return PADDING
