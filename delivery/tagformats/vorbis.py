"""Vorbis comments: in FLAC, in Ogg Vorbis, in Opus.

The cover is a picture block in FLAC (RFC 9639 §8.8), the same block in Base64 as
METADATA_BLOCK_PICTURE in Ogg.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mutagen import flac, id3, oggopus, oggvorbis

from delivery.cover import Cover
from delivery.findings import refuse
from delivery.tagformats.opening import FAULTS, VENDOR, in_place, opened, padding
from delivery.tagging import NUMBERS, TAKEN, TEXTS, Tagging, joined, of_texts

# mutagen says it is typed, but its calls are not annotated
_FLAC: Any = flac
_FRONT: Any = id3.PictureType.COVER_FRONT
_PICTURE = "METADATA_BLOCK_PICTURE"
_KINDS: dict[bytes, Any] = {
    b"OpusHead": oggopus.OggOpus,
    b"\x01vorbis": oggvorbis.OggVorbis,
}


def write_flac(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of a FLAC, and its cover; whatever it said before is gone."""
    file = opened(path, _FLAC.FLAC)
    if file.tags is None:
        file.add_tags()
    _fill(file.tags, _comments(tagging))
    file.clear_pictures()
    if cover is not None:
        file.add_picture(_picture(cover))
    file.save(padding=padding)


def level_flac(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the tags of a FLAC, in their padding."""
    file = opened(path, _FLAC.FLAC)
    file.tags.extend(levels.items())
    file.save(padding=in_place)


def strip_flac(path: Path) -> None:
    """Leave a FLAC without comments and pictures; the format asks for the vendor."""
    file = opened(path, _FLAC.FLAC)
    if file.tags is None:
        file.add_tags()
    _fill(file.tags, ())
    file.clear_pictures()
    file.save(padding=lambda _: 0)


def read_flac(path: Path) -> Tagging:
    """Return the tags of a FLAC."""
    return _tagging(path, opened(path, _FLAC.FLAC).tags or ())


def read_flac_cover(path: Path) -> Cover | None:
    """Return the front cover of a FLAC."""
    return _front(opened(path, _FLAC.FLAC).pictures)


def write_ogg(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of an Ogg Vorbis or Opus, and its cover."""
    file = opened(path, _kind(path))
    comments = list(_comments(tagging))
    if cover is not None:
        block = base64.b64encode(_picture(cover).write()).decode("ascii")
        comments.append((_PICTURE, block))
    _fill(file.tags, comments)
    file.save(padding=padding)


def level_ogg(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the tags of an Ogg Vorbis or Opus, in their padding."""
    file = opened(path, _kind(path))
    file.tags.extend(levels.items())
    file.save(padding=in_place)


def strip_ogg(path: Path) -> None:
    """Leave an Ogg Vorbis or Opus with an empty comment header."""
    file = opened(path, _kind(path))
    _fill(file.tags, ())
    file.save(padding=lambda _: 0)


def read_ogg(path: Path) -> Tagging:
    """Return the tags of an Ogg Vorbis or Opus."""
    comments = opened(path, _kind(path)).tags
    return _tagging(path, [pair for pair in comments if pair[0].upper() != _PICTURE])


def read_ogg_cover(path: Path) -> Cover | None:
    """Return the front cover of an Ogg; raises Refusal where its block is damaged."""
    blocks = [
        block
        for key, block in opened(path, _kind(path)).tags
        if key.upper() == _PICTURE
    ]
    try:
        return _front(
            _FLAC.Picture(base64.b64decode(block, validate=True)) for block in blocks
        )
    except (*FAULTS, binascii.Error) as fault:
        raise refuse(
            "META-COVER", f"the cover in {path.name!r} is damaged: {fault}"
        ) from fault


def _kind(path: Path) -> Any:
    with path.open("rb") as file:
        start = file.read(64)
    for mark, kind in _KINDS.items():
        if mark in start:
            return kind
    raise refuse("META-TAGS", f"{path.name!r} is neither Opus nor Vorbis in Ogg")


def _fill(comments: Any, pairs: Iterable[tuple[str, str]]) -> None:
    del comments[:]
    comments.extend(pairs)
    # the libraries name their own release here, which would change every byte after it
    comments.vendor = VENDOR


def _comments(tagging: Tagging) -> Iterator[tuple[str, str]]:
    """Yield the Vorbis comments of *tagging*: texts, numbers, people, levels."""
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
    yield from tagging.levels.items()


def _tagging(path: Path, comments: Iterable[tuple[str, str]]) -> Tagging:
    found = joined((key.upper(), text) for key, text in comments)
    people = {key.lower(): who for key, who in found.items() if key not in TAKEN}
    return of_texts(path.name, found, people)


def _picture(cover: Cover) -> Any:
    picture = _FLAC.Picture()
    picture.type = _FRONT
    picture.mime, picture.data = cover.mime, cover.image
    picture.width, picture.height = cover.width, cover.height
    picture.depth, picture.colors = cover.depth, cover.colours
    return picture


def _front(pictures: Iterable[Any]) -> Cover | None:
    for picture in pictures:
        if picture.type == _FRONT:
            return Cover(
                image=picture.data,
                mime=picture.mime,
                width=picture.width,
                height=picture.height,
                depth=picture.depth,
                colours=picture.colors,
            )
    return None
