"""How far a song's tone may lie off its target: what an amount allows, and its nature.

Songs that belong together are not alike. How far they differ by nature is told by what
no equaliser has made: the details of their spectra, narrower than a broad band. Where
those differ much, other keys and other instruments, broad differences are as large by
nature; where they hardly do, a broad difference is one of mixing. The details are the
same before and after a move, and so is what they allow (docs/explanation/balance.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

import numpy as np

from dsp.fitting import projection
from dsp.outside import BROAD_CURVES
from dsp.tonality import CENTRES, Floats, Known, judged, present

WIDEST_DB = 2.0
NARROWEST_DB = 0.25
"""Half the width of the allowed band: the narrowest, and what amount 0 would add."""

NATURE = 1.4
"""By how much more than is usual a song may differ."""

STANDS_OUT = 0.4
"""How much may lie outside of the band, of its width at amount 1."""

_USUAL_HZ = (40.0, 125.0, 315.0, 630.0, 2500.0, 5000.0, 10_000.0, 12_500.0)
_USUAL = (2.6, 1.55, 1.35, 1.2, 1.2, 1.65, 2.45, 2.75)
"""By how much two thirds of all songs' tones differ at most, for each decibel by which
their details do: ``python -m benchmarks tone`` measures it."""

_BY_BAND: Floats = np.interp(np.log(CENTRES), np.log(_USUAL_HZ), _USUAL)

_ODD = 3.0  # times the median; a band that is further off counts as that


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

    def threshold_db(self, known: Known) -> float:
        """Return what may lie outside before a song stands out, as outside is told.

        As a root of mean squares, over the bands that are *known*.
        """
        narrow = np.hypot(NARROWEST_DB, self.natural_db[known])
        return STANDS_OUT * float(np.sqrt(np.mean(np.square(narrow))))


def half_width(amount: float) -> float:
    """Return by how many dB a tone may be off for an amount, nature aside."""
    return NARROWEST_DB + WIDEST_DB * (1.0 - amount)


def allowance(amount: float, unlikeness_db: float = 0.0) -> Allowance:
    """Return what an amount allows a song of this ``unlikeness``."""
    return Allowance(
        least_db=half_width(amount), natural_db=NATURE * unlikeness_db * _BY_BAND
    )


def unlikeness(levels_db: Floats, others: Iterable[Floats]) -> float:
    """Return how far a spectrum's details lie off those of *others*, in dB.

    Of each other the size of what is left of the difference when broad bands have taken
    what they can, over √2; of all the median, and 0 where there are none.
    """
    own = present(levels_db)
    found = [_details(own - present(each)) for each in others]
    return median(found) / float(np.sqrt(2.0)) if found else 0.0


def _details(off: Floats) -> float:
    """Return the size of a difference's details: a root of mean squares.

    A single band that is far off, a hum or a coder's edge, counts little.
    """
    known = judged() & np.isfinite(off)
    if not known.any():
        return 0.0
    level = off[known] - off[known].mean()
    left = np.abs(level - _broad(known.tobytes()) @ level)
    # not numpy's own median, which would load its masks
    left = np.minimum(left, _ODD * median(left.tolist()))
    return float(np.sqrt(np.mean(np.square(left))))


@lru_cache(maxsize=64)
def _broad(known: bytes) -> Floats:
    """Return what broad bands make of a difference in the bands that are known."""
    bands = BROAD_CURVES[np.frombuffer(known, bool)]
    return projection(bands - bands.mean(axis=0))
