"""The album as written: one frozen model per table of the project file.

A key of the file is a field here and nowhere else; its description is what editors
show. Lengths stay in the language of times until the timeline is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from album.fades import CURVES, Curve, Fade
from album.projectbalance import UNBALANCED, Loudness, Tone
from album.projectfields import (
    Chain,
    Date,
    Ean,
    FadeField,
    FileField,
    FilledText,
    Isrc,
    Listed,
    Table,
    Text,
    TimeField,
    number,
)
from album.projecttargets import (
    CdTarget,
    CdText,
    DdexTarget,
    Deliver,
    FileTarget,
)
from album.running import (
    Crossfade,
    Disc,
    Entry,
    Fill,
    Join,
    RoomTone,
    Segue,
    Silence,
    Spacing,
)
from album.spans import NO_PLACES, Places
from album.times import Time
from delivery.book import Book, builtin
from delivery.findings import Place

__all__ = [
    "CURVES",
    "TABLES",
    "UNBALANCED",
    "Album",
    "CdTarget",
    "CdText",
    "Chain",
    "Crossfade",
    "Curve",
    "DdexTarget",
    "Deliver",
    "Disc",
    "Entry",
    "Fade",
    "FileTarget",
    "Fill",
    "Join",
    "Loudness",
    "Master",
    "Meta",
    "Qc",
    "RoomTone",
    "Segue",
    "Sequence",
    "Silence",
    "Song",
    "Spacing",
    "Stem",
    "Table",
    "Tone",
]  # fmt: skip

TABLES = (
    "album", "sequence", "loudness", "tone", "chain", "song", "master", "deliver", "qc"
)  # fmt: skip
"""The tables of the file, in the order of its documentation."""

Credits = dict[str, Text]

Dither = Literal[
    "flat", "shaped", "strong", "lipshitz", "modified-e", "f-weighted", "improved-e"
]


class Meta(Table):
    """What the release is called and who made it."""

    artist: FilledText = Field(description="The artist of the album.")
    title: FilledText = Field(description="The title of the album.")
    date: Date = Field(
        default="", description='Release date: "2026-10-03", "2026-10", "2026".'
    )
    year: Annotated[int, Field(ge=1000, le=9999)] | None = Field(
        default=None, description="Release year, instead of `date`."
    )
    label: Text = Field(default="", description="The record label.")
    catalogue: Text = Field(default="", description="The label's catalogue number.")
    ean: Ean = Field(
        default="", description="EAN of 13 digits or UPC of 12, in quotes."
    )
    p_line: Text = Field(default="", description="℗: year and owner of the recording.")
    c_line: Text = Field(default="", description="©: year and owner of the work.")
    genre: Text = Field(default="", description="Genre, for tags and CD-TEXT.")
    cover: FileField | None = Field(default=None, description="Cover picture.")
    credits: Credits = Field(
        default={}, description="Roles and names, for the whole album."
    )
    songwriter: Text = Field(
        default="", description="Songwriter, in CD-TEXT of the disc."
    )
    composer: Text = Field(default="", description="Composer, in CD-TEXT of the disc.")
    arranger: Text = Field(default="", description="Arranger, in CD-TEXT of the disc.")
    message: Text = Field(default="", description="Message, in CD-TEXT of the disc.")


class Sequence(Table):
    """How the songs follow one another."""

    gap: TimeField = Field(
        default=Time(seconds=Fraction(2)),
        description="Silence between songs where `order` says nothing. Default 2s.",
    )
    lead: TimeField = Field(
        default=Time(seconds=Fraction(1, 5)),
        description="A track mark falls this long before the music. Default 200ms.",
    )
    tail: TimeField = Field(
        default=Time(seconds=Fraction(2)),
        description="Silence after the last song. Default 2s.",
    )
    roomtone: FileField | None = Field(
        default=None,
        description='Recording of room tone, looped where `order` says "roomtone".',
    )
    order: Annotated[tuple[str, ...], Listed] | None = Field(
        default=None,
        description='Song ids in running order. Between two: "gap 1.6s", "silence 1s",'
        ' "roomtone 2s [file]", "segue" or "xfade 6s [curve]" (default equal-power);'
        ' "+id" hides a song inside the track before, "disc 2" starts a disc.',
    )


class Stem(Table):
    """One stem of a song."""

    file: FileField = Field(description="The stem's audio file.")
    gain_db: Annotated[float, number(-60, 60)] = Field(
        default=0.0, description="Gain of this stem in dB."
    )
    chain: Chain = Field(default=(), description="Processing of this stem.")


class Song(Table):
    """One song: its mix, its texts and what is asked for it."""

    id: str
    title: FilledText = Field(description="The title of the song.")
    mix: FileField = Field(
        description="The approved mix, relative to this file. Not needed with stems."
    )
    cd_title: Text = Field(
        default="", description="The title in CD-TEXT, where it differs."
    )
    isrc: Isrc = Field(default="", description="ISRC; hyphens and spaces are left out.")
    version: Text = Field(
        default="", description='What tells this recording from others: "Live".'
    )
    advisory: Literal["explicit", "clean", "not-explicit"] | None = Field(
        default=None, description="Parental advice, for tags and stores."
    )
    artist: Text = Field(default="", description="Artist, where not the album's.")
    songwriter: Text = Field(default="", description="Songwriter, for CD-TEXT.")
    composer: Text = Field(default="", description="Composer, for CD-TEXT and tags.")
    arranger: Text = Field(default="", description="Arranger, for CD-TEXT.")
    message: Text = Field(default="", description="Message, for CD-TEXT.")
    credits: Credits = Field(default={}, description="Roles and names, for this song.")
    start: TimeField | None = Field(default=None, description="Where the song begins.")
    end: TimeField | None = Field(default=None, description="Where the song ends.")
    fade_in: FadeField | None = Field(
        default=None,
        description='Such as "20ms" or "1s s-curve". Default curve: linear.',
    )
    fade_out: FadeField | None = Field(
        default=None, description='Such as "9s exp". Default curve: linear.'
    )
    gain_db: Annotated[float, number(-60, 60)] = Field(
        default=0.0, description="Gain in dB."
    )
    loudness_offset_lu: Annotated[float, number(-40, 40)] = Field(
        default=0.0,
        description="Meant to be louder (+) or quieter (-) than its neighbours.",
    )
    tone: Literal["keep"] | None = Field(
        default=None,
        description="Leave the tone alone, as of all songs of its recording.",
    )
    index: Annotated[tuple[TimeField, ...], Listed, Field(max_length=98)] = Field(
        default=(), description="INDEX 02 and on inside the CD track, in rising order."
    )
    bpm: Annotated[float, number(1, 1000)] | None = Field(
        default=None, description="Tempo, for times in beats and bars."
    )
    beats_per_bar: int = Field(default=4, ge=1, le=64, description="Beats in a bar.")
    chain: Chain = Field(default=(), description="Processing of this song, in order.")
    stems: dict[str, Stem] = Field(
        default={}, description="Stems instead of one mix, by name; they are summed."
    )
    check_against: FileField | None = Field(
        default=None,
        description="A mix that the sum of the stems is compared with. Default: `mix`, "
        "where a song has both.",
    )


class Qc(Table):
    """Which warnings somebody has looked at and takes as they are."""

    waive: Annotated[tuple[FilledText, ...], Listed] = Field(
        default=(),
        description='Such as "ISRC-MISSING", or "SRC-CLIP@3" for track 3. What is '
        "waived is told as a note. Errors cannot be waived.",
    )


class Master(Table):
    """One master of the programme: its chain, loudness and limiter."""

    limiter: Literal["transparent", "balanced", "loud", "none"] = Field(
        default="none",
        description="The limiter, at the rate of every target. Default none.",
    )
    chain: Chain = Field(default=(), description="Processing before the limiter.")
    target_lufs: Annotated[float, number(-70, 0)] | None = Field(
        default=None,
        description="In place of the `target_lufs` of [loudness]. Where nothing is "
        "balanced: integrated loudness of the whole programme before the limiter, "
        "reached with one static gain. Default: no gain.",
    )
    ceiling_dbtp: Annotated[float, number(-20, 0)] | None = Field(
        default=None,
        description="True-peak ceiling of the limiter. Default: that of [loudness].",
    )
    mono_below_hz: Annotated[float, number(0, 1000)] | None = Field(
        default=None,
        description='Mono bass: "mono below … 24dB/oct" ahead of the chain.',
    )


@dataclass(frozen=True, kw_only=True)
class Album:
    """Everything the project file says, checked, with the order resolved."""

    path: Path
    meta: Meta
    songs: Mapping[str, Song]
    """By id, in the order of the file."""
    discs: tuple[Disc, ...]
    sequence: Sequence = field(default_factory=Sequence)
    deliver: Deliver = field(default_factory=Deliver)
    loudness: Loudness = field(default_factory=lambda: UNBALANCED)
    tone: Tone = field(default_factory=Tone)
    qc: Qc = field(default_factory=Qc)
    chain: Mapping[str, Chain] = field(default_factory=dict)
    """Named chains, resolved like all others."""
    master: Mapping[str, Master] = field(default_factory=dict)
    places: Places = field(default_factory=lambda: NO_PLACES, repr=False)
    book: Book = field(default_factory=builtin, repr=False)
    """The limits of those who take a delivery, a user's own rows over ours."""
    book_files: tuple[Path, ...] = ()
    """Where a user's own rows were read from."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The project file, the files it extends and those of a user's own rows."""
        extended = (path for path in self.places.files if path != self.path)
        return (self.path, *extended, *self.book_files)

    def place(self, *keys: str | int) -> Place:
        """Return the place of the value at *keys*, or of what is nearest above it.

        ``("order", song)`` is the element of the order that plays *song*.
        """
        return self.places.value(*keys)
