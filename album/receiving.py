"""Who takes the files of a target: forms and files held against receivers' rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from album import disclayout
from album.deliverable import Deliverable
from album.project import Album
from album.source import Source
from album.timeline import Timeline
from delivery import filerules, receivers
from delivery.coding.table import Form
from delivery.filerules import Check
from delivery.findings import Finding, note, warning
from delivery.program import Piece
from delivery.redbook import FRAMES_PER_SECOND
from delivery.replaygain import FileLevel


def remarks(
    album: Album, timeline: Timeline, sources: Mapping[str, Source]
) -> Iterator[Finding]:
    """Yield what can be told of a disc before any of its files are made."""
    pieces = disclayout.pieces(album, timeline)
    for target in album.deliver.files.values():
        if timeline.number == 1:
            yield from _forms(album, target, timeline)
        for check in checks(album, target):
            for piece in pieces:
                song = song_of(timeline, piece)
                place = replace(album.place("song", song), song=song)
                here = replace(check, place=replace(place, track=piece.number))
                title = album.songs[song].title
                seconds = (piece.stop - piece.start) / FRAMES_PER_SECOND
                yield from filerules.of_length(here, title, seconds)
                if sources[song].channels == 1:
                    yield from filerules.of_channels(here, title)
        if target.kind.ascii and target.levelled:
            yield from _words(album, target, timeline)


def of_file(
    album: Album, target: Deliverable, form: Form, path: Path, level: FileLevel
) -> Iterator[Finding]:
    """Yield what receivers do not take in a file that was read back."""
    for check in checks(album, target):
        if sent(check, target) == form:
            yield from filerules.of_file(check, path, level)


def measured(album: Album, target: Deliverable, form: Form) -> bool:
    """Return whether files of *form* are held against anybody's row."""
    return any(sent(check, target) == form for check in checks(album, target))


def checks(album: Album, target: Deliverable) -> Iterator[Check]:
    """Yield the receivers of a target."""
    key = ("receivers",) if target.asked else ()
    place = album.place("deliver", target.name, *key)
    made = partial(Check, asked=target.asked, place=place)
    for row in receivers.taking(target.receivers, album.book):
        yield made(row=row)


def sent(check: Check, target: Deliverable) -> Form | None:
    """Return which form a receiver gets: the first that it takes."""
    return next((form for form in target.forms if check.takes(form)), None)


def song_of(timeline: Timeline, piece: Piece) -> str:
    """Return the id of the song that a piece begins with."""
    if piece.number:
        return timeline.cues[piece.number - 1].songs[0]
    return timeline.hidden_first or ""


def _forms(album: Album, target: Deliverable, timeline: Timeline) -> Iterator[Finding]:
    for check in checks(album, target):
        form = sent(check, target)
        if form is None:
            yield check.told(
                "FILE-FORMAT",
                f"{target.name}: none of its forms is taken",
                ", ".join(each.title for each in target.forms),
                ", ".join(check.row.formats),
                f'write formats = ["{check.row.formats[0]}"]',
            )
            continue
        rate = form.coding.rate_for(target.rate_for(timeline.rate))
        policy = target.policy(form)
        for each in filerules.of_form(check, form, rate, target.bits, policy):
            yield replace(each, message=f"{target.name}: {each.message}")


def _words(album: Album, target: Deliverable, timeline: Timeline) -> Iterator[Finding]:
    """Yield the songs whose words may keep them off the air."""
    unsaid = []
    for cue in timeline.cues:
        song = album.songs[cue.songs[0]]
        place = replace(album.place("song", song.id), song=song.id)
        if song.advisory == "explicit":
            yield warning(
                "RADIO-WORD",
                f"{target.name}: {song.title!r} has explicit words",
                place=place,
                source=target.source or None,
                help='send a clean version: a song with advisory = "clean"',
            )
        elif not song.advisory:
            unsaid.append(song.title)
    if unsaid:
        count = f"{len(unsaid)} song{'' if len(unsaid) == 1 else 's'}"
        yield note(
            "RADIO-WORD",
            f"{target.name}: nothing is said of the words of {count}",
            place=album.place("deliver", target.name),
            measured=", ".join(unsaid[:5]),
            source=target.source or None,
            help='write advisory = "clean", "not-explicit" or "explicit" of each song',
        )
