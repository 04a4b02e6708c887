"""How far a song's tone may lie off its target: what an amount allows, and its nature.

Songs that belong together are not alike. How far they differ by nature is told by what
no equaliser has made: the details of their spectra, narrower than a broad band. Where
those differ much, other keys and other instruments, broad differences are as large by
nature; where they hardly do, a broad difference is one of mixing. The details are the
same before and after a move, and so is what they allow (docs/explanation/balance.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from dsp.eq import Eq, magnitude_db
from dsp.fitting import BROAD
from dsp.tonality import CENTRES, Floats, judged, present

WIDEST_DB = 2.0
NARROWEST_DB = 0.25
"""Half the width of the allowed band: the narrowest, and what amount 0 would add."""

NATURE = 1.4
"""By how much more than is usual a song may differ before it stands out."""

STANDS_OUT = 0.4
"""How much may lie outside of the band, of its width at amount 1."""

_USUAL_HZ = (40.0, 125.0, 315.0, 630.0, 2500.0, 5000.0, 10_000.0, 12_500.0)
_USUAL = (2.2, 1.4, 1.1, 1.0, 1.0, 1.3, 2.2, 2.4)
"""By how much two thirds of all songs' tones differ at most, for each decibel by which
their details do: measured on 360 records."""

_UNIT_DB = 2.0  # gain at which the curve of a band is taken
_STEADY = 0.02  # keeps overlapping bands from working against one another


@dataclass(frozen=True, kw_only=True, eq=False)
class Allowance:
    """Half the width of an allowed band, in dB."""

    least_db: float
    """What the amount allows; what stands out is brought as near as that."""
    natural_db: Floats
    """What is allowed to the song's nature, by third octave."""

    @property
    def half_db(self) -> Floats:
        """What is allowed, by third octave."""
        return np.hypot(self.least_db, self.natural_db)

    @property
    def little_db(self) -> float:
        """What may lie outside, as a root of mean squares, before a song stands out."""
        narrow = np.hypot(NARROWEST_DB, self.natural_db[judged()])
        return STANDS_OUT * float(np.sqrt(np.mean(np.square(narrow))))


def half_width(amount: float) -> float:
    """Return by how many dB a tone may be off for an amount, nature aside."""
    return NARROWEST_DB + WIDEST_DB * (1.0 - amount)


def allowance(amount: float, unlike_db: float = 0.0) -> Allowance:
    """Return what an amount allows a song whose details are off by *unlike_db*."""
    return Allowance(
        least_db=half_width(amount), natural_db=NATURE * unlike_db * _usual()
    )


def unlike(levels_db: Floats, others: Iterable[Floats]) -> float:
    """Return how far a spectrum's details lie off those of *others*, in dB.

    The root of mean squares of what is left of the difference of two spectra when broad
    bands have taken what they can; of all others the median, and 0 where there are
    none.
    """
    own = present(levels_db)
    found = [_left(own - present(each)) for each in others]
    return median(found) / float(np.sqrt(2.0)) if found else 0.0


def curves(bands: Sequence[Eq]) -> Floats:
    """Return what a decibel of each band does to the third octaves, by its column."""
    return np.array(
        [
            magnitude_db([replace(band, gain_db=_UNIT_DB)], CENTRES) / _UNIT_DB
            for band in bands
        ]
    ).T


def fit(slopes: Floats) -> Floats:
    """Return the matrix that gives, of a difference, what columns of *slopes* make."""
    square = slopes.T @ slopes + _STEADY * np.eye(slopes.shape[1])
    return np.asarray(slopes @ np.linalg.solve(square, slopes.T))


def _left(off: Floats) -> float:
    known = judged() & np.isfinite(off)
    if not known.any():
        return 0.0
    bands = _BROAD[known]
    level = off[known] - off[known].mean()
    left = level - fit(bands - bands.mean(axis=0)) @ level
    return float(np.sqrt(np.mean(np.square(left))))


def _usual() -> Floats:
    return np.interp(np.log(CENTRES), np.log(_USUAL_HZ), _USUAL)


_BROAD: Floats = curves(BROAD)
