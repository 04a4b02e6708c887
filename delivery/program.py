"""What is delivered: a layout (marks, codes, texts) and, with audio, a program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from delivery.redbook import FIRST_PAUSE, Frames

Floats = NDArray[np.float64]
"""Audio of shape (samples, channels), full scale 1.0."""

AnyFloats = NDArray[np.floating[Any]]
"""The same, in singles or doubles: singles hold 24 bits, and all that codecs keep."""

Integers = NDArray[np.integer[Any]]
"""PCM of shape (samples, channels), right-aligned: a 24-bit value fills ±2**23."""


class Flag(StrEnum):
    """Control bits of a track, by their names in CUE sheets."""

    PRE = "PRE"
    DCP = "DCP"
    FOUR_CHANNEL = "4CH"
    SCMS = "SCMS"


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts of a disc or of one track, as CD-TEXT has them; empty means none."""

    title: str = ""
    performer: str = ""
    songwriter: str = ""
    composer: str = ""
    arranger: str = ""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Track:
    """One track: its marks in absolute disc frames (00:02:00 is 150)."""

    number: int
    start: Frames
    """INDEX 01."""
    pause: Frames | None = None
    """INDEX 00, where there is one; the first track's lies at 0."""
    indexes: tuple[Frames, ...] = ()
    """INDEX 02 and on."""
    isrc: str = ""
    flags: frozenset[Flag] = frozenset()
    texts: Texts = Texts()
    data: bool = False
    """Whether it holds data; such a track is told, and its contents left alone."""

    @property
    def first(self) -> Frames:
        """The track's first mark: INDEX 00 where there is one, else INDEX 01."""
        return self.start if self.pause is None else self.pause

    @property
    def marks(self) -> dict[int, Frames]:
        """All marks by index number, rising."""
        pause = {} if self.pause is None else {0: self.pause}
        return {**pause, 1: self.start, **dict(enumerate(self.indexes, 2))}


@dataclass(frozen=True, kw_only=True)
class Language:
    """The texts of one further block of CD-TEXT, in another language."""

    code: int
    """EBU Tech 3264: 0x09 English, 0x69 Japanese."""
    charset: int = 0
    """0x00 Latin-1, 0x01 ASCII, 0x80 MS-JIS."""
    texts: Texts = Texts()
    tracks: tuple[tuple[int, Texts], ...] = ()
    """By track number, rising."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A disc without its audio: all marks, codes and texts.

    The first track has its INDEX 00 at frame 0; frame 150 (00:02:00) is the first
    sample of the programme and of a WAV or CUE image.
    """

    tracks: tuple[Track, ...]
    leadout: Frames
    ean: str = ""
    catalogue: str = ""
    """The label's number: CD-TEXT disc identification and the DDP's master ID."""
    genre: str = ""
    texts: Texts = Texts()
    language: int = 0x09
    """Of the texts, as CD-TEXT counts them."""
    charset: int = 0
    """The alphabet of the texts in CD-TEXT, as ``Language`` has it."""
    languages: tuple[Language, ...] = ()
    """The texts once more in up to seven other languages."""

    @property
    def frames(self) -> Frames:
        """The programme's length: from 00:02:00 to the lead-out."""
        return Frames(self.leadout - FIRST_PAUSE)

    def ends(self) -> tuple[Frames, ...]:
        """Return each track's end: the next track's INDEX 01, or the lead-out."""
        return (*(track.start for track in self.tracks[1:]), self.leadout)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One streaming file: a stretch of the programme between two marks.

    *start* and *stop* are absolute disc frames; *number* is 0 for what is hidden
    before track 1.
    """

    number: int
    start: Frames
    stop: Frames
    isrc: str = ""
    texts: Texts = Texts()
    credits: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    """What tells this recording from others of its title: Live, Radio Edit …"""
    advisory: str = ""
    """explicit, clean or not-explicit, where it is said."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """What the texts of every file say about the whole release."""

    artist: str = ""
    title: str = ""
    date: str = ""
    """ISO 8601: a year, a month or a day."""
    genre: str = ""
    label: str = ""
    catalogue: str = ""
    ean: str = ""
    p_line: str = ""
    c_line: str = ""
    credits: Mapping[str, str] = field(default_factory=dict)
    """Role to name, roles as written in the project (producer, mastered_by …)."""
    cover: Path | None = None
    disc: int = 1
    discs: int = 1


class Pcm(Protocol):
    """The whole of a programme as integers, readable in order as often as wanted."""

    @property
    def rate(self) -> int:
        """Samples per second."""

    @property
    def bits(self) -> int:
        """The depth of the integers: 16 or 24."""

    @property
    def length(self) -> int:
        """Samples per channel."""

    def blocks(self) -> Iterator[Integers]:
        """Yield the programme from its first sample to its last."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A disc with its audio, ready to be written: 44.1 kHz, 16 bit, stereo.

    The audio begins at 00:02:00; *name* is the ASCII stem of every file.
    """

    name: str
    layout: Layout
    release: Release
    pcm: Pcm
    head: Pcm | None = None
    """What an image has before 00:02:00, where that is not silence."""
