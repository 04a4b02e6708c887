"""Loudness from energies of 10 ms: BS.1770-5 gating, EBU Tech 3341 and 3342.

An energy is the weighted sum of squares of K-weighted channels over one tick. The
pieces of an album are its tracks: no window spans two of them, and gates are set once
for all their windows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kweighting import TICKS

Floats = NDArray[np.float64]

OFFSET = -0.691  # BS.1770-5 eq. 2
ABSOLUTE_GATE = -70.0  # LKFS, BS.1770-5 Annex 1
RELATIVE_GATE = -10.0  # LU, BS.1770-5 eq. 6
RANGE_GATE = -20.0  # LU, EBU Tech 3342
RANGE_PERCENTILES = 10.0, 95.0  # EBU Tech 3342

MOMENTARY, SHORT_TERM = 40, 300
"""Windows in ticks: 400 ms and 3 s, EBU Tech 3341."""
HOP = 10
"""Ticks between gating blocks: 75 % overlap of 400 ms, and 10 Hz for the range."""

STEADY_RANGE = 60.0
"""Seconds below which a loudness range says little, EBU Tech 3342."""

_CHANNELS = {
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    7: (1.0, 1.0, 1.0, 0.0, 1.0, 1.41, 1.41),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),
}
"""BS.1770-5 tables 3 and 5 in the order of WAVE files: the LFE counts nothing, speakers
at 60 to 120 degrees count 1.41, those behind 1."""


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """Levels in LUFS and a range in LU, None where there is nothing to tell of."""

    integrated: float | None
    range: float | None
    max_momentary: float | None
    max_short_term: float | None


def channel_weights(channels: int) -> tuple[float, ...]:
    """Return what the channels of a file count for, in the order of the file."""
    return _CHANNELS.get(channels, (1.0,) * channels)


def lufs(mean_square: float) -> float | None:
    """Return the loudness of a weighted mean square; silence has none."""
    return OFFSET + 10.0 * math.log10(mean_square) if mean_square > 0 else None


def mean_square(level: float) -> float:
    """Return the weighted mean square of a loudness in LUFS."""
    return math.pow(10.0, (level - OFFSET) / 10.0)


def windows(energies: Floats, rate: int, length: int) -> Floats:
    """Return the mean squares of windows of *length* ticks, one every ``HOP`` ticks."""
    count = len(energies) // HOP
    if count * HOP < length:
        return np.zeros(0)
    sums = energies[: count * HOP].reshape(count, HOP).sum(axis=1)
    # summed anew for every window: a running sum would not forget what was loud
    views = np.lib.stride_tricks.sliding_window_view(sums, length // HOP)
    samples = length / TICKS * rate
    return np.asarray(views.sum(axis=1) / samples)


def measured(pieces: Sequence[Floats], rates: Sequence[int]) -> Loudness:
    """Return the loudness of *pieces* of energies together."""
    pairs = list(zip(pieces, rates, strict=True))
    momentary = _joined([windows(one, rate, MOMENTARY) for one, rate in pairs])
    short = _joined([windows(one, rate, SHORT_TERM) for one, rate in pairs])
    return Loudness(
        integrated=integrated(momentary),
        range=loudness_range(short),
        max_momentary=_highest(pairs, MOMENTARY),
        max_short_term=_highest(pairs, SHORT_TERM),
    )


def integrated(blocks: Floats) -> float | None:
    """Return the gated loudness of the mean squares of gating blocks."""
    gated = _gated(blocks, RELATIVE_GATE)
    return lufs(float(gated.mean())) if len(gated) else None


def loudness_range(short_term: Floats) -> float | None:
    """Return the loudness range of short-term mean squares, EBU Tech 3342."""
    loud = short_term[short_term >= mean_square(ABSOLUTE_GATE)]
    if not len(loud):
        return None
    gate = loud.mean() * math.pow(10.0, RANGE_GATE / 10.0)
    kept = np.sort(loud[loud >= gate])
    low, high = (_nearest_rank(kept, percent) for percent in RANGE_PERCENTILES)
    return 10.0 * math.log10(high / low)


def ticks_in(samples: int, rate: int) -> int:
    """Return how many whole ticks there are in *samples*."""
    # a tick ends at (n * rate + TICKS // 2) // TICKS, whose inverse this is
    return ((samples + 1) * TICKS - TICKS // 2 - 1) // rate


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _gated(blocks: Floats, relative: float) -> Floats:
    absolute = mean_square(ABSOLUTE_GATE)
    loud: Floats = blocks[blocks > absolute]
    if not len(loud):
        return loud
    gate = loud.mean() * math.pow(10.0, relative / 10.0)
    return np.asarray(loud[loud > gate])


def _nearest_rank(ordered: Floats, percent: float) -> float:
    return float(ordered[int((len(ordered) - 1) * percent / 100.0 + 0.5)])


def _highest(pairs: list[tuple[Floats, int]], length: int) -> float | None:
    """Return the loudest window, moved in steps of a tick."""
    top = 0.0
    for energies, rate in pairs:
        if len(energies) >= length:
            below = np.concatenate(([0.0], np.cumsum(energies)))
            most = float((below[length:] - below[:-length]).max())
            top = max(top, most * TICKS / (length * rate))
    return lufs(top)
