"""How like two recordings are in the lower half of the spectrum, by energies.

Both are smoothed by (1 2 1)/4 four times over, nine taps in all: the top of the
spectrum, which codecs give up, has no say.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel

Floats = NDArray[np.float64]

TAPS = 9
"""Samples that one smoothed sample is made of."""

_C0, _C1, _C2, _C3, _C4 = (each / 256.0 for each in (70.0, 56.0, 28.0, 8.0, 1.0))


def likeness(one: Floats, other: Floats) -> tuple[float, float, float, float]:
    """Return the energies of *one* and of its difference to *other*.

    That is with *other* in place, one sample later, one sample earlier.

    Both are ``(samples, channels)``, equally long; those at both ends only smooth.
    """
    frames, channels = one.shape
    if frames < TAPS + 2:
        return 0.0, 0.0, 0.0, 0.0
    room = np.empty((2, (frames - TAPS + 1) * channels))
    sums = np.zeros(4)
    _likeness(
        np.ascontiguousarray(one, np.float64).reshape(-1),
        np.ascontiguousarray(other, np.float64).reshape(-1),
        room,
        channels,
        sums,
    )
    signal, apart, late, early = sums.tolist()
    return signal, apart, late, early


@kernel
def _likeness(
    one: Floats, other: Floats, room: Floats, channels: int, sums: Floats
) -> None:
    _smooth(one, room[0], channels)
    _smooth(other, room[1], channels)
    step, count = np.uint64(channels), np.uint64(room.shape[1])
    middle = room[0][step : count - step]
    same, late, early = (
        room[1][step : count - step],
        room[1][np.uint64(2) * step : count],
        room[1][: count - np.uint64(2) * step],
    )
    signal, apart, after, before = 0.0, 0.0, 0.0, 0.0
    for at in range(np.uint64(len(middle))):
        here = middle[at]
        off, next_, last = same[at] - here, late[at] - here, early[at] - here
        signal += here * here
        apart += off * off
        after += next_ * next_
        before += last * last
    sums[0], sums[1], sums[2], sums[3] = signal, apart, after, before


@kernel
def _smooth(sound: Floats, out: Floats, channels: int) -> None:
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
