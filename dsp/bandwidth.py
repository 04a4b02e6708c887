"""How far up a recording reaches: where its average spectrum ends as if cut off."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLIFF = 12.0
"""dB within a twelfth of the frequency: steeper than music, as steep as filters."""

_NARROW = 1.0 + 1.0 / 12.0
_LEAST = 8
"""Bins at least, over which a cliff is held against what lies before and beyond it."""
_LOWEST = 3000.0
"""Hz: below the cut of a telephone there are falls of music itself."""
_SMOOTH = 3  # bins
_FLOOR = 1e-12
"""Of the highest bin: below this, what leaks from the bass is all there is to see."""


def bandwidth(powers: Floats, spacing: float) -> float | None:
    """Return the frequency where *powers* fall off their highest cliff.

    *powers* are mean squares of bins *spacing* Hz apart. A spectrum without a cliff
    reaches up to the last bin; silence has no bandwidth.
    """
    if not powers.max(initial=0.0) > 0:
        return None
    kernel = np.ones(_SMOOTH) / _SMOOTH
    seen = np.maximum(powers, _FLOOR * powers.max())
    smooth = np.convolve(seen, kernel, mode="same")
    smooth[[0, -1]] = seen[[0, -1]]
    levels = 10.0 * np.log10(smooth)
    last = len(levels) - 1
    for at in range(last - _SMOOTH, int(_LOWEST / spacing), -1):
        beyond = min(last, max(at + _SMOOTH, round(at * _NARROW)))
        if levels[at] - levels[beyond] >= CLIFF and _lasts(levels, at, beyond):
            # the top of the cliff: where the fall begins
            top = at
            while top > 1 and levels[top - 1] - levels[top] > 1.0:
                top -= 1
            return float(top * spacing)
    return float(last * spacing)


def _lasts(levels: Floats, at: int, beyond: int) -> bool:
    """Say whether the fall from *at* to *beyond* is one of all that is around.

    That of a single partial is not.
    """
    width = max(_LEAST, beyond - at)
    before, after = levels[max(0, at - width) : at], levels[beyond : beyond + width]
    return float(np.median(before) - np.median(after)) >= CLIFF
