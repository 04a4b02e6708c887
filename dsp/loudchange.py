"""How much louder a stage makes a whole sound: K-weighted power, before and after.

Not gated, so that every sound has an answer; over a whole song it is led by the loud
parts, as what is heard is.
"""

import math

import numpy as np

from dsp.kernels import exact
from dsp.kfilters import coefficients
from dsp.processor import Floats


class Power:
    """The K-weighted sum of squares of a sound, in the order of its samples."""

    def __init__(self, rate: int) -> None:
        """Begin a sound at *rate* Hz."""
        self._filters = coefficients(rate)
        self._state = np.zeros((2, 5))

    def feed(self, block: Floats) -> None:
        """Take the next *block*."""
        _add(block, self._filters, self._state)

    @property
    def total(self) -> float:
        """Return what was heard so far."""
        return float(self._state[:, 4].sum())


def makeup_db(before: Power, after: Power) -> float:
    """Return the gain that makes *after* as loud as *before*; 0 for silence."""
    if not before.total or not after.total:
        return 0.0
    return 10.0 * math.log10(before.total / after.total)


@exact
def _add(block: Floats, filters: Floats, state: Floats) -> None:
    """Add the squares of *block* behind shelf and high-pass to column 4 of *state*."""
    b0, b1, b2, a1, a2, p1, p2 = filters
    for channel in range(2):
        s1, s2 = state[channel, 0], state[channel, 1]
        t1, t2 = state[channel, 2], state[channel, 3]
        total = state[channel, 4]
        for at in range(len(block)):
            x = block[at, channel]
            u = b0 * x + s1
            s1 = b1 * x - a1 * u + s2
            s2 = b2 * x - a2 * u
            y = u + t1
            t1 = t2 - 2.0 * u - p1 * y
            t2 = u - p2 * y
            total = total + y * y
        state[channel, 0], state[channel, 1] = s1, s2
        state[channel, 2], state[channel, 3] = t1, t2
        state[channel, 4] = total
