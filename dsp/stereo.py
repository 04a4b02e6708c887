"""Two channels against each other: correlation, width, balance, time, polarity.

All of it from sums of squares and products, in which left and right are A and B:
mid is (A + B) / 2, side (A - B) / 2, mono is mid on both speakers.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.lanefft import IMAGINARY, LEFT, REAL, RIGHT

Floats = NDArray[np.float64]

WINDOW = 4
"""Steps of 100 ms in a value of correlation over time."""

QUIET = 1e-7
"""Mean square (-70 dBFS) below which correlation over time says nothing."""

NOTHING = 1e-12
"""Part of the whole below which a difference is rounding."""

_TELLING = 100.0, 8000.0
"""Hz between which time and polarity are compared."""

SUSPECT = 0.3
"""Coherence, 0 to 1, at which another time or polarity is more than chance."""


@dataclass(frozen=True, kw_only=True)
class Offset:
    """How the right channel best fits the left."""

    samples: int
    """By which right comes after left; negative: before."""
    likeness: float
    """1.0 the same, -1.0 the same upside down, about 0 something else."""


def correlation(left: float, right: float, product: float) -> float | None:
    """Return the correlation of -1 … 1; None where a channel is silent."""
    size = math.sqrt(left) * math.sqrt(right)
    return max(-1.0, min(1.0, product / size)) if size > 0 else None


def correlation_series(squares: Floats, products: Floats, step: float) -> Floats:
    """Return the correlation of every 400 ms, ten a second; NaN where it is quiet.

    *step* is the samples in a step.
    """
    if len(products) < WINDOW:
        return np.zeros(0)
    sums = np.column_stack((squares, products))
    views = np.lib.stride_tricks.sliding_window_view(sums, WINDOW, axis=0)
    left, right, product = views.sum(axis=2).T
    heard = (left > QUIET * WINDOW * step) & (right > QUIET * WINDOW * step)
    out = np.full(len(left), np.nan)
    out[heard] = product[heard] / np.sqrt(left[heard] * right[heard])
    return np.asarray(np.clip(out, -1.0, 1.0))


def side_to_mid(left: float, right: float, product: float) -> float | None:
    """Return side over mid in dB; None where there is no side, or no mid."""
    total = left + right
    mid, side = total + 2 * product, total - 2 * product
    if min(mid, side) <= NOTHING * total:
        return None
    return 10.0 * math.log10(side / mid)


def mono_loss(left: float, right: float, product: float) -> float | None:
    """Return what folding to mono costs in dB: 0 the same, -3 unlike, None all."""
    total = left + right
    mono = total + 2 * product
    if mono <= NOTHING * total:
        return None
    return 10.0 * math.log10(mono / (2 * total))


def balance(left: float, right: float) -> float | None:
    """Return right over left in dB; None where a channel is silent."""
    return 10.0 * math.log10(right / left) if left > 0 and right > 0 else None


def offset(bins: Floats, spacing: float) -> Offset | None:
    """Return how right fits left best, by the averaged spectra *bins*.

    Every bin counts by its coherence, not by its level, or the bass would decide.
    *spacing* is that of the bins in Hz. None where a channel is silent.
    """
    size = np.sqrt(bins[LEFT]) * np.sqrt(bins[RIGHT])
    at = np.arange(bins.shape[1]) * spacing
    telling = (at >= _TELLING[0]) & (at <= _TELLING[1])
    telling &= size > NOTHING * size.max(initial=0.0)
    if not telling.any() or not size.max():
        return None
    cross = np.zeros(bins.shape[1], np.complex128)
    product = bins[REAL] + 1j * bins[IMAGINARY]
    cross[telling] = product[telling] / size[telling]
    fits = np.fft.irfft(cross) * (len(cross) - 1) / int(telling.sum())
    best = int(np.abs(fits).argmax())
    samples = -best if best < len(cross) else len(fits) - best
    return Offset(samples=samples, likeness=float(fits[best]))
