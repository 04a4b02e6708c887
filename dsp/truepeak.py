"""True peak: the highest point of the wave between the samples, and its place.

Peaks are found with 64 taps at 1/64 sample: to 0.01 dB for tones up to 0.45 of the
rate. That filter is run at few places only. A block whose samples are so low that no
sum of them under the filter could reach the best is left out: |y| <= ||h||1 max|x|.
Of the others a coarse grid is made, of halves and then of quarters of a sample: at a
time t from a peak M, a band-limited wave stands at M cos(pi t) or higher (Duffin and
Schaeffer), so a grid lower than that has no new peak beside it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel
from dsp.peakfilters import (
    COARSE_GAIN,
    COARSE_TAPS,
    PHASES,
    TAPS,
    coarse_filters,
    fine_filters,
    largest_gain,
    line_and_bends,
)

Singles = NDArray[np.float32]

BLOCK, PART = 512, TAPS // 2
"""Samples that are left out at a time: a block, or a part of it."""

REACH = TAPS
"""Samples that are looked at on both sides of what is measured."""

_FINE = fine_filters().astype(np.float32)
_MIDDLE, _EVEN, _ODD = (part.astype(np.float32) for part in coarse_filters())
_HALF = COARSE_TAPS // 2

_ON_HALVES = np.float32(math.cos(math.pi / 4) * COARSE_GAIN)
_ON_QUARTERS = np.float32(math.cos(math.pi / 8) * COARSE_GAIN)

_LARGEST = np.float32(largest_gain() * 1.0001)
_LINE, _BENDS = (np.float32(part * 1.0001) for part in line_and_bends())


@dataclass(frozen=True)
class PeakFinder:
    """The filters, and room for the kernel to work in."""

    fine: Singles
    highest: Singles
    """Of the blocks, then their sharpest bends."""
    grid: Singles

    def find(
        self, plane: Singles, start: int, stop: int, best: float, position: float
    ) -> tuple[float, float]:
        """Return the highest point of samples *start* to *stop* if above *best*.

        The answer is its height and its place in samples of the plane, or *best* and
        *position* as they were. The plane holds ``REACH`` samples more on both sides.
        """
        found = np.array([best, position])
        _find(plane, start, stop, found, self.highest, self.grid, self.fine)
        height, at = found.tolist()
        return height, at


def peak_finder(longest: int) -> PeakFinder:
    """Return what is needed to look through *longest* samples at a time."""
    return PeakFinder(
        fine=_FINE,
        highest=np.zeros((2, -(-longest // BLOCK) + 3), np.float32),
        grid=np.zeros((4, PART), np.float32),
    )


def find_peak(
    plane: Singles, start: int, stop: int, best: np.float32, position: float
) -> tuple[np.float32, float]:
    """Return what a finder for so many samples finds."""
    top, at = peak_finder(stop - start).find(plane, start, stop, float(best), position)
    return np.float32(top), at


def rehearse() -> None:
    """Look through silence, so that the kernel of all looking is compiled."""
    find_peak(np.zeros(3 * REACH, np.float32), REACH, 2 * REACH, np.float32(0.0), -1.0)


@kernel
def _find(
    plane: Singles,
    start: int,
    stop: int,
    found: NDArray[np.float64],
    room: Singles,
    grid: Singles,
    fine: Singles,
) -> None:
    """Measure the blocks that could hold a new peak: *found* is height and place."""
    count = (stop - start + BLOCK - 1) // BLOCK
    position = found[1]
    highest = room[0]
    _look(plane, start - PART, start, room, np.int64(0))
    for block in range(count):
        at = start + block * BLOCK
        _look(plane, at, min(at + BLOCK, stop), room, block + 1)
    _look(plane, stop, stop + PART, room, count + 1)
    top = np.float32(found[0])
    for block in range(count):
        if highest[block + 1] > top:
            top = highest[block + 1]
            at = start + block * BLOCK
            position = at + _place_of(plane[at : min(at + BLOCK, stop)], top)
    for block in range(count):
        if not _may_pass(room, block, min(block + 4, count + 2), top):
            continue
        first = start + block * BLOCK
        for at in range(first, min(first + BLOCK, stop), PART):
            # all that the filter reaches from here
            _look(plane, at - PART, at + 2 * PART, room, count + 2)
            if _may_pass(room, count + 2, count + 3, top):
                top, position = _search(
                    plane, at, min(PART, stop - at), highest[block + 1], top, position,
                    fine, grid,
                )  # fmt: skip
    found[0], found[1] = top, position


@kernel
def _may_pass(room: Singles, first: int, last: int, top: np.float32) -> bool:
    """Say whether the wave could pass *top*, as far as the blocks' bounds tell."""
    near = bend = np.float32(0.0)
    for block in range(first, last):
        near, bend = max(near, room[0, block]), max(bend, room[1, block])
    return bool(near * _LARGEST > top and near * _LINE + bend * _BENDS > top)


@kernel
def _look(
    plane: Singles, begin: int, end: int, room: Singles, block: int | np.int64
) -> None:
    """Note the largest sample from *begin* to before *end*, and the sharpest bend."""
    samples, before, after = (
        plane[begin:end],
        plane[begin - 1 : end - 1],
        plane[begin + 1 : end + 1],
    )
    # the bits of floats without their sign are in the order of the values
    top = sharp = np.uint32(0)
    for at in range(np.uint64(len(samples))):
        sample = samples[at]
        bend = before[at] - sample + (after[at] - sample)
        top = max(top, np.float32(sample).view(np.uint32) & np.uint32(0x7FFFFFFF))
        sharp = max(sharp, np.float32(bend).view(np.uint32) & np.uint32(0x7FFFFFFF))
    bits = room.view(np.uint32)
    bits[0, block], bits[1, block] = top, sharp


@kernel
def _highest(samples: Singles) -> np.uint32:
    """Return the bits of the largest absolute sample; their order is that of values."""
    bits = samples.view(np.uint32)
    top = np.uint32(0)
    for at in range(np.uint64(len(bits))):
        top = max(top, bits[at] & np.uint32(0x7FFFFFFF))
    return top


@kernel
def _place_of(samples: Singles, height: np.float32) -> int:
    for at in range(len(samples)):
        if abs(samples[at]) == height:
            return at
    return 0


@kernel
def _search(
    plane: Singles,
    at: int,
    count: int,
    sample: np.float32,
    top: np.float32,
    position: float,
    fine: Singles,
    grid: Singles,
) -> tuple[np.float32, float]:
    """Look into a part of samples up to *sample*; return the best and its place."""
    window = plane[at - (_HALF - 1) : at + PART + _HALF + 1]
    _halves(window, grid)
    if sample < _ON_HALVES * top:
        grid[0, 0] = _ON_HALVES * top
        if _highest(grid[2, :count]) < grid.view(np.uint32)[0, 0]:
            return top, position
    _quarters(window, grid)
    for place in range(PART):
        grid[0, place] = abs(plane[at + place])
    for place in range(count):
        for phase in range(4):
            height = grid[phase, place]
            if height < _ON_QUARTERS * top:
                continue
            # a neighbour beyond the block is looked at from there
            before = grid[phase - 1, place] if phase else np.float32(0.0)
            if phase == 0 and place:
                before = grid[3, place - 1]
            after = grid[phase + 1, place] if phase < 3 else abs(plane[at + place + 1])
            if height >= before and height >= after:
                found, where = _refine(plane, at + place, phase * (PHASES // 4), fine)
                if found > top:
                    top, position = found, where
    return top, position


@kernel
def _halves(window: Singles, grid: Singles) -> None:
    """Fill row 2 of *grid* with the wave half a sample on."""
    out = grid[2]
    for at in range(PART):
        out[at] = 0.0
    for tap in range(_HALF):
        weight = _MIDDLE[tap]
        one, other = window[tap:], window[COARSE_TAPS - 1 - tap :]
        for at in range(PART):
            out[at] += weight * (one[at] + other[at])
    for at in range(PART):
        out[at] = abs(out[at])


@kernel
def _quarters(window: Singles, grid: Singles) -> None:
    """Fill rows 1 and 3 of *grid* with the wave a quarter and three quarters on."""
    even, odd = grid[1], grid[3]
    for at in range(PART):
        even[at] = 0.0
        odd[at] = 0.0
    for tap in range(_HALF):
        weight, turned = _EVEN[tap], _ODD[tap]
        one, other = window[tap:], window[COARSE_TAPS - 1 - tap :]
        for at in range(PART):
            even[at] += weight * (one[at] + other[at])
            odd[at] += turned * (one[at] - other[at])
    for at in range(PART):
        a, b = even[at], odd[at]
        even[at], odd[at] = abs(a + b), abs(a - b)


@kernel
def _refine(
    plane: Singles, at: int, phase: int, fine: Singles
) -> tuple[np.float32, float]:
    """Return the wave's peak within a quarter of a sample of *phase* after *at*."""
    reach, step = PHASES // 4, PHASES // 16
    best, top = 0, np.float32(-1.0)
    for away in range(-reach, reach + 1, step):
        height = _wave(plane, at, phase + away, fine)
        if height > top:
            best, top = away, height
    closest = best
    for away in range(best - step + 1, best + step):
        height = _wave(plane, at, phase + away, fine)
        if height > top:
            closest, top = away, height
    low = _wave(plane, at, phase + closest - 1, fine)
    high = _wave(plane, at, phase + closest + 1, fine)
    place = at + (phase + closest) / PHASES
    bend = low - np.float32(2.0) * top + high
    if bend < 0 and top >= low and top >= high:
        # the parabola through the three
        shift = np.float32(0.5) * (low - high) / bend
        higher = top - np.float32(0.25) * (low - high) * shift
        return np.float32(higher), place + float(shift) / PHASES
    return top, place


@kernel
def _wave(plane: Singles, at: int, phase: int, fine: Singles) -> np.float32:
    """Return how far the wave is from zero, *phase* places after sample *at*."""
    if phase < 0:
        phase += PHASES
        at -= 1
    elif phase > PHASES:
        phase -= PHASES
        at += 1
    weights = fine[phase]
    window = plane[at - (TAPS // 2 - 1) :]
    height = np.float32(0.0)
    for tap in range(TAPS):
        height += weights[tap] * window[tap]
    return np.float32(abs(height))
