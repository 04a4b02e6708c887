"""Tagging: all that the tags of a file say, whatever its format.

The keys are those that taggers and players agree on (MusicBrainz Picard's mappings).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """All that the tags of one file say; empty means no tag."""

    title: str = ""
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
    credits: Mapping[str, str] = field(default_factory=dict)
    """Role to name for everybody else, by the roles' common names."""

    def __post_init__(self) -> None:
        named = _named(self.credits)
        object.__setattr__(self, "credits", dict(sorted(named.items())))


@dataclass(frozen=True)
class Row:
    """One text: its field, its Vorbis key and its ID3 frame."""

    name: str
    vorbis: str
    frame: str


TEXTS = (
    Row("title", "TITLE", "TIT2"),
    Row("artist", "ARTIST", "TPE1"),
    Row("album_artist", "ALBUMARTIST", "TPE2"),
    Row("album", "ALBUM", "TALB"),
    Row("date", "DATE", "TDRC"),
    Row("genre", "GENRE", "TCON"),
    Row("label", "LABEL", "TPUB"),
    Row("catalogue", "CATALOGNUMBER", "TXXX:CATALOGNUMBER"),
    Row("ean", "BARCODE", "TXXX:BARCODE"),
    Row("isrc", "ISRC", "TSRC"),
    Row("c_line", "COPYRIGHT", "TCOP"),
    Row("p_line", "PHONOGRAPHIC_COPYRIGHT", "TPRO"),
    Row("composer", "COMPOSER", "TCOM"),
    Row("songwriter", "LYRICIST", "TEXT"),
    Row("arranger", "ARRANGER", "TIPL"),
)
NUMBERS = {
    "track": "TRACKNUMBER",
    "tracks": "TRACKTOTAL",
    "disc": "DISCNUMBER",
    "discs": "DISCTOTAL",
}
TAKEN = {row.vorbis for row in TEXTS} | set(NUMBERS.values())


def for_piece(release: Release, piece: Piece, tracks: int) -> Tagging:
    """Return the tags of *piece*, one of *tracks* on its disc.

    The release's artist stands in where the piece names none. A role in both the
    release's and the piece's credits is the piece's.
    """
    texts = piece.texts
    people = _named({**_named(release.credits), **_named(piece.credits)})
    authors = {
        role: both(getattr(texts, role), people.pop(role, ""))
        for role in ("composer", "songwriter", "arranger")
    }
    return Tagging(
        title=texts.title,
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
        credits=people,
        **authors,
    )


def check(tagging: Tagging) -> None:
    """Raise Refusal for what no tag can hold."""
    texts = [(row.name, getattr(tagging, row.name)) for row in TEXTS]
    for name, text in (*texts, *tagging.credits.items()):
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
