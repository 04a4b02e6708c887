"""Fewer samples for what looks at low frequencies: every second, again and again.

Half of 96 kHz and nearly all of the work lies above 12 kHz, where K-weighting is flat
and nothing is bass. Six taps before each halving are enough for both: what folds down
below 560 Hz is 75 dB lower, and what lies between is counted in full elsewhere
(``dsp.hearing``), so it need not be kept.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact, kernel

Singles = NDArray[np.float32]

LOWEST = 24_000
"""Hz that are left at least."""

_NEXT, _FAR = np.float32(79 / 1024), np.float32(-49 / 1024)
"""Weights of the next samples and of those beyond, with which K-weighted tones come out
best; the nearest have what is left to a gain of 1."""


def factor(rate: int, ticks: int) -> int:
    """Return of how many samples one is left, where *ticks* in a second stay whole."""
    found = 1
    while rate >= 2 * found * LOWEST and rate % (2 * found * ticks) == 0:
        found *= 2
    return found


def workspace(thinned: int, longest: int) -> Singles:
    """Return room for ``thin``, up to *longest* samples that are left."""
    return np.zeros((2, (longest + 4) * thinned // 2), np.float32)


@kernel
def thin(plane: Singles, begin: int, low: Singles, thinned: int, work: Singles) -> None:
    """Fill *low* from sample *begin* of the plane on, one of *thinned* samples.

    Twice *thinned* less two samples are needed before and behind.
    """
    source = plane[begin - 2 * (thinned - 1) :]
    share = thinned // 2
    row = 0
    while share > 1:
        # more than is asked for: what the halvings to come reach for
        out = work[row, : len(low) * share + 4 * (share - 1)]
        _halve(source, out)
        source = out
        share //= 2
        row = 1 - row
    _halve(source, low)


@exact
def _halve(samples: Singles, out: Singles) -> None:
    """Leave one of two; the first lies between samples 2 and 3.

    A constant stays what it is, to the last bit: no loudness may come of it.
    """
    two, half = np.uint64(2), np.float32(0.5)
    for place in range(np.uint64(len(out))):
        at = two * place
        near = samples[at + np.uint64(2)] + samples[at + np.uint64(3)]
        following = samples[at + np.uint64(1)] + samples[at + np.uint64(4)]
        far = samples[at] + samples[at + np.uint64(5)]
        out[place] = half * near + _NEXT * (following - near) + _FAR * (far - near)
