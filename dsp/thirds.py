"""Third-octave bands (IEC 61260-1:2014, base ten) and what of a spectrum is in them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIO = 10.0**0.3
"""The octave of base ten, IEC 61260-1 eq. 1."""

_LOWEST = -17
"""Number of the 20 Hz band, counted from 1 kHz."""

_NOMINAL = (10.0, 12.5, 16.0, 20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0)


def centres(rate: int) -> Floats:
    """Return the exact centres from 20 Hz up to the last below half the *rate*."""
    highest = int(np.floor(3.0 * np.log10(rate / 2000.0) / np.log10(RATIO) - 1e-9))
    return np.asarray(1000.0 * RATIO ** (np.arange(_LOWEST, highest + 1) / 3.0))


def nominal(centre: float) -> float:
    """Return the number a band is called by: 31.5, 1000, 12500."""
    place = round(10.0 * np.log10(centre))
    return float(_NOMINAL[(place - 10) % 10] * 10.0 ** ((place - 10) // 10))


def edges(rate: int) -> Floats:
    """Return the edges of the bands, one more than there are centres."""
    middles = centres(rate)
    half = RATIO ** (1.0 / 6.0)
    return np.append(middles / half, middles[-1] * half)


def between(spectra: Floats, spacing: float, cuts: Floats) -> Floats:
    """Return the sums of *spectra* (…, bins) between the frequencies *cuts*.

    A bin's power is spread evenly over its *spacing* in Hz; nothing lies beyond the
    last bin.
    """
    bins = spectra.shape[-1]
    place = np.clip(cuts / spacing + 0.5, 0.0, bins)
    whole = np.minimum(place.astype(np.intp), bins - 1)
    below = np.cumsum(spectra, axis=-1) - spectra
    sums = below[..., whole] + spectra[..., whole] * (place - whole)
    return np.asarray(sums[..., 1:] - sums[..., :-1])
