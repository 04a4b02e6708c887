"""The language of `[sequence] order`: songs, and what lies between them.

An item is a song's id, "+id" for a hidden song, or says what is at the boundary that it
stands on: "gap D", "silence D", "roomtone D [file]", "segue", "xfade D [curve]", or
"disc".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from album.fades import parse_fade
from album.near import missing_file, nearest, suggestion
from album.running import Crossfade, Fill, RoomTone, Segue, Silence
from album.spans import Keys, Places
from album.times import BadTime, Time, parse
from delivery.findings import Finding, Place, error

KEYWORDS = ("gap", "silence", "roomtone", "segue", "xfade", "disc")

_SPACED = ("gap", "silence", "roomtone")
_TIME_AND_FILE = re.compile(r"(\S+(?:\s+(?:beats?|bars?)\b)?)(?:\s+(.+))?", re.DOTALL)


@dataclass(frozen=True)
class Setting:
    """What an order is read against."""

    songs: Mapping[str, float | None]
    """The tempo of each song of the file, by id; None where it has none."""
    gap: Time
    """The silence at a boundary where nothing is written."""
    tail: Time
    """The silence after the last song of a disc."""
    places: Places
    roomtone: Path | None = None
    pregap: str | None = None
    """The song hidden before track 1, which is not in the order."""


@dataclass(frozen=True)
class Item:
    """One item of the order, understood."""

    keys: Keys
    text: str
    place: Place


@dataclass(frozen=True)
class Play(Item):
    """A song."""

    song: str
    hidden: bool = False
    known: bool = True


@dataclass(frozen=True)
class Between(Item):
    """A part of what lies between two songs."""

    kind: str
    part: Fill | Segue | Crossfade


@dataclass(frozen=True)
class Break(Item):
    """The next disc."""

    number: int | None


@dataclass
class Reading:
    """The items read so far, and what is wrong with them."""

    setting: Setting
    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(written: Sequence[str], setting: Setting) -> Reading:
    """Return the items of the order list *written*, with errors of single items.

    An item that cannot be read still takes its place, so that its neighbours are not
    blamed for it.
    """
    reading = Reading(setting)
    for position, text in enumerate(written):
        _Reader(reading, ("sequence", "order", position), text).read()
    return reading


def in_file_order(setting: Setting) -> Reading:
    """Return the items of a project without an order: all songs as they are written."""
    reading = Reading(setting)
    for song in setting.songs:
        if song != setting.pregap:
            place = setting.places.value("song", song)
            reading.items.append(Play(("song", song), song, place, song))
    return reading


@dataclass(frozen=True)
class _Reader:
    """Reads one item."""

    reading: Reading
    keys: Keys
    text: str

    def read(self) -> None:
        word, _, rest = self.text.strip().partition(" ")
        rest = rest.strip()
        match word:
            case "gap" | "silence":
                self.between(word, Silence(self.time(word, rest)))
            case "roomtone":
                self.roomtone(rest)
            case "xfade":
                self.crossfade(rest)
            case "segue":
                self.nothing_after(word, rest)
                self.between(word, Segue())
            case "disc":
                self.disc(rest)
            case _:
                self.song()

    @property
    def place(self) -> Place:
        return self.reading.setting.places.value(*self.keys)

    def at(self, part: str) -> Place:
        """Return the place of *part*, the last such words of the item."""
        start = self.text.rfind(part) if part else 0
        stop = start + len(part) if part else 0
        return self.reading.setting.places.inside(self.keys, self.text, start, stop)

    def fail(
        self, rule: str, message: str, place: Place, way_out: str | None = None
    ) -> None:
        self.reading.findings.append(error(rule, message, place=place, help=way_out))

    def between(self, kind: str, part: Fill | Segue | Crossfade) -> None:
        self.reading.items.append(Between(self.keys, self.text, self.place, kind, part))

    def time(self, word: str, written: str) -> Time:
        if not written:
            way_out = f'write "{word} 2s"'
            self.fail("UNIT", f'"{word}" has no length', self.place, way_out)
            return Time(seconds=parse(0).seconds)
        try:
            return parse(written)
        except BadTime as bad:
            self.bad_time(bad, written)
            return parse(0)

    def bad_time(self, bad: BadTime, written: str) -> None:
        message = f"{bad.written} {bad.says}"
        self.fail("UNIT", message, self.at(written), bad.way_out or None)

    def nothing_after(self, word: str, rest: str) -> None:
        if rest:
            message = f'nothing may follow "{word}"'
            self.fail("SEQ-ITEM", message, self.at(rest))

    def roomtone(self, rest: str) -> None:
        match = _TIME_AND_FILE.fullmatch(rest)
        length, written = match.groups() if match else (rest, None)
        time = self.time("roomtone", length)
        setting = self.reading.setting
        file = setting.roomtone
        if written is not None and "\0" not in written:
            file = setting.places.folder(*self.keys) / written
            if fault := missing_file(file, written, self.at(written)):
                self.reading.findings.append(fault)
        elif file is None:
            message = "no recording of room tone is named"
            way_out = (
                'write "roomtone 2s room.wav", or roomtone = "room.wav" in [sequence]'
            )
            self.fail("SEQ-ROOMTONE", message, self.place, way_out)
        self.between("roomtone", RoomTone(time, file or Path()))

    def crossfade(self, rest: str) -> None:
        if not rest:
            self.time("xfade", rest)
            return self.between("xfade", Segue())
        try:
            fade = parse_fade(rest, "equal-power")
        except BadTime as bad:
            self.bad_time(bad, rest)
            return self.between("xfade", Segue())
        if not any((fade.length.seconds, fade.length.beats, fade.length.bars)):
            message = "a crossfade has a length"
            self.fail("SEQ-ITEM", message, self.at(rest), 'write "segue" for none')
        return self.between("xfade", Crossfade(fade.length, fade.curve))

    def disc(self, rest: str) -> None:
        number = int(rest) if re.fullmatch(r"[0-9]{1,4}", rest) else None
        if rest and number is None:
            message = f'"{rest}" is not the number of a disc'
            self.fail("SEQ-DISC", message, self.at(rest), 'write "disc" or "disc 2"')
        self.reading.items.append(Break(self.keys, self.text, self.place, number))

    def song(self) -> None:
        hidden = self.text.startswith("+")
        song = self.text.removeprefix("+")
        known = song in self.reading.setting.songs
        if not known:
            place = self.at(song) if hidden else self.place
            self.fail("SEQ-UNKNOWN", *self.unknown(song, place))
        self.reading.items.append(
            Play(self.keys, self.text, self.place, song, hidden, known)
        )

    def unknown(self, song: str, place: Place) -> tuple[str, Place, str | None]:
        first = song.split()[0] if song.strip() else ""
        if not first:
            return "an item of the order is empty", place, None
        keyword = re.match(f"({'|'.join(KEYWORDS)})(?=[0-9])", first)
        if keyword:
            rest = song[keyword.end() :]
            meant = f'did you mean "{keyword[0]} {rest}"?'
            return f'no song called "{song}"', place, meant
        words = [*self.reading.setting.songs, *KEYWORDS]
        if first != song and (near := nearest(first, KEYWORDS)):
            meant = f'did you mean "{near[0]} …"?'
            return f'no song called "{song}"', place, meant
        return f'no song called "{song}"', place, suggestion(song, words, "songs are")


def reserved(song: str) -> bool:
    """Return whether a song's id is a word of the order language."""
    return song in KEYWORDS


def spaced(item: Between) -> bool:
    """Return whether *item* puts something between two songs that do not touch."""
    return item.kind in _SPACED
