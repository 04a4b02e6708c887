"""The smallest move that brings a song's tone into its allowed band, or none.

A share of a difference would be asked for again and again. A song that lies in the band
is asked for nothing; one that stands out is brought in, the further in the more it
stands out; and one that no allowed move brings even near is left alone, since what is
moved a part of the way would be moved again (docs/explanation/balance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dsp.allowance import Allowance
from dsp.eq import Eq
from dsp.ltas import weighting
from dsp.outside import Off
from dsp.tonality import BANDS, Floats
from dsp.tonefit import Fit, curve, largest

WHOLLY = 0.5
"""By how much more than it takes to stand out a song is brought in as far as can be."""

AT_REST = 0.75
"""How little may stand out behind a move: what is measured of the result is a little
more or less than what was foretold."""

HOPELESS = 1 / 3
"""The share of what stands out that the best move may leave; if more, none is made."""

Held = Literal["", "bound", "bands"]

_NEAR_DB = 0.1  # to the bound


@dataclass(frozen=True, kw_only=True)
class Move:
    """A small change of a song's tone that leaves its loudness."""

    bands: tuple[Eq, ...] = ()
    makeup_db: float = 0.0
    """Gain after the bands that keeps the K-weighted level of what is loud."""
    left_db: float = 0.0
    """What stays outside of the allowed band, of the worst third octave."""
    held: Held = ""
    """What keeps the song standing out all the same: the largest move that is allowed,
    or that broad bands cannot make what is needed."""

    @property
    def curve_db(self) -> Floats:
        """What it does to every third octave, its makeup aside."""
        return curve(self.bands)


def move(
    off_db: Floats,
    levels_db: Floats,
    rate: int,
    allowed: Allowance,
    *,
    most_db: float,
    common: Sequence[Eq] = (),
) -> Move:
    """Return the smallest move of a tone that lies *off_db* from its target.

    *levels_db* are the song's own third octaves, which say what its loudness is made
    of. No band goes beyond *most_db*, nor does the curve of them all, as it stands or
    without the level by which it moves the whole. Where a whole record is moved by
    *common* bands, the target moves with it, and those are what is left to do.
    """
    off, half, nothing = Off(off_db), allowed.half_db, np.zeros(BANDS)
    toward = curve(common)
    shared = Move(bands=tuple(common), makeup_db=_kept_level(toward, levels_db, rate))
    if not off.known.any():
        return shared
    threshold = allowed.threshold_db(off.known)

    def standing_out(by: Floats) -> float:
        return off.broadly(half, by - toward) / threshold

    out, left = standing_out(toward), off.worst(half, nothing)
    if out <= 1.0:
        return replace(shared, left_db=left)
    if most_db <= 0.0:
        return replace(shared, left_db=left, held="bound")
    nearer = max(0.0, 1.0 - (out - 1.0) / WHOLLY)
    into = np.maximum(allowed.least_db, half * nearer)
    wanted = Off(off.behind(-toward))
    fit = Fit(off=wanted, into=into, most_db=most_db, rate=rate)
    bands = fit.made(lambda by: standing_out(by) <= AT_REST)
    done = curve(bands)
    still = standing_out(done)
    held = _held(bands, most_db)
    if still > max(AT_REST, HOPELESS * out):
        return replace(shared, left_db=left, held=held)
    return Move(
        bands=tuple(bands),
        makeup_db=_kept_level(done, levels_db, rate),
        left_db=off.worst(half, done - toward),
        held=held if still > (AT_REST if held == "bound" else 1.0) else "",
    )


def _held(bands: Sequence[Eq], most_db: float) -> Held:
    return "bound" if bands and largest(bands) > most_db - _NEAR_DB else "bands"


def _kept_level(done: Floats, levels_db: Floats, rate: int) -> float:
    """Return the gain that keeps the K-weighted level behind a curve, in dB."""
    count = min(BANDS, len(levels_db))
    powers = weighting(rate)[:count] * 10.0 ** (levels_db[:count] / 10.0)
    kept = float(powers @ 10.0 ** (done[:count] / 10.0))
    total = float(powers.sum())
    if not (total > 0.0 and kept > 0.0):
        return 0.0
    return round(10.0 * float(np.log10(total / kept)), 2) + 0.0
