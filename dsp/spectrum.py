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
from dsp.lanefft import Spectrograph, add_frames
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
        self._bass_sums = np.zeros((4, SIZE // 2 + 1))
        self._lasting = (
            self._thin // thinned, self._filter, *self._low, *self._frames, self.slot,
            WHOLE, self._sparse, *self._treble.tables, *self._bass.tables, self._sums,
            self._bass_sums, np.zeros(5, np.int64),
        )  # fmt: skip

    @property
    def history(self) -> int:
        """Samples that have to be kept of what was given before."""
        return max(self._size, len(self._filter) * self._thinned)

    def add(self, wave: Stretch, low: Stretch) -> None:
        """Hear as much as there is of the *wave*, and of its thinned samples."""
        while done := _hear(*wave, *low, *self._lasting):
            if done == _TREBLE_SLOT:
                self._treble_slots.append(self._sums.copy())
                self._sums[:] = 0.0
            else:
                self._bass_slots.append(self._bass_sums * (SIZE // 2 * self._thin))
                self._bass_sums[:] = 0.0

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


def rehearse() -> None:
    """Have the kernel of this module compiled."""
    left, right = np.zeros((2, SIZE), np.float32)
    wave = Stretch(left, right, 0, SIZE)
    ThirdOctaves(48_000, SIZE).add(wave, wave)


def _silence_after(given: Stretch, history: int) -> Stretch:
    """Return the end of what was *given*, and silence after it."""
    kept = min(history, given.end - given.first)
    tail = slice(given.end - given.first - kept, given.end - given.first)
    quiet = np.zeros((2, len(given.left)), np.float32)
    quiet[0, :kept], quiet[1, :kept] = given.left[tail], given.right[tail]
    first = given.end - kept
    return Stretch(quiet[0], quiet[1], first, first + quiet.shape[1])


_FRAMES, _THINNED, _FILL, _SLOT, _BEGUN = range(5)
"""What goes on: frames laid by, the sample to thin out next, samples of the bass, the
slot of the treble, and the frames that were begun in it."""

_NOTHING, _TREBLE_SLOT, _BASS_SLOT = range(3)
"""Of what a slot is done."""


@kernel
def _hear(
    left: Plane,
    right: Plane,
    first: int,
    end: int,
    low_left: Plane,
    low_right: Plane,
    low_first: int,
    low_end: int,
    step: int,
    weights: Plane,
    bass_left: Plane,
    bass_right: Plane,
    left_frames: Plane,
    right_frames: Plane,
    slot: int,
    whole: int,
    sparse: int,
    window: Plane,
    cosines: Plane,
    sines: Plane,
    work: Plane,
    bass_window: Plane,
    bass_cosines: Plane,
    bass_sines: Plane,
    bass_work: Plane,
    treble: Floats,
    bass: Floats,
    known: NDArray[np.int64],
) -> int:
    """Go on to the end of a slot, of bass or treble, or of what is there."""
    _thin_out(
        low_left, low_right, low_first, low_end, step, weights, bass_left, bass_right,
        known,
    )  # fmt: skip
    half = SIZE // 2
    batch = LANES * half
    if known[_FILL] >= batch + half:
        add_frames(
            bass_left, bass_right, half, bass_window, bass_cosines, bass_sines,
            bass_work, bass,
        )  # fmt: skip
        rest = known[_FILL] - batch
        _copy(bass_left[batch : batch + rest], bass_left)
        _copy(bass_right[batch : batch + rest], bass_right)
        known[_FILL] = rest
        return _BASS_SLOT
    size = len(window)
    while _collect(
        left, right, first, end, slot, whole, sparse, left_frames, right_frames, known
    ):
        add_frames(
            left_frames, right_frames, size, window, cosines, sines, work, treble
        )
        hop = size * (sparse if known[_SLOT] >= whole else 1)
        known[_FRAMES] = 0
        if known[_BEGUN] * hop == slot:
            for row in range(len(treble)):
                for place in range(treble.shape[1]):
                    treble[row, place] *= hop
            known[_BEGUN] = 0
            known[_SLOT] += 1
            return _TREBLE_SLOT
    return _NOTHING


@kernel
def _collect(
    left: Plane,
    right: Plane,
    first: int,
    end: int,
    slot: int,
    whole: int,
    sparse: int,
    left_frames: Plane,
    right_frames: Plane,
    known: NDArray[np.int64],
) -> bool:
    """Lay frames of the treble by, up to sample *end*; say whether there are enough."""
    size = len(left_frames) // LANES
    hop = size * (sparse if known[_SLOT] >= whole else 1)
    while known[_FRAMES] < LANES:
        begin = known[_SLOT] * slot + known[_BEGUN] * hop
        if known[_SLOT] >= whole:
            # over all of a hop, so that every sample counts the same, whatever the beat
            turns = _GOLDEN * (known[_SLOT] * (slot // hop) + known[_BEGUN])
            begin += int((turns - math.floor(turns)) * hop)
        if begin + size > end:
            return False
        at, to = begin - first, known[_FRAMES] * size
        _copy(left[at : at + size], left_frames[to:])
        _copy(right[at : at + size], right_frames[to:])
        known[_FRAMES] += 1
        known[_BEGUN] += 1
    return True


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
