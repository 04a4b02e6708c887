"""Few broad bands of an equaliser for a wanted curve: settings that can be read.

Gains are found by least squares with a little weight against their size, so that
neighbours do not work against one another, and refined since decibels of overlapping
bands do not quite add (``formats/dsp.md`` §5).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dsp.eq import Eq, magnitude_db

Floats = NDArray[np.float64]

BROAD = (
    Eq(shape="lowshelf", frequency_hz=90.0),
    *(
        Eq(shape="bell", frequency_hz=hertz, q=0.8)
        for hertz in (180.0, 400.0, 1000.0, 2500.0, 5500.0)
    ),
    Eq(shape="highshelf", frequency_hz=10_000.0),
)
"""Bands that cover everything, each of about an octave and a half."""

LEAST_DB = 0.25
"""A band with less than that is left out."""

_UNIT_DB = 2.0  # gain at which the curve of a band is taken as straight
_STEADY = 0.02  # keeps overlapping bands from working against one another

_RIDGE = 0.004  # what a decibel of gain weighs beside the errors
_STEPS = 8
_SMALL_DB = 0.1  # step by which slopes are taken


def fitted(
    hertz: Floats,
    wanted_db: Floats,
    bands: Sequence[Eq] = BROAD,
    *,
    most_db: float = 12.0,
    least_db: float = LEAST_DB,
) -> tuple[Eq, ...]:
    """Return those of *bands*, with gains, whose curve is nearest to the wanted one.

    *hertz* are spaced as the errors are to count: evenly by octaves, as a rule. Gains
    lie within *most_db* and are rounded to hundredths of a decibel.
    """
    kept, gains = strongest(
        bands, lambda each: _gains(hertz, wanted_db, each, most_db), least_db
    )
    return tuple(
        replace(band, gain_db=round(float(gain), 2))
        for band, gain in zip(kept, gains, strict=True)
    )


def strongest(
    bands: Sequence[Eq], gains_of: Callable[[Sequence[Eq]], Floats], least_db: float
) -> tuple[list[Eq], Floats]:
    """Return those of *bands* that have *least_db* at least, and their gains.

    The weakest goes first, and *gains_of* the others are found anew.
    """
    kept = list(bands)
    while kept:
        gains = gains_of(kept)
        weakest = int(np.abs(gains).argmin())
        if abs(gains[weakest]) >= least_db:
            return kept, gains
        del kept[weakest]
    return [], np.zeros(0)


def curves(hertz: Floats, bands: Sequence[Eq] = BROAD) -> Floats:
    """Return what a decibel of each band does at *hertz*, by its column."""
    made = [_band(band, _UNIT_DB, hertz) / _UNIT_DB for band in bands]
    return np.array(made).T


def projection(slopes: Floats) -> Floats:
    """Return the matrix that gives, of a curve, what columns of *slopes* make of it."""
    square = slopes.T @ slopes + _STEADY * np.eye(slopes.shape[1])
    return np.asarray(slopes @ np.linalg.solve(square, slopes.T))


def linearised(
    bands: Sequence[Eq], gains: Floats, hertz: Floats
) -> tuple[Floats, Floats]:
    """Return what *bands* at *gains* make together at *hertz*, and what a decibel adds.

    The latter by the column of each band; decibels of a band do not quite add.
    """
    pairs = [*zip(bands, gains, strict=True)]
    made = np.array([_band(band, gain, hertz) for band, gain in pairs])
    ahead = np.array([_band(band, gain + _SMALL_DB, hertz) for band, gain in pairs])
    return made.sum(axis=0), ((ahead - made) / _SMALL_DB).T


def _gains(hertz: Floats, wanted: Floats, bands: Sequence[Eq], most: float) -> Floats:
    """Return the gains of *bands* that leave the least of the wanted curve."""
    gains = np.zeros(len(bands))
    ridge = _RIDGE * len(hertz) / len(bands)
    for _ in range(_STEPS):
        made, slopes = linearised(bands, gains, hertz)
        square = slopes.T @ slopes + ridge * np.eye(len(bands))
        step = np.linalg.solve(square, slopes.T @ (wanted - made) - ridge * gains)
        gains = np.clip(gains + step, -most, most)
        if np.abs(step).max() < 1e-4:
            break
    return gains


def _band(band: Eq, gain: float, hertz: Floats) -> Floats:
    return magnitude_db([replace(band, gain_db=float(gain))], hertz)
