"""The pre-emphasis of a disc taken off: the curve and the flag together.

Only tracks with the flag are touched, from their first mark on; all else stays as it
is, bit for bit.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from delivery.fileset import Folder
from delivery.findings import note
from delivery.mending import Mended
from delivery.program import Flag, Integers, Layout
from delivery.redbook import (
    BITS,
    FIRST_PAUSE,
    RATE,
    SAMPLES_PER_FRAME,
)
from delivery.sound import Sound, Stretch
from dsp.dither import Quantizer
from dsp.emphasis import Deemphasis
from dsp.stretches import by_window, found

Ranges = tuple[tuple[int, int], ...]

_STEP = 200 * SAMPLES_PER_FRAME
_FILE = "played.raw"


def unflagged(mend: Mended) -> tuple[Mended, Ranges]:
    """Return *mend* without flags of pre-emphasis, and where its treble is raised.

    What is to be done is told. The sound is not touched yet: see `played`.
    """
    ranges = flagged(mend.layout)
    if not ranges:
        says = "no track has the flag of pre-emphasis: nothing was taken off"
        return replace(mend, findings=(*mend.findings, note("DEEMPHASIS", says))), ()
    numbers = [one.number for one in mend.layout.tracks if Flag.PRE in one.flags]
    listed = ", ".join(map(str, numbers))
    says = f"pre-emphasis of 50/15 µs is taken off track{'s' * (len(numbers) > 1)} "
    says += f"{listed}, and its flag with it; the audio is dithered to 16 bits anew"
    tracks = tuple(
        replace(one, flags=one.flags - {Flag.PRE}) for one in mend.layout.tracks
    )
    done = replace(
        mend,
        layout=replace(mend.layout, tracks=tracks),
        findings=(*mend.findings, note("DEEMPHASIS", says)),
    )
    return done, ranges


def played(
    sound: Sound, ranges: Ranges, folder: Path, advance: Callable[[int], None]
) -> Sound:
    """Return *sound* as players play it, made as a file in the new *folder*.

    In *ranges* the treble is lowered and the depth cut with shaped dither.
    """
    folder.mkdir()
    with (folder / _FILE).open("wb") as file:
        for block in _made(sound, ranges):
            file.write(np.ascontiguousarray(block, "<i2").data)
            advance(len(block))
    files = Folder(folder, deep=False)
    return Sound(stretches=(Stretch(length=sound.length, files=files, name=_FILE),))


def flagged(layout: Layout) -> Ranges:
    """Return the samples from 00:02:00 on in which players lower the treble."""
    firsts = [max(track.first, FIRST_PAUSE) for track in layout.tracks]
    ends = [*firsts[1:], layout.leadout]
    ranges: list[tuple[int, int]] = []
    for track, first, end in zip(layout.tracks, firsts, ends, strict=True):
        if Flag.PRE not in track.flags or end <= first:
            continue
        begin, stop = ((at - FIRST_PAUSE) * SAMPLES_PER_FRAME for at in (first, end))
        if ranges and ranges[-1][1] == begin:
            begin = ranges.pop()[0]
        ranges.append((begin, stop))
    return tuple(ranges)


def _made(sound: Sound, ranges: Ranges) -> Iterator[Integers]:
    """Yield *sound* with its treble lowered in *ranges*."""
    at = 0
    for first, last in ranges:
        yield from sound.cut(at, first).blocks()
        stream = Deemphasis().open(RATE)
        quantizer = Quantizer(BITS, seed=0, start=first, shape="shaped", rate=RATE)
        for begin in range(first, last, _STEP):
            block = sound.read(begin, min(_STEP, last - begin))
            # digital silence stays what it is
            busy = by_window(np.any(block, axis=1), SAMPLES_PER_FRAME)
            quantizer.dithered = found(busy, begin, quantizer.dithered)
            lowered = stream.process(block / 2.0 ** (BITS - 1))
            yield quantizer.process(lowered).samples
        at = last
    yield from sound.cut(at, sound.length).blocks()
