"""What stands before the audio of a FLAC: its stream's description and comments."""

from dataclasses import dataclass, field
from typing import BinaryIO

from delivery.fileset import Fileset, reading
from delivery.findings import Place, refuse

_MOST_BLOCKS = 1_000
_MOST_COMMENTS = 1_000


@dataclass(frozen=True, kw_only=True)
class FlacHead:
    """The head of a FLAC."""

    rate: int
    channels: int
    bits: int
    length: int
    """Samples per channel."""
    tags: dict[str, str] = field(default_factory=dict)
    """Vorbis comments, keys in capitals; of several the first."""


def flac_head(files: Fileset, name: str) -> FlacHead:
    """Return the head of the FLAC *name*; raises Refusal (RB-FORMAT) for no FLAC."""
    with reading(name), files.open(name) as file:
        start = file.read(10)
        if start[:3] == b"ID3":  # a tag that some writers put before the stream
            file.seek(10 + _syncsafe(start[6:10]))
        else:
            file.seek(0)
        if file.read(4) != b"fLaC":
            raise _no_stream(name)
        return _blocks(file, name)


def _blocks(file: BinaryIO, name: str) -> FlacHead:
    stream: bytes | None = None
    tags: dict[str, str] = {}
    for _ in range(_MOST_BLOCKS):
        head = file.read(4)
        if len(head) < 4:
            break
        size, at = int.from_bytes(head[1:], "big"), file.tell()
        if head[0] & 0x7F == 0:
            stream = file.read(min(size, 34))
        elif head[0] & 0x7F == 4:
            tags = _comments(file.read(size))
        file.seek(at + size)
        if head[0] & 0x80:
            break
    if stream is None or len(stream) < 34:
        raise _no_stream(name)
    packed = int.from_bytes(stream[10:18], "big")
    return FlacHead(
        rate=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        length=packed & (1 << 36) - 1,
        tags=tags,
    )


def _comments(block: bytes) -> dict[str, str]:
    """Return Vorbis comments; what is damaged is left out."""
    tags: dict[str, str] = {}
    at = 4 + int.from_bytes(block[:4], "little")
    count = int.from_bytes(block[at : at + 4], "little")
    at += 4
    for _ in range(min(count, _MOST_COMMENTS)):
        size = int.from_bytes(block[at : at + 4], "little")
        if at + 4 + size > len(block):
            break
        key, _, text = block[at + 4 : at + 4 + size].partition(b"=")
        word = key.decode("ascii", "replace").upper()
        tags.setdefault(word, text.decode("utf-8", "replace"))
        at += 4 + size
    return tags


def _syncsafe(packed: bytes) -> int:
    return sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(packed))


def _no_stream(name: str) -> Exception:
    says = f"{name!r} is no FLAC, or one without its stream's description"
    return refuse("RB-FORMAT", says, place=Place(file=name))
