"""ID3: version 2.4 in UTF-8, or 2.3 in UTF-16 for readers that know no newer one.

At the start of an MP3, and in a chunk of WAV and AIFF.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from mutagen import aiff, id3

from delivery.cover import Cover, parse
from delivery.findings import refuse
from delivery.tagformats.opening import FAULTS, in_place, opened, padding
from delivery.tagging import LEVELS, NOTHING, TEXTS, Tagging, joined, of_texts

# mutagen says it is typed, but its calls are not annotated
_ID3: Any = id3
_AIFF: Any = aiff

Version = Literal[3, 4]

_ROLES = {"mixer": "mix"}  # ID3v2.4 and taggers say "mix"
_FRONT: Any = id3.PictureType.COVER_FRONT
_SOUND_CHECK = "iTunNORM"
_SEPARATE = {row.name: row.frame for row in TEXTS} | {
    # the frame is of version 2.4 alone
    "p_line": "TXXX:PHONOGRAPHIC_COPYRIGHT",
}
"""The frames of version 2.3."""


def write_mp3(
    path: Path, tagging: Tagging, cover: Cover | None, version: Version = 4
) -> None:
    """Write the tags of an MP3, and its cover, at its start."""
    tag = _tag(tagging, cover, version)
    if version == 3:
        tag.update_to_v23()
        if tagging.genre:
            tag.add(_frame("TCON", tagging.genre))  # the update translates numbers
    tag.save(path, v1=_ID3.ID3v1SaveOptions.REMOVE, v2_version=version, padding=padding)


def level_mp3(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the tags of an MP3, in their padding."""
    tag = opened(path, _of_mp3)
    version = tag.version[1] or 4
    for frame in _levels(levels):
        tag.add(frame)
    tag.save(
        path,
        v1=_ID3.ID3v1SaveOptions.REMOVE,
        v2_version=version,
        padding=in_place,
    )


def strip_mp3(path: Path) -> None:
    """Leave an MP3 without ID3 of any version."""
    _ID3.delete(path)


def read_mp3(path: Path) -> Tagging:
    """Return the tags of an MP3."""
    return _tagging(path.name, opened(path, _of_mp3))


def read_mp3_cover(path: Path) -> Cover | None:
    """Return the front cover of an MP3."""
    return _cover(path.name, opened(path, _of_mp3))


def write_aiff(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of an AIFF, and its cover, into its ID3 chunk."""
    file = opened(path, _AIFF.AIFF)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    file.tags.update(_tag(tagging, cover, 4))
    file.tags.save(path, v2_version=4, padding=padding)


def level_aiff(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the tags of an AIFF, in their padding."""
    tag = opened(path, _of_aiff)
    for frame in _levels(levels):
        tag.add(frame)
    file = opened(path, _AIFF.AIFF)
    file.tags.clear()
    file.tags.update(tag)
    file.tags.save(path, v2_version=4, padding=in_place)


def strip_aiff(path: Path) -> None:
    """Leave an AIFF without an ID3 chunk."""
    _AIFF.delete(path)


def read_aiff(path: Path) -> Tagging:
    """Return the tags of an AIFF."""
    return _tagging(path.name, opened(path, _of_aiff))


def read_aiff_cover(path: Path) -> Cover | None:
    """Return the front cover of an AIFF."""
    return _cover(path.name, opened(path, _of_aiff))


def pack(tagging: Tagging, cover: Cover | None) -> bytes:
    """Return the tags as the content of a chunk."""
    out = io.BytesIO()
    _tag(tagging, cover, 4).save(out, v2_version=4, padding=padding)
    return out.getvalue()


def levelled(packed: bytes, levels: Mapping[str, str], name: str) -> bytes:
    """Return a chunk of the file *name* with *levels*, as long as it was."""
    tag = _unpacked(packed, name)
    for frame in _levels(levels):
        tag.add(frame)
    out = io.BytesIO(packed)
    tag.save(out, v2_version=4, padding=in_place)
    return out.getvalue()


def unpack(packed: bytes, name: str) -> tuple[Tagging, Cover | None]:
    """Return what a chunk of the file *name* says; raises Refusal for a damaged one."""
    tag = _unpacked(packed, name)
    return _tagging(name, tag), _cover(name, tag)


def _unpacked(packed: bytes, name: str) -> Any:
    try:
        return _ID3.ID3(io.BytesIO(packed), translate=False)
    except FAULTS as fault:
        raise refuse(
            "META-TAGS", f"the ID3 chunk of {name!r} cannot be read: {fault}"
        ) from fault


def _of_aiff(path: Path) -> Any:
    # read by its chunk: the library's AIFF translates genres that look like numbers
    with path.open("rb") as file:
        chunks = _AIFF.AIFFFile(file)
        if "ID3" not in chunks:
            return _ID3.ID3()
        packed = chunks["ID3"].read()
    return _ID3.ID3(io.BytesIO(packed), translate=False)


def _of_mp3(path: Path) -> Any:
    try:
        return _ID3.ID3(path, translate=False)
    except _ID3.ID3NoHeaderError:
        return _ID3.ID3()


def _tag(tagging: Tagging, cover: Cover | None, version: Version) -> Any:
    tag = _ID3.ID3()
    for frame in _frames(tagging, version):
        tag.add(frame)
    if cover is not None:
        tag.add(
            _ID3.APIC(
                # a description in UTF-16 would begin with its byte order
                encoding=_ID3.Encoding.LATIN1,
                mime=cover.mime,
                type=_FRONT,
                desc="",
                data=cover.image,
            )
        )
    return tag


def _frames(tagging: Tagging, version: Version) -> Iterator[Any]:
    """Yield the frames of all but the cover."""
    for row in TEXTS:
        name = _SEPARATE[row.name] if version == 3 else row.frame
        if (text := getattr(tagging, row.name)) and name != "TIPL":
            yield _frame(name, text)
    if version == 3 and len(tagging.date) == len("2026-10"):
        yield _frame("TXXX:DATE", tagging.date)  # version 2.3 knows years and days
    yield _frame("TRCK", _of(tagging.track, tagging.tracks))
    if tagging.disc or tagging.discs:
        yield _frame("TPOS", _of(tagging.disc, tagging.discs))
    involved = {"arranger": tagging.arranger, **tagging.credits}
    people = [[_ROLES.get(role, role), who] for role, who in involved.items() if who]
    if people:
        yield _ID3.TIPL(encoding=_ID3.Encoding.UTF8, people=people)
    yield from _levels(tagging.levels)


def _levels(levels: Mapping[str, str]) -> Iterator[Any]:
    """Yield the frames that tell players a level."""
    for name, text in levels.items():
        if name == "ITUNNORM":
            yield _ID3.COMM(
                encoding=_ID3.Encoding.LATIN1,
                lang="eng",
                desc=_SOUND_CHECK,
                text=[text],
            )
        else:
            yield _frame(f"TXXX:{name}", text)


def _frame(name: str, text: str) -> Any:
    """Return an ID3 text frame in UTF-8; ``TXXX:KEY`` is a user's frame."""
    kind, _, key = name.partition(":")
    parts = {"desc": key} if key else {}
    return _ID3.Frames[kind](encoding=_ID3.Encoding.UTF8, text=[text], **parts)


def _of(number: int, total: int) -> str:
    return f"{number}/{total}" if total else str(number)


def _tagging(name: str, tag: Any) -> Tagging:
    """Return what *tag*, of either version, of the file *name* says."""
    # untranslated: a genre of "17" stays what it is and becomes no "Rock"
    found = {
        row.vorbis: ", ".join(dict.fromkeys(map(str, tag[frame].text)))
        for row in TEXTS
        for frame in dict.fromkeys((_SEPARATE[row.name], row.frame))
        if frame in tag and frame != "TIPL"
    }
    for frame, keys in (
        ("TRCK", ("TRACKNUMBER", "TRACKTOTAL")),
        ("TPOS", ("DISCNUMBER", "DISCTOTAL")),
    ):
        if frame in tag:
            found.update(zip(keys, str(tag[frame]).split("/", 1), strict=False))
    if "TYER" in tag:
        found["DATE"] = _day(tag)
    for level in LEVELS:
        if (frame := f"TXXX:{level}") in tag:
            found[level] = str(tag[frame])
    for comment in tag.getall("COMM"):
        if comment.desc == _SOUND_CHECK:
            found["ITUNNORM"] = str(comment)
    ours = {theirs: role for role, theirs in _ROLES.items()}
    involved = next((tag[key].people for key in ("TIPL", "IPLS") if key in tag), ())
    people = joined((ours.get(role, role), who) for role, who in involved)
    found["ARRANGER"] = people.pop("arranger", "")
    if not tag:
        return NOTHING
    return of_texts(name, found, people)


def _day(tag: Any) -> str:
    """Return the date of a tag of version 2.3: a year, and a day as DDMM."""
    if "TXXX:DATE" in tag:
        return str(tag["TXXX:DATE"])
    year, day = str(tag["TYER"]), str(tag.get("TDAT", ""))
    return f"{year}-{day[2:]}-{day[:2]}" if len(day) == 4 else year


def _cover(name: str, tag: Any) -> Cover | None:
    for frame in tag.getall("APIC"):
        if frame.type == _FRONT:
            return replace(parse(frame.data, name), mime=frame.mime)
    return None
