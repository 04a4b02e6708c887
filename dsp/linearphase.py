"""Filters of linear phase: any magnitude, no phase, and no latency that is left.

The magnitude is sampled, transformed back and cut off by a Kaiser window. The filter is
made as long as its narrowest band asks for. Blocks are gathered to a hop of fixed
length (overlap-save), so their sizes leave no trace in the bits; and the channels are
transformed one by one, so that what is equal in both stays equal.
"""

from collections.abc import Callable
from math import log2

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Magnitude = Callable[[Floats], Floats]
"""Factors, 0 or more, at frequencies in Hz from 0 to half the rate."""

LEAST_TAPS = 4095
"""At 44.1 and 48 kHz; at other rates as much time."""

CLOSE_DB = 0.01
"""Error from 20 Hz to 20 kHz with which a filter is long enough."""

_MOST_DOUBLED = 6  # times; 262 143 taps at 44.1 kHz
_KAISER_BETA = 5.0
_PASSES = 4
_DENSITY = 4  # times the size of the filter: of the transforms it is designed by
_FLOOR = 1e-3  # -60 dB, under which decibels count no more
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 20_000.0
_USABLE = 20_000.0 / 44_100.0
_HOPS, _LEAST_SIZE = 4, 1 << 15  # of a transform: times the filter, and samples


def taps(magnitude: Magnitude, rate: int) -> Floats:
    """Return the symmetrical filter of *magnitude*, of odd length.

    It is the shortest of 4095, 8191 … taps that keeps within ``CLOSE_DB``, or the
    longest there is.
    """
    size = round((LEAST_TAPS + 1) * 2.0 ** round(log2(rate / 46_000.0)))
    for doubled in range(_MOST_DOUBLED + 1):
        found, error = _designed(magnitude, rate, size << doubled)
        if error <= CLOSE_DB:
            break
    return found


def _designed(magnitude: Magnitude, rate: int, size: int) -> tuple[Floats, float]:
    """Return the filter of *size* - 1 taps, and its largest error in dB.

    What the window has smoothed away is asked for once more, on top.
    """
    count = _DENSITY * size
    hertz = np.asarray(np.fft.rfftfreq(count, 1.0 / rate), np.float64)
    heard = (hertz >= _LOWEST_HZ) & (hertz <= min(_HIGHEST_HZ, _USABLE * rate))
    reach = size // 2 - 1
    window = np.asarray(np.kaiser(2 * reach + 1, _KAISER_BETA), np.float64)
    wanted = magnitude(hertz)
    asked = wanted
    best, least = np.zeros(2 * reach + 1), np.inf
    for _ in range(_PASSES):
        whole = np.fft.irfft(asked, count)
        kept = np.concatenate((whole[-reach:], whole[: reach + 1])) * window
        whole[:] = 0.0
        whole[-reach:], whole[: reach + 1] = kept[:reach], kept[reach:]
        made = np.fft.rfft(whole).real
        ratio = (np.abs(made[heard]) + _FLOOR) / (wanted[heard] + _FLOOR)
        error = float(np.abs(20.0 * np.log10(ratio)).max(initial=0.0))
        if error < least:
            best, least = kept, error
        if error <= CLOSE_DB:
            break
        asked = asked + wanted - made
    return best, least


class LinearPhase:
    """A stream through a filter of odd length, whose delay is taken out."""

    def __init__(self, filter_taps: Floats) -> None:
        """Begin in silence; raises ValueError for a filter without a middle tap."""
        count = len(filter_taps)
        if count % 2 == 0:
            raise ValueError(f"a filter of {count} taps has no middle: give an odd one")
        self._size = max(_LEAST_SIZE, 1 << (_HOPS * count - 1).bit_length())
        self._spectrum = np.fft.rfft(filter_taps, self._size)
        self._overlap = count - 1
        self._line = np.zeros((2, self._size))
        self._filled = count // 2
        self._owed = 0

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return what is ready, which may be nothing."""
        self._owed += len(block)
        done: list[Floats] = []
        while len(block):
            part = block[: self._size - self._filled]
            self._line[:, self._filled : self._filled + len(part)] = part.T
            self._filled += len(part)
            block = block[len(part) :]
            if self._filled == self._size:
                done.append(self._filtered())
        return self._given(done)

    def finish(self) -> Floats:
        """Return the rest."""
        done: list[Floats] = []
        while sum(map(len, done)) < self._owed:
            self._line[:, self._filled :] = 0.0
            done.append(self._filtered())
        return self._given(done)

    def _filtered(self) -> Floats:
        """Return what a full line gives, and keep its end for the next one."""
        out = np.empty((self._size - self._overlap, 2))
        for channel, line in enumerate(self._line):
            filtered = np.fft.irfft(np.fft.rfft(line) * self._spectrum, self._size)
            out[:, channel] = filtered[self._overlap :]
        end = self._line[:, self._size - self._overlap :].copy()
        self._line[:, : self._overlap] = end
        self._filled = self._overlap
        return out

    def _given(self, done: list[Floats]) -> Floats:
        """Return what is *done*, but never more than what came in."""
        out = np.concatenate(done) if done else np.zeros((0, 2))
        out = out[: self._owed]
        self._owed -= len(out)
        return out
