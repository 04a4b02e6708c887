"""The inner loops of the compressor: level, static curve, attack and release.

Work is done in chunks that stay in the first cache. The loops that become vector code
always run over a whole chunk, what lies beyond the block included, so that a sample
goes through the same instructions whatever the blocks. Source: ``formats/dsp.md`` §1.5.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import exact
from dsp.logarithm import exp2, log2
from dsp.pairs import left, pair, right, times, times_plus

Floats = NDArray[np.float64]

CHUNK = 1024

ROOM = 5
"""Chunks of memory that `reduce` works in."""

STATE = 14
"""Values of state: 4 of the side-chain filter, 4 of the means, 3 for each lane."""

_FLOOR = 1e-30  # power, -300 dB: what the logarithm needs
_TOP = 1e30  # power: beyond it nothing is music, and nothing may overflow
_DB = 3.0102999566398120  # of a power, for each step of its binary logarithm
_STEPS = -0.16609640474436813  # of the binary logarithm of a gain, for each dB less
_MOST = 600.0  # dB of reduction
_TINY = 1e-25  # keeps what decays from becoming denormal
_HARD = 1e-9  # dB: a knee that is none
_UNHEARD = 1e-9  # dB: below, the gain is exactly 1


@exact
def _power(
    block: Floats, taps: Floats, mean: float, state: Floats, out: Floats
) -> None:
    """Write the squares of both channels behind the filter, averaged twice."""
    b0, b1, b2 = pair(taps[0], taps[0]), pair(taps[1], taps[1]), pair(taps[2], taps[2])
    a1, a2 = pair(-taps[3], -taps[3]), pair(-taps[4], -taps[4])
    tiny, floor = pair(_TINY, _TINY), pair(_FLOOR, _FLOOR)
    share, keep = pair(mean, mean), pair(1.0 - mean, 1.0 - mean)
    p, q = pair(state[0], state[1]), pair(state[2], state[3])
    once, twice = pair(state[4], state[5]), pair(state[6], state[7])
    filtered = taps[1] != 0.0
    for i in range(len(block)):
        x = pair(block[i, 0], block[i, 1])
        if filtered:
            y = times_plus(b0, x, p)
            p = times_plus(a1, y, times_plus(b1, x, q))
            q = times_plus(a2, y, times_plus(b2, x, tiny))
            x = y
        x = times(x, x)
        one, other = left(x), right(x)
        x = pair(one if one < _TOP else _TOP, other if other < _TOP else _TOP)
        once = times_plus(keep, once, times_plus(share, x, floor))
        twice = times_plus(keep, twice, times_plus(share, once, floor))
        out[0, i], out[1, i] = left(twice), right(twice)
    state[0], state[1], state[2], state[3] = left(p), right(p), left(q), right(q)
    state[4], state[5], state[6], state[7] = (
        left(once),
        right(once),
        left(twice),
        right(twice),
    )


@exact
def _curve(level: Floats, threshold: float, knee: float, slope: float) -> None:
    """Turn levels, as binary logarithms of a power, into the reduction wanted in dB."""
    half = 0.5 * knee
    bend = 0.5 / knee if knee > _HARD else 0.0
    for i in range(len(level)):
        over = level[i] * _DB - threshold
        into = over + half
        into = into if into > 0.0 else 0.0
        into = into if into < knee else knee
        above = over - half
        above = above if above > 0.0 else 0.0
        wanted = slope * (bend * into * into + above)
        level[i] = wanted if wanted < _MOST else _MOST


@exact
def _follow(
    wanted: Floats,
    count: int,
    attack: float,
    settle: float,
    release: float,
    slow: float,
    state: Floats,
) -> None:
    """Turn the reduction wanted into the one given, and that into steps of log2.

    *state* is the released reduction, the smoothed one, and the slow average down to
    which release is fast: never above the released one, nor is the reduction wanted.
    """
    held, given, average = state[0], state[1], state[2]
    keep, rise, fall, stay = 1.0 - release, 1.0 - attack, 1.0 - settle, 1.0 - slow
    for i in range(count):
        c = wanted[i]
        average = stay * average + (slow * c + _TINY)
        floor = c if c > average else average
        lower = keep * held + (release * floor + _TINY)
        held = c if c > lower else lower
        up = rise * given + (attack * held + _TINY)
        down = fall * given + (settle * held + _TINY)
        given = up if up < down else down
        wanted[i] = given
    state[0], state[1], state[2] = held, given, average


@exact
def reduce(
    block: Floats,
    taps: Floats,
    mean: float,
    threshold: float,
    knee: float,
    slope: float,
    times: Floats,
    link: float,
    state: Floats,
    room: Floats,
    gains: Floats,
) -> None:
    """Write the gains that *block* asks for, a row for each lane of *gains*.

    One lane serves both channels. *times* are the coefficients of attack, its way
    down, release, and the slow average; *room* is ``ROOM`` chunks to work in.
    """
    lanes = len(gains)
    level, steps, spare = room[:2], room[2:4], room[4]
    level[:] = _FLOOR
    for at in range(0, len(block), CHUNK):
        part = block[at : at + CHUNK]
        count = len(part)
        _power(part, taps, mean, state, level)
        if lanes == 1:
            first, second = level[0], level[1]
            for i in range(CHUNK):
                first[i] = first[i] if first[i] > second[i] else second[i]
        for lane in range(lanes):
            log2(level[lane], spare, steps[lane])
        if lanes == 2:
            first, second = steps[0], steps[1]
            for i in range(CHUNK):
                top = first[i] if first[i] > second[i] else second[i]
                first[i] = first[i] + link * (top - first[i])
                second[i] = second[i] + link * (top - second[i])
        for lane in range(lanes):
            row = steps[lane]
            _curve(row, threshold, knee, slope)
            _follow(
                row,
                count,
                times[0],
                times[1],
                times[2],
                times[3],
                state[8 + 3 * lane : 11 + 3 * lane],
            )
            for i in range(CHUNK):
                row[i] = row[i] * _STEPS if row[i] > _UNHEARD else 0.0
            exp2(row, spare, level[lane])
            given, made = level[lane], gains[lane, at : at + count]
            for i in range(count):
                made[i] = given[i]


@exact
def apply(sound: Floats, gains: Floats, dry: float, wet: float, out: Floats) -> None:
    """Write *sound* at the gains of its lanes: *dry* as it is, *wet* at the gain."""
    left, right = gains[0], gains[len(gains) - 1]
    for i in range(len(sound)):
        out[i, 0] = sound[i, 0] * (dry + wet * left[i])
        out[i, 1] = sound[i, 1] * (dry + wet * right[i])
