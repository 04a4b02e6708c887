"""One kernel for all that is measured sample by sample, while samples are at hand.

Audio that has to be fetched again from beyond a core's own cache costs as much as to
measure it. So everything is taken from the same few hundred kilobytes in one go.

K-weighting lifts all treble alike, so only what lies below needs its filters. Those run
over thinned samples; the power that thinning takes away (and what folds down, which
counts as what it is) is counted at the gain of the treble. A tone of any frequency and
noise of any colour read the same to 0.002 dB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel
from dsp.kfilters import treble_power
from dsp.kweighting import ABREAST, TICKS, Weighting, weigh
from dsp.survey import count_clipped, count_flat, find_highest, no_clipping, survey
from dsp.thinning import factor, thin, workspace
from dsp.truepeak import REACH, peak_finder

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Planes = NDArray[np.float32]
Singles = NDArray[np.float32]

SAMPLE, SAMPLE_AT, TRUE, TRUE_AT = range(4)
"""Columns of ``Hearing.tops``."""


PIECE = ABREAST
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

    AHEAD = REACH
    """Samples that are looked at behind what is heard."""

    def __init__(
        self, rate: int, channels: int, counted: list[int], kept: int, span: int
    ) -> None:
        """Weight the channels *counted*; hear up to *span* samples at a time.

        The planes hold *kept* samples from before. Their thinned ones are kept as well.
        """
        self.thinned = factor(rate, TICKS)
        self._kept = -(-kept // self.thinned)
        tick = rate // TICKS + 1
        self._low = np.zeros(
            (len(counted), self._kept + (span + tick) // self.thinned + 2), np.float32
        )
        weighting = Weighting(rate, len(counted), self.thinned)
        self._finder = peak_finder(span)
        self.sums = np.zeros(channels)
        self.clipping = no_clipping(channels)
        self.tops = np.zeros((channels, 4))
        self.tops[:, [SAMPLE_AT, TRUE_AT]] = -1
        self._counted = np.array(counted)
        self._places = {channel: place for place, channel in enumerate(counted)}
        self._treble = treble_power(rate)
        self._work = workspace(self.thinned, rate // TICKS)
        self._lasting: tuple[Any, ...] = (
            weighting.variables, weighting.ends,
            weighting.powers, weighting.carried, weighting.lanes, weighting.quads,
            weighting.fours, weighting.rows, weighting.row_fours, self.sums,
            self.clipping, self.tops,
        )  # fmt: skip

    @property
    def kept(self) -> int:
        """Return how many thinned samples are kept from before."""
        return self._kept

    def low_of(self, channel: int) -> Singles:
        """Return the thinned samples of a counted *channel*."""
        plane: Singles = self._low[self._places[channel]]
        return plane

    def hear(
        self,
        planes: Planes,
        edges: Integers,
        cuts: Integers,
        between: tuple[int, int],
        offset: int,
        *,
        last: bool,
    ) -> Heard:
        """Measure *planes* *between* two samples; sample 0 is *offset* of the stream.

        *edges* are those of whole ticks, *cuts* of the sums. What follows is known for
        ``AHEAD`` samples; after the *last* sample it is silence.
        """
        channels, parts = len(self.sums), len(cuts) - 1
        begin, end = between
        energies = np.zeros((len(self._counted), len(edges) - 1))
        squares, products = np.zeros((parts, channels)), np.zeros(parts)
        peaks = np.zeros((parts, channels), np.float32)
        thinned = self.thinned
        low_edges = (edges - begin) // thinned + self._kept if thinned > 1 else edges
        if last:
            # the thinning looks ahead; a fall to nothing would be a click that is not
            # in the sound
            planes[:, end : end + self.AHEAD] = planes[:, end - 1 : end]
        _hear(
            planes, edges, cuts, begin, end, offset, energies, squares, products,
            peaks, peaks.view(np.uint32), self._counted, thinned, self._treble,
            self._low if thinned > 1 else planes, low_edges, self._work, *self._lasting,
        )  # fmt: skip
        planes[:, end + (0 if last else self.AHEAD) : end + REACH] = 0.0
        for plane, (*_, top, at), found in zip(
            planes, self.tops.tolist(), self.tops, strict=True
        ):
            found[2:] = self._finder.find(plane, begin, end, top, at - offset)
            found[3] += offset
        return Heard(energies=energies, squares=squares, products=products, peaks=peaks)

    def keep(self, span: int) -> None:
        """Make room: what is kept is what comes before the sample *span* later."""
        if self.thinned > 1:
            at = span // self.thinned
            self._low[:, : self._kept] = self._low[:, at : at + self._kept]


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
    thinned: int,
    treble: float,
    low: Planes,
    low_edges: Integers,
    work: Planes,
    variables: Planes,
    ends: Planes,
    powers: Floats,
    carried: Floats,
    lanes: Planes,
    quads: Planes,
    fours: NDArray[np.complex128],
    rows: Planes,
    row_fours: NDArray[np.complex128],
    sums: Floats,
    clipping: Integers,
    tops: Floats,
) -> None:
    parts, ticks = len(cuts) - 1, len(edges) - 1
    part = 0
    for first in range(0, ticks, PIECE):
        until, next_part = min(first + PIECE, ticks), part
        while next_part < parts and cuts[next_part] < edges[until]:
            next_part += 1
        survey(
            planes, cuts[part : next_part + 1], sums, squares[part:next_part],
            products[part:next_part], peak_bits[part:next_part],
        )  # fmt: skip
        for place in range(len(counted)):
            channel, found = counted[place], energies[place, first:until]
            heard = planes[channel]
            if thinned > 1:
                heard = low[place]
                _thin_ticks(
                    planes[channel], heard, edges[first : until + 1],
                    low_edges[first : until + 1], thinned, work,
                )  # fmt: skip
            weigh(
                heard, low_edges[first : until + 1], variables, ends, powers,
                carried[place], lanes, quads, fours, rows, row_fours, found,
            )  # fmt: skip
            if thinned > 1:
                _count_treble(
                    heard, low_edges[first : until + 1], edges[first : until + 1],
                    cuts[part : next_part + 1], squares[part:next_part, channel],
                    np.float64(thinned), treble, found,
                )  # fmt: skip
        part = next_part
    survey(planes, cuts[part:], sums, squares[part:], products[part:], peak_bits[part:])
    if thinned > 1 and edges[ticks] < end:
        count = (end - edges[ticks] + thinned - 1) // thinned
        for place in range(len(counted)):
            rest = low[place, low_edges[ticks] : low_edges[ticks] + count]
            thin(planes[counted[place]], edges[ticks], rest, thinned, work)
    count_clipped(planes, cuts, peaks, offset, clipping)
    count_flat(planes, cuts, peaks, clipping)
    find_highest(planes, cuts, peaks, offset, tops)


@kernel
def _thin_ticks(
    plane: Singles,
    low: Singles,
    edges: Integers,
    low_edges: Integers,
    thinned: int,
    work: Planes,
) -> None:
    for tick in range(len(edges) - 1):
        part = low[low_edges[tick] : low_edges[tick + 1]]
        thin(plane, edges[tick], part, thinned, work)


@kernel
def _count_treble(
    low: Singles,
    low_edges: Integers,
    edges: Integers,
    cuts: Integers,
    squares: Floats,
    thinned: float,
    treble: float,
    found: Floats,
) -> None:
    """Make energies of thinned samples those of all, with the power left away."""
    part = 0
    for tick in range(len(found)):
        whole = kept = 0.0
        while part < len(squares) and cuts[part] < edges[tick + 1]:
            whole += squares[part]
            part += 1
        samples = low[low_edges[tick] : low_edges[tick + 1]]
        for at in range(np.uint64(len(samples))):
            kept += np.float64(samples[at]) * np.float64(samples[at])
        away = whole - thinned * kept
        found[tick] = max(0.0, thinned * found[tick] + treble * away)
