"""Sums and peaks over short stretches: the ground of levels, stereo and dynamics."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Planes = NDArray[np.float32]

CLIPPED = np.float32(32767 / 32768)
"""The level of a clipped sample: the top of 16 bits, so of every finer depth too."""

LEAST_RUN = 3
"""Clipped samples in a row that are no accident."""

FLATTEST = np.float32(0.0625)
"""The lowest level of a flat top: of what was lowered by up to 24 dB after clipping."""

RUNS, SAMPLES, LONGEST, FIRST, FLAT, _RUNNING, _FLAT_RUNNING, _HIGHEST = range(8)
"""Columns of what is known of clipping, one row a channel: runs, samples and the
longest run at full scale, the first; samples in runs at the highest level of all."""

KNOWN = FLAT + 1
"""How many columns are of interest in the end."""

_EXACT = np.float64(1 << 28)  # makes whole numbers of float32 from FLATTEST to 2


def no_clipping(channels: int) -> NDArray[np.int64]:
    """Return the table of clipping before anything is heard."""
    table = np.zeros((channels, 8), np.int64)
    table[:, FIRST] = -1
    return table


LOUDEST = np.float32(1e9)
"""Beyond this a sample is no audio; its square is still a number in float32."""


@kernel
def survey(
    planes: Planes,
    cuts: NDArray[np.int64],
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
    products: NDArray[np.float64],
    peak_bits: NDArray[np.uint32],
) -> None:
    """Fill squares and peaks of each channel between the *cuts*; add to *sums*.

    *products* takes the sums of left times right, of stereo only. *peak_bits* are peaks
    in float32 as integers; the peak of what is no number is itself not finite.
    """
    for part in range(len(cuts) - 1):
        begin, end = cuts[part], cuts[part + 1]
        for channel in range(len(planes)):
            samples = planes[channel, begin:end]
            # the bits of floats without their sign are in the order of the values
            patterns = samples.view(np.uint32)
            top = np.uint32(0)
            for at in range(np.uint64(len(patterns))):
                top = max(top, patterns[at] & np.uint32(0x7FFFFFFF))
            peak_bits[part, channel] = top
            if len(planes) != 2:
                total = square = 0.0
                for at in range(np.uint64(len(samples))):
                    value = np.float64(samples[at])
                    total += value
                    square += value * value
                sums[channel] += total
                squares[part, channel] = square
        if len(planes) == 2:
            _both(planes[0, begin:end], planes[1, begin:end], sums, squares[part],
                  products[part : part + 1])  # fmt: skip


@kernel
def _both(
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
    product: NDArray[np.float64],
) -> None:
    """Take the sums of two channels in one go."""
    one = other = lefts = rights = cross = 0.0
    for at in range(np.uint64(len(left))):
        a, b = np.float64(left[at]), np.float64(right[at])
        one += a
        other += b
        lefts += a * a
        rights += b * b
        cross += a * b
    sums[0] += one
    sums[1] += other
    squares[0], squares[1] = lefts, rights
    product[0] = cross


@kernel
def find_highest(
    planes: Planes,
    cuts: NDArray[np.int64],
    peaks: NDArray[np.float32],
    offset: int,
    tops: NDArray[np.float64],
) -> None:
    """Note the highest sample of each channel and its place, if higher than known."""
    for channel in range(len(planes)):
        best, where = np.float32(tops[channel, 0]), -1
        for part in range(len(cuts) - 1):
            if peaks[part, channel] > best:
                best, where = peaks[part, channel], part
        if where >= 0:
            at = cuts[where]
            while abs(planes[channel, at]) != best:
                at += 1
            tops[channel, 0], tops[channel, 1] = best, offset + at


@kernel
def _counted(run: int) -> int:
    """Return how many samples are to be counted when a run has become so long."""
    if run < LEAST_RUN:
        return 0
    return LEAST_RUN if run == LEAST_RUN else 1


@kernel
def count_clipped(
    planes: Planes,
    cuts: NDArray[np.int64],
    peaks: NDArray[np.float32],
    offset: int,
    table: NDArray[np.int64],
) -> None:
    """Add the runs of clipped samples to *table*; sample 0 of the planes is *offset*.

    Runs go on from call to call.
    """
    for channel in range(len(planes)):
        row = table[channel]
        for part in range(len(cuts) - 1):
            if peaks[part, channel] < CLIPPED:
                row[_RUNNING] = 0
                continue
            for at in range(cuts[part], cuts[part + 1]):
                if abs(planes[channel, at]) < CLIPPED:
                    row[_RUNNING] = 0
                    continue
                row[_RUNNING] += 1
                row[SAMPLES] += _counted(row[_RUNNING])
                if row[_RUNNING] == LEAST_RUN:
                    row[RUNS] += 1
                    if row[FIRST] < 0:
                        row[FIRST] = offset + at + 1 - LEAST_RUN
                if row[_RUNNING] >= LEAST_RUN:
                    row[LONGEST] = max(row[LONGEST], row[_RUNNING])


@kernel
def count_flat(
    planes: Planes,
    cuts: NDArray[np.int64],
    peaks: NDArray[np.float32],
    table: NDArray[np.int64],
) -> None:
    """Count the samples in runs at the highest level so far, as ``count_clipped`` does.

    A higher one begins the count anew.
    """
    for channel in range(len(planes)):
        row = table[channel]
        for part in range(len(cuts) - 1):
            top = peaks[part, channel]
            level = np.int64(0)
            if FLATTEST <= top < np.float32(2.0):
                level = np.int64(np.float64(top) * _EXACT)
            if level == 0 or level < row[_HIGHEST]:
                row[_FLAT_RUNNING] = 0
                continue
            if level > row[_HIGHEST]:
                row[_HIGHEST], row[FLAT], row[_FLAT_RUNNING] = level, 0, 0
            for at in range(cuts[part], cuts[part + 1]):
                if abs(planes[channel, at]) < top:
                    row[_FLAT_RUNNING] = 0
                    continue
                row[_FLAT_RUNNING] += 1
                row[FLAT] += _counted(row[_FLAT_RUNNING])
