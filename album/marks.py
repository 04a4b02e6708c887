"""Marks: where tracks, pauses and indexes fall on the frames of the disc.

A mark is the last frame at or before the place it stands for, so that no attack is
ever cut; what is left of a frame is kept as its slack, to be shown.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from album.placing import Placer, Step
from album.project import Crossfade, RoomTone, Segue, Spacing
from album.timeline import Cue
from delivery.findings import Finding, Place, note
from delivery.redbook import (
    FIRST_PAUSE,
    Frames,
    frames_before,
    frames_over,
    nearest_sample,
    samples,
)


def marks(placer: Placer, steps: Sequence[Step]) -> tuple[Cue, ...]:
    """Return the tracks' marks; faults are noted with *placer*."""
    cues: list[Cue] = []
    for step in steps:
        if step.entry.hidden:
            last = cues[-1]
            cue = replace(last, songs=(*last.songs, step.entry.song))
            cues[-1] = _with_indexes(placer, cue, step)
        else:
            cue = _track(placer, step, first=not cues)
            cues.append(_with_indexes(placer, cue, step))
    _check_order(placer, cues)
    return tuple(cues)


def _track(placer: Placer, step: Step, *, first: bool) -> Cue:
    """Return the marks of the track that *step* begins."""
    silent_from = step.silent_from
    ideal: int = step.placed.first
    if not step.joined:
        place = placer.album.place("sequence", "lead")
        lead = placer.samples(placer.album.sequence.lead, None, place)
        # In a gap shorter than the lead the mark must not fall into the music before.
        room = lead if silent_from is None else ideal - silent_from
        if room < lead:
            placer.findings.append(_short_lead(placer, step, room))
        ideal -= min(lead, room)
    mark = Frames(frames_before(ideal, placer.rate) + FIRST_PAUSE)
    return Cue(
        songs=(step.entry.song,),
        start=mark,
        pause=Frames(0) if first else _pause(placer, step, mark),
        indexes=(),
        slack=ideal - samples(mark - FIRST_PAUSE, placer.rate),
        spacing=_spacing(placer, step),
    )


def _short_lead(placer: Placer, step: Step, room: int) -> Finding:
    song = placer.album.songs[step.entry.song]
    return note(
        "SEQ-LEAD",
        f"the mark of {song.title!r} falls {1000 * room / placer.rate:.0f} ms before "
        "its music: the gap is shorter than the lead",
        place=step.entry.place,
    )


def _pause(placer: Placer, step: Step, mark: Frames) -> Frames | None:
    """Return INDEX 00 where gaps are pressed as pauses: the first frame of silence."""
    cd = placer.album.deliver.cd
    if not cd or cd.index00 != "gaps" or step.joined or step.silent_from is None:
        return None
    pause = Frames(frames_over(step.silent_from, placer.rate) + FIRST_PAUSE)
    return pause if pause < mark else None


def _with_indexes(placer: Placer, cue: Cue, step: Step) -> Cue:
    """Add the song's own index marks to the track it is in."""
    song = placer.album.songs[step.entry.song]
    placed = step.placed
    for number, time in enumerate(song.index):
        place = placer.album.place("song", song.id, "index", number)
        seconds = placer.seconds(time, song, "index", number)
        position = nearest_sample(seconds, placed.source.rate)
        if not placed.begin <= position < placed.end:
            placer.fault(
                "SEQ-INDEX",
                f"an index of {song.title!r} lies outside the part of its mix that "
                "is used",
                place,
                measured=float(seconds),
                limit=placed.end / placed.source.rate,
                help="index times count in the mix, as start and end do",
            )
            continue
        offset = (position - placed.begin) * placer.rate // placed.source.rate
        frame = frames_before(placed.first + offset, placer.rate)
        mark = Frames(frame + FIRST_PAUSE)
        if mark <= max((cue.start, *cue.indexes)):
            _fault_order(placer, song.title, place)
            continue
        cue = replace(cue, indexes=(*cue.indexes, mark))
    return cue


def _fault_order(placer: Placer, title: str, place: Place) -> None:
    placer.fault(
        "SEQ-INDEX",
        f"the indexes of {title!r} do not rise, or one falls on the frame of the mark "
        "before it",
        place,
        help="write index times in rising order, a frame or more apart",
    )


def _check_order(placer: Placer, cues: Sequence[Cue]) -> None:
    """Report marks that the next track's have overtaken."""
    for cue, following in pairwise(cues):
        limit = following.start if following.pause is None else following.pause
        song = placer.album.songs[cue.songs[-1]]
        if following.start <= cue.start:
            placer.fault(
                "SEQ-XFADE",
                f"nothing is left of the track of {song.title!r}: the next one begins "
                "where it begins",
                placer.album.place("order", song.id),
                help="shorten the crossfades at its ends",
            )
        elif cue.indexes and cue.indexes[-1] >= limit:
            placer.fault(
                "SEQ-INDEX",
                f"an index of {song.title!r} lies behind the mark of the next track",
                placer.album.place("song", song.id, "index"),
                help="take it out, or move it to the next song",
            )


def _spacing(placer: Placer, step: Step) -> str:
    """Return what stands between a track and the one before it, in words."""
    seconds = abs(step.placed.first - (step.silent_from or 0)) / placer.rate
    match step.entry.join:
        case Segue():
            return "segue"
        case Crossfade(curve=curve):
            return f"xfade {seconds:.4g} s {curve}"
        case Spacing(fills=fills):
            tone = any(isinstance(fill, RoomTone) for fill in fills)
            return f"{seconds:.4g} s" + (" room tone" if tone else "")
    return ""
