"""The audio of a disc as an audit hears it: levels by track, and a close look by frame.

``Levels`` and ``Detail`` are listeners of ``delivery/image.py``, which run beside each
other. What they leave is small, whatever the disc's length: the rules of
``delivery/audit.py`` judge it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from delivery.program import Flag, Integers, Layout
from delivery.redbook import (
    BITS,
    FIRST_PAUSE,
    LAST_ADDRESS,
    RATE,
    SAMPLES_PER_FRAME,
)
from dsp.emphasis import Deemphasis
from dsp.figures import Figures, Pooled, figures, pool
from dsp.meter import Meter
from dsp.processor import Stream
from dsp.sectors import AROUND, Sectors
from dsp.tally import Tally

FULL_SCALE = 2.0 ** (BITS - 1)

WINDOW = 2048
"""Samples kept on each side of a mark."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is heard as one: a track, or with number 0 what is hidden before track 1."""

    number: int
    first: int
    """The first frame, on the disc's clock."""
    stop: int
    data: bool = False
    emphasised: bool = False
    """Whether players turn its treble down."""


def parts(layout: Layout) -> tuple[Part, ...]:
    """Return the parts of *layout*, from 00:02:00 to the lead-out."""
    out: list[Part] = []
    tracks = layout.tracks
    if tracks and tracks[0].start > FIRST_PAUSE:
        out.append(Part(number=0, first=FIRST_PAUSE, stop=tracks[0].start))
    for track, end in zip(tracks, layout.ends(), strict=True):
        if end > track.start >= FIRST_PAUSE:
            out.append(
                Part(
                    number=track.number,
                    first=track.start,
                    stop=end,
                    data=track.data,
                    emphasised=Flag.PRE in track.flags,
                )
            )
    return tuple(out)


class Levels:
    """Loudness and peaks of every part, and of the disc, as players play them."""

    def __init__(self, layout: Layout) -> None:
        """Begin with the first part of *layout*."""
        self._parts = [each for each in parts(layout) if not each.data]
        self._meter: Meter | None = None
        self._player: Stream | None = None
        self._now = 0
        self._tallies: dict[int, Tally] = {}

    def hear(self, at: int, block: Integers) -> None:
        """Take the next samples; *at* counts from 00:02:00."""
        end = at + len(block)
        while self._now < len(self._parts):
            part = self._parts[self._now]
            first, stop = (_sample(frame) for frame in (part.first, part.stop))
            if first >= end:
                return
            if self._meter is None:
                self._meter = Meter(RATE, 2)
                self._player = Deemphasis().open(RATE) if part.emphasised else None
            heard = block[max(first - at, 0) : stop - at]
            if self._player is None:
                self._meter.feed(heard)
            else:
                self._meter.feed(self._player.process(heard / FULL_SCALE))
            if stop > end:
                return
            self._done()

    def _done(self) -> None:
        if self._meter is not None:
            self._tallies[self._parts[self._now].number] = self._meter.finish()
        self._meter = None
        self._now += 1

    def tracks(self) -> dict[int, Figures]:
        """Return the figures by track number; 0 is what is hidden before track 1."""
        if self._meter is not None:
            self._done()
        return {number: figures(tally) for number, tally in self._tallies.items()}

    def disc(self) -> Pooled:
        """Return the figures of all tracks together."""
        return pool(list(self._tallies.values()))


@dataclass(frozen=True, kw_only=True)
class Grain:
    """How the values of one part lie: what was 8 or 14 bits leaves some out."""

    step: float
    """The usual distance of two values that occur."""
    even: float
    """The share of them at just that distance, 0 to 1."""
    count: int
    """Values that occur."""


class Detail:
    """A close look at every frame, from the first that the image has."""

    def __init__(self, layout: Layout, head: int) -> None:
        """Begin before 00:02:00 by *head* samples, of which whole frames are heard."""
        self.begin = max(0, int(FIRST_PAUSE) - head // SAMPLES_PER_FRAME)
        """The first frame that is heard, on the disc's clock."""
        end = min(int(layout.leadout), int(LAST_ADDRESS) + 1)
        self.end = max(end, self.begin)
        """The frame behind the last."""
        self.sectors = Sectors(self.end - self.begin, SAMPLES_PER_FRAME)
        self.grains: dict[int, Grain] = {}
        self.tops: dict[int, NDArray[np.uint32]] = {}
        """By track the flat tops at every level."""
        self.around: dict[int, NDArray[np.int16]] = {}
        """By frame the samples ``WINDOW`` before and behind a mark."""
        self._parts = parts(layout)
        for mark in (*(part.first for part in self._parts), self.end):
            self.around[mark] = np.zeros((2 * WINDOW, 2), np.int16)
        cuts = {self.end, *(each.first for each in self._parts)}
        cuts |= {each.stop for each in self._parts}
        self._stops = sorted(each for each in cuts if self.begin < each <= self.end)
        self._values = np.zeros(1 << 16, np.uint32)
        self._tops = np.zeros(1 << 15, np.uint32)
        self._rest = np.zeros(
            (AROUND, 2), np.int16
        )  # what lies before, then what waits
        self._looked = 0  # samples

    def hear(self, at: int, block: Integers) -> None:
        """Take the next samples; *at* counts from 00:02:00."""
        for mark, kept in self.around.items():
            place = _sample(mark) - WINDOW - at
            first, last = max(place, 0), min(place + 2 * WINDOW, len(block))
            if first < last:
                kept[first - place : last - place] = block[first:last]
        early = max(0, _sample(self.begin) - at)
        late = max(0, _sample(self.end) - at)
        fresh = block[early:late].astype(np.int16, copy=False)
        self._rest = np.concatenate((self._rest, fresh))
        frames = (len(self._rest) - 2 * AROUND) // SAMPLES_PER_FRAME
        self._look(frames * SAMPLES_PER_FRAME)

    def finish(self) -> None:
        """Look at what is left; the listener is done after that."""
        left = len(self._rest) - AROUND
        self._rest = np.concatenate((self._rest, np.zeros((AROUND, 2), np.int16)))
        self._look(left)

    def _look(self, length: int) -> None:
        """Look at *length* of the samples that wait, stretch for stretch."""
        done = 0
        while done < length and self._stops:
            stop = _place(self._stops[0], self.begin)
            count = min(length - done, stop - self._looked)
            here = self._rest[done : done + count + 2 * AROUND]
            self.sectors.look(here, self._looked, self._values, self._tops)
            done += count
            self._looked += count
            if self._looked == stop:
                self._turn(self._stops.pop(0))
        if done:
            self._rest = self._rest[done:].copy()

    def _turn(self, stop: int) -> None:
        """Note what was gathered of the part that ends at frame *stop*."""
        for part in self._parts:
            if part.stop == stop and part.number not in self.grains:
                self.grains[part.number] = _grain(self._values)
                self.tops[part.number] = self._tops.copy()
        self._values[:] = 0
        self._tops[:] = 0


def _sample(frame: int) -> int:
    """Return the sample of a frame, counted from 00:02:00."""
    return (frame - int(FIRST_PAUSE)) * SAMPLES_PER_FRAME


def _place(frame: int, begin: int) -> int:
    return (frame - begin) * SAMPLES_PER_FRAME


def _grain(values: NDArray[np.uint32]) -> Grain:
    """Return how the values lie that most samples have: the middle half of them.

    At the far ends of a histogram values are missing by chance.
    """
    total = np.cumsum(values.astype(np.int64))
    if not total[-1]:
        return Grain(step=1.0, even=0.0, count=0)
    low, high = np.searchsorted(total, (total[-1] // 4, 3 * total[-1] // 4))
    used = np.flatnonzero(values[low : high + 1])
    if len(used) < 2:
        return Grain(step=1.0, even=0.0, count=len(used))
    gaps = np.diff(used)
    step = float(np.mean(gaps))
    usual = np.abs(gaps - np.median(gaps)) <= 1
    return Grain(step=step, even=float(usual.mean()), count=len(used))
