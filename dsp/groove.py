"""What a cutter looks at: bass that is not in the middle, treble that is too much.

Windows of 400 ms, ten a second. Bass is what a Linkwitz-Riley low-pass of fourth order
leaves; treble is what two sections of second order leave between 5 and 10 kHz
(``formats/dsp.md`` §6).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.biquads import Biquads
from dsp.butterworth import highpass, lowpass

Floats = NDArray[np.float64]

STEPS = 10
"""Steps in a second; a window has four."""

WINDOW = 4

QUIET = 1e-5
"""Mean square of a window's bass, -50 dBFS, below which it lifts no stylus."""

SIBILANCE_HZ = 5_000.0, 10_000.0


@dataclass(frozen=True, kw_only=True)
class Groove:
    """A side, step by step of 100 ms: sums of squares and products."""

    rate: int
    step: int
    """Samples in a step."""
    bass: Floats
    """Left, right and their product, by step."""
    treble: Floats
    """Of both channels together, from 5 to 10 kHz."""
    whole: Floats
    """Of both channels together."""

    def bass_correlation(self) -> Floats:
        """Return the correlation of the bass by window; NaN where there is none."""
        left, right, product = _windows(self.bass).T
        heard = np.minimum(left, right) > QUIET * WINDOW * self.step
        out = np.full(len(left), np.nan)
        out[heard] = product[heard] / np.sqrt(left[heard] * right[heard])
        return out

    def bass_side_db(self) -> Floats:
        """Return side over mid of the bass by window; NaN where there is none."""
        left, right, product = _windows(self.bass).T
        mid, side = left + right + 2 * product, left + right - 2 * product
        heard = left + right > QUIET * WINDOW * self.step
        out = np.full(len(left), np.nan)
        ratio = np.maximum(side[heard], 1e-12) / np.maximum(mid[heard], 1e-12)
        out[heard] = 10.0 * np.log10(ratio)
        return out

    def treble_db(self) -> Floats:
        """Return the level from 5 to 10 kHz by step, dBFS of both channels, rms."""
        return _decibels(self.treble / (2 * self.step))

    def level_db(self) -> Floats:
        """Return the level of everything by step, dBFS of both channels, rms."""
        return _decibels(self.whole / (2 * self.step))

    def between(self, first: int, last: int) -> "Groove":
        """Return the stretch of samples *first* to *last*, to whole steps."""
        part = slice(first // self.step, max(first // self.step + 1, last // self.step))
        return Groove(
            rate=self.rate,
            step=self.step,
            bass=self.bass[part],
            treble=self.treble[part],
            whole=self.whole[part],
        )


class GrooveMeter:
    """A side being heard, in blocks of ``(samples, 2)``."""

    def __init__(self, rate: int, bass_hz: float) -> None:
        """Begin; *bass_hz* is where the bass ends."""
        self._rate, self._step = rate, rate // STEPS
        low = _section(lowpass(rate, bass_hz))
        low_cut = _section(highpass(rate, SIBILANCE_HZ[0]))
        top = _section(lowpass(rate, SIBILANCE_HZ[1]))
        self._bass = Biquads([low, low])
        self._treble = Biquads([low_cut, top])
        self._held = [np.zeros((0, 2)) for _ in range(3)]
        self._parts: list[list[Floats]] = [[], [], []]

    def feed(self, block: NDArray[Any]) -> None:
        """Hear the next *block*, full scale 1.0."""
        sound = np.asarray(block, np.float64)
        heard = (self._bass.process(sound), self._treble.process(sound), sound)
        for place, part in enumerate(heard):
            whole = np.concatenate((self._held[place], part))
            due = len(whole) // self._step * self._step
            self._take(place, whole[:due])
            self._held[place] = whole[due:]

    def finish(self) -> Groove:
        """Return what was heard; the last step may be short."""
        for place, rest in enumerate(self._held):
            if len(rest):
                self._take(place, np.pad(rest, ((0, self._step - len(rest)), (0, 0))))
        bass, treble, whole = (
            np.concatenate([np.zeros((0, 3)), *parts]) for parts in self._parts
        )
        return Groove(
            rate=self._rate,
            step=self._step,
            bass=bass,
            treble=treble[:, 0] + treble[:, 1],
            whole=whole[:, 0] + whole[:, 1],
        )

    def _take(self, place: int, audio: Floats) -> None:
        steps = audio.reshape(-1, self._step, 2)
        squares = np.einsum("ijk,ijk->ik", steps, steps)
        products = np.einsum("ij,ij->i", steps[:, :, 0], steps[:, :, 1])
        self._parts[place].append(np.column_stack((squares, products)))


def _section(taps: Floats) -> tuple[float, float, float, float, float]:
    b0, b1, b2, a1, a2 = (float(tap) for tap in taps)
    return b0, b1, b2, a1, a2


def _windows(steps: Floats) -> Floats:
    if len(steps) < WINDOW:
        return np.zeros((0, steps.shape[1]))
    views = np.lib.stride_tricks.sliding_window_view(steps, WINDOW, axis=0)
    return np.asarray(views.sum(axis=2))


def _decibels(power: Floats) -> Floats:
    floor = math.pow(10.0, -20.0)
    return np.asarray(10.0 * np.log10(np.maximum(power, floor)))
