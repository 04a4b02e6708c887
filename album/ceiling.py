"""The ceiling, kept: limited, cut to integers and measured, second by second.

What is written is what is measured. Where a second passes the ceiling after all, the
limiter goes back to before it and takes it again, lower by what was too much; nothing
has been given out by then. What still passes is told.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

from album.depth import Depth
from album.reel import even
from delivery.program import Floats, Integers
from dsp.level import gain
from dsp.peakwatch import Peak, PeakWatch
from dsp.processor import Lowered

TOLERANCE_DB = 0.01
"""What may stand above the ceiling, by the meter."""

PASSES = 3
"""How often a second is taken at most."""

_BELOW_DB = 0.003
"""How far below the ceiling a second pass aims."""

_AROUND = 0.005
"""Seconds around a peak in which the second pass lies lower."""


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

    def copied(self) -> "_State":
        return _State(self.limiter.snapshot(), self.depth.snapshot(), copy(self.watch))


@dataclass
class _Second:
    """A second of sound, what was remembered before it, and what became of it."""

    sound: Floats
    last: bool
    before: _State | None = None
    out: Integers | None = None


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
        self._now = _State(self.limiter, self.depth, PeakWatch(2, limit))

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
        waiting: list[_Second] = []
        for second in _seconds(sound, self.rate):
            waiting.append(second)
            self._take(waiting)
            # a peak at the seam is known with the second after it
            while len(waiting) > (0 if second.last else 1):
                out = waiting.pop(0).out
                if out is not None and len(out):
                    yield out

    def _take(self, waiting: list[_Second]) -> None:
        """Take the newest of *waiting*; all of them again, lower, where it is over."""
        margins: dict[int, float] = {}
        peaks = self._run(waiting[-1])
        for _ in range(PASSES - 1):
            if not peaks:
                return
            self.again += 1
            self._stricter(peaks, margins)
            before = waiting[0].before
            assert before is not None
            self._now = before.copied()
            for at, lower in margins.items():
                reach = int(_AROUND * self.rate)
                self._now.limiter.stricter(at - reach, at + reach + 1, lower)
            peaks = [peak for second in waiting for peak in self._run(second)]
        self.failed += peaks

    def _stricter(self, peaks: list[Peak], margins: dict[int, float]) -> None:
        """Add to *margins* what each of *peaks* is too high by."""
        for peak in peaks:
            over = 20.0 * float(np.log10(peak.height)) - self.ceiling_dbtp
            near = [
                lower
                for at, lower in margins.items()
                if abs(at - peak.at) <= _AROUND * self.rate
            ]
            margins[round(peak.at)] = max(near, default=0.0) + over + _BELOW_DB

    def _run(self, second: _Second) -> list[Peak]:
        """Make *second* from the state that is now; return where it is over."""
        second.before = self._now.copied()
        now = self._now
        parts = [now.depth.process(now.limiter.process(second.sound))]
        if second.last:
            parts.append(now.depth.process(now.limiter.finish()))
            parts.append(now.depth.finish())
        second.out = parts[0] if len(parts) == 1 else np.concatenate(parts)
        scale = np.float32(2.0 ** (1 - now.depth.bits))
        peaks = now.watch.feed(np.multiply(second.out, scale, dtype=np.float32))
        return peaks + (now.watch.finish() if second.last else [])


def _seconds(sound: Iterable[Floats], rate: int) -> Iterator[_Second]:
    """Yield *sound* second by second; there is always a last one, if an empty one."""
    waiting = None
    for block in even(iter(sound), rate):
        if waiting is not None:
            yield _Second(waiting, last=False)
        waiting = block
    yield _Second(np.zeros((0, 2)) if waiting is None else waiting, last=True)
