"""The two filters of K-weighting (ITU-R BS.1770-5 Annex 1), for any rate."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_SHELF_HZ, _SHELF_DB, _SHELF_Q = (
    1681.974450955533,
    3.999843853973347,
    0.7071752369554196,
)
_SHELF_SLOPE = 0.4996667741545416
_HIGHPASS_HZ, _HIGHPASS_Q = 38.13547087602444, 0.5003270373238773
_REFERENCE_RATE = 48_000  # of the tables in BS.1770-5 Annex 1


def state_variables(rate: int) -> Singles:
    """Return what ``_filter`` multiplies with: six numbers, four, and the last gain.

    The two filters are the bilinear transforms whose 48 kHz forms are the tables of
    BS.1770-5. The high-pass of those tables has the numerator 1 -2 1 and so a little
    gain, which depends on the rate; it is held at its 48 kHz value here, so that one
    song reads the same at every rate.
    """
    g, k = math.tan(math.pi * _SHELF_HZ / rate), 1.0 / _SHELF_Q
    high = math.pow(10.0, _SHELF_DB / 20.0)
    band = math.pow(high, _SHELF_SLOPE)
    over = 1.0 + g * (g + k)
    shelf = (
        1.0 / over, (g + k) / over, 2.0 * g, 2.0 * g * g,
        high + band * k * g + g * g, band * k + g,
    )  # fmt: skip
    g, k = math.tan(math.pi * _HIGHPASS_HZ / rate), 1.0 / _HIGHPASS_Q
    over = 1.0 + g * (g + k)
    highpass = (1.0 / over, (g + k) / over, 2.0 * g, 2.0 * g * g)
    g = math.tan(math.pi * _HIGHPASS_HZ / _REFERENCE_RATE)
    return np.array([*shelf, *highpass, 1.0 + g * (g + k)], np.float32)


def coefficients(rate: int) -> Floats:
    """Return b0 b1 b2 a1 a2 of the shelf, then a1 a2 of the high-pass, at *rate*.

    The filters of `state_variables` in the usual form, for float64. The numerator of
    the high-pass is 1 -2 1; what holds its gain stands in the shelf's numerator.
    """
    warped = math.tan(math.pi * _SHELF_HZ / rate)
    high = math.pow(10.0, _SHELF_DB / 20.0)
    band = math.pow(high, _SHELF_SLOPE)
    over = 1.0 + warped / _SHELF_Q + warped * warped
    shelf = (
        high + band * warped / _SHELF_Q + warped * warped,
        2.0 * (warped * warped - high),
        high - band * warped / _SHELF_Q + warped * warped,
        2.0 * (warped * warped - 1.0),
        1.0 - warped / _SHELF_Q + warped * warped,
    )
    highpass = _highpass(rate)
    level = _treble(highpass) / _treble(_highpass(_REFERENCE_RATE))
    numerator = [value / over * level for value in shelf[:3]]
    return np.array([*numerator, *(value / over for value in shelf[3:]), *highpass])


def _highpass(rate: int) -> tuple[float, float]:
    """Return a1 and a2 of the high-pass at *rate*."""
    warped = math.tan(math.pi * _HIGHPASS_HZ / rate)
    over = 1.0 + warped / _HIGHPASS_Q + warped * warped
    first = 2.0 * (warped * warped - 1.0) / over
    return first, (1.0 - warped / _HIGHPASS_Q + warped * warped) / over


def _treble(highpass: tuple[float, float]) -> float:
    """Return what half the rate is divided by in the high-pass."""
    return 1.0 - highpass[0] + highpass[1]
