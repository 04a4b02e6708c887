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
from dsp.pairs import left, pair, right, times_plus
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

    The allpass has the poles of the low-pass, of which b2 is b0.
    """
    b0, b1 = pair(low[0], low[0]), pair(low[1], low[1])
    a1, a2 = pair(-low[3], -low[3]), pair(-low[4], -low[4])
    c0, c1 = pair(through[0], through[0]), pair(through[1], through[1])
    minus, unit, tiny = pair(-1.0, -1.0), pair(1.0, 1.0), pair(_TINY, _TINY)
    one, two, turn = state[0], state[1], state[2]
    p, q = pair(one[0], one[1]), pair(one[2], one[3])
    r, s = pair(two[0], two[1]), pair(two[2], two[3])
    t, u = pair(turn[0], turn[1]), pair(turn[2], turn[3])
    for i in range(len(rest)):
        x = pair(rest[i, 0], rest[i, 1])
        y = times_plus(b0, x, p)
        p = times_plus(a1, y, times_plus(b1, x, q))
        q = times_plus(a2, y, times_plus(b0, x, tiny))
        z = times_plus(b0, y, r)
        r = times_plus(a1, z, times_plus(b1, y, s))
        s = times_plus(a2, z, times_plus(b0, y, tiny))
        whole = times_plus(c0, x, t)
        t = times_plus(a1, whole, times_plus(c1, x, u))
        u = times_plus(a2, whole, times_plus(unit, x, tiny))
        above = times_plus(minus, z, whole)
        below[i, 0], below[i, 1] = left(z), right(z)
        rest[i, 0], rest[i, 1] = left(above), right(above)
    one[0], one[1], one[2], one[3] = left(p), right(p), left(q), right(q)
    two[0], two[1], two[2], two[3] = left(r), right(r), left(s), right(s)
    turn[0], turn[1], turn[2], turn[3] = left(t), right(t), left(u), right(u)


@exact
def _turn(through: Floats, state: Floats, sound: Floats) -> None:
    """Pass *sound* through an allpass, in place."""
    c0, c1 = pair(through[0], through[0]), pair(through[1], through[1])
    a1, a2 = pair(-through[1], -through[1]), pair(-through[0], -through[0])
    tiny, unit = pair(_TINY, _TINY), pair(1.0, 1.0)
    p, q = pair(state[0], state[1]), pair(state[2], state[3])
    for i in range(len(sound)):
        x = pair(sound[i, 0], sound[i, 1])
        y = times_plus(c0, x, p)
        p = times_plus(a1, y, times_plus(c1, x, q))
        q = times_plus(a2, y, times_plus(unit, x, tiny))
        sound[i, 0], sound[i, 1] = left(y), right(y)
    state[0], state[1], state[2], state[3] = left(p), right(p), left(q), right(q)
