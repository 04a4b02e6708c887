"""A song's tone brought nearer to references, within bounds, in linear phase.

The curve is the difference of the average spectra, smoothed over half an octave; a
share of it is taken, and no more than a limit. It moves no level: the K-weighted
loudness of the song's own spectrum stays. Where spectra say little, at both ends, it
fades out (``formats/dsp.md`` §1.10 and §5).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.linearphase import LinearPhase, taps
from dsp.ltas import heard_levels, weighting
from dsp.processor import Processor, Stream
from dsp.thirds import RATIO, centres

Floats = NDArray[np.float64]

MOST_DB = 12.0
"""The widest bounds there are."""

_SMOOTH = 0.64  # bands: a bell over half an octave
_BETWEEN = 0.6  # bands: how far a band's gain reaches to its neighbours
_FADES_HZ = (20.0, 40.0, 16_000.0, 20_000.0)
_NOTHING_DB = 80.0  # below the strongest band; such a band is left alone


@dataclass(frozen=True, kw_only=True)
class MatchCurve:
    """A drawn curve of gains, in linear phase."""

    centres_hz: tuple[float, ...]
    gains_db: tuple[float, ...]
    """At the centres; in between they go over smoothly, and never beyond them."""

    def __post_init__(self) -> None:
        """Refuse what is no curve; raises ValueError."""
        if len(self.centres_hz) != len(self.gains_db) or not self.gains_db:
            raise ValueError("a curve has one gain for every frequency")
        if not all(abs(gain) <= MOST_DB for gain in self.gains_db):
            raise ValueError(f"a curve changes at most {MOST_DB:g} dB")

    @property
    def idle(self) -> bool:
        """Whether the curve is flat at 0 dB."""
        return not any(self.gains_db)

    def gain_db(self, hertz: Floats) -> Floats:
        """Return the gains at *hertz*."""
        at = np.log(np.maximum(hertz, 1.0)) * (3.0 / np.log(RATIO))
        places = np.log(self.centres_hz) * (3.0 / np.log(RATIO))
        at = np.clip(at, places[0], places[-1])
        over = above = np.zeros(len(at))
        for place, gain in zip(places, self.gains_db, strict=True):
            share = np.exp(-0.5 * np.square((at - place) / _BETWEEN))
            over, above = over + share, above + gain * share
        return np.asarray(above / over)

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Begin a stream."""
        found = taps(lambda hertz: 10.0 ** (self.gain_db(hertz) / 20.0), rate)
        return LinearPhase(found)


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a song's tone is brought nearer to, and how far."""

    references: tuple[tuple[float, ...], ...]
    """Levels of third-octave bands from 20 Hz up, as ``dsp.ltas`` has them."""
    amount: float = 0.5
    """The share of the difference: 0 nothing, 1 all of it."""
    max_db: float = 3.0
    """What the curve never goes beyond."""

    def __post_init__(self) -> None:
        """Refuse what cannot be matched; raises ValueError."""
        if not self.references or not all(self.references):
            raise ValueError("match needs at least one reference")
        if not 0.0 <= self.amount <= 1.0:
            raise ValueError(f"match {100.0 * self.amount:g}%: use 0 to 100%")
        if not 0.0 <= self.max_db <= MOST_DB:
            raise ValueError(f"match up to {self.max_db:g} dB: use 0 to {MOST_DB:g} dB")

    @property
    def idle(self) -> bool:
        """Whether nothing of the difference is taken."""
        return not self.amount or not self.max_db

    def open(self, rate: int, *, start: int = 0) -> Stream:
        """Refuse: what has not been heard cannot be matched."""
        raise ValueError("match has to hear the whole sound before it can begin")

    def learned(
        self, rate: int, sound: Callable[[], Iterator[Floats]], *, start: int = 0
    ) -> Processor:
        """Return the curve for *sound*."""
        return self.curve(heard_levels(rate, sound()), rate)

    def curve(self, own: Floats, rate: int) -> MatchCurve:
        """Return the curve for a song whose loud levels are *own*."""
        wanted = _mean_level(self.references)
        count = min(len(wanted), len(own))
        middles, own = centres(rate)[:count], own[:count]
        trust = _trust(middles, own)
        difference = _smoothed(wanted[:count] - own, trust)
        share = self.amount * difference
        weights = weighting(rate)[:count] * 10.0 ** (own / 10.0)

        def at(offset: float) -> MatchCurve:
            gains = trust * np.clip(share + offset, -self.max_db, self.max_db)
            return MatchCurve(
                centres_hz=tuple(float(each) for each in middles),
                gains_db=tuple(float(each) for each in gains),
            )

        # the loudness rises with the offset, so halving finds where it stays
        reach = self.max_db + float(np.abs(share).max(initial=0.0))
        low, high = -reach, reach
        for _ in range(40):
            middle = 0.5 * (low + high)
            powers = 10.0 ** (at(middle).gain_db(middles) / 10.0)
            if float(weights @ (powers - 1.0)) > 0.0:
                high = middle
            else:
                low = middle
        return at(0.5 * (low + high))


def _mean_level(references: Sequence[Sequence[float]]) -> Floats:
    """Return the mean of the references, over the bands that all of them have."""
    count = min(len(each) for each in references)
    return np.asarray(np.mean([each[:count] for each in references], axis=0))


def _trust(middles: Floats, own: Floats) -> Floats:
    """Return how far each band is changed: fully, or less at the ends of hearing."""
    faded = np.interp(np.log(middles), np.log(_FADES_HZ), (0.0, 1.0, 1.0, 0.0))
    return np.where(own > own.max() - _NOTHING_DB, faded, 0.0)


def _smoothed(difference: Floats, trust: Floats) -> Floats:
    """Return the mean around each band, of the bands that can be trusted."""
    place = np.arange(len(difference))
    near = np.exp(-0.5 * np.square((place[:, None] - place) / _SMOOTH)) * trust
    total = near.sum(axis=1)
    return np.asarray(near @ difference / np.where(total > 0.0, total, 1.0))
