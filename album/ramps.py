"""Ramps on audio: fades and crossfades, a pure function of the place."""

import numpy as np

from album.timeline import Ramp
from delivery.program import Floats
from dsp.fades import rise


def apply_ramp(
    audio: Floats, at: int, ramp: Ramp | None, total: int, *, opening: bool
) -> None:
    """Fade *audio*, which begins at sample *at* of *total*, in place.

    Sample k of a fade over n samples has position (k + ½)/n, counted from its silent
    end: a pure function of the place, whatever block it comes in.
    """
    if ramp is None:
        return
    base = 0 if opening else total - ramp.length
    first, last = max(at, base), min(at + len(audio), base + ramp.length)
    if first >= last:
        return
    place = np.arange(first - base, last - base, dtype=np.float64) + 0.5
    position = place / ramp.length
    curve = rise(ramp.curve, position if opening else 1.0 - position)
    audio[first - at : last - at] *= curve[:, np.newaxis]
