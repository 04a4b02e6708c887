"""The tone of a song: its spectrum without its level.

Third octaves from 20 Hz to 20 kHz. Tones are compared at the level that they share, and
their difference is smoothed over an octave (docs/explanation/balance.md).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.thirds import RATIO, centres

Floats = NDArray[np.float64]
Known = NDArray[np.bool_]

BANDS = 31
"""Third octaves from 20 Hz to 20 kHz."""

CENTRES: Floats = centres(48_000)[:BANDS]

LEVEL_HZ = (90.0, 9000.0)
"""What the level of a spectrum is taken from, as the mean of its bands."""

JUDGED_HZ = (39.0, 14_000.0)
"""Beyond this a spectrum says little, and every tone is allowed: rumble below, and
above what lossy coders and converters leave."""

_SMOOTH = 1.27  # bands: a bell as wide as an octave at half its height
_NOTHING_DB = 70.0  # below the strongest band; such a band tells nothing


def present(levels_db: Floats) -> Floats:
    """Return third-octave *levels_db* from 20 Hz up, NaN where there is nothing."""
    own = np.full(BANDS, np.nan)
    own[: min(BANDS, len(levels_db))] = levels_db[:BANDS]
    own[own < np.nanmax(own) - _NOTHING_DB] = np.nan
    return own


def tone(levels_db: Floats) -> Floats:
    """Return the tone of third-octave *levels_db* from 20 Hz up, without their level.

    NaN where there is nothing, or nothing was measured.
    """
    own = present(levels_db)
    known = leveled() & np.isfinite(own)
    return np.asarray(own - own[known].mean()) if known.any() else own * np.nan


def distance(own: Floats, target: Floats) -> Floats:
    """Return how far a tone lies off another, at the level that they share.

    Smoothed over an octave, where both are known.
    """
    off = smoothed(own - target)
    known = leveled() & np.isfinite(off)
    return np.asarray(off - off[known].mean()) if known.any() else off


def smoothed(values: Floats) -> Floats:
    """Return the mean around each band, an octave wide, of the bands that are known."""
    known = np.isfinite(values)
    out = np.full(BANDS, np.nan)
    out[known] = (smoothing(known) @ np.where(known, values, 0.0))[known]
    return out


def smoothing(known: Known) -> Floats:
    """Return what ``smoothed`` does to the bands that are *known*, as a matrix."""
    near = _NEAR * known * known[:, np.newaxis]
    total = near.sum(axis=1, keepdims=True)
    return np.asarray(near / np.where(total > 0.0, total, 1.0))


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


def between(values: Floats, low_hz: float, high_hz: float) -> float:
    """Return the mean of third octaves from *low_hz* on and below *high_hz*.

    By the nominal frequencies of their centres; NaN where nothing is known.
    """
    inside = values[(0.98 * low_hz < CENTRES) & (0.98 * high_hz > CENTRES)]
    known = inside[np.isfinite(inside)]
    return float(known.mean()) if len(known) else float("nan")


def judged() -> Known:
    """Return which third octaves are held to a target."""
    return np.asarray((JUDGED_HZ[0] < CENTRES) & (JUDGED_HZ[1] > CENTRES))


def leveled() -> Known:
    """Return which third octaves the level of a spectrum is taken from."""
    return np.asarray((LEVEL_HZ[0] <= CENTRES) & (LEVEL_HZ[1] >= CENTRES))


def _bells() -> Floats:
    place = np.log(CENTRES) * (3.0 / np.log(RATIO))
    near = np.exp(-0.5 * np.square((place[:, None] - place) / _SMOOTH))
    # a coder's edge, or a converter's, is not to reach into what is judged
    near[np.ix_(judged(), ~judged())] = 0.0
    return np.asarray(near)


_NEAR: Floats = _bells()
