"""What a reader of a disc image found: the layout, and where its audio stands.

Nothing here decodes audio; a reading says where the PCM is.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from delivery.findings import Finding, Place, refuse
from delivery.program import Layout
from delivery.redbook import (
    BITS,
    BYTES_PER_FRAME,
    CHANNELS,
    FIRST_PAUSE,
    LAST_ADDRESS,
    RATE,
    Frames,
)

BYTES_PER_SAMPLE = CHANNELS * BITS // 8
_PCM, _EXTENSIBLE = 1, 0xFFFE


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One disc as read from a DDP set, a CUE sheet or a TOC file."""

    kind: str
    """ddp, cue or toc."""
    layout: Layout
    audio: Path | None
    """The file that holds the PCM: 16 bit, stereo, left first."""
    offset: int = 0
    """The byte of *audio* at which *first_frame* begins."""
    length: int = 0
    """Samples per channel that are there, from *first_frame* on."""
    first_frame: Frames = FIRST_PAUSE
    big_endian: bool = False
    checksums: Mapping[str, str] = field(default_factory=dict)
    """MD5 by file name, as computed from the files."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where the PCM of an audio file stands."""

    offset: int
    length: int
    """Samples per channel."""
    big_endian: bool = False

    @property
    def frames(self) -> Frames:
        """Whole CD frames; what is left over of one counts as one more."""
        return Frames(-(-self.length * BYTES_PER_SAMPLE // BYTES_PER_FRAME))


def raw_span(path: Path, *, big_endian: bool = False) -> Span:
    """Return the span of a file that is nothing but PCM."""
    length = path.stat().st_size // BYTES_PER_SAMPLE
    return Span(offset=0, length=length, big_endian=big_endian)


def wave_span(path: Path) -> Span:
    """Return where the PCM stands in a WAV; refuse what is not a CD's format."""
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise _refusal(path, "is not a WAV file")
        return _walk(file, path)


def _walk(file: BinaryIO, path: Path) -> Span:
    size, known = path.stat().st_size, False
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        if name == b"data":
            if not known:
                raise _refusal(path, "has its audio before its format")
            offset = file.tell()
            there = max(0, size - offset)
            if length > there:
                says = f"is cut off: its header promises {length:,} bytes of audio"
                raise _refusal(path, f"{says}, {there:,} are there")
            return Span(offset=offset, length=length // BYTES_PER_SAMPLE)
        after = file.tell() + length + length % 2
        if name == b"fmt ":
            _check_format(file.read(min(length, 40)), path)
            known = True
        file.seek(after)
    raise _refusal(path, "has no audio chunk")


def _check_format(chunk: bytes, path: Path) -> None:
    if len(chunk) < 16:
        raise _refusal(path, "has a format chunk that is too short")
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]
    if (tag, channels, rate, bits) != (_PCM, CHANNELS, RATE, BITS):
        shape = f"{rate} Hz, {bits} bit, {channels} channels, format {tag}"
        raise _refusal(path, f"is {shape}; a disc needs 44100 Hz, 16 bit, stereo PCM")


def _refusal(path: Path, says: str) -> Exception:
    return refuse("RB-FORMAT", f"{path.name!r} {says}", place=Place(file=str(path)))


def check_end(layout: Layout, name: str) -> None:
    """Refuse a disc whose last mark lies beyond its audio, or beyond a disc's end.

    *name* is the sheet that gave the marks.
    """
    if layout.leadout > LAST_ADDRESS:
        says = f"the audio of {name!r} is longer than a disc's 99:59:74"
        raise refuse("RB-LENGTH", says, place=Place(file=name))
    for track in layout.tracks:
        if max(track.marks.values()) >= layout.leadout:
            says = f"track {track.number:02} of {name!r} begins after the audio's end"
            at = Place(file=name, track=track.number)
            raise refuse("RB-ORDER", says, place=at)
