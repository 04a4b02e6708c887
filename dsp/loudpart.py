"""The loud part of a song: the loudness that songs are balanced by.

The mean of all short-term loudness near the loudest few seconds. Chosen by experiment
among twenty-four statistics (`docs/explanation/loud-part.md`): it does not move with
quiet beginnings, ends and gaps, nor with one accent, nor with a song's length.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from dsp.kweighting import TICKS
from dsp.loudness import (
    ABSOLUTE_GATE,
    MOMENTARY,
    SHORT_TERM,
    integrated,
    lufs,
    mean_square,
    windows,
)

Floats = NDArray[np.float64]

LOUDEST = 50
"""Values of short-term loudness, ten a second, that lie above the reference: 5 s."""

SPAN = 4.0
"""LU under the reference, down to which a passage belongs to the loud part."""

ACCENT = 1.0
"""LU over the reference, beyond which a passage counts no more."""


def loud_part(energies: Floats, rate: int) -> float | None:
    """Return the loudness in LUFS of the loud part of a song, None of silence.

    *energies* are those of ticks, see ``dsp.loudness``. Shorter than 3 s a song has no
    short-term loudness: all of it is its loud part. Silence before and behind the music
    says nothing of it: a song that ends loud is no louder for the gap that follows.
    """
    heard = np.flatnonzero(energies * (TICKS / rate) > mean_square(ABSOLUTE_GATE))
    if len(heard) and heard[-1] + 1 - heard[0] >= SHORT_TERM:
        energies = energies[heard[0] : heard[-1] + 1]
    short = windows(energies, rate, SHORT_TERM)
    if not len(short):
        return integrated(windows(energies, rate, MOMENTARY))
    return loud_mean(short)


def loud_mean(short_term: Floats) -> float | None:
    """Return the loud part of mean squares of 3 s, ten a second."""
    heard = np.sort(short_term[short_term > mean_square(ABSOLUTE_GATE)])[::-1]
    if not len(heard):
        return None
    # of a song of few seconds no more than its louder half is the loudest
    reference = heard[min(LOUDEST, (len(heard) - 1) // 2)]
    near = heard[heard >= reference * 10.0 ** (-SPAN / 10.0)]
    return lufs(float(np.minimum(near, reference * 10.0 ** (ACCENT / 10.0)).mean()))


def typical(pieces: Sequence[Floats], rates: Sequence[int]) -> float | None:
    """Return the loud part of a typical song of an album: the median of its songs'."""
    parts = [loud_part(*pair) for pair in zip(pieces, rates, strict=True)]
    known = [part for part in parts if part is not None]
    return median(known) if known else None
