"""The ceiling, kept: limited, cut to integers and measured, some seconds at a time.

What is written is what is measured. Where it passes the ceiling after all, the
limiter goes back to before that and takes it again, lower by what was too much; nothing
has been given out by then. What still passes is told.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, Self

import numpy as np

from album.ahead import beside
from album.depth import Depth
from delivery.program import Floats, Integers
from dsp.level import gain
from dsp.peakwatch import Peak, PeakWatch
from dsp.processor import Lowered

TOLERANCE_DB = 0.01
"""What may stand above the ceiling, by the meter."""

PASSES = 3
"""How often a stretch is taken at most."""

_BELOW_DB = 0.003
"""How far below the ceiling a second pass aims."""

STRETCH = 4
"""Seconds that are taken at a time, and again where they have to be."""

_AROUND = 0.05
"""Seconds on both sides of a peak in which the second pass lies lower."""


class Limiting(Protocol):
    """A limiter at work, which can be made stricter for a stretch to come."""

    def process(self, block: Floats) -> Floats:
        """Take the next block; return what is due."""

    def finish(self) -> Floats:
        """Return what was held back."""

    def snapshot(self) -> Self:
        """Return the limiter as it is now: both go on from here."""

    def stricter(self, first: int, last: int, lower_db: float) -> None:
        """Lay the ceiling lower from sample *first* to *last*."""

    @property
    def lowered(self) -> Lowered:
        """How far the level was turned down."""


@dataclass
class _State:
    """What remembers something of the sound before, but for the watch."""

    limiter: Limiting
    depth: Depth
    given: int = 0
    """Samples that the limiter has given."""

    def copied(self) -> "_State":
        return _State(self.limiter.snapshot(), self.depth.snapshot(), self.given)


@dataclass
class _Stretch:
    """A stretch of sound, what was remembered before it, and what became of it."""

    before: _State
    watch: PeakWatch | None = None
    """As it was before."""
    sound: list[Floats] = field(default_factory=list)
    last: bool = False
    out: list[Integers] = field(default_factory=list)


@dataclass
class Kept:
    """A programme under its ceiling: what iterating has shown."""

    limiter: Limiting
    depth: Depth
    rate: int
    ceiling_dbtp: float
    jobs: int = 1
    """With more than one, a thread watches a stretch while the next is limited."""
    again: int = 0
    """Stretches that were taken again."""
    failed: list[Peak] = field(default_factory=list)
    """Points above the ceiling that no pass has brought below it."""

    def __post_init__(self) -> None:
        """Begin to watch."""
        limit = gain(self.ceiling_dbtp + TOLERANCE_DB)
        self._now = _State(self.limiter, self.depth)
        self._watch = PeakWatch(2, limit, step=2.0 ** (1 - self.depth.bits))

    @property
    def highest(self) -> Peak:
        """The highest point of what was written."""
        return self._watch.highest

    @property
    def lowered(self) -> Lowered:
        """How far the limiter has turned the level down."""
        return self._now.limiter.lowered

    @property
    def overs(self) -> list[Any]:
        """What would have been clipped."""
        return self._now.depth.overs

    def blocks(self, sound: Iterable[Floats]) -> Iterator[Integers]:
        """Yield *sound* limited, as integers."""
        waiting: list[_Stretch] = []
        peaks: Callable[[], list[Peak]] = list
        with beside(self.jobs) as start:
            for stretch in self._stretches(sound):
                if found := peaks():
                    self._lower(waiting, found)
                    self._take(stretch)
                # a peak at the seam is known with the stretch after it
                while len(waiting) > 1:
                    yield from filter(len, waiting.pop(0).out)
                waiting.append(stretch)
                peaks = start(partial(self._heard, stretch))
            if found := peaks():
                self._lower(waiting, found)
        for stretch in waiting:
            yield from filter(len, stretch.out)

    def _stretches(self, sound: Iterable[Floats]) -> Iterator[_Stretch]:
        """Yield *sound* in stretches that have been made; there is always a last one.

        Who gets one may take it again: the next goes on from what is remembered then.
        """
        length = missing = STRETCH * self.rate
        stretch = _Stretch(self._now.copied())
        for block in sound:
            rest = block
            while len(rest):
                part, rest = rest[:missing], rest[missing:]
                stretch.sound.append(part)
                # now, while the cache holds it
                self._make(stretch, part)
                missing -= len(part)
                if not missing:
                    yield stretch
                    stretch, missing = _Stretch(self._now.copied()), length
        stretch.last = True
        self._end(stretch)
        yield stretch

    def _lower(self, waiting: list[_Stretch], peaks: list[Peak]) -> None:
        """Take all of *waiting* again, lower, as long as there are *peaks*.

        First around the peaks; then all that is waiting, as one.
        """
        margins: list[tuple[int, int, float]] = []
        for again in range(1, PASSES):
            if not peaks:
                return
            self.again += 1
            before, watch = waiting[0].before, waiting[0].watch
            assert watch is not None, "it has been watched"
            everywhere = before.given, before.given + 2 * STRETCH * self.rate
            margins += self._margins(peaks, margins, everywhere if again > 1 else None)
            self._now, self._watch = before.copied(), copy(watch)
            for first, last, lower in margins:
                self._now.limiter.stricter(max(first, before.given), last, lower)
            peaks = []
            for stretch in waiting:
                self._take(stretch)
                peaks += self._heard(stretch)
        self.failed += peaks

    def _margins(
        self,
        peaks: list[Peak],
        margins: list[tuple[int, int, float]],
        everywhere: tuple[int, int] | None,
    ) -> list[tuple[int, int, float]]:
        """Return where the ceiling has to lie lower, and by how much."""
        reach = int(_AROUND * self.rate)
        found = []
        for peak in peaks:
            over = 20.0 * float(np.log10(peak.height)) - self.ceiling_dbtp + _BELOW_DB
            at = round(peak.at)
            near = [lower for first, last, lower in margins if first <= at < last]
            found.append((at - reach, at + reach, over + max(near, default=0.0)))
        if everywhere is None:
            return found
        return [(*everywhere, max(lower for _, _, lower in found))]

    def _take(self, stretch: _Stretch) -> None:
        """Make *stretch* again, from the state that is now."""
        stretch.before = self._now.copied()
        stretch.out = []
        for block in stretch.sound:
            self._make(stretch, block)
        if stretch.last:
            self._end(stretch)

    def _make(self, stretch: _Stretch, block: Floats) -> None:
        """Make the next *block* of a *stretch*."""
        now = self._now
        limited = now.limiter.process(block)
        now.given += len(limited)
        stretch.out.append(now.depth.process(limited))

    def _end(self, stretch: _Stretch) -> None:
        """Make what is held back at the end of the last *stretch*."""
        now = self._now
        limited = now.limiter.finish()
        now.given += len(limited)
        stretch.out += [now.depth.process(limited), now.depth.finish()]

    def _heard(self, stretch: _Stretch) -> list[Peak]:
        """Return where *stretch* is over."""
        stretch.watch = copy(self._watch)
        peaks = self._watch.feed(*stretch.out)
        return peaks + (self._watch.finish() if stretch.last else [])
