"""A sound split into bands that sum to what it was.

Minimum phase: Linkwitz-Riley of fourth order. Where low and high of a corner sum to an
allpass, the bands below it, which do not pass that corner, pass its allpass instead:
all bands stay in phase with one another, and the sum is flat. Linear phase: the same
slopes by symmetric filters, each band what the last low-pass left over: the sum is the
sound itself. Source: ``formats/dsp.md`` §1.6.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, Protocol, get_args

import numpy as np

from dsp.abreast import Abreast
from dsp.butterworth import allpass, below_half, lowpass
from dsp.kernels import exact
from dsp.linearphase import LinearPhase, taps
from dsp.processor import Floats

Phase = Literal["linear", "minimum"]
PHASES: tuple[str, ...] = get_args(Phase)

LOWEST_HZ = 20.0
"""The lowest corner: below, linear phase would need seconds of sound."""

_CHUNK = 2048  # frames at a time: all bands stay in the cache
_TINY = 1e-25  # keeps what decays from becoming denormal


class Split(Protocol):
    """A sound at a crossover: blocks in, the same samples of all bands out."""

    def process(self, block: Floats) -> Floats:
        """Take the next *block*; return ``(bands, samples, 2)`` of what is ready."""

    def finish(self) -> Floats:
        """Return the rest."""


def check(corners_hz: Sequence[float]) -> None:
    """Raise ValueError unless there are corners, rising, none below LOWEST_HZ."""
    if not corners_hz:
        raise ValueError("a crossover needs one corner or more")
    if not corners_hz[0] >= LOWEST_HZ:
        raise ValueError(
            f"corner {corners_hz[0]:g} Hz lies below the lowest, {LOWEST_HZ:g} Hz"
        )
    for below, above in pairwise(corners_hz):
        if not below < above:
            raise ValueError(f"corner {above:g} Hz does not lie above {below:g} Hz")


def split(corners_hz: Sequence[float], rate: int, phase: Phase = "linear") -> Split:
    """Return the crossover at *corners_hz* for a sound at *rate* Hz.

    Raises ValueError where the corners do not rise, or do not fit the rate.
    """
    check(corners_hz)
    for corner in corners_hz:
        below_half(rate, corner)
    if phase == "minimum":
        return _Minimum(corners_hz, rate)
    return _Linear(corners_hz, rate)


class _Minimum:
    """Linkwitz-Riley splits in series, the lows brought into phase with the rest."""

    def __init__(self, corners_hz: Sequence[float], rate: int) -> None:
        count = len(corners_hz)
        self._low = np.array([lowpass(rate, corner) for corner in corners_hz])
        self._all = np.array([allpass(rate, corner) for corner in corners_hz])
        self._state = np.zeros((count, 3, 4))
        self._phases = np.zeros((count, count, 4))

    def process(self, block: Floats) -> Floats:
        bands = np.empty((len(self._low) + 1, len(block), 2))
        _minimum(block, self._low, self._all, self._state, self._phases, bands)
        return bands

    def finish(self) -> Floats:
        return np.zeros((len(self._low) + 1, 0, 2))


class _Linear:
    """Low-passes side by side; a band is what one of them leaves of the next."""

    def __init__(self, corners_hz: Sequence[float], rate: int) -> None:
        self._filters = [
            LinearPhase(taps(partial(_slope, corner), rate)) for corner in corners_hz
        ]
        self._abreast = Abreast(len(corners_hz) + 1)

    def process(self, block: Floats) -> Floats:
        lows = [each.process(block) for each in self._filters]
        return self._bands([*lows, block.copy()])

    def finish(self) -> Floats:
        lows = [each.finish() for each in self._filters]
        return self._bands([*lows, np.zeros((0, 2))])

    def _bands(self, parts: Sequence[Floats]) -> Floats:
        sums = np.stack(self._abreast.give(parts))
        sums[1:] -= sums[:-1].copy()
        return sums


def _slope(corner_hz: float, hertz: Floats) -> Floats:
    """Return the magnitude of a low-pass of Linkwitz and Riley."""
    below: Floats = 1.0 / (1.0 + (hertz / corner_hz) ** 4)
    return below


@exact
def _minimum(
    block: Floats,
    low: Floats,
    through: Floats,
    state: Floats,
    phases: Floats,
    bands: Floats,
) -> None:
    """Write the bands of *block*; *phases* is the state of band by corner."""
    corners = len(low)
    for at in range(0, len(block), _CHUNK):
        rest = bands[corners, at : at + _CHUNK]
        rest[:] = block[at : at + _CHUNK]
        for corner in range(corners):
            _divide(
                low[corner],
                through[corner],
                state[corner],
                rest,
                bands[corner, at : at + _CHUNK],
            )
            for band in range(corner):
                _turn(
                    through[corner],
                    phases[band, corner],
                    bands[band, at : at + _CHUNK],
                )


@exact
def _divide(
    low: Floats, through: Floats, state: Floats, rest: Floats, below: Floats
) -> None:
    """Take from *rest* what lies *below*; both then sum to the allpass of the corner.

    Of a low-pass b1 is twice b0, and b2 is b0; the allpass has its poles.
    """
    b0, a1, a2 = low[0], low[3], low[4]
    b1 = low[1]
    c0, c1 = through[0], through[1]
    one, two, turn = state[0], state[1], state[2]
    p, q, r, s = one[0], one[1], one[2], one[3]
    t, u, v, w = two[0], two[1], two[2], two[3]
    e, f, g, h = turn[0], turn[1], turn[2], turn[3]
    for i in range(len(rest)):
        x = rest[i, 0]
        y = rest[i, 1]
        a = b0 * x + p
        b = b0 * y + q
        p = (b1 * x + r) - a1 * a
        q = (b1 * y + s) - a1 * b
        r = (b0 * x + _TINY) - a2 * a
        s = (b0 * y + _TINY) - a2 * b
        c = b0 * a + t
        d = b0 * b + u
        t = (b1 * a + v) - a1 * c
        u = (b1 * b + w) - a1 * d
        v = (b0 * a + _TINY) - a2 * c
        w = (b0 * b + _TINY) - a2 * d
        a = c0 * x + e
        b = c0 * y + f
        e = (c1 * x + g) - a1 * a
        f = (c1 * y + h) - a1 * b
        g = (x + _TINY) - a2 * a
        h = (y + _TINY) - a2 * b
        below[i, 0] = c
        below[i, 1] = d
        rest[i, 0] = a - c
        rest[i, 1] = b - d
    one[0], one[1], one[2], one[3] = p, q, r, s
    two[0], two[1], two[2], two[3] = t, u, v, w
    turn[0], turn[1], turn[2], turn[3] = e, f, g, h


@exact
def _turn(through: Floats, state: Floats, sound: Floats) -> None:
    """Pass *sound* through an allpass, in place."""
    c0, c1 = through[0], through[1]
    p, q, r, s = state[0], state[1], state[2], state[3]
    for i in range(len(sound)):
        x = sound[i, 0]
        y = sound[i, 1]
        a = c0 * x + p
        b = c0 * y + q
        p = (c1 * x + r) - c1 * a
        q = (c1 * y + s) - c1 * b
        r = (x + _TINY) - c0 * a
        s = (y + _TINY) - c0 * b
        sound[i, 0] = a
        sound[i, 1] = b
    state[0], state[1], state[2], state[3] = p, q, r, s
