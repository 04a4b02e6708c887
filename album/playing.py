"""How a take is played: its chains, then gains and fades, then its rate.

Where one recording runs through several songs, a chain runs on through their marks.
Where the songs' chains differ, the one crosses into the other around the mark; the
second has heard what was before by then, so that neither begins from nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from album.rack import Fitted, fitted, through
from album.ramps import apply_ramp
from album.reel import Reel
from album.source import Source
from album.stems import open_source
from album.takes import Take
from album.treatment import Treatment
from delivery.program import Floats
from dsp.fades import rise
from dsp.level import gain
from dsp.resample import converted

PREROLL = 30.0
"""Seconds that a chain hears before it is heard, where the recording has them."""

AFTER = 1.0
"""Seconds that a chain hears beyond its end, for those stages that look ahead."""

CROSSING = 0.02
"""Seconds over which one chain crosses into another around a mark."""


def heard(take: Take, rate: int) -> Iterator[Floats]:
    """Yield *take* as it stands in a programme of *rate*, its crossfades aside."""
    source = take.songs[0].source
    begin, end = take.songs[0].begin, take.songs[-1].end
    blocks = _faded(take, begin, end)
    if source.rate == rate:
        return blocks
    length = end - begin
    if len(take.songs) > 1:
        # every song is as long as its own samples rounded up, so all may need more
        length = max(length, -(-take.length * source.rate // rate))
    return converted(
        _padded(blocks, length - (end - begin)), source.rate, rate, length, take.length
    )


def _faded(take: Take, begin: int, end: int) -> Iterator[Floats]:
    """Yield *take* at its own rate: chains, then gains and the fades at both ends."""
    total, at = end - begin, 0
    opening, closing = take.songs[0].fade_in, take.songs[-1].fade_out
    for block in _joined(take):
        apply_ramp(block, at, opening, total, opening=True)
        apply_ramp(block, at, closing, total, opening=False)
        at += len(block)
        yield block


@dataclass(frozen=True)
class _Run:
    """A stretch of a take, in samples of its recording, that one chain is heard in."""

    begin: int
    end: int
    treatment: Treatment
    gain_db: float

    def same(self, other: "_Run") -> bool:
        """Return whether *other* sounds as this one would, going on."""
        alike = self.treatment.sounds_like(other.treatment)
        return alike and self.gain_db == other.gain_db


def _runs(take: Take) -> list[_Run]:
    """Return the stretches of *take*, those that are treated alike as one."""
    runs: list[_Run] = []
    for song, treatment in zip(take.songs, take.treatments, strict=True):
        run = _Run(song.begin, song.end, treatment, song.gain_db)
        if runs and runs[-1].same(run):
            run = replace(runs.pop(), end=run.end)
        runs.append(run)
    return runs


def _joined(take: Take) -> Iterator[Floats]:
    """Yield the runs of *take*, each crossing into the next around their mark."""
    source, runs = take.songs[0].source, _runs(take)
    if len(runs) == 1:
        return _treated(source, runs[0], runs[0].begin, runs[0].begin, runs[0].end)
    half = int(CROSSING / 2 * source.rate)
    shortest = min(run.end - run.begin for run in runs)
    return _crossed(source, runs, min(half, shortest // 2))


def _crossed(source: Source, runs: Sequence[_Run], half: int) -> Iterator[Floats]:
    first = runs[0].begin
    weights = rise("s-curve", (np.arange(2 * half) + 0.5) / (2 * half))[:, np.newaxis]
    tail: Floats | None = None
    for number, run in enumerate(runs):
        begin = run.begin - (half if number else 0)
        end = run.end + (half if number + 1 < len(runs) else 0)
        blocks = Reel(_treated(source, run, first, begin, end))
        if tail is not None:
            # both sides play the same recording: their sum keeps its level
            yield tail * weights[::-1] + blocks.take(2 * half) * weights
        last = number + 1 == len(runs)
        left = (
            end - begin - (0 if tail is None else 2 * half) - (0 if last else 2 * half)
        )
        yield from blocks.some(left)
        tail = None if last else blocks.take(2 * half)
        blocks.close()


def _treated(
    source: Source, run: _Run, first: int, begin: int, end: int
) -> Iterator[Floats]:
    """Yield samples *begin* to *end* of a recording as *run* has them.

    The chain begins earlier, though not before *first*, and ends later than it is heard
    where the recording goes on into or out of another run.
    """
    level = gain(run.gain_db)
    for block in _chained(source, run, first, begin, end):
        if run.gain_db:
            block *= level
        yield block


def _chained(
    source: Source, run: _Run, first: int, begin: int, end: int
) -> Iterator[Floats]:
    early, late = begin, end
    if begin != run.begin or run.begin != first:
        early = max(first, begin - int(PREROLL * source.rate))
    if end != run.end:
        late = min(source.length, end + int(AFTER * source.rate))
    stems, lesson = run.treatment.stems, (run.begin, run.end)
    stages = fit(source, run.treatment, *lesson)
    blocks = open_source(source, stems, early, late, lesson)
    sound = Reel(through(stages, source.rate, blocks, early))
    try:
        for _ in sound.some(begin - early):
            pass
        yield from sound.some(end - begin)
    finally:
        sound.close()


def fit(
    source: Source, treatment: Treatment, begin: int, end: int
) -> tuple[Fitted, ...]:
    """Return a song's stages, taught by samples *begin* to *end* of its recording."""

    def sound() -> Iterator[Floats]:
        return open_source(source, treatment.stems, begin, end)

    return fitted(treatment.stages, source.rate, sound, begin)


def _padded(blocks: Iterator[Floats], count: int) -> Iterator[Floats]:
    yield from blocks
    if count:
        yield np.zeros((count, 2))
