"""The average spectrum of a song's loud passages, in third-octave bands.

What is quiet says little about a song's tone: an intro, a fade, a gap. Counted are the
passages of three seconds within 20 dB of the loudest quarter, by K-weighted level
(``formats/dsp.md`` §1.10).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dsp.kfilters import coefficients
from dsp.lanefft import LEFT, RIGHT
from dsp.meter import Meter
from dsp.thirds import centres

Floats = NDArray[np.float64]

GATE_DB = -20.0
"""Re the loudest quarter; what lies below is not counted."""

_FLOOR = 1e-12  # of the strongest band; a band without anything is put there


def loud_levels(bands: Floats, rate: int) -> Floats:
    """Return the levels of the third-octave bands of loud passages, in dB.

    *bands* are energies by slot, row of ``dsp.lanefft`` and band, as the meter's tally
    keeps them. Levels are relative: 0 dB is all of the K-weighted power. Of silence,
    all are 0 dB. Raises ValueError for a sound without a single sample.
    """
    powers = bands[:, LEFT] + bands[:, RIGHT]
    if not len(powers):
        raise ValueError("a sound without samples has no spectrum")
    weights = weighting(rate)
    levels = powers @ weights
    if not levels.max() > 0.0:
        return np.zeros(len(weights))
    quarter = np.sort(levels)[-max(1, len(levels) // 4) :]
    loud = levels >= quarter.mean() * 10.0 ** (GATE_DB / 10.0)
    mean = powers[loud].mean(axis=0)
    mean = np.maximum(mean, _FLOOR * mean.max()) / float(mean @ weights)
    return np.asarray(10.0 * np.log10(mean))


def heard_levels(rate: int, blocks: Iterable[Floats]) -> Floats:
    """Return ``loud_levels`` of a stereo sound, which is given in *blocks*."""
    meter = Meter(rate, 2)
    for block in blocks:
        meter.feed(block)
    return loud_levels(meter.finish().bands, rate)


def weighting(rate: int) -> Floats:
    """Return the K-weighting of the bands, as factors of power."""
    b0, b1, b2, a1, a2, h1, h2 = coefficients(rate)
    z = np.exp(-2j * np.pi / rate * centres(rate))
    shelf = (b0 + z * (b1 + z * b2)) / (1.0 + z * (a1 + z * a2))
    highpass = np.square(1.0 - z) / (1.0 + z * (h1 + z * h2))
    return np.asarray(np.square(np.abs(shelf * highpass)))
