"""Oversampling by 2, 4, 8 and 16: linear-phase half-band filters in a row.

Each stage doubles the rate: every other sample is the one that came in, the one between
is a windowed sinc over its neighbours. The first stage passes 20 kHz at 44.1 kHz; those
above it need fewer taps, as nothing lies near their edge (``formats/dsp.md`` §1.8).
Up and down together are late by a whole number of samples, `latency`.
"""

from functools import cache

import numpy as np

from dsp.kernels import exact
from dsp.processor import Floats

FACTORS = (2, 4, 8, 16)

REACH = (48, 12, 8, 8)
"""Samples on each side that a stage looks at, of its own input.

Multiples of 4, so that the latency is whole: 2·48 + 12 + 8/2 + 8/4.
"""

_SHAPES = (12.8, 14.0, 16.0, 16.0)
"""Of the stages' Kaiser windows: stop bands of 120 dB and more."""


def latency(factor: int) -> int:
    """Return how many samples `Oversampler.down` is behind `Oversampler.up`."""
    return sum(2 * reach // 2**stage for stage, reach in enumerate(_reaches(factor)))


@cache
def norm(factor: int) -> float:
    """Return the most by which the samples between can exceed the samples."""
    oversampler = Oversampler(factor, 2 * latency(factor))
    pulse = np.zeros((2 * latency(factor), 2))
    pulse[0] = 1.0
    response = oversampler.up(pulse)[::2].reshape(-1, factor)
    return float(np.abs(response).sum(axis=0).max())


def interpolator(reach: int, offset: float, shape: float = _SHAPES[0]) -> Floats:
    """Return the taps for a point *offset* samples behind the middle two's first.

    There are *reach* taps on each side, in a Kaiser window of *shape*; they sum to 1.
    """
    place = np.arange(1 - reach, reach + 1) - offset
    window = np.i0(shape * np.sqrt(np.clip(1.0 - (place / reach) ** 2, 0.0, None)))
    taps: Floats = np.sinc(place) * window
    taps /= taps.sum()
    return taps


class Oversampler:
    """The way up and the way down of one stereo sound."""

    def __init__(self, factor: int, frames: int) -> None:
        """Work on *frames* samples at a time, at *factor* times their rate.

        Raises ValueError for a factor that is none of FACTORS.
        """
        self._stages = [
            _Stage(interpolator(reach, 0.5, _SHAPES[stage]), frames * 2**stage)
            for stage, reach in enumerate(_reaches(factor))
        ]

    def up(self, block: Floats) -> Floats:
        """Return *block* with the samples between, flat: left, right and so on.

        The array is used again by the next call.
        """
        flat = block.reshape(-1)
        for stage in self._stages:
            flat = stage.up(flat)
        return flat

    def down(self, flat: Floats) -> Floats:
        """Return what `up` gave, worked on, at the rate of the blocks."""
        for stage in reversed(self._stages):
            flat = stage.down(flat)
        return flat.reshape(-1, 2).copy()

    def clear(self) -> None:
        """Forget all that was heard."""
        for stage in self._stages:
            stage.clear()


class _Stage:
    """Twice the rate, and back."""

    def __init__(self, taps: Floats, frames: int) -> None:
        reach = len(taps) // 2
        self._taps = taps
        self._before = np.zeros(2 * (2 * reach - 1 + frames))
        self._even = np.zeros(2 * (reach + frames))
        self._odd = np.zeros(2 * (2 * reach + frames))
        self._sums = np.zeros(2 * frames)
        self._fine = np.zeros(4 * frames)
        self._coarse = np.zeros(2 * frames)

    def up(self, flat: Floats) -> Floats:
        _double(flat, self._before, self._taps, self._sums, self._fine)
        return self._fine

    def down(self, flat: Floats) -> Floats:
        _halve(flat, self._even, self._odd, self._taps, self._sums, self._coarse)
        return self._coarse

    def clear(self) -> None:
        for memory in (self._before, self._even, self._odd):
            memory[:] = 0.0


def _reaches(factor: int) -> tuple[int, ...]:
    if factor not in FACTORS:
        raise ValueError(f"oversampling by {factor}: there are {FACTORS}")
    return REACH[: FACTORS.index(factor) + 1]


@exact
def _double(
    flat: Floats, before: Floats, taps: Floats, sums: Floats, fine: Floats
) -> None:
    """Write to *fine* the samples of *flat*, half the taps late, and those between."""
    kept = len(before) - len(flat)
    before[kept:] = flat
    convolve(before, taps, sums)
    middle = before[len(taps) - 2 :]
    for frame in range(np.uint64(len(flat) // 2)):
        fine[4 * frame] = middle[2 * frame]
        fine[4 * frame + 1] = middle[2 * frame + 1]
        fine[4 * frame + 2] = sums[2 * frame]
        fine[4 * frame + 3] = sums[2 * frame + 1]
    before[:kept] = before[len(flat) :].copy()


@exact
def _halve(
    flat: Floats, even: Floats, odd: Floats, taps: Floats, sums: Floats, coarse: Floats
) -> None:
    """Write to *coarse* every other sample of *flat*, filtered, half the taps late."""
    width = len(coarse)
    evens = even[len(even) - width :]
    odds = odd[len(odd) - width :]
    for frame in range(np.uint64(width // 2)):
        evens[2 * frame] = flat[4 * frame]
        evens[2 * frame + 1] = flat[4 * frame + 1]
        odds[2 * frame] = flat[4 * frame + 2]
        odds[2 * frame + 1] = flat[4 * frame + 3]
    convolve(odd, taps, sums)
    for at in range(width):
        coarse[at] = 0.5 * (even[at] + sums[at])
    even[: len(even) - width] = even[width:].copy()
    odd[: len(odd) - width] = odd[width:].copy()


@exact
def convolve(source: Floats, taps: Floats, sums: Floats) -> None:
    """Write to each of *sums* the taps times every other value of *source* from there.

    The number of taps is a multiple of 8.
    """
    width = len(sums)
    sums[:] = 0.0
    # eight taps a turn, each a slice of its own: vector code without shuffles
    for first in range(0, len(taps), 8):
        part = source[2 * first :]
        h0, h1, h2, h3 = taps[first], taps[first + 1], taps[first + 2], taps[first + 3]
        h4, h5, h6, h7 = (
            taps[first + 4],
            taps[first + 5],
            taps[first + 6],
            taps[first + 7],
        )
        p0, p1 = part[0:width], part[2 : 2 + width]
        p2, p3 = part[4 : 4 + width], part[6 : 6 + width]
        p4, p5 = part[8 : 8 + width], part[10 : 10 + width]
        p6, p7 = part[12 : 12 + width], part[14 : 14 + width]
        for at in range(width):
            total = sums[at]
            total = total + h0 * p0[at]
            total = total + h1 * p1[at]
            total = total + h2 * p2[at]
            total = total + h3 * p3[at]
            total = total + h4 * p4[at]
            total = total + h5 * p5[at]
            total = total + h6 * p6[at]
            sums[at] = total + h7 * p7[at]
