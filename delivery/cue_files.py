"""CUE sheets of a file for each track, with gaps where EAC has them.

Source: ``formats/redbook.md`` §2.6. *append*: a pause ends the file of the track before
(INDEX 00 stands there, readers call it noncompliant). *prepend*: it begins the file of
its own track. *leave-out*: it is in no file; PREGAP asks for silence in its place.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from delivery.cue import joined, opening, titled
from delivery.names import file_names, named
from delivery.pieces import pieces
from delivery.program import Layout, Piece, Texts, Track
from delivery.redbook import FIRST_PAUSE, Frames, msf

Gaps = Literal["append", "prepend", "leave-out"]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One file of a disc: a stretch of the programme."""

    piece: Piece
    """Number 0 is what is hidden before track 1."""
    name: str


def cuts(layout: Layout, gaps: Gaps, ending: str) -> tuple[Cut, ...]:
    """Return the files of *layout* in their order, with names that end in *ending*."""
    listed = _pieces(layout, gaps)
    names = file_names(map(named, listed), ending).names
    return tuple(
        # what is hidden has no texts: its name is ours
        Cut(piece=piece if piece.number else replace(piece, texts=Texts()), name=name)
        for piece, name in zip(listed, names, strict=True)
    )


def silences(layout: Layout, gaps: Gaps) -> tuple[tuple[Track, Frames, Frames], ...]:
    """Return the stretches that are in no file, with the tracks they stand before."""
    if gaps != "leave-out":
        return ()
    spans = ((one, max(one.first, FIRST_PAUSE), one.start) for one in layout.tracks)
    return tuple(
        (track, Frames(first), start) for track, first, start in spans if first < start
    )


def sheet(layout: Layout, gaps: Gaps, files: tuple[Cut, ...], packs: str = "") -> str:
    """Return the sheet of *files*; *packs* is the file of CD-TEXT packs beside it."""
    lines = opening(layout, packs=packs)
    by_number = {cut.piece.number: cut for cut in files}
    before = by_number.get(0)
    if before is not None:
        lines.append(_file(before))
    for track in layout.tracks:
        cut = by_number[track.number]
        own = _marks(track, cut)
        if gaps == "append":
            pause = _pause_in(track, before)
            lines += [_file(cut)] * (pause is None) + titled(track)
            if pause is not None:
                lines += [f"    INDEX 00 {pause}", _file(cut)]
        else:
            lines += [_file(cut), *titled(track)]
            gap = track.start - max(track.first, FIRST_PAUSE)
            if gaps == "leave-out" and gap > 0:
                lines.append(f"    PREGAP {msf(gap)}")
        lines += [f"    INDEX {index:02} {msf(at)}" for index, at in own]
        before = cut
    return joined(lines)


def _pause_in(track: Track, before: Cut | None) -> str | None:
    """Return the time of a track's INDEX 00 in the file before its own."""
    if before is None or track.pause is None:
        return None
    return msf(max(track.pause, FIRST_PAUSE) - before.piece.start)


def _marks(track: Track, cut: Cut) -> list[tuple[int, int]]:
    """Return the indexes that lie in the track's own file, with their times in it."""
    begin = cut.piece.start
    return [
        (index, max(at, FIRST_PAUSE) - begin)
        for index, at in track.marks.items()
        if max(at, FIRST_PAUSE) >= begin and (index or track.start > begin)
    ]


def _file(cut: Cut) -> str:
    return f'FILE "{cut.name}" WAVE'


def _pieces(layout: Layout, gaps: Gaps) -> tuple[Piece, ...]:
    """Return the stretches of the files, whole CD frames each."""
    if gaps == "append":
        hidden = Texts(title="Hidden Track")
        return pieces(layout, pregap_texts=hidden)
    whole = pieces(layout)
    first, *others = layout.tracks
    begin = first.start if gaps == "leave-out" else FIRST_PAUSE
    starts = [begin] + [
        one.start if gaps == "leave-out" else one.first for one in others
    ]
    stops = [later.first for _, later in pairwise(layout.tracks)] + [layout.leadout]
    return tuple(
        replace(piece, start=Frames(start), stop=Frames(stop))
        for piece, start, stop in zip(whole, starts, stops, strict=True)
    )
