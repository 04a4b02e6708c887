"""A ride: the level of a song moved at given times, as a hand on the fader would.

A pure function of the sample's place in the mix: nothing is remembered, and a stream
may begin anywhere.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dsp.level import gain
from dsp.processor import Floats, Stream

WIDEST_DB = 60.0
"""How far a point may raise or lower."""


@dataclass(frozen=True, kw_only=True)
class Ride:
    """Levels in dB that hold from their time on; before the first it is 0 dB.

    A glide is a raised cosine in dB, and has its middle at the point. A point at 0
    seconds has none: the song begins at its level. Glides that overlap add up.
    """

    points: tuple[tuple[float, float], ...]
    """Seconds of the mix, rising, and dB."""
    glide_ms: float = 50.0

    def __post_init__(self) -> None:
        """Check the points and the glide."""
        if not self.points:
            raise ValueError("a ride needs one point or more")
        for seconds, db in self.points:
            if not 0.0 <= seconds < math.inf:
                raise ValueError(f"{seconds:g} is no time in the mix")
            if not -WIDEST_DB <= db <= WIDEST_DB:
                raise ValueError(f"level {db:g} dB does not lie within ±{WIDEST_DB:g}")
        for (before, _), (after, _) in pairwise(self.points):
            if not before < after:
                raise ValueError(
                    f"point at {after:g} s does not come after that at {before:g} s"
                )
        if not 0.0 <= self.glide_ms <= 60_000.0:
            raise ValueError(
                f"glide {self.glide_ms:g} ms does not lie between 0 and 60000"
            )

    @property
    def idle(self) -> bool:
        """Whether all points lie at 0 dB."""
        return all(db == 0.0 for _, db in self.points)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin at sample *start* of the mix."""
        return _Riding(self, rate, start)


class _Riding:
    """A ride under way."""

    def __init__(self, ride: Ride, rate: int, start: int) -> None:
        self._at = start
        self._levels = [0.0, *(db for _, db in ride.points)]
        self._half = half = ride.glide_ms * rate / 2000
        # at 0 the level is there from the first sample
        places = [
            seconds * rate if seconds else -math.inf for seconds, _ in ride.points
        ]
        self._begins = [place - half for place in places]
        self._ends = [place + half for place in places]

    def process(self, block: Floats) -> Floats:
        out = block
        first, last = self._at, self._at + len(block)
        self._at = last
        for begin, end, glides in self._stretches(first, last):
            holds = gain(self._levels[glides.start])
            if not glides and holds == 1.0:
                continue
            if out is block:
                out = block.copy()
            out[begin - first : end - first] *= (
                self._glided(begin, end, glides)[:, np.newaxis] if glides else holds
            )
        return out

    def finish(self) -> Floats:
        return np.zeros((0, 2))

    def _stretches(self, first: int, last: int) -> Iterator[tuple[int, int, range]]:
        """Yield begin, end and the glides there: none where a level holds.

        The first of the range, also of an empty one, is the number of points passed.
        """
        at = first
        while at < last:
            done, begun = bisect_right(self._ends, at), bisect_right(self._begins, at)
            until = float(last)
            if begun < len(self._begins):
                until = min(until, self._begins[begun])
            if begun > done:
                until = min(until, self._ends[done])
            yield at, math.ceil(until), range(done, begun)
            at = math.ceil(until)

    def _glided(self, begin: int, end: int, glides: range) -> Floats:
        """Return the gains of the samples from *begin* to *end*, inside *glides*."""
        samples = np.arange(begin, end, dtype=np.float64)
        level = np.full(end - begin, self._levels[glides.start])
        for glide in glides:
            place = (samples - self._begins[glide]) / (2 * self._half)
            step = self._levels[glide + 1] - self._levels[glide]
            level += step * np.square(np.sin(place * (np.pi / 2)))
        gains: Floats = np.power(10.0, level / 20)
        return gains
