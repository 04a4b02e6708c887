"""Noise shapers: where in the spectrum the error of rounding is put.

A shaper feeds the last errors back: v = x - sum c[k] e[n - k], so the error of the
output has the spectrum of 1 - sum c[k] z**-k. A designed shaper is the linear
prediction of the inverse of the hearing threshold (Terhardt), held at a depth: for that
weight no other of its length is better (Gerzon and Craven, AES 87, 1989). It is made
for the rate it works at.
"""

from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Shape = Literal[
    "flat", "shaped", "strong", "lipshitz", "modified-e", "f-weighted", "improved-e"
]

LENGTH = 9
"""Errors that are fed back."""

DEPTHS_DB = MappingProxyType({"shaped": 30.0, "strong": 40.0})
"""How far below the threshold at 0 dB a designed shaper goes at most."""

PUBLISHED = MappingProxyType(
    {
        # Lipshitz, Vanderkooy and Wannamaker, JAES 39(11), 1991
        "lipshitz": (2.033, -2.165, 1.959, -1.590, 0.6149),
        "modified-e": (
            *(1.662, -1.263, 0.4827, -0.2913, 0.1268),
            *(-0.1124, 0.03252, -0.01265, -0.03524),
        ),
        # Wannamaker, JAES 40(7/8), 1992
        "f-weighted": (
            *(2.412, -3.370, 3.937, -4.174, 3.353),
            *(-2.205, 1.281, -0.569, 0.0847),
        ),
        "improved-e": (
            *(2.847, -4.685, 6.214, -7.184, 6.639),
            *(-5.032, 3.263, -1.632, 0.4191),
        ),
    }
)
"""Shapers of the literature, made for 44.1 kHz."""

_PUBLISHED_RATES = (44_100, 48_000)


@cache
def feedback(shape: Shape, rate: int) -> tuple[float, ...]:
    """Return what of the last ``LENGTH`` errors is fed back at *rate*, newest first.

    Nothing for "flat". Raises ValueError for an unknown shape, and for a published one
    far from its rate.
    """
    if shape not in get_args(Shape):
        known = ", ".join(get_args(Shape))
        raise ValueError(f"no dither is {shape!r}; there are {known}")
    if shape == "flat":
        return (0.0,) * LENGTH
    if shape in DEPTHS_DB:
        return _designed(rate, DEPTHS_DB[shape])
    if rate not in _PUBLISHED_RATES:
        raise ValueError(
            f'dither "{shape}" was made for 44.1 kHz, not {rate} Hz: take "shaped"'
        )
    known_part = PUBLISHED[shape]
    return known_part + (0.0,) * (LENGTH - len(known_part))


def threshold_db(hertz: Floats) -> Floats:
    """Return the threshold of hearing in quiet, dB SPL (Terhardt 1979)."""
    kilo = np.maximum(hertz, 40.0) / 1000.0
    low = 3.64 * kilo**-0.8 - 6.5 * np.exp(-0.6 * (kilo - 3.3) ** 2)
    found: Floats = low + 1e-3 * kilo**4
    return found


def _designed(rate: int, depth_db: float) -> tuple[float, ...]:
    """Return the prediction of the inverse threshold; 4 decimals, so one everywhere."""
    weight_db = np.clip(-threshold_db(np.linspace(0, rate / 2, 4097)), -depth_db, 20.0)
    likeness = np.fft.irfft(10.0 ** (weight_db / 10.0))[: LENGTH + 1]
    places = np.abs(np.subtract.outer(np.arange(LENGTH), np.arange(LENGTH)))
    found = np.linalg.solve(likeness[places], likeness[1:])
    return tuple(np.round(found, 4).tolist())
