"""Curves of saturation and clipping, as what they take away from a straight line.

Each writes the difference between the curve and its input: it is added to the input as
it was, so what a curve leaves alone stays as it is, bit for bit.
"""

from dsp.kernels import exact
from dsp.processor import Floats

_SCREEN = 64
"""Values that are looked at together before any is worked on."""


@exact
def _fallen(x: float) -> float:
    """Return exp(-x) for x from 0 on; to 1e-13, and never quite 0."""
    # a short series of x/256, squared eight times: no branch and no table
    x = x if x < 40.0 else 40.0
    z = x * (-1.0 / 256.0)
    s = 1.0 + z / 9.0
    s = 1.0 + z * s / 8.0
    s = 1.0 + z * s / 7.0
    s = 1.0 + z * s / 6.0
    s = 1.0 + z * s / 5.0
    s = 1.0 + z * s / 4.0
    s = 1.0 + z * s / 3.0
    s = 1.0 + z * s / 2.0
    s = 1.0 + z * s
    s = s * s
    s = s * s
    s = s * s
    s = s * s
    s = s * s
    s = s * s
    s = s * s
    return s * s


@exact
def bend(values: Floats, drive: float, bias: float) -> None:
    """Replace *values* by what a hyperbolic tangent changes in them.

    ``(tanh(drive·u + bias) - tanh(bias)) / slope - u`` with the slope at 0, so that
    small values are not changed.
    """
    fall = _fallen(2.0 * bias)
    rest = (1.0 - fall) / (1.0 + fall)
    scale = 1.0 / (drive * (1.0 - rest * rest))
    for at in range(len(values)):
        u = values[at]
        v = drive * u + bias
        size = v if v > 0.0 else -v
        fall = _fallen(2.0 * size)
        bent = (1.0 - fall) / (1.0 + fall)
        bent = bent if v > 0.0 else -bent
        values[at] = (bent - rest) * scale - u


@exact
def cut(values: Floats, ceiling: float) -> bool:
    """Replace *values* by what cutting at *ceiling* changes; say whether it does."""
    changed = False
    for at in range(len(values)):
        u = values[at]
        excess = u - ceiling if u > ceiling else 0.0
        lack = -ceiling - u if u < -ceiling else 0.0
        values[at] = lack - excess
        changed |= (excess > 0.0) | (lack > 0.0)
    return changed


@exact
def round_off(values: Floats, ceiling: float, knee: float) -> bool:
    """Replace *values* by what a bend from *knee* towards *ceiling* changes.

    The bend is a hyperbolic tangent: its slope and its curvature begin as a straight
    line's. Says whether anything is changed.
    """
    span = ceiling - knee
    changed = False
    for first in range(0, len(values), _SCREEN):
        part = values[first : first + _SCREEN]
        most = 0.0
        for at in range(len(part)):
            size = part[at] if part[at] > 0.0 else -part[at]
            most = size if size > most else most
        if most <= knee:
            part[:] = 0.0
            continue
        changed = True
        for at in range(len(part)):
            u = part[at]
            size = u if u > 0.0 else -u
            over = size - knee if size > knee else 0.0
            fall = _fallen(2.0 * over / span)
            less = span * ((1.0 - fall) / (1.0 + fall)) - over
            part[at] = less if u > 0.0 else -less
    return changed
