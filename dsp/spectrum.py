"""Third-octave spectra of a stream, in slots of three seconds.

The bass needs long windows and few samples, the treble short windows and all samples:
below about 560 Hz the audio is thinned out sixteenfold before it is transformed. The
frames of the bass overlap, those of the treble stand side by side; above 64 kHz every
second one is left out, which an average does not show.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import kernel
from dsp.lanefft import Spectrograph
from dsp.thirds import between, edges

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

SIZE, THINNING = 1024, 16
"""Samples of a frame, and of one sample of the bass, at 44.1 and 48 kHz."""

_BASS = 0.21
"""Highest band edge of the bass, as a part of its rate."""

_ALIASES_DB = 57.0
_TAPS = 6  # times the thinning; from Kaiser's formula for the band above
_KAISER_BETA = 5.3


def scale(rate: int) -> float:
    """Return the power of two by which frames are longer than at 44.1 or 48 kHz."""
    return 2.0 ** round(math.log2(rate / 46_000))


@dataclass(frozen=True)
class Spectra:
    """Energies (sums of squares), with the rows of ``dsp.lanefft``."""

    bands: Floats
    """By slot, row and third-octave band."""
    bins: Floats
    """Of all slots together, by row and bin of the treble's transform."""


class ThirdOctaves:
    """The spectra of a pair of channels; sample numbers are those of the stream."""

    def __init__(self, rate: int) -> None:
        """Begin at sample 0."""
        self._rate = rate
        factor = scale(rate)
        size = int(SIZE * factor)
        self._thin = max(1, int(THINNING * factor))
        self._treble = Spectrograph(size, size if factor <= 1 else 2 * size)
        self._bass = Spectrograph(SIZE, SIZE // 2)
        self.slot = self._bass.batch * self._thin
        """Samples in a slot."""
        self._filter = _thinner(self._thin)
        cuts = edges(rate)
        self._split = int(np.searchsorted(cuts, _BASS * rate / self._thin)) - 1
        self._cuts = np.minimum(cuts, rate / 2)
        self._next = 0
        self._low_next = 0
        self._low = np.zeros((2, 0), np.float32)
        self._sums = np.zeros((4, size // 2 + 1))
        self._treble_slots: list[Floats] = []
        self._bass_slots: list[Floats] = []

    @property
    def history(self) -> int:
        """Samples that have to be kept of what was given before."""
        return max(self._treble.span + self._treble.batch, 2 * len(self._filter))

    def add(self, left: Plane, right: Plane, first: int, end: int) -> None:
        """Hear as much as there is up to sample *end*; the planes begin at *first*."""
        while self._next + self._treble.span <= end:
            at = self._next - first
            span = slice(at, at + self._treble.span)
            self._treble.add(left[span], right[span], self._sums)
            self._next += self._treble.batch
            if self._next % self.slot == 0:
                self._treble_slots.append(self._sums * self._treble.hop)
                self._sums[:] = 0.0
        self._thin_out(left, right, first, end)
        while self._low.shape[1] >= self._bass.span:
            sums = np.zeros((4, SIZE // 2 + 1))
            span = slice(0, self._bass.span)
            self._bass.add(self._low[0, span], self._low[1, span], sums)
            self._bass_slots.append(sums * (self._bass.hop * self._thin))
            self._low = self._low[:, self._bass.batch :]

    def finish(self, left: Plane, right: Plane, first: int, end: int) -> Spectra:
        """Return the spectra of all that was heard, the last of it as in ``add``."""
        slots = -(-end // self.slot)
        kept = max(0, min(self._next, self._low_next) - first)
        silence = np.zeros(
            slots * self.slot + self.history + self._bass.span * self._thin - end,
            np.float32,
        )
        ends = [
            np.concatenate((plane[kept : end - first], silence))
            for plane in (left, right)
        ]
        self.add(ends[0], ends[1], first + kept, end + len(silence))
        # no energy comes of a slot that begins in the silence
        treble = np.array(self._treble_slots[:slots])
        treble = treble.reshape(slots, *self._sums.shape)
        bass = np.array(self._bass_slots[:slots]).reshape(slots, 4, SIZE // 2 + 1)
        low_spacing = self._rate / self._thin / SIZE
        split = self._split
        parts = (
            between(bass, low_spacing, self._cuts[: split + 1]),
            between(treble, self._rate / self._treble.size, self._cuts[split:]),
        )
        return Spectra(bands=np.concatenate(parts, axis=2), bins=treble.sum(axis=0))

    def _thin_out(self, left: Plane, right: Plane, first: int, end: int) -> None:
        count = (end - len(self._filter) - self._low_next) // self._thin + 1
        if count <= 0:
            return
        at = self._low_next - first
        low = np.empty((2, count), np.float32)
        _decimate(left[at:], self._filter, self._thin, low[0])
        _decimate(right[at:], self._filter, self._thin, low[1])
        self._low = np.concatenate((self._low, low), axis=1)
        self._low_next += count * self._thin


def _thinner(factor: int) -> NDArray[np.float32]:
    """Return the low-pass before every *factor*-th sample is kept, of gain 1."""
    taps = _TAPS * factor
    at = np.arange(taps) - (taps - 1) / 2
    weights = np.sinc(at / factor) * np.kaiser(taps, _KAISER_BETA)
    return np.asarray(weights / weights.sum(), np.float32)


@kernel
def _decimate(
    samples: NDArray[np.float32],
    weights: NDArray[np.float32],
    step: int,
    out: NDArray[np.float32],
) -> None:
    taps = np.uint64(len(weights))
    for place in range(len(out)):
        window = samples[place * step :]
        total = np.float32(0.0)
        for tap in range(taps):
            total += weights[tap] * window[tap]
        out[place] = total
