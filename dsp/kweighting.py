"""K-weighting (ITU-R BS.1770-5 Annex 1) at any rate, as energies of 10 ms.

A recursive filter is serial in time, so sixteen stretches of audio are filtered side by
side. Each begins a little early: what a filter still knows of the time before that is
below the last bit.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import LANES, kernel

Floats = NDArray[np.float64]
Planes = NDArray[np.float32]

TICKS = 100
"""Energies in a second."""

STRETCH = 2
"""Seconds of one channel that a lane filters at a time."""

EARLY = 12
"""Ticks that a lane begins early; the slowest pole falls to 1e-12 in 11.5."""

_SHELF_HZ, _SHELF_DB, _SHELF_Q = (
    1681.974450955533,
    3.999843853973347,
    0.7071752369554196,
)
_SHELF_SLOPE = 0.4996667741545416
_HIGHPASS_HZ, _HIGHPASS_Q = 38.13547087602444, 0.5003270373238773
_REFERENCE_RATE = 48_000  # of the tables in BS.1770-5 Annex 1


def coefficients(rate: int) -> Floats:
    """Return b0 b1 b2 a1 a2 of the shelf, then a1 a2 of the high-pass, at *rate*.

    The two filters are the bilinear transforms whose 48 kHz forms are the tables of
    BS.1770-5. The high-pass of those tables has the numerator 1 -2 1 and so a little
    gain, which depends on the rate; it is held at its 48 kHz value here, so that one
    song reads the same at every rate. That factor stands in the shelf's numerator.
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
    warped = math.tan(math.pi * _HIGHPASS_HZ / rate)
    over = 1.0 + warped / _HIGHPASS_Q + warped * warped
    return (
        2.0 * (warped * warped - 1.0) / over,
        (1.0 - warped / _HIGHPASS_Q + warped * warped) / over,
    )


def _treble(highpass: tuple[float, float]) -> float:
    """Return the inverse of the gain at the Nyquist frequency, times 4."""
    return 1.0 - highpass[0] + highpass[1]


def tick_edges(rate: int) -> NDArray[np.int64]:
    """Return where the ticks of a second begin and end, to the nearest sample."""
    return (np.arange(TICKS + 1) * rate + TICKS // 2) // TICKS


def stretches(channels: int) -> int:
    """Return how many stretches of one channel fit the lanes."""
    return max(1, LANES // channels)


class Weighting:
    """The K-weighted energies of some channels at one rate."""

    def __init__(self, rate: int, channels: Sequence[int]) -> None:
        """Weight *channels*, numbers of planes."""
        self._rate = rate
        self._channels = tuple(channels)
        self._filters = coefficients(rate)
        self._edges = tick_edges(rate)
        longest = int(np.diff(self._edges).max())
        self._work = np.zeros((longest, LANES), np.float32)
        self._state = np.zeros((5, LANES))

    def energies(self, planes: Planes, start: int, ticks: int) -> Floats:
        """Return the sums of squares of *ticks* ticks from sample *start* on.

        *start* begins a second. The planes hold ``EARLY`` ticks before it and, past the
        end, zeros up to whole stretches.
        """
        out = np.empty((ticks, len(self._channels)))
        count = stretches(len(self._channels))
        seconds = -(-ticks // (TICKS * count))
        for first in range(0, len(self._channels), LANES // count):
            group = self._channels[first : first + LANES // count]
            lanes = [(channel, at) for channel in group for at in range(count)]
            lanes += lanes[:1] * (LANES - len(lanes))
            rows = np.array([channel for channel, _ in lanes])
            begins = np.array([start + at * seconds * self._rate for _, at in lanes])
            found = np.empty((seconds * TICKS, LANES))
            _weigh(
                planes, rows, begins, self._edges, self._filters, EARLY,
                found, self._work, self._state,
            )  # fmt: skip
            for place in range(len(group)):
                part = found[:, place * count : (place + 1) * count]
                out[:, first + place] = part.T.reshape(-1)[:ticks]
        return out


@kernel
def _weigh(
    planes: Planes,
    rows: NDArray[np.int64],
    begins: NDArray[np.int64],
    edges: NDArray[np.int64],
    filters: Floats,
    early: int,
    found: Floats,
    work: Planes,
    state: Floats,
) -> None:
    """Filter sixteen stretches in step; *found* takes each tick's sum of squares."""
    ticks = len(edges) - 1
    rate = edges[ticks]
    state[:, :] = 0.0
    for tick in range(-early, len(found)):
        second = tick // ticks
        offset = second * rate + edges[tick - second * ticks]
        length = edges[tick - second * ticks + 1] - edges[tick - second * ticks]
        _gather(planes, rows, begins, offset, length, work)
        for lane in range(LANES):
            state[4, lane] = 0.0
        _filter(work, length, filters, state)
        if tick >= 0:
            for lane in range(LANES):
                found[tick, lane] = state[4, lane]


@kernel
def _gather(
    planes: Planes,
    rows: NDArray[np.int64],
    begins: NDArray[np.int64],
    offset: int,
    length: int,
    work: Planes,
) -> None:
    """Lay the samples of the lanes side by side."""
    # unsigned places: no test for negative indices keeps the loop from being vectorised
    for lane in range(0, LANES, 4):
        p0 = planes[rows[lane], begins[lane] + offset :]
        p1 = planes[rows[lane + 1], begins[lane + 1] + offset :]
        p2 = planes[rows[lane + 2], begins[lane + 2] + offset :]
        p3 = planes[rows[lane + 3], begins[lane + 3] + offset :]
        for at in range(np.uint64(length)):
            work[at, lane] = p0[at]
            work[at, lane + 1] = p1[at]
            work[at, lane + 2] = p2[at]
            work[at, lane + 3] = p3[at]


@kernel
def _filter(work: Planes, length: int, filters: Floats, state: Floats) -> None:
    """Run shelf and high-pass over *length* rows; add the squares to state 4."""
    b0, b1, b2, a1, a2, p1, p2 = filters
    # two samples a turn: the state stays in registers between them
    for pair in range(length // 2):
        rows = work[2 * pair : 2 * pair + 2]
        for lane in range(LANES):
            s1, s2 = state[0, lane], state[1, lane]
            t1, t2, total = state[2, lane], state[3, lane], state[4, lane]
            x = np.float64(rows[0, lane])
            u = b0 * x + s1
            s1 = b1 * x - a1 * u + s2
            s2 = b2 * x - a2 * u
            y = u + t1
            t1 = t2 - 2.0 * u - p1 * y
            t2 = u - p2 * y
            total += y * y
            x = np.float64(rows[1, lane])
            u = b0 * x + s1
            s1 = b1 * x - a1 * u + s2
            s2 = b2 * x - a2 * u
            y = u + t1
            t1 = t2 - 2.0 * u - p1 * y
            t2 = u - p2 * y
            total += y * y
            state[0, lane], state[1, lane] = s1, s2
            state[2, lane], state[3, lane], state[4, lane] = t1, t2, total
    if length % 2:
        row = work[length - 1]
        for lane in range(LANES):
            x = np.float64(row[lane])
            u = b0 * x + state[0, lane]
            state[0, lane] = b1 * x - a1 * u + state[1, lane]
            state[1, lane] = b2 * x - a2 * u
            y = u + state[2, lane]
            state[2, lane] = state[3, lane] - 2.0 * u - p1 * y
            state[3, lane] = u - p2 * y
            state[4, lane] += y * y
