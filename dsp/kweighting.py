"""K-weighting (ITU-R BS.1770-5 Annex 1) at any rate, as energies of 10 ms.

A recursive filter is serial in time, so ticks are filtered side by side. What
the filters know at the beginning of each comes of a weighted sum of the tick before it
(the filters are linear), which needs no recursion.

The filters are held as state variables (Zavalishin's form), whose float32 keeps a
high-pass at 38 Hz exact at any rate, where the usual coefficients do not.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import LANES, kernel
from dsp.kfilters import state_variables

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

TICKS = 100
"""Energies in a second."""


def tick_edges(rate: int, first: int, count: int) -> NDArray[np.int64]:
    """Return where *count* ticks from tick *first* begin, and the last ends."""
    return (np.arange(first, first + count + 1) * rate + TICKS // 2) // TICKS


ABREAST = 2 * LANES
"""Ticks that are filtered side by side: of one vector the next sample waits."""

ROWS = 64
"""Samples of all lanes that are laid side by side at a time."""


class Weighting:
    """What the kernel has to know of one rate and some channels."""

    def __init__(self, rate: int, channels: int, thinned: int = 1) -> None:
        """Begin in silence; of the samples at *rate* one of *thinned* is heard."""
        self.variables = state_variables(rate, thinned)
        longest = -(-rate // (TICKS * thinned))
        self.ends, self.powers = _forward(self.variables, longest)
        self.carried = np.zeros((channels, 4))
        self.lanes = np.zeros((5, ABREAST), np.float32)
        # the same places as floats, and four floats as one
        self.quads = np.zeros((ABREAST // 4, ROWS * 4), np.float32)
        self.fours = self.quads.view(np.complex128)
        self.rows = np.zeros((ROWS, ABREAST), np.float32)
        self.row_fours = self.rows.reshape(-1).view(np.complex128)


def _forward(variables: Singles, longest: int) -> tuple[Singles, Floats]:
    """Return how samples and states of a tick act on the states at its end.

    By state and sample, the last sample of a tick standing last; and the matrices of
    ticks of one sample less and of the longest.
    """
    steps = np.eye(5)
    after = np.array([_step(variables.astype(np.float64), *row) for row in steps])
    turn, came = after[:4].T, after[4]
    ends = np.empty((4, longest))
    for at in range(longest - 1, -1, -1):
        ends[:, at] = came
        came = turn @ came
    shorter = np.linalg.matrix_power(turn, longest - 1)
    return ends.astype(np.float32), np.array([shorter, turn @ shorter])


def _step(
    v: Floats, s1: float, s2: float, t1: float, t2: float, x: float
) -> tuple[float, float, float, float]:
    """Return the states after one sample, as ``_filter`` has them."""
    u = v[0] * (x - s2) - v[1] * s1
    z = v[4] * u + v[5] * s1 + s2
    y = v[6] * (z - t2) - v[7] * t1
    return (
        s1 + v[2] * u,
        s2 + v[2] * s1 + v[3] * u,
        t1 + v[8] * y,
        t2 + v[8] * t1 + v[9] * y,
    )


@kernel
def weigh(
    plane: Singles,
    edges: NDArray[np.int64],
    variables: Singles,
    ends: Singles,
    powers: Floats,
    carried: Floats,
    lanes: Singles,
    quads: Singles,
    fours: NDArray[np.complex128],
    rows: Singles,
    row_fours: NDArray[np.complex128],
    found: Floats,
) -> None:
    """Fill *found* with the sums of squares of the ticks between the *edges*.

    *carried* are the filters' states, before and after. The plane reaches a tick beyond
    the last edge.
    """
    ticks = len(found)
    longest = ends.shape[1]
    for first in range(0, ticks, ABREAST):
        count = min(ABREAST, ticks - first)
        for lane in range(count):
            begin, length = (
                edges[first + lane],
                edges[first + lane + 1] - edges[first + lane],
            )
            for state in range(4):
                lanes[state, lane] = carried[state]
            _carry(
                plane[begin : begin + length],
                ends,
                powers[length + 1 - longest],
                carried,
            )
        lanes[4, :] = 0.0
        _filter_ticks(
            plane, edges, first, count, longest, variables, lanes, quads, fours, rows,
            row_fours,
        )  # fmt: skip
        gain = np.float64(variables[10]) * np.float64(variables[10])
        for lane in range(count):
            found[first + lane] = gain * lanes[4, lane]


@kernel
def _carry(samples: Singles, ends: Singles, power: Floats, carried: Floats) -> None:
    """Take the states over the *samples* of a tick."""
    late = ends.shape[1] - len(samples)
    e0, e1, e2, e3 = ends[0, late:], ends[1, late:], ends[2, late:], ends[3, late:]
    a = b = c = d = np.float32(0.0)
    for at in range(np.uint64(len(samples))):
        sample = samples[at]
        a += e0[at] * sample
        b += e1[at] * sample
        c += e2[at] * sample
        d += e3[at] * sample
    s1, s2, t1, t2 = carried[0], carried[1], carried[2], carried[3]
    carried[0] = power[0, 0] * s1 + power[0, 1] * s2 + a
    carried[1] = power[1, 0] * s1 + power[1, 1] * s2 + b
    carried[2] = (
        power[2, 0] * s1 + power[2, 1] * s2 + power[2, 2] * t1 + power[2, 3] * t2 + c
    )
    carried[3] = (
        power[3, 0] * s1 + power[3, 1] * s2 + power[3, 2] * t1 + power[3, 3] * t2 + d
    )


@kernel
def _filter_ticks(
    plane: Singles,
    edges: NDArray[np.int64],
    first: int,
    count: int,
    longest: int,
    variables: Singles,
    lanes: Singles,
    quads: Singles,
    fours: NDArray[np.complex128],
    rows: Singles,
    row_fours: NDArray[np.complex128],
) -> None:
    """Filter ticks in step as far as the shortest goes, then what is left of others."""
    common = longest
    for lane in range(count):
        common = min(common, edges[first + lane + 1] - edges[first + lane])
    for begin in range(0, common, ROWS):
        length = min(ROWS, common - begin)
        _gather(plane, edges[first:], count, begin, length, quads, fours, row_fours)
        _filter(rows, length, variables, lanes)
    if common == longest:
        return
    # a sample more in some: in the others silence, whose outcome is left out
    for lane in range(count):
        rows[1, lane] = lanes[4, lane]
        if edges[first + lane + 1] - edges[first + lane] > common:
            rows[0, lane] = plane[edges[first + lane] + common]
    _filter(rows, np.int64(1), variables, lanes)
    for lane in range(count):
        if edges[first + lane + 1] - edges[first + lane] == common:
            lanes[4, lane] = rows[1, lane]


@kernel
def _gather(
    plane: Singles,
    begins: NDArray[np.int64],
    count: int,
    offset: int,
    length: int,
    quads: Singles,
    fours: NDArray[np.complex128],
    row_fours: NDArray[np.complex128],
) -> None:
    """Lay the samples of the lanes side by side: four and four, then all."""
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    for group in range(ABREAST // 4):
        # lanes beyond the last repeat it
        lane = 4 * group
        p0 = plane[begins[min(lane, count - 1)] + offset :]
        p1 = plane[begins[min(lane + 1, count - 1)] + offset :]
        p2 = plane[begins[min(lane + 2, count - 1)] + offset :]
        p3 = plane[begins[min(lane + 3, count - 1)] + offset :]
        quad = quads[group]
        for at in range(np.uint64(length)):
            quad[four * at] = p0[at]
            quad[four * at + one] = p1[at]
            quad[four * at + two] = p2[at]
            quad[four * at + three] = p3[at]
    eight = np.uint64(ABREAST // 4)
    for half in range(0, ABREAST // 4, 4):
        f0, f1, f2, f3 = fours[half], fours[half + 1], fours[half + 2], fours[half + 3]
        out = row_fours[half:]
        for at in range(np.uint64(length)):
            out[eight * at] = f0[at]
            out[eight * at + one] = f1[at]
            out[eight * at + two] = f2[at]
            out[eight * at + three] = f3[at]


@kernel
def _filter(
    rows: Singles, length: int | np.int64, variables: Singles, lanes: Singles
) -> None:
    """Run shelf and high-pass over *length* rows; add the squares to state 4."""
    a, b, g, gg, m0, m1, ha, hb, h, hh = (
        variables[0], variables[1], variables[2], variables[3], variables[4],
        variables[5], variables[6], variables[7], variables[8], variables[9],
    )  # fmt: skip
    # two samples a turn: the state stays in registers between them
    for pair in range(length // 2):
        both = rows[2 * pair : 2 * pair + 2]
        for lane in range(ABREAST):
            s1, s2 = lanes[0, lane], lanes[1, lane]
            t1, t2, total = lanes[2, lane], lanes[3, lane], lanes[4, lane]
            u = a * (both[0, lane] - s2) - b * s1
            z = m0 * u + m1 * s1 + s2
            s2 = s2 + g * s1 + gg * u
            s1 = s1 + g * u
            y = ha * (z - t2) - hb * t1
            t2 = t2 + h * t1 + hh * y
            t1 = t1 + h * y
            total += y * y
            u = a * (both[1, lane] - s2) - b * s1
            z = m0 * u + m1 * s1 + s2
            s2 = s2 + g * s1 + gg * u
            s1 = s1 + g * u
            y = ha * (z - t2) - hb * t1
            t2 = t2 + h * t1 + hh * y
            t1 = t1 + h * y
            total += y * y
            lanes[0, lane], lanes[1, lane] = s1, s2
            lanes[2, lane], lanes[3, lane], lanes[4, lane] = t1, t2, total
    if length % 2:
        row = rows[length - 1]
        for lane in range(ABREAST):
            s1, s2, t1, t2 = (
                lanes[0, lane],
                lanes[1, lane],
                lanes[2, lane],
                lanes[3, lane],
            )
            u = a * (row[lane] - s2) - b * s1
            z = m0 * u + m1 * s1 + s2
            y = ha * (z - t2) - hb * t1
            lanes[0, lane] = s1 + g * u
            lanes[1, lane] = s2 + g * s1 + gg * u
            lanes[2, lane] = t1 + h * y
            lanes[3, lane] = t2 + h * t1 + hh * y
            lanes[4, lane] += y * y
