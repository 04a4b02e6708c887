"""The tone of a song: its spectrum without its level, and the smallest move of it.

A move brings a song's tone into an allowed band around a target, and not further: a
share of a difference would be asked for again and again, a song that lies in the band
is asked for nothing (``formats/dsp.md`` §5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dsp.bounded import Aim, bounded
from dsp.eq import Eq, magnitude_db
from dsp.fitting import BROAD
from dsp.ltas import weighting
from dsp.thirds import RATIO, centres

Floats = NDArray[np.float64]

BANDS = 31
"""Third octaves from 20 Hz to 20 kHz."""

CENTRES: Floats = centres(48_000)[:BANDS]

LEVEL_HZ = (90.0, 9000.0)
"""What the level of a spectrum is taken from, as the mean of its bands."""

JUDGED_HZ = (39.0, 16_500.0)
"""Beyond this a spectrum says little, and every tone is allowed."""

WIDEST_DB = 2.0
NARROWEST_DB = 0.25
"""Half the width of the allowed band: the narrowest, and what amount 0 would add."""

LEAST_DB = 0.1
"""A band of the equaliser with less is left out; a tone that is no more outside of the
allowed band is in it."""

LEAST_GAIN = 0.05
"""dB, root of mean squares, by which a move has to lessen what lies outside."""

_SMOOTH = 1.27  # bands: a bell as wide as an octave at half its height
_NOTHING_DB = 70.0  # below the strongest band; such a band tells nothing
_INSIDE = 0.05  # dB by which a move ends inside of the band
_RIDGE = 1e-2  # what a decibel of a move weighs beside one outside of the band
_WALL = 30.0  # what a decibel beyond the largest move weighs
_ROUNDS = 4
_SLOPE_DB = 0.1  # step by which slopes are taken


@dataclass(frozen=True, kw_only=True)
class Move:
    """A small change of a song's tone that leaves its loudness."""

    bands: tuple[Eq, ...] = ()
    makeup_db: float = 0.0
    """Gain after the bands that keeps the K-weighted level of what is loud."""
    left_db: float = 0.0
    """What stays outside of the allowed band, of the worst third octave."""
    capped: bool = False
    """Whether the largest allowed move holds it back."""

    @property
    def curve_db(self) -> Floats:
        """What it does to every third octave, its makeup aside."""
        return _curve(self.bands)


def half_width(amount: float) -> float:
    """Return by how many dB a tone may be off, for an amount above 0."""
    return NARROWEST_DB + WIDEST_DB * (1.0 - amount)


def tone(levels_db: Floats) -> Floats:
    """Return the tone of third-octave *levels_db* from 20 Hz up, without their level.

    Smoothed over an octave; NaN where there is nothing, or nothing was measured.
    """
    own = np.full(BANDS, np.nan)
    own[: min(BANDS, len(levels_db))] = levels_db[:BANDS]
    own[own < np.nanmax(own) - _NOTHING_DB] = np.nan
    smooth = smoothed(own)
    return np.asarray(smooth - np.nanmean(smooth[_leveled()]))


def distance(own: Floats, target: Floats) -> Floats:
    """Return how far a tone lies off another, at the level that they share."""
    off = own - target
    known = _leveled() & np.isfinite(off)
    return np.asarray(off - off[known].mean()) if known.any() else off


def smoothed(values: Floats) -> Floats:
    """Return the mean around each band, an octave wide, of the bands that are known."""
    known = np.isfinite(values)
    near = _NEAR * known
    total = near.sum(axis=1)
    out = np.full(BANDS, np.nan)
    sums = near @ np.where(known, values, 0.0)
    out[known] = sums[known] / total[known]
    return out


def average(tones: Sequence[Floats]) -> Floats:
    """Return the robust average of *tones*: the median of every band."""
    # what is not known is sorted behind what is; numpy's own would load its masks
    ranked = np.sort(np.array(tones), axis=0)
    known = np.isfinite(ranked).sum(axis=0)
    middle = np.maximum(known - 1, 0) // 2, known // 2
    low, high = (
        np.take_along_axis(ranked, np.minimum(at, len(ranked) - 1)[None], axis=0)[0]
        for at in middle
    )
    return np.where(known > 0, 0.5 * (low + high), np.nan)


def judged() -> NDArray[np.bool_]:
    """Return which third octaves are held to a target."""
    return np.asarray((JUDGED_HZ[0] < CENTRES) & (JUDGED_HZ[1] > CENTRES))


def move(
    off_db: Floats, levels_db: Floats, rate: int, *, amount: float, most_db: float
) -> Move:
    """Return the smallest move of a tone that lies *off_db* from its target.

    *levels_db* are the song's own third octaves, which say what its loudness is made
    of. No band, nor the curve with or without its makeup, goes beyond *most_db*.
    """
    if amount <= 0.0 or most_db <= 0.0:
        return Move()
    allowed = half_width(amount)
    known = judged() & np.isfinite(off_db)
    if not known.any() or np.abs(off_db[known]).max() <= allowed + LEAST_DB:
        return Move()
    # what is out of reach does not pull at what is not
    reach = allowed + most_db
    powers = _powers(levels_db, rate)
    task = _Task(np.clip(off_db, -reach, reach), known, allowed, most_db, powers)
    kept = list(BROAD)
    gains = np.zeros(len(kept))
    while kept:
        gains = task.solved(kept, gains)
        weakest = int(np.abs(gains).argmin())
        if abs(gains[weakest]) >= LEAST_DB:
            break
        del kept[weakest]
        gains = np.delete(gains, weakest)
    done = task.rounded(kept, gains, off_db)
    # where broad bands cannot reach, nothing is moved for next to nothing
    gained = task.excess(np.zeros(BANDS)) - task.excess(done.curve_db)
    return done if gained >= LEAST_GAIN else Move(left_db=task.left(off_db))


def makeup(bands: Sequence[Eq], levels_db: Floats, rate: int) -> float:
    """Return the gain in dB that keeps the K-weighted level of *levels_db*."""
    return _makeup(_curve(bands), _powers(levels_db, rate))


@dataclass(frozen=True)
class _Task:
    """A tone that is off, and what a move may do to it."""

    off: Floats
    known: NDArray[np.bool_]
    allowed: float
    most: float
    powers: Floats

    def solved(self, bands: Sequence[Eq], start: Floats) -> Floats:
        """Return the gains of *bands*: a convex task, but for their shapes.

        What lies outside of the allowed band counts by its square, and a little what
        is moved at all, so that the smallest of all moves that do is taken.
        """
        gains = start
        for _ in range(_ROUNDS):
            curves = np.array([_curve([each]) for each in _set(bands, gains)])
            ahead = np.array([_curve([e]) for e in _set(bands, gains + _SLOPE_DB)])
            slopes = ((ahead - curves) / _SLOPE_DB).T
            base = curves.sum(axis=0) - slopes @ gains
            new = self._linear(slopes, base, gains)
            done = np.abs(new - gains).max() < 1e-3
            gains = new
            if done:
                break
        return gains

    def _linear(self, slopes: Floats, base: Floats, gains: Floats) -> Floats:
        """Return the best gains where curves are *base* and *slopes* times gains."""
        known, count = self.known, len(gains)
        seen = self.seen[known]
        held = slopes + _flat(slopes, self.powers), base + _makeup(base, self.powers)
        aims = (
            Aim(
                seen @ slopes,
                self.off[known] + seen @ base,
                self.allowed - _INSIDE,
                1.0,
            ),
            Aim(slopes, base, self.most, _WALL),
            Aim(*held, self.most, _WALL),
            # no band of its own beyond it either, though neighbours would lessen it
            Aim(np.eye(count), np.zeros(count), self.most, _WALL),
        )
        ridge, pull = _RIDGE * slopes.T @ slopes, _RIDGE * base @ slopes
        return bounded(aims, ridge, pull, gains)

    @cached_property
    def seen(self) -> Floats:
        """What makes of a curve what it does to a tone, as that is measured."""
        usable = np.isfinite(self.off)
        near = _NEAR * usable * usable[:, np.newaxis]
        total = near.sum(axis=1, keepdims=True)
        seen = near / np.where(total > 0.0, total, 1.0)
        seen -= seen[usable & _leveled()].mean(axis=0)
        seen[~usable] = 0.0
        return np.asarray(seen)

    def excess(self, curve: Floats) -> float:
        """Return what lies outside of the allowed band, as a root of mean squares."""
        after = (self.off + self.seen @ curve)[self.known]
        over = np.maximum(np.abs(after) - self.allowed, 0.0)
        return float(np.sqrt(np.mean(np.square(over))))

    def left(self, off: Floats, curve: Floats | None = None) -> float:
        """Return what lies outside of the allowed band, of the worst third octave."""
        after = off if curve is None else off + self.seen @ curve
        return max(0.0, float(np.abs(after[self.known]).max()) - self.allowed)

    def rounded(self, bands: Sequence[Eq], gains: Floats, off: Floats) -> Move:
        """Return the move in hundredths of a decibel, within its bounds."""
        if not len(gains):
            return Move(left_db=self.left(off))
        peak = self._largest(_set(bands, gains))
        gains = gains * min(1.0, (self.most - 0.005) / peak) if peak else gains
        chosen = tuple(
            replace(each, gain_db=round(float(gain), 2))
            for each, gain in zip(bands, gains, strict=True)
        )
        curve = _curve(chosen)
        left = self.left(off, curve)
        held = bool((np.abs(off) > np.abs(self.off)).any())
        return Move(
            bands=chosen,
            makeup_db=round(_makeup(curve, self.powers), 2),
            left_db=left,
            capped=left > LEAST_DB and (held or peak > self.most - 0.02),
        )

    def _largest(self, bands: Sequence[Eq]) -> float:
        curve = magnitude_db(bands, _FINE)
        held = curve + _makeup(_curve(bands), self.powers)
        single = max(abs(each.gain_db) for each in bands)
        return float(max(single, np.abs(curve).max(), np.abs(held).max()))


_FINE: Floats = np.geomspace(20.0, 20_000.0, 121)


def _set(bands: Sequence[Eq], gains: Floats) -> list[Eq]:
    return [
        replace(band, gain_db=float(gain))
        for band, gain in zip(bands, gains, strict=True)
    ]


def _curve(bands: Sequence[Eq]) -> Floats:
    return magnitude_db(bands, CENTRES) if bands else np.zeros(BANDS)


def _powers(levels_db: Floats, rate: int) -> Floats:
    """Return the share of every third octave in the K-weighted power."""
    count = min(BANDS, len(levels_db))
    powers = np.zeros(BANDS)
    powers[:count] = weighting(rate)[:count] * 10.0 ** (levels_db[:count] / 10.0)
    total = float(powers.sum())
    return powers / total if total > 0.0 else powers


def _makeup(curve: Floats, powers: Floats) -> float:
    kept = float(powers @ 10.0 ** (curve / 10.0))
    return -10.0 * float(np.log10(kept)) if kept > 0.0 else 0.0


def _flat(slopes: Floats, powers: Floats) -> Floats:
    """Return what the makeup does, in the same decibels, for small moves."""
    return np.asarray(-(powers @ slopes))


def _leveled() -> NDArray[np.bool_]:
    return np.asarray((LEVEL_HZ[0] <= CENTRES) & (LEVEL_HZ[1] >= CENTRES))


def _bells() -> Floats:
    place = np.log(CENTRES) * (3.0 / np.log(RATIO))
    return np.asarray(np.exp(-0.5 * np.square((place[:, None] - place) / _SMOOTH)))


_NEAR: Floats = _bells()
