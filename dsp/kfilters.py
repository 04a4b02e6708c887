"""The two filters of K-weighting (ITU-R BS.1770-5 Annex 1), for any rate."""

import cmath
import math
from typing import NamedTuple

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


class _Shelf(NamedTuple):
    """A shelf of gain 1 at 0 Hz as a state variable filter."""

    g: float
    k: float
    high: float
    band: float


def state_variables(rate: int, thinned: int = 1) -> Singles:
    """Return what ``_filter`` multiplies with: six numbers, four, and the last gain.

    The two filters are the bilinear transforms whose 48 kHz forms are the tables of
    BS.1770-5. The high-pass of those tables has the numerator 1 -2 1 and so a little
    gain, which depends on the rate; it is held at its 48 kHz value here, so that one
    song reads the same at every rate.

    Where one of *thinned* samples is left, they weigh as those of the *rate* itself: up
    to half the rate that is left to 0.001 dB.
    """
    shelf = _slower(_shelf(rate), rate, thinned) if thinned > 1 else _shelf(rate)
    g, k, high, band = shelf
    over = 1.0 + g * (g + k)
    variables = (
        1.0 / over, (g + k) / over, 2.0 * g, 2.0 * g * g,
        high + band * g + g * g, band + g,
    )  # fmt: skip
    slow = rate / thinned
    g, k = math.tan(math.pi * _HIGHPASS_HZ / slow), 1.0 / _HIGHPASS_Q
    over = 1.0 + g * (g + k)
    highpass = (1.0 / over, (g + k) / over, 2.0 * g, 2.0 * g * g)
    return np.array([*variables, *highpass, _level()], np.float32)


def treble_power(rate: int) -> float:
    """Return the power that the two filters give to the treble; see ``_power``."""
    return _power(_shelf(rate), rate / 2, rate) * _level() ** 2


def _level() -> float:
    """Return the gain of the high-pass in the tables of BS.1770-5."""
    g = math.tan(math.pi * _HIGHPASS_HZ / _REFERENCE_RATE)
    return 1.0 + g * (g + 1.0 / _HIGHPASS_Q)


def _shelf(rate: int) -> _Shelf:
    high = math.pow(10.0, _SHELF_DB / 20.0)
    g, k = math.tan(math.pi * _SHELF_HZ / rate), 1.0 / _SHELF_Q
    return _Shelf(g, k, high, math.pow(high, _SHELF_SLOPE) * k)


def _slower(shelf: _Shelf, rate: int, thinned: int) -> _Shelf:
    """Return the shelf of fewer samples that has the response of *shelf* at *rate*.

    The poles decay as they did; the zeros meet the response at 0 Hz, at the corner and
    at half the rate that is left (M. Vicanek, Matched Second Order Digital Filters,
    2016).
    """
    g, k = shelf.g, shelf.k
    over = 1.0 + g * (g + k)
    pole = (1.0 - g * g + g * cmath.sqrt(k * k - 4.0)) / over
    pole = pole**thinned
    bottom, top = abs(1.0 - pole) ** 2, abs(1.0 + pole) ** 2
    slow = rate / thinned
    part = math.sin(math.pi * _SHELF_HZ / slow) ** 2
    turned = cmath.exp(-2j * math.pi * _SHELF_HZ / slow)
    corner = _power(shelf, _SHELF_HZ, rate)
    corner *= abs((1.0 - pole * turned) * (1.0 - pole.conjugate() * turned)) ** 2
    low, high = bottom, top * math.sqrt(_power(shelf, slow / 2, rate))
    middle = corner - low * low * (1.0 - part) - high * high * part
    middle /= 4.0 * part * (1.0 - part)
    half = (low + high) / 2.0
    first = (half + math.sqrt(half * half + middle)) / 2.0
    last = -middle / (4.0 * first)
    g = math.sqrt(bottom / top)
    return _Shelf(
        g=g,
        k=2.0 * (1.0 - abs(pole) ** 2) / (g * top),
        high=high / top,
        band=2.0 * (first - last) / (g * top),
    )


def _power(shelf: _Shelf, frequency_hz: float, rate: float) -> float:
    """Return the power gain of a bilinear shelf; at half the rate, that of all above.

    With Butterworth poles, what it lacks there falls with the fourth power of the
    frequency: 0.1 % at 8 kHz.
    """
    if 2 * frequency_hz >= rate:
        return shelf.high**2
    warped = (math.tan(math.pi * frequency_hz / rate) / shelf.g) ** 2
    over = (1.0 - shelf.high * warped) ** 2 + shelf.band**2 * warped
    return over / ((1.0 - warped) ** 2 + shelf.k**2 * warped)


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
