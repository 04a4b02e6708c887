"""Fade curves: the gain at each position of a fade.

A position runs from 0 (silent) to 1 (full). Sample *k* of a fade of *n* samples lies at
``(k + 0.5) / n``, the middle of the time it stands for: a fade and its mirror image
meet sample for sample, and a gain depends on nothing but its place in the fade, so
the size of a block changes no byte.
"""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Curve = Literal["linear", "equal-power", "s-curve", "exp"]
CURVES: tuple[str, ...] = get_args(Curve)

EXP_RANGE_DB = 60.0
"""How far below full level the curve ``exp`` starts, before it is let down to 0."""

Gains = NDArray[np.float64]


def rise(curve: str, position: Gains) -> Gains:
    """Return the gains of a fade-in at each *position*, which is held to 0 … 1.

    Every curve is 0 at 0 and 1 at 1. A crossfade of two *equal-power* curves keeps the
    sum of the squares at 1, of two *linear* or *s-curve* ones the sum of the gains.
    Raises ValueError for a curve that is none of CURVES.
    """
    if (shape := _SHAPES.get(curve)) is None:
        raise ValueError(f"{curve!r} is no fade curve; there are {', '.join(CURVES)}")
    return shape(np.clip(position, 0.0, 1.0))


def fall(curve: str, position: Gains) -> Gains:
    """Return the gains of a fade-out at each *position*: 1 at 0, and 0 at 1."""
    return rise(curve, 1.0 - position)


def positions(length: int, start: int, count: int) -> Gains:
    """Return where *count* samples from sample *start* lie in a fade of *length*.

    Samples before the fade lie at 0, samples after it at 1.
    """
    if length <= 0:
        return (np.arange(start, start + count) >= 0).astype(np.float64)
    places = (np.arange(start, start + count, dtype=np.float64) + 0.5) / length
    return np.clip(places, 0.0, 1.0)


def _linear(position: Gains) -> Gains:
    return position


def _equal_power(position: Gains) -> Gains:
    return np.sin(position * (np.pi / 2.0))


def _s_curve(position: Gains) -> Gains:
    # a raised cosine, (1 - cos πt)/2, written so that nothing cancels near 0
    return np.square(np.sin(position * (np.pi / 2.0)))


def _exp(position: Gains) -> Gains:
    # a straight line in dB from -60 dB, let down by its first value to start at true 0:
    # (10^(-D(1-t)/20) - 10^(-D/20)) / (1 - 10^(-D/20))
    steepness = EXP_RANGE_DB / 20.0 * np.log(10.0)
    gains: Gains = np.expm1(steepness * position) / np.expm1(steepness)
    return gains


_SHAPES: Mapping[str, Callable[[Gains], Gains]] = {
    "linear": _linear,
    "equal-power": _equal_power,
    "s-curve": _s_curve,
    "exp": _exp,
}
