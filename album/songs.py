"""The songs of a project file: their ids, and what must be true between their keys."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from album.order import KEYWORDS, reserved
from album.project import Song
from album.projecterrors import shown
from album.projectsource import Written
from album.spans import Keys, Places
from album.times import Time
from delivery.findings import Finding, error

LONGEST_ID = 100

_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}")
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def slug(title: str) -> str:
    """Return the id made from a title: "Low Tide" is "low-tide"; may be empty."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(_PLAIN))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    joined = re.sub(r"['’]", "", letters)
    return re.sub(r"[^a-z0-9]+", "-", joined)[:LONGEST_ID].strip("-")


def by_id(written: Written) -> tuple[Written, tuple[Finding, ...]]:
    """Return *written* with its songs in a table by id, and what is wrong with ids."""
    songs = written.tables.get("song", {})
    findings: list[Finding] = []
    if isinstance(songs, list):
        named = _named(songs)
        names: dict[Keys, Keys] = {
            ("song", position): ("song", name) for position, name in enumerate(named)
        }
        places = written.places.renamed(names)
        return Written({**written.tables, "song": named}, places), ()
    if not isinstance(songs, dict):
        message = f"song must be written as [[song]] or [song.id], not {shown(songs)}"
        findings.append(error("TYPE", message, place=written.places.value("song")))
        songs = {}
    findings += (fault for name in songs for fault in _id_faults(name, written.places))
    return Written({**written.tables, "song": songs}, written.places), tuple(findings)


def _named(songs: list[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for position, song in enumerate(songs, 1):
        title = song.get("title") if isinstance(song, dict) else None
        stem = (slug(title) if isinstance(title, str) else "") or f"song-{position}"
        name, count = stem, 1
        while name in named or name in KEYWORDS:
            count += 1
            name = f"{stem}-{count}"
        named[name] = song
    return named


def _id_faults(name: str, places: Places) -> Iterator[Finding]:
    place = places.key("song", name)
    if reserved(name):
        message = f'a song cannot have the id "{name}", a word of the order language'
        yield error("VALUE", message, place=place, help=f"write [song.{name}-song]")
    elif _ID.fullmatch(name) is None:
        message = f"{shown(name)} cannot be the id of a song"
        way_out = "an id has letters A-Z, digits, - and _; the title may have any"
        yield error("VALUE", message, place=place, help=way_out)


def from_stems(written: Any) -> tuple[Any, dict[str, Any]]:
    """Return a song's table, and what it says in other words where it has stems.

    Stems stand in for the mix, and may name beside them what they are compared with.
    """
    stems = written.get("stems") if isinstance(written, dict) else None
    if not isinstance(stems, dict):
        return written, {}
    more: dict[str, Any] = {"mix": written.get("mix", ".")}
    against = stems.get("check_against")
    if isinstance(against, str) and "check_against" not in written:
        more["check_against"] = against
        more["stems"] = {
            name: stem for name, stem in stems.items() if name != "check_against"
        }
    return written, more


def written_against(written: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where a song says what its stems are compared with."""
    own = "check_against" in written
    return ("check_against",) if own else ("stems", "check_against")


def checks(song: Song, places: Places) -> Iterator[Finding]:
    """Yield what the keys of one song say against each other."""
    yield from _tempo(song, places)
    if _after(song.start, song.end):
        message = f"the song ends at {song.end}, at or before its start at {song.start}"
        yield error("VALUE", message, place=places.value("song", song.id, "end"))
    if song.check_against and not song.stems:
        message = "`check_against` says what stems are compared with; there are none"
        place = places.key("song", song.id, "check_against")
        yield error("VALUE", message, place=place)
    for position, mark in enumerate(song.index):
        keys = ("song", song.id, "index", position)
        if position and _after(song.index[position - 1], mark):
            message = f"index marks must rise: {mark} is not after the one before"
            yield error("VALUE", message, place=places.value(*keys))


def _after(first: Time | None, second: Time | None) -> bool:
    """Return whether *first* is known to lie at or after *second*."""
    if first is None or second is None:
        return False
    if first.seconds is None or second.seconds is None:
        return False
    return first.seconds >= second.seconds


def _tempo(song: Song, places: Places) -> Iterator[Finding]:
    """Yield an error for each musical time of a song that has no tempo."""
    if song.bpm is not None:
        return
    times: dict[Keys, Time | None] = {
        ("start",): song.start,
        ("end",): song.end,
        ("fade_in",): song.fade_in.length if song.fade_in else None,
        ("fade_out",): song.fade_out.length if song.fade_out else None,
        **{("index", count): mark for count, mark in enumerate(song.index)},
    }
    for keys, time in times.items():
        if time is not None and time.musical:
            message = f'"{time}" needs the song\'s `bpm`, which is missing'
            place = places.value("song", song.id, *keys)
            yield error("UNIT", message, place=place, help="add bpm = … to the song")


def same_codes(songs: Mapping[str, Song], places: Places) -> Iterator[Finding]:
    """Yield an error for each ISRC that an earlier song has already."""
    owners: dict[str, Song] = {}
    for song in songs.values():
        if not song.isrc:
            continue
        owner = owners.setdefault(song.isrc, song)
        if owner is not song:
            message = f'"{song.isrc}" is the ISRC of "{owner.title}" already'
            place = places.value("song", song.id, "isrc")
            way_out = "every recording has an ISRC of its own"
            yield error("ISRC-DUP", message, place=place, help=way_out)
