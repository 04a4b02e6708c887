"""Dynamics: DR as the TT meter has it, PLR, PSR and crest factor.

"Measuring DR" v1.3 (Algorithmix, 2009): blocks of 3 s, the loudest fifth of them
against the second highest peak.
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.level import decibels
from dsp.loudness import ABSOLUTE_GATE, OFFSET, mean_square

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LOUDEST = 0.2
LEAST_BLOCKS = 3
_CD_RATE, _CD_BLOCK = 44_100, 132_480  # samples; the meter's own, not 3 s


def block_length(rate: int) -> int:
    """Return the samples in a block of the DR meter."""
    return _CD_BLOCK if rate == _CD_RATE else 3 * rate


def dynamic_range(squares: Floats, peaks: Singles, lengths: Floats) -> float | None:
    """Return DR to two places from sums of squares and peaks, (blocks, channels).

    The last block may be shorter. None for less than three blocks, and for silence.
    """
    if len(squares) < LEAST_BLOCKS:
        return None
    powers = np.sort(2.0 * squares / lengths[:, np.newaxis], axis=0)[::-1]
    loudest = powers[: max(1, int(LOUDEST * len(powers)))].mean(axis=0)
    second = np.sort(peaks, axis=0)[-2].astype(np.float64)
    heard = (loudest > 0) & (second > 0)
    if not heard.any():
        return None
    ratios = second[heard] / np.sqrt(loudest[heard])
    return float(np.mean(20.0 * np.log10(ratios)))


def crest(peak: float, squares: float, count: int) -> float | None:
    """Return peak over RMS in dB, 3.01 of a sine; None for silence."""
    if not squares or not count:
        return None
    return decibels(peak / math.sqrt(squares / count))


def least_peak_to_short_term(
    peaks: Singles, short_term: Floats, hops: int
) -> float | None:
    """Return the least peak over short-term loudness, in LU, of all 3 s windows.

    *peaks* are the highest samples of each 100 ms, *hops* of which make a window, and
    *short_term* the windows' weighted mean squares. Windows below the absolute gate of
    loudness count nothing; None where none counts.
    """
    if len(peaks) < hops:
        return None
    tops = np.lib.stride_tricks.sliding_window_view(peaks, hops).max(axis=1)
    count = min(len(tops), len(short_term))
    powers, tops = short_term[:count], tops[:count].astype(np.float64)
    heard = (powers > mean_square(ABSOLUTE_GATE)) & (tops > 0)
    if not heard.any():
        return None
    return 10.0 * float(np.log10((tops[heard] ** 2 / powers[heard]).min())) - OFFSET
