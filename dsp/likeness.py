"""How like two recordings are in the lower half of the spectrum, by energies.

Both are smoothed by (1 2 1)/4 four times over, nine taps in all: the top of the
spectrum, which codecs give up, has no say.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

TAPS = 9
"""Samples that one smoothed sample is made of."""

_C0, _C1, _C2, _C3, _C4 = (
    np.float32(each / 256.0) for each in (70.0, 56.0, 28.0, 8.0, 1.0)
)


def likeness(one: NDArray[Any], other: NDArray[Any], size: int) -> Floats:
    """Return five energies for every *size* samples, and for what is left of them.

    They are those of *one* and of its difference to *other*: in place, one sample
    later, one sample earlier; and what *one* and *other* have in common. Both
    recordings are floats, ``(samples, channels)``, and equally long; the samples at
    both ends of a stretch only smooth.
    """
    frames, channels = one.shape
    found = np.zeros((-(-frames // size), 5))
    _likeness(
        np.ascontiguousarray(one, np.float32).reshape(-1),
        np.ascontiguousarray(other, np.float32).reshape(-1),
        np.empty((2, size * channels), np.float32),
        channels,
        found,
    )
    return found


@kernel
def _likeness(
    one: Singles, other: Singles, room: Singles, channels: int, found: Floats
) -> None:
    step = np.uint64(channels)
    longest, least = np.uint64(room.shape[1]), step * np.uint64(TAPS + 2)
    for row in range(np.uint64(len(found))):
        ours, theirs = one[row * longest :][:longest], other[row * longest :][:longest]
        if np.uint64(len(ours)) >= least:
            count = np.uint64(len(ours)) - step * np.uint64(TAPS - 1)
            _smooth(ours, room[0][:count], channels)
            _smooth(theirs, room[1][:count], channels)
            _energies(room[0][:count], room[1][:count], channels, found[row])


@kernel
def _energies(one: Singles, other: Singles, channels: int, sums: Floats) -> None:
    step, count = np.uint64(channels), np.uint64(len(one))
    middle = one[step : count - step]
    same = other[step : count - step]
    late = other[np.uint64(2) * step : count]
    early = other[: count - np.uint64(2) * step]
    signal, apart, after, before, common = 0.0, 0.0, 0.0, 0.0, 0.0
    for at in range(np.uint64(len(middle))):
        here = middle[at]
        off, next_, last = same[at] - here, late[at] - here, early[at] - here
        signal += np.float64(here * here)
        common += np.float64(here * same[at])
        apart += np.float64(off * off)
        after += np.float64(next_ * next_)
        before += np.float64(last * last)
    sums[0], sums[1], sums[2], sums[3] = signal, apart, after, before
    sums[4] = common


@kernel
def _smooth(sound: Singles, out: Singles, channels: int) -> None:
    step, count = np.uint64(channels), np.uint64(len(out))
    x0, x1, x2 = sound[:count], sound[step:], sound[np.uint64(2) * step :]
    x3, x4 = sound[np.uint64(3) * step :], sound[np.uint64(4) * step :]
    x5, x6 = sound[np.uint64(5) * step :], sound[np.uint64(6) * step :]
    x7, x8 = sound[np.uint64(7) * step :], sound[np.uint64(8) * step :]
    for at in range(count):
        out[at] = (
            _C0 * x4[at]
            + _C1 * (x3[at] + x5[at])
            + _C2 * (x2[at] + x6[at])
            + _C3 * (x1[at] + x7[at])
            + _C4 * (x0[at] + x8[at])
        )
