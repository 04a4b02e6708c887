"""The smallest move that brings a song's tone into its allowed band, or none.

A share of a difference would be asked for again and again. A song that lies in the band
is asked for nothing; one that stands out is brought in, the further in the more it
stands out; and one that no allowed move brings even near is left alone, since what is
moved a part of the way would be moved again (docs/explanation/balance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dsp.allowance import Allowance, curves, fit
from dsp.bounded import Aim, bounded
from dsp.eq import Eq, magnitude_db
from dsp.fitting import BROAD
from dsp.ltas import weighting
from dsp.tonality import (
    BANDS,
    CENTRES,
    Floats,
    Known,
    judged,
    leveled,
    smoothing,
)

LEAST_DB = 0.1
"""A band of the equaliser with less is left out."""

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

_MOST_BANDS = 5
_WORTH_DB = 0.02
_WORTH = 0.1
"""By how much a further band has to lessen what lies outside, in dB; where little is
left, by a share of it all."""

WHOLLY = 0.5
"""By how much more than it takes to stand out a song is brought in as far as can be."""

HOPELESS = 0.5
"""The share of what stands out that the best move may leave; if more, none is made."""

_INSIDE = 0.05  # dB by which a move ends inside of the band
_RIDGE = 3e-2  # what a decibel of a move weighs beside one outside of the band
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
    """Whether the song stands out all the same: no allowed move brings it in."""

    @property
    def curve_db(self) -> Floats:
        """What it does to every third octave, its makeup aside."""
        return _curve(self.bands)


def move(
    off_db: Floats,
    levels_db: Floats,
    rate: int,
    allowed: Allowance,
    *,
    most_db: float,
) -> Move:
    """Return the smallest move of a tone that lies *off_db* from its target.

    *levels_db* are the song's own third octaves, which say what its loudness is made
    of. No band goes beyond *most_db*, nor does the curve of them all, as it stands or
    without the level by which it moves the whole.
    """
    known = judged() & np.isfinite(off_db)
    if not known.any():
        return Move()
    whole = _Task(
        off=off_db,
        known=known,
        allowed=allowed.half_db,
        most=most_db,
        powers=_powers(levels_db, rate),
        little=allowed.little_db,
    )
    out = whole.standing_out()
    if out <= 1.0 or most_db <= 0.0:
        return Move(left_db=whole.left(), capped=out > 1.0)
    nearer = max(0.0, 1.0 - (out - 1.0) / WHOLLY)
    inner = np.maximum(allowed.least_db, allowed.half_db * nearer)
    done = replace(whole, allowed=inner).done()
    still = whole.standing_out(done.curve_db)
    if still > max(1.0, HOPELESS * out):
        return Move(left_db=whole.left(), capped=True)
    return replace(done, left_db=whole.left(done.curve_db), capped=still > 1.0)


def makeup(bands: Sequence[Eq], levels_db: Floats, rate: int) -> float:
    """Return the gain in dB that keeps the K-weighted level of *levels_db*."""
    return _makeup(_curve(bands), _powers(levels_db, rate))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Task:
    """A tone that is off, and what a move may do to it."""

    off: Floats
    known: Known
    allowed: Floats
    most: float
    powers: Floats
    little: float

    def done(self) -> Move:
        """Return the smallest move into the allowed band, of as few bands as do."""
        # what is out of reach does not pull at what is not
        reach = self.allowed + self.most
        near = replace(self, off=np.clip(self.off, -reach, reach))
        kept = near.chosen()
        gains = np.zeros(len(kept))
        while kept:
            gains = near.solved(kept, gains)
            weakest = int(np.abs(gains).argmin())
            if abs(gains[weakest]) >= LEAST_DB:
                break
            del kept[weakest]
            gains = np.delete(gains, weakest)
        return near.rounded(kept, gains)

    def chosen(self) -> list[Eq]:
        """Return the bands that are needed, as if decibels of bands just added.

        One by one, that first which leaves the least outside.
        """
        kept: list[int] = []
        gains = np.zeros(0)
        left = first = self.outside(self.off)
        while left > 0.5 * self.little and len(kept) < _MOST_BANDS:
            tried = [
                (*self._with([*kept, at], np.append(gains, 0.0)), at)
                for at in range(len(CHOICE))
                if at not in kept
            ]
            least, better, at = min(
                tried, key=lambda each: (round(each[0], 6), each[2])
            )
            worth = _WORTH * first if left <= self.little else _WORTH_DB
            if left - least < worth:
                break
            kept.append(at)
            left, gains = least, better
        return [CHOICE[at] for at in kept]

    def _with(self, kept: list[int], start: Floats) -> tuple[float, Floats]:
        """Return what bands leave outside, and their gains, all taken as straight."""
        slopes, count = _CHOICE[:, kept], len(kept)
        aims = (
            self._inside(slopes, np.zeros(BANDS)),
            Aim(np.eye(count), np.zeros(count), self.most, _WALL),
        )
        gains = bounded(aims, _ridge(slopes), np.zeros(count), start)
        return self.outside(self.off + self.seen @ slopes @ gains), gains

    def solved(self, bands: Sequence[Eq], start: Floats) -> Floats:
        """Return the gains of *bands*: a convex task, but for their shapes.

        What lies outside of the allowed band counts by its square, and a little what
        is moved at all, so that the smallest of all moves that do is taken.
        """
        gains = start
        for _ in range(_ROUNDS):
            made = np.array([_curve([each]) for each in _set(bands, gains)])
            ahead = np.array([_curve([e]) for e in _set(bands, gains + _SLOPE_DB)])
            slopes = ((ahead - made) / _SLOPE_DB).T
            base = made.sum(axis=0) - slopes @ gains
            new = self._linear(slopes, base, gains)
            done = np.abs(new - gains).max() < 1e-3
            gains = new
            if done:
                break
        return gains

    def _linear(self, slopes: Floats, base: Floats, gains: Floats) -> Floats:
        """Return the best gains where curves are *base* and *slopes* times gains."""
        count = len(gains)
        level = leveled()
        held = slopes - slopes[level].mean(axis=0), base - base[level].mean()
        aims = (
            self._inside(slopes, base),
            Aim(slopes, base, self.most, _WALL),
            Aim(*held, self.most, _WALL),
            # no band of its own beyond it either, though neighbours would lessen it
            Aim(np.eye(count), np.zeros(count), self.most, _WALL),
        )
        return bounded(aims, _ridge(slopes), np.zeros(count), gains)

    def _inside(self, slopes: Floats, base: Floats) -> Aim:
        known, seen = self.known, self.seen[self.known]
        bound = self.allowed[known] - _INSIDE
        return Aim(seen @ slopes, self.off[known] + seen @ base, bound, 1.0)

    @cached_property
    def seen(self) -> Floats:
        """What makes of a curve what it does to a tone, as that is measured."""
        usable = np.isfinite(self.off)
        seen = smoothing(usable)
        seen -= seen[usable & leveled()].mean(axis=0)
        seen[~usable] = 0.0
        return np.asarray(seen)

    def standing_out(self, curve: Floats | None = None) -> float:
        """Return what lies outside of the allowed band and broad bands could make.

        As a root of mean squares in dB, behind a *curve* where there is one. A single
        third octave that is far off is no matter of broad bands.
        """
        known = self.known
        after = self.off if curve is None else self.off + self.seen @ curve
        broad = np.zeros(BANDS)
        broad[known] = fit((self.seen @ _BROAD)[known]) @ after[known]
        return self.outside(broad) / self.little

    def outside(self, off: Floats) -> float:
        """Return what lies outside of the allowed band, as a root of mean squares."""
        over = np.maximum(np.abs(off) - self.allowed, 0.0)[self.known]
        return float(np.sqrt(np.mean(np.square(over))))

    def left(self, curve: Floats | None = None) -> float:
        """Return what lies outside of the allowed band, of the worst third octave."""
        after = self.off if curve is None else self.off + self.seen @ curve
        return max(0.0, float((np.abs(after) - self.allowed)[self.known].max()))

    def rounded(self, bands: Sequence[Eq], gains: Floats) -> Move:
        """Return the move in hundredths of a decibel, within its bounds."""
        if not len(gains):
            return Move()
        peak = self._largest(_set(bands, gains))
        gains = gains * min(1.0, (self.most - 0.005) / peak) if peak else gains
        chosen = tuple(
            replace(each, gain_db=round(float(gain), 2))
            for each, gain in zip(bands, gains, strict=True)
        )
        held = round(_makeup(_curve(chosen), self.powers), 2)
        return Move(bands=chosen, makeup_db=held)

    def _largest(self, bands: Sequence[Eq]) -> float:
        curve = magnitude_db(bands, _FINE)
        held = curve - _curve(bands)[leveled()].mean()
        single = max(abs(each.gain_db) for each in bands)
        return float(max(single, np.abs(curve).max(), np.abs(held).max()))


_FINE: Floats = np.geomspace(20.0, 20_000.0, 121)


def _set(bands: Sequence[Eq], gains: Floats) -> list[Eq]:
    return [
        replace(band, gain_db=float(gain))
        for band, gain in zip(bands, gains, strict=True)
    ]


def _ridge(slopes: Floats) -> Floats:
    """Return what gains weigh: each band for itself, so that none fights another."""
    return np.asarray(_RIDGE * np.diag(np.square(slopes).sum(axis=0)))


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


_BROAD: Floats = curves(BROAD)
_CHOICE: Floats = curves(CHOICE)
