"""How high the wave stands at every sample, the peaks between the samples included.

A limiter needs this at every sample, and exactly only where the wave may pass the
ceiling. The wave is looked at in steps of half a sample; a top of that grid that could
be the top of a wave near the ceiling is then found with 128 taps, in steps of 1/16 and
a parabola: to 0.001 dB for tones up to 0.47 of the rate. What stays below changes no
gain, so leaving it out does not either, whatever the blocks.
"""

from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact, kernel
from dsp.peakfilters import interpolator
from dsp.processor import twin

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

TAPS, STEPS = 128, 16
"""Of the filter that decides: taps, and places in a sample."""

REACH = 68
"""Samples that are looked at on both sides of one: for the filter moved by a sample."""

GRID_LEAST = np.float32(0.66)
"""How high a wave of height 1 stands on the grid of halves, at the least; tested."""

GUESS_LEAST = np.float32(0.82)
"""How high the parabola through three points of that grid stands, at the least."""

COARSE = np.array(
    [
        0.63409,
        -0.20473,
        0.11513,
        -0.0744,
        0.05034,
        -0.0342,
        0.02263,
        -0.01394,
        0.00682,
        -0.00174,
    ],
    np.float32,
)
"""The wave between two samples, of the ten before it and, mirrored, the ten behind.

Least squares under the spectrum of music (falling by 12 dB an octave): exact where its
power is, so that a slow wave has no tops of the filter's making; -0.8 dB at 0.45.
"""

_BETA = 8.5
_TILE = 128
_COARSE_GAIN = np.float32(2.0 * np.abs(COARSE).sum() * 1.0001)


@cache
def deciding_filters() -> Singles:
    """Return the weights of 2 ``REACH`` samples, one row for each of the places.

    The places are those from a sample before the middle one to a sample behind it.
    """
    rows = np.zeros((2 * STEPS + 1, 2 * REACH), np.float32)
    for row, place in enumerate(range(-STEPS, STEPS + 1)):
        first = REACH - TAPS // 2 + 1 + place // STEPS
        weights = interpolator(TAPS, _BETA, place % STEPS / STEPS)
        rows[row, first : first + TAPS] = weights
    return rows


class PeakEnvelope:
    """A stream of sound, given as heights: one a sample, the louder channel's.

    A height that could lie over *ceiling* is true, between the samples on both sides
    too; a lower one is that of the sample alone.
    """

    delay = REACH + 1
    """Samples by which a height comes after its own."""

    def __init__(self, ceiling: float, longest: int) -> None:
        """Take pieces of up to *longest* samples; *ceiling* is the lowest there is."""
        self.ceiling = np.float32(ceiling)
        self._planes = np.zeros((2, longest + 2 * REACH), np.float32)
        self._open = np.zeros(2, np.float32)
        self._heights = np.zeros(longest + 2, np.float32)
        self._room = np.zeros((4, _TILE + 1), np.float32)

    def snapshot(self) -> Self:
        """Return the stream as it is now: both go on from here, by themselves."""
        own = ("_planes", "_open", "_heights", "_room")
        return twin(self, **{name: getattr(self, name).copy() for name in own})

    def heights(self, piece: Floats, drive: float) -> Singles:
        """Return as many heights as *piece*, times *drive*, has samples.

        The array is used again by the next piece.
        """
        _heights(
            piece,
            drive,
            self.ceiling,
            COARSE,
            deciding_filters(),
            self._planes,
            self._open,
            self._room,
            self._heights,
        )
        return self._heights[: len(piece)]


@exact
def _heights(
    piece: Floats,
    drive: float,
    ceiling: np.float32,
    coarse: Singles,
    fine: Singles,
    planes: Singles,
    still_open: Singles,
    room: Singles,
    heights: Singles,
) -> None:
    """Fill *heights* with those of a *piece*, and keep what the next one needs."""
    count = len(piece)
    _fill(piece, drive, planes)
    heights[0], heights[1] = still_open[0], still_open[1]
    _survey(planes, count, ceiling, coarse, fine, room, heights)
    still_open[0], still_open[1] = heights[count], heights[count + 1]
    for channel in range(2):
        plane = planes[channel]
        for at in range(2 * REACH):
            plane[at] = plane[count + at]


@exact
def _fill(piece: Floats, drive: float, planes: Singles) -> None:
    """Put a piece behind what is known of the sound, one plane a channel."""
    left, right = planes[0, 2 * REACH :], planes[1, 2 * REACH :]
    for at in range(len(piece)):
        left[at] = piece[at, 0] * drive
        right[at] = piece[at, 1] * drive


@exact
def _survey(
    planes: Singles,
    count: int,
    ceiling: np.float32,
    coarse: Singles,
    fine: Singles,
    room: Singles,
    heights: Singles,
) -> None:
    """Fill *heights* from number 2; 0 and 1 are still open and may grow.

    The sample k of *heights* stands at ``REACH`` - 1 + k of *planes*.
    """
    halves, guesses = room[:2], room[2:, :_TILE]
    for first in range(0, count, _TILE):
        size = min(_TILE, count - first)
        tile = heights[first : first + size + 2]
        tile[2:] = np.float32(0.0)
        for channel in range(2):
            plane = planes[channel, first : first + size + 2 * REACH]
            if _samples(plane, size, tile) * _COARSE_GAIN < GRID_LEAST * ceiling:
                continue
            between = halves[channel]
            _halves(plane, size, coarse, between)
            if not _any(plane[REACH - 1 :], between, size + 1, GRID_LEAST * ceiling):
                continue
            _guess(plane, size, between, GRID_LEAST * ceiling, guesses)
            if not _any(guesses[0], guesses[1], size, GUESS_LEAST * ceiling):
                continue
            for at in range(size):
                if guesses[0, at] >= GUESS_LEAST * ceiling:
                    _refine(plane, at, 0, between, fine, tile)
                if guesses[1, at] >= GUESS_LEAST * ceiling:
                    _refine(plane, at, 1, between, fine, tile)


@exact
def _samples(plane: Singles, size: int, tile: Singles) -> np.float32:
    """Raise the heights to the samples; return the highest that the filter sees."""
    middle, own = plane[REACH : REACH + size], tile[1 : size + 1]
    for at in range(size):
        height = abs(middle[at])
        own[at] = height if height > own[at] else own[at]
    near = plane[REACH - 11 : REACH + size + 11]
    top = np.float32(0.0)
    for at in range(len(near)):
        height = abs(near[at])
        top = height if height > top else top
    return top


@exact
def _halves(plane: Singles, size: int, coarse: Singles, between: Singles) -> None:
    """Fill *between* with the wave half a sample before each sample."""
    c0, c1, c2, c3, c4 = coarse[0], coarse[1], coarse[2], coarse[3], coarse[4]
    c5, c6, c7, c8, c9 = coarse[5], coarse[6], coarse[7], coarse[8], coarse[9]
    near = plane[REACH - 10 : REACH + size + 10]
    for at in range(size + 1):
        between[at] = (
            c0 * (near[at + 9] + near[at + 10])
            + c1 * (near[at + 8] + near[at + 11])
            + c2 * (near[at + 7] + near[at + 12])
            + c3 * (near[at + 6] + near[at + 13])
            + c4 * (near[at + 5] + near[at + 14])
            + c5 * (near[at + 4] + near[at + 15])
            + c6 * (near[at + 3] + near[at + 16])
            + c7 * (near[at + 2] + near[at + 17])
            + c8 * (near[at + 1] + near[at + 18])
            + c9 * (near[at] + near[at + 19])
        )


@exact
def _any(one: Singles, other: Singles, size: int, least: np.float32) -> bool:
    """Return whether any of both stands as high as *least*."""
    found = np.int32(0)
    for at in range(size):
        first, second = abs(one[at]) >= least, abs(other[at]) >= least
        found |= np.int32(first) | np.int32(second)
    return bool(found)


@exact
def _guess(
    plane: Singles, size: int, between: Singles, least: np.float32, guesses: Singles
) -> None:
    """Guess the height of each top of the grid: row 0 of samples, 1 of those between.

    What is no top, or lower than *least*, is 0.
    """
    nothing, eight, tiny = np.float32(0.0), np.float32(8.0), np.float32(1e-30)
    near = plane[REACH - 1 : REACH + size]
    for at in range(size):
        low, high = between[at], between[at + 1]
        top = near[at + 1]
        side, low = (top, low) if top > nothing else (-top, -low)
        high = high if top > nothing else -high
        bend = side + side - low - high
        guess = side + (low - high) * (low - high) / (eight * bend + tiny)
        is_top = (side >= low) & (side >= high) & (side >= least)
        guesses[0, at] = guess if is_top else nothing
    for at in range(size):
        low, high = near[at], near[at + 1]
        top = between[at]
        side, low = (top, low) if top > nothing else (-top, -low)
        high = high if top > nothing else -high
        bend = side + side - low - high
        guess = side + (low - high) * (low - high) / (eight * bend + tiny)
        is_top = (side >= low) & (side >= high) & (side >= least)
        guesses[1, at] = guess if is_top else nothing


@exact
def _refine(
    plane: Singles, at: int, row: int, between: Singles, fine: Singles, tile: Singles
) -> None:
    """Find the top of the wave at a top of the grid; raise the heights beside it."""
    if row == 0:
        low, top, high = between[at], plane[REACH + at], between[at + 1]
        place = 0
    else:
        low, top, high = plane[REACH + at - 1], between[at], plane[REACH + at]
        place = -STEPS // 2
    sign = np.float32(1.0) if top > 0 else np.float32(-1.0)
    bend = (top + top - low - high) * sign
    # steps from the sample, where the parabola of the grid has its top
    if bend > 0:
        shift = (high - low) * sign / (bend + bend) * np.float32(STEPS // 2)
        place += int(np.floor(shift + np.float32(0.5)))
    place = min(max(place, 1 - STEPS), STEPS - 1)
    for _ in range(4):  # the parabola is seldom more than a step away
        before, middle, after = _three(plane, at, place + STEPS - 1, fine)
        before, middle, after = before * sign, middle * sign, after * sign
        if after > middle and after >= before and place < STEPS - 1:
            place += 1
        elif before > middle and place > 1 - STEPS:
            place -= 1
        else:
            break
    height = max(before, middle, after)
    bend = middle + middle - before - after
    if bend > 0 and middle == height:
        height = middle + (after - before) * (after - before) / (np.float32(8.0) * bend)
    tile[at + 1] = max(tile[at + 1], height)
    beside = at if place < 0 else at + 2
    tile[beside] = max(tile[beside], height)


@kernel
def _three(
    plane: Singles, at: int, row: int, fine: Singles
) -> tuple[np.float32, np.float32, np.float32]:
    """Return the wave at three places around sample *at*, the first that of *row*.

    The order of the sums is fixed, as their length is.
    """
    first = np.uint64(at)
    low, middle, high = np.uint64(row), np.uint64(row + 1), np.uint64(row + 2)
    one = two = three = np.float32(0.0)
    for tap in range(np.uint64(2 * REACH)):
        sample = plane[first + tap]
        one += sample * fine[low, tap]
        two += sample * fine[middle, tap]
        three += sample * fine[high, tap]
    return one, two, three
