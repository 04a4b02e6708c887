"""Spectra for tests of tone: music's fall, differences of mixing, details of nature."""

import numpy as np

from dsp.tonality import BANDS, CENTRES

RATE = 48_000
MUSIC = -4.0 * np.log2(np.maximum(CENTRES, 100.0) / 100.0)
"""Third octaves that fall towards the treble, as music's do."""


def rms(levels):
    """Return the size of third octaves from 40 Hz to 12.5 kHz, without their level."""
    inside = levels[3:29]
    return float(np.sqrt(np.mean(np.square(inside - inside.mean()))))


def broad(seed):
    """Return a difference of tone as two mixes may have it."""
    random = np.random.default_rng(seed)
    at = np.linspace(0, np.pi, BANDS)
    parts = random.normal(size=5)
    return sum(part * np.cos(n * at) / n for n, part in enumerate(parts, 1)) * 1.5


def details(seed, size):
    """Return differences from band to band, as keys and instruments make them."""
    return np.random.default_rng(seed).normal(size=BANDS) * size
