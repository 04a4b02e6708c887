"""From timeline to layout: the marks of a disc meet the texts of its songs."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from album.project import Album, CdTarget, Song
from album.timeline import Timeline
from delivery.cdtext import NoFallbackError, ascii_fallback, unwritable
from delivery.findings import Finding, note
from delivery.pieces import pieces as cut
from delivery.program import Flag, Layout, Piece, Release, Texts, Track


def layout(album: Album, timeline: Timeline) -> tuple[Layout, tuple[Finding, ...]]:
    """Return the disc's layout, and a note for every text that was rewritten for it."""
    cd = album.deliver.cd or CdTarget()
    made = _layout(album, timeline, _disc_title)
    return _in_latin1(made) if cd.text.fallback else (made, ())


def release(album: Album, timeline: Timeline) -> Release:
    """Return what every file of *timeline*'s disc says about the release."""
    meta = album.meta
    return Release(
        artist=meta.artist,
        title=meta.title,
        date=meta.date,
        genre=meta.genre,
        label=meta.label,
        catalogue=meta.catalogue,
        ean=meta.ean,
        p_line=meta.p_line,
        c_line=meta.c_line,
        credits=dict(meta.credits),
        cover=meta.cover,
        disc=timeline.number,
        discs=len(album.discs),
    )


def pieces(album: Album, timeline: Timeline) -> tuple[Piece, ...]:
    """Return the streaming files of *timeline*: laid end to end they are all of it.

    A song hidden before track 1 is a file of its own.
    """
    heads = enumerate(timeline.cues, 1)
    songs = {number: album.songs[cue.songs[0]] for number, cue in heads}
    layout = _layout(album, timeline, _title)
    if timeline.hidden_first is None:
        made = cut(layout)
    else:
        songs[0] = hidden = album.songs[timeline.hidden_first]
        made = cut(
            layout,
            pregap_texts=_song_texts(album, hidden, hidden.title),
            pregap_isrc=hidden.isrc,
        )
    return tuple(_told(piece, songs[piece.number]) for piece in made)


def _told(piece: Piece, song: Song) -> Piece:
    """Return *piece* with what files say of its song, and discs do not."""
    return replace(
        piece,
        credits=song.credits,
        version=song.version,
        advisory=song.advisory or "",
    )


def disc_name(album: Album, timeline: Timeline) -> str:
    """Return the ASCII stem of the disc's files, from artist and title."""
    parts = [album.meta.artist, album.meta.title]
    if len(album.discs) > 1:
        parts.append(f"Disc {timeline.number}")
    words = "_".join(_ascii(part) for part in parts if _ascii(part))
    return words[:60].rstrip("-_") or "PROGRAMME"


def _ascii(text: str) -> str:
    """Return *text* in the letters, digits and hyphens every system can store."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "-", plain.upper()).strip("-")


def _layout(album: Album, timeline: Timeline, title: Callable[[Song], str]) -> Layout:
    """Return the layout in which *title* says what every song is called."""
    cd = album.deliver.cd or CdTarget()
    wanted = {Flag.DCP: cd.copy_permitted, Flag.PRE: cd.pre_emphasis}
    flags = frozenset(flag for flag, asked in wanted.items() if asked)
    songs = [album.songs[cue.songs[0]] for cue in timeline.cues]
    tracks = tuple(
        Track(
            number=number,
            start=cue.start,
            pause=cue.pause,
            indexes=cue.indexes,
            isrc=song.isrc,
            flags=flags,
            texts=_song_texts(album, song, title(song)),
        )
        for number, (cue, song) in enumerate(zip(timeline.cues, songs, strict=True), 1)
    )
    return Layout(
        tracks=tracks,
        leadout=timeline.leadout,
        ean=album.meta.ean,
        catalogue=album.meta.catalogue,
        genre=album.meta.genre,
        texts=_disc_texts(album),
    )


def _title(song: Song) -> str:
    return song.title


def _disc_title(song: Song) -> str:
    return song.cd_title or song.title


def _disc_texts(album: Album) -> Texts:
    meta = album.meta
    return Texts(
        title=meta.title,
        performer=meta.artist,
        songwriter=meta.songwriter,
        composer=meta.composer,
        arranger=meta.arranger,
        message=meta.message,
    )


def _song_texts(album: Album, song: Song, title: str) -> Texts:
    """Return a song's texts; what it leaves open is as on the whole album."""
    meta = album.meta
    return Texts(
        title=title,
        performer=song.artist or meta.artist,
        songwriter=song.songwriter or meta.songwriter,
        composer=song.composer or meta.composer,
        arranger=song.arranger or meta.arranger,
        message=song.message,
    )


def _in_latin1(layout: Layout) -> tuple[Layout, tuple[Finding, ...]]:
    """Return *layout* with what CD-TEXT cannot write in ASCII, every change listed."""
    notes: list[Finding] = []

    def rewritten(texts: Texts, where: str) -> Texts:
        new = {}
        for kind, text in vars(texts).items():
            new[kind] = _rewritten(text)
            if new[kind] != text:
                notes.append(
                    note(
                        "TXT-FALLBACK",
                        f"CD-TEXT {kind} {where}: {text!r} becomes {new[kind]!r}",
                    )
                )
        return Texts(**new)

    changed = replace(
        layout,
        texts=rewritten(layout.texts, "of the disc"),
        genre=_rewritten(layout.genre),
        tracks=tuple(
            replace(track, texts=rewritten(track.texts, f"of track {track.number}"))
            for track in layout.tracks
        ),
    )
    if changed.genre != layout.genre:
        said = f"CD-TEXT genre: {layout.genre!r} becomes {changed.genre!r}"
        notes.append(note("TXT-FALLBACK", said))
    return changed, tuple(notes)


def _rewritten(text: str) -> str:
    """Return *text* as CD-TEXT can hold it; unchanged where nothing is near it.

    The rules then name the letters that are left.
    """
    try:
        return ascii_fallback(text) if unwritable(text) else text
    except NoFallbackError:
        return text
