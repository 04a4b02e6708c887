"""What stores would say of an album that goes to them: its titles, its cover."""

from collections.abc import Iterator
from dataclasses import replace

from album.project import Album
from album.timeline import Timeline
from delivery import coverrules, receivers, titlerules
from delivery.cover import open_cover
from delivery.findings import Finding, note
from delivery.receivers import CoverSpec, TitleSpec

COVERS = {
    "streaming": "stores",
    "apple-digital-masters": "stores",
    "bandcamp": "stores",
}
"""Kinds of targets that go to stores, and the row that says what is asked of covers."""


def remarks(album: Album, timeline: Timeline) -> Iterator[Finding]:
    """Yield what is to be said of a disc, and with the first one of the whole album."""
    kinds = {target.kind.name for target in album.deliver.files.values()}
    names = [row for kind, row in COVERS.items() if kind in kinds]
    if not names:
        return
    specs = tuple(receivers.rows(TitleSpec, album.book).values())
    if timeline.number == 1:
        place = album.place("album", "title")
        yield from titlerules.check(album.meta.title, specs, place, "album's title")
        yield from _missing(album)
        for name in dict.fromkeys(names):
            yield from _cover(album, receivers.row(CoverSpec, name, album.book))
    for number, song in _songs(timeline):
        place = replace(album.place("song", song, "title"), track=number)
        yield from titlerules.check(album.songs[song].title, specs, place)


ASKED = ("ean", "label", "date", "genre", "p_line", "c_line")
"""Keys of [album] that stores ask for of every release."""


def _missing(album: Album) -> Iterator[Finding]:
    """Yield what stores will ask for."""
    lacking = [key for key in ASKED if not getattr(album.meta, key)]
    songs = [album.songs[entry.song] for disc in album.discs for entry in disc.entries]
    for key in ("isrc", "advisory"):
        count = sum(not getattr(song, key) for song in songs)
        if count:
            lacking.append(f"{key} of {count} song{'' if count == 1 else 's'}")
    if lacking:
        yield note(
            "META-INCOMPLETE",
            f"stores ask for what the album does not say: {', '.join(lacking)}",
            place=album.place("album"),
            measured=", ".join(lacking),
            source="metadata guides of distributors, read 2025-11",
            help='advisory is "explicit", "not-explicit" or "clean"; the others stand '
            "in [album]",
        )


def _cover(album: Album, spec: CoverSpec) -> Iterator[Finding]:
    if album.meta.cover is not None:
        place = album.place("album", "cover")
        cover = open_cover(album.meta.cover)
        yield from coverrules.check(cover, spec, album.meta.cover.name, place)


def _songs(timeline: Timeline) -> Iterator[tuple[int, str]]:
    """Yield the number and the song of every file."""
    if timeline.hidden_first is not None:
        yield 0, timeline.hidden_first
    for number, cue in enumerate(timeline.cues, 1):
        yield number, cue.songs[0]
