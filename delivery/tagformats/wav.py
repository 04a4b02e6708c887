"""WAV: RIFF INFO and an ID3 chunk, and for broadcasters bext and iXML.

INFO is what every editor shows, ID3 holds all that is said. Both stand before the
audio. What INFO says is compared with what ID3 says when the file is read.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from delivery import riff
from delivery.bext import Bext, BextError
from delivery.cover import Cover
from delivery.findings import refuse
from delivery.ixml import Ixml, IxmlError
from delivery.ixml import unpack as read_ixml
from delivery.tagformats import id3
from delivery.tagging import NOTHING, Tagging, of_texts

_INFO = {
    "title": "INAM",
    "artist": "IART",
    "album": "IPRD",
    "track": "ITRK",
    "date": "ICRD",
    "genre": "IGNR",
    "c_line": "ICOP",
}
_KEYS = {
    "INAM": "TITLE",
    "IART": "ARTIST",
    "IPRD": "ALBUM",
    "ITRK": "TRACKNUMBER",
    "ICRD": "DATE",
    "IGNR": "GENRE",
    "ICOP": "COPYRIGHT",
}


@dataclass(frozen=True, kw_only=True)
class Broadcast:
    """The chunks that broadcasters read."""

    bext: Bext | None = None
    ixml: Ixml | None = None


def write(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write the tags of a WAV and its cover; whatever it said before is gone."""
    riff.rewrite(path, _tags(tagging, cover))


def level(path: Path, levels: Mapping[str, str]) -> None:
    """Add *levels* to the ID3 of a WAV, in its padding."""
    old = riff.read(path).chunks
    packed = id3.levelled(old["id3 "], levels, path.name)
    riff.rewrite(path, {"LIST": old["INFO"], "id3 ": packed})


def write_info(path: Path, tagging: Tagging, cover: Cover | None) -> None:
    """Write only what RIFF INFO has words for; a cover has no place there."""
    riff.rewrite(path, {"LIST": _info(tagging)})


def write_broadcast(path: Path, tagging: Tagging, broadcast: Broadcast) -> None:
    """Write bext and iXML, and what RIFF INFO has words for.

    Raises Refusal for what they cannot say.
    """
    try:
        parts = {
            "bext": broadcast.bext.pack() if broadcast.bext else b"",
            "iXML": broadcast.ixml.pack() if broadcast.ixml else b"",
            "LIST": _info(tagging) if tagging != NOTHING else b"",
        }
    except (BextError, IxmlError) as bad:
        raise refuse("META-TAGS", f"{path.name!r}: {bad}") from bad
    riff.rewrite(path, {name: _even(part) for name, part in parts.items() if part})


def strip(path: Path) -> None:
    """Leave a WAV with its format and its audio, and nothing else."""
    riff.rewrite(path, {})


def in_info(tagging: Tagging) -> Tagging:
    """Return what of *tagging* RIFF INFO has words for."""
    return replace(NOTHING, **{name: getattr(tagging, name) for name in _INFO})


def read(path: Path) -> Tagging:
    """Return the tags of a WAV: its ID3, or its INFO where it has no other.

    Raises Refusal where the two do not agree.
    """
    chunks = riff.read(path).chunks
    said = _read_info(path.name, chunks["INFO"]) if "INFO" in chunks else None
    packed = next((chunks[key] for key in ("id3 ", "ID3 ") if key in chunks), None)
    if packed is None:
        return said or NOTHING
    whole, _ = id3.unpack(packed, path.name)
    if said is not None and said != in_info(whole):
        raise refuse(
            "META-TAGS", f"{path.name!r} says one thing in INFO, another in ID3"
        )
    return whole


def read_cover(path: Path) -> Cover | None:
    """Return the front cover in the ID3 chunk of a WAV."""
    chunks = riff.read(path).chunks
    packed = next((chunks[key] for key in ("id3 ", "ID3 ") if key in chunks), None)
    return None if packed is None else id3.unpack(packed, path.name)[1]


def read_broadcast(path: Path) -> Broadcast:
    """Return what a WAV says to broadcasters; raises Refusal for damaged chunks."""
    chunks = riff.read(path).chunks
    try:
        return Broadcast(
            bext=Bext.unpack(chunks["bext"]) if "bext" in chunks else None,
            ixml=read_ixml(chunks["iXML"]) if "iXML" in chunks else None,
        )
    except (BextError, IxmlError) as bad:
        raise refuse("META-TAGS", f"{path.name!r}: {bad}") from bad


def _tags(tagging: Tagging, cover: Cover | None) -> dict[str, bytes]:
    return {"LIST": _info(tagging), "id3 ": _even(id3.pack(tagging, cover))}


def _even(content: bytes) -> bytes:
    """Return *content* with its padding counted as its own.

    libsndfile does not skip the padding of a chunk it does not know in an RF64. Every
    reader of these chunks takes a NUL at their end for what it is.
    """
    return content + b"\0" * (len(content) % 2)


def _info(tagging: Tagging) -> bytes:
    """Return the list of texts: UTF-8, each ended by a NUL, as FFmpeg writes them."""
    out = [b"INFO"]
    for name, key in _INFO.items():
        if (value := getattr(tagging, name)) or name == "track":
            text = str(value).encode() + b"\0"
            out.append(struct.pack("<4sI", key.encode(), len(text)) + text)
            out.append(b"\0" * (len(text) % 2))
    return b"".join(out)


def _read_info(name: str, content: bytes) -> Tagging:
    found = {_KEYS[key]: text for key, text in _entries(content) if key in _KEYS}
    return of_texts(name, found, {})


def _entries(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the entries of a list of texts, as far as it can be read."""
    at = 4
    while at + 8 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        text = content[at + 8 : at + 8 + length].split(b"\0", 1)[0]
        yield content[at : at + 4].decode("latin-1"), text.decode("utf-8", "replace")
        at += 8 + length + length % 2
