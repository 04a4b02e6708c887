"""The fewest broad bands that bring a tone into its allowed band, and their gains.

What lies outside counts by its square, and every decibel of every band a little, so
that the smallest of all moves that do is taken and no band fights another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dsp.bounded import Aim, bounded
from dsp.decramp import HIGHEST
from dsp.eq import Eq, magnitude_db
from dsp.fitting import BROAD, curves, linearised, strongest
from dsp.outside import Off
from dsp.tonality import BANDS, CENTRES, Floats, leveled

CHOICE = (
    Eq(shape="tilt", frequency_hz=1000.0),
    *(Eq(shape="lowshelf", frequency_hz=hertz) for hertz in (90.0, 150.0, 250.0)),
    *(each for each in BROAD if each.shape == "bell"),
    *(
        Eq(shape="highshelf", frequency_hz=hertz)
        for hertz in (2500.0, 4000.0, 6300.0, 10_000.0)
    ),
)
"""The bands that a move is made of."""

LEAST_DB = 0.1
"""A band of the equaliser with less is left out."""

MOST_BANDS = 7

_WORTH = 0.1  # of what lay outside: what a further band has to take, where it is enough
_NOTHING = 1e-3  # dB; what takes less is no help
_INSIDE = 0.2  # dB by which a move ends inside of the band, to be at rest there
_RIDGE = 3e-2  # what a decibel of a move weighs beside one outside of the band
_WALL = 30.0  # what a decibel beyond the largest move weighs
_ROUNDS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """A tone that is off, where it is to come, and by how much it may be moved."""

    off: Off
    into: Floats
    """Half the width of the band that it is to come into, by third octave."""
    most_db: float
    rate: int

    def made(self, enough: Callable[[Floats], bool]) -> list[Eq]:
        """Return the bands with gains; *enough* tells whether a curve will do."""
        kept, gains = strongest(self._chosen(enough), self._solved, LEAST_DB)
        return self._within(kept, gains)

    def _chosen(self, enough: Callable[[Floats], bool]) -> list[Eq]:
        """Return the bands that are needed, as if decibels of bands just added.

        One by one, that first which leaves the least outside.
        """
        carried = [
            at
            for at, band in enumerate(CHOICE)
            if band.frequency_hz < HIGHEST * self.rate
        ]
        kept: list[int] = []
        gains = np.zeros(0)
        left = first = self.off.outside(self.into, np.zeros(BANDS))
        while len(kept) < MOST_BANDS and left > _NOTHING:
            tried = [
                (*self._tried([*kept, at], np.append(gains, 0.0)), at)
                for at in carried
                if at not in kept
            ]
            least, better, at = min(
                tried, key=lambda each: (round(each[0], 6), each[2])
            )
            will_do = enough(_CHOICE[:, kept] @ gains)
            if left - least < (_WORTH * first if will_do else _NOTHING):
                break
            kept.append(at)
            left, gains = least, better
        return [CHOICE[at] for at in kept]

    def _tried(self, kept: list[int], start: Floats) -> tuple[float, Floats]:
        """Return what bands leave outside, and their gains, all taken as straight."""
        slopes, count = _CHOICE[:, kept], len(kept)
        aims = (
            self._inside(slopes, np.zeros(BANDS)),
            Aim(np.eye(count), np.zeros(count), self.most_db, _WALL),
        )
        gains = bounded(aims, _ridge(slopes), start)
        return self.off.outside(self.into, slopes @ gains), gains

    def _solved(self, bands: Sequence[Eq]) -> Floats:
        """Return the gains of *bands*: a convex task, but for their shapes."""
        gains = np.zeros(len(bands))
        for _ in range(_ROUNDS):
            made, slopes = linearised(bands, gains, CENTRES)
            new = self._linear(slopes, made - slopes @ gains, gains)
            done = np.abs(new - gains).max() < 1e-3
            gains = new
            if done:
                break
        return gains

    def _linear(self, slopes: Floats, base: Floats, gains: Floats) -> Floats:
        """Return the best gains where curves are *base* and *slopes* times gains."""
        level, count = leveled(), len(gains)
        flat = slopes - slopes[level].mean(axis=0), base - base[level].mean()
        aims = (
            self._inside(slopes, base),
            Aim(slopes, base, self.most_db, _WALL),
            Aim(*flat, self.most_db, _WALL),
            # no band of its own beyond it either, though neighbours would lessen it
            Aim(np.eye(count), np.zeros(count), self.most_db, _WALL),
        )
        return bounded(aims, _ridge(slopes), gains)

    def _inside(self, slopes: Floats, base: Floats) -> Aim:
        known, seen = self.off.known, self.off.seen[self.off.known]
        # what is out of reach does not pull at what is not
        reach = self.into + self.most_db
        off = np.clip(self.off.db, -reach, reach)[known]
        return Aim(seen @ slopes, off + seen @ base, self.into[known] - _INSIDE, 1.0)

    def _within(self, bands: Sequence[Eq], gains: Floats) -> list[Eq]:
        """Return the bands in hundredths of a decibel, within the largest move."""
        if not len(gains):
            return []
        peak = largest(_set(bands, gains))
        held = gains * min(1.0, (self.most_db - 0.005) / peak) if peak else gains
        return _set(bands, np.round(held, 2))


def curve(bands: Sequence[Eq]) -> Floats:
    """Return what *bands* do to every third octave."""
    return magnitude_db(bands, CENTRES) if bands else np.zeros(BANDS)


def largest(bands: Sequence[Eq]) -> float:
    """Return the largest gain of a band, and of all at any frequency.

    The latter as it is, and with the level taken away by which it moves the whole.
    """
    fine = magnitude_db(bands, _FINE)
    flat = fine - curve(bands)[leveled()].mean()
    single = max(abs(each.gain_db) for each in bands)
    return float(max(single, np.abs(fine).max(), np.abs(flat).max()))


def _set(bands: Sequence[Eq], gains: Floats) -> list[Eq]:
    return [
        replace(band, gain_db=float(gain))
        for band, gain in zip(bands, gains, strict=True)
    ]


def _ridge(slopes: Floats) -> Floats:
    """Return what gains weigh: each band for itself, so that none fights another."""
    return np.asarray(_RIDGE * np.diag(np.square(slopes).sum(axis=0)))


_FINE: Floats = np.geomspace(20.0, 20_000.0, 121)
_CHOICE: Floats = curves(CENTRES, CHOICE)
