"""What of a tone lies outside of its allowed band, before a move and behind it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsp.fitting import curves, projection
from dsp.tonality import BANDS, CENTRES, Floats, Known, judged, leveled, smoothing

BROAD_CURVES: Floats = curves(CENTRES)
"""What a decibel of each broad band does to every third octave."""


@dataclass(frozen=True, eq=False)
class Off:
    """A tone that is *db* off its target, by third octave; NaN of what is not known."""

    db: Floats

    @cached_property
    def known(self) -> Known:
        """The third octaves that are held to the target."""
        finite = np.isfinite(self.db)
        return judged() & finite & (finite & leveled()).any()

    @cached_property
    def seen(self) -> Floats:
        """What makes of a curve what it does to a tone, as that is measured."""
        usable = np.isfinite(self.db)
        seen = smoothing(usable)
        seen -= seen[usable & leveled()].mean(axis=0)
        seen[~usable] = 0.0
        return np.asarray(seen)

    @cached_property
    def _broad(self) -> Floats:
        return projection((self.seen @ BROAD_CURVES)[self.known])

    def behind(self, curve: Floats) -> Floats:
        """Return how far it is off behind a *curve* of an equaliser."""
        return np.asarray(self.db + self.seen @ curve)

    def outside(self, allowed: Floats, curve: Floats) -> float:
        """Return what lies outside behind a curve, as a root of mean squares."""
        return _size(np.abs(self.behind(curve)) - allowed, self.known)

    def broadly(self, allowed: Floats, curve: Floats) -> float:
        """Return what lies outside and broad bands could make, as ``outside`` does.

        A single third octave that is far off is no matter of broad bands.
        """
        broad = np.zeros(BANDS)
        broad[self.known] = self._broad @ self.behind(curve)[self.known]
        return _size(np.abs(broad) - allowed, self.known)

    def worst(self, allowed: Floats, curve: Floats) -> float:
        """Return what lies outside behind a curve, of the worst third octave."""
        over = (np.abs(self.behind(curve)) - allowed)[self.known]
        return max(0.0, float(over.max()))


def _size(over: Floats, known: Known) -> float:
    return float(np.sqrt(np.mean(np.square(np.maximum(over, 0.0)[known]))))
