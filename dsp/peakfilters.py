"""The filters that true peaks are found with, and what they can make of samples."""

import numpy as np
from numpy.typing import NDArray

TAPS, PHASES = 64, 64
"""Of the filter that decides: taps, and places in a sample."""

_BETA = 9.0

COARSE_TAPS = 32
_COARSE_BETA = 6.5

COARSE_GAIN = 0.93
"""The least of the coarse filter for a tone up to 0.45 of the rate; tested."""


def interpolator(
    taps: int, beta: float, place: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weights of *taps* samples for the wave at *place* of 0 … 1.

    A sinc under a Kaiser window; the sample before the place is number taps/2 - 1.
    """
    at = np.arange(taps) - (taps // 2 - 1) - place
    inside = np.maximum(0.0, 1.0 - (at / (taps / 2)) ** 2)
    weights: NDArray[np.float64] = np.sinc(at) * np.i0(beta * np.sqrt(inside))
    return weights / np.i0(beta)


def fine_filters() -> NDArray[np.float64]:
    """Return the deciding filter at every place, the end of the sample included."""
    places = np.arange(PHASES + 1)[:, np.newaxis] / PHASES
    return interpolator(TAPS, _BETA, places)


def coarse_filters() -> tuple[NDArray[np.float64], ...]:
    """Return half the half-sample filter, and the even and odd halves of a quarter's.

    The quarters are mirror images: their even parts are the same, the odd ones differ
    in sign, so both cost little more than one.
    """
    half = COARSE_TAPS // 2
    middle = interpolator(COARSE_TAPS, _COARSE_BETA, 0.5)[:half]
    quarter = interpolator(COARSE_TAPS, _COARSE_BETA, 0.25)
    even = (quarter + quarter[::-1])[:half] / 2
    odd = (quarter - quarter[::-1])[:half] / 2
    return middle, even, odd


def largest_gain() -> float:
    """Return what the deciding filter can make of samples up to 1: ||h||1."""
    return float(np.abs(fine_filters()).sum(axis=1).max())


def line_and_bends() -> tuple[float, float]:
    """Return what the deciding filter makes at most of samples, and of their bends.

    A place between two samples lies on the line that joins them, and beyond it only as
    far as the samples bend, x[n-1] - 2 x[n] + x[n+1]: the filter less the line is a sum
    of bends, but for a part of the two samples in ten thousand.
    """
    middle = TAPS // 2 - 1
    away = np.arange(TAPS) - middle
    part = np.arange(PHASES + 1) / PHASES
    beyond = fine_filters()
    beyond[:, middle] -= 1.0 - part
    beyond[:, middle + 1] -= part
    # what neither sums nor slopes to nothing is no sum of bends
    slope = beyond @ away
    level = beyond.sum(axis=1) - slope
    beyond[:, middle] -= level
    beyond[:, middle + 1] -= slope
    bends = np.abs(beyond.cumsum(axis=1).cumsum(axis=1)).sum(axis=1)
    line = 1.0 + np.abs(level) + np.abs(slope)
    return float(line.max()), float(bends.max())
