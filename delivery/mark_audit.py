"""The audit of marks: silence where it was promised, and music where the marks are.

Everything is told from the peaks of frames, which is what marks are counted in, and
from a few samples around each mark.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from delivery.findings import Finding, Place, note, warning
from delivery.hearing import AUDIBLE, SILENT, Heard, level, seconds, time
from delivery.program import Track
from delivery.redbook import FIRST_PAUSE, FRAMES_PER_SECOND

_SONY = "Sony Music's guide for mastering: marks"
_REST = 38
"""Frames of silence, half a second, that set a song apart from the one before."""

_LATEST = 3 * FRAMES_PER_SECOND
"""Frames in which a late mark, or a song's tail behind a mark, is looked for."""

_FAINT = 164  # -46 dBFS
_STEP, _STEEP = 256, 4
"""The first sample of music that was cut into, and how far it exceeds what follows."""

_CLICK, _ALONE, _BESIDE = 655, 6, 128
"""The least break in a wave, how far it stands out, and from how many samples."""


def pauses(heard: Heard) -> Iterator[Finding]:
    """Look for sound in the pauses between tracks."""
    for track in heard.layout.tracks:
        if track.data or track.pause is None or track.pause < FIRST_PAUSE:
            continue
        peaks = heard.peaks[track.pause : track.start]
        sounding = np.flatnonzero(peaks)
        if not len(sounding):
            continue
        peak, first = int(peaks.max()), track.pause + int(sounding[0])
        inside = _inside(peaks > SILENT)
        says = f"the pause before track {track.number} is not digital silence: "
        says += f"{level(peak)} at most, from {time(first)} on"
        facts = {"measured": level(peak), "limit": "digital silence"}
        at = Place(track=track.number, at=time(first))
        if inside is None:
            yield note("RB-PAUSE", says, place=at, **facts)
            continue
        at = Place(track=track.number, at=time(track.pause + inside))
        says = f"something sounds in the silent pause before track {track.number}: "
        says += f"{level(peak)} at {at.at}"
        way = "listen to the pause; silence there was most likely meant"
        yield warning("RB-PAUSE", says, place=at, help=way, **facts)


def _inside(loud: NDArray[np.bool_]) -> int | None:
    """Return where a sound stands alone in a pause, if at least half of it is silent.

    What sounds at the pause's ends are the songs on both sides.
    """
    quiet = np.flatnonzero(~loud)
    if len(quiet) * 2 < len(loud):
        return None
    alone = np.flatnonzero(loud[quiet[0] : quiet[-1]])
    return int(quiet[0] + alone[0]) if len(alone) else None


def cut_marks(heard: Heard) -> Iterator[Finding]:
    """Look for music that runs already at INDEX 01, and for a tail behind it."""
    for track in heard.layout.tracks:
        if track.data or not FIRST_PAUSE <= track.start < heard.detail.end:
            continue
        for look in (_late, _stepped, _tailing):
            if (found := look(heard, track)) is not None:
                yield found
                break


def _late(heard: Heard, track: Track) -> Finding | None:
    """Find a song that begins out of silence, and its mark after that."""
    peaks, mark = heard.peaks, int(track.start)
    before = peaks[max(0, mark - _LATEST) : mark]
    quiet = np.flatnonzero(before <= SILENT)
    if not len(quiet) or quiet[-1] == len(before) - 1:
        return None
    onset = mark - len(before) + int(quiet[-1]) + 1
    rest = peaks[max(0, onset - _REST) : onset]
    loud = int(peaks[onset:mark].max())
    following = int(peaks[mark : mark + FRAMES_PER_SECOND].max(initial=0))
    if len(rest) < _REST or rest.max() > SILENT or onset < FIRST_PAUSE:
        return None
    if loud < AUDIBLE or 10 * loud < following or peaks[mark] <= SILENT:
        return None
    late = mark - onset
    return warning(
        "DDP-IDX-CUT",
        f"track {track.number} INDEX 01 lies {seconds(late)} after the music starts: "
        f"it starts at {time(onset)}, the mark is at {time(mark)}",
        place=Place(track=track.number, at=time(mark)),
        measured=round(late / FRAMES_PER_SECOND, 3),
        limit=0,
        source=_SONY,
        help="a player that jumps to the track cuts its beginning: move the mark to "
        f"{time(onset)} or before",
    )


def _stepped(heard: Heard, track: Track) -> Finding | None:
    """Find a song that is cut into: silence up to the mark, full level at once."""
    mark = int(track.start)
    rest = heard.peaks[max(0, mark - _REST) : mark]
    if mark not in heard.detail.around or (len(rest) and rest.max() > SILENT):
        return None
    step = _edge(heard.around(mark)[1])
    if step is None:
        return None
    return warning(
        "DDP-IDX-CUT",
        f"track {track.number} begins in the middle of a wave: its first sample "
        f"behind the silence stands at {level(step)}",
        place=Place(track=track.number, at=time(mark)),
        measured=level(step),
        source=_SONY,
        help="its beginning is cut off: go back to the mix, or ask for a fade",
    )


def _edge(samples: NDArray[np.int64]) -> int | None:
    """Return how high the first of *samples* stands, if that is no way to begin."""
    for channel in samples.T:
        first = abs(int(channel[0]))
        around = float(np.abs(np.diff(channel[:65])).mean())
        if first >= _STEP and first >= _STEEP * around:
            return first
    return None


def _tailing(heard: Heard, track: Track) -> Finding | None:
    """Find the tail of the song before, cut off by a mark that comes too early."""
    peaks, mark = heard.peaks, int(track.start)
    after = peaks[mark : mark + _LATEST]
    quiet = np.flatnonzero(after <= SILENT)
    if not len(quiet) or quiet[0] == 0 or mark <= FIRST_PAUSE:
        return None
    end = mark + int(quiet[0])
    rest = peaks[end : end + FRAMES_PER_SECOND]
    tail = int(peaks[mark:end].max())
    before = int(peaks[max(0, mark - _REST) : mark].max())
    if len(rest) < FRAMES_PER_SECOND or rest.max() > SILENT or tail < _FAINT:
        return None
    if tail > before or peaks[end : heard.detail.end].max() < AUDIBLE:
        return None
    return warning(
        "DDP-IDX-CUT",
        f"the song before still sounds for {seconds(end - mark)} behind INDEX 01 of "
        f"track {track.number}; silence comes after it",
        place=Place(track=track.number, at=time(mark)),
        measured=round((mark - end) / FRAMES_PER_SECOND, 3),
        limit=0,
        source=_SONY,
        help="whoever jumps to the track hears the end of another: move the mark "
        f"behind {time(end)}",
    )


def cut_ends(heard: Heard) -> Iterator[Finding]:
    """Look for music that stops in the middle of a wave."""
    for track, end in zip(heard.layout.tracks, heard.layout.ends(), strict=True):
        if track.data or end not in heard.detail.around or end <= FIRST_PAUSE:
            continue
        behind = heard.peaks[end : end + _REST]
        if len(behind) and behind.max() > SILENT:
            continue
        step = _edge(heard.around(int(end))[0][::-1])
        if step is not None:
            yield warning(
                "SRC-CUTEND",
                f"track {track.number} stops in the middle of a wave: its last sample "
                f"stands at {level(step)}",
                place=Place(track=track.number, at=time(int(end))),
                measured=level(step),
                help="its end is cut off, or the image is too short",
            )


def clicks(heard: Heard) -> Iterator[Finding]:
    """Look for a break in the wave where two tracks meet."""
    for part in heard.parts:
        mark = part.first
        if mark <= FIRST_PAUSE or mark >= heard.detail.end:
            continue
        if min(heard.peaks[mark - 1], heard.peaks[mark]) <= SILENT:
            continue
        before, after = heard.around(mark)
        broken = max(_break(np.concatenate(pair)) for pair in
                     zip(before.T, after.T, strict=True))  # fmt: skip
        if broken:
            yield warning(
                "SEQ-CLICK",
                f"the wave breaks by {level(broken)} at the mark of track "
                f"{part.number}: that is heard as a click",
                place=heard.place(mark),
                measured=level(broken),
                help="two songs meet there without a crossfade, or a file is not the "
                "one that followed",
            )


def _break(wave: NDArray[np.int64]) -> int:
    """Return the break in the middle of *wave*, 0 where there is none.

    Seen from both sides the next sample lies far from where the wave was going, and
    nothing like it lies near: an attack goes on, a click is alone.
    """
    bends = np.abs(np.diff(wave, 2))
    middle = len(wave) // 2 - 2  # of the bend at the last sample before the mark
    found = int(bends[middle : middle + 2].min())
    near = np.concatenate((bends[middle - _BESIDE : middle - 1],
                           bends[middle + 3 : middle + 3 + _BESIDE]))  # fmt: skip
    return found if found >= _CLICK and found >= _ALONE * int(near.max()) else 0
