"""One kernel for all that is measured sample by sample, while samples are at hand.

Audio that has to be fetched again from beyond a core's own cache costs as much as to
measure it. So everything is taken from the same few hundred kilobytes in one go.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import LANES, kernel
from dsp.kweighting import Weighting, weigh
from dsp.survey import count_clipped, find_highest, no_clipping, survey
from dsp.truepeak import find, peak_finder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Planes = NDArray[np.float32]

SAMPLE, SAMPLE_AT, TRUE, TRUE_AT = range(4)
"""Columns of ``Hearing.tops``."""


PIECE = 2 * LANES
"""Ticks that are fetched once and looked at twice."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was found between the cuts and between the ticks' edges."""

    energies: Floats
    """By tick and counted channel, K-weighted."""
    squares: Floats
    products: Floats
    peaks: Planes


class Hearing:
    """The measurement of a stream's planes; what goes on from call to call is here."""

    def __init__(self, rate: int, channels: int, counted: list[int], span: int) -> None:
        """Weight the channels *counted*; hear up to *span* samples at a time."""
        weighting, finder = Weighting(rate, len(counted)), peak_finder(span)
        self._counted = len(counted)
        self.sums = np.zeros(channels)
        self.clipping = no_clipping(channels)
        self.tops = np.zeros((channels, 4))
        self.tops[:, [SAMPLE_AT, TRUE_AT]] = -1
        self._lasting: tuple[Any, ...] = (
            np.array(counted), weighting.variables, weighting.ends,
            weighting.powers, weighting.carried, weighting.lanes, weighting.quads,
            weighting.fours, weighting.rows, weighting.row_fours, finder.highest,
            finder.grid, finder.fine, self.sums, self.clipping, self.tops,
        )  # fmt: skip

    def hear(
        self,
        planes: Planes,
        edges: Integers,
        cuts: Integers,
        between: tuple[int, int],
        offset: int,
    ) -> Heard:
        """Measure *planes*, whose sample 0 is *offset* of the stream.

        *edges* are those of whole ticks, *cuts* of the sums. True peaks are looked for
        *between* two places, whose surroundings are known.
        """
        channels, parts = len(self.sums), len(cuts) - 1
        energies = np.zeros((self._counted, len(edges) - 1))
        squares, products = np.zeros((parts, channels)), np.zeros(parts)
        peaks = np.zeros((parts, channels), np.float32)
        _hear(
            planes, edges, cuts, between[0], between[1], offset, energies, squares,
            products, peaks, peaks.view(np.uint32), *self._lasting,
        )  # fmt: skip
        return Heard(energies=energies, squares=squares, products=products, peaks=peaks)


@kernel
def _hear(
    planes: Planes,
    edges: Integers,
    cuts: Integers,
    begin: int,
    end: int,
    offset: int,
    energies: Floats,
    squares: Floats,
    products: Floats,
    peaks: Planes,
    peak_bits: NDArray[np.uint32],
    counted: Integers,
    variables: Planes,
    ends: Planes,
    powers: Floats,
    carried: Floats,
    lanes: Planes,
    quads: Planes,
    fours: NDArray[np.complex128],
    rows: Planes,
    row_fours: NDArray[np.complex128],
    highest: Planes,
    grid: Planes,
    fine: Planes,
    sums: Floats,
    clipping: Integers,
    tops: Floats,
) -> None:
    parts, ticks = len(cuts) - 1, len(edges) - 1
    for first in range(0, max(parts, ticks), PIECE):
        last = min(first + PIECE, parts)
        if first < last:
            survey(
                planes, cuts[first : last + 1], sums, squares[first:last],
                products[first:last], peak_bits[first:last],
            )  # fmt: skip
        last = min(first + PIECE, ticks)
        for place in range(len(counted)):
            if first < last:
                weigh(
                    planes[counted[place]], edges[first : last + 1], variables, ends,
                    powers, carried[place], lanes, quads, fours, rows, row_fours,
                    energies[place, first:last],
                )  # fmt: skip
    count_clipped(planes, cuts, peaks, offset, clipping)
    find_highest(planes, cuts, peaks, offset, tops)
    for channel in range(len(planes)):
        top = tops[channel, 2:]
        top[1] -= offset
        find(planes[channel], begin, end, top, highest, grid, fine)
        top[1] += offset
