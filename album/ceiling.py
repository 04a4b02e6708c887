"""The ceiling, kept: limited, cut to integers and measured, some seconds at a time.

What is written is what is measured. Where it passes the ceiling after all, the
limiter goes back to before that and takes it again, lower by what was too much; nothing
has been given out by then. What still passes is told.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

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
    """All that remembers something of what was before."""

    limiter: Limiting
    depth: Depth
    watch: PeakWatch
    given: int = 0
    """Samples that the limiter has given."""

    def copied(self) -> "_State":
        limiter, depth = self.limiter.snapshot(), self.depth.snapshot()
        return _State(limiter, depth, copy(self.watch), self.given)


@dataclass
class _Stretch:
    """A stretch of sound, what was remembered before it, and what became of it."""

    before: _State
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
    again: int = 0
    """Stretches that were taken again."""
    failed: list[Peak] = field(default_factory=list)
    """Points above the ceiling that no pass has brought below it."""

    def __post_init__(self) -> None:
        """Begin to watch."""
        limit = gain(self.ceiling_dbtp + TOLERANCE_DB)
        self._now = _State(
            self.limiter,
            self.depth,
            PeakWatch(2, limit, step=2.0 ** (1 - self.depth.bits)),
        )

    @property
    def highest(self) -> Peak:
        """The highest point of what was written."""
        return self._now.watch.highest

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
        length = missing = STRETCH * self.rate
        waiting = [_Stretch(self._now.copied())]
        for block in sound:
            rest = block
            while len(rest):
                part, rest = rest[:missing], rest[missing:]
                waiting[-1].sound.append(part)
                # now, while the cache holds it
                self._cut(waiting[-1], part)
                missing -= len(part)
                if missing:
                    continue
                self._keep(waiting)
                # a peak at the seam is known with the stretch after it
                while len(waiting) > 1:
                    yield from filter(len, waiting.pop(0).out)
                waiting.append(_Stretch(self._now.copied()))
                missing = length
        waiting[-1].last = True
        self._keep(waiting)
        for stretch in waiting:
            yield from filter(len, stretch.out)

    def _keep(self, waiting: list[_Stretch]) -> None:
        """End the newest of *waiting*; take all of them again, lower, where it is over.

        First around the peaks; then all that is waiting, as one.
        """
        peaks = self._end(waiting[-1])
        margins: list[tuple[int, int, float]] = []
        for again in range(1, PASSES):
            if not peaks:
                return
            self.again += 1
            before = waiting[0].before
            everywhere = before.given, before.given + 2 * STRETCH * self.rate
            margins += self._margins(peaks, margins, everywhere if again > 1 else None)
            self._now = before.copied()
            for first, last, lower in margins:
                self._now.limiter.stricter(max(first, before.given), last, lower)
            peaks = [peak for stretch in waiting for peak in self._again(stretch)]
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

    def _again(self, stretch: _Stretch) -> list[Peak]:
        """Make *stretch* from the state that is now; return where it is over."""
        stretch.before = self._now.copied()
        stretch.out = []
        for block in stretch.sound:
            self._cut(stretch, block)
        return self._end(stretch)

    def _cut(self, stretch: _Stretch, block: Floats) -> None:
        """Make the next *block* of a *stretch*."""
        now = self._now
        limited = now.limiter.process(block)
        now.given += len(limited)
        stretch.out.append(now.depth.process(limited))

    def _end(self, stretch: _Stretch) -> list[Peak]:
        """Return where *stretch* is over."""
        now = self._now
        if stretch.last:
            limited = now.limiter.finish()
            now.given += len(limited)
            stretch.out += [now.depth.process(limited), now.depth.finish()]
        peaks = now.watch.feed(*stretch.out)
        return peaks + (now.watch.finish() if stretch.last else [])
