"""Second-order Butterworth sections, by the bilinear transform without rounding near 0.

Taps are ``b0, b1, b2, a1, a2`` with ``a0 = 1``. Twice the same section in series is the
Linkwitz-Riley filter of fourth order. Source: ``formats/dsp.md`` §1.1 and §1.6.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def highpass(rate: int, frequency_hz: float) -> Floats:
    """Return the taps of a high-pass, -3.01 dB at *frequency_hz*."""
    a1, a2, over, _ = _denominator(rate, frequency_hz)
    return np.array([over, -2.0 * over, over, a1, a2])


def lowpass(rate: int, frequency_hz: float) -> Floats:
    """Return the taps of a low-pass, -3.01 dB at *frequency_hz*."""
    a1, a2, over, k = _denominator(rate, frequency_hz)
    return np.array([over * k * k, 2.0 * over * k * k, over * k * k, a1, a2])


def allpass(rate: int, frequency_hz: float) -> Floats:
    """Return the taps of what two low-passes and two high-passes in series sum to."""
    a1, a2, _, _ = _denominator(rate, frequency_hz)
    return np.array([a2, a1, 1.0, a1, a2])


def below_half(rate: int, frequency_hz: float) -> None:
    """Raise ValueError unless *frequency_hz* lies below half of *rate*."""
    if frequency_hz >= rate / 2:
        raise ValueError(
            f"frequency {frequency_hz:g} Hz does not lie below half the rate of "
            f"{rate} Hz"
        )


def _denominator(rate: int, frequency_hz: float) -> tuple[float, float, float, float]:
    below_half(rate, frequency_hz)
    k = math.tan(math.pi * frequency_hz / rate)
    over = 1.0 / (1.0 + math.sqrt(2.0) * k + k * k)
    a1 = 2.0 * (k * k - 1.0) * over
    return a1, (1.0 - math.sqrt(2.0) * k + k * k) * over, over, k
