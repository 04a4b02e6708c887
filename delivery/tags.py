"""Tags: a table of the kinds of files, and what is written into and read out of each.

What is written is what is read back, letter for letter, and nothing is written that
the tagging does not hold: no date, no name of a library, always as much padding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from delivery.cover import Cover
from delivery.findings import refuse
from delivery.tagformats import id3, mp4, vorbis, wav
from delivery.tagformats.wav import Broadcast
from delivery.tagging import (
    NOTHING,
    Policy,
    Tagging,
    check,
    for_piece,
    kept,
)

__all__ = [
    "CONTAINERS",
    "NOTHING",
    "Broadcast",
    "Container",
    "Policy",
    "Tagging",
    "expected",
    "for_piece",
    "kept",
    "read_broadcast",
    "read_cover",
    "read_tags",
    "write_broadcast",
    "write_levels",
    "write_tags",
]


@dataclass(frozen=True, kw_only=True)
class Container:
    """How one kind of file is tagged."""

    suffix: str
    write: Callable[[Path, Tagging, Cover | None], None]
    strip: Callable[[Path], None]
    read: Callable[[Path], Tagging]
    cover: Callable[[Path], Cover | None]
    holds: Callable[[Tagging], Tagging] = lambda tagging: tagging
    """What of a tagging it has words for."""
    pictures: bool = True
    level: Callable[[Path, Mapping[str, str]], None] | None = None
    """Adds the tags that tell players a level; None where they have no place."""


_OGG = Container(
    suffix="ogg",
    write=vorbis.write_ogg,
    strip=vorbis.strip_ogg,
    read=vorbis.read_ogg,
    cover=vorbis.read_ogg_cover,
    level=vorbis.level_ogg,
)
_MP3 = Container(
    suffix="mp3",
    write=id3.write_mp3,
    strip=id3.strip_mp3,
    read=id3.read_mp3,
    cover=id3.read_mp3_cover,
    level=id3.level_mp3,
)
_WAV = Container(
    suffix="wav",
    write=wav.write,
    strip=wav.strip,
    read=wav.read,
    cover=wav.read_cover,
    level=wav.level,
)

CONTAINERS: dict[str, Container] = {
    "flac": Container(
        suffix="flac",
        write=vorbis.write_flac,
        strip=vorbis.strip_flac,
        read=vorbis.read_flac,
        cover=vorbis.read_flac_cover,
        level=vorbis.level_flac,
    ),
    "ogg": _OGG,
    "opus": replace(_OGG, suffix="opus"),
    "mp3": _MP3,
    "mp3-id3v2.3": replace(_MP3, write=partial(id3.write_mp3, version=3)),
    "m4a": Container(
        suffix="m4a",
        write=mp4.write,
        strip=mp4.strip,
        read=mp4.read,
        cover=mp4.read_cover,
        level=mp4.level,
    ),
    "wav": _WAV,
    "wav-info": replace(
        _WAV, write=wav.write_info, holds=wav.in_info, pictures=False, level=None
    ),
    "aiff": Container(
        suffix="aiff",
        write=id3.write_aiff,
        strip=id3.strip_aiff,
        read=id3.read_aiff,
        cover=id3.read_aiff_cover,
        level=id3.level_aiff,
    ),
}
"""By name; "wav-info" has RIFF INFO and no ID3, "mp3-id3v2.3" is for old readers."""


def write_tags(
    path: Path,
    container: str,
    tagging: Tagging,
    cover: Cover | None = None,
    policy: Policy = "full",
) -> None:
    """Write what *policy* leaves of *tagging* into a file of the kind *container*.

    Whatever the file said before is gone; only under the policy "full" does it get a
    *cover*. Raises Refusal for what no tag can hold, and leaves the file as it was.
    """
    form = CONTAINERS[container]
    check(tagging)
    if policy == "none":
        form.strip(path)
    else:
        form.write(path, kept(tagging, policy), cover if policy == "full" else None)


def write_levels(path: Path, container: str, levels: Mapping[str, str]) -> None:
    """Add *levels* to a file that ``write_tags`` has tagged, without moving its audio.

    The padding of its tags has room for them.
    """
    form = CONTAINERS[container]
    if levels and form.level:
        form.level(path, levels)


def expected(
    container: str, tagging: Tagging, cover: Cover | None, policy: Policy = "full"
) -> tuple[Tagging, Cover | None]:
    """Return what has to be read back from a file that ``write_tags`` wrote."""
    form = CONTAINERS[container]
    if policy == "none":
        return NOTHING, None
    pictured = policy == "full" and form.pictures
    return form.holds(kept(tagging, policy)), cover if pictured else None


def read_tags(path: Path) -> Tagging:
    """Return the tags of a file; raises Refusal where they cannot be read."""
    return CONTAINERS[container_of(path)].read(path)


def read_cover(path: Path) -> Cover | None:
    """Return the front cover of a file; raises Refusal for a damaged one."""
    return CONTAINERS[container_of(path)].cover(path)


def write_broadcast(path: Path, tagging: Tagging, broadcast: Broadcast) -> None:
    """Write the chunks of a broadcast WAV, and RIFF INFO where *tagging* says some."""
    check(tagging)
    wav.write_broadcast(path, tagging, broadcast)


def read_broadcast(path: Path) -> Broadcast:
    """Return what a WAV says to broadcasters; raises Refusal."""
    return wav.read_broadcast(path)


def container_of(path: Path) -> str:
    """Return the kind of a file by its first bytes; raises Refusal for none of ours."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as fault:
        reason = str(fault.strerror).lower()
        raise refuse("META-TAGS", f"{path.name!r} cannot be read: {reason}") from fault
    if start[:3] == b"ID3" or (start[:1] == b"\xff" and start[1:2] >= b"\xe0"):
        return "mp3"
    match start[:4], start[4:8], start[8:]:
        case b"fLaC", _, _:
            return "flac"
        case b"OggS", _, _:
            return "ogg"
        case _, b"ftyp", _:
            return "m4a"
        case b"RIFF" | b"RF64", _, _:
            return "wav"
        case b"FORM", _, b"AIFF" | b"AIFC":
            return "aiff"
    raise refuse("META-TAGS", f"{path.name!r} is no file that has tags we read")
