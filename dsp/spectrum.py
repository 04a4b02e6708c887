"""Third-octave spectra of a stream, in slots of three seconds.

The bass needs long windows and few samples, the treble short windows and all samples:
below about 560 Hz the audio is thinned out sixteenfold before it is transformed. The
frames of the bass overlap. Those of the treble stand side by side at the beginning; of
what comes later one of two is heard, above 64 kHz one of four, at places that follow no
beat. That an average does not show.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.kernels import LANES, kernel
from dsp.lanefft import Spectrograph
from dsp.thirds import between, edges

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

SIZE, THINNING = 1024, 16
"""Samples of a frame, and of one sample of the bass, at 44.1 and 48 kHz."""

WHOLE = 3
"""Slots of which everything is heard; short audio has few frames."""

SPARSE = 2, 4
"""One of how many frames of the treble is heard after that: to 64 kHz, and above."""

_GOLDEN = 0.6180339887498949
"""Multiples of it, without their whole parts, are spread evenly and follow no beat."""

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


class Stretch(NamedTuple):
    """Two channels from sample *first* of the stream on, known to before *end*."""

    left: Plane
    right: Plane
    first: int
    end: int


class ThirdOctaves:
    """The spectra of a pair of channels; sample numbers are those of the stream."""

    def __init__(self, rate: int, longest: int, thinned: int = 1) -> None:
        """Begin at sample 0; hear up to *longest* samples at a time.

        For the bass one of *thinned* samples is given.
        """
        self._rate = rate
        self._thinned = thinned
        factor = scale(rate)
        self._size = size = int(SIZE * factor)
        self._thin = max(1, int(THINNING * factor))
        self._sparse = SPARSE[factor > 1]
        self._treble, self._bass = Spectrograph(size), Spectrograph(SIZE)
        self._batch = LANES * SIZE // 2
        self.slot = self._batch * self._thin
        """Samples in a slot."""
        self._filter = _thinner(self._thin // thinned)
        cuts = edges(rate)
        self._split = int(np.searchsorted(cuts, _BASS * rate / self._thin)) - 1
        self._cuts = np.minimum(cuts, rate / 2)
        self._sums = np.zeros((4, size // 2 + 1))
        self._treble_slots: list[Floats] = []
        self._bass_slots: list[Floats] = []
        self._frames = np.zeros((2, LANES * size), np.float32)
        self._low = np.zeros(
            (2, self._batch + SIZE + longest // self._thin + 2), np.float32
        )
        self._next = np.zeros(3, np.int64)
        self._bass_room = (self._filter, *self._low, self._next)
        self._batches = 0  # of treble frames, begun in this slot
        self._place()

    @property
    def history(self) -> int:
        """Samples that have to be kept of what was given before."""
        return max(self._size, len(self._filter) * self._thinned)

    def _place(self) -> None:
        """Decide on where the next sixteen frames of the treble begin."""
        slot = len(self._treble_slots)
        self._hop = self._size * (1 if slot < WHOLE else self._sparse)
        first = slot * (self.slot // self._hop) + self._batches * LANES
        number = np.arange(first, first + LANES)
        # over all of a hop, so that every sample counts the same, whatever the beat
        away = np.modf(number * _GOLDEN)[0] * self._hop * (slot >= WHOLE)
        begin = slot * self.slot + self._batches * LANES * self._hop
        self._begins = begin + np.arange(LANES) * self._hop + away.astype(np.int64)

    def add(self, wave: Stretch, low: Stretch) -> None:
        """Hear as much as there is of the *wave*, and of its thinned samples."""
        step = self._thin // self._thinned
        _thin_out(*low, step, *self._bass_room)
        self._hear_bass()
        left, right = self._frames
        while True:
            _collect(*wave, self._begins, left, right, self._next)
            if self._next[_FRAMES] < LANES:
                return
            self._hear_treble()

    def _hear_treble(self) -> None:
        self._treble.add(self._frames[0], self._frames[1], self._size, self._sums)
        self._next[_FRAMES] = 0
        self._batches += 1
        if self._batches * LANES * self._hop == self.slot:
            self._treble_slots.append(self._sums * self._hop)
            self._sums = np.zeros_like(self._sums)
            self._batches = 0
        self._place()

    def _hear_bass(self) -> None:
        span = self._batch + SIZE // 2
        while self._next[_FILL] >= span:
            sums = np.zeros((4, SIZE // 2 + 1))
            self._bass.add(self._low[0, :span], self._low[1, :span], SIZE // 2, sums)
            self._bass_slots.append(sums * (SIZE // 2 * self._thin))
            rest = int(self._next[_FILL]) - self._batch
            self._low[:, :rest] = self._low[:, self._batch : self._batch + rest].copy()
            self._next[_FILL] = rest

    def finish(self, wave: Stretch, low: Stretch) -> Spectra:
        """Return the spectra of all that was heard; nothing but silence follows."""
        slots = -(-wave.end // self.slot)
        while len(self._treble_slots) < slots or len(self._bass_slots) < slots:
            wave = _silence_after(wave, self.history)
            low = _silence_after(low, self.history // self._thinned)
            self.add(wave, low)
        # no energy comes of a slot that begins in the silence
        treble = np.array(self._treble_slots[:slots])
        treble = treble.reshape(slots, *self._sums.shape)
        bass = np.array(self._bass_slots[:slots]).reshape(slots, 4, SIZE // 2 + 1)
        low_spacing = self._rate / self._thin / SIZE
        split = self._split
        parts = (
            between(bass, low_spacing, self._cuts[: split + 1]),
            between(treble, self._rate / self._size, self._cuts[split:]),
        )
        return Spectra(bands=np.concatenate(parts, axis=2), bins=treble.sum(axis=0))


def _silence_after(given: Stretch, history: int) -> Stretch:
    """Return the end of what was *given*, and silence after it."""
    kept = min(history, given.end - given.first)
    tail = slice(given.end - given.first - kept, given.end - given.first)
    quiet = np.zeros((2, len(given.left)), np.float32)
    quiet[0, :kept], quiet[1, :kept] = given.left[tail], given.right[tail]
    first = given.end - kept
    return Stretch(quiet[0], quiet[1], first, first + quiet.shape[1])


_FRAMES, _THINNED, _FILL = range(3)
"""What goes on: frames laid by, the sample to thin out next, samples of the bass."""


@kernel
def _collect(
    left: Plane,
    right: Plane,
    first: int,
    end: int,
    begins: NDArray[np.int64],
    left_frames: Plane,
    right_frames: Plane,
    known: NDArray[np.int64],
) -> None:
    """Lay frames of the treble by, up to sample *end*."""
    size = len(left_frames) // LANES
    while known[_FRAMES] < LANES and begins[known[_FRAMES]] + size <= end:
        at, to = begins[known[_FRAMES]] - first, known[_FRAMES] * size
        _copy(left[at : at + size], left_frames[to:])
        _copy(right[at : at + size], right_frames[to:])
        known[_FRAMES] += 1


@kernel
def _thin_out(
    left: Plane,
    right: Plane,
    first: int,
    end: int,
    step: int,
    weights: Plane,
    low_left: Plane,
    low_right: Plane,
    known: NDArray[np.int64],
) -> None:
    """Lay samples of the bass by, up to sample *end*."""
    count = (end - len(weights) - known[_THINNED]) // step + 1
    if count > 0:
        at, fill = known[_THINNED] - first, known[_FILL]
        _decimate(left[at:], weights, step, low_left[fill : fill + count])
        _decimate(right[at:], weights, step, low_right[fill : fill + count])
        known[_THINNED] += count * step
        known[_FILL] += count


def _thinner(factor: int) -> NDArray[np.float32]:
    """Return the low-pass before every *factor*-th sample is kept, of gain 1."""
    taps = _TAPS * factor
    at = np.arange(taps) - (taps - 1) / 2
    weights = np.sinc(at / factor) * np.kaiser(taps, _KAISER_BETA)
    return np.asarray(weights / weights.sum(), np.float32)


@kernel
def _copy(samples: Plane, out: Plane) -> None:
    # an assignment of slices would first look whether they overlap
    for at in range(np.uint64(len(samples))):
        out[at] = samples[at]


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
