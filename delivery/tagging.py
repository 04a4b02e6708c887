"""Tagging: all that the tags of a file say, whatever its format.

The keys are those that taggers and players agree on (MusicBrainz Picard's mappings).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from delivery.findings import refuse
from delivery.program import Piece, Release

_ROLES = {
    "mix": "mixer",
    "mixed_by": "mixer",
    "mixing": "mixer",
    "produced_by": "producer",
    "engineered_by": "engineer",
    "recorded_by": "engineer",
    "remixed_by": "remixer",
    "arranged_by": "arranger",
    "composed_by": "composer",
    "lyricist": "songwriter",
    "lyrics_by": "songwriter",
    "written_by": "songwriter",
}
"""Roles as people write them, by the names that taggers know."""

_ROLE = re.compile(r"[a-z][a-z0-9_ .&/+-]*", re.ASCII)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)

Policy = Literal["full", "minimal", "none"]
"""How much the tags of a target say: everything, what identifies a track, nothing."""

ADVISORIES = {"": "", "not-explicit": "0", "explicit": "1", "clean": "2"}
"""The iTunes advisory by its word in a project."""

LEVELS = (
    "REPLAYGAIN_TRACK_GAIN",
    "REPLAYGAIN_TRACK_PEAK",
    "REPLAYGAIN_ALBUM_GAIN",
    "REPLAYGAIN_ALBUM_PEAK",
    "R128_TRACK_GAIN",
    "R128_ALBUM_GAIN",
    "ITUNNORM",
)
"""The tags that tell a player a level, by their names in Vorbis comments."""


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """All that the tags of one file say; empty means no tag."""

    title: str = ""
    version: str = ""
    """What tells this recording from others of the title: Live, Radio Edit …"""
    artist: str = ""
    album_artist: str = ""
    album: str = ""
    track: int = 0
    tracks: int = 0
    """How many there are; 0 where that is not said."""
    disc: int = 1
    discs: int = 1
    date: str = ""
    genre: str = ""
    label: str = ""
    catalogue: str = ""
    ean: str = ""
    isrc: str = ""
    c_line: str = ""
    p_line: str = ""
    composer: str = ""
    songwriter: str = ""
    arranger: str = ""
    advisory: str = ""
    """0 nothing to warn of, 1 explicit, 2 a clean version of something explicit."""
    credits: Mapping[str, str] = field(default_factory=dict)
    """Role to name for everybody else, by the roles' common names."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """What ``replaygain`` says, by names of ``LEVELS``."""

    def __post_init__(self) -> None:
        named = _named(self.credits)
        object.__setattr__(self, "credits", dict(sorted(named.items())))
        levels = {name: self.levels[name] for name in LEVELS if name in self.levels}
        object.__setattr__(self, "levels", levels)


@dataclass(frozen=True)
class Row:
    """One text: its field, its Vorbis key, its ID3 frame and its MP4 atom.

    ``----:`` begins the name of a freeform atom.
    """

    name: str
    vorbis: str
    frame: str
    atom: str


TEXTS = (
    Row("title", "TITLE", "TIT2", "©nam"),
    Row("version", "VERSION", "TIT3", "----:VERSION"),
    Row("artist", "ARTIST", "TPE1", "©ART"),
    Row("album_artist", "ALBUMARTIST", "TPE2", "aART"),
    Row("album", "ALBUM", "TALB", "©alb"),
    Row("date", "DATE", "TDRC", "©day"),
    Row("genre", "GENRE", "TCON", "©gen"),
    Row("label", "LABEL", "TPUB", "----:LABEL"),
    Row("catalogue", "CATALOGNUMBER", "TXXX:CATALOGNUMBER", "----:CATALOGNUMBER"),
    Row("ean", "BARCODE", "TXXX:BARCODE", "----:BARCODE"),
    Row("isrc", "ISRC", "TSRC", "----:ISRC"),
    Row("c_line", "COPYRIGHT", "TCOP", "cprt"),
    Row("p_line", "PHONOGRAPHIC_COPYRIGHT", "TPRO", "----:PHONOGRAPHIC_COPYRIGHT"),
    Row("composer", "COMPOSER", "TCOM", "©wrt"),
    Row("songwriter", "LYRICIST", "TEXT", "----:LYRICIST"),
    Row("arranger", "ARRANGER", "TIPL", "----:ARRANGER"),
    Row("advisory", "ITUNESADVISORY", "TXXX:ITUNESADVISORY", "rtng"),
)
NUMBERS = {
    "track": "TRACKNUMBER",
    "tracks": "TRACKTOTAL",
    "disc": "DISCNUMBER",
    "discs": "DISCTOTAL",
}
TAKEN = {row.vorbis for row in TEXTS} | set(NUMBERS.values()) | set(LEVELS)


def for_piece(release: Release, piece: Piece, tracks: int) -> Tagging:
    """Return the tags of *piece*, one of *tracks* on its disc.

    The release's artist stands in where the piece names none. A role in both the
    release's and the piece's credits is the piece's.
    """
    texts = piece.texts
    people = _named({**_named(release.credits), **_named(piece.credits)})
    authors: dict[str, Any] = {
        role: both(getattr(texts, role), people.pop(role, ""))
        for role in ("composer", "songwriter", "arranger")
    }
    return Tagging(
        title=texts.title,
        version=piece.version,
        artist=texts.performer or release.artist,
        album_artist=release.artist,
        album=release.title,
        track=piece.number,
        tracks=tracks,
        disc=release.disc,
        discs=release.discs,
        date=release.date,
        genre=release.genre,
        label=release.label,
        catalogue=release.catalogue,
        ean=release.ean,
        isrc=piece.isrc,
        c_line=release.c_line,
        p_line=release.p_line,
        advisory=ADVISORIES[piece.advisory],
        credits=people,
        **authors,
    )


def kept(tagging: Tagging, policy: Policy) -> Tagging:
    """Return what *policy* leaves of *tagging*."""
    if policy == "full":
        return tagging
    if policy == "none":
        return NOTHING
    return replace(
        NOTHING,
        title=tagging.title,
        artist=tagging.artist,
        album=tagging.album,
        track=tagging.track,
        isrc=tagging.isrc,
    )


def of_texts(file: str, found: Mapping[str, str], people: Mapping[str, str]) -> Tagging:
    """Return the tagging of texts by Vorbis key; raises Refusal for a bad number.

    *file* is named in it.
    """
    values: dict[str, Any] = {row.name: found.get(row.vorbis, "") for row in TEXTS}
    for name, key in NUMBERS.items():
        text = found.get(key, "")
        if text and _NUMBER.fullmatch(text) is None:
            raise refuse("META-TAGS", f"{file!r} has {text!r} as {key}, not a number")
        values[name] = int(text or 0)
    levels = {name: found[name] for name in LEVELS if found.get(name)}
    return Tagging(**values, credits=people, levels=levels)


def check(tagging: Tagging) -> None:
    """Raise Refusal for what no tag can hold."""
    texts = [(row.name, getattr(tagging, row.name)) for row in TEXTS]
    for name, text in (*texts, *tagging.credits.items(), *tagging.levels.items()):
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise refuse(
                "META-TAGS",
                f"{name} {text!r} holds a character that no tag can hold",
                help="take the control character out",
            )
    if tagging.date and _DATE.fullmatch(tagging.date) is None:
        raise refuse(
            "META-TAGS",
            f"date {tagging.date!r} is not a year, a month or a day",
            help="write it as 2026, 2026-10 or 2026-10-03",
        )
    if tagging.advisory not in ADVISORIES.values():
        raise ValueError(f"{tagging.advisory!r} is no advisory: 0, 1 or 2")
    for role in tagging.credits:
        if _ROLE.fullmatch(role) is None or role.upper() in TAKEN:
            raise refuse(
                "META-TAGS",
                f"credits cannot name the role {role!r}",
                help="roles are plain words, such as producer or mastered_by",
            )


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return *pairs* as a mapping; a foreign file may name a key more than once."""
    out: dict[str, str] = {}
    for key, text in pairs:
        out[key] = both(out.get(key, ""), text)
    return out


def both(one: str, other: str) -> str:
    """Return two names as one text, each once."""
    return ", ".join(name for name in dict.fromkeys((one, other)) if name)


def _named(people: Mapping[str, str]) -> dict[str, str]:
    """Return *people* by the common names of their roles; nobody is left out."""
    roles = (
        (re.sub(r"[\s-]+", "_", role.strip().lower()), who)
        for role, who in people.items()
    )
    return joined((_ROLES.get(role, role), who) for role, who in roles if who)


NOTHING = Tagging(disc=0, discs=0)
"""What a file without tags says."""
