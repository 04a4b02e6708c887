"""Sums and peaks over short stretches: the ground of levels, stereo and dynamics."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Planes = NDArray[np.float32]

CLIPPED = np.float32(32767 / 32768)
"""The level of a clipped sample: the top of 16 bits, so of every finer depth too."""

LEAST_RUN = 3
"""Clipped samples in a row that are no accident."""

RUNS, SAMPLES, LONGEST, FIRST, _RUNNING = range(5)
"""Columns of what is known of clipping, one row a channel."""


def no_clipping(channels: int) -> NDArray[np.int64]:
    """Return the table of clipping before anything is heard."""
    table = np.zeros((channels, 5), np.int64)
    table[:, FIRST] = -1
    return table


@kernel
def survey(
    planes: Planes,
    cuts: NDArray[np.int64],
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
    products: NDArray[np.float64],
    peaks: NDArray[np.float32],
) -> None:
    """Fill sums, sums of squares and peaks of each channel between the *cuts*.

    *products* takes the sums of left times right, of stereo only. A peak of what is no
    number is itself not finite.
    """
    bits = planes.view(np.uint32)
    for part in range(len(cuts) - 1):
        begin, end = cuts[part], cuts[part + 1]
        for channel in range(len(planes)):
            samples = planes[channel, begin:end]
            total = square = 0.0
            for at in range(np.uint64(len(samples))):
                value = np.float64(samples[at])
                total += value
                square += value * value
            sums[part, channel] = total
            squares[part, channel] = square
            patterns = bits[channel, begin:end]
            # the bits of floats without their sign are in the order of the values
            top = np.uint32(0)
            for at in range(np.uint64(len(patterns))):
                top = max(top, patterns[at] & np.uint32(0x7FFFFFFF))
            peaks.view(np.uint32)[part, channel] = top
        if len(planes) == 2:
            left, right = planes[0, begin:end], planes[1, begin:end]
            product = 0.0
            for at in range(np.uint64(len(left))):
                product += np.float64(left[at]) * np.float64(right[at])
            products[part] = product


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
                if row[_RUNNING] == LEAST_RUN:
                    row[RUNS] += 1
                    row[SAMPLES] += LEAST_RUN
                    if row[FIRST] < 0:
                        row[FIRST] = offset + at + 1 - LEAST_RUN
                elif row[_RUNNING] > LEAST_RUN:
                    row[SAMPLES] += 1
                if row[_RUNNING] >= LEAST_RUN:
                    row[LONGEST] = max(row[LONGEST], row[_RUNNING])
