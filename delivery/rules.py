"""The disc's law: one function a rule, told by a layout alone.

Each function's docstring is its page: what the rule means, why, and what to do.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from delivery.code_rules import (
    ean_check,
    ean_length,
    flags,
    isrc_format,
    isrc_missing,
    isrc_twice,
)
from delivery.findings import Finding, Place, Severity, error, warning
from delivery.program import Flag, Layout, Track
from delivery.redbook import (
    FIRST_PAUSE,
    LAST_ADDRESS,
    MAXIMUM_INDEX,
    MAXIMUM_TRACKS,
    MINIMUM_TRACK,
    Frames,
    msf,
)
from delivery.specs import Plant
from delivery.text_rules import (
    text_letters,
    text_long,
    text_partial,
    text_size,
)

_RED_BOOK = "IEC 60908 (Red Book)"


def count(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Count the tracks: a disc has 1 to 99, numbered from 1 without a gap.

    The track number on a disc has two digits, and players count on. Join songs into
    one track with index marks, or press a second disc.
    """
    tracks = layout.tracks
    if not 1 <= len(tracks) <= MAXIMUM_TRACKS:
        says = f"the disc has {len(tracks)} tracks, it takes 1 to {MAXIMUM_TRACKS}"
        limit = {"measured": len(tracks), "limit": MAXIMUM_TRACKS}
        yield error("RB-COUNT", says, source=_RED_BOOK, **limit)
    for due, track in enumerate(tracks, 1):
        if track.number != due:
            says = f"track {track.number} stands where track {due} is due"
            yield error("RB-COUNT", says, place=Place(track=track.number))
            return


def short(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Measure every track: four seconds or more from INDEX 01.

    The track ends at the next one's first mark, its pause if it has one. Players and
    plants refuse shorter tracks. Join the short piece with a neighbour, as an index
    mark, or let the silence after it belong to it.
    """
    nexts = [track.first for track in layout.tracks[1:]]
    for track, end in zip(layout.tracks, [*nexts, layout.leadout], strict=False):
        length = end - track.start
        if 0 <= length < MINIMUM_TRACK:
            named = f" {track.texts.title!r}" if track.texts.title else ""
            says = f"track {track.number}{named} would last {length / 75:.2f} s; "
            says += "Red Book needs 4 s"
            missing = -(-(MINIMUM_TRACK - length) * 4 // 3) / 100
            after = "the tail" if track is layout.tracks[-1] else "the gap after it"
            yield error(
                "RB-SHORT",
                says,
                place=_place(track, track.start),
                measured=length,
                limit=int(MINIMUM_TRACK),
                source=f"{_RED_BOOK}; measured as REAPER's DDP notes have it",
                help=f"lengthen {after} by {missing:.2f} s, or hide the song in the "
                "track before",
            )


def length(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Compare the disc's length with what the plant takes.

    A disc was meant for 74 minutes. Longer ones are cut with a tighter groove: plants
    ask for a waiver from about 78 minutes and refuse from 79:45 or so. Each plant's
    limits are dated data with their source. Shorten gaps, leave a song out, press two
    discs, or ask the plant and choose its profile.
    """
    limit = plant.over(layout.leadout)
    if limit is None:
        return
    says = f"the disc ends at {_clock(layout.leadout)}: {limit.says}"
    yield Finding(
        rule="RB-LENGTH",
        severity=limit.severity,
        message=says,
        measured=_clock(layout.leadout),
        limit=msf(limit.time),
        source=f"{limit.source}, read {limit.read}",
        help=f'set [deliver.cd] plant, which is "{plant.name}", or shorten the disc',
    )


def start(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Look at the beginning: INDEX 00 of track 1 at 00:00:00, INDEX 01 from 00:02:00.

    Players find the first track behind a pause of two seconds at least; a longer one
    can hide audio before track 1.
    """
    if not layout.tracks:
        return
    first = layout.tracks[0]
    if first.pause != 0:
        yield error(
            "RB-START",
            "track 1 has no INDEX 00 at 00:00:00",
            place=Place(track=first.number),
            measured=None if first.pause is None else _clock(first.pause),
            limit="00:00:00",
            source=_RED_BOOK,
        )
    if first.start < FIRST_PAUSE:
        yield error(
            "RB-START",
            f"track 1 begins at {_clock(first.start)}, before 00:02:00",
            place=_place(first, first.start),
            measured=_clock(first.start),
            limit=msf(FIRST_PAUSE),
            source=_RED_BOOK,
        )


def order(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Follow the marks: each lies after the one before, the lead-out after them all.

    The Q channel counts time up through the whole disc; a mark that goes back cannot
    be played to.
    """
    before: tuple[int, Track | None] = (-1, None)
    for track in layout.tracks:
        for index, time in track.marks.items():
            # a mark exactly at the one before it within a track is RB-SAMEIDX
            if time < before[0] or (time == before[0] and before[1] is not track):
                says = f"track {track.number} index {index:02} at {_clock(time)} does "
                says += f"not follow the mark at {_clock(before[0])}"
                place = _place(track, time)
                yield error("RB-ORDER", says, place=place, source=_RED_BOOK)
            before = (time, track)
    if layout.leadout <= before[0]:
        says = f"the lead-out at {_clock(layout.leadout)} does not follow the last mark"
        yield error("RB-ORDER", says, measured=_clock(layout.leadout))
    if layout.leadout > LAST_ADDRESS:
        says = f"the lead-out lies beyond {msf(LAST_ADDRESS)}, where the clock ends"
        limit = {"measured": int(layout.leadout), "limit": int(LAST_ADDRESS)}
        yield error("RB-ORDER", says, source=_RED_BOOK, **limit)


def same_index(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Find two marks of one track at the same place, or more than 99 indexes.

    An index of no length cannot be written; a pause of no length is no pause. Leave
    one of the two marks out.
    """
    for track in layout.tracks:
        marks = list(track.marks.items())
        for (one, time), (other, later) in pairwise(marks):
            if time == later:
                says = f"track {track.number} has index {one:02} and {other:02} both "
                says += f"at {_clock(time)}"
                way = "leave one of them out"
                yield error("RB-SAMEIDX", says, place=_place(track, time), help=way)
        if len(track.indexes) + 1 > MAXIMUM_INDEX:
            says = f"track {track.number} has {len(track.indexes) + 1} indexes, "
            says += f"a track takes {MAXIMUM_INDEX}"
            limit = {"measured": len(track.indexes) + 1, "limit": MAXIMUM_INDEX}
            yield error("RB-SAMEIDX", says, place=Place(track=track.number), **limit)


def emphasis(layout: Layout, plant: Plant) -> Iterator[Finding]:
    """Look where pre-emphasis changes: a pause of two seconds belongs there.

    Players switch their de-emphasis at a track's start and take a moment over it.
    Give the second of the two tracks a pause, or de-emphasise the audio.
    """
    for before, track in pairwise(layout.tracks):
        changed = (Flag.PRE in before.flags) != (Flag.PRE in track.flags)
        pause = track.start - track.first
        if changed and pause < FIRST_PAUSE:
            says = f"pre-emphasis changes at track {track.number} without a pause of "
            says += "two seconds"
            yield warning(
                "RB-EMPHASIS",
                says,
                place=_place(track, track.start),
                measured=pause,
                limit=int(FIRST_PAUSE),
                source="100vinyl.com FAQ, read 2025-11",
            )


@dataclass(frozen=True)
class Rule:
    """One row of the law."""

    id: str
    severity: Severity
    """The weight it has, or the heaviest where the finding decides."""
    line: str
    function: Callable[[Layout, Plant], Iterable[Finding]]

    @property
    def page(self) -> str:
        """What the rule means, why, and what to do."""
        return self.function.__doc__ or ""


_E, _W = Severity.ERROR, Severity.WARNING

RULES = (
    Rule("RB-COUNT", _E, "1 to 99 tracks, numbered from 1", count),
    Rule("RB-SHORT", _E, "every track lasts four seconds or more", short),
    Rule("RB-LENGTH", _E, "the disc is no longer than the plant takes", length),
    Rule("RB-START", _E, "track 1 begins at 00:02:00 or later", start),
    Rule("RB-ORDER", _E, "every mark follows the one before it", order),
    Rule("RB-SAMEIDX", _E, "no two marks of a track at one place", same_index),
    Rule("RB-EMPHASIS", _W, "pre-emphasis changes only behind a pause", emphasis),
    Rule("RB-FLAGS", _E, "DCP and SCMS exclude each other", flags),
    Rule("ISRC-FORMAT", _E, "every ISRC is one", isrc_format),
    Rule("ISRC-DUP", _E, "no ISRC twice", isrc_twice),
    Rule("ISRC-MISSING", _W, "every track has an ISRC, or none has", isrc_missing),
    Rule("EAN-LEN", _E, "the EAN has 13 digits", ean_length),
    Rule("EAN-CHECK", _E, "the EAN's check digit is right", ean_check),
    Rule("TXT-LATIN1", _E, "CD-TEXT can hold every letter", text_letters),
    Rule("TXT-LONG", _W, "no text is longer than players show", text_long),
    Rule("TXT-SIZE", _E, "all texts fit the lead-in", text_size),
    Rule("TXT-PARTIAL", _W, "every track has a text, or none has", text_partial),
)
"""The law of the disc, in the order of its findings."""


FOREIGN = {
    "RB-LENGTH": "ask the plant whether it takes this length, or have it shortened",
    "RB-SHORT": "the master has to be made again, with a longer track or an index mark",
    "TXT-LATIN1": "have the text written in letters that Latin-1 has",
    "TXT-SIZE": "have texts that repeat the disc's own left out",
}
"""The ways out for a disc of others: nobody has its project."""


def check(
    layout: Layout, plant: Plant, *, foreign: bool = False
) -> tuple[Finding, ...]:
    """Return what every rule has to say about *layout* at *plant*.

    Of a *foreign* disc nothing is said about a project file.
    """
    found = (found for rule in RULES for found in rule.function(layout, plant))
    if not foreign:
        return tuple(found)
    return tuple(
        replace(one, help=FOREIGN.get(one.rule, one.help)) if one.help else one
        for one in found
    )


def _place(track: Track, time: int) -> Place:
    return Place(track=track.number, at=_clock(time))


def _clock(time: int) -> str:
    """Return MM:SS:FF, and for what a disc's clock cannot show the frames."""
    return msf(Frames(time)) if 0 <= time <= LAST_ADDRESS else f"frame {time}"
